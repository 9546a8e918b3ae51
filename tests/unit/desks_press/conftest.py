"""An office that has given and been given, with two people in its press room."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.access.session import Session
from sampan.core.languages import LANGUAGES
from sampan.desks.press.words import Words
from sampan.node import MEMORY_PEOPLE, Node, memory_node
from tests.dispatch import at_work

DAY = date(2020, 3, 26)


@pytest.fixture
def node() -> Node:
    """Aid to Italy, Serbia and WHO, masks from Italy, a team in Italy."""
    return at_work(memory_node(people={**MEMORY_PEOPLE, "deputy-press": ("press",)}))


@pytest.fixture
def press(node: Node) -> Session:
    """The press officer."""
    return node.on_behalf_of("press")


@pytest.fixture
def second(node: Node) -> Session:
    """A second person of the press room."""
    return node.on_behalf_of("deputy-press")


def everywhere(text: str) -> dict[str, str]:
    """The same text in six languages."""
    return dict.fromkeys(LANGUAGES, text)


@pytest.fixture
def words() -> Words:
    """A headline and a paragraph with figures."""
    return Words(
        headline=everywhere("Together since {day:2020-03-05}"),
        sections={"opening": everywhere("{countries}, {organisations}; COVID-19; {number:22}.")},
    )
