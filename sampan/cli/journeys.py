"""Commands ``consignment handover …``: who carries it, under which papers, and where has it been seen?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from sampan.cli.appeals import On, day_of, report
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As 4-ITA.")]


class By(StrEnum):
    """Modes of transport."""

    air = "air"
    sea = "sea"
    rail = "rail"
    road = "road"
    hand = "hand"


class Step(StrEnum):
    """States that somebody reports."""

    in_transit = "in-transit"
    arrived = "arrived"
    cleared = "cleared"


STATES: dict[Step, Literal["in transit", "arrived", "cleared"]] = {
    Step.in_transit: "in transit",
    Step.arrived: "arrived",
    Step.cleared: "cleared",
}


class Outcome(StrEnum):
    """How a customs step stands."""

    applied = "applied"
    granted = "granted"
    refused = "refused"
    done = "done"


def handover(
    number: Number,
    by: Annotated[By, typer.Option(help="How it travels.")],
    carrier: Annotated[str, typer.Option(help="Who carries it.")],
    waybill: Annotated[str, typer.Option(help="Number of the waybill; every leg has its own.")],
    origin: Annotated[str, typer.Option("--from", help="Where the leg begins.")],
    destination: Annotated[str, typer.Option("--to", help="Where the leg ends.")],
    container: Annotated[list[str] | None, typer.Option(help="Container number; may be repeated.")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Hand it to the carrier of its first or next leg.

    Example: sampan consignment handover 4-ITA --by air --carrier CA --waybill 999-12345675 --from PVG --to FCO
    """
    from sampan.desks.assistance.journeys import hand_over

    with opened(folder, person) as node:
        done = hand_over(
            node.session,
            number,
            mode=by.value,
            carrier=carrier,
            waybill=waybill,
            origin=origin,
            destination=destination,
            containers=container or (),
            day=day_of(on),
        )
        report(done, json)


def progress(
    number: Number,
    state: Annotated[Step, typer.Argument()],
    place: Annotated[str, typer.Option("--at", help="Where.")],
    note: Annotated[str, typer.Option(help="A word for the record.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Say that it is in transit, has arrived, or is cleared. Only its recipient can say that it is received.

    Example: sampan consignment progress 4-ITA arrived --at FCO
    """
    from sampan.desks.assistance.journeys import progress as act

    with opened(folder, person) as node:
        report(act(node.session, number, STATES[state], place=place, note=note, day=day_of(on)), json)


def paper(
    number: Number,
    what: Annotated[str, typer.Argument(help='As "donation letter".')],
    reference: Annotated[str, typer.Option(help="Its number.")],
    file: Annotated[Path | None, typer.Option(help="The document: kept beside the ledger.")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Note a paper that goes with it.

    Example: sampan consignment paper 4-ITA "packing list" --reference PL-17 --file pl17.pdf
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.journeys import add_paper

    data, name = (read_bytes(file), file.name) if file else (None, "")
    with opened(folder, person) as node:
        done = add_paper(
            node.session, number, what, reference=reference, name=name, data=data, day=day_of(on)
        )
        report(done, json)


def customs(
    number: Number,
    step: Annotated[str, typer.Argument(help='As "import permit".')],
    outcome: Annotated[Outcome, typer.Argument()],
    authority: Annotated[str, typer.Option(help="Before whom.")],
    note: Annotated[str, typer.Option(help="A word for the record.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Note a step before customs or another authority.

    Example: sampan consignment customs 4-ITA "import permit" granted --authority AIFA
    """
    from sampan.desks.assistance.journeys import customs as act

    with opened(folder, person) as node:
        done = act(
            node.session,
            number,
            step,
            authority=authority,
            outcome=outcome.value,
            note=note,
            day=day_of(on),
        )
        report(done, json)


def temperature(
    number: Number,
    celsius: Annotated[float, typer.Argument()],
    lowest: Annotated[float, typer.Option(help="The lowest allowed.")] = 2.0,
    highest: Annotated[float, typer.Option(help="The highest allowed.")] = 8.0,
    logger: Annotated[str, typer.Option(help="Which logger.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Note a reading of its cold chain: one of now, unless --on names the day.

    Example: sampan consignment temperature 4-ITA 5.5 --lowest 2 --highest 8
    """
    from sampan.desks.assistance.journeys import temperature as act

    with opened(folder, person) as node:
        done = act(
            node.session,
            number,
            celsius,
            lowest=lowest,
            highest=highest,
            logger=logger,
            at=_moment(day_of(on)),
        )
        report(done, json)


def position(
    number: Number,
    latitude: Annotated[float, typer.Argument()],
    longitude: Annotated[float, typer.Argument()],
    place: Annotated[str, typer.Option("--at", help="What the place is called.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Note where it was seen: now, unless --on names the day.

    Example: sampan consignment position 4-ITA 41.8 12.25 --at Fiumicino
    """
    from sampan.desks.assistance.journeys import position as act

    with opened(folder, person) as node:
        report(act(node.session, number, latitude, longitude, place=place, at=_moment(day_of(on))), json)


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
