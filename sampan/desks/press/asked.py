"""What may be asked of the press desk: the brief of a day, and the list behind a figure of it?"""

from __future__ import annotations

from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.control.situation import Assessed, assessed
from sampan.desks.press import brief as briefs
from sampan.desks.press import evidence as behind
from sampan.desks.press.brief import Brief
from sampan.desks.press.evidence import Evidence


def brief(session: Session, *, day: date | None = None, known_on: datetime | None = None) -> Brief:
    """The brief of a day (today, unless named), drawn up from the ledger."""
    on = day or session.today()
    state = assessed_on(session, on, known_on)
    return briefs.brief(session, day=on, known_on=known_on, assessed=state, exercise=session.exercise)


def evidence(session: Session, name: str, day: date, *, known_on: datetime | None = None) -> Evidence:
    """The list behind a figure of the brief of a day. Raises InputError if it has no such figure."""
    state = assessed_on(session, day, known_on)
    return behind.evidence(session, name, day=day, known_on=known_on, assessed=state)


def assessed_on(session: Session, day: date, known_on: datetime | None) -> Assessed | None:
    """The situation on a day; None where no figures go that far back."""
    try:
        return assessed(session, until=day, known_on=known_on)
    except InputError:
        return None
