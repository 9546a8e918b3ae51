"""Bad input and people without the right: refused with the way out, recorded where it matters, nothing half-done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, SampanError
from sampan.desks.assistance import batches, depots, journeys, packing
from sampan.desks.assistance.donors import record_earmark
from sampan.desks.assistance.proposals import propose_by_hand
from sampan.desks.assistance.receipts import Found, receive, receive_all, settle
from sampan.desks.assistance.stock_lists import lot_line
from sampan.node import Node
from sampan.records.access import Refusal
from sampan.records.assistance import (
    AppealStep,
    Approval,
    Batch,
    Consignment,
    ConsignmentLine,
    LotLine,
    Packing,
    Production,
    Receipt,
    ReceiptLine,
    SettledLine,
    Settlement,
    Split,
)
from sampan.records.movement import may_owe
from sampan.records.record import Record
from sampan.world.accounts import balance
from sampan.world.consignments import track
from tests.books import DAY, batch, hand_over, sent, stock
from tests.giving import furnish


def unchanged(node: Node, act: Callable[[], object], *, recorded: bool = False) -> SampanError:
    """Runs ``act``, which must be refused and move nothing; returns the refusal."""
    ledger = node.session.ledger
    before, size = balance(ledger), ledger.size
    with pytest.raises((InputError, Refused)) as fault:
        act()
    assert balance(ledger) == before
    assert ledger.size == size + recorded
    if recorded:
        assert ledger.at(size).kind == Refusal.kind
    assert fault.value.way_out, "a refusal says the way out"
    found: SampanError = fault.value
    return found


def promised(node: Node, units: int = 1000, *, day: date = DAY) -> str:
    """A promise whose goods were lost after it was made."""
    stock(node.session, "mask", units, "GONE", day=day)
    number = batch(node, {"ITA": {"mask": units}}, day=day).consignments[0]
    depots.adjust(node.session, lot_line("mask", 1, lot="GONE"), -units, reason="fire", day=day)
    return number


def test_more_than_there_is_names_numbers_and_lots(node: Node) -> None:
    stock(node.session, "mask", 600, "A")
    stock(node.session, "mask", 300, "B")
    number = promised(node)
    fault = unchanged(node, lambda: packing.pack(node.session, number, day=DAY))
    assert "900" in str(fault)
    lots = [lot_line("mask", 700, lot="A"), lot_line("mask", 300, lot="B")]
    fault = unchanged(node, lambda: packing.pack(node.session, number, lots=lots, day=DAY))
    assert str(fault) == (
        "home holds 600 mask of lot A; this takes 700. Take 600 or fewer. There is 300 of lot B."
    )


def test_more_than_was_sent(node: Node) -> None:
    number = sent(node)
    italy = node.on_behalf_of("italy")
    fault = unchanged(node, lambda: receive(italy, number, [Found("mask", good=1001)]))
    assert "still carries 1,000 mask of lot L1; this receipt says 1,001" in str(fault)
    twice = [Found("mask", good=600), Found("mask", damaged=600, reason="wet")]
    unchanged(node, lambda: receive(italy, number, twice))


def test_an_expired_lot(node: Node) -> None:
    stock(node.session, "mask", 1000, "OLD", expiry=date(2020, 3, 10))
    number = promised(node)
    fault = unchanged(node, lambda: packing.pack(node.session, number))
    assert "Lot OLD may not go. It expired on 2020-03-10." in str(fault)
    lots = [lot_line("mask", 1000, lot="OLD")]
    fault = unchanged(node, lambda: packing.pack(node.session, number, lots=lots))
    assert "Lot OLD of mask cannot go to ITA. It expired on 2020-03-10." in str(fault)
    line = lot_line("mask", 1, lot="X", expiry=date(2020, 3, 1))
    unchanged(node, lambda: depots.produce(node.session, [line], source="Works 1", day=DAY))


def test_a_lot_that_expires_between_packing_and_leaving_stays(node: Node) -> None:
    stock(node.session, "mask", 1000, "SOON", expiry=date(2020, 3, 10))
    number = promised(node)
    packing.pack(node.session, number, lots=[lot_line("mask", 1000, lot="SOON")], day=DAY)
    late = lambda: hand_over(node.session, number, day=date(2020, 3, 12))  # noqa: E731
    assert "SOON of mask expired on 2020-03-10" in str(unchanged(node, late, recorded=True))


def test_first_expired_goes_first(node: Node) -> None:
    for lot, month in (("LATE", 9), ("SOON", 5), ("NEXT", 6)):
        stock(node.session, "mask", 400, lot, expiry=date(2020, month, 1))
    number = promised(node)
    packing.pack(node.session, number, day=DAY)
    picked = {lot.commodity.lot: lot.packed for lot in track(node.session.ledger, number).lots}
    assert picked == {"SOON": 400, "NEXT": 400, "LATE": 200}


def test_what_is_kept_for_home_stays(node: Node) -> None:
    stock(node.session, "mask", 1000)
    depots.reserve(node.session, "mask", 100, reason="home first", day=DAY)
    number = promised(node)
    fault = unchanged(node, lambda: packing.pack(node.session, number, day=DAY))
    assert "home can give 900 mask" in str(fault)
    assert "100 are kept for home" in str(fault)
    (row,) = depots.items_on_hand(node.session.ledger, as_of=DAY)
    assert (row.at_hand, row.reserve, row.free) == (1000, 100, 900)


def test_an_earmark_keeps_goods_from_others(node: Node) -> None:
    office = furnish(node.session)
    record_earmark(office, "SRB-M", donor="CHN-FND", level="earmarked", recipients=["SRB"], day=DAY)
    stock(office, "mask", 1000, "GIFT", earmark="SRB-M")
    number = promised(node)
    fault = unchanged(node, lambda: packing.pack(office, number, day=DAY))
    assert "It is for SRB, not ITA" in str(fault)
    lots = [lot_line("mask", 1000, lot="GIFT")]
    unchanged(node, lambda: packing.pack(office, number, lots=lots, day=DAY))


def test_a_backdated_issue_before_there_was_stock(node: Node) -> None:
    stock(node.session, "mask", 1000, day=date(2020, 3, 10))
    number = promised(node, day=date(2020, 3, 1))
    unchanged(node, lambda: packing.pack(node.session, number, day=date(2020, 3, 9)))
    direct = Packing(consignment=number, depot="home", lines=(LotLine(item="mask", lot="L1", units=1),))
    fault = unchanged(node, lambda: node.session.write("consign", [direct], effective=date(2020, 3, 9)))
    assert "depot:home can give 0 mask of lot L1 on 2020-03-09; this takes 1." in str(fault)


def test_a_backdated_issue_of_what_was_spent_later(node: Node) -> None:
    """On the 6th there were 1,000, but 900 of them left on the 10th: only 100 may leave on the 6th."""
    stock(node.session, "mask", 1000, day=DAY)
    depots.adjust(node.session, lot_line("mask", 1, lot="L1"), -900, reason="flood", day=date(2020, 3, 10))
    number = promised(node, 200)
    with pytest.raises(Refused, match=r"can give 100 mask of lot L1 from 2020-03-06 to 2020-03-10"):
        packing.pack(node.session, number, day=date(2020, 3, 6))


def test_a_step_before_the_one_before_it(node: Node) -> None:
    number = sent(node)
    act = lambda: journeys.progress(node.session, number, "arrived", place="FCO", day=date(2020, 3, 4))  # noqa: E731
    assert "Name 2020-03-05 or a later day." in str(unchanged(node, act))


def test_a_waybill_is_used_once(node: Node) -> None:
    number = sent(node)
    stock(node.session, "mask", 1000, "L2")
    other = batch(node, {"SRB": {"mask": 1000}}).consignments[0]
    packing.pack(node.session, other, day=DAY)
    for same in (f" 999-{number} ", f"999 {number.lower()}", f"999/{number}."):
        fault = unchanged(node, lambda same=same: hand_over(node.session, other, waybill=same))
        assert f"belongs to {number} already" in str(fault)


def test_a_promise_is_not_withdrawn_before_it_was_made(node: Node) -> None:
    number = promised(node)
    early = lambda: packing.withdraw(node.session, number, reason="no", day=date(2020, 3, 4))  # noqa: E731
    assert "promised on 2020-03-05; it cannot be withdrawn on 2020-03-04" in str(unchanged(node, early))


def test_steps_follow_the_table(node: Node) -> None:
    number = sent(node)
    for act in (
        lambda: packing.pack(node.session, number, day=DAY),
        lambda: packing.unpack(node.session, number, reason="no", day=DAY),
        lambda: packing.withdraw(node.session, number, reason="no"),
        lambda: journeys.progress(node.session, number, "cleared", place="FCO", day=DAY),
        lambda: hand_over(node.session, number, waybill="another"),
    ):
        assert "1-ITA is handed to carrier; it cannot become" in str(unchanged(node, act))


def test_a_second_leg_has_its_own_waybill_and_moves_nothing(node: Node) -> None:
    number = sent(node)
    journeys.progress(node.session, number, "arrived", place="ADD", day=DAY)
    before = balance(node.session.ledger)
    hand_over(node.session, number, waybill="road-1")
    assert balance(node.session.ledger) == before
    assert track(node.session.ledger, number).state == "handed to carrier"


def test_a_receipt_for_somebody_elses_consignment(node: Node) -> None:
    number = sent(node)
    for handle in ("serbia", "officer"):
        fault = unchanged(node, lambda h=handle: receive_all(node.on_behalf_of(h), number), recorded=True)
        assert f'1-ITA is for ITA; "{handle}" speaks for' in str(fault)


def test_a_receipt_before_it_left(node: Node) -> None:
    stock(node.session, "mask", 1000)
    number = promised(node)
    italy = node.on_behalf_of("italy")
    assert "1-ITA is decided: it has not left" in str(
        unchanged(node, lambda: receive(italy, number, [Found("mask", good=1)]))
    )
    assert "no consignment 7-ITA" in str(
        unchanged(node, lambda: receive(italy, "7-ITA", [Found("mask", good=1)]))
    )


def test_only_the_recipient_can_say_that_a_claim_was_found(node: Node) -> None:
    number = sent(node)
    italy = node.on_behalf_of("italy")
    receive(italy, number, [Found("mask", good=960, missing=40, reason="short")])
    unchanged(node, lambda: settle(node.session, number, "mask", 40, "found", reason="?"), recorded=True)
    settle(italy, number, "mask", 10, "found", reason="in another crate")
    settle(node.session, number, "mask", 30, "lost", reason="carrier has paid")
    unchanged(node, lambda: settle(node.session, number, "mask", 1, "lost", reason="again"))
    ledger = node.session.ledger
    totals = {a: sum(h.quantity for h in balance(ledger, account=a)) for a in ("received:ITA", "loss")}
    assert totals == {"received:ITA": 970, "loss": 30}


# Four eyes


def test_nobody_approves_their_own_plan(node: Node) -> None:
    both = node.session.on_behalf_of(Person("both", ("officer", "approver")))
    stock(both, "mask", 1000)
    plan = propose_by_hand(both, [("ITA", "mask", 1000)], reason="appeal", day=DAY)
    fault = unchanged(node, lambda: batches.approve(both, plan), recorded=True)
    assert '"both" proposed this plan and cannot approve it.' in str(fault)
    direct = [Approval(plan=plan), Batch(number=1, day=DAY, plan=plan, consignments=0)]
    unchanged(node, lambda: both.write("approve", direct), recorded=True)


def test_two_people_approve_different_parts(node: Node) -> None:
    wanted = [("ITA", "mask", 1000), ("SRB", "mask", 500), ("SRB", "ventilator", 5)]
    stock(node.session, "mask", 1500)
    stock(node.session, "ventilator", 5)
    plan = propose_by_hand(node.session, wanted, reason="appeals", day=DAY)
    director, deputy = node.on_behalf_of("director"), node.on_behalf_of("deputy")
    first = batches.approve(director, plan, recipients=["ITA"])
    assert (first.number, first.consignments, first.waiting) == (1, ("1-ITA",), 2)
    fault = unchanged(node, lambda: batches.approve(deputy, plan, recipients=["ITA"]))
    assert "ITA was approved already, by director." in str(fault)
    assert "nothing now for DEU" in str(
        unchanged(node, lambda: batches.approve(deputy, plan, recipients=["DEU"]))
    )
    second = batches.approve(deputy, plan, items=["mask"])
    third = batches.approve(director, plan)
    assert [(x.number, x.consignments, x.waiting) for x in (second, third)] == [
        (1, ("1-SRB",), 1),
        (1, ("1-SRB.2",), 0),
    ]
    (row,) = batches.batches(node.session)
    assert (row.number, row.approved_by, row.waiting) == (1, "director, deputy", 0)


# A person without the right, from the library, under every act that they have

_OFFICER, _DIRECTOR, _SERBIA, _STRANGER = "officer", "director", "serbia", "stranger"
_MASKS = LotLine(item="mask", lot="L1", units=1)


def _smuggled(plan: str) -> list[tuple[str, Record]]:
    """Who may not write what, even by hand."""
    promise = (ConsignmentLine(item="mask", units=1),)
    receipt = Receipt(
        consignment="1-ITA", part=9, recipient="ITA", lines=(ReceiptLine(item="mask", lot="L1", good=1),)
    )
    found = SettledLine(item="mask", lot="L1", units=1, outcome="found")
    return [
        (_OFFICER, Approval(plan=plan)),
        (_OFFICER, Batch(number=9, day=DAY, plan=plan, consignments=0)),
        (_OFFICER, Consignment(batch=1, recipient="ITA", lines=promise, number="1-ITA.9")),
        (_OFFICER, receipt),
        (_SERBIA, receipt),
        (_SERBIA, Receipt(consignment="1-ITA", part=9, recipient="SRB", lines=receipt.lines)),
        (_SERBIA, Settlement(consignment="1-ITA", lines=(found,), reason="")),
        (_SERBIA, Production(depot="home", lines=(_MASKS,), source="me")),
        (_DIRECTOR, Packing(consignment="1-ITA", depot="home", lines=(_MASKS,))),
        (_DIRECTOR, Production(depot="home", lines=(_MASKS,), source="me")),
        (_OFFICER, Split(consignment="1-ITA", into="1-SRB.2", lines=promise, held="transit", reason="")),
        (_STRANGER, Production(depot="home", lines=(_MASKS,), source="me")),
    ]


@pytest.mark.parametrize("case", range(12))
def test_no_record_gets_through_from_somebody_without_the_right(node: Node, case: int) -> None:
    sent(node)
    stock(node.session, "mask", 10)
    plan = propose_by_hand(node.session, [("SRB", "mask", 10)], reason="appeal", day=DAY)
    handle, record = _smuggled(plan)[case]
    session: Session = node.on_behalf_of(handle)
    acts: list[Any] = ["plan", "stock", "consign", "receive", "approve", "contribute", "roster", "load"]
    for act in acts:
        unchanged(node, lambda a=act: session.write(a, [record]), recorded=True)
    tried = [e.actor for e in node.session.ledger.entries(kind=Refusal.kind)]
    assert tried == [handle] * len(acts)


def test_whoever_lacks_the_right_is_told_so_before_anything_about_their_text(node: Node) -> None:
    session: Session = node.on_behalf_of(_SERBIA)
    step = AppealStep(appeal="1", state="answered", how="by \x00 telephone")
    fault = unchanged(node, lambda: session.write("receive", [step]), recorded=True)
    assert isinstance(fault, Refused)


def test_expired_and_earmarked_lots_cannot_be_written_by_hand(node: Node) -> None:
    office = furnish(node.session)
    record_earmark(office, "SRB-M", donor="CHN-FND", level="earmarked", recipients=["SRB"], day=DAY)
    stock(office, "mask", 10, "GIFT", earmark="SRB-M")
    stock(office, "mask", 10, "OLD", expiry=date(2020, 3, 10))
    number = promised(node, 10)
    for line in (
        LotLine(item="mask", lot="GIFT", earmark="SRB-M", units=10),
        LotLine(item="mask", lot="OLD", expiry=date(2020, 3, 10), units=10),
    ):
        record = Packing(consignment=number, depot="home", lines=(line,))
        unchanged(node, lambda r=record: office.write("consign", [r]), recorded=True)


@pytest.mark.parametrize(
    "number", ["", "ITA", "x-ITA", "0-ITA", "1-", "1-ita", "1-ITA.", "1-ITA.0", "1-ITA/2"]
)
def test_a_number_that_is_none_cannot_be_written(node: Node, number: str) -> None:
    """Every total is read by number: one that says no batch would spoil them all."""
    stock(node.session, "mask", 10)
    record = Packing(consignment=number, depot="home", lines=(_MASKS,))
    unchanged(node, lambda: node.session.write("consign", [record]), recorded=True)


def test_a_consignment_is_numbered_for_its_recipient_and_batch(node: Node) -> None:
    lines = (ConsignmentLine(item="mask", units=1),)
    director = node.on_behalf_of("director")
    for number in ("2-ITA", "1-SRB"):
        record = Consignment(batch=1, recipient="ITA", lines=lines, number=number)
        unchanged(node, lambda r=record: director.write("approve", [r]), recorded=True)


def test_no_account_but_a_source_is_ever_below_zero(node: Node) -> None:
    number = sent(node)
    receive(node.on_behalf_of("italy"), number, [Found("mask", good=900, damaged=100, reason="wet")])
    for one in balance(node.session.ledger):
        assert one.quantity > 0 or may_owe(one.account)
