"""Who carries a consignment, under which waybill, and how far has it come?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from typing import Literal

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.packing import as_line, require_move
from sampan.records.assistance import (
    CustomsStep,
    Handover,
    Paper,
    Position,
    Progress,
    Temperature,
)
from sampan.records.assistance.consignments import Mode
from sampan.records.record import Record
from sampan.world.consignments import track, with_waybill


def hand_over(
    session: Session,
    number: str,
    *,
    mode: Mode,
    carrier: str,
    waybill: str,
    origin: str,
    destination: str,
    containers: Sequence[str] = (),
    day: date | None = None,
) -> Done:
    """Hands a packed consignment to its carrier, or one that has arrived to the carrier of its next leg.

    From here on it is neither ours nor delivered. Raises Refused for a waybill that is in use.
    """
    for name, value in (
        ("carrier", carrier),
        ("waybill", waybill),
        ("origin", origin),
        ("destination", destination),
    ):
        if not value.strip():
            raise InputError("This is missing.", way_out="Give it.", field=name)

    def records() -> list[Record]:
        one = track(session.ledger, number)
        require_move(one, "handed to carrier", day=day or session.today())
        if (other := with_waybill(session.ledger, waybill.strip())) is not None:
            raise Refused(
                f"Waybill {waybill} belongs to {other} already.",
                way_out="Read the number again; every leg has its own.",
                waybill=waybill,
                consignment=other,
            )
        return [
            Handover(
                consignment=number,
                leg=1 + sum(1 for event in one.events if isinstance(event.record, Handover)),
                mode=mode,
                carrier=carrier.strip(),
                waybill=waybill.strip(),
                origin=origin,
                destination=destination,
                containers=tuple(containers),
                lines=tuple(as_line(lot.commodity, lot.packed) for lot in one.lots if lot.packed),
            )
        ]

    (entry,) = session.decide("consign", records, effective=day)
    leg = entry.body["leg"]
    return Done(number, (entry.id,), f"{carrier} has taken {number} over for leg {leg} ({mode}, {waybill})")


def progress(
    session: Session,
    number: str,
    state: Literal["in transit", "arrived", "cleared"],
    *,
    place: str,
    note: str = "",
    day: date | None = None,
) -> Done:
    """Says that a consignment is in transit, has arrived, or is cleared. It counts as delivered for none of it."""

    def records() -> list[Record]:
        require_move(track(session.ledger, number), state, day=day or session.today())
        return [Progress(consignment=number, state=state, place=place, note=note)]

    (entry,) = session.decide("consign", records, effective=day)
    return Done(number, (entry.id,), f"{number}: {state}, {place}")


def add_paper(
    session: Session,
    number: str,
    what: str,
    *,
    reference: str,
    name: str = "",
    data: bytes | None = None,
    day: date | None = None,
) -> Done:
    """Notes a paper that goes with a consignment, with its file if there is one."""
    track(session.ledger, number)
    document = session.keep(name, data) if data is not None else None
    record = Paper(consignment=number, what=what, reference=reference, document=document)
    (entry,) = session.write("consign", [record], effective=day)
    return Done(number, (entry.id,), f"{what} {reference} goes with {number}")


def customs(
    session: Session,
    number: str,
    step: str,
    *,
    authority: str,
    outcome: Literal["applied", "granted", "refused", "done"],
    note: str = "",
    day: date | None = None,
) -> Done:
    """Notes a step before customs or another authority."""
    track(session.ledger, number)
    record = CustomsStep(consignment=number, step=step, authority=authority, outcome=outcome, note=note)
    (entry,) = session.write("consign", [record], effective=day)
    return Done(number, (entry.id,), f"{number}: {step} {outcome} by {authority}")


def temperature(
    session: Session,
    number: str,
    celsius: float,
    *,
    lowest: float,
    highest: float,
    at: datetime | None = None,
    logger: str = "",
) -> Done:
    """Notes a reading of the cold chain. A breach is shown with the consignment until its end."""
    for name, degrees in (("celsius", celsius), ("lowest", lowest), ("highest", highest)):
        if not isfinite(degrees):
            raise InputError(f"{degrees} is no temperature.", way_out="Write degrees, as 5.5.", field=name)
    if lowest > highest:
        raise InputError(f"{lowest} is above {highest}.", way_out="Write the lowest first.", field="lowest")
    track(session.ledger, number)
    at = at or session.clock.now()
    record = Temperature(
        consignment=number, at=at, celsius=celsius, lowest=lowest, highest=highest, logger=logger
    )
    (entry,) = session.write("consign", [record], effective=at.date())
    said = f"a breach: {lowest:g} to {highest:g} °C are allowed" if record.breach else "as it should be"
    return Done(number, (entry.id,), f"{number}: {celsius:g} °C, {said}")


def position(
    session: Session,
    number: str,
    latitude: float,
    longitude: float,
    *,
    at: datetime | None = None,
    place: str = "",
) -> Done:
    """Notes where a consignment was seen."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise InputError(
            f"{latitude}, {longitude} is nowhere on earth.", way_out="Write latitude, then longitude."
        )
    track(session.ledger, number)
    at = at or session.clock.now()
    record = Position(consignment=number, at=at, latitude=latitude, longitude=longitude, place=place)
    (entry,) = session.write("consign", [record], effective=at.date())
    return Done(number, (entry.id,), f"{number} was seen at {latitude:g}, {longitude:g} {place}".rstrip())
