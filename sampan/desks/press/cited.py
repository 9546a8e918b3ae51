"""Which entries may a list that everybody reads cite? The public ones, by the ids under which they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from sqlalchemy import select

from sampan.core.portions import portions
from sampan.ledger.entry import read_entry
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import entries

_KNOWN: WeakKeyDictionary[Ledger, dict[int, str | None]] = WeakKeyDictionary()
"""What was read of each ledger, by position: the id, None for an internal entry. What is written stays so."""


def public_ids(ledger: Ledger, positions: Iterable[int]) -> dict[int, str | None]:
    """The ids of at least the entries at ``positions``, by position; None of those that are internal."""
    known = _KNOWN.setdefault(ledger, {})
    unread = sorted({position for position in positions if position not in known})
    with ledger.reading() as connection:
        for some in portions(unread):
            query = select(entries.c.position, entries.c.data).where(entries.c.position.in_(some))
            for row in connection.execute(query):
                entry = read_entry(row.position, row.data)
                known[row.position] = entry.id if entry.sharing == "public" else None
    return known
