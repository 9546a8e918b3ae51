"""What users of the warehouse and cargo systems beg for (study of the peers, §5), each by its number."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.assistance import depots, journeys, packing
from sampan.desks.assistance.batches import approve
from sampan.desks.assistance.donors import record_earmark
from sampan.desks.assistance.receipts import Found, claims, receive, receive_all
from sampan.desks.assistance.stock_lists import in_units, lot_line
from sampan.node import Node
from sampan.records.assistance import Receipt
from sampan.world.accounts import balance
from sampan.world.assisted import confirmed
from sampan.world.consignments import numbers, track
from tests.books import DAY, batch, hand_over, sent, stock
from tests.giving import furnish


def held(node: Node, account: str) -> dict[str | None, int]:
    return {
        one.commodity.lot: one.quantity for one in balance(node.session.ledger, account=account, kind="goods")
    }


def test_1_a_receiver_can_say_damaged_or_missing_and_why(node: Node) -> None:
    number = sent(node)
    said = Found("mask", good=900, damaged=60, missing=40, reason="crate wet", photo=b"a picture")
    receive(node.on_behalf_of("italy"), number, [said])
    (line,) = Receipt.read(next(node.session.ledger.entries(kind=Receipt.kind)).body).lines
    assert (line.good, line.damaged, line.missing, line.reason) == (900, 60, 40, "crate wet")
    assert line.photo is not None
    assert node.session.blobs.get(line.photo) == b"a picture"


def test_2_the_sender_learns_of_a_discrepancy_at_once(node: Node) -> None:
    number = sent(node)
    receive(node.on_behalf_of("italy"), number, [Found("mask", good=990, missing=10, reason="short")])
    (claim,) = claims(node.session.ledger)
    assert (claim.consignment, claim.item, claim.lot, claim.units) == (number, "mask", "L1", 10)
    assert track(node.session.ledger, number).discrepancy


def test_3_counting_to_nothing_needs_a_reason_for_every_lot(node: Node) -> None:
    stock(node.session, "mask", 1000)
    stock(node.session, "mask", 500, "L2")
    for whole_depot in (True, False):
        with pytest.raises(InputError, match="nobody says why"):
            depots.count(
                node.session, [(lot_line("mask", 0, lot="L1", least=0), "")], whole_depot=whole_depot
            )
    assert held(node, "depot:home") == {"L1": 1000, "L2": 500}


def test_3_a_pack_size_cannot_hide_a_discrepancy(node: Node) -> None:
    """Whatever it is counted in, the books compare base units."""
    stock(node.session, "mask", 2000)
    cartons = lot_line("mask", in_units(1, "carton", item="mask"), lot="L1")
    assert depots.count(node.session, [(cartons, "")]).said == "1 lot counted in home, 0 differ"


@pytest.mark.parametrize(("change", "left"), [(-40, 960), (40, 1040)])
def test_3_an_adjustment_keeps_its_sign(node: Node, change: int, left: int) -> None:
    stock(node.session, "mask", 1000)
    done = depots.adjust(node.session, lot_line("mask", 1, lot="L1"), change, reason="recount")
    assert held(node, "depot:home") == {"L1": left}
    assert done.said == f"mask of lot L1: 1,000 became {left:,}"


def test_4_a_receipt_reaches_the_sender_and_is_kept_by_a_rebuild(node: Node) -> None:
    number = sent(node)
    receive_all(node.on_behalf_of("italy"), number)
    assert confirmed(node.session.ledger) == (number,)
    node.session.ledger.rebuild()
    assert confirmed(node.session.ledger) == (number,)
    assert track(node.session.ledger, number).state == "received"


def test_5_promised_packed_handed_over_and_received_are_kept_apart(node: Node) -> None:
    stock(node.session, "mask", 1000)
    number = batch(node, {"ITA": {"mask": 1000}}).consignments[0]
    ledger, italy = node.session.ledger, node.on_behalf_of("italy")
    states = [track(ledger, number).state]
    packing.pack(node.session, number, day=DAY)
    states.append(track(ledger, number).state)
    hand_over(node.session, number)
    states.append(track(ledger, number).state)
    journeys.progress(node.session, number, "in transit", place="PVG", day=DAY)
    journeys.progress(node.session, number, "arrived", place="FCO", day=DAY)
    journeys.progress(node.session, number, "cleared", place="FCO", day=DAY)
    states.append(track(ledger, number).state)
    assert (held(node, "received:ITA"), confirmed(ledger)) == ({}, ()), "cleared is not received"
    receive_all(italy, number)
    states.append(track(ledger, number).state)
    assert states == ["decided", "packed", "handed to carrier", "cleared", "received"]


def test_6_a_donors_earmark_is_on_the_pack_that_the_recipient_signs_for(node: Node) -> None:
    office = furnish(node.session)
    record_earmark(office, "ITA-M", donor="CHN-FND", level="earmarked", recipients=["ITA"], day=DAY)
    stock(office, "mask", 1000, earmark="ITA-M")
    number = batch(node, {"ITA": {"mask": 1000}}).consignments[0]
    packing.pack(office, number, day=DAY)
    hand_over(office, number)
    receive_all(node.on_behalf_of("italy"), number)
    (line,) = Receipt.read(next(office.ledger.entries(kind=Receipt.kind)).body).lines
    assert line.earmark == "ITA-M"
    (there,) = balance(office.ledger, account="received:ITA", earmark="ITA-M")
    assert there.quantity == 1000


def test_7_what_the_carrier_leaves_behind_is_split_off_and_never_vanishes(node: Node) -> None:
    stock(node.session, "mask", 1000)
    number = batch(node, {"ITA": {"mask": 1000}}).consignments[0]
    packing.pack(node.session, number, day=DAY)
    parted = packing.split(node.session, number, {"mask": 400}, reason="no room on the flight", day=DAY)
    hand_over(node.session, number)
    assert parted.into == "1-ITA.2"
    assert (held(node, f"transit:{number}"), held(node, "packed:1-ITA.2")) == ({"L1": 600}, {"L1": 400})
    assert numbers(node.session.ledger) == (number, "1-ITA.2")
    with pytest.raises(Refused, match="This leaves nothing of 1-ITA"):
        packing.split(node.session, number, {"mask": 600}, reason="all of it", day=DAY)


def test_8_a_second_partial_receipt_leaves_the_first_as_it_was(node: Node) -> None:
    number, italy = sent(node), node.on_behalf_of("italy")
    first = receive(italy, number, [Found("mask", good=300)])
    second = receive(italy, number, [Found("mask", good=700)])
    assert [(x.part, x.good, x.outstanding) for x in (first, second)] == [(1, 300, 700), (2, 700, 0)]
    assert [Receipt.read(e.body).lines[0].good for e in italy.ledger.entries(kind=Receipt.kind)] == [300, 700]
    with pytest.raises(Refused, match=r"All of 1-ITA has been signed for"):
        receive(italy, number, [Found("mask", good=1)])


def test_9_an_expiry_needs_its_lot_and_a_receipt_says_what_was_sent(node: Node) -> None:
    with pytest.raises(InputError, match="has an expiry but no lot"):
        stock(node.session, "mask", 1000, None, expiry=date(2021, 1, 1))
    number = sent(node)
    with pytest.raises(InputError, match=r"carries no mask lot L9. It carries lot L1"):
        receive(node.on_behalf_of("italy"), number, [Found("mask", good=1000, lot="L9")])


def test_10_giving_more_than_there_is_fails_loudly_with_the_numbers(node: Node) -> None:
    stock(node.session, "mask", 1200)
    number = batch(node, {"ITA": {"mask": 1200}}).consignments[0]
    depots.adjust(node.session, lot_line("mask", 1, lot="L1"), -200, reason="flood", day=DAY)
    with pytest.raises(Refused, match=r"home can give 1,000 mask to 1-ITA, which asks for 1,200") as fault:
        packing.pack(node.session, number, day=DAY)
    assert (fault.value.facts["held"], fault.value.facts["asked"]) == (1000, 1200)
    assert fault.value.way_out == "Split 200 off, or record what came in since."


def test_11_cartons_and_units_are_counted_alike(node: Node) -> None:
    assert in_units(3, "cartons", item="mask") == in_units(6000, "masks", item="mask") == 6000
    with pytest.raises(
        InputError,
        match=r'mask is not counted in "litre"\. Count it in its own unit \(mask\), or in cartons of 2000',
    ):
        in_units(3, "litre", item="mask")


def test_an_approval_is_a_second_persons(node: Node) -> None:
    """Four eyes, in every peer a setting, here a rule."""
    stock(node.session, "mask", 1000)
    number = batch(node, {"ITA": {"mask": 1000}})
    with pytest.raises(InputError, match="approved as batch 1"):
        approve(node.on_behalf_of("deputy"), number.plan)
