"""What do the pages of countries and organisations show?

Beside the situation of a country: what it asked for as far as that is public, what we gave, what we were given,
what is on its way, and what went each way over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sampan.core.errors import InputError
from sampan.desks.assistance.giving import Row as Contribution
from sampan.desks.assistance.reciprocity import reciprocity
from sampan.desks.control.course import Course, course
from sampan.desks.control.forecast import Week
from sampan.desks.control.forecast import view as forecast_view
from sampan.desks.control.situation import Assessed, PlaceSituation
from sampan.engines.forecast import Forecast
from sampan.records.assistance.teams import Deployment
from sampan.web.asked import Asked, NotFound
from sampan.web.shipments import Shipment, shipments, units_by_item
from sampan.web.standing import Standing
from sampan.world.organisations import organisations
from sampan.world.parties import party
from sampan.world.places import places
from sampan.world.reciprocity import Given


@dataclass(frozen=True)
class Thing:
    """So much of one thing of a gift: pledged, and there already, in its own units."""

    kind: str
    item: str
    pledged: int
    delivered: int


@dataclass(frozen=True)
class Gift:
    """A contribution between home and a partner: by whom, to whom, what, how far it has come."""

    number: str
    entry: str
    day: date
    donor: str
    donor_name: str
    recipient: str
    recipient_name: str
    things: tuple[Thing, ...]
    status: str
    thanked: bool
    appeal: str | None


@dataclass(frozen=True)
class TeamSent:
    """A team that went to a partner."""

    number: str
    entry: str
    team: str
    people: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Underway:
    """Units by item of what was decided, by how far it has come."""

    decided: dict[str, int]
    in_transit: dict[str, int]
    received: dict[str, int]


@dataclass(frozen=True)
class Party:
    """A country or an organisation: its situation and its weeks ahead, where reported, and what was sent to it."""

    code: str
    population: int | None
    region: str | None
    last_day: date | None
    r_day: date | None
    source: str | None
    entry: str | None
    situation: PlaceSituation | None
    weeks: tuple[Week, ...]
    areas: tuple[PlaceSituation, ...]
    shipments: tuple[Shipment, ...]
    underway: Underway
    given: tuple[Gift, ...]
    received: tuple[Gift, ...]
    teams: tuple[TeamSent, ...]
    balance: tuple[Given, ...]
    course: Course | None


def country(standing: Standing, asked: Asked) -> Party:
    """A country, by its ISO 3166-1 alpha-3 code."""
    if asked["code"] not in places():
        raise NotFound
    return _party(standing, asked["code"])


def organisation(standing: Standing, asked: Asked) -> Party:
    """An organisation, by its code."""
    if asked["code"] not in organisations():
        raise NotFound
    return _party(standing, asked["code"])


def _party(standing: Standing, code: str) -> Party:
    here = places().get(code)
    shipped = shipments(standing, [one for one in standing.consignments if one.recipient == code])
    bare = Party(
        code=code,
        population=here.population if here else None,
        region=here.region if here else organisations()[code].region,
        last_day=None,
        r_day=None,
        source=None,
        entry=None,
        situation=None,
        weeks=(),
        areas=(),
        shipments=shipped,
        underway=_underway(shipped),
        given=_gifts(standing, code, "given"),
        received=_gifts(standing, code, "received"),
        teams=_teams(standing, code),
        balance=_balance(standing, code),
        course=None,
    )
    report = standing.report
    row = next((row for row in report.rows if row.place == code), None) if report else None
    return bare if row is None else _with_situation(standing, bare, row)


def _with_situation(standing: Standing, party: Party, row: PlaceSituation) -> Party:
    report, now, ahead = standing.report, standing.now, standing.forecast
    assert report is not None and now is not None and ahead is not None
    prefix = f"{places()[party.code].alpha2}-"
    return replace(
        party,
        last_day=report.last_day,
        r_day=report.r_day,
        source=report.source,
        entry=report.entry,
        situation=row,
        weeks=forecast_view(now, ahead, places=[party.code]).rows,
        areas=tuple(each for each in report.rows if each.place.startswith(prefix)),
        course=_course(now, ahead, party.code),
    )


def _course(now: Assessed, ahead: Forecast, code: str) -> Course | None:
    try:
        return course(now, ahead, code)
    except InputError:
        return None


def _underway(shipped: Sequence[Shipment]) -> Underway:
    def of(*states: str) -> dict[str, int]:
        return units_by_item([one for one in shipped if one.state in states])

    return Underway(
        of("decided", "packed"),
        of("handed to carrier", "in transit", "arrived", "cleared"),
        of("received"),
    )


def _gifts(standing: Standing, code: str, side: str) -> tuple[Gift, ...]:
    """The contributions on one side of home whose other end counts under this partner."""
    ours = (row for row in standing.contributions if row.side == side)
    return tuple(
        _gift(row)
        for row in ours
        if _partner(standing, row.recipient if side == "given" else row.donor) == code
    )


def _gift(row: Contribution) -> Gift:
    return Gift(
        row.number,
        row.entry,
        row.day,
        row.donor,
        row.donor_name,
        row.recipient,
        row.recipient_name,
        tuple(Thing(line.kind, line.item, line.pledged, line.delivered) for line in row.lines),
        row.status,
        row.thanked,
        row.appeal,
    )


def _partner(standing: Standing, code: str) -> str:
    """The country or organisation under which a party counts."""
    return standing.keep(("partner", code), lambda: party(standing.session.ledger, code).partner)


def _teams(standing: Standing, code: str) -> tuple[TeamSent, ...]:
    sent = standing.session.ledger.entries(kind=Deployment.kind)
    teams = ((entry.id, Deployment.read(entry.body)) for entry in sent)
    return tuple(
        TeamSent(team.number, id, team.team, sum(part.seats for part in team.people), team.start, team.last)
        for id, team in teams
        if team.recipient == code
    )


def _balance(standing: Standing, code: str) -> tuple[Given, ...]:
    found = standing.keep("reciprocity", lambda: reciprocity(standing.session))
    return next((each.lines for each in found if each.partner == code), ())
