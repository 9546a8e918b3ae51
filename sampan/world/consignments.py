"""Where is each consignment, what of it has its recipient signed for, and what is claimed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Select, select

from sampan.core.errors import InputError
from sampan.core.portions import portions
from sampan.ledger.entry import Entry, milliseconds, read_entry
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import entries as log
from sampan.records.assistance import Consignment as Decision
from sampan.records.assistance import ConsignmentLine, Handover, Progress, Receipt, Split, Temperature
from sampan.records.assistance.consignments import State, batch_of, recipient_of
from sampan.records.movement import Commodity
from sampan.records.record import Record, read_record
from sampan.world.consignment_tables import events, plain_waybill


@dataclass(frozen=True)
class Event:
    """One entry about a consignment."""

    entry: str
    position: int
    day: date
    actor: str
    record: Record


@dataclass(frozen=True)
class LotState:
    """One lot of a consignment, in base units: packed, with the carrier, signed for as good, and claimed."""

    commodity: Commodity
    packed: int = 0
    transit: int = 0
    good: int = 0
    claimed: int = 0


@dataclass(frozen=True)
class Consignment:
    """A consignment as it stands: promised lines, lots, state; ``entries`` is everything that was said about it."""

    number: str
    state: State
    promised: tuple[ConsignmentLine, ...]
    lots: tuple[LotState, ...]
    receipts: int
    """Receipts that its recipient has signed."""
    breaches: int
    recipient: str
    batch: int
    claimed: int
    """Units in its open claim."""
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Tracked(Consignment):
    """The same, with everything that was said about it, in order."""

    events: tuple[Event, ...] = field(repr=False)

    @property
    def row(self) -> Consignment:
        """How it stands, and no more."""
        return Consignment(*(getattr(self, each.name) for each in fields(Consignment)))

    @property
    def discrepancy(self) -> bool:
        """Whether a receipt said that something was damaged or missing, settled or not."""
        return any(isinstance(event.record, Receipt) and event.record.discrepancy for event in self.events)


def track(
    ledger: Ledger, number: str, *, as_of: date | None = None, known_on: datetime | None = None
) -> Tracked:
    """The consignment ``number``. Raises InputError if there was none as of then."""
    (found,) = tracked(ledger, [number], as_of=as_of, known_on=known_on) or (None,)
    if found is None:
        raise InputError(
            f"There is no consignment {number}.",
            way_out="sampan consignment list shows those that there are.",
        )
    return found


def tracked(
    ledger: Ledger, wanted: Sequence[str], *, as_of: date | None = None, known_on: datetime | None = None
) -> list[Tracked]:
    """Those of the ``wanted`` consignments that there were as of then, in the order of ``wanted``."""
    said = _events(ledger, wanted, as_of=as_of, known_on=known_on)
    return [_fold(number, said[number]) for number in wanted if number in said]


def numbers(
    ledger: Ledger,
    *,
    batch: int | None = None,
    recipient: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[str, ...]:
    """Every consignment's number in the order in which they were decided or split off."""
    first = select(events.c.consignment).where(events.c.kind.in_([Decision.kind, Split.kind]))
    query = _within(first, as_of, known_on).order_by(events.c.position)
    with ledger.reading() as connection, connection.execute(query) as result:
        found = dict.fromkeys(number for (number,) in result.cursor.fetchall())
    return tuple(
        number
        for number in found
        if (batch is None or batch_of(number) == batch)
        and (recipient is None or recipient_of(number) == recipient)
    )


def with_waybill(ledger: Ledger, waybill: str) -> str | None:
    """The consignment that travels, or travelled, under ``waybill``, however it is spaced or punctuated."""
    with ledger.reading() as connection:
        found: str | None = connection.scalar(
            select(events.c.consignment).where(events.c.waybill == plain_waybill(waybill)).limit(1)
        )
    return found


def _events(
    ledger: Ledger, wanted: Sequence[str], *, as_of: date | None, known_on: datetime | None
) -> dict[str, list[Event]]:
    """What was said about each of the ``wanted`` consignments; a split is about two."""
    query = _within(
        select(events.c.consignment, log.c.position, log.c.data).join(
            log, events.c.position == log.c.position
        ),
        as_of,
        known_on,
    ).order_by(log.c.position)
    found: dict[str, list[Event]] = {}
    with ledger.reading() as connection:
        for some in portions(wanted):
            for row in connection.execute(query.where(events.c.consignment.in_(some))):
                found.setdefault(row.consignment, []).append(_event(row.position, row.data))
    return found


def _within(query: Select[Any], as_of: date | None, known_on: datetime | None) -> Select[Any]:
    if as_of is not None:
        query = query.where(events.c.effective <= milliseconds(datetime.combine(as_of, time.max, UTC)))
    if known_on is not None:
        query = query.where(events.c.recorded <= milliseconds(known_on))
    return query


def _event(position: int, data: bytes) -> Event:
    entry: Entry = read_entry(position, data)
    record = read_record(entry.kind, entry.body)
    return Event(entry.id, entry.index, entry.effective.date(), entry.actor, record)


def _fold(number: str, said: list[Event]) -> Tracked:
    folding = _Folding(number)
    for event in said:
        folding.take(event.record)
    lots = tuple(
        LotState(what, *(held.get(name, 0) for name in _PLACES))
        for what, held in sorted(folding.lots.items(), key=_by_item)
        if any(held.values())
    )
    return Tracked(
        number,
        folding.state(),
        tuple(ConsignmentLine(item=i, units=u) for i, u in sorted(folding.promised.items()) if u),
        lots,
        receipts=sum(isinstance(event.record, Receipt) for event in said),
        breaches=sum(isinstance(event.record, Temperature) and event.record.breach for event in said),
        recipient=recipient_of(number),
        batch=batch_of(number),
        claimed=sum(lot.claimed for lot in lots),
        entries=tuple(event.entry for event in said),
        events=tuple(said),
    )


_PLACES = ("packed", "transit", "received", "claim")


def _by_item(pair: tuple[Commodity, object]) -> tuple[str, date, str]:
    return pair[0].item, pair[0].expiry or date.max, pair[0].lot or ""


class _Folding:
    """What the entries so far say about one consignment."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.promised: dict[str, int] = {}
        self.lots: dict[Commodity, dict[str, int]] = {}
        self.said: State = "decided"
        self.left = False

    def take(self, record: Record) -> None:
        for moved in record.movements():
            for account, sign in ((moved.giver, -1), (moved.taker, 1)):
                self._change(account, moved.commodity, sign * moved.quantity)
        if isinstance(record, Handover):
            self.said, self.left = "handed to carrier", True
        elif isinstance(record, Progress):
            self.said = record.state
        elif isinstance(record, Split) and record.into == self.number and record.held == "transit":
            self.said, self.left = record.state, True

    def _change(self, account: str, what: Commodity, units: int) -> None:
        place, _, which = account.partition(":")
        if place == "allotted" and which == self.number:
            self.promised[what.item] = self.promised.get(what.item, 0) + units
        elif place in _PLACES and which in (self.number, recipient_of(self.number)):
            held = self.lots.setdefault(what, {})
            held[place] = held.get(place, 0) + units

    def state(self) -> State:
        held = {place: sum(lot.get(place, 0) for lot in self.lots.values()) for place in _PLACES}
        if self.left and not held["transit"] and not held["packed"]:
            return "received"
        if self.left:
            return self.said
        if held["packed"]:
            return "packed"
        return "decided" if any(self.promised.values()) else "withdrawn"
