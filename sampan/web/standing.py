"""What is so, as far as the public may know, at the present size of the ledger?

Whatever several pages need is worked out once for each size, and forgotten when the ledger has grown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.core.errors import InputError, NodeError
from sampan.desks.assistance.giving import Row as Contribution
from sampan.desks.assistance.giving import contributions
from sampan.desks.control import forecast
from sampan.desks.control.situation import Assessed, SituationReport, assessed, situation
from sampan.desks.press.asked import assessed_on
from sampan.desks.press.brief import Brief, brief
from sampan.desks.press.released import Release, releases
from sampan.engines.forecast import Forecast
from sampan.node import Node
from sampan.records.assistance import Batch
from sampan.records.control import Reports
from sampan.world.assisted import Sent, sent

T = TypeVar("T")

PUBLIC = Person("public", ("viewer",))
"""On whose behalf the site reads."""

FRESH = 1.0
"""Seconds for which the size of the ledger is taken to be what it was."""


class Standing:
    """Everything that the pages have in common at one size of the ledger. Use under one lock."""

    def __init__(self, session: Session, *, exercise: bool, size: int) -> None:
        self.session = session
        self.size = size
        newest = session.ledger.entries(kind=Reports.kind, newest_first=True, limit=1)
        self.exercise = exercise or any(bool(entry.body.get("exercise")) for entry in newest)
        """Whether the figures are fictional, so that every page has to say so."""
        self._kept: dict[Hashable, Any] = {}

    @cached_property
    def days(self) -> dict[date, datetime]:
        """The days of which there is a brief, the newest first, and when the last news of each came in.

        A day has a brief if one was released, a batch was decided on it, or figures up to it were read.
        """
        found = {day: versions[-1].released for day, versions in self.releases.items()}
        for kind in (Reports.kind, Batch.kind):
            for entry in self.session.ledger.entries(kind=kind):
                day = entry.effective.astimezone(UTC).date()
                found[day] = max(found.get(day, entry.recorded), entry.recorded)
        return dict(sorted(found.items(), reverse=True))

    @cached_property
    def newest_day(self) -> date:
        """The day of the newest brief; today, where nothing has happened yet."""
        return next(iter(self.days), self.session.today())

    @cached_property
    def releases(self) -> dict[date, tuple[Release, ...]]:
        """The briefs that were released, the newest day first, each in all its versions."""
        return releases(self.session.ledger)

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """Everything that was pledged to or by home, in the order of pledges."""
        return tuple(contributions(self.session))

    @cached_property
    def consignments(self) -> tuple[Sent, ...]:
        """Every consignment decided so far."""
        return sent(self.session.ledger)

    def assessed(self, day: date, known_on: datetime | None = None) -> Assessed | None:
        """The situation up to ``day``, as known on a moment; None where no figures go that far back."""
        return self.keep(("assessed", day, known_on), lambda: assessed_on(self.session, day, known_on))

    def brief(self, day: date) -> Brief:
        """The brief of ``day``."""
        return self.keep(
            ("brief", day),
            lambda: brief(self.session, day=day, assessed=self.assessed(day), exercise=self.exercise),
        )

    @cached_property
    def now(self) -> Assessed | None:
        """The situation by the newest figures."""
        try:
            return assessed(self.session)
        except InputError:
            return None

    @cached_property
    def report(self) -> SituationReport | None:
        """The situation of every place that was reported."""
        return situation(self.now) if self.now else None

    @cached_property
    def forecast(self) -> Forecast | None:
        """The weeks ahead of every place that was reported."""
        return forecast.make(self.now) if self.now else None

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept; of many, those that were asked for first are let go."""
        if key not in self._kept:
            while len(self._kept) >= 16:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = make()
        found: T = self._kept[key]
        return found


class Reading:
    """A node as the public reads it, always at its present size."""

    def __init__(self, node: Node) -> None:
        self.session = node.session.on_behalf_of(PUBLIC)
        self.home = node.settings.home
        self._exercise = node.settings.exercise
        self._standing: Standing | None = None
        self._asked = float("-inf")
        self._turn = threading.Lock()

    def size(self) -> int:
        """How many entries there are at this moment. Raises NodeError if the database does not answer."""
        return self.session.ledger.size

    @property
    def exercise(self) -> bool:
        """Whether every page has to say that nothing here is real, by what is known without asking."""
        return self._standing.exercise if self._standing else self._exercise

    def fresh(self) -> Standing | None:
        """What was so a moment ago, without asking the database; None if that is too long ago."""
        return self._standing if time.monotonic() - self._asked <= FRESH else None

    def standing(self) -> Standing:
        """What is so now. Where the database does not answer for a while, what was so before it went away.

        Raises NodeError if it has not answered yet.
        """
        with self._turn:
            if fresh := self.fresh():
                return fresh
            self._standing = self._look()
            self._asked = time.monotonic()
            return self._standing

    def _look(self) -> Standing:
        known = self._standing
        try:
            size = self.size()
            if known is None or known.size != size:
                return Standing(self.session, exercise=self._exercise, size=size)
        except NodeError:
            if known is None:
                raise
        return known
