"""Which other desks have something to tell in a brief, and how is it told?

A desk that shares science or experience is registered here with a function that gathers its figures from the
ledger, and one that says them. Its section appears once it has something to tell. Every figure comes with the
list that it counts and the entries behind each line, so that a reader can verify it as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sampan.access.session import Session
from sampan.desks.press.science import SCIENCE
from sampan.desks.press.told import Telling, Told

REGISTERED: tuple[Telling, ...] = (SCIENCE,)
"""In the order in which their sections stand."""


def gathered(
    session: Session,
    *,
    as_of: date,
    known_on: datetime | None,
    registered: Sequence[Telling] = REGISTERED,
) -> dict[str, tuple[Told, ...]]:
    """What every registered desk has to tell, by section; those without anything are left out."""
    told = {each.section: each.gather(session, as_of, known_on) for each in registered}
    return {section: figures for section, figures in told.items() if figures}


def telling(section: str) -> Telling:
    """The desk whose section this is."""
    return next(each for each in REGISTERED if each.section == section)
