"""A real browser, and a site served as readers get it. Any Chromium will do; where CI runs, there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.pages.served import free_port, serving
from tests.sites import Site, make_site

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. Never skipped where CI has put one (.ci/run)."""
    named = os.environ.get("SAMPAN_CHROMIUM")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        if os.environ.get("SAMPAN_NEEDS_CHROMIUM"):
            pytest.fail("no Chromium is here, and the pages must be seen: install chromium")
        pytest.skip("no Chromium is here: install it, or name it in SAMPAN_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The browser, without a window."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def visited(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of an exercise."""
    return make_site(tmp_path_factory)


@pytest.fixture(scope="session")
def address(visited: Site) -> Iterator[str]:
    """Where the site is served."""
    with serving(visited.app, free_port()) as served:
        yield served


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where to keep pictures of the pages, if SAMPAN_PICTURES says so."""
    named = os.environ.get("SAMPAN_PICTURES")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
    return Path(named) if named else None
