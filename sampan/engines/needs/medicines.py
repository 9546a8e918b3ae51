"""How do medicines become items: courses of treatment by severity, as rates per case?

Mild and moderate cases are treated as they come; severe and critical ones when they are admitted, so that
the absorbable is what patients in beds can be given. Only the forecast's weeks count, as for any item.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sampan.core.errors import InputError
from sampan.engines.needs.parameters import Fact, Item

#: severity → the driver that its courses follow
COURSES = {
    "mild": "mild",
    "moderate": "moderate",
    "severe": "severe_admitted",
    "critical": "critical_admitted",
}


@dataclass(frozen=True)
class Medicines:
    """For :meth:`Parameters.with_items`. incomplete: ``(name, severity)`` with a course but no share treated
    (or the reverse): nothing is counted there, for want of the number."""

    items: tuple[Item, ...]
    rates: tuple[Fact, ...]
    incomplete: tuple[tuple[str, str], ...]


def medicines(rows: Iterable[Mapping[str, Any]], *, source: str, version: str) -> Medicines:
    """Items and rates from rows with ``name``, ``unit``, ``price_usd`` and, by severity, ``course`` (units
    of one course) and ``treated`` (share of the cases); NaN is unknown.

    Raises InputError if two medicines would have the same code.
    """
    items: dict[str, Item] = {}
    rates: list[Fact] = []
    incomplete: list[tuple[str, str]] = []
    for row in rows:
        code = "medicine_" + re.sub(r"[^a-z0-9]+", "_", row["name"].casefold()).strip("_")
        if code in items:
            raise InputError(
                f'"{row["name"]}" and "{items[code].name}" cannot be told apart.',
                way_out="Rename one of them.",
            )
        items[code] = Item(
            code, row["name"], row["unit"], "medicines", False, row["price_usd"], source, version
        )
        for severity, driver in COURSES.items():
            amount = row["course"][severity] * row["treated"][severity]
            if math.isnan(amount):
                known = (row["course"][severity], row["treated"][severity])
                if any(number > 0 for number in known):
                    incomplete.append((row["name"], severity))
                continue
            if amount:
                rates.append(
                    Fact(
                        f"{code}:{driver}",
                        amount,
                        f"{row['unit']} per case",
                        "course × share treated",
                        source,
                        version,
                    )
                )
    return Medicines(tuple(items.values()), tuple(rates), tuple(incomplete))
