"""Which team does the roster offer each request, and why do seats stay empty?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError, clause
from sampan.engines.matching import NOBODY, Matching, Requests, Roster, match
from sampan.records.assistance.teams import Seats, TeamRequest
from sampan.world.teams import Teams, teams

REST_DAYS = 14
"""Between two teams of the same expert. An assumption: as long as the quarantine on return was in 2020."""


MOST_REST = 1_000


@dataclass(frozen=True)
class Gap:
    """Seats of one skill that stay empty, and what stood in the way."""

    skill: str
    empty: int
    """Seats that stay empty."""
    seats: int
    """Seats of this skill that were asked for."""
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
    """What the seats that it fills are worth together: each counts by the urgency of its request."""
    bound: int
    """The most that any use of the roster could be worth, by the same count."""


def propose(session: Session, *, day: date | None = None, rest_days: int = REST_DAYS) -> Matched:
    """Matches the roster to every open request whose first day has not passed."""
    on = day or session.today()
    return matched(teams(session.ledger, as_of=on), on, rest_days)


def matched(known: Teams, on: date, rest_days: int) -> Matched:
    """The same, of what is known already. Raises InputError for days of rest that cannot be."""
    if not 0 <= rest_days <= MOST_REST:
        raise InputError(
            f"{rest_days} days of rest cannot be.", way_out=f"Give 0 to {MOST_REST}.", field="rest_days"
        )
    waiting = [asked.request for asked in known.requests.values() if asked.state == "open"]
    late = [
        ProposedTeam(r, (), (), clause(f"Its first day, {r.start}, has passed."))
        for r in waiting
        if r.start < on
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
    why_not = clause(f"Too few could go in {', '.join(short)}.") if short else ""
    return ProposedTeam(request, members, gaps, why_not)


def _gap(found: Matching, column: int, index: int, part: Seats, request: TeamRequest) -> Gap:
    """Each number is of those counted before it."""
    skilled, speaking, free, taken = (
        int(counts[column, index]) for counts in (found.skilled, found.speaking, found.free, found.taken)
    )
    empty = part.seats - int(found.filled[column, index])
    tongue = " or ".join(request.languages)
    if not skilled:
        why = clause("Nobody on the roster has this skill.")
    elif not speaking:
        why = clause(f"Of {skilled} who have the skill, none speaks {tongue}.")
    elif not free:
        why = clause(
            f"Of {speaking} who have skill and language, none is free from {request.start} to {request.last}."
        )
    elif taken:
        why = clause(f"Of {free} who are free then, {taken} are of more use in another team.")
    elif free < part.least:
        why = clause(f"Only {free} are free then, and the team needs {part.least}.")
    elif found.filled[column].any():
        why = clause(f"Only {free} are free then, for all their seats of this team.")
    else:
        why = clause(f"{free} are free then, but the team stays for want of others.")
    return Gap(part.skill, empty, part.seats, why)
