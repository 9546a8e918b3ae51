"""How many people does a line list count, by day of onset, of report and of death?

A line list has one row per person. People are counted here and their rows forgotten: nothing that
leaves this module, an error's message included, says anything about one person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_width, column, first_row, optional_column, rows
from sampan.formats.table import Array, Label, ReportedTable, check_size, day_range

NAME = "linelist.csv"

COUNTRY = ("country", "country_code", "iso3", "place")
PROVINCE = ("province", "adm1", "region", "state")
ONSET = ("onset", "date_onset", "onset_date", "date_of_onset")
REPORT = ("report", "date_report", "report_date", "date_reported", "date_confirmation")
OUTCOME_DAY = ("outcome_date", "date_outcome", "date_of_outcome", "date_death", "death_date")
OUTCOME = ("outcome", "status")
DIED = frozenset({"died", "dead", "death", "deceased", "fatal"})
"""Headings under which each column is found, and words that say that a person died."""


@dataclass(frozen=True, eq=False)
class LineListCounts:
    """What a line list says about everyone together.

    ``table``: cumulative cases by day of report and deaths by day of outcome. ``onsets``: people falling
    ill on each day, shape ``(days, labels)``, of those whose onset is known; a day before the table's
    first is left out. ``report_delays``: how many people were reported 0, 1, 2, … days after onset.
    """

    table: ReportedTable
    onsets: Array
    report_delays: Array


def read(data: bytes, *, name: str = NAME) -> ReportedTable:
    """The cumulative counts of a line list; see ``count_people``."""
    return count_people(data, name=name).table


def count_people(data: bytes, *, name: str = NAME) -> LineListCounts:
    """Counts a line list. A day between the first and the last on which nobody is listed counts nobody.

    A person without a day of report is not counted as a case, one who died without a day of outcome
    not as a death. Raises InputError, without quoting the cell, for a day that is no day, a report
    before onset or an outcome before onset, and a row without a country.
    """
    tally = _count(data, name=name)
    if not tally.reported:
        raise InputError(
            "Nobody in the list has a day of report.", file=name, field=REPORT[0], way_out="Fill the column."
        )
    counted = [day for day, _ in (*tally.reported, *tally.died)]
    check_size(days=max(counted) - min(counted) + 1, labels=len(tally.labels), name=name)
    days = day_range(date.fromordinal(min(counted)), date.fromordinal(max(counted)))
    cases, deaths, onsets = (
        _daily(each, days=days, labels=len(tally.labels))
        for each in (tally.reported, tally.died, tally.fell_ill)
    )
    table = ReportedTable(
        "linelist", days, tuple(tally.labels.values()), np.cumsum(cases, axis=0), np.cumsum(deaths, axis=0)
    )
    delays = np.array([tally.delays[n] for n in range(max(tally.delays, default=-1) + 1)], dtype=np.float64)
    return LineListCounts(table, onsets, delays)


@dataclass
class _Tally:
    """People by (day, label), days as ordinals, and by the days from onset to report."""

    labels: dict[tuple[str, str], Label] = field(default_factory=dict)
    reported: Counter[tuple[int, int]] = field(default_factory=Counter)
    died: Counter[tuple[int, int]] = field(default_factory=Counter)
    fell_ill: Counter[tuple[int, int]] = field(default_factory=Counter)
    delays: Counter[int] = field(default_factory=Counter)


def _count(data: bytes, *, name: str) -> _Tally:
    header = first_row(data, name=name)
    country = column(header, COUNTRY, name=name)
    report = column(header, REPORT, name=name)
    province, onset, outcome_day, outcome = (
        optional_column(header, names) for names in (PROVINCE, ONSET, OUTCOME_DAY, OUTCOME)
    )
    tally = _Tally()
    order: dict[tuple[str, str], int] = {}
    for line, cells in rows(data, name=name):
        if line == 1:
            continue
        check_width(cells, width=len(header), line=line, name=name, data=data)
        where = (cells[country].strip(), cells[province].strip() if province is not None else "")
        if not where[0]:
            raise InputError("The row names no country.", file=name, line=line, way_out="Name it.")
        if where not in order:
            order[where] = len(order)
            tally.labels[where] = Label(where[0], where[1] or None, line=line)
        reported, fell_ill, ended = (
            _day(cells, each, header=header, line=line, name=name) for each in (report, onset, outcome_day)
        )
        _check_order(fell_ill, reported, ended, line=line, name=name)
        if reported:
            tally.reported[reported, order[where]] += 1
        if fell_ill:
            tally.fell_ill[fell_ill, order[where]] += 1
        if reported and fell_ill:
            tally.delays[reported - fell_ill] += 1
        if ended and outcome is not None and cells[outcome].strip().casefold() in DIED:
            tally.died[ended, order[where]] += 1
    return tally


def _day(cells: Sequence[str], place: int | None, *, header: Sequence[str], line: int, name: str) -> int:
    """The ordinal of the day in a cell; 0 if it is blank or there is no such column."""
    written = cells[place].strip() if place is not None else ""
    if not written:
        return 0
    try:
        return date.fromisoformat(written.partition("T")[0]).toordinal()
    except ValueError:
        raise InputError(
            "The cell is not a day.",
            file=name,
            line=line,
            field=header[place or 0].strip(),
            way_out="Write it as 2020-03-26, or leave it empty.",
        ) from None


def _check_order(fell_ill: int, reported: int, ended: int, *, line: int, name: str) -> None:
    for day, what in ((reported, "report"), (ended, "outcome")):
        if fell_ill and day and day < fell_ill:
            raise InputError(
                "The report is before the onset." if what == "report" else "The outcome is before the onset.",
                file=name,
                line=line,
                way_out="Correct one of the two days.",
            )


def _daily(people: Counter[tuple[int, int]], *, days: Sequence[date], labels: int) -> Array:
    """People per day, shape ``(days, labels)``; those of days before the first are left out."""
    counts = np.zeros((len(days), labels))
    first = days[0].toordinal()
    for (day, label), number in people.items():
        if 0 <= day - first < len(days):
            counts[day - first, label] = number
    return counts
