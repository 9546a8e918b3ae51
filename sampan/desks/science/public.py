"""What does the public see of our science: how many genomes, of which lineages, in which sets and works?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.desks.science.collection import Held, collection, table_of
from sampan.desks.science.sets import shown_sets
from sampan.desks.science.works import works


@dataclass(frozen=True)
class LineageCount:
    """A lineage, and how many of the open genomes are of it."""

    lineage: str
    count: int
    """Genomes of it."""


@dataclass(frozen=True)
class ScienceSummary:
    """What is open to all as of today. ``unplaced`` open genomes have no lineage: they were not analysed."""

    day: date
    genomes: int
    """Genomes that are open to all."""
    countries: int
    """Countries that they are from."""
    lineages: tuple[LineageCount, ...]
    unplaced: int
    """Open genomes without a lineage: they were not analysed."""
    sets: int
    """Sets whose focal genomes are all open."""
    works: int
    """Works in the registry: data sets, preprints and protocols."""


def summary(session: Session) -> ScienceSummary:
    """How many genomes are open to all today, of which lineages; and how many sets and works there are."""
    open_ = [one for one in collection(session).held.values() if one.seen_by("public", session.today())]
    lineages = Counter(_lineages(session, open_))
    return ScienceSummary(
        session.today(),
        len(open_),
        len({one.fields["country"] for one in open_}),
        tuple(LineageCount(*each) for each in lineages.most_common()),
        len(open_) - lineages.total(),
        len(shown_sets(session, "public")),
        len(works(session)),
    )


def _lineages(session: Session, some: list[Held]) -> Iterator[str]:
    """The lineages of genomes, of those that have one."""
    held = collection(session)
    calls: dict[str, list[str | None]] = {}
    for one in some:
        if one.number not in calls:
            processing = held.submissions[one.number].processing
            cited = processing.analysis if processing else None
            calls[one.number] = table_of(session.blobs, cited).column("lineage").to_pylist() if cited else []
        lineage = calls[one.number][one.row] if calls[one.number] else None
        if lineage:
            yield lineage
