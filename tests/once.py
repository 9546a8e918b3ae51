"""What takes long to make is made once in a run of the tests, by whichever worker needs it first; each has a copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def own_copy(factory: pytest.TempPathFactory, name: str, make: Callable[[], Path]) -> Path:
    """A copy, which may be written, of the folder that ``make`` returns. It is made while the other workers wait."""
    mine = factory.getbasetemp()
    of_the_run = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    made = of_the_run / f"once-{name}"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make().rename(made)
    return Path(shutil.copytree(made, factory.mktemp(name) / name))
