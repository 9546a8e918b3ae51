"""What every test may lean on: the shared real files, and a hypothesis profile that repeats itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.postgres", "tests.ledgers"]

settings.register_profile(
    "sampan",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("sampan")

TESTS = Path(__file__).parent
SWEEPS = ("pages", "property", "recover")
"""Folders that go again and again over lines which the other tests count: a third faster without coverage."""

SHARED = Path(os.environ.get("SAMPAN_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_sessionstart() -> None:
    """Whoever ends the tests early ends what they started too: servers stop, and temporary folders go."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(TESTS / folder) for folder in SWEEPS):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real public files beside the project. Never skipped where CI runs."""
    if not (SHARED / "data").is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{SHARED} is missing, and in CI the real files must be read")
        pytest.skip(f"{SHARED} is not here: set SAMPAN_SHARED to the folder of real files")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """All test clients share one thread with an event loop; each request would start its own."""
    from starlette.testclient import TestClient

    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None
        portal.call(portal.stop, True)
