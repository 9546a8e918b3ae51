"""An aid desk for the tests: goods in a depot, approved batches, consignments on their way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sampan.access.session import Session
from sampan.desks.assistance import batches, depots, journeys, packing
from sampan.desks.assistance.proposals import propose_by_hand
from sampan.desks.assistance.stock_lists import lot_line
from sampan.node import Node

DAY = date(2020, 3, 5)
"""The day on which most of it happens; the clock of ``memory_node`` stands at 26 March 2020."""


def stock(
    session: Session,
    item: str,
    units: int,
    lot: str | None = "L1",
    *,
    expiry: date | None = None,
    earmark: str | None = None,
    day: date = DAY,
    depot: str = "home",
) -> None:
    """Puts a lot into the depot."""
    line = lot_line(item, units, lot=lot, expiry=expiry, earmark=earmark)
    depots.produce(session, [line], source="Works 1", day=day, depot=depot)


def batch(node: Node, goods: Mapping[str, Mapping[str, int]], *, day: date = DAY) -> batches.Approved:
    """A plan for these recipients, proposed by the officer and approved by the director."""
    wanted = [(code, item, units) for code, items in goods.items() for item, units in items.items()]
    plan = propose_by_hand(node.session, wanted, reason="appeal", day=day)
    return batches.approve(node.on_behalf_of("director"), plan)


def hand_over(session: Session, number: str, *, day: date = DAY, waybill: str = "") -> None:
    """Gives a packed consignment to its carrier."""
    journeys.hand_over(
        session,
        number,
        mode="air",
        carrier="CA",
        waybill=waybill or f"999-{number}",
        origin="PVG",
        destination="FCO",
        day=day,
    )


def sent(node: Node, item: str = "mask", units: int = 1000, *, to: str = "ITA") -> str:
    """A consignment in the carrier's hands; its number."""
    stock(node.session, item, units)
    number = batch(node, {to: {item: units}}).consignments[0]
    packing.pack(node.session, number, day=DAY)
    hand_over(node.session, number)
    return number
