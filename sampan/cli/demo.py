"""Command ``demo``: four decisions a week apart, from reported figures to the public brief."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sampan.cli.options import Json, assumptions_of
from sampan.cli.say import Steps, as_json, said, table

if TYPE_CHECKING:
    from sampan.desks.control.exercise import Exercise
    from sampan.replay import Replay

MARKER = "DEMO"


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(demo)


def demo(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder with real figures in JHU's layout.", show_default="an exercise"),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="jhu: fetch the real figures from their public address.")
    ] = None,
    home: Annotated[str, typer.Option(help="Home country.")] = "CHN",
    folder: Annotated[Path, typer.Option("--dir", help="Where to make the node and write the brief.")] = Path(
        "sampan-demo"
    ),
    assumptions: Annotated[
        Path | None, typer.Option(help="Your own copy of assumptions.toml.", show_default="those that ship")
    ] = None,
    capacity: Annotated[
        list[Path] | None, typer.Option(help="CSV of beds, staff and laboratories; may be repeated.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another number, another exercise.")] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Then show the public pages of the node.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port for --serve.")] = 8000,
    json: Json = False,
) -> None:
    """Run the main job: four decisions a week apart, then the brief.

    Each decision uses only what had been reported by then. Without --data it runs on a fictional
    outbreak, and at the end says how good the estimates were.

    Examples: sampan demo; sampan demo --data ../shared/data/jhu; sampan demo --home ITA --seed 7
    """
    began = time.perf_counter()
    from sampan.core.time import StandingClock
    from sampan.formats import jhu
    from sampan.injects import BEFORE
    from sampan.replay import STEPS, decision_days, replay

    supply = assumptions_of(assumptions)
    with Steps(total=3 + 4 * len(STEPS)) as steps:
        with steps.step("read" if data or source else "make the exercise"):
            exercise, files = _figures(data, source, home, seed)
            table_ = jhu.read(*_pair(files))
            days = decision_days(table_.days[0], _last(table_.days[-1], exercise))
        with steps.step("make the node"):
            clock = StandingClock(_midday(days[0] - BEFORE if exercise else days[0]))
            node = _node(folder, home, clock, exercise is not None)
        with node:
            for file in capacity or []:
                _load_capacity(node, file)
            around = _injects(node, clock, supply, days[0], exercise, seed) if exercise else None
            done = replay(node, files, days, clock=clock, assumptions=supply, step=steps.step, injects=around)
            password, recipient = _open_to_readers(node, days[-1], steps) if serve else ("", "")
        written = _write(folder, done, exercise)
    if json:
        as_json(_result(done, exercise, steps))
    else:
        _show(done, exercise)
    for path in written:
        said(f"Wrote {path}")
    said(f"{time.perf_counter() - began:.1f} s: {steps.where_the_time_went()}")
    if serve:
        from sampan.cli.serve import start

        said(f"The desks are behind Sign in: officer, director, press or administrator, password {password}")
        if recipient:
            said(f"{recipient.lower()} signs for what is on the way to {recipient}, with the same password")
        start(folder, port=port)


def _figures(
    data: Path | None, source: str | None, home: str, seed: int | None
) -> tuple[Exercise | None, dict[str, bytes]]:
    """The figures to replay: an exercise unless real ones were named."""
    if data or source:
        from sampan.cli.sources import gather

        return None, gather(source or "jhu", [str(data)] if data else None)
    from sampan.desks.control.exercise import SEED, make

    exercise = make(home=home, seed=SEED if seed is None else seed)
    return exercise, exercise.files


def _pair(files: dict[str, bytes]) -> tuple[bytes, bytes | None]:
    """The confirmed and the deaths file among ``files``. Raises InputError if there is no confirmed file."""
    from sampan.core.errors import InputError

    confirmed = next((data for name, data in files.items() if "confirmed" in name), None)
    if confirmed is None:
        raise InputError(
            "None of the files is called …confirmed….", way_out="Name a folder with JHU's global time series."
        )
    return confirmed, next((data for name, data in files.items() if "deaths" in name), None)


def _last(last_day: Any, exercise: Exercise | None) -> Any:
    """The last decision day at most; an exercise keeps a week to hold its last forecast against."""
    from datetime import timedelta

    return last_day - timedelta(weeks=1) if exercise else last_day


def _midday(day: Any) -> Any:
    from datetime import UTC, datetime, time

    return datetime.combine(day, time(12), UTC)


def _node(folder: Path, home: str, clock: Any, exercise: bool) -> Any:
    """A new node in ``folder``, in place of an earlier demo's. Raises InputError if something else is there."""
    from sampan.core.errors import InputError
    from sampan.node import Node

    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise InputError(f"{folder} holds something else.", way_out="Name another folder with --dir.")
        shutil.rmtree(folder)
    node = Node.create(folder, home=home, clock=clock, exercise=exercise)
    (folder / MARKER).write_text("Made by sampan demo, which replaces it when it is run again.\n")
    return node


def _load_capacity(node: Any, file: Path) -> None:
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.capacity import load

    load(node.session, file.name, read_bytes(file))


def _injects(node: Any, clock: Any, supply: Any, first: Any, exercise: Exercise, seed: int | None) -> Any:
    """Everybody around the office, from two weeks before the first decision on."""
    from sampan.desks.control.exercise import SEED
    from sampan.injects import Injects, genomes_of

    seed = SEED if seed is None else seed
    genomes = genomes_of(exercise, home=node.session.home, seed=seed)
    return Injects(node.session, clock, assumptions=supply, first=first, seed=seed, genomes=genomes)


def _open_to_readers(node: Any, day: Any, steps: Steps) -> tuple[str, str]:
    """Releases the brief of ``day``, once the director has agreed; lets people sign in.

    Gives their password, and the code of the recipient for whom one of them signs.
    """
    import secrets

    from sampan.access.accounts import Accounts
    from sampan.desks.press import drafts, releasing

    press, director = node.on_behalf_of("press"), node.on_behalf_of("director")
    with steps.step("release"):
        drafts.draft(press, day)
        releasing.review(director, day, revision=1, approve=True)
        releasing.release(press, day)
    recipient = _sign_for_one(node)
    accounts = Accounts(node.session.ledger, node.session.clock, node.settings.known)
    password = secrets.token_urlsafe(15)  # long enough that no chance makes it one that is turned away
    for handle in node.settings.people:
        accounts.set_password(handle, password)
    return password, recipient


def _sign_for_one(node: Any) -> str:
    """Lets somebody sign for the recipient with the most consignments under way; its code, or nothing if none is."""
    from collections import Counter
    from dataclasses import replace

    from sampan.core.files import write_whole
    from sampan.desks.assistance.underway import everywhere
    from sampan.records.assistance.consignments import recipient_of

    waits = Counter(recipient_of(number) for number in sorted(everywhere(node.session.ledger)["under way"]))
    if not waits:
        return ""
    code = waits.most_common(1)[0][0]
    people = {**node.settings.people, code.lower(): (f"receiver:{code}",)}
    node.settings = replace(node.settings, people=people)
    write_whole(node.folder / "sampan.toml", node.settings.toml())
    return code


def _write(folder: Path, done: Replay, exercise: Exercise | None) -> list[Path]:
    """The brief as a page and as Markdown, and the figures and truth of an exercise."""
    from sampan.core.files import write_whole
    from sampan.desks.press.render import render

    files: dict[Path, bytes] = {
        folder / "brief.html": render(done.brief, "html").encode(),
        folder / "brief.md": render(done.brief, "md").encode(),
    }
    if exercise:
        files |= {folder / "exercise" / name: data for name, data in exercise.files.items()}
        files[folder / "exercise" / "truth" / "EXERCISE_truth.npz"] = exercise.truth_file()
    for path, data in files.items():
        write_whole(path, data)
    return list(files)[:2]


def _result(done: Replay, exercise: Exercise | None, steps: Steps) -> dict[str, Any]:
    from sampan.replay import ANNOUNCED

    return {
        "brief": done.brief,
        "rounds": [
            {"day": one.day, "batch": one.batch, "gap": one.decision.gap, "home": one.decision.home}
            for one in done.rounds
        ],
        "announced": ANNOUNCED if _announced(done) else None,
        "estimates": _debriefing(done, exercise) if exercise else None,
        "assumptions": done.rounds[-1].decision.assumptions,
        "seconds": steps.seconds,
    }


def _announced(done: Replay) -> bool:
    """Whether what was announced is about this home and day."""
    from sampan.replay import ANNOUNCED

    return (done.brief.home, done.brief.day) == (ANNOUNCED.home, ANNOUNCED.day)


def _debriefing(done: Replay, exercise: Exercise) -> Any:
    from sampan.debriefing import debrief

    return debrief(done, exercise)


def _show(done: Replay, exercise: Exercise | None) -> None:
    """The brief, then the result beside what was announced, or beside the truth."""
    from sampan.desks.press.render import render

    typer.echo(render(done.brief, "md"))
    if exercise:
        _show_debriefing(_debriefing(done, exercise))
    elif _announced(done):
        _show_announced(done)
    assumed = done.rounds[-1].decision.assumptions
    said(f"Assumed, for nobody announced it: {', '.join(assumed)}.")


def _show_announced(done: Replay) -> None:
    from sampan.replay import ANNOUNCED

    figures = done.brief
    rows: list[tuple[str, int, int]] = [
        ("countries", figures.countries.count, ANNOUNCED.countries),
        ("organisations", figures.organisations.count, ANNOUNCED.organisations),
        ("batches", len(figures.batches), ANNOUNCED.batches),
        *((region.what, region.count, ANNOUNCED.regions[region.what]) for region in figures.regions),
    ]
    table(["", "decided here", "announced"], rows, title=f"Beside what was announced on {ANNOUNCED.day}")
    said(f"Announced: {ANNOUNCED.source}.")


def _show_debriefing(found: Any) -> None:
    table(
        ["How good were the estimates?", ""],
        [
            ("true R inside its 95 % interval", f"{found.r_coverage:.0%} of {found.r_scored} estimates"),
            ("median error of R", f"{found.r_log_error:.0%}"),
            ("rising and falling told apart", f"{found.phase_right:.0%} of {found.phase_scored}"),
            *(
                (
                    f"cases {week} week{'s' if week > 1 else ''} ahead inside the 95 % interval",
                    f"{coverage:.0%} of {scored}; median error {error:.0%}",
                )
                for week, (scored, coverage, error) in enumerate(
                    zip(found.forecast_scored, found.forecast_coverage, found.forecast_error, strict=True), 1
                )
                if scored
            ),
        ],
        title="EXERCISE  Now that the truth may be seen",
    )
