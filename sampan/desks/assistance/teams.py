"""Which team goes where, who is on it, what does it do each day, and when is it home?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.done import Done
from sampan.engines.matching import NOBODY, Matching, Requests, Roster, match
from sampan.records.assistance.teams import (
    DailyReport,
    Deployment,
    Posting,
    Seats,
    TeamRequest,
    TeamReturn,
    TeamType,
)
from sampan.records.record import Record
from sampan.world.skills import STANDARDS
from sampan.world.teams import Team, Teams, TeamState, teams

REST_DAYS = 14
"""Between two teams of the same expert. An assumption: as long as the quarantine on return was in 2020."""


@dataclass(frozen=True)
class Gap:
    """Seats of one skill that stay empty, and what stood in the way."""

    skill: str
    empty: int
    seats: int
    why: str


@dataclass(frozen=True)
class ProposedTeam:
    """What matching offers a request: members (handle, skill), empty seats with reasons, or why none goes."""

    request: TeamRequest
    members: tuple[tuple[str, str], ...]
    gaps: tuple[Gap, ...]
    why_not: str = ""


@dataclass(frozen=True)
class Matched:
    """The best use of the roster for all open requests, certified: none can be worth more than ``bound``."""

    day: date
    teams: tuple[ProposedTeam, ...]
    worth: int
    bound: int


def propose(session: Session, *, day: date | None = None, rest_days: int = REST_DAYS) -> Matched:
    """Matches the roster to every open request whose first day has not passed."""
    on = day or session.today()
    return _matched(teams(session.ledger, as_of=on), on, rest_days)


def _matched(known: Teams, on: date, rest_days: int) -> Matched:
    waiting = [asked.request for asked in known.requests.values() if asked.state == "open"]
    late = [
        ProposedTeam(r, (), (), f"Its first day, {r.start}, has passed.") for r in waiting if r.start < on
    ]
    coming = [r for r in waiting if r.start >= on]
    if not coming:
        return Matched(on, tuple(late), 0, 0)
    skills = sorted({part.skill for r in coming for part in r.seats})
    handles = list(known.experts)
    found = match(_roster(known, coming, skills, rest_days), _requests(coming, skills), rest_days=rest_days)
    offered = [_team(found, column, coming, skills, handles) for column in range(len(coming))]
    return Matched(on, (*offered, *late), found.worth, found.bound)


def _tongues(coming: Sequence[TeamRequest]) -> list[str]:
    return sorted({language for r in coming for language in r.languages})


def _roster(known: Teams, coming: Sequence[TeamRequest], skills: list[str], rest_days: int) -> Roster:
    experts = list(known.experts.values())
    tongues = _tongues(coming)
    first = min(r.start for r in coming)
    free = np.zeros((len(experts), (max(r.last for r in coming) - first).days + 1), bool)

    def run(begin: date, end: date) -> slice:
        return slice(max(0, (begin - first).days), max(0, (end - first).days + 1))

    for row, expert in enumerate(experts):
        for span in expert.available:
            free[row, run(span.first, span.last)] = True
        for begin, end in known.busy(expert.handle, rest_days=rest_days):
            free[row, run(begin, end)] = False
    return Roster(
        skill=np.array([[s in e.skills for s in skills] for e in experts], bool).reshape(-1, len(skills)),
        language=np.array([[t in e.languages for t in tongues] for e in experts], bool).reshape(
            len(experts), len(tongues)
        ),
        free=free,
        burden=np.array([sum(1 for _ in known.busy(e.handle, rest_days=0)) for e in experts], np.int64),
    )


def _requests(coming: Sequence[TeamRequest], skills: list[str]) -> Requests:
    tongues = _tongues(coming)
    first = min(r.start for r in coming)
    seats = [{part.skill: part for part in r.seats} for r in coming]
    nobody = Seats(skill="", seats=0)
    return Requests(
        seats=np.array([[by.get(s, nobody).seats for s in skills] for by in seats], np.int64),
        least=np.array([[by.get(s, nobody).least for s in skills] for by in seats], np.int64),
        language=np.array([[t in r.languages for t in tongues] for r in coming], bool).reshape(
            len(coming), len(tongues)
        ),
        start=np.array([(r.start - first).days for r in coming], np.int64),
        days=np.array([r.days for r in coming], np.int64),
        worth=np.array([r.priority for r in coming], np.int64),
    )


def _team(
    found: Matching, column: int, coming: Sequence[TeamRequest], skills: list[str], handles: list[str]
) -> ProposedTeam:
    request = coming[column]
    seat = found.seat[:, column]
    members = tuple((handles[row], skills[seat[row]]) for row in np.flatnonzero(seat != NOBODY))
    gaps = tuple(
        _gap(found, column, skills.index(part.skill), part, request)
        for part in request.seats
        if found.filled[column, skills.index(part.skill)] < part.seats
    )
    short = [gap.skill for gap in gaps if not members]
    why_not = f"Too few could go in {', '.join(short)}." if short else ""
    return ProposedTeam(request, members, gaps, why_not)


def _gap(found: Matching, column: int, index: int, part: Seats, request: TeamRequest) -> Gap:
    """Each number is of those counted before it."""
    skilled, speaking, free, taken = (
        int(counts[column, index]) for counts in (found.skilled, found.speaking, found.free, found.taken)
    )
    empty = part.seats - int(found.filled[column, index])
    tongue = " or ".join(request.languages)
    if not skilled:
        why = "nobody on the roster has this skill"
    elif not speaking:
        why = f"{skilled} have the skill, but none of them speaks {tongue}"
    elif not free:
        why = f"{speaking} have skill and language, but none is free from {request.start} to {request.last}"
    elif taken:
        why = f"{free} are free then, and {taken} of them are of more use in another team"
    elif free < part.least:
        why = f"only {free} are free then, and the team needs {part.least}"
    elif found.filled[column].any():
        why = f"only {free} are free then, for all their seats of this team"
    else:
        why = f"{free} are free then, but the team stays for want of others"
    return Gap(part.skill, empty, part.seats, why)


def send(
    session: Session,
    numbers: Collection[str] = (),
    *,
    day: date | None = None,
    rest_days: int = REST_DAYS,
) -> tuple[Done, ...]:
    """Deploys the teams that matching offers: for these requests, or for all that can be answered.

    The matching is made anew from the ledger as it stands, so that nobody is sent to two places.
    Raises Refused if one of ``numbers`` cannot be answered, with the reasons.
    """
    on = day or session.today()

    def draft() -> list[Record]:
        known = teams(session.ledger)
        for number in numbers:
            known.request(number)
        offered = [
            team
            for team in _matched(known, on, rest_days).teams
            if not numbers or team.request.number in numbers
        ]
        going = [team for team in offered if team.members]
        if len(going) < max(1, len(numbers)):
            raise _nobody_goes(known, offered, numbers)
        count = len(known.deployments)
        return [r for at, team in enumerate(going, count + 1) for r in _deployed(team, f"T-{at:04d}")]

    entries = session.decide("roster", draft, effective=day)
    sent = [Deployment.read(entry.body) for entry in entries if entry.kind == Deployment.kind]
    return tuple(
        Done(
            team.number,
            tuple(e.id for e in entries if team.number in (e.body.get("number"), e.body.get("deployment"))),
            f"{sum(part.seats for part in team.people)} people go to {team.recipient}, "
            f"{team.start} to {team.last}",
        )
        for team in sent
    )


def _nobody_goes(known: Teams, offered: Sequence[ProposedTeam], numbers: Collection[str]) -> Refused:
    for number in numbers:
        if known.request(number).state != "open":
            return Refused(
                f"Request {number} is {known.request(number).state}.", way_out="See: sampan team list"
            )
    for team in offered:
        if not team.members:
            gaps = "; ".join(f"{gap.empty} of {gap.seats} {gap.skill}: {gap.why}" for gap in team.gaps)
            said = f"Request {team.request.number} cannot be answered: {gaps or team.why_not}".rstrip(".")
            return Refused(f"{said}.", way_out="Enrol experts, change their days, or lower the least.")
    return Refused("No request waits.", way_out="Record one: sampan team request")


def _deployed(team: ProposedTeam, number: str) -> list[Record]:
    skills = [skill for _, skill in team.members]
    request = team.request
    people = tuple(
        Seats(skill=part.skill, seats=skills.count(part.skill), least=part.least)
        for part in request.seats
        if part.skill in skills
    )
    sent = Deployment(
        number=number, request=request.number, recipient=request.recipient, team=request.team,
        people=people, start=request.start, last=request.last,
    )  # fmt: skip
    return [sent, *(Posting(deployment=number, handle=who, skill=skill) for who, skill in team.members)]


def report(
    session: Session,
    number: str,
    day: date,
    *,
    present: Sequence[Seats] | None = None,
    outpatients: int | None = None,
    inpatients: int | None = None,
    trained: int | None = None,
    note: str = "",
) -> Done:
    """Records what a team did on ``day``; everybody was present unless told. One report for each day.

    Raises Refused for a day that has not come, lies outside the deployment or is reported already, and for
    more people than were sent.
    """

    def draft() -> list[Record]:
        team = teams(session.ledger).deployment(number)
        _require_serving(team, day, session.today())
        if any(said.day == day for said in team.reports):
            raise Refused(
                f"{number} has reported for {day} already.", way_out="Say what changed in the next report."
            )
        sent = {part.skill: part.seats for part in team.deployment.people}
        there = team.deployment.people if present is None else present
        for part in there:
            if part.seats > sent.get(part.skill, 0):
                raise Refused(
                    f"{number} has {sent.get(part.skill, 0)} people in {part.skill}; this reports {part.seats}.",
                    way_out="Report those of the team.",
                )
        if min((c for c in (outpatients, inpatients, trained) if c is not None), default=0) < 0:
            raise InputError("A count is below zero.", way_out="Leave out what nobody counted.")
        return [
            DailyReport(
                deployment=number, recipient=team.deployment.recipient, day=day,
                present=tuple(Seats(skill=part.skill, seats=part.seats) for part in there),
                outpatients=outpatients, inpatients=inpatients, trained=trained, note=note,
            )
        ]  # fmt: skip

    (entry,) = session.decide("roster", draft, effective=day)
    days = sum(part["seats"] for part in entry.body["present"])
    return Done(number, (entry.id,), f"{number} worked {days} person-days on {day}")


def _require_serving(team: Team, day: date, today: date) -> None:
    if day > today:
        raise Refused(f"{day} has not come yet.", way_out="Report a day when it is over.")
    if not team.deployment.start <= day <= team.last:
        raise Refused(
            f"{team.deployment.number} serves from {team.deployment.start} to {team.last}.",
            way_out="Report a day within.",
        )


def come_home(session: Session, number: str, day: date, *, note: str = "") -> Done:
    """Records that ``day`` was the last that a team served; its people rest, then are free again.

    Raises Refused if it is home already, or has reported for a later day, or the day lies outside.
    """

    def draft() -> list[Record]:
        team = teams(session.ledger).deployment(number)
        if team.returned is not None:
            raise Refused(f"{number} returned on {team.returned}.", way_out="Nothing is left to do.")
        _require_serving(team, day, session.today())
        if any(said.day > day for said in team.reports):
            raise Refused(f"{number} has reported for days after {day}.", way_out="Name its last day.")
        return [TeamReturn(deployment=number, day=day, note=note)]

    (entry,) = session.decide("roster", draft, effective=day)
    return Done(number, (entry.id,), f"{number} served until {day} and is home")


@dataclass(frozen=True)
class TeamRow:
    """One team in the list. ``outpatients`` is the mean of the days that counted them; None if none did.

    ``standard`` is what WHO asks of its type: outpatients a day, None where nothing is asked or known.
    """

    number: str
    recipient: str
    team: TeamType
    state: TeamState
    people: int
    start: date
    last: date
    person_days: int
    unreported_days: int
    outpatients: float | None
    standard: int | None


def rows(
    session: Session, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[TeamRow, ...]:
    """Every team that has been sent, as of a day and as known on a day."""
    on = as_of or session.today()
    known = teams(session.ledger, as_of=on, known_on=known_on)
    return tuple(_row(team, on) for team in known.deployments.values())


def _row(team: Team, on: date) -> TeamRow:
    sent = team.deployment
    counted = [said.outpatients for said in team.reports if said.outpatients is not None]
    over = (min(on, team.last) - sent.start + timedelta(days=1)).days
    return TeamRow(
        number=sent.number,
        recipient=sent.recipient,
        team=sent.team,
        state=team.state(on),
        people=team.people,
        start=sent.start,
        last=team.last,
        person_days=team.person_days,
        unreported_days=max(0, over) - len(team.reports),
        outpatients=sum(counted) / len(counted) if counted else None,
        standard=STANDARDS[sent.team].outpatients_per_day,
    )
