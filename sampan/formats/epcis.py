"""How does a logistics system read what happened to goods? As EPCIS 2.0 events in JSON-LD (ISO/IEC 19987:2024).

Words of ``step`` and ``disposition`` are those of GS1's Core Business Vocabulary 2.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

Kind = Literal["ObjectEvent", "AggregationEvent", "TransactionEvent"]


@dataclass(frozen=True)
class Goods:
    """So many units of one class of goods, named by a URI."""

    uri: str
    units: int


@dataclass(frozen=True)
class Event:
    """Something that happened to goods: what, when, where, why.

    ``parent`` is what they were packed into, ``papers`` are (type, URI) such as a waybill; ``source`` and
    ``destination`` are the parties that own the goods before and after. ``celsius`` is a reading.
    """

    id: str
    kind: Kind
    at: datetime
    recorded: datetime
    step: str
    disposition: str
    place: str
    goods: tuple[Goods, ...] = ()
    parent: str | None = None
    papers: tuple[tuple[str, str], ...] = ()
    source: str | None = None
    destination: str | None = None
    celsius: float | None = None


def write(events: Iterable[Event], *, created: datetime) -> bytes:
    """The events as one EPCIS document, in the order in which they are given."""
    document = {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _moment(created),
        "epcisBody": {"eventList": [_event(event) for event in events]},
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _event(event: Event) -> Mapping[str, Any]:
    said: dict[str, Any] = {
        "type": event.kind,
        "eventID": event.id,
        "eventTime": _moment(event.at),
        "recordTime": _moment(event.recorded),
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE" if event.kind == "ObjectEvent" else "ADD",
        "bizStep": event.step,
        "disposition": event.disposition,
        "readPoint": {"id": event.place},
    }
    goods = [{"epcClass": each.uri, "quantity": each.units} for each in event.goods]
    if goods:
        said["childQuantityList" if event.kind == "AggregationEvent" else "quantityList"] = goods
    if event.parent is not None:
        said["parentID"] = event.parent
    if event.papers:
        said["bizTransactionList"] = [{"type": kind, "bizTransaction": uri} for kind, uri in event.papers]
    if event.source is not None:
        said["sourceList"] = [{"type": "owning_party", "source": event.source}]
    if event.destination is not None:
        said["destinationList"] = [{"type": "owning_party", "destination": event.destination}]
    if event.celsius is not None:
        reading = {"type": "Temperature", "value": event.celsius, "uom": "CEL"}
        said["sensorElementList"] = [
            {"sensorMetadata": {"time": _moment(event.at)}, "sensorReport": [reading]}
        ]
    return said


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
