"""How far is the round from reported figures to the public's figure, and which step comes next?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from sampan.access.session import Session
from sampan.ledger.entry import Entry
from sampan.records.assistance import Batch, Plan, Receipt
from sampan.records.control import Forecast, Reports
from sampan.records.press import BriefRelease

FRESH = timedelta(days=1)
"""How old reported figures may be before newer ones are wanted."""

STEPS = {
    "figures": (Reports.kind, "control.load_figures"),
    "forecast": (Forecast.kind, "control.publish_forecast"),
    "plan": (Plan.kind, "assistance.draft_plan"),
    "batch": (Batch.kind, "assistance.batches"),
    "receipt": (Receipt.kind, "assistance.consignments"),
    "brief": (BriefRelease.kind, "press.briefs"),
}
"""The steps of the round (words of ``words.ROUND``): what each leaves in the ledger, and where it is done."""


@dataclass(frozen=True)
class Step:
    """One step: the day of the last one (None: never), and whether any step before it was done since."""

    word: str
    key: str
    day: date | None
    behind: bool


def steps(session: Session) -> tuple[Step, ...]:
    """The round as it stands; nothing for somebody who speaks for another country."""
    return tuple(_steps(session)) if session.person.party in (None, session.home) else ()


def _steps(session: Session) -> Iterator[Step]:
    newest: Entry | None = None
    for word, (kind, key) in STEPS.items():
        last = next(session.ledger.entries(kind=kind, newest_first=True, limit=1), None)
        day = last.effective.astimezone(UTC).date() if last else None
        if word == "figures":
            behind = day is None or day < session.today() - FRESH
        else:
            behind = newest is not None and (last is None or last.index < newest.index)
        yield Step(word, key, day, behind)
        newest = max(filter(None, (newest, last)), key=lambda entry: entry.index, default=None)
