"""Who has been sent what, as of a day and as known on a day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, UTC

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
    by = None if as_of is None else datetime.combine(as_of + timedelta(days=1), time(), UTC)
    found = []
    for entry in ledger.entries(kind=Consignment.kind, known_on=known_on):
        if by is None or entry.effective < by:
            record = Consignment.read(entry.body)
            units = {line.item: line.units for line in record.lines}
            found.append(Sent(entry.id, entry.effective.date(), record.batch, record.recipient, units))
    return tuple(found)
