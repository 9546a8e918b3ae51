"""How does a logistics system see our consignments? As EPCIS events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from urllib.parse import quote

from sampan.access.session import Session
from sampan.formats import epcis
from sampan.formats.epcis import Goods, Kind
from sampan.ledger.entry import Entry
from sampan.records.assistance import Handover, Packing, Progress, Receipt, Temperature
from sampan.records.assistance.consignments import recipient_of
from sampan.records.assistance.stock import Lot
from sampan.world.consignments import Event, numbers, track

PROGRESS: Mapping[str, tuple[str, str]] = {
    "in transit": ("transporting", "in_transit"),
    "arrived": ("arriving", "in_progress"),
    "cleared": ("inspecting", "conformant"),
}
"""Business step and disposition of what is said on the way."""

FOUND = (
    ("good", "in_progress"),
    ("damaged", "damaged"),
    ("missing", "mismatch_quantity"),
)
"""Disposition of what a recipient finds."""


def as_epcis(session: Session, number: str | None = None) -> bytes:
    """Everything that happened to a consignment, or to all. Raises InputError if there is no such one."""
    wanted = [number] if number is not None else numbers(session.ledger)
    events = [event for each in wanted for event in _events(session, each)]
    return epcis.write(events, created=session.clock.now())


def _events(session: Session, number: str) -> Iterator[epcis.Event]:
    writer = _Writer(session, number)
    for event in track(session.ledger, number).events:
        yield from writer.events(event, session.ledger.at(event.position))


class _Writer:
    """What happened to one consignment, under URIs of this log."""

    def __init__(self, session: Session, number: str) -> None:
        self.base = f"urn:sampan:{quote(session.ledger.origin, safe='')}"
        self.number = number
        self.sender, self.recipient = (
            self._uri("party", session.home),
            self._uri("party", recipient_of(number)),
        )
        self.parent = self._uri("consignment", number)

    def _uri(self, kind: str, name: str) -> str:
        return f"{self.base}:{kind}:{quote(name, safe='')}"

    def _goods(self, lot: Lot, units: int) -> Goods:
        uri = self._uri("item", lot.item)
        return Goods(f"{uri}:lot:{quote(lot.lot, safe='')}" if lot.lot else uri, units)

    def events(self, event: Event, entry: Entry) -> Iterator[epcis.Event]:
        said = event.record
        if isinstance(said, Packing):
            goods = tuple(self._goods(line, line.units) for line in said.lines)
            yield self._event(entry, "AggregationEvent", "packing", "in_progress", said.depot, goods)
        elif isinstance(said, Handover):
            goods = tuple(self._goods(line, line.units) for line in said.lines)
            paper = (("bol", self._uri("waybill", said.waybill)),)
            yield self._event(
                entry, "ObjectEvent", "shipping", "in_transit", said.origin, goods, papers=paper
            )
        elif isinstance(said, Progress):
            yield self._event(entry, "ObjectEvent", *PROGRESS[said.state], said.place)
        elif isinstance(said, Receipt):
            yield from self._receipt(entry, said)
        elif isinstance(said, Temperature):
            yield self._event(
                entry, "ObjectEvent", "sensor_reporting", "in_transit", said.logger or "consignment",
                at=said.at, celsius=said.celsius,
            )  # fmt: skip

    def _receipt(self, entry: Entry, said: Receipt) -> Iterator[epcis.Event]:
        paper = (("recadv", self._uri("receipt", f"{said.consignment}-{said.part}")),)
        for found, disposition in FOUND:
            goods = tuple(
                self._goods(line, getattr(line, found)) for line in said.lines if getattr(line, found)
            )
            if goods:
                yield self._event(
                    entry, "TransactionEvent", "receiving", disposition, said.recipient, goods,
                    papers=paper, part=found,
                )  # fmt: skip

    def _event(  # noqa: PLR0917 what one event is made of
        self,
        entry: Entry,
        kind: Kind,
        step: str,
        disposition: str,
        place: str,
        goods: tuple[Goods, ...] = (),
        *,
        papers: tuple[tuple[str, str], ...] = (),
        at: datetime | None = None,
        celsius: float | None = None,
        part: str = "",
    ) -> epcis.Event:
        """Goods of which nothing is said in an entry are the consignment as one."""
        whole = kind == "ObjectEvent" and not goods
        id = uuid.uuid5(uuid.UUID(entry.id), part) if part else entry.id
        return epcis.Event(
            id=f"urn:uuid:{id}",
            kind=kind,
            at=at or datetime.combine(entry.effective.date(), time(), UTC),
            recorded=entry.recorded,
            step=step,
            disposition=disposition,
            place=self._uri("place", place),
            goods=(Goods(self.parent, 1),) if whole else goods,
            parent=self.parent if kind == "AggregationEvent" else None,
            papers=papers,
            source=self.sender if step in ("shipping", "receiving") else None,
            destination=self.recipient if step in ("shipping", "receiving") else None,
            celsius=celsius,
        )
