"""Commands ``consignment …`` and ``receipt …``: what is on its way, and what its recipient says has come."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sampan.cli.appeals import On, day_of, report
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table
from sampan.cli.stock import Depot, named_lots

if TYPE_CHECKING:
    from sampan.desks.assistance.receipts import Found, Signed
    from sampan.world.consignments import Tracked

consignment_app = typer.Typer(no_args_is_help=True, help="Pack, split, hand over and follow consignments.")
receipt_app = typer.Typer(no_args_is_help=True, help="What recipients sign for, and what they claim.")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As 4-ITA.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Parts = Annotated[
    list[str] | None, typer.Option(metavar="ITEM=UNITS[@LOT]", help="May be repeated.", show_default=False)
]


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


class Settled(StrEnum):
    """What became of a claim."""

    found = "found"
    lost = "lost"
    returned = "returned"


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(consignment_app, name="consignment")
    app.add_typer(receipt_app, name="receipt")


@consignment_app.command("list")
def list_(
    batch: Annotated[int | None, typer.Option(help="Only this batch.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Only this recipient.")] = None,
    limit: Annotated[int, typer.Option(help="Rows to show; 0 for all.")] = 50,
    folder: NodeFolder = HERE,
    json: Json = False,
) -> None:
    """List consignments and where each stands.

    Example: sampan consignment list --batch 4
    """
    from sampan.desks.assistance.recipients import code_of
    from sampan.world.consignments import numbers, track

    with opened(folder) as node:
        ledger = node.session.ledger
        found = numbers(ledger, batch=batch, recipient=code_of(recipient) if recipient else None)
        shown = [track(ledger, number) for number in (found if limit == 0 else found[:limit])]
    if json:
        as_json([_plain(one) for one in shown])
        return
    table(
        ["consignment", "recipient", "state", "promised", "receipts", "claimed"],
        [[x.number, x.recipient, x.state, _promised(x), x.receipts, x.claimed] for x in shown],
    )
    if len(shown) < len(found):
        said(f"{len(found) - len(shown)} more: --limit 0 shows all.")
    if not found:
        said("There are no consignments: sampan batch approve makes them.")


def _promised(one: Tracked) -> str:
    return ", ".join(f"{line.units:,} {line.item}" for line in one.promised)


def _plain(one: Tracked) -> dict[str, object]:
    return {name: value for name, value in vars(one).items() if name != "events"} | {
        "recipient": one.recipient,
        "batch": one.batch,
        "claimed": one.claimed,
        "entries": [event.entry for event in one.events],
    }


@consignment_app.command()
def show(
    number: Number,
    folder: NodeFolder = HERE,
    as_of: Day = None,
    known_by: KnownBy = None,
    json: Json = False,
) -> None:
    """Show one consignment: its lots and everything that was said about it.

    Example: sampan consignment show 4-ITA
    """
    from sampan.world.consignments import track

    with opened(folder) as node:
        one = track(node.session.ledger, number, as_of=day_of(as_of), known_on=end_of_day(known_by))
    if json:
        as_json(_plain(one))
        return
    table(
        ["item", "lot", "expires", "earmark", "packed", "on the way", "signed for", "claimed"],
        [
            [
                x.commodity.item,
                x.commodity.lot,
                x.commodity.expiry,
                x.commodity.earmark,
                x.packed,
                x.transit,
                x.good,
                x.claimed,
            ]
            for x in one.lots
        ],
        title=f"{one.number} for {one.recipient}: {one.state}; promised {_promised(one) or 'nothing'}",
    )
    table(["day", "what", "by", "entry"], [[e.day, e.record.kind, e.actor, e.entry] for e in one.events])
    if one.breaches:
        said(f"The cold chain was broken in {one.breaches} readings.")


@consignment_app.command()
def pack(
    number: Number,
    lot: Parts = None,
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Pick what it promises, first expired first out, or the lots you name.

    Example: sampan consignment pack 4-ITA --lot mask=2000@L7
    """
    from sampan.desks.assistance.packing import pack as act

    with opened(folder, person) as node:
        report(act(node.session, number, lots=named_lots(lot), depot=depot, day=day_of(on)), json)


@consignment_app.command()
def unpack(
    number: Number,
    reason: Reason,
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Put what was packed back into the depot.

    Example: sampan consignment unpack 4-ITA --reason "flight cancelled"
    """
    from sampan.desks.assistance.packing import unpack as act

    with opened(folder, person) as node:
        report(act(node.session, number, reason=reason, depot=depot, day=day_of(on)), json)


@consignment_app.command()
def split(
    number: Number,
    off: Annotated[list[str], typer.Argument(metavar="ITEM=UNITS…", help="What becomes the new part.")],
    reason: Reason,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Make part of it a consignment of its own: what the carrier left behind, or what comes later.

    Example: sampan consignment split 4-ITA mask=1000 --reason "no room on the flight"
    """
    from sampan.desks.assistance.packing import split as act

    with opened(folder, person) as node:
        units = {line.item: line.units for line in named_lots(off)}
        parted = act(node.session, number, units, reason=reason, day=day_of(on))
    if json:
        as_json(parted)
        return
    said(f"{parted.into} is split off {parted.number}. Recorded as entry {parted.entry}.")


@consignment_app.command()
def withdraw(
    number: Number,
    reason: Reason,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Take a promise back before anything is packed. --on an earlier day corrects what was published.

    Example: sampan consignment withdraw 4-ITA --reason "recipient declined"
    """
    from sampan.desks.assistance.packing import withdraw as act

    with opened(folder, person) as node:
        report(act(node.session, number, reason=reason, day=day_of(on)), json)


@consignment_app.command()
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


@consignment_app.command()
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


@consignment_app.command()
def paper(
    number: Number,
    what: Annotated[str, typer.Argument(help='As "donation letter".')],
    reference: Annotated[str, typer.Option(help="Its number.")],
    file: Annotated[Path | None, typer.Option(help="The document: kept beside the ledger.")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Note a paper that goes with it.

    Example: sampan consignment paper 4-ITA "packing list" --reference PL-17 --file pl17.pdf
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.journeys import add_paper

    data = read_bytes(file) if file else None
    with opened(folder, person) as node:
        report(
            add_paper(
                node.session, number, what, reference=reference, name=file.name if file else "", data=data
            ),
            json,
        )


@consignment_app.command()
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


@consignment_app.command(context_settings={"ignore_unknown_options": True})
def temperature(
    number: Number,
    celsius: Annotated[float, typer.Argument()],
    lowest: Annotated[float, typer.Option(help="The lowest allowed.")] = 2.0,
    highest: Annotated[float, typer.Option(help="The highest allowed.")] = 8.0,
    logger: Annotated[str, typer.Option(help="Which logger.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Note a reading of its cold chain, now.

    Example: sampan consignment temperature 4-ITA 5.5 --lowest 2 --highest 8
    """
    from sampan.desks.assistance.journeys import temperature as act

    with opened(folder, person) as node:
        report(act(node.session, number, celsius, lowest=lowest, highest=highest, logger=logger), json)


@consignment_app.command(context_settings={"ignore_unknown_options": True})
def position(
    number: Number,
    latitude: Annotated[float, typer.Argument()],
    longitude: Annotated[float, typer.Argument()],
    place: Annotated[str, typer.Option("--at", help="What the place is called.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Note where it was seen, now.

    Example: sampan consignment position 4-ITA 41.8 12.25 --at Fiumicino
    """
    from sampan.desks.assistance.journeys import position as act

    with opened(folder, person) as node:
        report(act(node.session, number, latitude, longitude, place=place), json)


@receipt_app.command()
def sign(
    number: Number,
    good: Parts = None,
    damaged: Parts = None,
    missing: Parts = None,
    everything: Annotated[bool, typer.Option("--all-good", help="All that is on the way has come.")] = False,
    reason: Annotated[str, typer.Option(help="Why something is damaged or missing.")] = "",
    photo: Annotated[Path | None, typer.Option(help="A picture: kept beside the ledger, by digest.")] = None,
    note: Annotated[str, typer.Option(help="A word for the record.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Sign for what has come, as its recipient. What you do not name is still on the way.

    Example: sampan receipt sign 4-ITA --good mask=1900@L7 --damaged mask=100@L7 --reason wet --as italy
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.receipts import receive, receive_all

    picture = read_bytes(photo) if photo else None
    found = _found(good, damaged, missing, reason, picture)
    with opened(folder, person) as node:
        if everything:
            signed = receive_all(node.session, number, note=note, day=day_of(on))
        else:
            signed = receive(node.session, number, found, note=note, day=day_of(on))
    if json:
        as_json(signed)
    else:
        _say(signed)


def _found(
    good: list[str] | None,
    damaged: list[str] | None,
    missing: list[str] | None,
    reason: str,
    photo: bytes | None,
) -> list[Found]:
    """What was typed, lot by lot."""
    from sampan.desks.assistance.receipts import Found

    units: dict[tuple[str, str | None], Counter[str]] = {}
    for what, texts in (("good", good), ("damaged", damaged), ("missing", missing)):
        for line in named_lots(texts):
            units.setdefault((line.item, line.lot), Counter())[what] += line.units
    return [
        Found(
            item,
            good=count["good"],
            damaged=count["damaged"],
            missing=count["missing"],
            lot=lot,
            reason=reason if count["damaged"] or count["missing"] else "",
            photo=photo if count["damaged"] or count["missing"] else None,
        )
        for (item, lot), count in units.items()
    ]


def _say(signed: Signed) -> None:
    said(
        f"Receipt {signed.part} of {signed.consignment}: {signed.good:,} units good, {signed.claimed:,} claimed, "
        f"{signed.outstanding:,} still on the way. Recorded as entry {signed.entry}."
    )


@receipt_app.command()
def claims(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the open claims: what recipients should have had and have not.

    Example: sampan receipt claims
    """
    from sampan.desks.assistance.receipts import claims as view

    with opened(folder) as node:
        rows = view(node.session.ledger)
    if json:
        as_json(rows)
        return
    table(
        ["consignment", "item", "lot", "earmark", "units"],
        [[x.consignment, x.item, x.lot, x.earmark, x.units] for x in rows],
    )
    if not rows:
        said("No claim is open.")


@receipt_app.command()
def settle(
    number: Number,
    lot: Annotated[str, typer.Argument(metavar="ITEM=UNITS[@LOT]")],
    outcome: Annotated[Settled, typer.Argument()],
    reason: Reason,
    depot: Depot = "home",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Say what became of claimed units: found (by the recipient), lost, or returned to a depot.

    Example: sampan receipt settle 4-ITA mask=40@L7 lost --reason "carrier has paid"
    """
    from sampan.desks.assistance.receipts import settle as act

    (line,) = named_lots([lot])
    with opened(folder, person) as node:
        done = act(
            node.session,
            number,
            line.item,
            line.units,
            outcome.value,
            reason=reason,
            lot=line.lot,
            depot=depot,
            day=day_of(on),
        )
        report(done, json)
