"""Ledgers for the tests: on either store, with a fixed key, a standing clock and the shortest of drafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sampan.core.time import StandingClock
from sampan.ledger.entry import Draft
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey

ORIGIN = "home.example/log"
KEY = SigningKey.from_seed(ORIGIN, bytes(range(32)))
NOON = datetime(2020, 3, 26, 12, tzinfo=UTC)


def draft(number: int = 0, **changes: Any) -> Draft:
    """A draft of no importance; odd ones are public."""
    fields = {
        "kind": "note.made",
        "body": {"number": number},
        "actor": "officer",
        "effective": NOON,
        "sharing": "public" if number % 2 else "internal",
    }
    return Draft(**{**fields, **changes})


def drafts(count: int, start: int = 0) -> list[Draft]:
    """``count`` drafts, numbered from ``start``."""
    return [draft(number) for number in range(start, start + count)]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a new ledger may be made: once in a file, once in PostgreSQL."""
    if request.param == "sqlite":
        return tmp_path / "a ledger.sqlite"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def ledger(place: str | Path) -> Iterator[Ledger]:
    """An empty ledger, on either store."""
    with Ledger.create(place, origin=ORIGIN, key=KEY, clock=StandingClock(NOON)) as made:
        yield made
