"""What may be asked of the press desk: the brief of a day, and the list behind a figure of it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.control.situation import Assessed, assessed
from sampan.desks.press import brief as briefs
from sampan.desks.press import evidence as behind
from sampan.desks.press.brief import Brief
from sampan.desks.press.evidence import Evidence

MOST = 1_000
"""Lines that one answer holds."""


def brief(session: Session, *, day: date | None = None, known_on: datetime | None = None) -> Brief:
    """The brief of a day (today, unless named), drawn up from the ledger."""
    on = day or session.today()
    state = assessed_on(session, on, known_on)
    return briefs.brief(session, day=on, known_on=known_on, assessed=state, exercise=session.exercise)


def evidence(
    session: Session,
    name: str,
    day: date,
    *,
    known_on: datetime | None = None,
    after: int = 0,
    limit: int = 200,
) -> Evidence:
    """The list behind a figure of the brief of a day. Raises InputError if it has no such figure.

    At most ``limit`` of its lines, those that follow the first ``after``; ``count`` is of them all.
    """
    if not 1 <= limit <= MOST:
        raise InputError(f"{limit} at once cannot be.", way_out=f"Ask for 1 to {MOST}.", field="limit")
    state = assessed_on(session, day, known_on)
    found = behind.evidence(session, name, day=day, known_on=known_on, assessed=state)
    return replace(found, lines=list(found.lines[max(0, after) : max(0, after) + limit]))


def assessed_on(session: Session, day: date, known_on: datetime | None) -> Assessed | None:
    """The situation on a day; None where no figures go that far back."""
    try:
        return assessed(session, until=day, known_on=known_on)
    except InputError:
        return None
