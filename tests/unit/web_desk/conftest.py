"""A node with nothing on it, and its site as an officer, a director and a viewer have it before them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from sampan.node import MEMORY_PEOPLE, Node, memory_node
from sampan.web.app import site
from tests.signed import QUICK, signed_in

PEOPLE = {**MEMORY_PEOPLE, "viewer": ("viewer",)}


class Desk:
    """Browsers of people who work at one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.app = site(node, public_url="https://aid.example.org", cost=QUICK)
        self._browsers: dict[str | None, TestClient] = {}

    def browser(self, handle: str | None = "officer") -> TestClient:
        """The browser of ``handle``."""
        if handle not in self._browsers:
            self._browsers[handle] = signed_in(self.app, self.node, handle)
        return self._browsers[handle]

    def form(
        self, act: str, query: str = "", handle: str = "officer", language: str = "en"
    ) -> dict[str, str]:
        """The hidden fields of the form of an act."""
        desk, _, name = act.partition(".")
        answer = self.browser(handle).get(f"/{language}/desk/{desk}/{name}{query}")
        assert answer.status_code == 200, answer.text
        return {name: found(answer.text, name) for name in ("csrf", "once")}

    def send(self, act: str, by: str = "officer", language: str = "en", **said: object):
        """Fills in the form of an act and sends it."""
        desk, _, name = act.partition(".")
        files = said.pop("handed_in", None)
        fields = self.form(act, handle=by, language=language) | said
        return self.browser(by).post(f"/{language}/desk/{desk}/{name}", data=fields, files=files)


def found(text: str, name: str) -> str:
    """What a hidden field says."""
    said = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert said, name
    return html.unescape(said[1])


@pytest.fixture
def desk() -> Iterator[Desk]:
    node = memory_node(at=datetime(2020, 3, 26, 12, tzinfo=UTC), people=PEOPLE)
    yield Desk(node)
    node.close()
