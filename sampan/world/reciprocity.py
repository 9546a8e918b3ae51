"""What have we given each partner, and what has each given us, over time?

It falls out of the accounts: given is what a partner has signed for, been paid or been served; received is
what its donors brought. Promises, goods under way and gifts inside home count on neither side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import numpy as np

from sampan.core.errors import InputError
from sampan.ledger.ledger import Ledger
from sampan.records.movement import Account, Kind
from sampan.world.account_columns import columns
from sampan.world.parties import finder

_THEIRS = ("received", "disbursed", "served", "deployed")
"""Kinds of account in which a partner holds what it was given."""


@dataclass(frozen=True)
class Given:
    """What went between home and one partner in one month: base units, minor units, times, person-days."""

    partner: str
    month: date
    kind: Kind
    item: str
    given: int
    received: int


def reciprocity(
    ledger: Ledger, home: str, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[Given, ...]:
    """By partner, month, kind and item. What a partner gave back of what it had taken counts as less given."""
    held = columns(ledger)
    rows = held.rows(as_of=as_of, known_on=known_on)
    partner = _partners(ledger, home, known_on)
    partners = [partner(account) for account in held.accounts]
    abroad = np.array([whose is not None for whose in partners], bool)
    gives = np.array([account.startswith("donor:") for account in held.accounts], bool)
    since_1970 = (held.day - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    start = int(since_1970.min(initial=0))
    months = since_1970 - start
    sums: dict[tuple[str, date, Kind, str], list[int]] = defaultdict(lambda: [0, 0])
    for side, sign in ((held.giver, -1), (held.taker, 1)):
        its = rows[abroad[side[rows]]]
        shape = (len(held.accounts), int(months.max(initial=0)) + 1, len(held.commodities))
        keys = np.ravel_multi_index((side[its], months[its], held.commodity[its]), shape)
        distinct, where = np.unique(keys, return_inverse=True)
        totals = np.zeros(len(distinct), np.int64)
        np.add.at(totals, where, held.quantity[its])
        found = zip(
            *(each.tolist() for each in np.unravel_index(distinct, shape)), totals.tolist(), strict=True
        )
        for account, month, number, total in found:
            what, donor = held.commodities[number], bool(gives[account])
            first = date(1970 + (start + month) // 12, (start + month) % 12 + 1, 1)
            key = (str(partners[account]), first, what.kind, what.item)
            sums[key][donor] += -sign * total if donor else sign * total
    lines = (Given(*key, *both) for key, both in sorted(sums.items()) if any(both))
    return tuple(line for line in lines if line.kind != "promise")


_EPOCH = date(1970, 1, 1).toordinal()


def _partners(ledger: Ledger, home: str, known_on: datetime | None) -> Callable[[Account], str | None]:
    """Says under which partner abroad an account counts; None if it counts nowhere."""

    find = finder(ledger, known_on=known_on)

    @cache
    def whose(name: str) -> str | None:
        try:
            found = find(name).partner
        except InputError:  # an account of a party that was not recorded yet on that day
            return None
        return None if found == home else found

    def partner(account: Account) -> str | None:
        kind, _, name = account.partition(":")
        return whose(name) if kind == "donor" or kind in _THEIRS else None

    return partner
