"""Accounts on either database, with a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sampan.access.accounts import Accounts
from sampan.access.people import Person, somebody
from sampan.core.time import StandingClock
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, NOON, ORIGIN
from tests.signed import QUICK

PEOPLE = {
    "officer": ["officer"],
    "director": ["approver"],
    "administrator": ["administrator"],
    "italy": ["receiver:ITA"],
}


def known(handle: str) -> Person | None:
    return somebody(handle, PEOPLE[handle]) if handle in PEOPLE else None


class Office:
    """Accounts, their clock, and their ledger."""

    def __init__(self, ledger: Ledger, clock: StandingClock) -> None:
        self.ledger = ledger
        self.clock = clock
        self.people = known
        self.accounts = Accounts(ledger, clock, known, cost=QUICK)

    def reopened(self) -> Accounts:
        """The same accounts in another process."""
        return Accounts(self.ledger, self.clock, known, cost=QUICK)

    def later(self, **much: float) -> None:
        self.clock.at += timedelta(**much)

    def events(self) -> list[str]:
        return [each.event for each in self.accounts.happened()]


@pytest.fixture
def office(place: str | Path) -> Iterator[Office]:
    clock = StandingClock(NOON)
    with Ledger.create(place, origin=ORIGIN, key=KEY, clock=clock) as ledger:
        yield Office(ledger, clock)
