"""What have we given each partner, and what has each given us, over time?

It falls out of the accounts: given is what a partner has signed for, been paid or been served; received is
what its donors brought. Promises, goods under way and gifts inside home count on neither side.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import numpy as np

from sampan.core.errors import InputError
from sampan.ledger.ledger import Ledger
from sampan.records.movement import Kind
from sampan.world.account_columns import Coded, columns
from sampan.world.parties import finder

_THEIRS = ("received", "disbursed", "served", "deployed")
"""Kinds of account in which a partner holds what it was given."""


@dataclass(frozen=True)
class Given:
    """What went between home and one partner in one month: base units, minor units, times, person-days."""

    partner: str
    month: date
    """First day of the month (ISO 8601)."""
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
    gives = held.kind.among(["donor"])
    mine = gives | held.kind.among(_THEIRS)
    partners = _partners(ledger, home, known_on, held.party, mine)
    abroad = mine & np.array([whose is not None for whose in partners], bool)[held.party.code]
    since_1970 = (held.day - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    start = int(since_1970.min(initial=0))
    months, thing = since_1970 - start, held.what.code * len(held.item.words) + held.item.code
    names = sorted({name for name in partners if name is not None})
    whose = np.array([names.index(name) if name is not None else -1 for name in partners], np.int64)
    shape = (
        len(names) + 1,
        int(months.max(initial=0)) + 1,
        len(held.what.words) * len(held.item.words) + 1,
        2,
    )
    keys, signed = [], []
    for side, sign in ((held.giver, -1), (held.taker, 1)):
        its = rows[abroad[side[rows]]]
        account, donor = side[its], gives[side[its]]
        parts = (whose[held.party.code[account]], months[its], thing[held.commodity[its]], donor)
        keys.append(np.ravel_multi_index(parts, shape))
        signed.append(np.where(donor, -sign, sign) * held.quantity[its])
    distinct, where = np.unique(np.concatenate(keys), return_inverse=True)
    totals = np.zeros(len(distinct), np.int64)
    np.add.at(totals, where, np.concatenate(signed))
    sums: dict[tuple[str, date, Kind, str], list[int]] = defaultdict(lambda: [0, 0])
    told = (each.tolist() for each in np.unravel_index(distinct, shape))
    for partner, month, what, donor, total in zip(*told, totals.tolist(), strict=True):
        first = date(1970 + (start + month) // 12, (start + month) % 12 + 1, 1)
        kind, item = divmod(what, len(held.item.words))
        key = (names[partner], first, cast(Kind, held.what.words[kind]), held.item.words[item])
        sums[key][donor] += total
    lines = (Given(*key, *both) for key, both in sorted(sums.items()) if any(both))
    return tuple(line for line in lines if line.kind != "promise")


_EPOCH = date(1970, 1, 1).toordinal()


def _partners(
    ledger: Ledger, home: str, known_on: datetime | None, party: Coded, mine: np.ndarray
) -> list[str | None]:
    """For every party the partner abroad under which it counts; None for home, and where no account is ``mine``."""
    find = finder(ledger, known_on=known_on)
    found: list[str | None] = [None] * len(party.words)
    for place in np.unique(party.code[mine]).tolist():
        # an account of a party that was not recorded yet on that day counts nowhere
        with suppress(InputError):
            whose = find(party.words[place]).partner
            found[place] = None if whose == home else whose
    return found
