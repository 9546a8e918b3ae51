"""Which reported figures did we know on a day?

Every file ever read is kept, so the answer for any earlier day can be computed again, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sampan.core.errors import InputError
from sampan.formats.read import read_any
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.control import Reports as ReportsRecord
from sampan.world.reports import Reports, interpret


@dataclass(frozen=True)
class Known:
    """Reported figures as one snapshot gave them: the entry to cite, its record, and the figures."""

    entry: Entry
    record: ReportsRecord
    reports: Reports


def newest(
    ledger: Ledger,
    blobs: Blobs,
    *,
    source: str | None = None,
    known_on: datetime | None = None,
    until: date | None = None,
) -> Known:
    """The newest snapshot of ``source`` (any, unless named) that we had read by ``known_on``.

    ``until`` drops the days after it. Raises InputError if nothing had been loaded by then.
    """
    for entry in ledger.entries(kind=ReportsRecord.kind, known_on=known_on, newest_first=True):
        record = ReportsRecord.read(entry.body)
        if source in (None, record.source):
            return _known(blobs, entry, record, until)
    raise InputError(
        f"No figures had been loaded by {known_on:%Y-%m-%d}."
        if known_on
        else "No figures have been loaded yet.",
        way_out="Load some with: sampan load jhu FILE…, or make an exercise with: sampan exercise make",
    )


def earlier(ledger: Ledger, blobs: Blobs, known: Known, *, most: int = 8) -> tuple[Reports, ...]:
    """Up to ``most`` readings of the same source before ``known``, the oldest first: what was known then.

    Only readings that begin on the same day can be held against it.
    """
    found: list[Reports] = []
    for entry in ledger.entries(kind=ReportsRecord.kind, known_on=known.entry.recorded, newest_first=True):
        record = ReportsRecord.read(entry.body)
        same = record.source == known.record.source and record.first_day == known.record.first_day
        if same and record.last_day < known.reports.days[-1] and len(found) < most:
            found.append(_known(blobs, entry, record, None).reports)
    return tuple(reversed(found))


def cited(ledger: Ledger, blobs: Blobs, entry_id: str, *, until: date | None = None) -> Known:
    """The snapshot that an entry cites by id."""
    entry = ledger.get(entry_id)
    return _known(blobs, entry, ReportsRecord.read(entry.body), until)


def _known(blobs: Blobs, entry: Entry, record: ReportsRecord, until: date | None) -> Known:
    table = read_any({file.name: blobs.get(file.digest) for file in record.files})
    reports = interpret(table)
    return Known(entry, record, reports.until(until) if until else reports)
