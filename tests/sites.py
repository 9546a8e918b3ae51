"""A public site over a node that an exercise has run on, for tests that visit it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from sampan.core.languages import LANGUAGES
from sampan.desks.control.exercise import make
from sampan.records.control import Reports
from sampan.web.app import site
from sampan.web.guard import Guard
from sampan.web.pages import PAGES
from tests.replays import Ran, run

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
            "id": reports.id,
        }

    def paths(self, form: str = "") -> list[str]:
        """One address of every page that takes this form, after its language."""
        return [
            page.path.format_map(self.parts | ({"code": "WHO"} if "organisations" in page.path else {}))
            + (f".{form}" if form else "")
            for page in PAGES
            if not form or form in page.forms
        ]

    def everywhere(self, form: str = "") -> list[str]:
        """The same in every language."""
        return [f"/{language}{path}" for path in self.paths(form) for language in LANGUAGES]


def make_site(folder: Path) -> Site:
    """The site of a node on which the exercise of the demo has run."""
    made = make(home="CHN")
    ran = run(folder / "node", made.files, last_weeks_off=1, exercise=made)
    app = site(ran.node, public_url=ADDRESS)
    return Site(ran, app, TestClient(app, follow_redirects=False))
