"""What was decided for whom, and how far has each consignment come?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sampan.web.standing import Standing
from sampan.world.assisted import Sent
from sampan.world.consignments import track


@dataclass(frozen=True)
class Shipment:
    """One consignment: for whom, what is in it, how far it has come, and the entry that decided it."""

    number: str
    batch: int
    day: date
    recipient: str
    state: str
    units: Mapping[str, int]
    entry: str


def shipments(standing: Standing, consignments: Sequence[Sent]) -> tuple[Shipment, ...]:
    """Each of these consignments with the state it is in now."""
    return tuple(
        Shipment(
            one.number,
            one.batch,
            one.day,
            one.recipient,
            track(standing.session.ledger, one.number).state,
            one.units,
            one.entry,
        )
        for one in consignments
    )


def units_by_item(shipped: Sequence[Shipment]) -> dict[str, int]:
    """The units of all of them, by item."""
    units: dict[str, int] = {}
    for item, count in (pair for one in shipped for pair in one.units.items()):
        units[item] = units.get(item, 0) + count
    return units
