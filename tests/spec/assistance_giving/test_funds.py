"""Money from donor to fund to commitment to whoever is paid, under its earmark, in its currency."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.money import Money, Rate
from sampan.core.time import StandingClock
from sampan.desks.assistance import contributions, deliveries, donors, funds, giving
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.desks.assistance.reciprocity import reciprocity
from sampan.desks.assistance.statements import account_of
from sampan.node import Node
from sampan.records.access import Refusal
from sampan.records.assistance import BudgetLine
from sampan.world.accounts import balance
from sampan.world.contributions import progress
from tests.giving import FIRST, give

MARCH = date(2020, 3, 1)
TWENTY = 20_000_000_00
EURO = Rate("EUR", "USD", Decimal("1.0843"), MARCH, "ECB")


def pledge(session: Session, recipient: str, *what: str, day: date = MARCH, **more: str) -> str:
    lines = read_lines(what)
    return contributions.pledge(
        session, donor="CHN", recipient=recipient, lines=lines, day=day, **more  # type: ignore[arg-type]
    ).number  # fmt: skip


def held(session: Session, account: str, **more: object) -> dict[tuple[str, str | None], int]:
    return {
        (h.commodity.item, h.commodity.earmark): h.quantity
        for h in balance(session.ledger, account=account, kind="money", **more)  # type: ignore[arg-type]
    }


def test_twenty_million_dollars_to_who(office: Session) -> None:
    """The state earmarks USD 20 million for WHO; it is committed, paid, and acknowledged."""
    donors.record_earmark(
        office,
        "WHO-20",
        donor="CHN-MOF",
        level="tightly",
        recipients=["WHO"],
        purpose="COVID-19 response",
        day=FIRST,
    )
    parent = give(office, "CHN-MOF", "CHN", "USD=20000000.00", earmark="WHO-20", day=MARCH)
    elsewhere = pledge(office, "ITA", "USD=1.00")
    with pytest.raises(Refused, match=r"USD 20,000,000\.00 lies under WHO-20\. It is for WHO, not ITA"):
        contributions.commit(office, elsewhere, day=MARCH)
    other = pledge(office, "WHO", "USD=1.00", purpose="influenza")
    with pytest.raises(Refused, match='It is for "COVID-19 response", not "influenza"'):
        contributions.commit(office, other, day=MARCH)
    number = pledge(office, "WHO", "USD=20000000.00", purpose="covid-19 response", parent=parent)
    contributions.commit(office, number, day=date(2020, 3, 5))
    assert held(office, f"committed:{number}") == {("USD", "WHO-20"): TWENTY}
    deliveries.deliver(office, number, day=date(2020, 3, 9))
    assert progress(office.ledger, [number])[0].status == "paid, not confirmed"
    deliveries.deliver(office, number, confirmed="WHO receipt 7", day=date(2020, 3, 9))
    contributions.thank(office, number, "letter of the Director-General", day=date(2020, 3, 9))

    assert held(office, "disbursed:WHO") == {("USD", "WHO-20"): TWENTY}
    assert held(office, "donor:CHN-MOF") == {("USD", "WHO-20"): -TWENTY}
    assert held(office, "fund:relief") == held(office, "committed:") == {}
    given = reciprocity(office, partner="WHO")[0].lines
    assert [(line.item, line.given, line.received) for line in given] == [("USD", TWENTY, 0)]
    assert reciprocity(office, partner="WHO", as_of=date(2020, 3, 8)) == ()
    row = next(row for row in giving.contributions(office, only="given") if row.number == number)
    assert (row.status, row.drawn_on, row.thanked, row.parent) == ("delivered", ("WHO-20",), True, parent)
    position = account_of(office, "relief").positions[0]
    assert (position.received, position.committed, position.closing) == (TWENTY, TWENTY, 0)
    assert (position.disbursed, position.outstanding) == (TWENTY, 0)


def test_the_tightest_earmark_that_allows_it_is_drawn_first(office: Session) -> None:
    for code, level, recipients in (
        ("AFRICA", "softly", ["Africa"]),
        ("ETH-T", "tightly", ["ETH"]),
        ("SRB", "earmarked", ["SRB"]),
    ):
        purpose = "masks" if level == "tightly" else ""
        donors.record_earmark(
            office, code, donor="CHN-FND", level=level, recipients=recipients, purpose=purpose, day=FIRST
        )
        give(office, "CHN-FND", "CHN", "USD=100.00", earmark=code)
    give(office, "CHN-FND", "CHN", "USD=100.00")
    number = pledge(office, "ETH", "USD=250.00", purpose="masks")
    contributions.commit(office, number, day=MARCH)
    assert held(office, f"committed:{number}") == {
        ("USD", "ETH-T"): 100_00,
        ("USD", "AFRICA"): 100_00,
        ("USD", None): 50_00,
    }
    assert held(office, "fund:relief") == {("USD", "SRB"): 100_00, ("USD", None): 50_00}
    deliveries.deliver(office, number, [read_arrival("USD=120.00")], day=MARCH)
    assert held(office, "disbursed:ETH") == {("USD", "ETH-T"): 100_00, ("USD", "AFRICA"): 20_00}
    contributions.cancel(office, number, read_lines(["USD=100.00"]), note="project ended", day=MARCH)
    assert held(office, "fund:relief") == {
        ("USD", "SRB"): 100_00,
        ("USD", "AFRICA"): 50_00,
        ("USD", None): 100_00,
    }
    assert held(office, f"committed:{number}") == {("USD", "AFRICA"): 30_00}


def test_a_gift_pledged_in_one_currency_is_paid_in_another_at_a_rate_that_is_kept(office: Session) -> None:
    number = contributions.pledge(
        office, donor="ITA", recipient="CHN", lines=read_lines(["USD=1084.30"]), day=MARCH
    ).number
    contributions.commit(office, number, day=MARCH)
    paid = Money.read("1000.00", "EUR")
    with pytest.raises(InputError, match="needs both what was paid and the rate"):
        deliveries.deliver(office, number, paid=paid, day=MARCH)
    wrong = Rate("EUR", "USD", Decimal("1.08"), MARCH, "ECB")
    with pytest.raises(InputError, match=r"settles USD 1,080\.00, not USD 1,084\.30"):
        deliveries.deliver(office, number, paid=paid, rate=wrong, day=MARCH)
    deliveries.deliver(office, number, paid=paid, rate=EURO, day=MARCH)
    assert held(office, "fund:relief") == {("EUR", None): 1000_00}
    assert progress(office.ledger, [number])[0].status == "delivered"
    entry = next(e for e in office.ledger.entries(kind="assistance.delivery"))
    assert entry.body["rate"] == {
        "base": "EUR",
        "quote": "USD",
        "rate": "1.0843",
        "day": "2020-03-01",
        "source": "ECB",
    }


def test_money_of_another_currency_is_changed_at_a_rate_or_not_at_all(office: Session) -> None:
    give(office, "ITA", "CHN", "EUR=1000.00")
    number = pledge(office, "WHO", "USD=1000.00")
    with pytest.raises(Refused, match=r"It holds EUR 1,000\.00; change it at a rate"):
        contributions.commit(office, number, day=MARCH)
    with pytest.raises(InputError, match="cannot be changed without a rate"):
        funds.exchange(office, "relief", Money.read("1000.00", "EUR"), rate=None, day=MARCH)
    unsummed = account_of(office, "relief")
    assert unsummed.total is None, "no honest sum without a rate, and each currency all the same"
    assert [(p.currency, p.closing) for p in unsummed.positions] == [("EUR", 1000_00)]
    assert account_of(office, "relief", rates=[EURO]).total == Money.read("1084.30", "USD")
    with pytest.raises(Refused, match=r"can give EUR 1,000\.00 on 2020-03-01; this takes EUR 1,000\.01"):
        funds.exchange(office, "relief", Money.read("1000.01", "EUR"), rate=EURO, day=MARCH)
    funds.exchange(office, "relief", Money.read("1000.00", "EUR"), rate=EURO, day=MARCH)
    contributions.commit(office, number, day=MARCH)
    assert held(office, "fund:relief") == {("USD", None): 84_30}
    assert held(office, "exchange") == {("EUR", None): 1000_00, ("USD", None): -1084_30}
    after = account_of(office, "relief")
    assert [(p.currency, p.exchanged, p.closing) for p in after.positions] == [
        ("EUR", -1000_00, 0),
        ("USD", 1084_30, 84_30),
    ]
    assert after.total == Money.read("84.30", "USD"), "of what is gone nobody needs a rate"


def test_a_budget_of_next_year_is_set_this_year(office: Session) -> None:
    line = BudgetLine(earmark=None, amount=Money.read("300.00", "USD"))
    funds.set_budget(office, "relief", [line], first_day=date(2021, 1, 1), last_day=date(2021, 12, 31))
    (budget,) = funds.budgets(office.ledger, "relief")
    assert budget.first_day == date(2021, 1, 1)


def test_going_round_an_earmark_is_recorded(office: Session) -> None:
    donors.record_earmark(office, "SRB-1", donor="CHN-MOF", level="earmarked", recipients=["SRB"], day=FIRST)
    give(office, "CHN-MOF", "CHN", "USD=100.00", earmark="SRB-1")
    number = pledge(office, "WHO", "USD=100.00")
    with pytest.raises(Refused, match=r"holds USD 0\.00 for this") as fault:
        contributions.commit(office, number, day=MARCH)
    assert "SRB-1. It is for SRB, not WHO." in str(fault.value.way_out)
    (attempt,) = office.ledger.entries(kind=Refusal.kind)
    assert attempt.actor == office.person.handle


def test_a_budget_holds_by_earmark_and_a_release_gives_room_again(office: Session) -> None:
    give(office, "CHN-MOF", "CHN", "USD=1000.00")
    year = {"first_day": date(2020, 1, 1), "last_day": date(2020, 12, 31)}
    line = BudgetLine(earmark=None, amount=Money.read("300.00", "USD"))
    funds.set_budget(office, "relief", [line], **year)
    first = pledge(office, "WHO", "USD=250.00")
    contributions.commit(office, first, day=MARCH)
    second = pledge(office, "ITA", "USD=100.00")
    with pytest.raises(
        Refused, match=r"free money has USD 50\.00 left until 2020-12-31; this commits USD 100"
    ):
        contributions.commit(office, second, day=MARCH)
    contributions.cancel(office, first, read_lines(["USD=50.00"]), note="less is needed", day=MARCH)
    contributions.commit(office, second, day=MARCH)
    assert account_of(office, "relief").positions[0].budget == 300_00
    with pytest.raises(InputError, match="There is a budget from 2020-01-01 to 2020-12-31"):
        funds.set_budget(office, "relief", [line], first_day=MARCH, last_day=date(2020, 12, 31))
    funds.set_budget(office, "relief", [BudgetLine(earmark=None, amount=Money(1, "EUR"))], **year)
    third = pledge(office, "SRB", "USD=1.00")
    with pytest.raises(Refused, match="has no line for free money in USD"):
        contributions.commit(office, third, day=MARCH)


def test_a_commitment_before_the_money_came_is_refused(office: Session) -> None:
    give(office, "CHN-MOF", "CHN", "USD=100.00", day=date(2020, 3, 10))
    number = pledge(office, "WHO", "USD=100.00", day=date(2020, 3, 5))
    with pytest.raises(Refused, match=r"holds USD 0\.00 for this on 2020-03-05"):
        contributions.commit(office, number, day=date(2020, 3, 5))
    contributions.commit(office, number, day=date(2020, 3, 10))


def test_a_back_dated_commitment_cannot_take_what_was_spent_later(office: Session) -> None:
    give(office, "CHN-MOF", "CHN", "USD=100.00", day=MARCH)
    late = pledge(office, "WHO", "USD=80.00", day=MARCH)
    contributions.commit(office, late, day=date(2020, 3, 20))
    early = pledge(office, "ITA", "USD=30.00", day=MARCH)
    size = office.ledger.size
    with pytest.raises(Refused, match="fund:relief"):
        contributions.commit(office, early, day=date(2020, 3, 10))
    assert office.ledger.size == size
    contributions.commit(office, early, read_lines(["USD=20.00"]), day=date(2020, 3, 10))


def test_who_decides_on_what_has_passed_decides_again(
    office: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another office commits between our reading and our writing."""
    give(office, "CHN-MOF", "CHN", "USD=100.00")
    first, second = (pledge(office, who, "USD=60.00") for who in ("WHO", "ITA"))
    write, overtaken = type(office).write, []

    def slow(self: Session, *args: object, **more: object) -> object:
        if not overtaken:
            overtaken.append(True)
            contributions.commit(office, first, day=MARCH)
        return write(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(office), "write", slow)
    with pytest.raises(Refused, match=r"holds USD 40\.00"):
        contributions.commit(office, second, day=MARCH)
    assert held(office, "committed:") == {("USD", None): 60_00}


def test_a_person_without_the_right_sets_no_money_aside(node: Node, office: Session) -> None:
    give(office, "CHN-MOF", "CHN", "USD=100.00")
    number = pledge(office, "WHO", "USD=60.00")
    for who in ("stranger", "director", "press", "italy"):
        session = node.on_behalf_of(who)
        with pytest.raises(Refused, match=f'"{who}" may not'):
            contributions.commit(session, number, day=MARCH)
        with pytest.raises(Refused, match=f'"{who}" may not'):
            funds.open_fund(session, "mine", name="Mine", currency="USD")
    assert held(office, "fund:relief") == {("USD", None): 100_00}


def test_a_statement_between_two_days_and_as_it_was_known(office: Session) -> None:
    clock = office.clock
    assert isinstance(clock, StandingClock)
    give(office, "CHN-MOF", "CHN", "USD=100.00", day=date(2020, 2, 10))
    number = pledge(office, "WHO", "USD=60.00", day=MARCH)
    contributions.commit(office, number, day=date(2020, 3, 5))
    then = clock.now()
    clock.at = datetime(2020, 4, 2, tzinfo=UTC)
    give(office, "CHN-FND", "CHN", "USD=7.00", day=date(2020, 3, 7))
    march = {"first_day": date(2020, 3, 1), "last_day": date(2020, 3, 31)}
    position = account_of(office, "relief", **march).positions[0]
    assert (position.opening, position.received, position.committed, position.closing) == (
        100_00,
        7_00,
        60_00,
        47_00,
    )
    assert account_of(office, "relief", **march, known_on=then).positions[0].received == 0
    assert [line.change for line in account_of(office, "relief", **march).lines] == [-60_00, 7_00]


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda s: funds.open_fund(s, "relief", name="again", currency="USD"), "already"),
        (lambda s: funds.open_fund(s, "Big Fund", name="x", currency="USD"), "no code for a fund"),
        (lambda s: funds.open_fund(s, "gold", name="x", currency="XAU"), "not a currency"),
        (lambda s: funds.the_fund(s.ledger, "nowhere"), 'no fund "nowhere".*relief'),
        (lambda s: funds.set_budget(s, "relief", [], first_day=MARCH, last_day=MARCH), "one line for each"),
        (lambda s: funds.set_budget(s, "relief", [], first_day=MARCH, last_day=FIRST), "is after"),
    ],
)
def test_what_cannot_be_a_fund_or_a_budget_is_refused(office: Session, act, says: str) -> None:  # type: ignore[no-untyped-def]
    size = office.ledger.size
    with pytest.raises(InputError, match=says):
        act(office)
    assert office.ledger.size == size
