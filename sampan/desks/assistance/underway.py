"""Which consignments wait for a hand, and of which has nothing been heard for long?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import func, select

from sampan.core.portions import portions
from sampan.ledger.entry import milliseconds
from sampan.ledger.ledger import Ledger
from sampan.world.accounts import balance
from sampan.world.consignment_tables import events

At = Literal["decided", "packed", "under way", "claimed"]
"""Where goods of a consignment are: promised in a depot, packed, with a carrier, or missing."""

_ACCOUNTS = {"decided": "allotted:", "packed": "packed:", "under way": "transit:", "claimed": "claim:"}

SILENT_DAYS = 14
"""Days after which somebody should ask where a consignment is."""


def at(ledger: Ledger, where: At) -> frozenset[str]:
    """The numbers of the consignments of which something is there, by all that is recorded."""
    held = balance(ledger, account=_ACCOUNTS[where])
    return frozenset(one.account.partition(":")[2] for one in held if one.quantity > 0)


def silent(ledger: Ledger, today: date, *, days: int = SILENT_DAYS) -> frozenset[str]:
    """Those under way of which nothing has been said in the last ``days``."""
    moment = milliseconds(datetime.combine(today - timedelta(days=days), time.min, UTC))
    found: set[str] = set()
    with ledger.reading() as connection:
        for some in portions(sorted(at(ledger, "under way"))):
            query = select(events.c.consignment).where(events.c.consignment.in_(some))
            query = query.group_by(events.c.consignment).having(func.max(events.c.effective) < moment)
            found.update(row.consignment for row in connection.execute(query))
    return frozenset(found)
