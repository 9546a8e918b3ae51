"""What has the public been told, word for word?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sampan.access.session import Session
from sampan.core.languages import Language
from sampan.desks.press import document
from sampan.desks.press.document import Document
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.press import BriefRelease, Change, Form


@dataclass(frozen=True)
class Release:
    """One version of a day's brief as it was released. A later version corrects it; it stays what it is."""

    entry: str
    released: datetime
    day: date
    version: int
    known_on: datetime
    exercise: bool
    corrects: str | None
    reason: str
    changes: tuple[Change, ...]
    digest: str
    """SHA-256 of the file of its figures."""
    record: BriefRelease


def releases(ledger: Ledger) -> dict[date, tuple[Release, ...]]:
    """Every release by day, the newest day first; of each day the versions in their order."""
    found: dict[date, list[Release]] = {}
    for entry in ledger.entries(kind=BriefRelease.kind):
        release = _release(entry)
        found.setdefault(release.day, []).append(release)
    return {day: tuple(found[day]) for day in sorted(found, reverse=True)}


def _release(entry: Entry) -> Release:
    said = BriefRelease.read(entry.body)
    return Release(
        entry.id,
        entry.recorded,
        said.day,
        said.number,
        said.known_on,
        said.exercise,
        said.corrects,
        said.reason,
        said.changes,
        said.figures.digest,
        said,
    )


def said_in(session: Session, release: Release, language: Language) -> Document:
    """What was released in a language, as pages are made of it."""
    kept = kept_page(session, release, language, "document")
    assert kept is not None, "every release has its document in every language"
    return document.read(kept)


def kept_page(session: Session, release: Release, language: Language, form: Form) -> bytes | None:
    """The very bytes that were released; None if the brief was not kept in this form."""
    wanted = (language, form)
    page = next((page for page in release.record.pages if (page.language, page.form) == wanted), None)
    return None if page is None else session.blobs.get(page.file.digest)


def figures_of(session: Session, release: Release) -> Mapping[str, Any]:
    """The figures that were released: the brief as JSON has it, and under ``figures`` each by its name."""
    found: Mapping[str, Any] = json.loads(session.blobs.get(release.record.figures.digest))
    return found
