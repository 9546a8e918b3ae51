"""What has been reported, and by whom?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.formats.read import read_any
from sampan.formats.table import ReportedTable
from sampan.records.control import Reports
from sampan.world.reports import Reports as Figures
from sampan.world.reports import interpret


@dataclass(frozen=True)
class Loaded:
    """What a reading found: shown to the person who loaded the file."""

    entry: str
    source: str
    first_day: date
    last_day: date
    places: int
    """Places that it tells of."""
    corrections: int
    """Days whose figures look odd or were corrected, and are marked."""
    aside: tuple[str, ...]


def load(
    session: Session, files: Mapping[str, bytes], *, source: str | None = None, strict: bool = False
) -> Loaded:
    """Reads reported figures from ``files`` (name to bytes), keeps the bytes, and records the reading.

    ``source`` is the layout that the person says it is. ``strict`` refuses names that are no place, which
    are otherwise kept aside. Files whose name begins with EXERCISE are recorded as an exercise.

    The files are checked whole before anything is kept. Raises InputError naming file, line and
    column if they do not hold, Refused if the person may not load.
    """
    table = read_any(files)
    if source not in (None, table.source):
        raise InputError(
            f"These are {table.source} figures, not {source} figures.",
            file=next(iter(files)),
            way_out=f"Load them with: sampan load {table.source}",
        )
    reports = _places(table, next(iter(files)), strict=strict)
    record = Reports(
        source=table.source,
        files=tuple(session.keep(name, data) for name, data in files.items()),
        first_day=reports.days[0],
        last_day=reports.days[-1],
        places=len(reports.places),
        corrections=len(reports.marks),
        aside=tuple(f"{one.label.text} ({one.why})" for one in reports.aside),
        exercise=any(name.startswith("EXERCISE") for name in files),
    )
    (entry,) = session.write("load", [record], effective=record.last_day)
    return Loaded(
        entry.id,
        record.source,
        record.first_day,
        record.last_day,
        record.places,
        record.corrections,
        record.aside,
    )


def _places(table: ReportedTable, file: str, *, strict: bool) -> Figures:
    """The figures by place. A table in which no name is a place is refused, as a strict reading would."""
    figures = interpret(table, strict=strict, name=file)
    return figures if figures.places else interpret(table, strict=True, name=file)
