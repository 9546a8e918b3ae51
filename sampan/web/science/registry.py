"""Which works and sets are registered here, what is told of each, and which office answers for what?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sampan.core.errors import InputError
from sampan.desks.science.accessions import looks_like_one
from sampan.desks.science.described import Described, Kind, datacite, schema_org
from sampan.desks.science.focal_points import focal_points
from sampan.desks.science.sets import described, find_set, shown_sets
from sampan.desks.science.works import described as of_work
from sampan.desks.science.works import work_editions, works
from sampan.records.science_exchange import FocalPoint, GenomeSet, Work
from sampan.web.asked import Asked, NotFound
from sampan.web.science.sight import Sight
from sampan.web.science.views import Answered


@dataclass(frozen=True)
class WorkRow:
    """A work or a set in its newest edition."""

    number: str
    what: Kind
    title: str
    holder: str
    day: date | None
    licence: str
    address: str
    """Where to find it: a web address, or nothing."""


@dataclass(frozen=True, kw_only=True)
class Registry(Answered):
    """The works and sets, the newest first, and the focal points by country and topic."""

    works: tuple[WorkRow, ...] = ()
    focal_points: tuple[FocalPoint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Registered(Answered):
    """A work, or a set: all that the reader may hear of it, and how catalogues want it described."""

    about: Described
    editions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Numbers of works or sets among what it rests on: the others are accessions."""
    datacite: Mapping[str, Any] = field(default_factory=dict)
    schema_org: Mapping[str, Any] = field(default_factory=dict)


def registry(sight: Sight, asked: Asked) -> Registry:  # noqa: ARG001 -- every view is asked alike
    """What is registered."""
    of_sets = (_of_set(each) for each in shown_sets(sight.session, sight.reader))
    rows = sorted([*(_row(each) for each in works(sight.session)), *of_sets], key=_newest)
    return Registry(works=tuple(rows), focal_points=tuple(focal_points(sight.session)))


def registered(sight: Sight, asked: Asked) -> Registered:
    """One work or set, by its number. Raises NotFound if there is none that the reader may hear of."""
    number, session = asked["work"], sight.session
    try:
        if number.startswith("S-"):
            said = described(session, find_set(session, number, sight.reader), sight.reader)
            editions = tuple(str(edition) for edition in range(1, int(said.edition) + 1))
        else:
            found = work_editions(session, number)
            said, editions = of_work(found[-1]), tuple(each.edition for each in found)
    except InputError:
        raise NotFound from None
    return Registered(
        about=said,
        editions=editions,
        links=tuple(each for each in said.parts if not looks_like_one(each)),
        datacite=datacite(said),
        schema_org=schema_org(said),
    )


def _of_set(it: GenomeSet) -> WorkRow:
    address = f"https://doi.org/{it.doi}" if it.doi else ""
    return WorkRow(
        it.number, "set", it.title, ", ".join(it.creators), date(it.year, 1, 1), it.licence, address
    )


def _row(work: Work) -> WorkRow:
    found = f"https://doi.org/{work.doi}" if work.doi else work.address
    address = found if found.startswith(("https://", "http://")) else ""
    return WorkRow(work.number, work.what, work.title, work.holder, work.day, work.licence, address)


def _newest(row: WorkRow) -> tuple[int, str]:
    return -(row.day.toordinal() if row.day else 0), row.number
