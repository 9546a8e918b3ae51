"""Nodes on the real figures of March 2020, with a forecast, to ask needs and plans of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sampan.node import Node
from tests.offices import office


@pytest.fixture(scope="module")
def china(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Node]:
    with office(tmp_path_factory.mktemp("china") / "node", shared, "CHN") as node:
        yield node


@pytest.fixture(scope="module")
def australia(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Node]:
    with office(tmp_path_factory.mktemp("australia") / "node", shared, "AUS") as node:
        yield node
