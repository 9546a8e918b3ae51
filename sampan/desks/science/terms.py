"""Which genomes may a reader see today? From terms to what the search is allowed to count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from sampan.access.session import Session
from sampan.engines.genome_search.seen import NEVER, NOBODY, Standing
from sampan.records.science import AUDIENCE, READERS, Reader, Terms


@dataclass(frozen=True)
class Shown:
    """Who may see one genome in a search: readers from ``rank`` on, and all from the day it ``opens``."""

    rank: int
    opens: date | None = None


GONE = Shown(NOBODY)
"""Of a genome that was withdrawn, or has a newer version: no search finds it."""


def shown(terms: Terms, *, released: bool = True) -> Shown:
    """Who may see a genome under these terms. What is not released is home's alone, whatever its terms."""
    if not released:
        return Shown(rank_of("staff"))
    return Shown(rank_of(AUDIENCE[terms.kind]), terms.until)


def rank_of(reader: Reader) -> int:
    """The rank of a reader: the narrower their circle, the higher."""
    return READERS.index(reader)


def reader_of(session: Session) -> Reader:
    """Which reader somebody at this node is: one who signs for another party is that partner."""
    return "staff" if session.person.party in (None, session.home) else "partner"


def standing(each: Iterable[Shown]) -> Standing:
    """The same of many genomes, as the search takes it."""
    every = list(each)
    return Standing(
        np.array([one.rank for one in every], np.uint8),
        np.array([one.opens.toordinal() if one.opens else NEVER for one in every], np.int32),
    )
