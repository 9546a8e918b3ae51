"""May so much be promised: is it in the books, free to leave, and not spoken of already?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sampan.core.errors import InputError, Refused, clause
from sampan.desks.assistance.depots import is_province, on_hand, reserves
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Batch
from sampan.world.assisted import outstanding

BY_HAND = "by hand"
"""The policy of a plan that a person made: nobody assumed any stock for it."""


def require_free(
    ledger: Ledger, asked: Mapping[str, int], *, day: date, today: date, booked_only: bool = False
) -> None:
    """Lets ``asked`` (units by item) be promised on ``day``, or raises Refused with the numbers.

    The depots hold it on that day, not expired then, not kept for home, not promised to others; and they
    still do ``today``, so that an earlier promise takes nothing that was spent since. What lies in a province's
    own store is that province's, as in a plan. ``booked_only``: items of which there are no books are let go.
    """
    for when in sorted({day, max(day, today)}):
        lots = on_hand(ledger, as_of=when)
        kept = {key: units for key, units in reserves(ledger, as_of=when).items() if not is_province(key[0])}
        promised = outstanding(ledger, as_of=when)
        for item, units in asked.items():
            booked = [lot for lot in lots if lot.item == item]
            mine = [lot for lot in booked if not is_province(lot.depot)]
            if not booked and booked_only:
                continue
            expired = sum(lot.units for lot in mine if lot.expiry is not None and lot.expiry < day)
            home = sum(units for (_, name), units in kept.items() if name == item)
            counts = (sum(lot.units for lot in mine), expired, home, promised.get(item, 0))
            if units > max(0, counts[0] - sum(counts[1:])):
                apart = sum(lot.units for lot in booked) - counts[0]
                raise _too_many(item, units, counts, when, apart)


def uncounted(ledger: Ledger, items: Iterable[str], *, day: date) -> tuple[str, ...]:
    """Those of ``items`` of which there are no books on ``day``: a plan assumes their stock."""
    booked = {lot.item for lot in on_hand(ledger, as_of=day)}
    return tuple(sorted(set(items) - booked))


def _too_many(item: str, asked: int, counts: tuple[int, ...], day: date, apart: int) -> Refused:
    """``apart``: units in stores of provinces, which could be moved first."""
    at_hand, expired, home, spoken = counts
    left = max(0, at_hand - expired - home - spoken)
    ways = [
        clause(f"Promise {left:,} or fewer.") if left else "",
        clause(f"In the stores of provinces lie {apart:,}: sampan stock move.") if apart else "",
        clause("Say what else lies in the depot (sampan stock produce, or count)."),
        clause("Or take a promise back (sampan consignment withdraw)."),
    ]
    return Refused(
        f"{left:,} {item} can be promised on {day}; this promises {asked:,} ({at_hand:,} at hand, {expired:,} "
        f"expired, {home:,} kept for home, {spoken:,} promised to others and not packed yet).",
        way_out=" ".join(filter(None, ways)),
        item=item,
        held=left,
        asked=asked,
    )


def require_in_order(ledger: Ledger, day: date, *, plan: str | None = None) -> None:
    """Lets a batch be of ``day``, or raises InputError: batches are numbered in the order of their days.

    A ``plan`` that has a batch already may be approved further, whatever came since.
    """
    opened = {str(e.body["plan"]): date.fromisoformat(e.body["day"]) for e in ledger.entries(kind=Batch.kind)}
    last = max(opened.values(), default=day)
    if day < last and plan not in opened:
        raise InputError(
            f"The last batch is of {last}; another cannot be of {day}.",
            way_out=f"Name {last} or a later day.",
            field="date",
        )
