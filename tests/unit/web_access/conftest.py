"""One node with an exercise on it, its site, and three who visit it: a stranger, a viewer and an officer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sampan.access.accounts import Accounts
from sampan.core.time import StandingClock
from sampan.node import MEMORY_PEOPLE, Node, memory_node
from sampan.web.app import site
from sampan.web.guard import Guard
from tests.signed import PASSWORD, QUICK, accounts_of, signed_in

ADDRESS = "https://aid.example.org"


@dataclass
class Visited:
    """A site and what a test needs beside it."""

    node: Node
    app: Guard
    accounts: Accounts

    @property
    def clock(self) -> StandingClock:
        clock = self.node.session.clock
        assert isinstance(clock, StandingClock)
        return clock

    def browser(self, handle: str | None = None) -> TestClient:
        """A browser in which ``handle`` is signed in, or nobody."""
        return signed_in(self.app, self.node, handle)

    def settle(self, handle: str) -> None:
        """Gives ``handle`` the password of the tests."""
        self.accounts.set_password(handle, PASSWORD)

    def events(self) -> list[str]:
        return [each.event for each in self.accounts.happened()]


def csrf(client: TestClient, path: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf" value="(\w+)"', client.get(path).text)
    assert found, path
    return found[1]


@pytest.fixture
def here() -> Iterator[Visited]:
    node = memory_node(at=datetime(2020, 3, 26, 12, tzinfo=UTC), people=MEMORY_PEOPLE)
    app = site(node, public_url=ADDRESS, cost=QUICK)
    yield Visited(node, app, accounts_of(node))
    node.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Node.create(tmp_path / "node", home="FRA").close()
    return tmp_path / "node"
