"""What users of other systems complained of (their threads are named), and what happens here."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance import appeals, contributions, deliveries, donors, giving, tracing
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.records.assistance import AppealLine
from sampan.world.accounts import balance
from sampan.world.contributions import progress
from tests.giving import give

MARCH = date(2020, 3, 1)


def _state(office: Session, number: str, item: str) -> tuple[int, int, int, int]:
    line = next(x for x in progress(office.ledger, [number])[0].lines if x.item == item)
    return line.pledged, line.committed, line.delivered, line.cancelled


def test_pledged_committed_and_delivered_are_kept_apart(office: Session) -> None:
    """open-msupply #7085: "shipped" is only what they claim to have sent."""
    number = contributions.pledge(
        office, donor="ITA-CRI", recipient="CHN", lines=read_lines(["mask=1000"]), day=MARCH
    ).number
    contributions.commit(office, number, read_lines(["mask=800"]), day=MARCH)
    deliveries.deliver(office, number, [read_arrival("mask=300@L1/2022-01-01")], day=MARCH)
    assert _state(office, number, "mask") == (1000, 800, 300, 0)
    assert progress(office.ledger, [number])[0].status == "partly delivered"


def test_the_donor_stays_with_the_pack_from_the_gift_to_its_use(office: Session) -> None:
    """open-msupply #6518, BHIMA #4826, #1490: the donor field was blocked for months, or never came."""
    donors.record_earmark(
        office, "CRI-HB", donor="ITA-CRI", level="tightly", recipients=["CN-HB"], items=["mask"], day=MARCH
    )
    number = give(office, "ITA-CRI", "CHN", "mask=1000@L1/2022-01-01", earmark="CRI-HB", day=MARCH)
    with pytest.raises(Refused, match=r"CRI-HB of ITA-CRI does not allow this\. It is for CN-HB, not CN-GD"):
        deliveries.use(office, number, [read_arrival("mask=10")], place="CN-GD", day=MARCH)
    deliveries.use(office, number, [read_arrival("mask=400")], place="CN-HB", day=MARCH)
    held = {(h.account, h.commodity.earmark): h.quantity for h in tracing.whereabouts(office, number)}
    assert held == {("depot:home", "CRI-HB"): 600, ("used:CN-HB", "CRI-HB"): 400}


def test_a_part_that_does_not_come_is_cancelled_and_nothing_vanishes(office: Session) -> None:
    """openboxes #239: removing the rest makes stock vanish."""
    number = contributions.pledge(
        office, donor="ITA-CRI", recipient="CHN", lines=read_lines(["mask=1000"]), day=MARCH
    ).number
    contributions.commit(office, number, read_lines(["mask=900"]), day=MARCH)
    deliveries.deliver(office, number, [read_arrival("mask=300")], day=MARCH)
    contributions.cancel(office, number, read_lines(["mask=650"]), note="flight grounded", day=MARCH)
    assert _state(office, number, "mask") == (350, 350, 300, 650)
    said = [(step.step, step.lines) for step in tracing.story(office, number).steps]
    assert said == [
        ("pledged", ("1,000 mask",)),
        ("committed", ("900 mask",)),
        ("delivered", ("300 mask",)),
        ("cancelled", ("650 mask",)),
    ]
    with pytest.raises(Refused, match=r"50 mask may still be cancelled .* this is 51 mask"):
        contributions.cancel(office, number, read_lines(["mask=51"]), note="more", day=MARCH)


def test_a_second_partial_delivery_leaves_the_first_as_it_was(office: Session) -> None:
    """openboxes #586 (blocker): the second partial receipt rolled back the first."""
    number = contributions.pledge(
        office, donor="ITA-CRI", recipient="CHN", lines=read_lines(["mask=1000"]), day=MARCH
    ).number
    contributions.commit(office, number, day=MARCH)
    deliveries.deliver(office, number, [read_arrival("mask=300@L1/2022-01-01")], day=MARCH)
    first = balance(office.ledger, account="depot:home")
    deliveries.deliver(office, number, [read_arrival("mask=700@L2/2022-06-01")], day=MARCH)
    now = balance(office.ledger, account="depot:home")
    assert [h for h in now if h.commodity.lot == "L1"] == first
    assert sum(h.quantity for h in now) == 1000


@pytest.mark.parametrize("text", ["mask=10@/2022-01-01", "USD=10@L1", "mask=10@L1/01.02.2022"])
def test_an_expiry_needs_its_lot_and_only_goods_have_lots(text: str) -> None:
    """openboxes #56, #2100: expiry without lot accepted."""
    with pytest.raises(InputError):
        read_arrival(text)


def test_an_expired_lot_does_not_enter_a_depot(office: Session) -> None:
    number = contributions.pledge(
        office, donor="ITA-CRI", recipient="CHN", lines=read_lines(["mask=10"]), day=MARCH
    ).number
    contributions.commit(office, number, day=MARCH)
    size = office.ledger.size
    with pytest.raises(Refused, match="Lot L1 of mask expired on 2020-03-01"):
        deliveries.deliver(office, number, [read_arrival("mask=10@L1/2020-03-01")], day=MARCH)
    assert office.ledger.size == size


def test_giving_more_than_there_is_is_an_error_with_the_numbers(office: Session) -> None:
    """human-essentials #1663: "saved", but silently failed."""
    give(office, "CHN-MOF", "CHN", "USD=1000.00", day=MARCH)
    number = contributions.pledge(
        office, donor="CHN", recipient="WHO", lines=read_lines(["USD=1000.01"]), day=MARCH
    ).number
    size = office.ledger.size
    with pytest.raises(Refused, match=r"holds USD 1,000\.00 .* this commits USD 1,000\.01") as fault:
        contributions.commit(office, number, day=MARCH)
    assert fault.value.facts == {"held": 100_000, "asked": 100_001}
    assert office.ledger.size == size


def test_money_goods_people_and_services_come_in_one_gift(office: Session) -> None:
    """human-essentials #348: money and goods from one donor."""
    what = ("mask=100", "USD=50.00", "people:nurse=20", "service:air freight=2")
    number = give(office, "ITA", "CHN", *what, day=MARCH)
    row = next(row for row in giving.contributions(office) if row.number == number)
    assert row.status == "delivered"
    assert row.said == "100 mask, USD 50.00, 20 person-days of nurse, 2 times air freight"


def _masks(quantity: int = 1000) -> tuple[AppealLine, ...]:
    return (AppealLine(kind="goods", item="mask", quantity=quantity),)


def test_a_request_told_twice_is_taken_in_once(office: Session) -> None:
    """findthemasks #50, covidheroes #19: registers duplicated each other."""
    appeals.record_appeal(office, requester="ITA", lines=_masks(), day=MARCH)
    size = office.ledger.size
    with pytest.raises(
        Refused, match=r"A-0001 of ITA on 2020-03-01 asks for the same.*--follows A-0001"
    ) as fault:
        appeals.record_appeal(office, requester="ITA", lines=_masks(2000), day=date(2020, 3, 20))
    assert fault.value.facts["duplicate_of"] == "A-0001"
    assert office.ledger.size == size
    more = appeals.record_appeal(office, requester="ITA", lines=_masks(2000), follows="A-0001", day=MARCH)
    assert more.done.number == "A-0002"


def test_the_same_letter_is_known_again_whoever_brings_it(office: Session) -> None:
    letter = office.keep("letter.pdf", b"please send masks")
    appeals.record_appeal(office, requester="ITA", lines=_masks(), document=letter, day=MARCH)
    with pytest.raises(Refused, match="came with the same document"):
        appeals.record_appeal(office, requester="SRB", lines=_masks(), document=letter, day=MARCH)


def test_an_organisation_that_asks_for_its_member_is_pointed_out(office: Session) -> None:
    appeals.record_appeal(office, requester="ETH", lines=_masks(), day=MARCH)
    recorded = appeals.record_appeal(office, requester="AU", lines=_masks(), day=MARCH)
    assert recorded.overlaps == ("A-0001",)


def test_nothing_is_promised_to_a_requester_whom_nobody_has_verified(office: Session) -> None:
    """findthemasks #50: requests were unverified."""
    appeals.record_appeal(office, requester="ITA", lines=_masks(), day=MARCH)
    pledge = {"donor": "CHN", "recipient": "ITA", "lines": read_lines(["mask=500"]), "appeal": "A-0001"}
    with pytest.raises(Refused, match="is received: nothing is promised on it"):
        contributions.pledge(office, **pledge, day=MARCH)
    appeals.move_appeal(office, "A-0001", "verified", "call with the embassy", day=MARCH)
    assert contributions.pledge(office, **pledge, day=MARCH).number == "C-0001"
