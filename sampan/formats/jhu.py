"""What do Johns Hopkins University's two global time-series files say?

Layout: one row per place, four columns that name it, then one column of cumulative counts per day,
headed month/day/year. https://github.com/CSSEGISandData/COVID-19, csse_covid_19_time_series.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_width, count, rows
from sampan.formats.table import Array, Label, Mark, ReportedTable, check_size, day_range, falls

HEADER = ("Province/State", "Country/Region", "Lat", "Long")

CONFIRMED = "time_series_covid19_confirmed_global.csv"
DEATHS = "time_series_covid19_deaths_global.csv"

_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})")


def read(
    confirmed: bytes, deaths: bytes | None = None, *, name: str = CONFIRMED, deaths_name: str = DEATHS
) -> ReportedTable:
    """The pair of files as one table; deaths are NaN where their file is not given or has no figure.

    Places and days of either file are kept. Raises InputError for another layout, a day that is no
    day or out of order, a place named twice, a cell that is no count, and a negative count.
    """
    cases_side = _read_side(confirmed, name=name)
    deaths_side = _read_side(deaths, name=deaths_name) if deaths is not None else cases_side.silent()
    days = day_range(
        min(cases_side.days[0], deaths_side.days[0]), max(cases_side.days[-1], deaths_side.days[-1])
    )
    labels = {label.text: label for label in cases_side.labels}
    labels |= {label.text: label for label in deaths_side.labels if label.text not in labels}
    check_size(days=len(days), labels=len(labels), name=name)
    cases = _spread(cases_side, days=days, where=list(labels))
    killed = _spread(deaths_side, days=days, where=list(labels))
    marks = [
        *cases_side.marks,
        *deaths_side.marks,
        *falls(cases, days=days, where=list(labels), measure="cases"),
        *falls(killed, days=days, where=list(labels), measure="deaths"),
    ]
    return ReportedTable("jhu", days, tuple(labels.values()), cases, killed, tuple(marks))


def write(table: ReportedTable) -> tuple[bytes, bytes]:
    """``table`` as the confirmed and the deaths file, in JHU's layout; not reported is an empty cell.

    Latitude and longitude stay empty: a table does not know them.
    """
    header = [*HEADER, *(f"{day.month}/{day.day}/{day:%y}" for day in table.days)]
    sides = []
    for values in (table.cases, table.deaths):
        body = [
            [label.province or "", label.country, "", "", *_cells(column)]
            for label, column in zip(table.labels, values.T, strict=True)
        ]
        sides.append(_to_csv([header, *body], ending="\n"))
    return sides[0], sides[1]


def until(data: bytes, day: date, *, name: str = CONFIRMED) -> bytes:
    """The same file with only the columns up to ``day``: what a reader had on that day.

    Raises InputError if the file has no column so early.
    """
    grid = [cells for _, cells in rows(data, name=name)]
    known = [each <= day for _, each in _header_days(grid[0], name=name)]
    if not any(known):
        raise InputError(
            f"The file has no figures up to {day}.",
            file=name,
            way_out=f"It begins with {grid[0][len(HEADER)]}.",
        )
    width = len(HEADER) + sum(known)
    return _to_csv([cells[:width] for cells in grid], ending="\r\n" if b"\r\n" in data[:100_000] else "\n")


@dataclass(frozen=True)
class _Side:
    """One of the two files: ``values`` has shape ``(days, labels)``."""

    days: tuple[date, ...]
    labels: tuple[Label, ...]
    values: Array
    marks: tuple[Mark, ...]

    def silent(self) -> _Side:
        """A file with the same days and places that reports nothing."""
        return _Side(self.days, self.labels, np.full_like(self.values, np.nan), ())


def _read_side(data: bytes, *, name: str) -> _Side:
    lines = rows(data, name=name)
    _, header = next(lines)
    columns = _header_days(header, name=name)
    days = day_range(columns[0][1], columns[-1][1])
    check_size(days=len(days), labels=1, name=name, line=1)
    labels: dict[str, Label] = {}
    counts: list[Array] = []
    for line, cells in lines:
        check_width(cells, width=len(header), line=line, name=name, data=data)
        label = _label(cells, line=line, name=name, seen=labels)
        labels[label.text] = label
        counts.append(_row_counts(cells, header=header, line=line, name=name))
        check_size(days=len(days), labels=len(labels), name=name)
    if not labels:
        raise InputError("The file has a header and no places.", file=name, way_out="Fetch it again.")
    values = np.full((len(days), len(labels)), np.nan)
    values[[(day - days[0]).days for _, day in columns]] = np.array(counts).T
    return _Side(days, tuple(labels.values()), values, tuple(_file_marks(columns, days, labels, data)))


def _header_days(header: Sequence[str], *, name: str) -> list[tuple[str, date]]:
    """Each dated column's heading and day. Raises InputError unless they are days in order after HEADER."""
    for place, wanted in enumerate(HEADER):
        found = header[place].strip() if place < len(header) else ""
        if found != wanted:
            raise InputError(
                f'Column {place + 1} is "{found[:40]}" where JHU\'s global file has "{wanted}".',
                file=name,
                line=1,
                field=wanted,
                way_out="Load one of the files time_series_covid19_…_global.csv, unchanged.",
            )
    columns = [(text, _day(text, name=name)) for text in header[len(HEADER) :]]
    if not columns:
        raise InputError("The file has no dated columns.", file=name, line=1, way_out="Fetch it again.")
    for (_, before), (text, day) in itertools.pairwise(columns):
        if day <= before:
            raise InputError(
                f"The day {text} stands twice."
                if day == before
                else f"The day {text} stands after {before.month}/{before.day}/{before:%y}.",
                file=name,
                line=1,
                field=text,
                way_out="Days must ascend, month/day/year: fetch the file again or restore its columns.",
            )
    return columns


def _day(text: str, *, name: str) -> date:
    parts = _DAY.fullmatch(text.strip())
    try:
        if parts is None:
            raise ValueError
        month, day, year = (int(part) for part in parts.groups())
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        raise InputError(
            f'"{text[:40]}" is not a day.',
            file=name,
            line=1,
            field=text[:40],
            way_out="JHU heads columns month/day/year: 3/26/20.",
        ) from None


def _label(cells: Sequence[str], *, line: int, name: str, seen: dict[str, Label]) -> Label:
    label = Label(cells[1].strip(), cells[0].strip() or None, line=line)
    if not label.country:
        raise InputError(
            "The row names no country.",
            file=name,
            line=line,
            field=HEADER[1],
            way_out="Name it, or remove the row.",
        )
    if label.text in seen:
        raise InputError(
            f"{label.text} is already on line {seen[label.text].line}.",
            file=name,
            line=line,
            way_out="Remove one of the two rows, or fetch the file again.",
        )
    return label


def _row_counts(cells: Sequence[str], *, header: Sequence[str], line: int, name: str) -> Array:
    """Cumulative counts of one row. Most rows are digits only, and are read at once."""
    written = cells[len(HEADER) :]
    digits = "".join(written)
    if digits.isascii() and digits.isdecimal() and all(written) and max(map(len, written)) <= 10:
        return np.array(written, dtype=np.float64)
    values = [
        count(text, name=name, line=line, field=field)
        for text, field in zip(written, header[len(HEADER) :], strict=True)
    ]
    for value, field in zip(values, header[len(HEADER) :], strict=True):
        if value < 0:
            raise InputError(
                f"A cumulative count cannot be {value:.0f}.",
                file=name,
                line=line,
                field=field,
                way_out="Empty the cell if the figure is not known.",
            )
    return np.array(values)


def _spread(side: _Side, *, days: tuple[date, ...], where: Sequence[str]) -> Array:
    """The side's values laid out over all ``days`` and labels; NaN where it has none."""
    values = np.full((len(days), len(where)), np.nan)
    column = {text: place for place, text in enumerate(where)}
    first = (side.days[0] - days[0]).days
    values[first : first + len(side.days), [column[label.text] for label in side.labels]] = side.values
    return values


def _file_marks(
    columns: Sequence[tuple[str, date]],
    days: Sequence[date],
    labels: Sequence[str] | dict[str, Label],
    data: bytes,
) -> list[Mark]:
    present = {day for _, day in columns}
    marks = [Mark("", day, "no column") for day in days if day not in present]
    if not data.endswith((b"\n", b"\r")):
        marks.append(Mark(list(labels)[-1], days[-1], "cut?"))
    return marks


def _cells(column: Array) -> list[str]:
    return ["" if np.isnan(value) else str(int(value)) for value in column]


def _to_csv(grid: Sequence[Sequence[str]], *, ending: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=ending).writerows(grid)
    return text.getvalue().encode()
