"""What home pays is paid; it is delivered when its recipient says so, and never before."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.access.session import Session
from sampan.core.errors import Refused
from sampan.desks.assistance import contributions, deliveries
from sampan.desks.assistance.giving import by_donor_kind
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.world.accounts import balance
from sampan.world.contributions import progress
from tests.giving import FIRST, give

MARCH = date(2020, 3, 1)


@pytest.fixture
def paid(office: Session) -> str:
    """USD 20 million to WHO, committed and paid."""
    give(office, "CHN-MOF", "CHN", "USD=25000000")
    number = contributions.pledge(
        office, donor="CHN", recipient="WHO", lines=read_lines(["USD=20000000"]), day=FIRST
    ).number
    contributions.commit(office, number, day=MARCH)
    done = deliveries.deliver(office, number, day=MARCH)
    assert done.said == f"{number}: USD 20,000,000.00 paid, not confirmed by the recipient"
    return number


def given_by_government(office: Session) -> int:
    return sum(row.delivered for row in by_donor_kind(office, only="given"))


def test_a_payment_is_not_delivered_before_the_recipient_says_so(office: Session, paid: str) -> None:
    (said,) = progress(office.ledger, [paid])
    assert said.status == "paid, not confirmed"
    assert (said.lines[0].delivered, said.lines[0].paid, said.lines[0].due) == (0, 20_000_000_00, 0)
    assert given_by_government(office) == 0
    (there,) = balance(office.ledger, account="disbursed:WHO")
    assert there.quantity == 20_000_000_00, "the money has left all the same"


def test_the_recipient_s_word_may_come_later_and_in_parts(office: Session, paid: str) -> None:
    before = balance(office.ledger)
    deliveries.deliver(office, paid, [read_arrival("USD=5000000")], confirmed="WHO receipt 1", day=MARCH)
    (said,) = progress(office.ledger, [paid])
    assert (said.status, said.lines[0].delivered) == ("partly delivered", 5_000_000_00)
    deliveries.deliver(office, paid, confirmed="WHO receipt 2", day=MARCH)
    (said,) = progress(office.ledger, [paid])
    assert (said.status, said.lines[0].paid) == ("delivered", 0)
    assert balance(office.ledger) == before, "a word moves nothing"
    assert given_by_government(office) == 20_000_000_00
    with pytest.raises(Refused, match=r"Nothing of .* is left to be delivered"):
        deliveries.deliver(office, paid, confirmed="WHO receipt 3", day=MARCH)


def test_what_was_paid_is_not_cancelled_or_paid_again(office: Session, paid: str) -> None:
    with pytest.raises(Refused, match="left to be cancelled"):
        contributions.cancel(office, paid, note="no", day=MARCH)
    with pytest.raises(Refused, match="left to be delivered"):
        deliveries.deliver(office, paid, day=MARCH)
