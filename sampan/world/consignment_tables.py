"""In which table does a consignment find its own entries, and a waybill the consignment that has it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, insert

from sampan.ledger.entry import Entry, milliseconds
from sampan.ledger.prepared import Prepared
from sampan.records.assistance import (
    Consignment,
    CustomsStep,
    Handover,
    Packing,
    Paper,
    Position,
    Progress,
    Receipt,
    Settlement,
    Split,
    Temperature,
    Unpacking,
    Withdrawal,
)

metadata = MetaData()

events = Table(
    "consignment_event",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("consignment", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("effective", BigInteger, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("waybill", Text),
    Index("consignment_event_of", "consignment", "position"),
    Index("consignment_event_kind", "kind", "position"),
    Index("consignment_event_waybill", "waybill"),
)
"""One row per entry and consignment that it is about; a split is about two. Times in ms since 1970."""

_ABOUT = {
    record.kind
    for record in (
        Consignment,
        CustomsStep,
        Handover,
        Packing,
        Paper,
        Position,
        Progress,
        Receipt,
        Settlement,
        Split,
        Temperature,
        Unpacking,
        Withdrawal,
    )
}


class Consignments:
    """The read model: which entries are about which consignment."""

    name = "consignments"
    version = 2
    tables: Sequence[Table] = (events,)

    def apply(self, connection: Connection, entry: Entry) -> None:
        """Notes what ``entry`` is about."""
        self.apply_all(connection, [entry])

    def apply_all(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Notes what each of ``entries`` is about."""
        rows = [
            (
                entry.index,
                number,
                entry.kind,
                milliseconds(entry.effective),
                milliseconds(entry.recorded),
                plain_waybill(str(said)) if (said := entry.body.get("waybill")) else None,
            )
            for entry in entries
            if entry.kind in _ABOUT
            for number in _numbers(entry)
        ]
        _ADD.run_each(connection, rows)


_ADD = Prepared(insert(events).inline(), *events.c.keys())


def plain_waybill(text: str) -> str:
    """Letters and digits in capitals: ``999-1234 5675`` and ``99912345675`` are one waybill.

    One that has neither stays as it is.
    """
    return "".join(each for each in text.upper() if each.isalnum()) or text.strip()


def _numbers(entry: Entry) -> list[str]:
    if entry.kind == Consignment.kind:
        return [Consignment.read(entry.body).consignment]
    about = [str(entry.body["consignment"])]
    return [*about, str(entry.body["into"])] if entry.kind == Split.kind else about
