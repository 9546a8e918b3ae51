"""How many people of each age live in each place?

An office loads a CSV file with a column ``iso3`` (a code of ISO 3166) and residents by five-year band of
age, 0-4 to 75-79 and 80+.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_width, count, first_row, rows
from sampan.world.places import is_place

Array = NDArray[np.float64]

BANDS = (*(f"{first}-{first + 4}" for first in range(0, 80, 5)), "80+")
HEADER = ("iso3", *BANDS)


@dataclass(frozen=True)
class Ages:
    """Residents by place and band, ``(17,)`` each; ``aside`` are codes in the file that are no place."""

    people: Mapping[str, Array]
    aside: tuple[str, ...] = ()


def load(data: bytes, *, name: str) -> Ages:
    """Reads a file of ages.

    Raises InputError, with the line, for another header, a place given twice, a cell that is no count or
    empty, a row of nobody and a file without a place.
    """
    _check_header(first_row(data, name=name), name=name)
    found: dict[str, Array] = {}
    lines: dict[str, int] = {}
    for line, cells in islice(rows(data, name=name), 1, None):
        check_width(cells, width=len(HEADER), line=line, name=name, data=data)
        code = cells[0].strip().upper()
        if code in lines:
            raise InputError(
                f"{code} is already on line {lines[code]}.", file=name, line=line, way_out="Remove one."
            )
        lines[code] = line
        found[code] = np.array(list(_people(cells[1:], line=line, name=name)))
        if not found[code].any():
            raise InputError(
                f"Nobody lives in {code}.", file=name, line=line, way_out="Correct the row, or remove it."
            )
    known = {code: people for code, people in found.items() if is_place(code)}
    if not known:
        raise InputError(
            "No row names a place.", file=name, field="iso3", way_out="Write codes of ISO 3166, as ITA."
        )
    return Ages(known, tuple(code for code in found if code not in known))


def _check_header(header: Sequence[str], *, name: str) -> None:
    for expected, written in zip_longest(HEADER, header, fillvalue=""):
        if written.strip().casefold() != expected:
            raise InputError(
                f'"{written.strip()[:40]}" stands where "{expected}" should.'
                if expected
                else "The column is not known.",
                file=name,
                line=1,
                field=written,
                way_out="The header is iso3,0-4,5-9, and so on to 75-79,80+.",
            )


def _people(cells: Sequence[str], *, line: int, name: str) -> Iterator[float]:
    for band, written in zip(BANDS, cells, strict=True):
        people = count(written, name=name, line=line, field=band)
        if not people >= 0:
            raise InputError(
                f'"{written}" is not a number of people.',
                file=name,
                line=line,
                field=band,
                way_out="Write a whole number of at least 0 for every band, or remove the row.",
            )
        yield people
