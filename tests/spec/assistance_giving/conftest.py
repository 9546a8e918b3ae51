"""A furnished office for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sampan.access.session import Session
from sampan.node import Node, memory_node
from tests.giving import furnish


@pytest.fixture
def node() -> Iterator[Node]:
    """A node of China on 26 March 2020."""
    with memory_node() as made:
        yield made


@pytest.fixture
def office(node: Node) -> Session:
    """The officer's session at that node."""
    return furnish(node.session)
