"""Commands for expert teams: ``team enrol | roster | request | match | send | report | return | list``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, get_args

import typer

from sampan.cli.appeals import On, day_of
from sampan.cli.appeals import report as told
from sampan.cli.control import Day
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, one_of, opened
from sampan.cli.say import as_json, said, table

team_app = typer.Typer(no_args_is_help=True, help="Rosters of experts, requests for teams, deployments.")

Number = Annotated[str, typer.Argument(metavar="TEAM", help="Its number, such as T-0001.")]
Words = Annotated[list[str] | None, typer.Option("--language", help="Of which each member speaks one.")]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.add_typer(team_app, name="team")


@team_app.command()
def enrol(
    handle: Annotated[str | None, typer.Argument(help="Pseudonym such as E-0417; never a name.")] = None,
    sheet: Annotated[Path | None, typer.Option("--file", help="A CSV sheet of many experts.")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="A skill; repeat for more.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="A language; repeat for more.")] = None,
    available: Annotated[
        list[str] | None, typer.Option(metavar="FIRST/LAST", help="Days; repeat for more.")
    ] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Put experts on the roster, or replace what it says of them.

    Examples: sampan team enrol E-0417 --skill epidemiology --language en --available 2020-03-01/2020-05-31;
    sampan team enrol --file roster.csv
    """
    from sampan.core.errors import InputError
    from sampan.core.files import read_bytes
    from sampan.desks.assistance.roster import enrol as act
    from sampan.desks.assistance.roster import expert, read_roster

    if (handle is None) == (sheet is None):
        raise InputError(
            "Name one expert, or a sheet of them.", way_out="sampan team enrol --file roster.csv"
        )
    if sheet is not None:
        experts = read_roster(read_bytes(sheet), name=str(sheet))
    else:
        experts = (expert(str(handle), skill or (), language or (), available or ()),)
    with opened(folder, person) as node:
        entries = act(node.session, experts, day=day_of(on))
    if json:
        as_json({"entries": entries})
        return
    said(f"{len(experts)} on the roster.")


@team_app.command()
def roster(folder: NodeFolder = HERE, json: Json = False) -> None:
    """Print the roster as the CSV sheet that enrol reads.

    Example: sampan team roster > roster.csv
    """
    from sampan.desks.assistance.roster import write_roster
    from sampan.world.teams import teams

    with opened(folder) as node:
        if json:
            as_json(list(teams(node.session.ledger).experts.values()))
        else:
            sys.stdout.write(write_roster(node.session).decode())


@team_app.command()
def request(
    recipient: Annotated[str, typer.Argument(help="Country or organisation.")],
    seats: Annotated[
        list[str], typer.Argument(metavar="SKILL=SEATS…", help="epidemiology=3, or =3/2 for at least 2.")
    ],
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    days: Annotated[int, typer.Option(help="How many days.")],
    languages: Words = None,
    kind: Annotated[str, typer.Option("--type", help="Expert group, or WHO EMT type.")] = "expert group",
    priority: Annotated[int, typer.Option(help="Worth of a seat beside other requests.")] = 1,
    appeal: Annotated[str | None, typer.Option(help="Number of the appeal.")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Record a request for a team.

    Example: sampan team request Italy epidemiology=2 critical-care=3/2 --from 2020-03-12 --days 14 --language en
    """
    from sampan.core.errors import InputError
    from sampan.desks.assistance.roster import request as act
    from sampan.desks.assistance.roster import seats as read
    from sampan.records.assistance.teams import TeamType

    known = {name.casefold(): name for name in get_args(TeamType)}
    if kind.casefold() not in known:
        raise InputError(f'There is no team type "{kind}".', way_out=f"Use {', '.join(known.values())}.")
    wanted = [read(text) for text in seats]
    with opened(folder, person) as node:
        done = act(
            node.session, recipient, wanted, start=start.date(), days=days, languages=languages or (),
            team=known[kind.casefold()], priority=priority, appeal=appeal, day=day_of(on),
        )  # fmt: skip
    told(done, json)


@team_app.command()
def withdraw(
    number: Annotated[str, typer.Argument(metavar="REQUEST")],
    reason: Annotated[str, typer.Option(help="Why nobody is wanted.")],
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Close a request that nobody has answered.

    Example: sampan team withdraw R-0001 --reason "answered by others"
    """
    from sampan.desks.assistance.roster import withdraw as act

    with opened(folder, person) as node:
        done = act(node.session, number, reason, day=day_of(on))
    told(done, json)


@team_app.command()
def requests(folder: NodeFolder = HERE, json: Json = False) -> None:
    """List the requests for teams.

    Example: sampan team requests
    """
    from sampan.world.teams import teams

    with opened(folder) as node:
        asked = list(teams(node.session.ledger).requests.values())
    if json:
        as_json(asked)
        return
    table(
        ["request", "recipient", "type", "seats", "from", "to", "state"],
        [
            [
                a.request.number, a.request.recipient, a.request.team,
                [f"{part.skill}={part.seats}" for part in a.request.seats],
                a.request.start, a.request.last, a.state,
            ]
            for a in asked
        ],
    )  # fmt: skip


@team_app.command("match")
def match_(day: Day = None, folder: NodeFolder = HERE, json: Json = False) -> None:
    """Show the best use of the roster for all open requests, and why seats stay empty. Records nothing.

    Example: sampan team match
    """
    from sampan.desks.assistance.matching import propose

    with opened(folder) as node:
        matched = propose(node.session, day=day.date() if day else None)
    if json:
        as_json(matched)
        return
    for team in matched.teams:
        asked = team.request
        people = sum(part.seats for part in asked.seats)
        typer.echo(
            f"{asked.number} {asked.recipient}, {asked.start} to {asked.last}: "
            f"{len(team.members)} of {people}. {team.why_not}".rstrip()
        )
        for who, what in team.members:
            typer.echo(f"  {who} {what}")
        for gap in team.gaps:
            typer.echo(f"  {gap.empty} of {gap.seats} {gap.skill} empty: {gap.why}")
    if not matched.teams:
        said("No request waits.")
    elif matched.worth == matched.bound:
        said("No other matching fills seats of more worth.")
    else:
        said(f"Worth {matched.worth}; none can be worth more than {matched.bound}.")


@team_app.command()
def send(
    numbers: Annotated[list[str] | None, typer.Argument(metavar="REQUEST…", show_default="all")] = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Deploy the teams that match offers.

    Example: sampan team send R-0001
    """
    from sampan.desks.assistance.teams import send as act

    with opened(folder, person) as node:
        done = act(node.session, numbers or (), day=day_of(on))
    if json:
        as_json(done)
        return
    for each in done:
        said(f"{each.number}: {each.said}. Recorded as entry {each.entries[0]}.")


@team_app.command()
def report(
    number: Number,
    present: Annotated[
        list[str] | None,
        typer.Option(metavar="SKILL=PEOPLE", help="Who worked; repeat.", show_default="everybody"),
    ] = None,
    outpatients: Annotated[int | None, typer.Option(help="Seen that day.")] = None,
    inpatients: Annotated[int | None, typer.Option(help="In bed that day.")] = None,
    trained: Annotated[int | None, typer.Option(help="People taught that day.")] = None,
    note: Annotated[str, typer.Option(help="No names.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Record what a team did on a day: its person-days count as assistance.

    Example: sampan team report T-0001 --on 2020-03-14 --outpatients 120
    """
    from sampan.desks.assistance.roster import seats
    from sampan.desks.assistance.teams import report as act

    there = None if present is None else [seats(text) for text in present]
    with opened(folder, person) as node:
        done = act(
            node.session, number, day_of(on) or node.session.today(), present=there, outpatients=outpatients,
            inpatients=inpatients, trained=trained, note=note,
        )  # fmt: skip
    told(done, json)


@team_app.command("return")
def return_(
    number: Number,
    note: Annotated[str, typer.Option(help="No names.")] = "",
    unreported: Annotated[str, typer.Option(help="Why some of its days have no report.")] = "",
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    on: On = None,
    json: Json = False,
) -> None:
    """Record that a team is home. Its days are reported first, or it is said why they are not.

    Example: sampan team return T-0001 --on 2020-03-25
    """
    from sampan.desks.assistance.teams import come_home

    with opened(folder, person) as node:
        last = day_of(on) or node.session.today()
        done = come_home(node.session, number, last, note=note, unreported=unreported)
    told(done, json)


@team_app.command("list")
def list_(
    day: Day = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="Only planned, deployed or returned ones.", show_default="all"),
    ] = None,
    folder: NodeFolder = HERE,
    json: Json = False,
) -> None:
    """List the teams that were sent.

    Examples: sampan team list --as-of 2020-03-26; sampan team list --state deployed
    """
    from sampan.desks.assistance.teams import rows
    from sampan.world.teams import TeamState

    only = one_of(state, get_args(TeamState), "--state") if state else None
    with opened(folder) as node:
        sent = rows(node.session, state=only, as_of=day_of(day))
    if json:
        as_json(sent)
        return
    table(
        ["team", "recipient", "type", "state", "people", "from", "to", "person-days", "unreported"],
        [
            [
                r.number,
                r.recipient,
                r.team,
                r.state,
                r.people,
                r.start,
                r.last,
                r.person_days,
                r.unreported_days,
            ]
            for r in sent
        ],
    )
    for r in sent:
        if r.standard and r.outpatients is not None and r.outpatients < r.standard:
            said(
                f"{r.number} sees {r.outpatients:.0f} outpatients a day; an {r.team} sees {r.standard} or more."
            )
    if not sent:
        said(f"No team is {state}." if state else "No team has been sent: sampan team send")
