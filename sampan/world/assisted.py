"""Who has been promised what, and has signed for it, as of a day and as known on a day?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import select

from sampan.core.portions import portions
from sampan.core.rows import Rows
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import entries
from sampan.world.account_columns import Columns, columns

_ALLOTTED = "allotted:"


@dataclass(frozen=True)
class Sent:
    """One consignment: the entry that made it, when it was decided, for whom, and units by item."""

    entry: str
    day: date
    batch: int
    recipient: str
    units: dict[str, int]
    number: str = ""


@dataclass(frozen=True)
class Promised:
    """Every consignment to which anything is promised, in the order in which they were decided.

    One value per consignment: ``account`` and ``party`` are places in the columns, ``position`` that of the entry
    that made it, ``day`` counts from 1 January of year 1. One value per consignment and item, in the same order:
    ``of`` is the place of the consignment, ``item`` that of the item in the columns, ``units`` is never 0.
    """

    held: Columns
    account: np.ndarray
    party: np.ndarray
    batch: np.ndarray
    position: np.ndarray
    day: np.ndarray
    of: np.ndarray
    item: np.ndarray
    units: np.ndarray

    @cached_property
    def recipients(self) -> tuple[str, ...]:
        """Whom each consignment is for."""
        return tuple(self.held.party.words[code] for code in self.party.tolist())

    def total(self, item: str) -> int:
        """Units of ``item`` that are promised to anybody."""
        words = self.held.item.words
        mine = self.item == (words.index(item) if item in words else -1)
        return int(self.units[mine].clip(0).sum())


def promised(ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None) -> Promised:
    """What was promised up to and including the day ``as_of``, as we knew it on ``known_on``.

    What was withdrawn is not among it; what was split off is, under its own number.
    """
    held = columns(ledger)
    rows = _promises(held, as_of, known_on)
    allotted = held.kind.among(["allotted"])
    sides = [(side[rows], sign) for side, sign in ((held.taker, 1), (held.giver, -1))]
    mine = [allotted[account] for account, _ in sides]
    account = np.concatenate([account[its] for (account, _), its in zip(sides, mine, strict=True)])
    row = np.concatenate([rows[its] for its in mine])
    change = np.concatenate(
        [sign * held.quantity[rows[its]] for (_, sign), its in zip(sides, mine, strict=True)]
    )
    first = np.full(len(held.accounts), len(held.position), np.int64)
    np.minimum.at(first, account, row)
    pair, place = np.unique(_pairs(held, account, row), return_inverse=True)
    units, seen = np.zeros(len(pair), np.int64), np.full(len(pair), len(held.position), np.int64)
    np.add.at(units, place, change)
    np.minimum.at(seen, place, row)
    whose, item = np.divmod(pair, len(held.item.words) + 1)
    order = np.lexsort((seen, whose, first[whose]))
    order = order[units[order] != 0]
    whose = whose[order]
    begins = np.flatnonzero(np.diff(whose, prepend=-1))
    consignments = whose[begins]
    made = first[consignments]
    return Promised(
        held,
        consignments,
        held.party.code[consignments],
        held.batch[consignments],
        held.position[made],
        held.day[made],
        np.repeat(np.arange(len(begins)), np.diff(begins, append=len(whose))),
        item[order],
        units[order],
    )


def _pairs(held: Columns, account: np.ndarray, row: np.ndarray) -> np.ndarray:
    return np.asarray(account * (len(held.item.words) + 1) + held.item.code[held.commodity[row]])


def sent(ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None) -> tuple[Sent, ...]:
    """The same, consignment by consignment."""
    found = promised(ledger, as_of=as_of, known_on=known_on)
    units: list[dict[str, int]] = [{} for _ in found.account]
    for of, item, many in zip(found.of.tolist(), found.item.tolist(), found.units.tolist(), strict=True):
        units[of][found.held.item.words[item]] = many
    ids = ids_at(ledger, found.position)
    return tuple(
        Sent(ids[position], date.fromordinal(day), batch, recipient, left, _number(found.held, account))
        for position, day, batch, recipient, left, account in zip(
            found.position.tolist(),
            found.day.tolist(),
            found.batch.tolist(),
            found.recipients,
            units,
            found.account.tolist(),
            strict=True,
        )
    )


def _number(held: Columns, account: int) -> str:
    return held.accounts[account].removeprefix(_ALLOTTED)


def confirmed(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> Sequence[str]:
    """Consignments of which everything that left has been signed for, good or claimed, by their recipients."""
    held = columns(ledger)
    rows = held.rows(as_of=as_of, known_on=known_on)
    on_the_way = held.kind.among(["transit"])
    left, signed = np.zeros((2, len(held.accounts)), np.int64)
    into = rows[on_the_way[held.taker[rows]]]
    out = rows[on_the_way[held.giver[rows]]]
    np.add.at(left, held.taker[into], held.quantity[into])
    np.subtract.at(left, held.giver[out], held.quantity[out])
    by_recipient = out[~on_the_way[held.taker[out]]]
    np.add.at(signed, held.giver[by_recipient], held.quantity[by_recipient])
    done = np.flatnonzero((signed > 0) & (left == 0))
    return Rows(
        len(done),
        lambda begin, end: [held.accounts[one].removeprefix("transit:") for one in done[begin:end].tolist()],
    )


_PROMISED = (
    ("batch", "allotted", 1),
    ("allotted", "batch", -1),
    ("depot", "packed", -1),
    ("packed", "depot", 1),
)
"""From which kind of account to which, and whether more or less is then promised and not yet picked."""


def outstanding(ledger: Ledger, *, as_of: date | None = None) -> dict[str, int]:
    """Units by item that are promised to somebody and have not been picked from a depot yet."""
    held = columns(ledger)
    rows = held.rows(as_of=as_of)
    total = np.zeros(len(held.item.words), np.int64)
    for giver, taker, sign in _PROMISED:
        mine = rows[held.kind.among([giver])[held.giver[rows]] & held.kind.among([taker])[held.taker[rows]]]
        np.add.at(total, held.item.code[held.commodity[mine]], sign * held.quantity[mine])
    return {item: units for item, units in zip(held.item.words, total.tolist(), strict=True) if units}


def _promises(held: Columns, as_of: date | None, known_on: datetime | None) -> np.ndarray:
    """Places of the movements of promises."""
    rows = held.rows(as_of=as_of, known_on=known_on)
    found: np.ndarray = rows[held.what.among(["promise"])[held.commodity[rows]]]
    return found


def ids_at(ledger: Ledger, positions: np.ndarray) -> Mapping[int, str]:
    """The ids of at least the entries at these positions."""
    known = _IDS.setdefault(ledger, {})
    with ledger.reading() as connection:
        for some in portions(sorted(set(positions.tolist()) - known.keys())):
            query = select(entries.c.position, entries.c.id).where(entries.c.position.in_(some))
            known.update((row.position, row.id) for row in connection.execute(query))
    return known


_IDS: WeakKeyDictionary[Ledger, dict[int, str]] = WeakKeyDictionary()
"""The ids that were read of each ledger, by position: what is written stays so."""
