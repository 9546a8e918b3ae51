"""What every test may lean on: the shared real files, and a hypothesis profile that repeats itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.postgres", "tests.ledgers"]

settings.register_profile(
    "sampan",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("sampan")

SHARED = Path(os.environ.get("SAMPAN_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real public files beside the project. Never skipped where CI runs."""
    if not (SHARED / "data").is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED} is missing, and in CI the real files must be read")
        pytest.skip(f"{SHARED} is not here: set SAMPAN_SHARED to the folder of real files")
    return SHARED
