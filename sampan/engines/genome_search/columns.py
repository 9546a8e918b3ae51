"""What is said of each genome besides its letters: dates, places, lineages, one word a genome.

A word is kept once per block. It may leave things open: a **date** is a range of days, as
``2020-03-01/2020-03-31``; a **place** is a path, as ``Asia|CHN|CN-HB``; any other word may name alternatives,
the first of which is the call, as ``BA.2;BA.2.3``. An empty word says that nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.engines.genome_search.kernels import Ints

FIRST, LAST = date.min.toordinal(), date.max.toordinal()


@dataclass(frozen=True, eq=False)
class Column:
    """One word for each genome of a block: ``words[codes[i]]``."""

    codes: NDArray[np.uint16]
    words: tuple[str, ...]

    @classmethod
    def of(cls, said: Sequence[str]) -> Column:
        """A column of the words in order."""
        words, codes = np.unique(np.array(said, dtype=object), return_inverse=True)
        return cls(codes.astype(np.uint16), tuple(words))

    def extended(self, said: Sequence[str]) -> Column:
        """This column, and the words of genomes that follow."""
        numbers = {word: i for i, word in enumerate(self.words)}
        more = [numbers.setdefault(word, len(numbers)) for word in said]
        return Column(np.concatenate([self.codes, np.array(more, np.uint16)]), tuple(numbers))

    @cached_property
    def days(self) -> tuple[Ints, Ints]:
        """First and last day of each word as a date, by proleptic ordinal: two of ``(words,)``."""
        spans = [read_span(word) for word in self.words]
        return np.array([a for a, _ in spans], np.int64), np.array([b for _, b in spans], np.int64)

    @cached_property
    def _alternatives(self) -> list[list[list[str]]]:
        """Of each word its alternatives, of each of them the path."""
        return [[each.split("|") for each in word.split(";")] if word else [] for word in self.words]

    def certainty(self, asked: frozenset[str]) -> tuple[NDArray[np.bool_], ...]:
        """Which words are called so, might be so, and must be so, when asked for any of these: ``(words,)`` each."""
        found = [[not asked.isdisjoint(each) for each in word] for word in self._alternatives]
        return (
            np.array([fits[:1] == [True] for fits in found], np.bool_),
            np.array([any(fits) or not fits for fits in found], np.bool_),
            np.array([bool(fits) and all(fits) for fits in found], np.bool_),
        )


def read_span(word: str) -> tuple[int, int]:
    """The days of ``2020-03-01/2020-03-31``, or of one day alone, by ordinal; of nothing, all days that are."""
    if not word:
        return FIRST, LAST
    first, _, last = word.partition("/")
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last or first).toordinal()


def write_span(first: date, last: date) -> str:
    """The days from ``first`` to ``last``, both included, as a word."""
    return first.isoformat() if first == last else f"{first}/{last}"


def read_date(text: str) -> tuple[date, date]:
    """The first and the last day that ``2020-03-26``, ``2020-03`` or ``2020`` may mean; X counts as left out.

    Two of them with a slash between are a range. Raises InputError for anything else.
    """
    if text.count("/") == 1:
        one, _, other = text.partition("/")
        first, last = read_date(one)[0], read_date(other)[1]
        if first > last:
            raise InputError(f"{one[:40]} lies after {other[:40]}.", way_out="Swap them.")
        return first, last
    parts = text.strip().upper().split("-")
    while len(parts) > 1 and parts[-1] and not parts[-1].strip("X"):
        parts.pop()
    try:
        numbers = [int(part) for part in parts]
        if len(parts) > 3 or not all(p.isascii() and p.isdigit() for p in parts) or len(parts[0]) != 4:
            raise ValueError
        year, month, day = (*numbers, 0, 0)[:3]
        if len(parts) == 3:
            return date(year, month, day), date(year, month, day)
        begin = date(year, month or 1, 1)
        after = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
        return begin, after - timedelta(1)
    except (ValueError, OverflowError):
        raise InputError(
            f'"{text[:40]}" is no date.',
            way_out="Write 2020-03-26, 2020-03 or 2020; two with .. between for a span.",
        ) from None


def month_of(word: str) -> str:
    """The month in which a dated word lies, ``2020-03``; its year if that is all that is known; or ``unknown``."""
    if not word:
        return "unknown"
    first, _, last = word.partition("/")
    last = last or first
    return first[:7] if first[:7] == last[:7] else first[:4] if first[:4] == last[:4] else "unknown"


def level_of(word: str, level: int) -> str:
    """The part of a place's path at a level (0 the region, 1 the country, 2 its area), or ``unknown``."""
    parts = word.split("|")
    return parts[level] if level < len(parts) and parts[level] else "unknown"
