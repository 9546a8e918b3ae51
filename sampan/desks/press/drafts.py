"""Who writes the brief of a day, and over whose words?

A draft is revised until somebody else than its last author agrees to it. Each revision is an entry over the one
before, so two people who edit at once find out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.press import asked
from sampan.desks.press.brief import Brief
from sampan.desks.press.released import releases
from sampan.desks.press.sections import SECTIONS
from sampan.desks.press.words import NO_WORDS, Words, check_form, read
from sampan.ledger.entry import Entry
from sampan.records.press import BriefDraft, BriefReview
from sampan.records.record import Record


@dataclass(frozen=True)
class Revision:
    """One revision of the words of a brief: who wrote it, over which, and what a second person said of it."""

    entry: str
    by: str
    written: datetime
    record: BriefDraft
    review: str | None = None
    approved: bool | None = None
    reviewed_by: str | None = None
    note: str = ""

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return self.record.revision


class Overtaken(InputError):
    """Somebody else has edited the draft meanwhile. Nothing was written; ``theirs`` and ``yours`` are both here."""

    http_status = 409

    def __init__(self, revision: Revision, theirs: Words, yours: Words) -> None:
        super().__init__(
            f'"{revision.by}" has written revision {revision.number} of this brief since you began.',
            way_out="Look at both, put what you want to keep into theirs, and hand that in.",
            revision=revision.number,
        )
        self.revision, self.theirs, self.yours = revision, theirs, yours


@dataclass(frozen=True)
class Written:
    """An entry of the press desk, and what it says."""

    entry: str
    day: date
    said: str


def revisions(session: Session, day: date) -> tuple[Revision, ...]:
    """Every revision of the brief of ``day``, with the last word on each."""
    said: dict[str, tuple[Entry, BriefReview]] = {}
    for entry in session.ledger.entries(kind=BriefReview.kind):
        review = BriefReview.read(entry.body)
        said[review.draft] = (entry, review)
    found = []
    for entry in session.ledger.entries(kind=BriefDraft.kind):
        record = BriefDraft.read(entry.body)
        if record.day == day:
            found.append(_revision(entry, record, said.get(entry.id)))
    return tuple(found)


def _revision(entry: Entry, record: BriefDraft, said: tuple[Entry, BriefReview] | None) -> Revision:
    if said is None:
        return Revision(entry.id, entry.actor, entry.recorded, record)
    by, review = said
    return Revision(
        entry.id, entry.actor, entry.recorded, record, by.id, review.approved, by.actor, review.note
    )


def newest(session: Session, day: date) -> Revision:
    """The newest revision. Raises InputError if nobody has drafted a brief of this day."""
    found = revisions(session, day)
    if not found:
        raise InputError(
            f"There is no draft of a brief of {day}.", way_out=f"Begin one: sampan brief draft {day}"
        )
    return found[-1]


def words_of(session: Session, revision: Revision) -> Words:
    """What a revision says."""
    return read(session.blobs.get(revision.record.words.digest))


def known(session: Session, revision: Revision) -> Brief:
    """The figures of a revision, as they were known when it was written."""
    return asked.brief(session, day=revision.record.day, known_on=revision.record.known_on)


# Writing


def draft(session: Session, day: date) -> Written:
    """Begins the brief of ``day`` with the figures as they are known now, and no words but ours.

    Raises Refused if there is one already.
    """
    session.require("release")

    def choose() -> Sequence[Record]:
        if found := revisions(session, day):
            raise Refused(
                f'"{found[0].by}" has begun a brief of {day} already.',
                way_out=f"Edit it: sampan brief edit {day}",
            )
        return [_draft(session, day, NO_WORDS, None, 1)]

    return _said(session, day, choose, f"Began the brief of {day}, revision 1")


def edit(session: Session, day: date, words: Words, *, revision: int) -> Written:
    """Writes a new revision over ``revision``, which the editor began from, with the figures of now.

    Raises InputError for words that no brief can hold, Overtaken if somebody has written since.
    """
    session.require("release")
    _require_form(session, day, words)

    def choose() -> Sequence[Record]:
        last = newest(session, day)
        if last.number != revision:
            raise Overtaken(last, words_of(session, last), words)
        kept = last.record if pending(session, last) else None
        return [
            _draft(
                session,
                day,
                words,
                last.entry,
                last.number + 1,
                corrects=kept.corrects if kept else None,
                reason=kept.reason if kept else "",
            )
        ]

    return _said(session, day, choose, f"Wrote revision {revision + 1} of the brief of {day}")


def _require_form(session: Session, day: date, words: Words) -> None:
    check_form(words, SECTIONS, asked.brief(session, day=day, known_on=session.known_now()))


def correct(session: Session, day: date, *, reason: str) -> Written:
    """Begins a correction of the brief of ``day`` with the words as released and the figures of now.

    Raises InputError without a reason, Refused if nothing was released or a correction is under way.
    """
    session.require("release")
    if not reason.strip():
        raise InputError("Nobody says why it is corrected.", way_out="Give a reason.", field="reason")

    def choose() -> Sequence[Record]:
        out = releases(session.ledger).get(day)
        last = newest(session, day)
        if not out or last.entry != out[-1].record.draft:
            raise Refused(
                "A correction is under way already." if out else f"No brief of {day} has been released.",
                way_out=f"Edit it: sampan brief edit {day}",
            )
        words = words_of(session, last)
        return [
            _draft(
                session,
                day,
                words,
                last.entry,
                last.number + 1,
                corrects=out[-1].entry,
                reason=reason.strip(),
            )
        ]

    return _said(session, day, choose, f"Began a correction of the brief of {day}")


def _draft(
    session: Session,
    day: date,
    words: Words,
    basis: str | None,
    revision: int,
    *,
    corrects: str | None = None,
    reason: str = "",
) -> BriefDraft:
    return BriefDraft(
        day=day,
        revision=revision,
        basis=basis,
        known_on=session.known_now(),
        words=session.keep(f"words-{day}-{revision}.json", words.bytes()),
        corrects=corrects,
        reason=reason,
    )


def _said(session: Session, day: date, choose: Callable[[], Sequence[Record]], what: str) -> Written:
    entry = session.decide("release", choose)[0]
    return Written(entry.id, day, what)


def pending(session: Session, last: Revision) -> bool:
    """Whether the revision has not been released yet."""
    return last.entry not in {each.record.draft for each in releases(session.ledger).get(last.record.day, ())}
