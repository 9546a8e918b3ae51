"""Who has been sent what, as of a day and as known on a day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Consignment


@dataclass(frozen=True)
class Sent:
    """One consignment: the entry that says so, when it was decided, for whom, and units by item."""

    entry: str
    day: date
    batch: int
    recipient: str
    units: dict[str, int]


def sent(ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None) -> tuple[Sent, ...]:
    """Every consignment decided up to and including the day ``as_of``, as we knew it on ``known_on``."""
    by = None if as_of is None else datetime.combine(as_of, time.max, UTC)
    return tuple(
        Sent(entry.id, entry.effective.date(), record.batch, record.recipient, units)
        for entry in ledger.entries(kind=Consignment.kind, known_on=known_on, effective_by=by)
        for record in [Consignment.read(entry.body)]
        for units in [{line.item: line.units for line in record.lines}]
    )
