"""How is a figure kept together with the list that it counts?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sampan.world.items import items
from sampan.world.organisations import organisations
from sampan.world.places import is_place, place


@dataclass(frozen=True)
class Counted:
    """A public figure with the list behind it: what is counted, how many, and who, by English name and by code."""

    what: str
    count: int
    names: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ItemTotal:
    """Units of one item that went, and between home and how many others."""

    item: str
    name: str
    unit: str
    units: int
    recipients: int
    """How many parties it went to, or came from."""


def counted(what: str, codes: Collection[str]) -> Counted:
    """``codes`` as a figure."""
    listed = sorted(codes, key=_name)
    return Counted(what, len(listed), tuple(_name(code) for code in listed), tuple(listed))


def item_totals(units: Mapping[str, int], others: Mapping[str, Collection[object]]) -> tuple[ItemTotal, ...]:
    """Totals in the order of the catalogue of items, with how many ``others`` each went to or came from."""
    return tuple(
        ItemTotal(item.code, item.name("en"), item.unit, units[item.code], len(others[item.code]))
        for item in items().values()
        if item.code in units
    )


def _name(code: str) -> str:
    known = organisations()
    if code in known:
        return known[code].name("en")
    return place(code).name("en") if is_place(code) else code
