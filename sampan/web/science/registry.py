"""Which works of science are registered here, and which office answers for what? Public to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sampan.desks.science.focal_points import focal_points
from sampan.desks.science.works import works
from sampan.records.science_exchange import FocalPoint, Work, WorkKind
from sampan.web.asked import Asked
from sampan.web.science.sight import Sight
from sampan.web.science.views import Answered


@dataclass(frozen=True)
class WorkRow:
    """A work in its newest edition. What it is linked to stays out: that may not be everybody's to see."""

    number: str
    what: WorkKind
    title: str
    holder: str
    day: date | None
    licence: str
    address: str
    """Where to find it: a web address, or nothing."""


@dataclass(frozen=True, kw_only=True)
class Registry(Answered):
    """The works, the newest first, and the focal points by country and topic."""

    works: tuple[WorkRow, ...] = ()
    focal_points: tuple[FocalPoint, ...] = ()


def registry(sight: Sight, asked: Asked) -> Registry:  # noqa: ARG001 -- every view is asked alike
    """What is registered."""
    rows = sorted((_row(each) for each in works(sight.session)), key=_newest)
    return Registry(works=tuple(rows), focal_points=tuple(focal_points(sight.session)))


def _row(work: Work) -> WorkRow:
    found = f"https://doi.org/{work.doi}" if work.doi else work.address
    address = found if found.startswith(("https://", "http://")) else ""
    return WorkRow(work.number, work.what, work.title, work.holder, work.day, work.licence, address)


def _newest(row: WorkRow) -> tuple[int, str]:
    return -(row.day.toordinal() if row.day else 0), row.number
