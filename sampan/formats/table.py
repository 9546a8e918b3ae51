"""What does a file of reported figures say, before anyone interprets it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError

Array = NDArray[np.float64]

MOST_DAYS = 9_132
"""25 years: a longer span means that a year is mistyped, and would fill the memory with nothing."""

MOST_CELLS = 10_000_000
"""Days times labels: twenty times all of JHU's file in March 2023."""


@dataclass(frozen=True)
class Label:
    """How a source names a place, to the letter, and where in its file it first does so."""

    country: str
    province: str | None = None
    code: str | None = None
    line: int = 0

    @property
    def text(self) -> str:
        """``Hubei, China``, ``Italy``, or the code if the source gives no name."""
        return ", ".join(part for part in (self.province, self.country or self.code) if part)


@dataclass(frozen=True)
class Mark:
    """Something in the figures that a reader of them should know; nothing was changed because of it.

    ``where`` is the label's text in a ReportedTable and the place's code in Reports. ``what``:

    - ``falls``: the cumulative count is lower than the one reported before it (a correction)
    - ``disagrees``: the source's own count of new people (``before``) is not the change of its cumulative
      count (``after``)
    - ``no column``: the day stands between the first and last, but the file has no column for it
    - ``cut?``: the file does not end its last line, so that the last figure may be cut
    - ``parts carried``: some parts of the country reported, others did not; theirs are the last known
    """

    where: str
    day: date
    what: str
    measure: str = ""
    before: float = float("nan")
    after: float = float("nan")


@dataclass(frozen=True, eq=False)
class ReportedTable:
    """The figures of one source as reported, whole.

    ``cases`` and ``deaths`` are cumulative counts of people, shape ``(days, labels)``; NaN where
    nothing was reported (absent is not zero). ``days`` are consecutive. A falling count is a
    correction: it is kept, and stands in ``marks``.
    """

    source: str
    days: tuple[date, ...]
    labels: tuple[Label, ...]
    cases: Array
    deaths: Array
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.days), len(self.labels))
        assert self.cases.shape == self.deaths.shape == shape, (self.cases.shape, self.deaths.shape, shape)
        self.cases.setflags(write=False)
        self.deaths.setflags(write=False)


def day_range(first: date, last: date) -> tuple[date, ...]:
    """Every day from ``first`` to ``last``, both included."""
    return tuple(first + timedelta(n) for n in range((last - first).days + 1))


def check_size(*, days: int, labels: int, name: str, line: int | None = None) -> None:
    """Raises InputError if a table of this size cannot be what was meant."""
    if days > MOST_DAYS:
        raise InputError(
            f"The days run over {days // 365} years.",
            file=name,
            line=line,
            way_out="Correct the year of the first or last day, or load shorter periods.",
        )
    if days * labels > MOST_CELLS:
        raise InputError(
            f"{labels:,} places over {days:,} days are more than is read at once ({MOST_CELLS:,} figures).",
            file=name,
            way_out="Load shorter periods, or fewer places.",
        )


def falls(values: Array, *, days: Sequence[date], where: Sequence[str], measure: str) -> list[Mark]:
    """A mark for each cumulative count that is lower than the last one reported before it.

    ``values``: shape ``(days, places)``, NaN where nothing was reported.
    """
    before = known_before(values)
    return [
        Mark(where[place], days[day], "falls", measure, float(before[day, place]), float(values[day, place]))
        for place, day in zip(*(axis.tolist() for axis in (values < before).T.nonzero()), strict=True)
    ]


def last_known(values: Array) -> Array:
    """``values``, each NaN replaced by the last figure reported before it; NaN before the first."""
    days = np.arange(len(values))[:, None]
    latest = np.maximum.accumulate(np.where(np.isnan(values), -1, days), axis=0)
    return np.where(latest >= 0, np.take_along_axis(values, np.maximum(latest, 0), axis=0), np.nan)


def known_before(values: Array) -> Array:
    """The last figure reported before each day; NaN before and on the first."""
    before = np.full_like(values, np.nan)
    before[1:] = last_known(values)[:-1]
    return before
