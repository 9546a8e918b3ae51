"""What may be sent, in which units, and how is it packed?"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from sampan.core.errors import InputError
from sampan.core.languages import Language
from sampan.world import tables


@dataclass(frozen=True)
class Item:
    """A kind of supply. ``weekly`` goods are used up, ``durable`` ones serve on."""

    code: str
    names: Mapping[Language, str]
    unit: str
    kind: Literal["weekly", "durable"]
    pack: int
    """Units in a whole carton."""
    volume_m3: float
    """Of a carton."""
    weight_kg: float
    """Of a carton."""
    substitutes: tuple[str, ...]
    """Codes of items that can stand in for it, best first."""
    basis: Mapping[str, str]
    """Where ``pack``, ``volume_m3`` and ``weight_kg`` come from: a source, or "assumption"."""

    def name(self, language: Language = "en") -> str:
        return self.names[language]


@cache
def items() -> Mapping[str, Item]:
    """The catalogue, by code, in the request's order."""
    return MappingProxyType(
        {
            code: Item(
                code,
                MappingProxyType(row["name"]),
                row["unit"],
                row["kind"],
                row["pack"],
                row["volume_m3"],
                row["weight_kg"],
                tuple(row.get("substitutes", ())),
                MappingProxyType(row["basis"]),
            )
            for code, row in tables.toml("items").items()
        }
    )


def item(code: str) -> Item:
    """The item with this code. Raises InputError with the nearest if there is none."""
    if code not in items():
        near = difflib.get_close_matches(code.casefold(), items(), n=1)
        way_out = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(items())}."
        raise InputError(f'There is no item "{code}".', way_out=way_out)
    return items()[code]
