"""Who has been promised what, and has signed for it, as of a day and as known on a day?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import select

from sampan.core.portions import portions
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import entries
from sampan.records.assistance.consignments import batch_of, recipient_of
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


def sent(ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None) -> tuple[Sent, ...]:
    """Every consignment decided up to and including the day ``as_of``, as we knew it on ``known_on``.

    What was withdrawn is not among them; what was split off is, under its own number.
    """
    held = columns(ledger)
    units: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    first: dict[str, int] = {}
    rows = _promises(held, as_of, known_on)
    told = (held.commodity, held.giver, held.taker, held.quantity)
    for row, commodity, giver, taker, quantity in zip(
        rows.tolist(), *(each[rows].tolist() for each in told), strict=True
    ):
        item = held.commodities[commodity].item
        for account, change in ((held.accounts[giver], -quantity), (held.accounts[taker], quantity)):
            if account.startswith(_ALLOTTED):
                number = account.removeprefix(_ALLOTTED)
                units[number][item] += change
                first.setdefault(number, row)
    ids = _ids(ledger, {int(held.position[row]) for row in first.values()})
    return tuple(
        Sent(
            ids[int(held.position[first[number]])],
            date.fromordinal(int(held.day[first[number]])),
            batch_of(number),
            recipient_of(number),
            left,
            number,
        )
        for number, of_item in units.items()
        for left in [{item: count for item, count in of_item.items() if count}]
        if left
    )


def confirmed(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[str, ...]:
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
    return tuple(held.accounts[account].removeprefix("transit:") for account in done.tolist())


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
    spoken = held.of_commodities(lambda what: what.kind == "promise")
    found: np.ndarray = rows[spoken[held.commodity[rows]]]
    return found


def _ids(ledger: Ledger, positions: set[int]) -> dict[int, str]:
    """The ids of at least the entries at these positions."""
    known = _IDS.setdefault(ledger, {})
    with ledger.reading() as connection:
        for some in portions(sorted(positions - known.keys())):
            query = select(entries.c.position, entries.c.id).where(entries.c.position.in_(some))
            known.update((row.position, row.id) for row in connection.execute(query))
    return known


_IDS: WeakKeyDictionary[Ledger, dict[int, str]] = WeakKeyDictionary()
"""The ids that were read of each ledger, by position: what is written stays so."""
