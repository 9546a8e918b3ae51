"""Who asks us for help, is it really them, have they asked already, and what did we answer?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, clause
from sampan.desks.assistance.contributions import check_number, next_number
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.lines import require_things
from sampan.records.assistance.appeals import MOVES, Appeal, AppealLine, AppealState, AppealStep
from sampan.records.control import Snapshot
from sampan.records.record import Record
from sampan.world.appeals import Standing, appeals, find_appeal
from sampan.world.organisations import organisations
from sampan.world.parties import party
from sampan.world.places import places

SAME_REQUEST = timedelta(days=30)
"""Two appeals of one requester for the same thing within so many days may be one appeal, told twice."""

HAZARDS = (
    "AC AV CE CW DR EC EP EQ ET FA FF FL FR HT IN LS MS OT SL SS ST TC TO TS VO VW WF WV"  # glidenumber.net
)
_GLIDE = re.compile(r"([A-Z]{2})-(\d{4})-(\d{6})-([A-Z]{3}|001)")
"""GLIDE: hazard, year, sequence, ISO 3166-1 alpha-3, as EP-2020-000012-001; 001 is UN M49's whole world."""


@dataclass(frozen=True)
class Recorded:
    """An appeal as taken in, and what an officer should look at before answering it."""

    done: Done
    overlaps: tuple[str, ...]


def record_appeal(
    session: Session,
    *,
    requester: str,
    lines: Sequence[AppealLine],
    glide: str | None = None,
    follows: str | None = None,
    note: str = "",
    document: Snapshot | None = None,
    number: str | None = None,
    day: date | None = None,
) -> Recorded:
    """Takes in an appeal, unverified. ``follows`` says that an earlier one is known and this is more.

    Raises Refused if it looks like one that is open already, InputError for a GLIDE number or a day that
    cannot be. The result names open appeals of organisations or members that ask for the same.
    """
    on = day or session.today()
    overlaps: list[str] = []

    def draft() -> list[Record]:
        said = Appeal(
            number=number or next_number(session, Appeal.kind, "A"),
            requester=requester,
            lines=tuple(lines),
            glide=None if glide is None else read_glide(glide, on),
            follows=follows,
            note=note,
            document=document,
        )
        known = appeals(session.ledger)
        check_appeal(session, said, on, known)
        overlaps[:] = _overlaps(said, known)
        return [said]

    entry = session.decide("contribute", draft, effective=day)[0]
    number_ = str(entry.body["number"])
    return Recorded(Done(number_, (entry.id,), f"{requester} appeals, as {number_}"), tuple(overlaps))


def read_glide(text: str, on: date) -> str:
    """A GLIDE number that can be. Raises InputError saying what in it cannot."""
    written = text.strip().upper()
    found = _GLIDE.fullmatch(written)
    if found is None:
        fault = clause(f'"{text}" is not written as a GLIDE number.')
    elif found[1] not in HAZARDS.split():
        fault = clause(f'"{text}" names no hazard that GLIDE knows.')
    elif not 1900 <= int(found[2]) <= on.year:
        fault = clause(f'"{text}" is of a year that cannot be.')
    elif found[4] != "001" and found[4] not in places():
        fault = clause(f'"{text}" names no country.')
    else:
        return written
    raise InputError(
        fault,
        way_out="Write it as EP-2020-000012-001: hazard, year, number, country (001 for the world).",
        field="glide",
    )


def check_appeal(session: Session, said: Appeal, on: date, known: Sequence[Standing]) -> None:
    """Lets an appeal be taken in beside those ``known``, or raises as ``record_appeal`` says."""
    check_number(session, Appeal.kind, said.number)
    party(session.ledger, said.requester)
    if not said.lines:
        raise InputError("This appeal asks for nothing.", way_out="Name what is asked for, as mask=200000.")
    require_things(said.lines)
    things = [(line.kind, line.item) for line in said.lines]
    if len(set(things)) < len(things):
        raise InputError("One thing is asked for twice.", way_out="Add the lines up.", field="item")
    late = next((line for line in said.lines if line.needed_by and line.needed_by < on), None)
    if late is not None:
        raise InputError(
            f"{late.item} is needed by {late.needed_by}, before the appeal of {on}.",
            way_out="Correct the day, or leave it out.",
            field="needed_by",
        )
    _refuse_duplicate(said, known, on)


def _refuse_duplicate(said: Appeal, known: Sequence[Standing], on: date) -> None:
    """The same paper, or the same requester asking again for a thing that is still open."""
    asked = {(line.kind, line.item) for line in said.lines}
    for other in known:
        if said.follows == other.number:
            continue
        same_paper = said.document is not None and other.document is not None
        same_paper = same_paper and said.document.digest == other.document.digest  # type: ignore[union-attr]
        same_thing = (
            other.requester == said.requester
            and other.open
            and abs(on - other.day) <= SAME_REQUEST
            and any((line.kind, line.item) in asked for line in other.lines)
        )
        if same_paper or same_thing:
            raise Refused(
                f"Appeal {other.number} of {other.requester} on {other.day} came with the same document."
                if same_paper
                else f"Appeal {other.number} of {other.requester} on {other.day} asks for the same, and is open.",
                way_out=f"If this is more, say so: --follows {other.number}.",
                duplicate_of=other.number,
            )
    if said.follows is not None and all(other.number != said.follows for other in known):
        raise InputError(
            f"There is no appeal {said.follows}.", way_out="See: sampan appeal list", field="follows"
        )


def _overlaps(said: Appeal, known: Sequence[Standing]) -> list[str]:
    """Open appeals of an organisation for its member, or of a member for itself: perhaps one need, twice."""
    asked = {(line.kind, line.item) for line in said.lines}
    return [
        other.number
        for other in known
        if other.open
        and (_member(other.requester, said.requester) or _member(said.requester, other.requester))
        and any((line.kind, line.item) in asked for line in other.lines)
    ]


def _member(country: str, organisation: str) -> bool:
    return organisation in organisations() and country in organisations()[organisation].members


def move_appeal(
    session: Session,
    number: str,
    state: AppealState,
    how: str,
    *,
    document: Snapshot | None = None,
    day: date | None = None,
) -> Done:
    """Verifies, acknowledges, answers or withdraws an appeal; ``how`` says by which channel or with what.

    Raises Refused for a move that its state does not allow, InputError without a word on how.
    """
    if not how.strip():
        raise InputError(
            "Nobody says how this came about.", way_out="Name the channel, the letter or the answer."
        )

    def draft() -> list[Record]:
        appeal = find_appeal(session.ledger, number)
        if state not in MOVES[appeal.state]:
            allowed = ", ".join(MOVES[appeal.state])
            raise Refused(
                f"Appeal {number} is {appeal.state}; it cannot become {state}.",
                way_out=f"Next: {allowed}." if allowed else "Nothing comes after this.",
            )
        if (day or session.today()) < appeal.day:
            raise InputError(
                f"Appeal {number} came on {appeal.day}.", way_out="Take that day or a later one.", field="day"
            )
        return [AppealStep(appeal=number, state=state, how=how, document=document)]

    entry = session.decide("contribute", draft, effective=day)[0]
    return Done(number, (entry.id,), f"Appeal {number} is {state}")
