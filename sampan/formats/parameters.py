"""Which numbers of the needs logic does an office replace, where, and on whose word?

A CSV file in UTF-8, one number a line, these columns in any order (others, as ``unit``, are left aside):

=============  ==========================================================================================
``place``      code of a country or first-level area; empty: everywhere
``parameter``  its name, as ``sampan parameters show`` lists it: ``stay_critical``, ``gown:cleaner``,
               ``respirator:extended_use``, ``protective_suit=gown``
``value``      the number, or a fraction as ``2/3``
``source``     who says so; needed
``version``    of which day or edition; may be empty
=============  ==========================================================================================
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_width, column, optional_column, rows

COLUMNS = ("place", "parameter", "value", "unit", "source", "version")


@dataclass(frozen=True)
class ParameterRow:
    """One number and the line of the file on which it stands; ``place`` is "" for everywhere."""

    place: str
    parameter: str
    value: float
    source: str
    version: str
    line: int


def read_parameters(data: bytes, *, name: str) -> list[ParameterRow]:
    """The numbers of the file, in its order; none where it has a header alone.

    Raises InputError, with file, line and column, for a missing column, a cell that is no number, a line
    without parameter or source, and the same parameter twice for one place.
    """
    lines = rows(data, name=name)
    _, header = next(lines)
    at = {field: column(header, [field], name=name) for field in ("place", "parameter", "value", "source")}
    version = optional_column(header, ["version"])
    found: dict[tuple[str, str], ParameterRow] = {}
    for line, cells in lines:
        check_width(cells, width=len(header), line=line, name=name, data=data)
        said = {field: cells[place].strip() for field, place in at.items()}
        row = ParameterRow(
            said["place"].upper(),
            _named(said, "parameter", "Name the parameter: sampan parameters show.", name, line),
            _number(said["value"], name=name, line=line),
            _named(
                said, "source", "Write who says so: an office may not change a number on no word.", name, line
            ),
            cells[version].strip() if version is not None else "",
            line,
        )
        key = (row.place, row.parameter)
        if key in found:
            raise InputError(
                f"{row.parameter} is already on line {found[key].line}.",
                file=name,
                line=line,
                way_out="Keep one of the lines.",
            )
        found[key] = row
    return list(found.values())


def write_parameters(numbers: Iterable[tuple[str, ...]]) -> str:
    """The file of rows in the order of ``COLUMNS``, to be edited and read again."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *numbers])
    return text.getvalue()


def _named(said: dict[str, str], field: str, way_out: str, name: str, line: int) -> str:
    if not said[field]:
        raise InputError("The cell is empty.", file=name, line=line, field=field, way_out=way_out)
    return said[field]


def _number(text: str, *, name: str, line: int) -> float:
    above, stroke, below = text.partition("/")
    try:
        value = float(above) / float(below) if stroke else float(above)
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        raise InputError(
            f'"{text[:40]}" is not a number.',
            file=name,
            line=line,
            field="value",
            way_out="Write digits with a point, or a fraction as 2/3; drop the line where none is known.",
        )
    return value
