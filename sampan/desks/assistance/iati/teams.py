"""How is an expert team published: by the person-days that it worked?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sampan.desks.assistance.iati.context import Context
from sampan.formats.iati import Activity, Quantity
from sampan.world.skills import SKILLS
from sampan.world.teams import Team, teams


def deployments(context: Context) -> Iterator[Activity]:
    known = teams(context.session.ledger, as_of=context.as_of, known_on=context.known_on)
    for team in known.deployments.values():
        yield _team(context, team)


def _team(context: Context, team: Team) -> Activity:
    home = context.organisation(context.session.home)
    said = team.deployment
    recipient = context.organisation(said.recipient)
    state = team.state(context.as_of)
    worked: dict[str, int] = defaultdict(int)
    for report in team.reports:
        for part in report.present:
            worked[part.skill] += part.seats
    days = (said.last - said.start).days + 1
    return context.activity(
        said.number,
        f"{said.team} of {team.people} to {recipient.name}",
        f"{team.people} people from {said.start} to {team.last}; a person-day counts when it was worked.",
        status={"planned": "1", "deployed": "2", "returned": "4"}[state],
        participants=context.participants(home, recipient),
        country=context.country(said.recipient),
        aid_type="D01",
        sector="12264",
        planned_start=said.start,
        planned_end=said.last,
        actual_start=None if state == "planned" else said.start,
        actual_end=team.returned,
        quantities=tuple(
            Quantity(SKILLS.get(part.skill, part.skill), "person-days", part.seats * days, worked[part.skill])
            for part in said.people
        ),
    )
