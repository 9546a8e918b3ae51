"""What the press desk may write: drafts of a brief, the word of a second person, and what was released.

The words and the pages lie in blobs beside the ledger; an entry names their digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from sampan.core.languages import Language
from sampan.records.control import Snapshot
from sampan.records.record import Record, Sharing

Form = Literal["document", "md", "pdf"]


@dataclass(frozen=True, kw_only=True)
class BriefDraft(Record):
    """One revision of the words of a day's brief. Its figures are those known on ``known_on``.

    ``basis`` is the entry of the revision that it was written over; None for the first. ``corrects`` is the
    release that it would correct, and ``reason`` why.
    """

    kind: ClassVar[str] = "press.draft"

    day: date
    revision: int
    basis: str | None
    known_on: datetime
    words: Snapshot
    corrects: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class BriefReview(Record):
    """What a second person says of one revision. Its author cannot write it."""

    kind: ClassVar[str] = "press.review"

    draft: str
    approved: bool
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A released brief in one language and one form. ``document`` is what pages are made of."""

    language: Language
    form: Form
    file: Snapshot


@dataclass(frozen=True, kw_only=True)
class Change:
    """A figure that a correction changes: what was released, what is so, and the entries that changed it.

    None says that the figure was not, or is no longer, in the brief.
    """

    figure: str
    old: int | None
    """The figure as it was released; null if it was not in the brief."""
    new: int | None
    """The figure as it is; null if it is no longer in the brief."""
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BriefRelease(Record):
    """A day's brief as the public has it, the ``number``-th version; it corrects the one before, which is kept."""

    kind: ClassVar[str] = "press.release"
    sharing: ClassVar[Sharing] = "public"

    day: date
    number: int
    draft: str
    review: str
    known_on: datetime
    figures: Snapshot
    pages: tuple[Page, ...]
    exercise: bool = False
    corrects: str | None = None
    reason: str = ""
    changes: tuple[Change, ...] = ()
