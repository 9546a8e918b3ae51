"""Who may be asked to go, and who asks for them?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.quantities import whole
from sampan.core.time import read_day
from sampan.desks.assistance.done import Done
from sampan.formats import csvfile
from sampan.records.assistance.teams import (
    PSEUDONYM,
    Expert,
    RequestWithdrawn,
    Seats,
    Span,
    TeamRequest,
    TeamType,
)
from sampan.records.record import Record
from sampan.world.appeals import find_appeal
from sampan.world.parties import find_party
from sampan.world.skills import STANDARDS, language, skill
from sampan.world.teams import teams

COLUMNS = ("handle", "skills", "languages", "available")
"""Of the roster as a sheet: skills and languages apart by semicolons, spans as 2020-03-01/2020-04-30."""


def expert(handle: str, skills: Sequence[str], languages: Sequence[str], available: Sequence[str]) -> Expert:
    """The expert that these words describe. Raises InputError for what is none, or for a name."""
    if not PSEUDONYM.fullmatch(handle.strip()):
        raise InputError(
            f'"{handle}" is not a pseudonym.',
            way_out="Write one such as E-0417, and keep the list of who it is outside Sampan.",
            field="handle",
        )
    if not skills:
        raise InputError(f"{handle} has no skill.", way_out="Name at least one.", field="skills")
    return Expert(
        handle=handle.strip(),
        skills=tuple(dict.fromkeys(skill(each) for each in skills)),
        languages=tuple(dict.fromkeys(language(each) for each in languages)),
        available=tuple(_span(each) for each in available),
    )


def _span(text: str) -> Span:
    first, slash, last = text.partition("/")
    if not slash:
        raise InputError(
            f'"{text}" is not a run of days.', way_out="Write 2020-03-01/2020-04-30.", field="available"
        )
    span = Span(first=read_day(first.strip()), last=read_day(last.strip()))
    if span.last < span.first:
        raise InputError(f"{text} ends before it begins.", way_out="Swap the days.", field="available")
    return span


def enrol(session: Session, experts: Sequence[Expert], *, day: date | None = None) -> tuple[str, ...]:
    """Puts experts on the roster, or replaces what it says of them; the ids of the entries. All or none."""
    twice = {e.handle for e in experts if sum(e.handle == other.handle for other in experts) > 1}
    if twice:
        raise InputError(f"{min(twice)} stands in the list twice.", way_out="Keep one line for each expert.")
    return tuple(entry.id for entry in session.write("roster", experts, effective=day))


def read_roster(data: bytes, *, name: str) -> tuple[Expert, ...]:
    """The experts of a CSV sheet with the columns of ``COLUMNS``. Raises InputError naming the line."""
    rows = csvfile.rows(data, name=name)
    _, columns = next(rows, (1, []))
    if missing := [column for column in COLUMNS if column not in columns]:
        raise InputError(
            f"The column {missing[0]} is missing.", file=name, line=1,
            way_out=f"A roster has the columns {', '.join(COLUMNS)}, and no names of people.",
        )  # fmt: skip
    return tuple(_from_row(dict(zip(columns, cells, strict=False)), name, line) for line, cells in rows)


def _from_row(row: Mapping[str, str], name: str, line: int) -> Expert:
    cells = {column: [part for part in row.get(column, "").split(";") if part.strip()] for column in COLUMNS}
    try:
        return expert(row.get("handle", ""), cells["skills"], cells["languages"], cells["available"])
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, file=name, line=line, field=fault.field) from None


def write_roster(session: Session, *, as_of: date | None = None) -> bytes:
    """The roster as the sheet that ``read_roster`` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in teams(session.ledger, as_of=as_of).experts.values():
        spans = [f"{span.first}/{span.last}" for span in each.available]
        writer.writerow([each.handle, ";".join(each.skills), ";".join(each.languages), ";".join(spans)])
    return text.getvalue().encode()


def seats(text: str) -> Seats:
    """``epidemiology=3`` or, with the least that the team leaves with, ``epidemiology=3/2``."""
    name, equals, counts = text.partition("=")
    most, slash, least = counts.partition("/")
    if not equals:
        raise InputError(
            f'"{text}" is not a number of seats.', way_out="Write epidemiology=3.", field="seats"
        )
    wanted = whole(most, what=name, at_least=1)
    fewest = whole(least, what=name) if slash else wanted
    if fewest > wanted:
        raise InputError(
            f"At least {fewest} of {wanted} seats cannot be.", way_out="Swap them.", field="seats"
        )
    return Seats(skill=skill(name), seats=wanted, least=fewest)


MOST_DAYS, MOST_SEATS = 1_000, 10_000
"""What one request may ask for: beyond, somebody has mistyped."""


def request(
    session: Session,
    recipient: str,
    wanted: Sequence[Seats],
    *,
    start: date,
    days: int,
    languages: Sequence[str] = (),
    team: TeamType = "expert group",
    priority: int = 1,
    appeal: str | None = None,
    day: date | None = None,
) -> Done:
    """Records that ``recipient`` asks for a team.

    Raises InputError for seats, days or a priority that cannot be, or an unknown party or appeal; Refused if
    a WHO emergency medical team of this type would stay longer.
    """
    party = find_party(session.ledger, recipient)
    if not wanted or len({part.skill for part in wanted}) < len(wanted):
        raise InputError("Each skill is asked for once.", way_out="Write epidemiology=3.", field="seats")
    if not 1 <= days <= MOST_DAYS or not 1 <= priority <= MOST_SEATS:
        raise InputError(
            f"Days are 1 to {MOST_DAYS}, and a priority 1 to {MOST_SEATS}.",
            way_out="Correct the number.",
            field="days",
        )
    if any(
        part.skill != skill(part.skill) or not 0 <= part.least <= part.seats <= MOST_SEATS or part.seats < 1
        for part in wanted
    ):
        raise InputError(
            f"Of each skill 1 to {MOST_SEATS} seats are asked for, and no more at least.",
            way_out="Write epidemiology=3, or =3/2 for at least 2.",
            field="seats",
        )
    least_days = STANDARDS[team].days
    if least_days and days < least_days:
        raise Refused(
            f"An {team} stays at least {least_days} days (WHO, 2021); this asks for {days}.",
            way_out="Ask for more days, or for an expert group.",
        )
    if appeal is not None and find_appeal(session.ledger, appeal).requester != party.code:
        raise InputError(f"Appeal {appeal} is not of {party.name}.", way_out="See: sampan appeal list")
    tongues = tuple(dict.fromkeys(language(each) for each in languages))

    def draft() -> list[Record]:
        number = f"R-{len(teams(session.ledger).requests) + 1:04d}"
        asked = TeamRequest(
            number=number, recipient=party.code, seats=tuple(wanted), start=start, days=days,
            languages=tongues, team=team, priority=priority, appeal=appeal,
        )  # fmt: skip
        return [asked]

    (entry,) = session.decide("roster", draft, effective=day)
    people = sum(part.seats for part in wanted)
    number = str(entry.body["number"])
    return Done(number, (entry.id,), f"{number}: {party.name} asks for {people} people from {start}")


def withdraw(session: Session, number: str, reason: str, *, day: date | None = None) -> Done:
    """Closes a request that nobody has answered. Raises Refused if it was answered or withdrawn."""

    def draft() -> list[Record]:
        state = teams(session.ledger).request(number).state
        if state != "open":
            raise Refused(f"Request {number} is {state}.", way_out="Only an open request is withdrawn.")
        if not reason.strip():
            raise InputError("A withdrawal has a reason.", way_out="Say why.", field="reason")
        return [RequestWithdrawn(request=number, reason=reason)]

    (entry,) = session.decide("roster", draft, effective=day)
    return Done(number, (entry.id,), f"Request {number} is withdrawn: {reason}")
