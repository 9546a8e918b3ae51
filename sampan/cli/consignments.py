"""Commands ``consignment …``: what is promised, packed, split and withdrawn, and where each of them stands.

How it travels has a module of its own, ``journeys``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli import journeys
from sampan.cli.appeals import On, day_of, report
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.journeys import Number
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table
from sampan.cli.stock import Depot, named_lots

if TYPE_CHECKING:
    from sampan.world.consignments import Consignment

consignment_app = typer.Typer(no_args_is_help=True, help="Pack, split, hand over and follow consignments.")

Reason = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(consignment_app, name="consignment")


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
    from sampan.desks.assistance.lists import consignments

    with opened(folder) as node:
        found = consignments(node.session, batch=batch, recipient=recipient)
        shown = found[: limit or None]
    if json:
        as_json(shown)
        return
    table(
        ["consignment", "recipient", "state", "promised", "receipts", "claimed"],
        [[x.number, x.recipient, x.state, _promised(x), x.receipts, x.claimed] for x in shown],
    )
    if len(shown) < len(found):
        said(f"{len(found) - len(shown)} more: --limit 0 shows all.")
    if not found:
        said("There are no consignments: sampan batch approve makes them.")


def _promised(one: Consignment) -> str:
    return ", ".join(f"{line.units:,} {line.item}" for line in one.promised)


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
        as_json(one.row)
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
    lot: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM=UNITS[@LOT]", help="May be repeated.", show_default=False),
    ] = None,
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
    reason: Reason,
    number: Annotated[str | None, typer.Argument(metavar="[NUMBER]", help="As 4-ITA.")] = None,
    batch: Annotated[
        int | None,
        typer.Option(help="All of this batch of which nothing is packed.", show_default="one consignment"),
    ] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Take a promise back before anything is packed. --on an earlier day corrects what was published.

    Examples: sampan consignment withdraw 4-ITA --reason "recipient declined";
    sampan consignment withdraw --batch 1 --on 2020-04-04 --reason "the count shows less"
    """
    from sampan.desks.assistance.lists import consignments
    from sampan.desks.assistance.packing import withdraw as act

    if (number is None) == (batch is None):
        raise typer.BadParameter("Name one consignment, or a batch with --batch.")
    with opened(folder, person) as node:
        if number is not None:
            report(act(node.session, number, reason=reason, day=day_of(on)), json)
            return
        left = [one.number for one in consignments(node.session, batch=batch) if one.state == "decided"]
        done = [act(node.session, each, reason=reason, day=day_of(on)) for each in left]
    if json:
        as_json(done)
        return
    said(
        f"{len(done)} of batch {batch} are withdrawn."
        if done
        else f"Nothing of batch {batch} can be withdrawn."
    )


for _act in (journeys.handover, journeys.progress, journeys.paper, journeys.customs):
    consignment_app.command()(_act)
for _reading in (journeys.temperature, journeys.position):  # whose numbers may begin with a minus
    consignment_app.command(context_settings={"ignore_unknown_options": True})(_reading)
