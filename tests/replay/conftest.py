"""One replay on real figures and one on an exercise, run once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replays import Ran, of_march, of_the_demo


@pytest.fixture(scope="session")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The replay of March 2020."""
    ran = of_march(tmp_path_factory, shared)
    yield ran
    ran.node.close()


@pytest.fixture(scope="session")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The replay of the exercise that the demo runs on."""
    ran = of_the_demo(tmp_path_factory)
    yield ran
    ran.node.close()
