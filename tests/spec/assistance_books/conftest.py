"""A node for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sampan.node import Node, memory_node


@pytest.fixture
def node() -> Iterator[Node]:
    """A node of China on 26 March 2020."""
    with memory_node() as made:
        yield made
