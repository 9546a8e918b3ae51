"""A batch is a public figure: it promises no more than there is, and not before the batch before it."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.assistance import batches, depots, packing, rounds
from sampan.desks.assistance.assumptions import default
from sampan.desks.assistance.plan import read_plan
from sampan.desks.assistance.proposals import propose_by_hand
from sampan.desks.assistance.stock_lists import lot_line
from sampan.node import Node
from sampan.records.assistance import Plan
from tests.books import DAY, batch, stock
from tests.everything import figures


def propose(node: Node, units: int, *, to: str = "ITA", day: date = DAY) -> str:
    return propose_by_hand(node.session, [(to, "mask", units)], reason="appeal", day=day)


def test_what_no_depot_holds_is_not_promised(node: Node) -> None:
    with pytest.raises(Refused, match="0 mask can be promised on 2020-03-05; this promises 999") as fault:
        propose(node, 999)
    assert "sampan stock produce" in str(fault.value.way_out)


def test_what_is_promised_to_one_is_not_promised_to_another(node: Node) -> None:
    stock(node.session, "mask", 1000)
    batch(node, {"ITA": {"mask": 700}})
    with pytest.raises(Refused, match=r"300 mask can be promised .* this promises 400") as fault:
        propose(node, 400, to="SRB")
    assert (fault.value.facts["held"], fault.value.facts["asked"]) == (300, 400)
    assert propose(node, 300, to="SRB")


def test_lines_of_one_proposal_add_up(node: Node) -> None:
    stock(node.session, "mask", 1000)
    wanted = [("ITA", "mask", 600), ("SRB", "mask", 600)]
    with pytest.raises(Refused, match="this promises 1,200"):
        propose_by_hand(node.session, wanted, reason="appeals", day=DAY)


def test_what_left_the_depot_is_not_counted_twice(node: Node) -> None:
    stock(node.session, "mask", 1000)
    packing.pack(node.session, batch(node, {"ITA": {"mask": 700}}).consignments[0], day=DAY)
    assert propose(node, 300, to="SRB")


def test_home_s_reserve_and_expired_lots_are_not_promised(node: Node) -> None:
    stock(node.session, "mask", 1000)
    stock(node.session, "mask", 500, "OLD", expiry=DAY)
    depots.reserve(node.session, "mask", 100, reason="home first", day=DAY)
    assert propose(node, 1400)
    with pytest.raises(Refused, match=r"900 mask can be promised on 2020-03-06"):
        propose(node, 1400, day=date(2020, 3, 6))


def test_what_lies_in_a_province_is_the_province_s(node: Node) -> None:
    stock(node.session, "mask", 1000)
    stock(node.session, "mask", 500, "P1", depot="CN-HB")
    depots.reserve(node.session, "mask", 500, depot="CN-HB", reason="wards", day=DAY)
    with pytest.raises(Refused, match=r"1,000 mask can be .*In the stores of provinces lie 500") as fault:
        propose(node, 1001)
    assert "sampan stock move" in str(fault.value.way_out)
    assert propose(node, 1000), "nor does what a province keeps lessen what lies elsewhere"


def test_what_was_lost_since_it_was_proposed_is_not_approved(node: Node) -> None:
    stock(node.session, "mask", 1000)
    plan = propose(node, 1000)
    depots.adjust(node.session, lot_line("mask", 1, lot="L1"), -1, reason="torn", day=DAY)
    with pytest.raises(Refused, match="999 mask can be promised"):
        batches.approve(node.on_behalf_of("director"), plan)


def test_a_promise_of_an_earlier_day_leaves_what_was_spent_later(node: Node) -> None:
    stock(node.session, "mask", 1000)
    depots.adjust(node.session, lot_line("mask", 1, lot="L1"), -900, reason="flood", day=date(2020, 3, 10))
    with pytest.raises(Refused, match="100 mask can be promised on 2020-03-26"):
        propose(node, 200)


def test_a_batch_is_not_of_a_day_before_the_last(node: Node) -> None:
    stock(node.session, "mask", 1000, day=date(2020, 3, 1))
    early = propose(node, 10, day=date(2020, 3, 4))
    batch(node, {"ITA": {"mask": 100}}, day=DAY)
    with pytest.raises(InputError, match="last batch is of 2020-03-05; another cannot be of 2020-03-04") as f:
        propose(node, 10, day=date(2020, 3, 4))
    assert f.value.way_out == "Name 2020-03-05 or a later day."
    with pytest.raises(
        InputError, match=r"Batch 1 was approved after this plan was proposed|last batch is of"
    ):
        batches.approve(node.on_behalf_of("director"), early)


def test_a_plan_on_stock_that_nobody_counted_says_so_and_can_be_taken_back(node: Node) -> None:
    node.control.load_figures(figures())
    node.control.publish_forecast(weeks=4)
    day = rounds.propose(node.session, assumptions=default()).decision.day
    plan = node.session.ledger.get(batches.batches(node.session)[0].plan)
    decision = read_plan(node.session, Plan.read(plan.body))
    assert "mask" in decision.on_assumed_stock
    approved = batches.approve(node.on_behalf_of("director"))
    assert approved.assumed == decision.on_assumed_stock
    assert node.session.ledger.get(approved.approval).body["assumed"] == list(approved.assumed)

    depots.count(node.session, [(lot_line("mask", 3000, lot="L1"), "first count")], day=day)
    with pytest.raises(Refused, match="promised to others") as fault:
        propose(node, 1000, to="SRB", day=day)
    assert "sampan consignment withdraw" in str(fault.value.way_out)
    for number in approved.consignments:
        packing.withdraw(node.session, number, reason="it was never there", day=day)
    after = rounds.propose(node.session, assumptions=default()).decision
    assert "mask" not in after.on_assumed_stock
    (home,) = [line for line in after.home if line.item == "mask"]
    assert home.at_hand == 3000
    assert "mask" not in batches.approve(node.on_behalf_of("director")).assumed
