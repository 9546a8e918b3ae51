"""Does every account that gives hold what it gives, on that day and on every later day?

Asked inside the transaction that writes, so that no two processes can issue the same goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from sampan.core.errors import Refused
from sampan.core.money import Money
from sampan.records.movement import Account, Commodity, Movement, may_owe

if TYPE_CHECKING:
    from sqlalchemy import Connection

Key = tuple[Account, Commodity]


def require_cover(connection: Connection, *, movements: Iterable[Movement], day: date) -> None:
    """Lets ``movements`` happen on ``day`` together, or raises Refused with the numbers.

    A source may owe; every other account must hold what it gives, on ``day`` and, by all that is
    recorded, on every later day.
    """
    net: dict[Key, int] = defaultdict(int)
    for moved in movements:
        net[moved.giver, moved.commodity] -= moved.quantity
        net[moved.taker, moved.commodity] += moved.quantity
    taken = {key: -change for key, change in net.items() if change < 0 and not may_owe(key[0])}
    if not taken:
        return
    available = _available(connection, taken, day)
    for key, asked in taken.items():
        held, until = available.get(key, (0, day))
        if asked > held:
            raise _uncovered(connection, key, asked=asked, held=held, day=day, until=until)


def _available(connection: Connection, keys: Iterable[Key], day: date) -> dict[Key, tuple[int, date]]:
    """For each account and commodity the least that it holds on ``day`` or later, and when that is."""
    from sampan.world import account_tables as tables

    by_id = {(tables.account_id(a), tables.commodity_id(c)): (a, c) for a, c in keys}
    found: dict[Key, tuple[int, date]] = {}
    for account, commodity, quantity, last in _holdings(connection, by_id):
        if key := by_id.get((account, commodity)):
            now = tables.day_of(day) >= last
            found[key] = (quantity, day) if now else _least(connection, account, commodity, day)
    return found


def _holdings(connection: Connection, ids: Iterable[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """(account, commodity, quantity, last day) of these pairs, and of some others."""
    from sqlalchemy import select

    from sampan.world.account_tables import holdings

    accounts = sorted({account for account, _ in ids})
    goods = sorted({commodity for _, commodity in ids})
    columns = holdings.c
    rows: list[tuple[int, int, int, int]] = []
    for start in range(0, len(goods), 500):
        query = select(columns.account, columns.commodity, columns.quantity, columns.last_day).where(
            columns.account.in_(accounts), columns.commodity.in_(goods[start : start + 500])
        )
        rows += [(a, c, q, d) for a, c, q, d in connection.execute(query)]
    return rows


def _least(connection: Connection, account: int, commodity: int, day: date) -> tuple[int, date]:
    """The least that is held on ``day`` or on any later day, and that day."""
    from sqlalchemy import case, func, select

    from sampan.world.account_tables import day_of, movements

    columns = movements.c
    change = func.sum(case((columns.taker == account, columns.quantity), else_=-columns.quantity))
    mine = (columns.commodity == commodity) & ((columns.taker == account) | (columns.giver == account))
    by_day = connection.execute(
        select(columns.day, change).where(mine).group_by(columns.day).order_by(columns.day)
    )
    held, start = 0, day_of(day)
    least: tuple[int, int] | None = None
    for when, changed in by_day:
        if when > start:
            least = min(least or (held, start), (held + int(changed), when))
        held += int(changed)
    quantity, when = least or (held, start)
    return quantity, date.fromordinal(when)


def _uncovered(connection: Connection, key: Key, *, asked: int, held: int, day: date, until: date) -> Refused:
    account, what = key
    held = max(held, 0)
    lot = f" of lot {what.lot}" if what.lot else ""
    when = f" from {day} to {until}" if until > day else f" on {day}"
    others = _other_lots(connection, key)
    elsewhere = ", ".join(f"{quantity:,} of lot {name}" for name, quantity in others)
    has, takes = (str(Money(n, what.item)) if what.kind == "money" else f"{n:,}" for n in (held, asked))
    thing = "" if what.kind == "money" else f" {what.item}"
    least = f"Take {has} or less" if held else "Record first what came in, or take it later"
    return Refused(
        f"{account} can give {has}{thing}{lot}{when}; this takes {takes}.",
        way_out=f"{least}{f'; it also holds {elsewhere}' if elsewhere else ''}.",
        account=account,
        item=what.item,
        lot=what.lot,
        held=held,
        asked=asked,
        other_lots=dict(others),
    )


def _other_lots(connection: Connection, key: Key) -> list[tuple[str, int]]:
    """What else of the same item the account holds, by lot."""
    from sqlalchemy import func, select

    from sampan.world.account_tables import account_id, commodities, commodity_id, holdings

    account, what = key
    query = (
        select(commodities.c.lot, func.sum(holdings.c.quantity))
        .join(holdings, holdings.c.commodity == commodities.c.id)
        .where(
            holdings.c.account == account_id(account),
            holdings.c.commodity != commodity_id(what),
            holdings.c.quantity > 0,
            commodities.c.kind == what.kind,
            commodities.c.item == what.item,
            commodities.c.lot.is_not(None),
        )
        .group_by(commodities.c.lot)
        .order_by(commodities.c.lot)
        .limit(10)
    )
    return [(str(name), int(quantity)) for name, quantity in connection.execute(query)]
