"""Commands of the assistance desk: ``needs``, ``plan``, ``batch``, ``assumptions``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import On, day_of
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, assumptions_of, opened
from sampan.cli.say import Steps, as_json, said, table
from sampan.cli.stock import named_lots

if TYPE_CHECKING:
    from sampan.desks.assistance.batches import BatchRow
    from sampan.desks.assistance.deciding import Question
    from sampan.desks.assistance.needs import NeedEstimate
    from sampan.desks.assistance.plan import Decision, Line
    from sampan.node import Node

batch_app = typer.Typer(no_args_is_help=True, help="Approve plans and list batches.")

AssumptionsFile = Annotated[
    Path | None,
    typer.Option(
        "--assumptions",
        help="Your own copy of the assumptions (sampan assumptions prints it).",
        show_default="those that ship",
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command()(assumptions)
    app.command()(needs)
    app.command()(plan)
    app.add_typer(batch_app, name="batch")


def assumptions() -> None:
    """Print the assumptions about supply, lanes and policy that ship with Sampan, to be edited.

    Example: sampan assumptions > mine.toml
    """
    from sampan.desks.assistance.assumptions import default

    sys.stdout.write(default().text.decode())


def needs(
    places: Annotated[list[str] | None, typer.Argument(metavar="RECIPIENT…", help="Names or codes.")] = None,
    folder: NodeFolder = HERE,
    assumed: AssumptionsFile = None,
    explain: Annotated[
        str | None, typer.Option(metavar="ITEM", help="Show the arithmetic of the one place named.")
    ] = None,
    week: Annotated[int, typer.Option(help="The week to explain.", min=1)] = 1,
    limit: Annotated[int, typer.Option(help="Rows for each item; 0 for all.")] = 10,
    json: Json = False,
) -> None:
    """Show who will need what over the weeks of the latest published forecast.

    Examples: sampan needs; sampan needs Italy Iran --json; sampan needs Italy --explain mask --week 2
    """
    from sampan.desks.assistance.needs import summary
    from sampan.desks.assistance.recipients import code_of
    from sampan.desks.assistance.rounds import estimated

    with opened(folder) as node:
        estimate = estimated(node.session, assumptions_of(assumed))
    wanted = {code_of(name) for name in places or []}
    if explain:
        _explain_need(estimate, wanted, explain, week, json)
        return
    rows = [row for row in summary(estimate) if not wanted or row.recipient in wanted]
    if json:
        as_json({"last_day": estimate.outlook.last_day, "cites": estimate.cites, "rows": rows})
        return
    shown = [r for item in estimate.items for r in [r for r in rows if r.item == item][: limit or None]]
    weeks = estimate.samples.shape[1]
    marked = "EXERCISE  " if estimate.outlook.exercise else ""
    table(
        ["item", "recipient", "need", "5 %", "95 %", "absorbable"],
        [[row.item, row.name, row.expected, row.low, row.high, row.absorbable] for row in shown],
        title=f"{marked}Need in the {weeks} weeks after {estimate.outlook.last_day}, in units",
    )
    if not rows:
        said("Nobody needs anything.")
    if estimate.assumed:
        said(
            f"Capacity of {len(estimate.assumed)} places is assumed from their income group: load a file of it."
        )


def _explain_need(estimate: NeedEstimate, wanted: set[str], item: str, week: int, json: bool) -> None:
    from sampan.core.errors import InputError
    from sampan.desks.assistance.needs import explained

    if len(wanted) != 1:
        raise InputError("Arithmetic is shown for one place.", way_out="sampan needs Italy --explain mask")
    steps = explained(estimate, min(wanted), item, week)
    if json:
        as_json(steps)
        return
    for step in steps:
        typer.echo(f"{step.label}: {step.value:,.6g} {step.unit}")
        typer.echo(f"    = {step.formula}")
        typer.echo(f"      {', '.join(f'{name} = {number:,.6g}' for name, number in step.numbers.items())}")
        typer.echo(f"      {step.source}")


def plan(
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="Decision day.", show_default="the forecast's last day"
        ),
    ] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    stock: Annotated[Path | None, typer.Option(help="Stock list: CSV with item and quantity.")] = None,
    assumed: AssumptionsFile = None,
    explain: Annotated[str | None, typer.Option(metavar="RECIPIENT", help="Say why, line by line.")] = None,
    policy: Annotated[
        str | None, typer.Option(help="How fairness is weighed.", show_default="that of the assumptions")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Show every policy on the same figures; records nothing.")
    ] = False,
    what_if: Annotated[
        Path | None,
        typer.Option(help="TOML with the assumptions that would be otherwise; records nothing."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, record nothing.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(help="Draw coverage before and after: FILE.svg or FILE.png, one for each item."),
    ] = None,
    limit: Annotated[int, typer.Option(help="Rows to show; 0 for all.")] = 30,
    json: Json = False,
) -> None:
    """Propose who gets what, with home's own need set aside first.

    The plan is recorded, and waits for a second person: sampan batch approve --as director.

    Examples: sampan plan --stock stock.csv; sampan plan --explain Italy --dry-run; sampan plan --compare;
    sampan plan --policy leximin --dry-run; sampan plan --what-if less-freight.toml
    """
    from sampan.cli.pictures import check_form, coverage
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.assumptions import with_policy
    from sampan.desks.assistance.recipients import code_of
    from sampan.desks.assistance.rounds import opened as begun
    from sampan.desks.assistance.rounds import propose
    from sampan.desks.assistance.stock import read_stock

    check_form(plot)
    given = assumptions_of(assumed)
    if policy:
        given = with_policy(given, policy)
    counted = read_stock(read_bytes(stock), name=str(stock)) if stock else None
    if compare or what_if:
        with opened(folder, person) as node:
            asked = begun(node.session, assumptions=given, day=day.date() if day else None, counted=counted)
            _alternatives(node, asked.question, what_if, json, limit)
        return
    with opened(folder, person) as node, Steps(total=1) as steps, steps.step("plan"):
        proposed = propose(
            node.session,
            day=day.date() if day else None,
            assumptions=given,
            counted=counted,
            record=not dry_run,
            progress=steps.gap,
        )
    decision = proposed.decision
    if plot:
        for item in proposed.estimate.items:
            file = plot.with_stem(f"{plot.stem}-{item}")
            coverage(decision, item, file)
            said(f"Wrote {file}.")
    if json:
        as_json({"entry": proposed.entry, "decision": decision, "gap": decision.gap})
        return
    if explain:
        _explain(decision, code_of(explain))
    else:
        _show(decision, limit)
    if proposed.entry:
        said(
            f"Proposed as entry {proposed.entry}. A second person approves it: sampan batch approve --as director"
        )


def _alternatives(node: Node, question: Question, what_if: Path | None, json: bool, limit: int) -> None:
    """What other policies would do, or other assumptions: shown, never recorded."""
    from sampan.core.files import read_bytes
    from sampan.desks.assistance import alternatives
    from sampan.desks.assistance.assumptions import overlaid
    from sampan.desks.assistance.rounds import asked_otherwise

    if what_if is None:
        rows = alternatives.compared(question)
        if json:
            as_json(rows)
            return
        table(
            ["policy", "harm averted", "least covered", "median covered", "recipients", "units"],
            [
                [
                    row.policy,
                    f"{row.averted:.1%}",
                    f"{row.least_coverage:.0%}",
                    f"{row.median_coverage:.0%}",
                    row.reached,
                    row.units,
                ]
                for row in rows
            ],
            title=f"Policies on the figures up to {question.estimate.outlook.last_day}",
        )
        return
    edited = overlaid(question.assumptions, read_bytes(what_if), name=str(what_if))
    found = alternatives.what_if(question, asked_otherwise(node.session, question, edited))
    if json:
        as_json(found)
        return
    shown = found.changes[: limit or None]
    table(
        ["recipient", "item", "as it is", "if so", "difference"],
        [[c.name, c.item, c.now, c.then, f"{c.then - c.now:+,}"] for c in shown],
        title="What each would be sent in all weeks",
    )
    if len(shown) < len(found.changes):
        said(f"{len(found.changes) - len(shown)} more differences: --limit 0 shows all.")
    if not found.changes:
        said("Nothing would change.")
    said(f"Unmet harm would be {found.then.objective / found.now.objective - 1:+.2%} of what it is.")


def _show(decision: Decision, limit: int) -> None:
    lines = decision.leaving
    shown = lines if limit == 0 else lines[:limit]
    table(
        ["recipient", "on grounds of", "item", "units", "cartons", "short after", "limited by"],
        [[x.name, x.grounds, x.item, x.units, x.cartons, f"{x.chance_short:.0%}", x.binding] for x in shown],
        title=f"Leaving on {decision.day} ({decision.policy})",
    )
    if len(shown) < len(lines):
        said(f"{len(lines) - len(shown)} more lines: --limit 0 shows all.")
    table(
        ["home", "need", "own production", "reserve", "at hand", "adds a week", "left now", "covered"],
        [
            [h.item, h.need, h.produced, h.reserve, h.at_hand, h.exportable, h.left, h.covered]
            for h in decision.home
        ],
        title="Home first: need of the weeks that are forecast, and what must be left for it",
    )
    for conflict in decision.conflicts:
        said(f"RELAXED: {conflict}.")
    said(f"Unmet harm is within {max(decision.gap, 1e-6):.2%} of the least there can be (certified bound).")
    said(f"Assumed, for nobody announced it: {', '.join(decision.assumptions)}.")


def _explain(decision: Decision, recipient: str) -> None:
    lines = [line for line in decision.lines if line.recipient == recipient]
    for line in lines:
        typer.echo(sentence(line))
    if not lines:
        typer.echo(f"{recipient} is sent nothing in this plan.")


def sentence(line: Line) -> str:
    """Why a line is what it is, in one English sentence."""
    limits = f"It is held there by: {', '.join(line.binding)}."
    held = limits if line.binding else "More would change less than the plan's stated gap."
    return (
        f"Week {line.week}: {line.units:,} {line.item} for {line.name}. The last carton avoids "
        f"{line.last_pack:,.4g} of harm, one more would avoid {line.next_pack:,.4g}, and a carton avoids "
        f"{line.price:,.4g} elsewhere; need stays greater with probability {line.chance_short:.0%}. {held}"
    )


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
