"""How does the brief of a day stand, and what is to be done about it?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sampan.access.session import Session
from sampan.desks.press import asked
from sampan.desks.press.corrections import changes_between
from sampan.desks.press.drafts import Revision, known, newest, pending, words_of
from sampan.desks.press.released import Release, releases
from sampan.desks.press.words import missing
from sampan.records.press import BriefDraft, Change

State = Literal["draft", "sent back", "agreed", "released", "corrected", "correcting"]


@dataclass(frozen=True)
class Standing:
    """How the brief of a day stands, and what is to be done about it."""

    day: date
    state: State
    revision: int
    by: str
    reviewed_by: str | None
    note: str
    missing: tuple[str, ...]
    """What keeps it from being released."""
    versions: int
    """How many versions have been released."""
    changed: tuple[Change, ...]
    """Figures that are known otherwise today than they were released."""


def standing(session: Session, day: date) -> Standing:
    """How the brief of ``day`` stands. Raises InputError if nobody has drafted one."""
    last = newest(session, day)
    out = releases(session.ledger).get(day, ())
    return Standing(
        day=day,
        state=_state(last, out, pending(session, last)),
        revision=last.number,
        by=last.by,
        reviewed_by=last.reviewed_by,
        note=last.note,
        missing=missing(words_of(session, last), known(session, last)),
        versions=len(out),
        changed=changed(session, day),
    )


def changed(session: Session, day: date) -> tuple[Change, ...]:
    """The figures of the released brief of ``day`` that are known otherwise now: what a correction would say."""
    out = releases(session.ledger).get(day)
    if not out:
        return ()
    moment = session.known_now()
    return changes_between(session, out[-1], asked.brief(session, day=day, known_on=moment), moment)


def standings(session: Session) -> tuple[Standing, ...]:
    """Every brief that somebody has drafted, the newest day first."""
    days = {each.day for each in session.said(BriefDraft)}
    return tuple(standing(session, day) for day in sorted(days, reverse=True))


def _state(last: Revision, out: Sequence[Release], pending: bool) -> State:
    if out and not pending:
        return "corrected" if len(out) > 1 else "released"
    if last.approved:
        return "agreed"
    if last.approved is False:
        return "sent back"
    return "correcting" if out else "draft"
