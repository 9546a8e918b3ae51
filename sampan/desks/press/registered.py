"""Which other desks have something to tell in a brief, and how is it told?

A desk that shares science or experience is registered here with a function that gathers its figures from the
ledger, and one that says them. Its section appears once it has something to tell. Every figure comes with the
list that it counts and the entries behind each line, so that a reader can verify it as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.desks.press.document import Block
from sampan.desks.press.teller import Teller


@dataclass(frozen=True)
class Told:
    """A figure of another desk: its name, how many, and what it counts, each with its entries' ids."""

    name: str
    count: int
    lines: tuple[tuple[str, tuple[str, ...]], ...]


Gather = Callable[[Session, date, datetime | None], tuple[Told, ...]]
"""What a desk has to tell as of a day, as known on a moment; nothing if there is nothing."""


@dataclass(frozen=True)
class Telling:
    """The section of one desk. ``heading`` and ``says`` are asked only if something was gathered."""

    section: str
    gather: Gather
    heading: Callable[[Teller], str]
    says: Callable[[Mapping[str, int], Teller], tuple[Block, ...]]


REGISTERED: tuple[Telling, ...] = ()
"""In the order in which their sections stand."""


def gathered(
    session: Session,
    *,
    as_of: date,
    known_on: datetime | None,
    registered: Sequence[Telling] = REGISTERED,
) -> dict[str, tuple[Told, ...]]:
    """What every registered desk has to tell, by section; those without anything are left out."""
    told = {each.section: each.gather(session, as_of, known_on) for each in registered}
    return {section: figures for section, figures in told.items() if figures}


def telling(section: str) -> Telling:
    """The desk whose section this is."""
    return next(each for each in REGISTERED if each.section == section)
