"""Commands ``needs`` and ``priority``: who will need what, what must still come, and who comes first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.options import HERE, AssumptionsFile, Json, NodeFolder, assumptions_of, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.access.session import Session
    from sampan.desks.assistance.needed import Amounts, Needed, NeedRow
    from sampan.desks.assistance.parameters import Numbers
    from sampan.engines.needs.explain import Step


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command()(needs)
    app.command()(priority)


def needs(
    places: Annotated[list[str] | None, typer.Argument(metavar="RECIPIENT…", help="Names or codes.")] = None,
    folder: NodeFolder = HERE,
    assumed: AssumptionsFile = None,
    of_provinces: Annotated[
        bool, typer.Option("--provinces", help="Of the provinces of the country named, or of home.")
    ] = False,
    items: Annotated[
        str, typer.Option(help="Items with commas between, all, or medicines.", show_default="the five")
    ] = "",
    weeks: Annotated[
        int | None,
        typer.Option(help="The next so many weeks.", min=1, max=12, show_default="all that are forecast"),
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="Week by week.")] = False,
    numbers: Annotated[
        Path | None,
        typer.Option(
            "--parameters", help="Numbers of yours (CSV), for this once.", show_default="those loaded"
        ),
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="ITEM", help="Show the arithmetic of the one place named.")
    ] = None,
    week: Annotated[int, typer.Option(help="The week to explain.", min=1)] = 1,
    absorbable: Annotated[
        bool, typer.Option("--absorbable", help="Explain what can be used, not what is needed.")
    ] = False,
    limit: Annotated[int, typer.Option(help="Recipients for each item; 0 for all.", min=0)] = 10,
    json: Json = False,
) -> None:
    """Show who will need what over the weeks of the latest published forecast.

    Beside the need stands what of it can be used, and what must still come after stock and assured arrivals.

    Examples: sampan needs; sampan needs Italy Iran --weekly; sampan needs China --provinces;
    sampan needs Italy --items medicines; sampan needs Italy --explain mask --week 2
    """
    from sampan.core.errors import InputError
    from sampan.desks.assistance.needed import explained, needed
    from sampan.desks.assistance.recipients import code_of

    wanted = [code_of(name) for name in places or []]
    given = assumptions_of(assumed)
    if explain and len(wanted) != 1:
        raise InputError("Arithmetic is shown for one place.", way_out="sampan needs Italy --explain mask")
    with opened(folder) as node:
        own = _numbers(node.session, numbers) if numbers else None
        if explain:
            steps = explained(node.session, given, wanted[0], explain, week, capped=absorbable, numbers=own)
        else:
            found = needed(
                node.session,
                given,
                recipients=wanted,
                items=items,
                weeks=weeks,
                weekly=weekly,
                of_provinces=of_provinces,
                numbers=own,
            )
    if json:
        as_json(steps if explain else found)
    elif explain:
        _show_steps(steps)
    else:
        _show(found, limit, weekly=weekly)


def _numbers(session: Session, file: Path) -> Numbers:
    """The loaded medicines with the numbers of ``file`` in place of those that were loaded."""
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.parameters import once

    return once(session, read_bytes(file), name=str(file))


def _show(found: Needed, limit: int, *, weekly: bool) -> None:
    shown = [
        row for item in found.items for row in [r for r in found.rows if r.item == item][: limit or None]
    ]
    marked = "EXERCISE  " if found.exercise else ""
    week = ["week"] if weekly else []
    columns = ["item", "recipient", *week, "need", "5 %", "95 %", "absorbable"]
    table(
        [*columns, "at hand", "assured", "still to come", "5 %", "95 %", "and absorbable", "appealed for"],
        [cells for row in shown for cells in _lines(row, weekly=weekly)],
        title=f"{marked}Need in the {found.weeks} weeks after {found.last_day}, in units",
    )
    if len(shown) < len(found.rows):
        said(f"{len(found.rows) - len(shown)} more rows: --limit 0 shows all.")
    if not found.rows:
        said("Nobody needs anything.")
    if found.assumed:
        said(
            f"Capacity of {len(found.assumed)} places is assumed from their income group: load a file of it."
        )
    if found.uncapped:
        said(
            f"Beds of {len(found.uncapped)} places are not known: all that is needed there counts as absorbable."
        )


def _lines(row: NeedRow, *, weekly: bool) -> list[list[object]]:
    """The row as one line for all weeks, or as one for each."""
    if weekly:
        return [[row.item, row.name, one.week, *_cells(row, one)] for one in row.weekly]
    return [[row.item, row.name, *_cells(row, row.total)]]


def _cells(row: NeedRow, one: Amounts) -> list[object]:
    need, net = one.need, one.net
    supplied = [row.at_hand, row.assured, net.mean, net.low, net.high, one.net_absorbable.mean, row.appealed]
    return [need.mean, need.low, need.high, one.absorbable.mean, *supplied]


def _show_steps(steps: list[Step]) -> None:
    for step in steps:
        typer.echo(f"{step.label}: {_figure(step.value)} {step.unit}")
        if step.numbers:  # else it is given, and the line above says how much
            typer.echo(f"    = {step.formula}")
            typer.echo(
                f"      {', '.join(f'{name} = {_figure(number)}' for name, number in step.numbers.items())}"
            )
        typer.echo(f"      {step.source}")
    said(
        "Along the path of cases whose need is the median; sampan needs shows the mean of all paths, and their range."
    )


def _figure(number: float) -> str:
    """With six figures at least, and never as a power of ten."""
    return f"{number:,.0f}" if abs(number) >= 1e6 else f"{number:,.6g}"


def priority(
    places: Annotated[list[str] | None, typer.Argument(metavar="RECIPIENT…", help="Names or codes.")] = None,
    folder: NodeFolder = HERE,
    assumed: AssumptionsFile = None,
    of_provinces: Annotated[bool, typer.Option("--provinces", help="Home's provinces too.")] = False,
    limit: Annotated[int, typer.Option(help="Rows; 0 for all.", min=0)] = 20,
    json: Json = False,
) -> None:
    """Show who comes first: how hard hit, how weak the health system, and the weight of a unit unmet.

    Appeals stand beside it and raise nothing. The numbers of the formula are in the assumptions.

    Examples: sampan priority; sampan priority Italy Ethiopia --json
    """
    from sampan.core.errors import InputError
    from sampan.desks.assistance.priorities import priorities
    from sampan.desks.assistance.recipients import code_of
    from sampan.desks.assistance.rounds import estimated

    wanted = {code_of(name) for name in places or []}
    given = assumptions_of(assumed)
    with opened(folder) as node:
        estimate = estimated(node.session, given, with_provinces=of_provinces)
        rows = [
            row
            for row in priorities(node.session.ledger, estimate, given)
            if not wanted or row.recipient in wanted
        ]
    for code in sorted(wanted - {row.recipient for row in rows}):
        raise InputError(
            f"{code} is home." if code == estimate.home_code else f"{code} has reported nothing.",
            way_out="Name a country abroad with reports; --provinces adds those of home.",
        )
    if json:
        as_json({"formula": given.priority, "rows": rows})
        return
    shown = rows[: limit or None]
    marked = "EXERCISE  " if estimate.outlook.exercise else ""
    table(
        [
            "recipient",
            "weight",
            "hard hit",
            "weak system",
            "patients",
            "assisted as",
            "assumed",
            "appealed for",
        ],
        [
            [
                r.name,
                r.weight,
                r.hard_hit,
                r.weak_system,
                r.patients,
                r.grounds,
                r.assumed,
                _asked(r.appealed),
            ]
            for r in shown
        ],
        title=f"{marked}Who comes first, by the weeks after {estimate.outlook.last_day}",
    )
    if len(shown) < len(rows):
        said(f"{len(rows) - len(shown)} more rows: --limit 0 shows all.")


def _asked(appealed: tuple[tuple[str, int], ...]) -> str | None:
    return ", ".join(f"{units:,} {item}" for item, units in appealed) or None
