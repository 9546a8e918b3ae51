"""How does a person write what is given or asked for, and how is it read back to them?

``mask=200000``, ``USD=20000000.00``, ``people:epidemiologist=30`` (person-days), ``service:air freight=2``
(times rendered). Goods of a lot: ``mask=1000@LOT7/2022-05-31``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sampan.core.errors import InputError
from sampan.core.money import LARGEST, Money, exponent
from sampan.core.quantities import whole
from sampan.core.time import read_day
from sampan.records.assistance.contributions import GiftKind, Line
from sampan.world.items import item as find_item

_PREFIX: dict[str, GiftKind] = {"people": "people", "service": "services", "goods": "goods", "money": "money"}
_NAME = re.compile(r"[^\W_][\w .'&/-]{0,79}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Arrival:
    """Goods, money, services or people that are there; goods perhaps of a lot that expires."""

    kind: GiftKind
    item: str
    quantity: int
    lot: str | None = None
    expiry: date | None = None


def read_what(text: str) -> tuple[GiftKind, str]:
    """The kind and the code in ``mask``, ``USD``, ``people:nurse`` or ``service:air freight``.

    Raises InputError, with what could be meant, for anything else.
    """
    prefix, colon, rest = text.strip().partition(":")
    if not colon:
        if _CURRENCY.fullmatch(prefix):
            exponent(prefix)
            return "money", prefix
        return "goods", find_item(prefix).code
    if prefix not in _PREFIX:
        raise InputError(f'"{prefix}" is no kind of gift.', way_out=f"Write one of {', '.join(_PREFIX)}.")
    return of_kind(_PREFIX[prefix], rest.strip())


def of_kind(kind: GiftKind, item: str) -> tuple[GiftKind, str]:
    """``item`` as the code of something of ``kind``. Raises InputError if it is none."""
    if kind == "goods":
        return kind, find_item(item).code
    if kind == "money":
        exponent(item)
        return kind, item
    if not _NAME.fullmatch(item):
        raise InputError(f'"{item}" names no {kind}.', way_out="Write a word or two, such as epidemiologist.")
    return kind, item


def read_quantity(kind: GiftKind, item: str, text: str) -> int:
    """``text`` in base units, minor units, times or person-days; above zero. Raises InputError otherwise."""
    quantity = Money.read(text, item).minor if kind == "money" else whole(text, what=item)
    if quantity < 1:
        raise InputError(f"{text} {item} is nothing.", way_out="Write an amount above zero.")
    if quantity > LARGEST:
        raise InputError(f"{text} {item} is more than there is.", way_out="Check the digits.")
    return quantity


def read_arrival(text: str) -> Arrival:
    """``mask=1000@LOT7/2022-05-31``, the lot and the day of expiry being optional."""
    what, equals, rest = text.partition("=")
    if not equals:
        raise InputError(
            f'"{text}" says no quantity.', way_out="Write what=quantity, as mask=200000 or USD=1500.00."
        )
    kind, item = read_what(what)
    quantity, _, batch = rest.partition("@")
    lot, _, expiry = batch.partition("/")
    if expiry and not lot:
        raise InputError("An expiry belongs to a lot.", way_out="Write mask=1000@LOT/2022-05-31.")
    if lot and kind != "goods":
        raise InputError(f"Only goods have lots, not {kind}.", way_out="Leave out what follows the @.")
    return Arrival(
        kind, item, read_quantity(kind, item, quantity), lot or None, read_day(expiry) if expiry else None
    )


def read_money(text: str) -> Money:
    """``EUR=1000.00``. Raises InputError for anything else."""
    currency, equals, amount = text.partition("=")
    if not equals:
        raise InputError(f'"{text}" names no currency.', way_out="Write EUR=1000.00.")
    exponent(currency.strip())
    money = Money.read(amount, currency.strip())
    if money.minor < 1:
        raise InputError(f"{money} is nothing.", way_out="Write an amount above zero.")
    return money


def read_lines(texts: Iterable[str]) -> tuple[Line, ...]:
    """Lines of a pledge, those of one thing added up. Raises InputError if there are none."""
    return as_lines(read_arrival(text) for text in texts)


class Thing(Protocol):
    """So much of something."""

    @property
    def kind(self) -> GiftKind: ...
    @property
    def item(self) -> str: ...
    @property
    def quantity(self) -> int: ...


def require_things(things: Iterable[Thing]) -> None:
    """Lets each be more than nothing of what there is, by its code. Raises InputError for any other.

    What was typed or loaded is so already; what a program hands in may be anything.
    """
    for each in things:
        _, code = of_kind(each.kind, each.item)
        if code != each.item:
            raise InputError(f'"{each.item}" is written {code}.', way_out="Give the code.", field="item")
        if not 1 <= each.quantity <= LARGEST:
            raise InputError(
                f"{each.quantity} {each.item} cannot be.",
                way_out=f"Give a whole number from 1 to {LARGEST}.",
                field="quantity",
            )


def as_lines(arrivals: Iterable[Arrival]) -> tuple[Line, ...]:
    """The sums by thing, in the order in which each first came. Raises InputError for less than nothing."""
    sums: dict[tuple[GiftKind, str], int] = {}
    arrivals = tuple(arrivals)
    require_things(arrivals)
    for each in arrivals:
        key = (each.kind, each.item)
        sums[key] = sums.get(key, 0) + each.quantity
    if not sums:
        raise InputError("Nothing is named.", way_out="Write what=quantity, as mask=200000 or USD=1500.00.")
    return tuple(Line(kind=kind, item=item, quantity=quantity) for (kind, item), quantity in sums.items())


def write_what(kind: str, item: str) -> str:
    """What ``read_what`` reads back as this kind and item."""
    return {"people": f"people:{item}", "services": f"service:{item}"}.get(kind, item)


def write_quantity(kind: str, item: str, quantity: int) -> str:
    """A quantity as people write it, digits only: money in major units."""
    return str(Money(quantity, item).amount) if kind == "money" else str(quantity)


def shown(kind: str, item: str, quantity: int) -> str:
    """``USD 20,000,000.00``, ``200,000 mask``, ``30 person-days of epidemiologist``.

    ``kind`` is that of a gift, or of a commodity, which calls people person-days.
    """
    if kind == "money":
        return str(Money(quantity, item))
    unit = {"people": " person-days of", "person-days": " person-days of", "services": " times"}.get(kind, "")
    return f"{quantity:,}{unit} {item}"
