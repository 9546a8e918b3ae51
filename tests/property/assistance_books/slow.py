"""What was promised and what has come, counted the slow way: entry by entry, consignment by consignment."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.consignments import batch_of, recipient_of
from sampan.records.record import read_record
from sampan.world.assisted import Sent
from sampan.world.consignments import numbers, track


def slow_sent(ledger: Ledger, as_of: date | None, known_on: datetime | None) -> tuple[Sent, ...]:
    """Every consignment with what is promised to it, in the order in which they were decided."""
    units: dict[str, Counter[str]] = {}
    first: dict[str, Entry] = {}
    for entry in ledger.entries(known_on=known_on):
        if as_of is not None and entry.effective.date() > as_of:
            continue
        for moved in read_record(entry.kind, entry.body).movements():
            for account, change in ((moved.giver, -moved.quantity), (moved.taker, moved.quantity)):
                if moved.commodity.kind == "promise" and account.startswith("allotted:"):
                    number = account.removeprefix("allotted:")
                    units.setdefault(number, Counter())[moved.commodity.item] += change
                    first.setdefault(number, entry)
    return tuple(
        Sent(
            first[number].id,
            first[number].effective.date(),
            batch_of(number),
            recipient_of(number),
            {item: count for item, count in of_item.items() if count},
            number,
        )
        for number, of_item in units.items()
        if any(of_item.values())
    )


def slow_good(
    ledger: Ledger, as_of: date | None, known_on: datetime | None
) -> dict[str, tuple[dict[str, int], tuple[int, ...]]]:
    """Of every consignment the units that were signed for as good, by item, and the entries about it."""
    found = {}
    for number in numbers(ledger, as_of=as_of, known_on=known_on):
        one = track(ledger, number, as_of=as_of, known_on=known_on)
        good: Counter[str] = Counter()
        for lot in one.lots:
            good[lot.commodity.item] += lot.good
        found[number] = ({item: n for item, n in good.items() if n}, tuple(e.position for e in one.events))
    return found
