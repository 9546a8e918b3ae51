"""What do the pages of batches and consignments show: who gets what, from whom, and what has been said of it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sampan.core.errors import InputError
from sampan.ledger.entry import Entry
from sampan.records.assistance import Batch, Handover, Progress, Receipt, Split
from sampan.records.assistance.contributions import Contribution, Delivery
from sampan.web.asked import Asked, NotFound
from sampan.web.shipments import Shipment, shipments, units_by_item
from sampan.web.standing import Standing
from sampan.world.consignments import Event, track
from sampan.world.parties import party


@dataclass(frozen=True)
class Stream:
    """Units of one item from one source to one recipient. ``source`` is None for stock that is ours."""

    source: str | None
    source_name: str
    """As the office recorded it; empty for our own stock."""
    recipient: str
    units: int


@dataclass(frozen=True)
class Flow:
    """Where the units of one item in a batch come from, and to whom they go, the largest first."""

    item: str
    streams: tuple[Stream, ...]


def flows(standing: Standing, shipped: Sequence[Shipment]) -> tuple[Flow, ...]:
    """The streams of every item. What is not handed over yet has no lot, and counts as ours."""
    found: dict[str, dict[tuple[str | None, str], int]] = {}
    for one in shipped:
        donated = _donated(standing, one.number)
        for item, units in one.units.items():
            streams = found.setdefault(item, {})
            left = units
            for (given, donor), some in donated.items():
                if given == item:
                    _add(streams, (donor, one.recipient), min(some, left))
                    left -= min(some, left)
            _add(streams, (None, one.recipient), left)
    return tuple(_flow(standing, item, streams) for item, streams in found.items())


def _add(streams: dict[tuple[str | None, str], int], key: tuple[str | None, str], units: int) -> None:
    if units:
        streams[key] = streams.get(key, 0) + units


def _flow(standing: Standing, item: str, streams: Mapping[tuple[str | None, str], int]) -> Flow:
    names = {code: party(standing.session.ledger, code).name for code, _ in streams if code}
    listed = (
        Stream(source, names.get(source or "", ""), recipient, units)
        for (source, recipient), units in streams.items()
    )
    return Flow(item, tuple(sorted(listed, key=lambda each: (-each.units, each.recipient))))


def _donated(standing: Standing, number: str) -> dict[tuple[str, str], int]:
    """Units by item and donor of a consignment, as it was handed over, out of lots that donors gave."""
    given = standing.keep("lots", lambda: _lots(standing))
    units: dict[tuple[str, str], int] = {}
    for event in track(standing.session.ledger, number).events if given else ():
        if isinstance(event.record, Handover):
            for line in event.record.lines:
                if donor := given.get((line.item, line.lot)):
                    units[line.item, donor] = units.get((line.item, donor), 0) + line.units
    return units


def _lots(standing: Standing) -> dict[tuple[str, str | None], str]:
    """Who gave each lot that was given, by item and lot."""
    ledger = standing.session.ledger
    donors = {entry.body["number"]: entry.body["donor"] for entry in ledger.entries(kind=Contribution.kind)}
    found = {}
    for entry in ledger.entries(kind=Delivery.kind):
        delivery = Delivery.read(entry.body)
        for moved in delivery.moved:
            if moved.commodity.kind == "goods" and moved.taker.startswith("depot:"):
                found[moved.commodity.item, moved.commodity.lot] = donors[delivery.contribution]
    return found


@dataclass(frozen=True)
class BatchLine:
    """One batch in the list of all."""

    number: int
    day: date
    consignments: int
    recipients: int
    entry: str


@dataclass(frozen=True)
class BatchView:
    """One batch: who gets what, and how far each consignment has come."""

    number: int
    day: date
    entry: str
    plan: str
    units: Mapping[str, int]
    shipments: tuple[Shipment, ...]
    flows: tuple[Flow, ...]
    """Of each item: where it came from and to whom it goes."""


def batches(standing: Standing, asked: Asked) -> tuple[BatchLine, ...]:  # noqa: ARG001
    """Every batch, the newest first."""
    lines = []
    for entry in standing.session.ledger.entries(kind=Batch.kind, newest_first=True):
        number = int(entry.body["number"])
        mine = [one for one in standing.consignments if one.batch == number]
        recipients = {one.recipient for one in mine}
        lines.append(BatchLine(number, entry.effective.date(), len(mine), len(recipients), entry.id))
    return tuple(lines)


def batch(standing: Standing, asked: Asked) -> BatchView:
    """One batch, by its number."""
    wanted = asked["number"]
    for entry in standing.session.ledger.entries(kind=Batch.kind):
        if str(entry.body["number"]) == wanted:
            return _batch(standing, entry)
    raise NotFound


def _batch(standing: Standing, entry: Entry) -> BatchView:
    number = int(entry.body["number"])
    shipped = shipments(standing, [one for one in standing.consignments if one.batch == number])
    units = units_by_item(shipped)
    return BatchView(
        number,
        entry.effective.date(),
        entry.id,
        str(entry.body["plan"]),
        units,
        shipped,
        flows(standing, shipped),
    )


# Consignments


@dataclass(frozen=True)
class Step:
    """One thing that was said of a consignment in public: on which day, what, where, and by which entry."""

    day: date
    step: str
    place: str
    carrier: str
    good: int | None
    claimed: int | None
    entry: str


@dataclass(frozen=True)
class ConsignmentView:
    """One consignment: for whom, what is in it, and what has been said of it, in order."""

    shipment: Shipment
    steps: tuple[Step, ...]


def consignment(standing: Standing, asked: Asked) -> ConsignmentView:
    """One consignment, by its number."""
    mine = [one for one in standing.consignments if one.number == asked["number"]]
    if not mine:
        raise NotFound
    try:
        followed = track(standing.session.ledger, asked["number"])
    except InputError:
        raise NotFound from None
    steps = tuple(_step(event) for event in followed.events if event.record.sharing == "public")
    return ConsignmentView(shipments(standing, mine)[0], steps)


def _step(event: Event) -> Step:
    record = event.record
    said = Step(event.day, "decided", "", "", None, None, event.entry)
    match record:
        case Handover():
            place = f"{record.origin} → {record.destination}"
            return replace(said, step="handed to carrier", place=place, carrier=record.carrier)
        case Progress():
            return replace(said, step=record.state, place=record.place)
        case Receipt():
            good = sum(line.good for line in record.lines)
            claimed = sum(line.claimed for line in record.lines)
            return replace(said, step="received", good=good, claimed=claimed)
        case Split():
            return replace(said, step="split", place=record.into)
    steps = {"assistance.withdrawal": "withdrawn", "assistance.settlement": "claim settled"}
    return replace(said, step=steps.get(record.kind, "decided"))
