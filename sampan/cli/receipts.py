"""Commands ``receipt …``: what recipients sign for, and what they claim."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import On, day_of, report
from sampan.cli.journeys import Number
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table
from sampan.cli.stock import Depot, named_lots

if TYPE_CHECKING:
    from sampan.desks.assistance.receipts import Found, Signed

receipt_app = typer.Typer(no_args_is_help=True, help="What recipients sign for, and what they claim.")

Parts = Annotated[
    list[str] | None, typer.Option(metavar="ITEM=UNITS[@LOT]", help="May be repeated.", show_default=False)
]


class Settled(StrEnum):
    """What became of a claim."""

    found = "found"
    lost = "lost"
    returned = "returned"


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(receipt_app, name="receipt")


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
    reason: Annotated[str, typer.Option(help="Why.")],
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
