"""Which team goes where, who is on it, what does it do each day, and when is it home?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, clause
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.matching import REST_DAYS, ProposedTeam, matched
from sampan.records.assistance.teams import (
    DailyReport,
    Deployment,
    Posting,
    Seats,
    TeamReturn,
    TeamType,
)
from sampan.records.record import Record
from sampan.world.skills import STANDARDS
from sampan.world.teams import Team, Teams, TeamState, teams


def send(
    session: Session,
    numbers: Sequence[str] = (),
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
            for team in matched(known, on, rest_days).teams
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
            gaps = [
                clause(f"Seats of {gap.skill} that stay empty: {gap.empty} of {gap.seats}. {gap.why}")
                for gap in team.gaps
            ]
            number = team.request.number
            return Refused(
                f"Request {number} cannot be answered. " + (" ".join(gaps) or team.why_not),
                way_out="Enrol experts (sampan team enrol), or ask again for less or with a higher --priority than "
                f"others have: sampan team withdraw {number} --reason …, then sampan team request.",
            )
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
            if not 0 <= part.seats <= sent.get(part.skill, 0):
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
        raise Refused(f"{day} has not come yet.", way_out=f"Name {today} or an earlier day: --on {today}.")
    if not team.deployment.start <= day <= team.last:
        raise Refused(
            f"{team.deployment.number} serves from {team.deployment.start} to {team.last}.",
            way_out=f"Name a day within: --on {max(team.deployment.start, min(today, team.last))}.",
        )


def come_home(session: Session, number: str, day: date, *, note: str = "", unreported: str = "") -> Done:
    """Records that ``day`` was the last that a team served; its people rest, then are free again.

    Raises Refused if it is home already, has reported for a later day, the day lies outside, or days are
    without a report and nobody says why (``unreported``).
    """

    def draft() -> list[Record]:
        team = teams(session.ledger).deployment(number)
        if team.returned is not None:
            raise Refused(f"{number} returned on {team.returned}.", way_out="Nothing is left to do.")
        _require_serving(team, day, session.today())
        if any(said.day > day for said in team.reports):
            last = max(said.day for said in team.reports)
            raise Refused(
                f"{number} has reported for days after {day}.", way_out=f"Name {last} or later: --on {last}."
            )
        if not unreported.strip():
            _require_reported(team, day)
        said = "; ".join(words for words in (note, unreported.strip()) if words)
        return [TeamReturn(deployment=number, day=day, note=said)]

    (entry,) = session.decide("roster", draft, effective=day)
    return Done(number, (entry.id,), f"{number} served until {day} and is home")


def _require_reported(team: Team, last: date) -> None:
    """Lets a team come home if it has said of every day what it did."""
    number, start = team.deployment.number, team.deployment.start
    days = {start + timedelta(days=n) for n in range((last - start).days + 1)}
    missing = sorted(days - {said.day for said in team.reports})
    if missing:
        days_ = ", ".join(map(str, missing[:5]))
        raise Refused(
            f"{number} has not reported for {len(missing)} days, the first of them {days_}."
            if len(missing) > 5
            else f"{number} has not reported for {days_}.",
            way_out=f"Report them: sampan team report {number} --on {missing[0]}; or say why not: --unreported.",
        )


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
    """Last day of the deployment, included (ISO 8601)."""
    person_days: int
    unreported_days: int
    outpatients: float | None
    """Outpatients a day: the mean of the days that counted them; null if none did."""
    standard: int | None


def rows(
    session: Session,
    *,
    state: TeamState | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[TeamRow, ...]:
    """Every team that has been sent, or those in one state, as of a day and as known on a day."""
    on = as_of or session.today()
    known = teams(session.ledger, as_of=on, known_on=known_on)
    return tuple(_row(team, on) for team in known.deployments.values() if state in (None, team.state(on)))


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
