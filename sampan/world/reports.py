"""What was reported of each place by a given day?

A ReportedTable speaks of labels; here they become places. Labels that are no place are kept aside,
never dropped; a country given in parts is the sum of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sampan.core.errors import InputError
from sampan.formats.table import Array, Label, Mark, ReportedTable, falls, last_known
from sampan.world.labels import Meaning, resolve_label


@dataclass(frozen=True)
class Aside:
    """A label of the source that is no place, and why; ``counted_in`` names the country whose sum has it."""

    label: Label
    why: str
    counted_in: str | None = None


@dataclass(frozen=True, eq=False)
class Reports:
    """Cumulative counts of people by place, shape ``(days, places)``; NaN where nothing was reported.

    ``places`` are codes: countries in alphabetical order, then first-level areas. ``days`` are
    consecutive. ``marks`` speak of places by code: falling counts are kept and marked, and so are
    days on which only some parts of a country reported.
    """

    source: str
    days: tuple[date, ...]
    places: tuple[str, ...]
    cases: Array
    deaths: Array
    marks: tuple[Mark, ...] = ()
    aside: tuple[Aside, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.days), len(self.places))
        assert self.cases.shape == self.deaths.shape == shape, (self.cases.shape, self.deaths.shape, shape)
        self.cases.setflags(write=False)
        self.deaths.setflags(write=False)

    def column(self, code: str) -> int:
        """Where ``code`` stands in ``places``. Raises InputError if nothing was reported of it."""
        try:
            return self.places.index(code)
        except ValueError:
            raise InputError(
                f"Nothing is reported of {code}.", way_out="Load a file that has it, or name another place."
            ) from None

    def until(self, day: date) -> Reports:
        """The same reports up to ``day``, places without any figure by then left out.

        This cuts this file; it does not undo later revisions of earlier days. Raises InputError if
        there is no day so early.
        """
        kept = sum(each <= day for each in self.days)
        if not kept:
            raise InputError(
                f"There are no figures up to {day}.", way_out=f"The first day is {self.days[0]}."
            )
        cases, deaths = self.cases[:kept], self.deaths[:kept]
        heard = np.flatnonzero(~(np.isnan(cases) & np.isnan(deaths)).all(axis=0))
        codes = tuple(self.places[each] for each in heard)
        return replace(
            self,
            days=self.days[:kept],
            places=codes,
            cases=cases[:, heard],
            deaths=deaths[:, heard],
            marks=tuple(mark for mark in self.marks if mark.day <= day and mark.where in ("", *codes)),
        )


def interpret(table: ReportedTable, *, strict: bool = False, name: str | None = None) -> Reports:
    """``table`` by place.

    A label that names a country is that country's figure. A country given only in parts is their
    sum: on a day when some parts report, the others count as last known (marked ``parts carried``);
    on a day when none does, the country is NaN. Labels that are no place stand in ``aside``; with
    ``strict``, one that Sampan does not know raises InputError with the file's ``name``, its line and the
    nearest place.
    """
    meanings = [resolve_label(label) for label in table.labels]
    if strict:
        _refuse_unknown(table.labels, meanings, name=name)
    members = _columns_of_places(meanings)
    codes = tuple(sorted(members, key=lambda code: ("-" in code, code)))
    marks: list[Mark] = [mark for mark in table.marks if mark.where == ""]
    sides: list[Array] = []
    for measure, values in (("cases", table.cases), ("deaths", table.deaths)):
        side = values[:, [members[code][0] for code in codes]]
        for place, code in enumerate(codes):
            if len(members[code]) > 1:
                of_parts = values[:, members[code]]
                side[:, place] = _sum(of_parts)
                marks += _carried(of_parts, side[:, place], days=table.days, code=code, measure=measure)
        marks += falls(side, days=table.days, where=codes, measure=measure)
        sides.append(side)
    marks += _by_code(table, meanings)
    aside = [
        Aside(label, meaning.why, meaning.counted_in)
        for label, meaning in zip(table.labels, meanings, strict=True)
        if meaning.code is None
    ]
    return Reports(table.source, table.days, codes, sides[0], sides[1], tuple(marks), tuple(aside))


def _refuse_unknown(labels: Sequence[Label], meanings: Sequence[Meaning], *, name: str | None) -> None:
    for label, meaning in zip(labels, meanings, strict=True):
        if not meaning.known:
            raise InputError(meaning.why, file=name, line=label.line, label=label.text)


def _columns_of_places(meanings: Sequence[Meaning]) -> dict[str, list[int]]:
    """The columns whose sum each place is: its own if the table has any, else those of its parts."""
    own: dict[str, list[int]] = {}
    parts: dict[str, list[int]] = {}
    for column, meaning in enumerate(meanings):
        if meaning.code:
            own.setdefault(meaning.code, []).append(column)
        if meaning.counted_in:
            parts.setdefault(meaning.counted_in, []).append(column)
    return parts | own


def _sum(values: Array) -> Array:
    """The sum over parts, shape ``(days, parts)`` to ``(days,)``, silent parts as last known."""
    silent = np.isnan(values).all(axis=1)
    return np.where(silent, np.nan, np.nansum(last_known(values), axis=1))


def _carried(values: Array, total: Array, *, days: Sequence[date], code: str, measure: str) -> list[Mark]:
    """A mark for each day on which parts that had reported before did not; ``before``: how many people they are."""
    known = np.isnan(values) & ~np.isnan(last_known(values)) & ~np.isnan(total)[:, None]
    people = np.where(known, last_known(values), 0).sum(axis=1)
    return [
        Mark(code, days[day], "parts carried", measure, float(people[day]), float(total[day]))
        for day in np.flatnonzero(known.any(axis=1)).tolist()
    ]


def _by_code(table: ReportedTable, meanings: Sequence[Meaning]) -> list[Mark]:
    """The table's own marks that a sum cannot find again, under the codes of their places."""
    codes: Mapping[str, str | None] = {
        label.text: meaning.code for label, meaning in zip(table.labels, meanings, strict=True)
    }
    return [
        replace(mark, where=code)
        for mark in table.marks
        if mark.what not in ("falls",) and (code := codes.get(mark.where))
    ]
