"""Which international organisations are there, who belongs to them, and under which identifier are they known?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sampan.core.errors import InputError
from sampan.core.languages import Language
from sampan.world import tables


@dataclass(frozen=True)
class Organisation:
    """An international organisation. ``members`` are member states by ISO 3166-1, empty if it has none."""

    code: str
    identifier: str
    """Stable, from a public registry: ``XM-DAC-928``."""
    names: Mapping[Language, str]
    members: tuple[str, ...]
    members_source: str
    region: str | None
    """One of the request's five regions; None if it is of the whole world."""

    def name(self, language: Language = "en") -> str:
        return self.names[language]


@cache
def organisations() -> Mapping[str, Organisation]:
    """Every organisation that Sampan knows, by its code."""
    return MappingProxyType(
        {
            code: Organisation(
                code,
                row["identifier"],
                MappingProxyType(row["name"]),
                tuple(row.get("members", "").split()),
                row.get("members_source", ""),
                row.get("region"),
            )
            for code, row in tables.toml("organisations").items()
        }
    )


def organisation(code: str) -> Organisation:
    """The organisation with this code. Raises InputError with those known if there is none."""
    if code not in organisations():
        raise InputError(
            f'There is no organisation "{code}".', way_out=f"Known are {', '.join(organisations())}."
        )
    return organisations()[code]
