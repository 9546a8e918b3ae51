"""Which consignments wait for a hand, and of which has nothing been heard for long?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import numpy as np
from sqlalchemy import func, select

from sampan.core.portions import portions
from sampan.ledger.entry import milliseconds
from sampan.ledger.ledger import Ledger
from sampan.world.account_columns import Columns, columns
from sampan.world.consignment_tables import events

At = Literal["decided", "packed", "under way", "claimed"]
"""Where goods of a consignment are: promised and still in a depot, packed, with a carrier, or missing."""

_ACCOUNTS: Mapping[At, str] = {
    "decided": "allotted",
    "packed": "packed",
    "under way": "transit",
    "claimed": "claim",
}

SILENT_DAYS = 14
"""Days after which somebody should ask where a consignment is."""


def everywhere(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> Mapping[At, frozenset[str]]:
    """The numbers of the consignments of which something is at each place: all commodities of an account together."""
    held, found = columns(ledger), {account: set[str]() for account in _ACCOUNTS.values()}
    rows = held.rows(as_of=as_of, known_on=known_on)
    left = _changes(held, rows)
    for one in np.flatnonzero(left > 0).tolist():
        account, _, number = held.accounts[one].partition(":")
        if account in found:
            found[account].add(number)
    taken = _taken(held, rows)
    promised = dict(zip(held.accounts, left.tolist(), strict=True))
    found["allotted"] = {n for n in found["allotted"] if promised[f"allotted:{n}"] > taken[n]}
    return {where: frozenset(found[account]) for where, account in _ACCOUNTS.items()}


def _taken(held: Columns, rows: np.ndarray) -> Mapping[str, float]:
    """Units that each consignment took out of depots, or of another: a promise stays as it was when it is kept."""
    ours = held.kind.among(["packed", "transit"])
    inside = ours | held.kind.among(["depot"])
    changes = _changes(held, rows[inside[held.giver[rows]] & inside[held.taker[rows]]])
    taken: defaultdict[str, float] = defaultdict(float)
    for one in np.flatnonzero(ours).tolist():
        taken[held.accounts[one].partition(":")[2]] += changes[one]
    return taken


def _changes(held: Columns, rows: np.ndarray) -> np.ndarray:
    """(accounts,): by how much the movements at ``rows`` change each account."""
    return np.bincount(held.taker[rows], held.quantity[rows], len(held.accounts)) - np.bincount(
        held.giver[rows], held.quantity[rows], len(held.accounts)
    )


def silent(
    ledger: Ledger, under_way: Collection[str], today: date, *, days: int = SILENT_DAYS
) -> frozenset[str]:
    """Those of the consignments ``under_way`` of which nothing has been said in the last ``days``."""
    moment = milliseconds(datetime.combine(today - timedelta(days=days), time.min, UTC))
    found: set[str] = set()
    with ledger.reading() as connection:
        for some in portions(sorted(under_way)):
            query = select(events.c.consignment).where(events.c.consignment.in_(some))
            query = query.group_by(events.c.consignment).having(func.max(events.c.effective) < moment)
            found.update(row.consignment for row in connection.execute(query))
    return frozenset(found)
