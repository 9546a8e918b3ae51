"""Commands of the control desk: ``situation`` and ``forecast``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, opened
from sampan.cli.say import as_json, said, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sampan.desks.control.situation import Assessed, PlaceSituation
    from sampan.engines.forecast import Forecast
    from sampan.world.ages import Array

Day = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Use figures up to this day only."),
]
KnownBy = Annotated[
    datetime | None,
    typer.Option(
        "--known-by", formats=["%Y-%m-%d"], help="Use only what we had read by the end of this day."
    ),
]
Source = Annotated[str | None, typer.Option(help="jhu, who, …: the newest reading of this source.")]
DiseaseName = Annotated[str, typer.Option("--disease", help="Whose generation interval and delays to use.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command()(situation)
    app.command()(forecast)
    app.command()(marks)
    app.command()(vouch)


def end_of_day(day: datetime | None) -> datetime | None:
    """The last moment of ``day`` in UTC."""
    return day and day.replace(hour=23, minute=59, second=59, microsecond=999_999, tzinfo=UTC)


def situation(
    places: Annotated[list[str] | None, typer.Argument(metavar="PLACE…", help="Names or codes.")] = None,
    folder: NodeFolder = HERE,
    as_of: Day = None,
    known_by: KnownBy = None,
    source: Source = None,
    region: Annotated[str | None, typer.Option(help="Only this region.")] = None,
    home: Annotated[bool, typer.Option("--home", help="Only home and its areas.")] = False,
    sort: Annotated[str, typer.Option(help="new, change, r or name.")] = "new",
    limit: Annotated[int, typer.Option(help="Rows to show; 0 for all.")] = 30,
    disease: DiseaseName = "covid-19",
    plot: Annotated[Path | None, typer.Option(help="Draw the one place named: FILE.svg or FILE.png.")] = None,
    json: Json = False,
) -> None:
    """Show how fast it is spreading, place by place.

    Examples: sampan situation; sampan situation Italy Iran; sampan situation --home --as-of 2020-03-05;
    sampan situation Italy --plot italy.svg
    """
    from sampan.desks.control import situation as desk
    from sampan.world.places import find

    _check_plot(plot, places)
    with opened(folder) as node:
        wanted = [find(name).code for name in places or []]
        assessed = desk.assessed(
            node.session,
            until=as_of.date() if as_of else None,
            known_on=end_of_day(known_by),
            source=source,
            disease=disease,
        )
        report = desk.situation(
            assessed, places=wanted, home=node.settings.home if home else None, region=region, sort=sort
        )
    if plot:
        _draw(assessed, wanted[0], plot)
    if json:
        as_json(report)
        return
    marked = "EXERCISE  " if report.exercise else ""
    shown = report.rows if limit == 0 else report.rows[:limit]
    table(
        ["place", "new, 7 days", "change", "R", "95 %", "doubling", "phase", "reports"],
        [_row(row) for row in shown],
        title=f"{marked}Situation on {report.last_day} ({report.source}, {report.disease})",
    )
    said(f"R and phase are of the infections of {report.r_day:%d %B}: later ones are not reported yet.")
    said("Cases that came from abroad count where they are reported, as if infected there.")
    if len(shown) < len(report.rows):
        said(f"{len(report.rows) - len(shown)} more places: --limit 0 shows all.")


def _check_plot(plot: Path | None, places: list[str] | None) -> None:
    from sampan.cli.pictures import check_form
    from sampan.core.errors import InputError

    if plot is None:
        return
    check_form(plot)
    if len(places or []) != 1:
        raise InputError("A picture shows one place.", way_out="sampan situation Italy --plot italy.svg")


def _draw(assessed: Assessed, code: str, plot: Path) -> None:
    from sampan.cli.pictures import fan
    from sampan.desks.control.course import course
    from sampan.desks.control.forecast import make

    fan(course(assessed, make(assessed), code), plot)
    said(f"Wrote {plot}.")


def _row(row: PlaceSituation) -> list[object]:
    change = None if row.change is None else f"{row.change:+.0%}"
    silent = row.phase == "no recent cases"
    r, interval = (None, None) if silent else (f"{row.r:.2f}", f"{row.r_low:.2f}–{row.r_high:.2f}")
    return [_placed(row), row.new_cases, change, r, interval, _doubling(row), row.phase, row.marks]


def _placed(row: PlaceSituation) -> str:
    """The name of a country; of an area with its country, whose figures have its own in them."""
    from sampan.world.places import place

    country = place(row.place).parent
    return f"{row.name}, {place(country).name('en')}" if country else row.name


def _doubling(row: PlaceSituation) -> str | None:
    """``doubles in 4 d`` or ``halves in 9 d``; absent where it would take more than a year."""
    days = row.doubling_days
    if days is None or abs(days) > 365:
        return None
    return f"{'doubles' if days > 0 else 'halves'} in {abs(days):.0f} d"


def forecast(
    places: Annotated[list[str] | None, typer.Argument(metavar="PLACE…", help="Names or codes.")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    weeks: Annotated[int, typer.Option(help="Weeks ahead.")] = 8,
    as_of: Day = None,
    source: Source = None,
    publish: Annotated[bool, typer.Option("--publish", help="Record it for the other desks.")] = False,
    target: Annotated[str, typer.Option(help="cases, deaths or beds.")] = "cases",
    disease: DiseaseName = "covid-19",
    limit: Annotated[int, typer.Option(help="Places to show; 0 for all.")] = 15,
    json: Json = False,
) -> None:
    """Project weekly new reported cases, with 50 % and 95 % intervals.

    Examples: sampan forecast Italy; sampan forecast --publish; sampan forecast Italy --target beds
    """
    from sampan.core.errors import InputError
    from sampan.desks.control import ages
    from sampan.desks.control import forecast as desk
    from sampan.desks.control import situation as state
    from sampan.world.places import find

    with opened(folder, person) as node:
        until = as_of.date() if as_of else None
        assessed = state.assessed(node.session, until=until, source=source, disease=disease)
        if target not in ("cases", "deaths", "beds") or (publish and target != "cases"):
            raise InputError(
                f"{target} cannot be {'published' if publish else 'forecast'}.",
                way_out="Publish cases; or look at cases, deaths or beds.",
            )
        wanted = [find(name).code for name in places or []]
        if target == "beds":
            people = ages.known(node.session)
            _show_beds(assessed, desk.make(assessed, weeks=weeks), people, wanted, json)
            return
        made = (desk.make_deaths if target == "deaths" else desk.make)(assessed, weeks=weeks)
        entry = desk.publish(node.session, assessed, made).entry if publish else None
        view = desk.view(assessed, made, places=wanted, entry=entry)
    if json:
        as_json(view)
        return
    marked = "EXERCISE  " if view.exercise else ""
    shown = view.rows if limit == 0 else view.rows[: limit * weeks]
    table(
        ["place", "week", "from", target, "50 %", "95 %", ""],
        [
            [
                row.name if row.week == 1 else "",
                row.week,
                row.first_day,
                row.median,
                f"{row.low50:,}–{row.high50:,}",
                f"{row.low95:,}–{row.high95:,}",
                "" if row.calibrated else "scenario range",
            ]
            for row in shown
        ],
        title=f"{marked}New reported {target} a week, from figures up to {view.last_day}",
    )
    if entry:
        said(f"Published as entry {entry}.")


def _show_beds(
    assessed: Assessed, made: Forecast, ages: Mapping[str, Array], wanted: list[str], json: bool
) -> None:
    from sampan.desks.control.beds import beds
    from sampan.desks.control.forecast import seed

    rows = beds(assessed, made, seed=seed(assessed), ages=ages, places=wanted)
    if json:
        as_json(rows)
        return

    def shown(three: tuple[int, int, int]) -> str:
        low, middle, high = three
        return f"{middle:,} ({low:,}–{high:,})"

    marked = "EXERCISE  " if assessed.known.record.exercise else ""
    table(
        ["place", "week", "from", "admitted", "ward beds", "intensive care", "severity", ""],
        [
            [
                row.name if row.week == 1 else "",
                row.week,
                row.first_day,
                shown(row.admitted),
                shown(row.ward),
                shown(row.intensive_care),
                row.severity if row.week == 1 else "",
                "" if row.calibrated else "scenario range",
            ]
            for row in rows
        ],
        title=f"{marked}Beds that cases will need, from figures up to {assessed.known.reports.days[-1]}",
    )
    if any(row.severity == "by age" for row in rows):
        said("By age: scaled so that all places whose ages are loaded have, together, the default severity.")


def marks(
    places: Annotated[list[str] | None, typer.Argument(metavar="PLACE…", help="Names or codes.")] = None,
    folder: NodeFolder = HERE,
    as_of: Day = None,
    source: Source = None,
    limit: Annotated[int, typer.Option(help="Rows to show, the newest; 0 for all.")] = 30,
    json: Json = False,
) -> None:
    """List the days whose reports look odd: silent, corrected or anomalous, as reported and as used.

    Examples: sampan marks Hubei; sampan marks --json
    """
    from sampan.desks.control import marks as desk
    from sampan.desks.control.situation import assessed
    from sampan.world.places import find

    with opened(folder) as node:
        state = assessed(node.session, until=as_of.date() if as_of else None, source=source)
        rows = desk.marked_days(node.session, state, places=[find(name).code for name in places or []])
    if json:
        as_json(rows)
        return
    shown = sorted(rows, key=lambda row: (row.day, row.name), reverse=True)[: limit or None]
    table(
        ["place", "day", "reported", "used", "marks", "vouched for"],
        [[row.name, row.day, row.reported, row.used, row.marks, row.vouched_for] for row in shown],
    )
    if len(shown) < len(rows):
        said(f"{len(rows) - len(shown)} more days: --limit 0 shows all.")


def vouch(
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Name or code.")],
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day of the figure.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take it back.")] = False,
    note: Annotated[str, typer.Option(help="How you know.")] = "",
) -> None:
    """Say that a figure that looks anomalous is right: it is then used as reported.

    Examples: sampan vouch Hubei 2020-02-13 --note "new definition"; sampan vouch Hubei 2020-02-13 --withdraw
    """
    from sampan.desks.control import marks as desk
    from sampan.desks.control.situation import assessed
    from sampan.world.places import find

    with opened(folder, person) as node:
        code = find(place).code
        entry = desk.vouch(
            node.session, assessed(node.session), code, day.date(), holds=not withdraw, note=note
        )
    said(f"Recorded as entry {entry}. The next estimate {'does without' if withdraw else 'takes'} your word.")
