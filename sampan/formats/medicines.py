"""Which medicines does a course of treatment take? The layout of WHO's essential-supplies forecasting tool.

A CSV file in UTF-8, one medicine a line, these columns in any order (others are left aside):

=============================  ================================================================
``drug``                       name of the medicine
``concentration``              strength and pack, as ``"500 mg, tab."``
``drug_form``                  what is counted: tablets, ampoules, bottles
``price_usd``                  price of one of them; blank where unknown
``form_per_SEVERITY_course``   how many of them one course takes; SEVERITY is mild, mod, sev, crit
``perc_SEVERITY_treated``      share of the cases of that severity who are treated, 0 to 1
=============================  ================================================================
"""

from __future__ import annotations

import math
from typing import TypedDict

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_width, column, rows

SEVERITIES = {"mild": "mild", "mod": "moderate", "sev": "severe", "crit": "critical"}


class MedicineRow(TypedDict):
    """One line: a medicine, and by severity the units of one course and the share treated (NaN: blank)."""

    name: str
    unit: str
    price_usd: float
    course: dict[str, float]
    treated: dict[str, float]


def read_medicines(data: bytes, *, name: str) -> list[MedicineRow]:
    """The medicines of the file, in its order.

    Raises InputError, with file, line and column, for a missing column, a cell that is no number, a
    negative one, a share above 1, a medicine without a name or named twice, and a file without medicines.
    """
    lines = rows(data, name=name)
    _, header = next(lines)
    wanted = ["drug", "concentration", "drug_form", "price_usd"]
    for short in SEVERITIES:
        wanted += [f"form_per_{short}_course", f"perc_{short}_treated"]
    places = {field: column(header, [field], name=name) for field in wanted}
    found: dict[str, MedicineRow] = {}
    for line, cells in lines:
        check_width(cells, width=len(header), line=line, name=name, data=data)
        row = _medicine({field: cells[place] for field, place in places.items()}, name=name, line=line)
        if row["name"] in found:
            raise InputError(
                f'"{row["name"]}" is listed twice.', file=name, line=line, way_out="Keep one of the lines."
            )
        found[row["name"]] = row
    if not found:
        raise InputError("The file lists no medicine.", file=name, way_out="Fetch or export it again.")
    return list(found.values())


def _medicine(cells: dict[str, str], *, name: str, line: int) -> MedicineRow:
    def number(field: str, most: float = math.inf) -> float:
        return _number(cells[field], most, name=name, line=line, field=field)

    if not cells["drug"].strip():
        raise InputError(
            "The medicine has no name.",
            file=name,
            line=line,
            field="drug",
            way_out="Name it, or drop the line.",
        )
    words = (cells[field].strip() for field in ("drug", "concentration", "drug_form"))
    return {
        "name": ", ".join(word for word in words if word),
        "unit": cells["drug_form"].strip() or "each",
        "price_usd": number("price_usd"),
        "course": {severity: number(f"form_per_{short}_course") for short, severity in SEVERITIES.items()},
        "treated": {severity: number(f"perc_{short}_treated", 1) for short, severity in SEVERITIES.items()},
    }


def _number(text: str, most: float, *, name: str, line: int, field: str) -> float:
    if not text.strip():
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= most or math.isinf(value):
        raise InputError(
            f'"{text.strip()}" is not a number from 0 to 1.'
            if most == 1
            else f'"{text.strip()}" is not a number of at least 0.',
            file=name,
            line=line,
            field=field,
            way_out="Correct the cell, or leave it empty if it is unknown.",
        )
    return value
