"""What do the pages of briefs show: what was released, or, where nothing was, what the ledger says?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from re import ASCII, fullmatch
from typing import Any, Literal

from sampan.core.errors import InputError
from sampan.core.languages import Language
from sampan.core.plain import plain
from sampan.desks.press import render
from sampan.desks.press.brief import Brief
from sampan.desks.press.document import Document
from sampan.desks.press.evidence import Evidence, evidence
from sampan.desks.press.released import Release, figures_of, kept_page, said_in
from sampan.desks.press.sections import document
from sampan.web.asked import Asked, NotFound
from sampan.web.standing import Standing
from sampan.world.organisations import organisations

BriefState = Literal["not released", "released", "corrected"]


@dataclass(frozen=True)
class BriefPage:
    """The brief of a day: as it was released, in one version, or drawn up by machine from the ledger."""

    day: date
    home: str
    state: BriefState
    figures: Mapping[str, Any]
    """The brief as JSON has it."""
    version: int | None
    versions: tuple[Release, ...]
    """Every version that was released, the oldest first."""
    newer_day: date | None
    """A later day of which the ledger has figures, while this is the newest brief that was released."""
    brief: Brief | None
    """What was drawn up by machine; None if the brief was released."""

    @property
    def release(self) -> Release | None:
        """The version that this page shows."""
        return self.versions[self.version - 1] if self.version else None

    @property
    def json(self) -> Mapping[str, Any]:
        """Its figures, and what is to be said about them."""
        release = self.release
        about = (
            {
                "entry": release.entry,
                "released": release.released,
                "known_on": release.known_on,
                "version": release.version,
                "versions": len(self.versions),
                "reason": release.reason,
                "changes": release.changes,
                "sha256": release.digest,
            }
            if release
            else None
        )
        return {**self.figures, "state": self.state, "release": plain(about)}


def newest_brief(standing: Standing, asked: Asked) -> BriefPage:  # noqa: ARG001
    """The newest brief that was released; where none was yet, what the ledger says of its newest day."""
    released = next(iter(standing.releases), None)
    if released is None:
        return _page(standing, standing.newest_day)
    return _page(standing, released, newest=True)


def brief_of(standing: Standing, asked: Asked) -> BriefPage:
    """The brief of a day, in its newest version."""
    return _page(standing, _day(standing, asked["day"]))


def version_of(standing: Standing, asked: Asked) -> BriefPage:
    """One version of the brief of a day, as it was released."""
    day = _day(standing, asked["day"])
    return _page(standing, day, _version(standing, day, asked["version"]).version)


def _page(standing: Standing, day: date, version: int | None = None, *, newest: bool = False) -> BriefPage:
    versions = standing.releases.get(day, ())
    shown = (version or len(versions)) if versions else None
    brief = None if versions else standing.brief(day)
    return BriefPage(
        day=day,
        home=standing.session.home,
        state=state_of(versions),
        figures=figures_of(standing.session, versions[shown - 1]) if shown else plain(brief),
        version=shown,
        versions=versions,
        newer_day=standing.newest_day if newest and standing.newest_day > day else None,
        brief=brief,
    )


def state_of(versions: Sequence[Release]) -> BriefState:
    """How the brief of a day stands before the public."""
    if not versions:
        return "not released"
    return "corrected" if len(versions) > 1 else "released"


def document_of(standing: Standing, page: BriefPage, language: Language) -> Document:
    """The brief in the reader's language: as it was released, word for word, or drawn up now."""
    if page.release:
        return said_in(standing.session, page.release, language)
    assert page.brief is not None
    return document(page.brief, language)


def as_file(standing: Standing, page: BriefPage, form: Literal["md", "pdf"], language: Language) -> bytes:
    """The brief as a file: the bytes that were released, if they were kept."""
    kept = kept_page(standing.session, page.release, language, form) if page.release else None
    if kept is not None:
        return kept
    said = document_of(standing, page, language)
    return render.text(said).encode() if form == "md" else render.paper(said)


# All of them


@dataclass(frozen=True)
class BriefDay:
    """A day of which there is a brief, how that stands, and what it counts."""

    day: date
    state: BriefState
    versions: int
    released: datetime | None
    countries: int
    organisations: int
    batches: int


def briefs(standing: Standing, asked: Asked) -> tuple[BriefDay, ...]:  # noqa: ARG001
    """Every brief there is, the newest first."""
    return tuple(_brief_day(standing, day) for day in standing.days)


def _brief_day(standing: Standing, day: date) -> BriefDay:
    versions = standing.releases.get(day, ())
    if versions:
        said = figures_of(standing.session, versions[-1])
        return BriefDay(
            day,
            state_of(versions),
            len(versions),
            versions[-1].released,
            said["countries"]["count"],
            said["organisations"]["count"],
            len(said["batches"]),
        )
    by_then = [one for one in standing.consignments if one.day <= day]
    recipients = {one.recipient for one in by_then}
    helped = len(recipients & organisations().keys())
    batches = len({one.batch for one in by_then})
    return BriefDay(day, "not released", 0, None, len(recipients) - helped, helped, batches)


# The list behind a figure


def figure(standing: Standing, asked: Asked) -> Evidence:
    """The list behind a figure of a brief: of a released one, as it was known then."""
    day = _day(standing, asked["day"])
    if not fullmatch(r"0|[1-9][0-9]{0,5}00", asked.get("from", "0"), ASCII):
        raise NotFound
    known_on = _version(standing, day, asked["version"]).known_on if "version" in asked else None
    assessed = standing.assessed(day, known_on)
    try:
        return evidence(standing.session, asked["name"], day=day, known_on=known_on, assessed=assessed)
    except InputError:
        raise NotFound from None


def _version(standing: Standing, day: date, text: str) -> Release:
    found = next((each for each in standing.releases.get(day, ()) if str(each.version) == text), None)
    if found is None:
        raise NotFound
    return found


def _day(standing: Standing, text: str) -> date:
    """A day of which there is a brief."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if day not in (*standing.days, standing.newest_day) or day.isoformat() != text:
        raise NotFound
    return day
