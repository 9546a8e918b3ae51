"""One site, visited by all tests here."""

from __future__ import annotations

import pytest

from tests.sites import Site, make_site


@pytest.fixture(scope="session")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of an exercise."""
    return make_site(tmp_path_factory)
