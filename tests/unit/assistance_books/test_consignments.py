"""Numbers, states, papers, cold chain: what is known of one consignment, as of any day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance import journeys, packing
from sampan.desks.assistance.depots import plannable
from sampan.desks.assistance.receipts import receive_all
from sampan.node import Node, memory_node
from sampan.records.assistance.consignments import MOVES, State, batch_of, recipient_of
from sampan.world.assisted import outstanding
from sampan.world.consignments import track
from tests.books import DAY, batch, sent, stock


@pytest.fixture
def node() -> Iterator[Node]:
    with memory_node() as made:
        yield made


def test_a_number_says_batch_and_recipient() -> None:
    for number in ("4-ITA", "4-ITA.12"):
        assert (batch_of(number), recipient_of(number)) == (4, "ITA")


def test_the_table_of_moves_is_closed_and_only_a_receipt_ends_a_journey() -> None:
    states = set(get_args(State))
    assert set(MOVES) == states
    assert {to for moves in MOVES.values() for to in moves} <= states
    assert MOVES["received"] == MOVES["withdrawn"] == ()
    left = {"handed to carrier", "in transit", "arrived", "cleared"}
    assert {state for state in states if "received" in MOVES[state]} == left


def test_papers_customs_and_positions_are_kept_with_it(node: Node) -> None:
    number = sent(node)
    journeys.add_paper(
        node.session, number, "donation letter", reference="17/2020", name="l.pdf", data=b"%PDF"
    )
    journeys.customs(node.session, number, "import permit", authority="AIFA", outcome="granted")
    journeys.position(node.session, number, 41.8, 12.25, place="Fiumicino")
    kinds = [event.record.kind for event in track(node.session.ledger, number).events]
    assert kinds[-3:] == ["assistance.paper", "assistance.customs", "assistance.position"]
    with pytest.raises(InputError, match="nowhere on earth"):
        journeys.position(node.session, number, 141.8, 12.25)


def test_a_broken_cold_chain_stays_visible(node: Node) -> None:
    number = sent(node)
    for celsius, breaches in ((5.0, 0), (8.0, 0), (8.1, 1), (-0.5, 2)):
        journeys.temperature(node.session, number, celsius, lowest=2.0, highest=8.0)
        assert track(node.session.ledger, number).breaches == breaches
    receive_all(node.on_behalf_of("italy"), number)
    assert track(node.session.ledger, number).breaches == 2


def test_it_stands_as_it_stood_on_any_day(node: Node) -> None:
    number = sent(node)
    journeys.progress(node.session, number, "arrived", place="FCO", day=DAY + timedelta(days=3))
    receive_all(node.on_behalf_of("italy"), number, day=DAY + timedelta(days=5))
    ledger = node.session.ledger
    states = [track(ledger, number, as_of=DAY + timedelta(days=days)).state for days in (0, 3, 5)]
    assert states == ["handed to carrier", "arrived", "received"]
    with pytest.raises(InputError, match="There is no consignment"):
        track(ledger, number, as_of=DAY - timedelta(days=1))
    with pytest.raises(InputError, match="There is no consignment"):
        track(ledger, number, known_on=datetime(2020, 3, 1, tzinfo=UTC))


def test_what_is_promised_is_not_planned_again(node: Node) -> None:
    stock(node.session, "mask", 1000)
    number = batch(node, {"ITA": {"mask": 300}}).consignments[0]
    ledger = node.session.ledger
    assert (outstanding(ledger), plannable(ledger, as_of=DAY)) == ({"mask": 300}, {"home": {"mask": 700}})
    packing.pack(node.session, number, day=DAY)
    assert (outstanding(ledger), plannable(ledger, as_of=DAY)) == ({}, {"home": {"mask": 700}})
    packing.unpack(node.session, number, reason="no flight", day=DAY)
    packing.withdraw(node.session, number, reason="declined", day=date(2020, 3, 6))
    assert plannable(ledger, as_of=DAY) == {"home": {"mask": 700}}
    assert plannable(ledger, as_of=date(2020, 3, 6)) == {"home": {"mask": 1000}}


def test_a_split_after_arrival_keeps_its_state(node: Node) -> None:
    number = sent(node)
    journeys.progress(node.session, number, "arrived", place="FCO", day=DAY)
    parted = packing.split(node.session, number, {"mask": 250}, reason="two hospitals", day=DAY)
    ledger = node.session.ledger
    assert (track(ledger, parted.into).state, track(ledger, number).state) == ("arrived", "arrived")
    receive_all(node.on_behalf_of("italy"), parted.into)
    assert (track(ledger, parted.into).state, track(ledger, number).state) == ("received", "arrived")
