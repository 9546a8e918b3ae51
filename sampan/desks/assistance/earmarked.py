"""Which stock has a donor's wish on it, and how does the allocation hear of it?

Earmarked lots are planned for those whom their donors allow, and count neither as free stock nor towards
home's reserve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sampan.desks.assistance.depots import on_hand
from sampan.desks.assistance.stock import DEPOT
from sampan.engines.allocate import Earmark as Tag
from sampan.engines.allocate import Lot
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Earmark
from sampan.world.earmarks import allows, earmarks


@dataclass(frozen=True)
class Tied:
    """Units of one lot in a depot, under one earmark."""

    item: str
    units: int
    expiry: date | None
    earmark: Earmark
    depot: str = DEPOT


def tied(
    ledger: Ledger, may_leave: Mapping[str, int], *, as_of: date, depot: str = DEPOT
) -> tuple[Tied, ...]:
    """The earmarked lots at hand that have not expired, those that expire first in front.

    Together they are no more than ``may_leave`` says of each item: promises are kept from them too.
    """
    known = earmarks(ledger)
    left = dict(may_leave)
    found = []
    for lot in on_hand(ledger, depot=depot, as_of=as_of):
        earmark, units = known.get(lot.earmark or ""), min(lot.units, left.get(lot.item, 0))
        if earmark is not None and not lot.expired and units > 0:
            left[lot.item] -= units
            found.append(Tied(lot.item, units, lot.expiry, earmark, depot))
    return tuple(found)


def for_nobody(
    stock: Sequence[Tied], *, items: Sequence[str], recipients: Sequence[str], home: str
) -> tuple[Tied, ...]:
    """The lots whose donors allow none of ``recipients``, nor home: they stay where they are."""
    return tuple(
        lot
        for lot in stock
        if lot.item in items and not any(allows(lot.earmark, code, lot.item) for code in (*recipients, home))
    )


def free(may_leave: Mapping[str, int], stock: Sequence[Tied]) -> dict[str, int]:
    """What of ``may_leave`` no donor has a wish about."""
    held = {item: sum(lot.units for lot in stock if lot.item == item) for item in may_leave}
    return {item: units - held[item] for item, units in may_leave.items()}


def as_lots(
    stock: Sequence[Tied],
    *,
    items: Sequence[str],
    recipients: Sequence[str],
    day: date,
    stores: Sequence[str] = (),
) -> tuple[tuple[Lot, ...], tuple[Tag, ...]]:
    """The lots and tags of an allocation among ``recipients``; what none of them may have is left out.

    ``stores`` are the depots of provinces, which follow the nation's, taken together, in the allocation.
    """
    tags: dict[tuple[str, str], int] = {}
    made: list[Tag] = []
    lots = []
    for each in stock:
        allowed = tuple(r for r, code in enumerate(recipients) if allows(each.earmark, code, each.item))
        if each.item not in items or not allowed:
            continue
        key = (each.earmark.code, each.item)
        if key not in tags:
            tags[key] = len(made)
            made.append(Tag(each.earmark.code, allowed, (items.index(each.item),)))
        weeks = None if each.expiry is None else (each.expiry - day).days // 7
        depot = 1 + stores.index(each.depot) if each.depot in stores else 0
        lots.append(Lot(depot, items.index(each.item), 0, each.units, expires=weeks, earmark=tags[key]))
    return tuple(lots), tuple(made)
