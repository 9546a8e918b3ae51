"""What is so, as far as the public may know, at the present size of the ledger?

Whatever several pages need is worked out once for each size, and forgotten when the ledger has grown.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.core.errors import InputError, NodeError
from sampan.desks.assistance.giving import Row as Contribution
from sampan.desks.assistance.giving import contributions
from sampan.desks.assistance.lists import funds
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
from sampan.world.parties import recorded

T = TypeVar("T")

PUBLIC = Person("public", ("viewer",))
"""On whose behalf the site reads."""

FRESH = 1.0
"""Seconds for which the size of the ledger is taken to be what it was."""

BRIEFLY = 2.0
"""Seconds that a reader waits to be shown what is so now rather than a moment ago."""


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
    def own_names(self) -> dict[str, str]:
        """What the parties that the office has recorded are called, by code, and its funds, by account."""
        ledger = self.session.ledger
        named = {code: party.name for code, party in recorded(ledger).items()}
        return named | {f"fund:{fund.code}": fund.name for fund in funds(ledger)}

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
    """A node as the public reads it, always at its present size.

    One at a time looks how large it is now, in a thread of its own, and whoever comes meanwhile waits for that.
    Nobody who could be shown what was so a moment ago waits long, whatever has become of the database.
    """

    def __init__(self, node: Node) -> None:
        self.session = node.session.on_behalf_of(PUBLIC)
        self.home = node.settings.home
        self._exercise = node.settings.exercise
        self._standing: Standing | None = None
        self._asked = float("-inf")
        self._turn = threading.Lock()
        self._look: Future[Standing] | None = None
        self._begun = 0.0
        self._away = False
        self._looker = ThreadPoolExecutor(1, "sampan-standing")

    def size(self) -> int:
        """How many entries there are at this moment. Raises NodeError if the database does not answer."""
        return self.session.ledger.size

    @property
    def exercise(self) -> bool:
        """Whether every page has to say that nothing here is real, by what is known without asking."""
        return self._standing.exercise if self._standing else self._exercise

    def fresh(self) -> Standing | None:
        """What was so a moment ago, without waiting; None if that is too long ago, so that somebody should look.

        It may be longer ago while somebody has been looking in vain.
        """
        now = time.monotonic()
        in_vain = self._looks() and (self._away or now - self._begun > BRIEFLY)
        return self._standing if in_vain or now - self._asked <= FRESH else None

    def standing(self) -> Standing:
        """What is so now. Where the database does not answer, what was so before it went away.

        Raises NodeError if it has not answered yet.
        """
        fresh = self.fresh()
        if fresh is not None:
            return fresh
        look, known, patience = self._looking()
        with suppress(TimeoutError):
            return look.result(patience)
        assert known is not None
        return known

    async def now(self) -> Standing:
        """As ``standing``, for whoever must not keep a thread waiting."""
        fresh = self.fresh()
        if fresh is not None:
            return fresh
        look, known, patience = self._looking()
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(look)), patience)
        assert known is not None
        return known

    def _looks(self) -> bool:
        """Whether somebody is looking."""
        return self._look is not None and not self._look.done()

    def _looking(self) -> tuple[Future[Standing], Standing | None, float | None]:
        """The look that is under way or begins now; what is known, and how long to wait for better (seconds)."""
        with self._turn:
            if self._look is None or self._look.done():
                self._begun = time.monotonic()
                self._look = self._looker.submit(self._looked)
            patience = 0.0 if self._away else BRIEFLY
            return self._look, self._standing, None if self._standing is None else patience

    def _looked(self) -> Standing:
        known = self._standing
        try:
            size = self.size()
            if known is None or known.size != size:
                known = Standing(self.session, exercise=self._exercise, size=size)
            self._away = False
        except NodeError:
            self._away = True
            if known is None:
                raise
        self._standing, self._asked = known, time.monotonic()
        return known
