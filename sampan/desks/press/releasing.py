"""Who agrees to a brief, and what goes out?

What is released stays as it is, byte for byte: a figure that turns out otherwise is corrected by a new version,
which comes the same way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import Refused
from sampan.core.languages import LANGUAGES
from sampan.core.plain import plain
from sampan.desks.press import render
from sampan.desks.press.corrections import changes_between
from sampan.desks.press.document import Document
from sampan.desks.press.drafts import Revision, Written, known, newest, pending, words_of
from sampan.desks.press.figures import figures
from sampan.desks.press.pdf import NoFont
from sampan.desks.press.released import releases
from sampan.desks.press.sections import document
from sampan.desks.press.words import require_whole
from sampan.records.press import BriefRelease, BriefReview, Form, Page
from sampan.records.record import Record


def review(session: Session, day: date, *, revision: int, approve: bool, note: str = "") -> Written:
    """A second person's word on the newest revision, which must be the one that was read: ``revision``.

    Raises Refused for its author, for one that was overtaken, and if it is agreed to while it is not the same
    in six languages.
    """
    session.require("review")
    if approve:
        last = newest(session, day)
        require_whole(words_of(session, last), known(session, last))

    def choose() -> Sequence[Record]:
        last = newest(session, day)
        if last.number != revision:
            raise Refused(
                f"Revision {last.number} of this brief has come since.",
                way_out=f"Read it first: sampan brief show {day}",
            )
        if last.by == session.person.handle:
            raise Refused(
                f'"{last.by}" wrote this revision and cannot review it.', way_out="Ask a second person."
            )
        return [BriefReview(draft=last.entry, approved=approve, note=note.strip())]

    entry = session.decide("review", choose)[0]
    verb = "Agreed to" if approve else "Sent back"
    return Written(entry.id, day, f"{verb} revision {revision} of the brief of {day}")


def release(session: Session, day: date) -> Written:
    """Releases the newest revision, once a second person has agreed to it, in six languages at once.

    What readers get is kept: documents, Markdown and, where the fonts are here, PDFs. Raises Refused if nobody
    has agreed, it is out already, or the languages do not say the same.
    """
    session.require("release")
    last = _releasable(session, day)
    words, brief = words_of(session, last), known(session, last)
    require_whole(words, brief)
    documents = [document(brief, language, words) for language in LANGUAGES]
    require_same(documents)
    pages = tuple(page for each in documents for page in _pages(session, each))
    numbers = {name: plain(each) for name, each in figures(brief).items()}
    told = json.dumps(plain(brief) | {"figures": numbers}, ensure_ascii=False, allow_nan=False).encode()
    snapshot = session.keep(f"figures-{day}.json", told)

    def choose() -> Sequence[Record]:
        if _releasable(session, day).entry != last.entry:
            raise Refused(f"Somebody has edited the brief of {day}.", way_out="Look at it, and try again.")
        out = releases(session.ledger).get(day, ())
        return [
            BriefRelease(
                day=day,
                number=len(out) + 1,
                draft=last.entry,
                review=str(last.review),
                known_on=last.record.known_on,
                figures=snapshot,
                pages=pages,
                exercise=brief.exercise,
                corrects=out[-1].entry if out else None,
                reason=last.record.reason if out else "",
                changes=changes_between(session, out[-1], brief, last.record.known_on) if out else (),
            )
        ]

    entry = session.decide("release", choose)[0]
    return Written(entry.id, day, f"Released the brief of {day}, version {entry.body['number']}")


def _releasable(session: Session, day: date) -> Revision:
    last = newest(session, day)
    if not pending(session, last):
        raise Refused(
            f"Revision {last.number} of the brief of {day} is out already.",
            way_out=f"To change it: sampan brief correct {day}",
        )
    if not last.approved:
        raise Refused(
            f"No second person has agreed to revision {last.number} of the brief of {day}.",
            way_out=f"Ask one: sampan brief review {day} --agree --as HANDLE",
        )
    return last


def require_same(documents: Sequence[Document]) -> None:
    """Raises Refused if two languages of a brief do not hold the same figures, each as often."""
    first = documents[0].figures()
    for each in documents[1:]:
        if each.figures() != first:
            odd = sorted(set(each.figures()) ^ set(first))[:5]
            raise Refused(
                f"The brief says other figures in {each.language} than in {documents[0].language}: {odd}.",
                way_out="This is a fault in Sampan or in a translation: please report it.",
            )


def _pages(session: Session, said: Document) -> list[Page]:
    """What is kept of a brief in one language. A PDF needs a font of its script on this machine."""
    made: dict[Form, bytes] = {"document": said.bytes(), "md": render.text(said).encode()}
    with suppress(NoFont):
        made["pdf"] = render.paper(said)
    name = f"brief-{said.day}-{said.language}"
    return [
        Page(language=said.language, form=form, file=session.keep(f"{name}.{form}", data))
        for form, data in made.items()
    ]
