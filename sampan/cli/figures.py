"""Command ``figures``: what may be said in public, with the list behind each figure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.appeals import day_of
from sampan.cli.control import Day, KnownBy, end_of_day
from sampan.cli.options import HERE, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from sampan.desks.assistance.figures import Figure


class Reached(StrEnum):
    """How far aid has come."""

    decided = "decided"
    sent = "sent"
    received = "received"


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(figures)


def figures(
    what: Annotated[
        str | None,
        typer.Argument(help='Show the list behind one: countries, "region:South Pacific", batches, donors …'),
    ] = None,
    stage: Annotated[
        Reached, typer.Option(help="Count what is decided, sent, or received.")
    ] = Reached.decided,
    folder: NodeFolder = HERE,
    as_of: Day = None,
    known_by: KnownBy = None,
    json: Json = False,
) -> None:
    """Show every public total, or one with the list behind it, as of any day and as known on any day.

    Examples: sampan figures --as-of 2020-03-26; sampan figures countries --stage received
    """
    from sampan.desks.assistance.figures import figure
    from sampan.desks.assistance.figures import figures as all_figures

    day, known = day_of(as_of), end_of_day(known_by)
    with opened(folder) as node:
        session = node.session
        if what:
            one = figure(session, what, as_of=day, known_on=known, stage=stage.value)
        else:
            every = all_figures(session, as_of=day, known_on=known, stage=stage.value)
    if json:
        as_json(one if what else every)
    elif what:
        _list(one)
    else:
        shown = [
            every.countries,
            every.organisations,
            *every.regions,
            every.items,
            every.batches,
            *every.donors,
            every.helped_us_countries,
            every.helped_us_organisations,
            every.funds,
            every.paid,
            every.people,
            every.teams,
        ]
        table(["figure", "count"], [[x.what, x.count] for x in shown], title=f"As of {every.as_of}")
        said("sampan figures NAME shows the list behind one.")


def _list(one: Figure) -> None:
    table(
        ["code", "name", "how much", "entries"],
        [
            [
                row.code,
                row.name,
                ", ".join(f"{amount:,} {name}" for name, amount in row.amounts.items()),
                _positions(row.entries),
            ]
            for row in one.rows
        ],
        title=f"{one.what}: {one.count}",
    )


def _positions(entries: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, entries[:5]))
    return f"{shown} and {len(entries) - 5} more" if len(entries) > 5 else shown
