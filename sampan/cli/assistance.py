"""Commands ``assumptions`` and ``batch``: what a plan rests on, and the second person's yes to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import On, day_of
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table
from sampan.cli.stock import named_lots

if TYPE_CHECKING:
    from sampan.desks.assistance.batches import BatchRow

batch_app = typer.Typer(no_args_is_help=True, help="Approve plans and list batches.")


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command()(assumptions)
    app.add_typer(batch_app, name="batch")


def assumptions() -> None:
    """Print the assumptions about supply, lanes and policy that ship with Sampan, to be edited.

    Example: sampan assumptions > mine.toml
    """
    from sampan.desks.assistance.assumptions import default

    sys.stdout.write(default().text.decode())


@batch_app.command("propose")
def propose_(
    recipient: Annotated[str, typer.Argument(help="A country or an organisation.")],
    goods: Annotated[list[str], typer.Argument(metavar="ITEM=UNITS…", help="mask=20000 ventilator=10.")],
    reason: Annotated[str, typer.Option(help="Why: the appeal, the letter.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Propose by hand what one recipient is sent. It waits for a second person like any plan.

    Example: sampan batch propose Serbia ventilator=5 --reason "appeal A-0003"
    """
    from sampan.desks.assistance.proposals import propose_by_hand
    from sampan.desks.assistance.recipients import code_of

    code = code_of(recipient)
    with opened(folder, person) as node:
        wanted = [(code, line.item, line.units) for line in named_lots(goods)]
        entry = propose_by_hand(
            node.session, wanted, reason=reason, day=day_of(on), exercise=node.settings.exercise
        )
    if json:
        as_json({"entry": entry})
        return
    said(f"Proposed as entry {entry}. A second person approves it: sampan batch approve --as director")


@batch_app.command()
def approve(
    plan_id: Annotated[
        str | None,
        typer.Argument(metavar="PLAN", help="Id of its entry.", show_default="the newest that waits"),
    ] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    note: Annotated[str, typer.Option(help="A word for the record.")] = "",
    recipient: Annotated[
        list[str] | None, typer.Option(help="Approve only the part for this recipient; may be repeated.")
    ] = None,
    item: Annotated[
        list[str] | None, typer.Option(help="Approve only the part of this item; may be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """Approve a plan, or part of it, as a second person: it becomes the next batch.

    Examples: sampan batch approve --as director; sampan batch approve --recipient Italy --item mask
    """
    from sampan.desks.assistance.batches import approve as act
    from sampan.desks.assistance.recipients import code_of
    from sampan.world.items import item as find_item

    recipients = [code_of(name) for name in recipient or []]
    items = [find_item(name).code for name in item or []]
    with opened(folder, person) as node:
        approved = act(node.session, plan_id, note=note, recipients=recipients, items=items)
    if json:
        as_json(approved)
        return
    said(f"Batch {approved.number} of {approved.day} serves {len(approved.recipients)} recipients:")
    table(["item", "units"], list(approved.units.items()))
    if approved.assumed:
        number, day = approved.number, approved.day
        said(
            f"ASSUMED STOCK: by {day} nobody had counted {', '.join(approved.assumed)}. If a count shows less, take it "
            f'back: sampan consignment withdraw --batch {number} --on {day} --reason "it was never there"'
        )
    if approved.waiting:
        said(f"{approved.waiting} lines of the plan still wait.")
    said(f"Recorded as entry {approved.approval}.")


@batch_app.command("list")
def list_(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the batches, and the plans that wait for approval.

    Example: sampan batch list
    """
    from sampan.desks.assistance.batches import batches

    with opened(folder) as node:
        rows = batches(node.session)
    if json:
        as_json(rows)
        return
    table(
        ["batch", "day", "recipients", "proposed by", "approved by", "lines that wait", "plan"],
        [[r.number, r.day, r.recipients, r.proposed_by, _approval(r), r.waiting, r.plan] for r in rows],
    )
    if not rows:
        said("No plan has been proposed: sampan plan")


def _approval(row: BatchRow) -> str:
    """Who approved it; that it waits; or that it can no longer be approved."""
    if row.superseded_by is not None:
        return f"overtaken by batch {row.superseded_by}"
    return row.approved_by or "waits"
