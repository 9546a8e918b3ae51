"""A node on which everything was done, one act after the other, over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.everything import Asked, do_everything
from tests.served import Served, serve

Done = list[tuple[Asked, Any]]


@pytest.fixture(scope="package")
def done_remotely() -> tuple[Served, Done]:
    """A served node, and what came back of every act that was asked of it over the API."""
    served = serve()
    remotes = {name: served.remote(name) for name in served.node.settings.people}

    def ask(asked: Asked) -> Any:
        return getattr(getattr(remotes[asked.by], asked.desk), asked.act)(**asked.given)

    return served, do_everything(ask)


@pytest.fixture(scope="package")
def served(done_remotely: tuple[Served, Done]) -> Served:
    """The node that is left behind."""
    return done_remotely[0]
