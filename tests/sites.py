"""A public site over a node that an exercise has run on, for tests that visit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sampan.core.languages import LANGUAGES
from sampan.desks.press import drafts, releasing
from sampan.node import Node
from sampan.records.assistance import Consignment
from sampan.records.control import Reports
from sampan.web.app import site
from sampan.web.guard import Guard
from sampan.web.pages import PAGES
from tests.once import own_copy
from tests.replays import Ran, kept, of_the_demo, opened

ADDRESS = "https://aid.example.org"


@dataclass(frozen=True, repr=False)
class Site:
    """A node, the application over it, and a client that follows no redirects by itself."""

    ran: Ran
    app: Guard
    client: TestClient

    def __repr__(self) -> str:
        return "the site"

    @property
    def parts(self) -> dict[str, str]:
        """What stands in the variable parts of addresses: things that there are."""
        session = self.ran.node.session
        reports = next(session.ledger.entries(kind=Reports.kind, newest_first=True))
        return {
            "day": self.ran.replay.brief.day.isoformat(),
            "name": "organisations",
            "code": self.ran.replay.brief.countries.codes[0],
            "number": "1",
            "work": "W-0001",
            "version": "1",
            "id": reports.id,
        }

    def paths(self, form: str = "") -> list[str]:
        """One address of every page that takes this form, after its language."""
        return [
            page.path.format_map(self.parts | self._of(page.path)) + (f".{form}" if form else "")
            for page in PAGES
            if not form or form in page.forms
        ]

    def _of(self, path: str) -> dict[str, str]:
        """What stands in the address of some pages alone."""
        if "organisations" in path:
            return {"code": "WHO"}
        if "consignments" in path:
            return {"number": f"1-{self.first_served}"}
        return {"day": self.released.isoformat()} if "versions" in path else {}

    @property
    def first_served(self) -> str:
        """Somebody who is served by batch 1."""
        ledger = self.ran.node.session.ledger
        return str(next(ledger.entries(kind=Consignment.kind)).body["recipient"])

    @property
    def released(self) -> date:
        """The day of which the brief was released, and corrected."""
        return self.ran.replay.rounds[1].day

    def everywhere(self, form: str = "") -> list[str]:
        """The same in every language."""
        return [f"/{language}{path}" for path in self.paths(form) for language in LANGUAGES]


def make_site(factory: pytest.TempPathFactory) -> Site:
    """The site of a node on which the exercise of the demo has run."""
    ran = opened(own_copy(factory, "site", lambda: _furnished(of_the_demo(factory))))
    app = site(ran.node, public_url=ADDRESS)
    return Site(ran, app, TestClient(app, follow_redirects=False))


def _furnished(ran: Ran) -> Path:
    """The same with a released brief."""
    _release(ran.node, ran.replay.rounds[1].day)
    return kept(ran)


def _release(node: Node, day: date) -> None:
    """Releases the brief of a day, and corrects it: one person writes, another agrees."""
    press, director = node.on_behalf_of("press"), node.on_behalf_of("director")
    drafts.draft(press, day)
    releasing.review(director, day, revision=1, approve=True)
    releasing.release(press, day)
    drafts.correct(press, day, reason="A word was missing.")
    releasing.review(director, day, revision=2, approve=True)
    releasing.release(press, day)
