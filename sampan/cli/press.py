"""Command of the press desk: ``brief``."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(brief)


def brief(
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    day: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day that it speaks of.")
    ] = None,
    known_by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As we knew it at the end of this day.")
    ] = None,
    language: Annotated[str, typer.Option(help="ar, zh, en, fr, ru or es.")] = "en",
    out: Annotated[Path | None, typer.Option(help="Write it: FILE.html or FILE.md.")] = None,
    json: Json = False,
) -> None:
    """Tell the public what was done for whom, and how the epidemic stands.

    Examples: sampan brief; sampan brief --as-of 2020-03-26 --language fr --out brief.html
    """
    from sampan.cli.control import end_of_day
    from sampan.core.errors import InputError
    from sampan.core.files import write_whole
    from sampan.core.languages import parse_language
    from sampan.desks.control.situation import assessed
    from sampan.desks.press.brief import brief as view
    from sampan.desks.press.render import render

    if out is not None and out.suffix not in (".html", ".md"):
        raise InputError(f"A brief cannot be written as {out.suffix or 'that'}.", way_out="Use .html or .md.")
    spoken = parse_language(language)
    known_on = end_of_day(known_by)
    with opened(folder, person) as node:
        figures = None
        if any(node.session.ledger.entries(kind="control.reports", known_on=known_on, limit=1)):
            figures = assessed(node.session, until=day.date() if day else None, known_on=known_on)
            _say_age(figures.known.reports.days[-1], day.date() if day else node.session.today())
        written = view(
            node.session,
            day=day.date() if day else None,
            known_on=known_on,
            assessed=figures,
            exercise=node.settings.exercise,
        )
    if json:
        as_json(written)
    elif out is None:
        sys.stdout.write(render(written, "md", spoken))
    if out is not None:
        write_whole(out, render(written, "html" if out.suffix == ".html" else "md", spoken).encode())
        said(f"Wrote {out}.")


def _say_age(last_day: date, day: date) -> None:
    """Warns of figures that are older than a week on the day that the brief speaks of."""
    age = (day - last_day).days
    if age > 7:
        said(f"The figures end on {last_day}, {age} days before the day of this brief: load newer ones.")
