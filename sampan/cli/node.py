"""Commands that make a node and fill it: ``init``, ``load``, ``exercise make``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said

load_app = typer.Typer(no_args_is_help=True, help="Read figures from files or public addresses.")
exercise_app = typer.Typer(no_args_is_help=True, help="Make fictional outbreaks to train with.")

Files = Annotated[
    list[str] | None, typer.Argument(metavar="FILE-or-URL…", help="Files, folders or public addresses.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command()(init)
    app.add_typer(load_app, name="load")
    app.add_typer(exercise_app, name="exercise")


def init(
    folder: Annotated[Path, typer.Option("--node", envvar="SAMPAN_NODE", help="Folder to make.")],
    home: Annotated[str, typer.Option(help="Home country: a name or a code, as in CHN.")],
    exercise: Annotated[bool, typer.Option("--exercise", help="Mark everything as an exercise.")] = False,
) -> None:
    """Make a new node for a home country.

    Example: sampan init --node office --home CHN
    """
    from sampan.node import Node

    with Node.create(folder, home=home, exercise=exercise) as node:
        said(f"Made the node of {node.settings.home} in {folder}.")
        said(f"People: {', '.join(node.settings.people)} (edit {folder / 'sampan.toml'}).")


def _load(
    source: str, files: list[str] | None, folder: Path, person: str, *, strict: bool, json: bool
) -> None:
    from sampan.cli.sources import gather
    from sampan.desks.control.reports import load

    found = gather(source, files)
    with opened(folder, person) as node:
        loaded = load(node.session, found, source=source, strict=strict)
    if json:
        as_json(loaded)
        return
    said(
        f"Read {loaded.places} place{_s(loaded.places)}, {loaded.first_day} to {loaded.last_day}, from {loaded.source}."
    )
    if loaded.corrections:
        said(f"Kept and marked: {loaded.corrections} correction{_s(loaded.corrections)} or other oddities.")
    if loaded.aside:
        said(f"Kept aside, for they are no places: {', '.join(loaded.aside)}.")
    said(f"Recorded as entry {loaded.entry}.")


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _loader(source: str, example: str) -> None:
    def command(
        files: Files = None,
        folder: NodeFolder = HERE,
        person: As = OFFICER,
        keep_unknown: Annotated[
            bool, typer.Option("--keep-unknown", help="Keep names aside that Sampan does not know.")
        ] = False,
        json: Json = False,
    ) -> None:
        _load(source, files, folder, person, strict=not keep_unknown, json=json)

    command.__doc__ = (
        f"Read {source.upper()} figures.\n\nExample: {example}\n\n"
        "The file is checked whole, kept as it is, and recorded; loading it again is another reading."
    )
    load_app.command(name=source)(command)


_loader(
    "jhu", "sampan load jhu time_series_covid19_confirmed_global.csv time_series_covid19_deaths_global.csv"
)
_loader("who", "sampan load who WHO-COVID-19-global-data.csv")
_loader("owid", "sampan load owid owid-covid-data.csv")
_loader("ecdc", "sampan load ecdc ecdc.csv")
_loader("hxl", "sampan load hxl cases.csv")
_loader("linelist", "sampan load linelist line-list.csv")


@load_app.command()
def capacity(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV with a header.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Read beds, staff, laboratories and populations by place.

    Example: sampan load capacity countries.csv
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.capacity import load

    with opened(folder, person) as node:
        loaded = load(node.session, Path(file).name, read_bytes(Path(file)))
    if json:
        as_json(loaded)
        return
    said(f"Read {loaded.figures} figures of {loaded.places} places. Recorded as entry {loaded.entry}.")


@load_app.command()
def medicines(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV in the layout of WHO's ESFT.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Read the medicines whose need is counted: courses and shares treated, by severity.

    It replaces the list before. Example: sampan load medicines pharmaceuticals.csv
    """
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.parameters import load_medicines

    with opened(folder, person) as node:
        loaded = load_medicines(node.session, Path(file).name, read_bytes(Path(file)))
    if json:
        as_json(loaded)
        return
    said(f"Read {loaded.count} medicine{_s(loaded.count)}. Recorded as entry {loaded.entry}.")
    if loaded.incomplete:
        halves = ", ".join(f"{name} ({severity})" for name, severity in loaded.incomplete[:5])
        more = f" and {len(loaded.incomplete) - 5} more" if len(loaded.incomplete) > 5 else ""
        said(f"Not counted, for either the course or the share treated is missing: {halves}{more}.")
    said("See what is needed of them with: sampan needs PLACE --items medicines")


@load_app.command()
def ages(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV headed iso3,0-4,5-9, … 75-79,80+.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Read residents by age, so that beds are forecast by how old people are.

    Example: sampan load ages age_structure.csv
    """
    from sampan.core.files import read_bytes
    from sampan.desks.control.ages import load

    with opened(folder, person) as node:
        loaded = load(node.session, Path(file).name, read_bytes(Path(file)))
    if json:
        as_json(loaded)
        return
    said(f"Read the ages of {loaded.places} place{_s(loaded.places)}. Recorded as entry {loaded.entry}.")
    if loaded.aside:
        said(f"Kept aside, for they are no places: {', '.join(loaded.aside)}.")


@exercise_app.command("make")
def exercise_make(
    folder: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = Path("exercise"),
    home: Annotated[str, typer.Option(help="Country in which the outbreak begins.")] = "CHN",
    seed: Annotated[int | None, typer.Option(min=0, help="Another number, another outbreak.")] = None,
    first_day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the figures.")
    ] = None,
    days: Annotated[int, typer.Option(min=14, max=366, help="Days of figures.")] = 84,
) -> None:
    """Make a fictional outbreak: figures in JHU's layout, marked EXERCISE, and the truth apart.

    Example: sampan exercise make --home CHN --out exercise
    """
    from sampan.core.files import write_whole
    from sampan.desks.control.exercise import FIRST_DAY, SEED, make
    from sampan.engines.outbreak import Scenario

    begin = first_day.date() if first_day else FIRST_DAY
    scenario = Scenario(days=days, first_weekday=begin.weekday())
    exercise = make(home=home, seed=SEED if seed is None else seed, first_day=begin, scenario=scenario)
    for name, data in exercise.files.items():
        write_whole(folder / name, data)
        said(f"Wrote {folder / name}")
    write_whole(folder / "truth" / "EXERCISE_truth.npz", exercise.truth_file())
    said(f"Wrote {folder / 'truth' / 'EXERCISE_truth.npz'}: open it after the exercise.")
    said(f'Load the figures with: sampan load jhu "{folder}"')
