"""What does a genome carry with it when it leaves: letters, words about it, and the terms under which it goes?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class GenomeOut:
    """One genome as exports write it. ``analysis`` is its row of the analysis, or nothing."""

    name: str
    """Accession with version."""
    strain: str
    letters: bytes = field(repr=False)
    first: date | None
    last: date | None
    """The days on which its sample may have been taken; None if that is not known."""
    region: str
    country: str
    country_name: str
    division: str
    host: str
    sample: str
    external: str
    originating_lab: str
    submitting_lab: str
    authors: str
    technology: str
    purpose: str
    submitted: date
    terms: str
    licence: str
    attribution: str
    permit: str
    virus: str
    analysis: Mapping[str, Any] = field(default_factory=dict, repr=False)
    aligned: str | None = field(default=None, repr=False)

    @property
    def day(self) -> str:
        """When the sample was taken as ISO 8601 has it: ``2020-03-26``, ``2020-03``, ``2020``, or a range."""
        first, last = self.first, self.last
        if first is None or last is None:
            return ""
        if first == last:
            return first.isoformat()
        whole_month = (
            first.day == 1 and (first.year, first.month) == (last.year, last.month) and _ends_month(last)
        )
        if whole_month:
            return first.isoformat()[:7]
        if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
            return str(first.year)
        return f"{first}/{last}"


def _ends_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).day == 1


def tsv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table parted by tabs, in UTF-8: blanks for tabs and line ends in a cell, nothing for None."""
    lines = ["\t".join(columns), *("\t".join(_cell(value) for value in row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def fasta(records: Iterable[tuple[str, bytes]], *, width: int = 80) -> bytes:
    """Records as FASTA, with lines of ``width`` letters."""
    parts = []
    for name, letters in records:
        parts.append(b">" + name.encode() + b"\n")
        parts += [letters[at : at + width] + b"\n" for at in range(0, len(letters), width)]
    return b"".join(parts)
