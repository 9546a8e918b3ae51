"""What does a file say that has one row per place and day?

WHO, OWID, ECDC and HXL files differ only in what their columns are called and in whether they
count people in all or new people; each of their modules says that in a Layout, and this one reads.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_width, count, rows
from sampan.formats.table import (
    MOST_DAYS,
    Array,
    Label,
    Mark,
    ReportedTable,
    check_size,
    day_range,
    falls,
    known_before,
)


@dataclass(frozen=True)
class Measure:
    """The columns (counted from 0) of one measure: people in all, and new people; None if there is none."""

    name: str
    total: int | None = None
    new: int | None = None

    @property
    def columns(self) -> tuple[int, ...]:
        return tuple(column for column in (self.total, self.new) if column is not None)


@dataclass(frozen=True)
class Layout:
    """Which column (counted from 0) of a file holds what; None where it has no such column.

    Where only new people are counted, the cumulative count is their running sum.
    """

    source: str
    header: Sequence[str]
    day: int
    cases: Measure
    deaths: Measure
    country: int | None = None
    province: int | None = None
    code: int | None = None
    read_day: Callable[[str], date] = date.fromisoformat
    day_example: str = "2020-03-26"
    head_lines: int = 1

    def naming(self) -> tuple[int | None, int | None, int | None]:
        return self.country, self.province, self.code


@dataclass
class _Gathered:
    """The rows of a file in columns: compact, because a file may have millions."""

    day: array[int] = field(default_factory=lambda: array("q"))
    place: array[int] = field(default_factory=lambda: array("q"))
    line: array[int] = field(default_factory=lambda: array("q"))
    counts: dict[int, array[float]] = field(default_factory=dict)
    labels: dict[tuple[str, ...], Label] = field(default_factory=dict)


def read(data: bytes, layout: Layout, *, name: str) -> ReportedTable:
    """The table that ``layout`` finds in ``data``; rows may stand in any order.

    Raises InputError for a day that is no day, a place and day given twice, a row without a place,
    a cell that is no count, and a cumulative count below zero.
    """
    gathered = _gather(data, layout, name=name)
    days = _days(gathered, name=name)
    labels = tuple(gathered.labels.values())
    check_size(days=len(days), labels=len(labels), name=name)
    at = np.asarray(gathered.day) - days[0].toordinal(), np.asarray(gathered.place)
    _check_unique(gathered, at, days=days, labels=labels, name=name)
    marks: list[Mark] = []
    totals: list[Array] = []
    for measure in (layout.cases, layout.deaths):
        grids = {column: np.full((len(days), len(labels)), np.nan) for column in measure.columns}
        for column, grid in grids.items():
            grid[at] = np.asarray(gathered.counts[column])
        totals.append(_cumulative(measure, grids, shape=(len(days), len(labels))))
        _check_not_negative(totals[-1], at, measure, gathered, layout, name=name)
        where = [label.text for label in labels]
        marks += _disagreements(measure, grids, days=days, where=where)
        marks += falls(totals[-1], days=days, where=where, measure=measure.name)
    return ReportedTable(layout.source, days, labels, totals[0], totals[1], tuple(marks))


def _gather(data: bytes, layout: Layout, *, name: str) -> _Gathered:
    found = _Gathered(
        counts={column: array("d") for m in (layout.cases, layout.deaths) for column in m.columns}
    )
    known_days: dict[str, int] = {}
    known_places: dict[tuple[str, ...], int] = {}
    naming = [column for column in layout.naming() if column is not None]
    counts = [(column, layout.header[column].strip(), cells) for column, cells in found.counts.items()]
    width = len(layout.header)
    usual = {str(number): float(number) for number in range(1000)}
    for number, (line, cells) in enumerate(rows(data, name=name)):
        if number < layout.head_lines:
            continue
        if len(cells) != width:
            check_width(cells, width=width, line=line, name=name, data=data)
        written = cells[layout.day]
        if written not in known_days:
            known_days[written] = _day(written, layout, line=line, name=name).toordinal()
        named = tuple([cells[column] for column in naming])
        if named not in known_places:
            known_places[named] = len(known_places)
            found.labels[named] = _label(cells, layout, line=line, name=name)
        found.day.append(known_days[written])
        found.place.append(known_places[named])
        found.line.append(line)
        for column, heading, gathered in counts:
            text = cells[column]
            value = usual.get(text)
            if value is None:
                value = count(text, name=name, line=line, field=heading)
            gathered.append(value)
    if not found.day:
        raise InputError("The file has a header and no rows.", file=name, way_out="Fetch or export it again.")
    return found


def _day(text: str, layout: Layout, *, line: int, name: str) -> date:
    try:
        return layout.read_day(text.strip())
    except ValueError:
        raise InputError(
            f'"{text[:40]}" is not a day.',
            file=name,
            line=line,
            field=layout.header[layout.day].strip(),
            way_out=f"Write it as {layout.day_example}.",
        ) from None


def _label(cells: Sequence[str], layout: Layout, *, line: int, name: str) -> Label:
    country, province, code = (
        cells[column].strip() if column is not None else "" for column in layout.naming()
    )
    if not country and not code:
        raise InputError(
            "The row names no place.", file=name, line=line, way_out="Name its country, or remove the row."
        )
    return Label(country, province or None, code or None, line)


def _days(gathered: _Gathered, *, name: str) -> tuple[date, ...]:
    ordinals = np.asarray(gathered.day)
    if ordinals.max() - ordinals.min() >= MOST_DAYS:
        odd = int(np.abs(ordinals - np.median(ordinals)).argmax())
        check_size(days=int(np.ptp(ordinals)) + 1, labels=1, name=name, line=gathered.line[odd])
    return day_range(date.fromordinal(int(ordinals.min())), date.fromordinal(int(ordinals.max())))


def _check_unique(
    gathered: _Gathered,
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    days: Sequence[date],
    labels: Sequence[Label],
    name: str,
) -> None:
    cell = at[0] * len(labels) + at[1]
    order = np.argsort(cell, kind="stable")
    twice = np.flatnonzero(np.diff(cell[order]) == 0)
    if twice.size:
        first, second = (int(row) for row in order[twice[0] : twice[0] + 2])
        what = f"{labels[at[1][second]].text} on {days[at[0][second]]}"
        raise InputError(
            f"{what} is already on line {gathered.line[first]}.",
            file=name,
            line=gathered.line[second],
            way_out="Remove one of the two rows, or fetch the file again.",
        )


def _cumulative(measure: Measure, grids: dict[int, Array], *, shape: tuple[int, int]) -> Array:
    if measure.total is not None:
        return grids[measure.total]
    if measure.new is not None:
        new = grids[measure.new]
        return np.where(np.isnan(new), np.nan, np.nancumsum(new, axis=0))
    return np.full(shape, np.nan)


def _check_not_negative(
    total: Array,
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    measure: Measure,
    gathered: _Gathered,
    layout: Layout,
    *,
    name: str,
) -> None:
    wrong = np.flatnonzero(total[at] < 0)
    if wrong.size:
        row = int(wrong[0])
        raise InputError(
            f"The cumulative count of {measure.name} is below zero ({total[at][row]:.0f}).",
            file=name,
            line=gathered.line[row],
            field=layout.header[measure.columns[0]].strip(),
            way_out="Empty the cell if the figure is not known.",
        )


def _disagreements(
    measure: Measure, grids: dict[int, Array], *, days: Sequence[date], where: Sequence[str]
) -> list[Mark]:
    """A mark for each day on which the source's two counts of one measure contradict each other."""
    if measure.total is None or measure.new is None:
        return []
    change = grids[measure.total] - known_before(grids[measure.total])
    apart = np.abs(change - grids[measure.new]) > 0.5
    return [
        Mark(
            where[place],
            days[day],
            "disagrees",
            measure.name,
            float(grids[measure.new][day, place]),
            float(change[day, place]),
        )
        for place, day in zip(*(axis.tolist() for axis in apart.T.nonzero()), strict=True)
    ]
