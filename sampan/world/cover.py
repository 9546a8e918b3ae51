"""Does every account that gives hold what it gives, on that day and on every later day?

Asked inside the transaction that writes, so that no two processes can issue the same goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sampan.core.errors import Refused, clause
from sampan.core.money import Money
from sampan.core.portions import portions
from sampan.records.movement import Account, Commodity, Movement, may_owe

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from sampan.ledger.ledger import Ledger
    from sampan.ledger.prepared import Prepared

Key = tuple[Account, Commodity]
Number = tuple[int, int]
"""The numbers under which the account and the commodity of a key stand in the tables."""

_SMALL = ("allotted:", "packed:", "transit:", "claim:", "committed:")
"""Accounts of one consignment or one contribution."""


def require_cover(
    connection: Connection, *, ledger: Ledger, movements: Iterable[Movement], day: date
) -> None:
    """Lets ``movements`` happen on ``day`` together, or raises Refused with the numbers.

    A source may owe; every other account must hold what it gives, on ``day`` and, by all that is
    recorded, on every later day.
    """
    taken = _taken(movements)
    if not taken:
        return
    available = _available(connection, ledger, {number: key for number, (key, _) in taken.items()}, day)
    for number, (key, asked) in taken.items():
        held, until = available.get(number, (0, day))
        if asked > held:
            raise _uncovered(connection, key, asked=asked, held=held, day=day, until=until)


def _taken(movements: Iterable[Movement]) -> dict[Number, tuple[Key, int]]:
    """What ``movements`` take, all together, from accounts that must hold it."""
    from sampan.world.account_tables import account_id, commodity_id

    net: dict[Number, int] = defaultdict(int)
    named: dict[Number, Key] = {}
    for moved in movements:
        what = commodity_id(moved.commodity)
        giver = account_id(moved.giver), what
        net[giver] -= moved.quantity
        net[account_id(moved.taker), what] += moved.quantity
        named[giver] = moved.giver, moved.commodity
    return {
        number: (key, -net[number])
        for number, key in named.items()
        if net[number] < 0 and not may_owe(key[0])
    }


def _available(
    connection: Connection, ledger: Ledger, keys: Mapping[Number, Key], day: date
) -> dict[Number, tuple[int, date]]:
    """For each account and commodity the least that it holds on ``day`` or later, and when that is."""
    from sampan.world.account_tables import day_of

    found: dict[Number, tuple[int, date]] = {}
    today = day_of(day)
    for account, commodity, quantity, last in _holdings(connection, keys):
        number = account, commodity
        if key := keys.get(number):
            found[number] = (quantity, day) if today >= last else _least(connection, ledger, key, day)
    return found


def _holdings(connection: Connection, keys: Mapping[Number, Key]) -> Iterator[Any]:
    """(account, commodity, quantity, last day) of these, and of some others.

    A depot holds many lots, so those that are asked for are named; a consignment holds few: all are read.
    """
    whole, some = _questions()
    small = {id for (id, _), (account, _) in keys.items() if account.startswith(_SMALL)}
    for account in sorted(small):
        yield from whole.run(connection, account)
    large = sorted({account for account, _ in keys} - small)
    goods = sorted({commodity for account, commodity in keys if account not in small})
    for few in portions(goods) if large else ():
        yield from connection.execute(some, {"accounts": large, "goods": few}).all()


@cache
def _questions() -> tuple[Prepared, Select[Any]]:
    """What an account holds; and what some accounts hold of some commodities. Made once, so compiled once."""
    from sqlalchemy import bindparam, select

    from sampan.ledger.prepared import Prepared
    from sampan.world.account_tables import holdings

    columns = holdings.c
    query = select(columns.account, columns.commodity, columns.quantity, columns.last_day)
    some = query.where(
        columns.account.in_(bindparam("accounts", expanding=True)),
        columns.commodity.in_(bindparam("goods", expanding=True)),
    )
    return Prepared(query.where(columns.account == bindparam("of")), "of"), some


def _least(connection: Connection, ledger: Ledger, key: Key, day: date) -> tuple[int, date]:
    """The least that is held on ``day`` or on any later day, and that day."""
    from sampan.world.account_columns import columns

    changes = columns(ledger, connection).changes(*key)
    held = sum(change for when, change in changes.items() if when <= day)
    least = (held, day)
    for when in sorted(when for when in changes if when > day):
        held += changes[when]
        least = min(least, (held, when))
    return least


def _uncovered(connection: Connection, key: Key, *, asked: int, held: int, day: date, until: date) -> Refused:
    account, what = key
    held = max(held, 0)
    others = _other_lots(connection, key)
    elsewhere = ", ".join(clause(f"{quantity:,} of lot {name}") for name, quantity in others)
    has, takes = (str(Money(n, what.item)) if what.kind == "money" else f"{n:,}" for n in (held, asked))
    thing = has if what.kind == "money" else f"{has} {what.item}"
    thing = clause(f"{has} {what.item} of lot {what.lot}") if what.lot else thing
    least = clause(f"Take {has} or less.") if held else clause("Record first what came in, or take it later.")
    return Refused(
        f"{account} can give {thing} from {day} to {until}; this takes {takes}."
        if until > day
        else f"{account} can give {thing} on {day}; this takes {takes}.",
        way_out=f"{least} {clause(f'It also holds {elsewhere}.')}" if elsewhere else least,
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
