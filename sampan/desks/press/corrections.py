"""Which figures of a released brief are known otherwise now, and which entries changed them?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.control.situation import Assessed
from sampan.desks.press import asked
from sampan.desks.press.brief import Brief
from sampan.desks.press.evidence import evidence
from sampan.desks.press.figures import figures
from sampan.desks.press.released import Release, figures_of
from sampan.records.press import Change

MOST_ENTRIES = 12
"""Entries that a change names; the list behind the figure has them all."""


def changes_between(
    session: Session, release: Release, brief: Brief, known_on: datetime
) -> tuple[Change, ...]:
    """What ``brief``, as known on ``known_on``, says otherwise than the release, in the brief's own order."""
    old = {name: int(said["value"]) for name, said in figures_of(session, release)["figures"].items()}
    new = {name: said.value for name, said in figures(brief).items()}
    differing = [name for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name)]
    if not differing:
        return ()
    before, after = (_Moment.of(session, release.day, moment) for moment in (release.known_on, known_on))
    return tuple(
        Change(
            figure=name,
            old=old.get(name),
            new=new.get(name),
            entries=tuple(sorted(before.behind(name) ^ after.behind(name)))[:MOST_ENTRIES],
        )
        for name in differing
    )


@dataclass(frozen=True)
class _Moment:
    """What was known on a moment of a day."""

    session: Session
    day: date
    known_on: datetime
    assessed: Assessed | None

    @classmethod
    def of(cls, session: Session, day: date, known_on: datetime) -> _Moment:
        return cls(session, day, known_on, asked.assessed_on(session, day, known_on))

    def behind(self, name: str) -> set[str]:
        """The public entries behind a figure; none where there was no such figure."""
        try:
            found = evidence(self.session, name, day=self.day, known_on=self.known_on, assessed=self.assessed)
        except InputError:
            return set()
        return {entry for line in found.lines for entry in line.entries}
