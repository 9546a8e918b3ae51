"""One replay on real figures and one on an exercise, run once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sampan.desks.control.exercise import make
from tests.replays import Ran, real_files, run


@pytest.fixture(scope="session")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The replay of March 2020."""
    ran = run(tmp_path_factory.mktemp("real") / "node", real_files(shared))
    yield ran
    ran.node.close()


@pytest.fixture(scope="session")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    """The replay of the exercise that the demo runs on."""
    made = make(home="CHN")
    ran = run(tmp_path_factory.mktemp("made") / "node", made.files, last_weeks_off=1, exercise=made)
    yield ran
    ran.node.close()
