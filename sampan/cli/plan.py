"""Command ``plan``: who gets what, with home safe first, and why; and what if it were otherwise."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.options import HERE, OFFICER, As, AssumptionsFile, Json, NodeFolder, assumptions_of, opened
from sampan.cli.say import Steps, as_json, said, table

if TYPE_CHECKING:
    from sampan.desks.assistance.alternatives import Alternative, WhatIf
    from sampan.desks.assistance.assumptions import Assumptions
    from sampan.desks.assistance.needs import NeedEstimate
    from sampan.desks.assistance.plan import Decision, Line, Transfer
    from sampan.desks.assistance.rounds import Counted, Proposed
    from sampan.node import Node
    from sampan.records.control import Snapshot


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(plan)


def plan(
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="Decision day.", show_default="the forecast's last day"
        ),
    ] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    stock: Annotated[
        Path | None, typer.Option(help="Stock list: CSV with item, quantity and, if need be, depot.")
    ] = None,
    assumed: AssumptionsFile = None,
    with_provinces: Annotated[
        bool | None,
        typer.Option(
            "--provinces/--no-provinces",
            help="Allocate to home's provinces in the same plan.",
            show_default="if any has stock of its own",
        ),
    ] = None,
    explain: Annotated[str | None, typer.Option(metavar="RECIPIENT", help="Say why, line by line.")] = None,
    policy: Annotated[
        str | None, typer.Option(help="How fairness is weighed.", show_default="that of the assumptions")
    ] = None,
    reserve: Annotated[
        str | None,
        typer.Option(
            help="How home's reserve is reckoned: quantile or cvar.", show_default="that of the assumptions"
        ),
    ] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RECIPIENT:ITEM=UNITS", help="What must be sent, whatever else; may be repeated."
        ),
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
    limit: Annotated[int, typer.Option(help="Rows to show; 0 for all.", min=0)] = 30,
    json: Json = False,
) -> None:
    """Propose who gets what, with home's own need set aside first.

    The plan is recorded, and waits for a second person: sampan batch approve --as director.

    Examples: sampan plan --stock stock.csv; sampan plan --explain Italy --dry-run; sampan plan --compare;
    sampan plan --policy leximin --reserve cvar --dry-run; sampan plan --what-if less-freight.toml
    """
    from sampan.cli.pictures import check_form
    from sampan.desks.assistance.recipients import code_of
    from sampan.desks.assistance.rounds import propose

    check_form(plot)
    _one_question(compare=compare, what_if=what_if, explain=explain, plot=plot)
    given = _assumed(assumed, policy, reserve, floor or [])
    counted = _counted(stock)
    asked = code_of(explain) if explain else None
    when = day.date() if day else None
    if compare or what_if:
        with opened(folder, person) as node:
            _alternatives(node, given, when, counted, with_provinces, what_if, json=json, limit=limit)
        return
    with opened(folder, person) as node, Steps(total=1) as steps, steps.step("plan"):
        proposed = propose(
            node.session,
            day=when,
            assumptions=given,
            counted=counted,
            stock_list=_kept(node, stock) if stock and not dry_run else None,
            with_provinces=with_provinces,
            record=not dry_run,
            progress=steps.gap,
        )
    decision = proposed.decision
    if plot:
        _plot(proposed, plot)
    if json:
        exercise = proposed.estimate.outlook.exercise
        as_json({"entry": proposed.entry, "decision": decision, "gap": decision.gap, "exercise": exercise})
        return
    if asked:
        _explain(proposed, asked)
    else:
        _show(decision, limit, marked=_marked(proposed.estimate))
    if proposed.entry:
        said(
            f"Proposed as entry {proposed.entry}. A second person approves it: sampan batch approve --as director"
        )


def _one_question(*, compare: bool, what_if: Path | None, explain: str | None, plot: Path | None) -> None:
    """Raises InputError for options of which one would be left aside without a word."""
    from sampan.core.errors import InputError

    given = {"--compare": compare, "--what-if": what_if, "--explain": explain, "--plot": plot}
    asked = [name for name, value in given.items() if value]
    if len(asked) > 1 and (compare or what_if):
        raise InputError(
            f"{' and '.join(asked)} are several questions.", way_out="Ask one at a time.", field=asked[0]
        )


def _marked(estimate: NeedEstimate) -> str:
    """What a title begins with: that it is an exercise, if it is."""
    return "EXERCISE  " if estimate.outlook.exercise else ""


def _assumed(file: Path | None, policy: str | None, reserve: str | None, floors: list[str]) -> Assumptions:
    """The assumptions with what the options say otherwise."""
    from sampan.desks.assistance.assumptions import with_floors, with_policy

    return with_floors(with_policy(assumptions_of(file), policy, reserve=reserve), _floors(floors))


def _floors(said_: list[str]) -> dict[str, dict[str, int]]:
    """``Italy:mask=20000`` as units by recipient and item. Raises InputError for anything else."""
    from sampan.cli.stock import named_lots
    from sampan.core.errors import InputError

    floors: dict[str, dict[str, int]] = {}
    for each in said_:
        recipient, colon, goods = each.partition(":")
        if not colon or not recipient.strip():
            raise InputError(
                f'"{each}" is no floor.', way_out="Write --floor Italy:mask=20000.", field="--floor"
            )
        for line in named_lots([goods]):
            mine = floors.setdefault(recipient.strip(), {})
            if line.item in mine:
                raise InputError(
                    f"{recipient.strip()} has two floors of {line.item}.",
                    way_out="Write one.",
                    field="--floor",
                )
            mine[line.item] = line.units
    return floors


def _counted(stock: Path | None) -> Counted | None:
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.stock import read_stock

    return read_stock(read_bytes(stock), name=str(stock)) if stock else None


def _kept(node: Node, stock: Path) -> Snapshot:
    from sampan.core.files import read_bytes

    return node.session.keep(stock.name, read_bytes(stock))


def _plot(proposed: Proposed, plot: Path) -> None:
    from sampan.cli.pictures import coverage

    for item in proposed.estimate.items:
        file = plot.with_stem(f"{plot.stem}-{item}")
        coverage(proposed.decision, item, file, exercise=proposed.estimate.outlook.exercise)
        said(f"Wrote {file}.")


def _alternatives(
    node: Node,
    given: Assumptions,
    day: date | None,
    counted: Counted | None,
    with_provinces: bool | None,
    what_if: Path | None,
    *,
    json: bool,
    limit: int,
) -> None:
    """What other policies would do, or other assumptions: shown, never recorded."""
    from sampan.core.files import read_bytes
    from sampan.desks.assistance import alternatives
    from sampan.desks.assistance.assumptions import overlaid
    from sampan.desks.assistance.rounds import asked_otherwise
    from sampan.desks.assistance.rounds import opened as begun

    asked = begun(node.session, assumptions=given, day=day, counted=counted, with_provinces=with_provinces)
    question = asked.question
    if what_if is None:
        rows = alternatives.compared(question)
        if json:
            as_json(rows)
        else:
            marked = _marked(question.estimate)
            _show_policies(
                rows, f"{marked}Policies on the figures up to {question.estimate.outlook.last_day}"
            )
        return
    edited = overlaid(question.assumptions, read_bytes(what_if), name=str(what_if))
    found = alternatives.what_if(question, asked_otherwise(node.session, question, edited))
    if json:
        as_json(found)
    else:
        _show_changes(found, limit, marked=_marked(question.estimate))


def _show_policies(rows: tuple[Alternative, ...], title: str) -> None:
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
        title=title,
    )


def _show_changes(found: WhatIf, limit: int, *, marked: str) -> None:
    shown = found.changes[: limit or None]
    table(
        ["recipient", "item", "as it is", "if so", "difference"],
        [[c.name, c.item, c.now, c.then, f"{c.then - c.now:+,}"] for c in shown],
        title=f"{marked}What each would be sent in all weeks",
    )
    if len(shown) < len(found.changes):
        said(f"{len(found.changes) - len(shown)} more differences: --limit 0 shows all.")
    if not found.changes:
        said("Nothing would change.")
    for conflict in found.then.conflicts:
        said(f"RELAXED, if so: {conflict}")
    said(_harm_then(found))


def _harm_then(found: WhatIf) -> str:
    """How much more harm, or less, would be unmet; two policies do not measure alike."""
    from sampan.engines.allocate import EVEN

    if found.now.policy != found.then.policy or found.now.policy in EVEN:
        return "Harm under several policies: sampan plan --compare."
    share = found.then.objective / found.now.objective - 1 if found.now.objective else 0.0
    if abs(share) < 5e-5:
        return "Unmet harm would be as it is, to within 0.01%."
    return f"Unmet harm would be {abs(share):.2%} {'more' if share > 0 else 'less'} than it is."


def _show(decision: Decision, limit: int, *, marked: str) -> None:
    lines = decision.leaving
    shown = lines if limit == 0 else lines[:limit]
    table(
        ["recipient", "on grounds of", "item", "units", "cartons", "short after", "limited by"],
        [[x.name, x.grounds, x.item, x.units, x.cartons, f"{x.chance_short:.0%}", x.binding] for x in shown],
        title=f"{marked}{'RELAXED PLAN  ' if decision.conflicts else ''}Leaving on {decision.day} ({decision.policy})",
    )
    if len(shown) < len(lines):
        said(f"{len(lines) - len(shown)} more lines: --limit 0 shows all.")
    _show_transfers(decision, limit)
    table(
        ["home", "need", "own production", "reserve", "at hand", "adds a week", "left now", "covered"],
        [
            [h.item, h.need, h.produced, h.reserve, h.at_hand, h.exportable, h.left, h.covered]
            for h in decision.home
        ],
        title="Home first: need of the weeks that are forecast, and what must be left for it",
    )
    for conflict in decision.conflicts:
        said(f"RELAXED: {conflict}")
    said(_how_good(decision))
    if decision.on_assumed_stock:
        items = ", ".join(decision.on_assumed_stock)
        said(
            f"ASSUMED STOCK: by {decision.day} nobody had counted {items}. A batch would "
            f"promise what may not be there. Count first (sampan stock count --on {decision.day}), then plan "
            f"again."
        )
    said(f"Assumed, for nobody announced it: {', '.join(decision.assumptions)}.")


def _how_good(decision: Decision) -> str:
    from sampan.engines.allocate import EVEN

    if decision.policy in EVEN:
        return "This policy gives shares, and does not seek the least harm: sampan plan --compare shows the cost."
    return f"Unmet harm is within {max(decision.gap, 1e-4):.2%} of the least there can be (certified bound)."


def _show_transfers(decision: Decision, limit: int) -> None:
    """What moves within home now, from province to province first."""
    now = [one for one in decision.transfers if one.week == 1]
    if not decision.transfers:
        return
    now.sort(key=lambda one: one.depot == "home")
    shown = now if limit == 0 else now[:limit]
    table(
        ["from", "to province", "item", "units", "cartons", "short after", "limited by"],
        [
            [x.depot_name, x.name, x.item, x.units, x.cartons, f"{x.chance_short:.0%}", x.binding]
            for x in shown
        ],
        title=f"Within home, from {decision.day}",
    )
    if len(shown) < len(now):
        said(f"{len(now) - len(shown)} more lines within home: --limit 0 shows all.")


def _explain(proposed: Proposed, recipient: str) -> None:
    from sampan.desks.assistance.deciding import nothing_for

    decision = proposed.decision
    if marked := _marked(proposed.estimate):
        typer.echo(marked.strip())
    lines = [line for line in decision.lines if line.recipient == recipient]
    moves = [one for one in decision.transfers if recipient in (one.recipient, one.depot)]
    for line in lines:
        typer.echo(sentence(line))
    for one in moves:
        typer.echo(sentence(one))
    if not lines and not moves:
        typer.echo(nothing_for(decision, proposed.estimate, recipient))
    for x in decision.coverage:
        if x.recipient == recipient:
            typer.echo(f"{x.item}: {x.before:.0%} of the need is covered before, {x.after:.0%} after.")
    if lines or moves:
        said("Harm: units missing, by the weights of [harm] and [priority] in sampan assumptions.")


def sentence(line: Line | Transfer) -> str:
    """Why a line is what it is, in one English sentence."""
    limits = f"It is held there by: {', '.join(line.binding)}."
    held = limits if line.binding else "More would change less than the plan's stated gap."
    elsewhere = "" if "policy" in line.binding else f", and a carton avoids {line.price:,.4g} elsewhere"
    whence = f" from {line.depot_name}" if hasattr(line, "depot_name") else ""
    return (
        f"Week {line.week}: {line.units:,} {line.item}{whence} for {line.name}. The last carton avoids "
        f"{line.last_pack:,.4g} of harm, one more would avoid {line.next_pack:,.4g}{elsewhere}; "
        f"need stays greater with probability {line.chance_short:.0%}. {held}"
    )
