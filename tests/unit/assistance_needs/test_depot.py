"""What is at hand: what was counted, and of what nobody counted, what is assumed less what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import default
from sampan.desks.assistance.stock import depot
from sampan.world.assisted import Sent

OPENED = date(2020, 3, 5)


def at_hand(counted: Mapping[str, int], *, sent: int = 0, weeks: int = 0) -> float:
    """Ventilators on hand ``weeks`` after the depot was opened, ``sent`` of them having left."""
    gone = [Sent("e", OPENED, 1, "ITA", {"ventilator": sent})]
    day = OPENED + timedelta(weeks=weeks)
    found = depot(default(), ["ventilator"], day=day, opened=OPENED, sent=gone, counted=counted)
    return float(found.at_hand[0])


def test_what_nobody_counted_is_assumed() -> None:
    supply = default().supply["ventilator"]
    weekly = supply.production * supply.export_share
    assert at_hand({}, sent=100, weeks=2) == supply.stock + 3 * weekly - 100


def test_more_sent_than_was_assumed_is_a_fault_unless_somebody_counted() -> None:
    with pytest.raises(InputError, match="more ventilator were sent"):
        at_hand({}, sent=50_000)
    assert at_hand({"ventilator": 7}, sent=50_000) == 7
    assert at_hand({"ventilator": 0}, sent=50_000) == 0
