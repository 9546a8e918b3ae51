"""Command ``parameters``: the numbers behind the needs, and an office's own in their place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

parameters_app = typer.Typer(no_args_is_help=True, help="The numbers behind the needs, yours among them.")

Where = Annotated[
    str | None, typer.Argument(metavar="[PLACE]", help="As it holds there.", show_default="everywhere")
]
Only = Annotated[str, typer.Option("--only", metavar="TEXT", help="Those with this in their name.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(parameters_app, name="parameters")


@parameters_app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="CSV with the columns place, parameter, value, source and version.")
    ],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Replace numbers everywhere or in single places. The file replaces the one before it, whole.

    A file with a header alone goes back to WHO's numbers. Example: sampan parameters load ours.csv
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.parameters import load_parameters

    with opened(folder, person) as node:
        loaded = load_parameters(node.session, file.name, read_bytes(file))
    if json:
        as_json(loaded)
        return
    places = f", for {_many(loaded.places, 'place')}" if loaded.places else ""
    said(
        f"Read {_many(loaded.count, 'number')}{places}. Recorded as entry {loaded.entry}; needs and plans cite it."
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


@parameters_app.command()
def show(where: Where = None, folder: NodeFolder = HERE, only: Only = "", json: Json = False) -> None:
    """List the numbers with unit and source; this office's own are marked.

    Examples: sampan parameters show; sampan parameters show Kenya --only stay
    """
    from sampan.desks.assistance.parameters import known, listed, name_of

    with opened(folder) as node:
        rows = listed(known(node.session), where, only=only)
    if json:
        as_json(rows)
        return
    table(
        ["where", "parameter", "value", "unit", "ours", "source", "version"],
        [
            [
                name_of(r.place),
                r.parameter,
                f"{r.value:.6g}",
                r.unit,
                "yes" if r.own else "",
                r.source,
                r.version,
            ]
            for r in rows
        ],
    )
    if not rows:
        said(f'No parameter has "{only}" in its name: sampan parameters show lists them.')


@parameters_app.command()
def export(where: Where = None, folder: NodeFolder = HERE, only: Only = "") -> None:
    """Print the numbers in the layout that load reads, to be edited.

    Example: sampan parameters export Kenya > kenya.csv
    """
    from sampan.desks.assistance.parameters import exported, known, listed

    with opened(folder) as node:
        sys.stdout.write(exported(listed(known(node.session), where, only=only)))
