"""What does each account hold, as of a day and as known on a day, and through which entries?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, select, text

from sampan.core.rows import Rows
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
    party: str | None = None,
    kind: Kind | None = None,
    item: str | None = None,
    earmark: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[Holding]:
    """What accounts hold at the end of the day ``as_of``, by what was recorded up to ``known_on``.

    ``account`` is one account, or with a colon at its end (``depot:``) all that begin so; ``party`` is the code of
    whoever they are of, or a consignment is for. The order is that of account, item, expiry (those without one
    last) and lot.
    """
    return _balance(
        ledger,
        lambda what: (
            kind in (None, what.kind) and item in (None, what.item) and earmark in (None, what.earmark)
        ),
        account=account,
        party=party,
        as_of=as_of,
        known_on=known_on,
    )


def holders(
    ledger: Ledger,
    commodities: Collection[Commodity],
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[Holding]:
    """Who holds any of ``commodities``: the same, for many of them at once."""
    return _balance(ledger, commodities.__contains__, as_of=as_of, known_on=known_on)


def _balance(
    ledger: Ledger,
    of: Callable[[Commodity], bool],
    *,
    account: str | None = None,
    party: str | None = None,
    as_of: date | None,
    known_on: datetime | None,
) -> Rows[Holding]:
    held = columns(ledger)
    rows = held.rows(as_of=as_of, known_on=known_on)
    wanted = held.of_commodities(of)
    if not wanted.all():
        rows = rows[wanted[held.commodity[rows]]]
    whose, what, quantity = _in_order(held, *_sums(held, rows, _mine(held, account, party)))

    def made(begin: int, end: int) -> list[Holding]:
        return [
            Holding(held.accounts[who], held.commodities[of], many)
            for who, of, many in zip(
                *(each[begin:end].tolist() for each in (whose, what, quantity)), strict=True
            )
        ]

    return Rows(len(quantity), made)


def _sums(held: Columns, rows: np.ndarray, mine: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Account, commodity and what is held, over the accounts that are ``mine`` and hold anything."""
    width = len(held.commodities) + 1
    keys, signed = [], []
    for side, sign in ((held.taker, 1), (held.giver, -1)):
        its = rows[mine[side[rows]]]
        keys.append(side[its] * width + held.commodity[its])
        signed.append(sign * held.quantity[its])
    key, place = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.zeros(len(key), np.int64)
    np.add.at(total, place, np.concatenate(signed))
    return key[total != 0] // width, key[total != 0] % width, total[total != 0]


def _mine(held: Columns, account: str | None, party: str | None) -> np.ndarray:
    """(accounts,): whether each is asked for."""
    mine = np.ones(len(held.accounts), bool) if party is None else held.party.among([party])
    if account is None:
        return mine
    mine &= held.kind.among([account.partition(":")[0]])
    several = account.endswith(":")
    for at in np.flatnonzero(mine).tolist():
        name = held.accounts[at]
        mine[at] = name.startswith(account) if several else name == account
    return mine


def _in_order(held: Columns, *sums: np.ndarray) -> list[np.ndarray]:
    """The same by account, item, expiry and lot."""
    whose, what, _ = sums
    rank = _ranks(whose, held.accounts, str) * len(held.commodities)
    order = np.argsort(rank + _ranks(what, held.commodities, _by_expiry), kind="stable")
    return [each[order] for each in sums]


def _ranks(codes: np.ndarray, of: Sequence[Any], key: Callable[[Any], Any]) -> np.ndarray:
    """For each code, how many of the others stand before the thing that it stands for."""
    there = np.flatnonzero(np.bincount(codes, minlength=len(of))).tolist()
    keys = [key(of[code]) for code in there]
    rank = np.zeros(len(of), np.int64)
    rank[[there[at] for at in sorted(range(len(keys)), key=keys.__getitem__)]] = np.arange(len(keys))
    return np.asarray(rank[codes])


def _by_expiry(what: Commodity) -> tuple[str, date, str]:
    return what.item, what.expiry or date.max, what.lot or ""


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
) -> Sequence[StatementLine]:
    """What the account took and gave, by day and then by entry, with what it held of that commodity after each."""
    held = columns(ledger)
    rows = held.rows(as_of=as_of, known_on=known_on)
    me = held.accounts.index(account) if account in held.accounts else -1
    rows = rows[(held.giver[rows] == me) | (held.taker[rows] == me)]
    if item is not None:
        rows = rows[held.item.among([item])[held.commodity[rows]]]
    rows = rows[np.lexsort((rows, held.day[rows]))]
    took = held.taker[rows] == me
    change = np.where(took, 1, -1) * held.quantity[rows]
    left = _running(held.commodity[rows], change)

    def line(at: int) -> StatementLine:
        row = rows[at]
        other = held.accounts[(held.giver if took[at] else held.taker)[row]]
        what, day = held.commodities[held.commodity[row]], date.fromordinal(int(held.day[row]))
        return StatementLine(int(held.position[row]), day, other, what, int(change[at]), int(left[at]))

    return Rows(len(rows), lambda begin, end: [line(at) for at in range(begin, end)])


def _running(of: np.ndarray, change: np.ndarray) -> np.ndarray:
    """What each change brings the sum of the changes to that came before it and are ``of`` the same thing."""
    order = np.argsort(of, kind="stable")
    total = np.cumsum(change[order])
    begins = np.flatnonzero(np.diff(of[order], prepend=-1))
    before = (total - change[order])[begins]
    left = np.empty_like(total)
    left[order] = total - np.repeat(before, np.diff(begins, append=len(total)))
    return left
