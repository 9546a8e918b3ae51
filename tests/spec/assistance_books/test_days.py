"""Nothing is a fact before its day has come, whoever writes it and by whatever way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import contributions, depots, packing, receipts
from sampan.desks.assistance.lines import read_lines
from sampan.desks.assistance.proposals import propose_by_hand
from sampan.desks.assistance.stock_lists import lot_line
from sampan.node import Node
from sampan.records.assistance import LotLine, Production
from tests.books import batch, sent, stock

TODAY = date(2020, 3, 26)
TOMORROW = TODAY + timedelta(days=1)


def _produce(session: Session, day: date) -> object:
    return depots.produce(session, [lot_line("mask", 5, lot="L")], source="Works 1", day=day)


def _pledge(session: Session, day: date) -> object:
    return contributions.pledge(session, donor="ITA", recipient="CHN", lines=read_lines(["mask=10"]), day=day)


def _propose(session: Session, day: date) -> object:
    stock(session, "mask", 5)
    return propose_by_hand(session, [("ITA", "mask", 5)], reason="appeal", day=day)


def _raw(session: Session, day: date) -> object:
    made = Production(depot="home", lines=(LotLine(item="mask", lot="L", units=5),), source="Works 1")
    return session.write("stock", [made], effective=day)


def _dated(session: Session, day: date) -> object:
    made = Production(depot="home", lines=(LotLine(item="mask", lot="L", units=5),), source="Works 1")
    return session.decide_dated("stock", lambda: [(day, made)])


@pytest.mark.parametrize("act", [_produce, _pledge, _propose, _raw, _dated], ids=lambda act: act.__name__)
def test_a_day_to_come_is_no_fact(node: Node, act: Callable[[Session, date], object]) -> None:
    with pytest.raises(InputError, match="2020-03-27 has not come yet: it is 2020-03-26 here") as fault:
        act(node.session, TOMORROW)
    assert "2020-03-26" in str(fault.value.way_out)


@pytest.mark.parametrize("act", [_produce, _pledge, _propose, _raw, _dated], ids=lambda act: act.__name__)
def test_today_is(node: Node, act: Callable[[Session, date], object]) -> None:
    assert act(node.session, TODAY)


def test_the_days_of_an_exercise_may_lie_ahead_of_the_clock(node: Node) -> None:
    assert _produce(replace(node.session, exercise=True), TOMORROW)


def test_nobody_signs_tomorrow_for_what_left_today(node: Node) -> None:
    number = sent(node)
    with pytest.raises(InputError, match="has not come yet"):
        receipts.receive_all(node.on_behalf_of("italy"), number, day=TOMORROW)


def test_nothing_is_packed_tomorrow(node: Node) -> None:
    stock(node.session, "mask", 10)
    number = batch(node, {"ITA": {"mask": 10}}).consignments[0]
    with pytest.raises(InputError, match="has not come yet"):
        packing.pack(node.session, number, day=TOMORROW)
