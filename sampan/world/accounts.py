"""What does each account hold, as of a day and as known on a day, and through which entries?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy import Connection, bindparam, select, text

from sampan.ledger.ledger import Ledger
from sampan.ledger.prepared import Prepared
from sampan.records.movement import Account, Commodity, Kind
from sampan.world import account_tables as tables
from sampan.world.account_columns import Columns, columns
from sampan.world.account_tables import Accounts

__all__ = ["Accounts", "Holding", "StatementLine", "balance", "held_by", "held_now", "holders", "statement"]


@dataclass(frozen=True)
class Holding:
    """What one account holds of one commodity: never zero; below zero only for a source."""

    account: Account
    commodity: Commodity
    quantity: int


@dataclass(frozen=True)
class StatementLine:
    """One movement as the account sees it: ``change`` is negative if it gave; ``balance`` is what it then held."""

    entry: int
    """Position in the log."""
    day: date
    other: Account
    commodity: Commodity
    change: int
    balance: int


def balance(
    ledger: Ledger,
    *,
    account: str | None = None,
    kind: Kind | None = None,
    item: str | None = None,
    earmark: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> list[Holding]:
    """What accounts hold at the end of the day ``as_of``, by what was recorded up to ``known_on``.

    ``account`` is one account, or with a colon at its end (``depot:``) all that begin so. The order is that of
    account, item, expiry (those without one last) and lot.
    """
    return _balance(
        ledger,
        lambda what: (
            kind in (None, what.kind) and item in (None, what.item) and earmark in (None, what.earmark)
        ),
        account=account,
        as_of=as_of,
        known_on=known_on,
    )


def holders(
    ledger: Ledger,
    commodities: Collection[Commodity],
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> list[Holding]:
    """Who holds any of ``commodities``: the same, for many of them at once."""
    return _balance(ledger, commodities.__contains__, account=None, as_of=as_of, known_on=known_on)


def _balance(
    ledger: Ledger,
    of: Callable[[Commodity], bool],
    *,
    account: str | None,
    as_of: date | None,
    known_on: datetime | None,
) -> list[Holding]:
    held = columns(ledger)
    rows = held.rows(as_of=as_of, known_on=known_on)
    wanted = held.of_commodities(of)
    if not wanted.all():
        rows = rows[wanted[held.commodity[rows]]]
    width = len(held.commodities) + 1
    found = []
    key, total = _sums(held, rows, held.of_accounts(_is(account)), width)
    for at, quantity in zip(key.tolist(), total.tolist(), strict=True):
        if quantity:
            found.append(Holding(held.accounts[at // width], held.commodities[at % width], quantity))
    return sorted(found, key=_order)


def _sums(held: Columns, rows: np.ndarray, mine: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """(account × width + commodity, sum) over the accounts that are ``mine``."""
    keys, signed = [], []
    for side, sign in ((held.taker, 1), (held.giver, -1)):
        its = rows[mine[side[rows]]]
        keys.append(side[its] * width + held.commodity[its])
        signed.append(sign * held.quantity[its])
    key, place = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.zeros(len(key), np.int64)
    np.add.at(total, place, np.concatenate(signed))
    return key, total


def _is(account: str | None) -> Callable[[Account], bool]:
    """Whether an account is asked for."""
    if account is None:
        return lambda _: True
    if account.endswith(":"):
        return lambda name: name.startswith(account)
    return lambda name: name == account


def _order(holding: Holding) -> tuple[str, str, date, str]:
    what = holding.commodity
    return holding.account, what.item, what.expiry or date.max, what.lot or ""


def held_now(ledger: Ledger, account: Account) -> dict[Commodity, int]:
    """What ``account`` holds by all that is recorded: quick, whatever the size of the ledger."""
    return held_by(ledger, [account]).get(account, {})


def held_by(
    ledger: Ledger, accounts: Sequence[Account], connection: Connection | None = None
) -> dict[Account, dict[Commodity, int]]:
    """What each of ``accounts`` holds by all that is recorded; those that hold nothing are left out."""
    by_id = {tables.account_id(account): account for account in accounts}
    found: dict[Account, dict[Commodity, int]] = {}
    with nullcontext(connection) if connection is not None else ledger.reading() as at:
        for id, account in by_id.items():
            lots = {tables.commodity(*what): int(quantity) for *what, quantity in _HELD.run(at, id)}
            if lots:
                found[account] = lots
    return found


_held, _goods = tables.holdings.c, tables.commodities.c
_HELD = Prepared(
    select(_goods.kind, _goods.item, _goods.lot, _goods.expiry, _goods.earmark, _held.quantity)
    .join_from(tables.holdings, tables.commodities, _held.commodity == _goods.id)
    .where(_held.quantity != text("0"), _held.account == bindparam("of"))
    .order_by(_goods.item, _goods.expiry, _goods.lot),
    "of",
)


def statement(
    ledger: Ledger,
    account: Account,
    *,
    item: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[StatementLine, ...]:
    """What the account took and gave, by day and then by entry, with what it held of that commodity after each."""
    held = columns(ledger)
    rows = held.rows(as_of=as_of, known_on=known_on)
    if account not in held.accounts:
        return ()
    me = held.accounts.index(account)
    rows = rows[(held.giver[rows] == me) | (held.taker[rows] == me)]
    rows = rows[np.lexsort((rows, held.day[rows]))]
    left: dict[Commodity, int] = defaultdict(int)
    lines = []
    for row in rows.tolist():
        what = held.commodities[held.commodity[row]]
        if item is not None and what.item != item:
            continue
        took = held.taker[row] == me
        change = int(held.quantity[row]) * (1 if took else -1)
        left[what] += change
        other = held.accounts[held.giver[row] if took else held.taker[row]]
        day = date.fromordinal(int(held.day[row]))
        lines.append(StatementLine(int(held.position[row]), day, other, what, change, left[what]))
    return tuple(lines)
