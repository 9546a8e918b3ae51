"""Giving and receiving are one set of records, seen from home."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.time import StandingClock
from sampan.desks.assistance import contributions, deliveries, donors, giving, tracing
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.desks.assistance.reciprocity import reciprocity
from sampan.node import Node
from sampan.records.assistance import Earmark, Use
from sampan.records.movement import Commodity, Movement
from sampan.world.accounts import balance
from sampan.world.contributions import progress
from sampan.world.earmarks import allows, fault_in
from sampan.world.parties import find_party, party
from tests.giving import FIRST, give

MARCH = date(2020, 3, 1)


def test_which_side_of_the_books_a_gift_stands_on(office: Session) -> None:
    give(office, "ITA-CRI", "CHN", "mask=1")
    give(office, "CHN-FND", "ETH", "mask=1", confirmed="letter of the ministry")
    give(office, "CHN-MOF", "CHN", "USD=1.00")
    contributions.pledge(office, donor="CHN", recipient="WHO", lines=read_lines(["USD=1.00"]), day=MARCH)
    give(office, "CN-SH", "CHN", "mask=1")
    assert [row.side for row in giving.contributions(office)] == [
        "received",
        "given",
        "domestic",
        "given",
        "domestic",
    ]
    assert [row.donor_kind for row in giving.contributions(office)] == [
        "NGO",
        "foundation",
        "central government",
        "central government",
        "local government",
    ]


def test_nothing_counts_as_delivered_abroad_until_its_recipient_says_so(office: Session) -> None:
    number = contributions.pledge(
        office, donor="CHN-FND", recipient="ETH", lines=read_lines(["mask=10"]), day=MARCH
    ).number
    contributions.commit(office, number, day=MARCH)
    with pytest.raises(Refused, match="ETH has not said that it has this"):
        deliveries.deliver(office, number, day=MARCH)
    assert balance(office.ledger, account="received:ETH") == []
    deliveries.deliver(office, number, confirmed="GRN 12", day=MARCH)
    assert [h.quantity for h in balance(office.ledger, account="received:ETH")] == [10]


def test_what_home_sends_is_delivered_by_the_consignment_that_its_recipient_signed_for(
    office: Session,
) -> None:
    number = contributions.pledge(
        office, donor="CHN", recipient="ITA", lines=read_lines(["mask=10"]), day=MARCH
    ).number
    contributions.commit(office, number, day=MARCH)
    with pytest.raises(Refused, match="leaves its depots by a consignment"):
        deliveries.deliver(office, number, confirmed="a letter", day=MARCH)
    with pytest.raises(Refused, match="ITA has had 0 mask of 1-ITA that no delivery cites yet"):
        deliveries.deliver(office, number, carried_by="1-ITA", day=MARCH)
    _signed(office, "1-ITA", 7)
    with pytest.raises(Refused, match="ITA has had 7 mask of 1-ITA"):
        deliveries.deliver(office, number, carried_by="1-ITA", day=MARCH)
    before = balance(office.ledger)
    deliveries.deliver(office, number, [read_arrival("mask=5")], carried_by="1-ITA", day=MARCH)
    with pytest.raises(Refused, match="ITA has had 2 mask of 1-ITA"):
        deliveries.deliver(office, number, [read_arrival("mask=3")], carried_by="1-ITA", day=MARCH)
    assert balance(office.ledger) == before
    (italy,) = reciprocity(office)
    assert [(x.item, x.given) for x in italy.lines] == [("mask", 7)]


def _signed(office: Session, consignment: str, masks: int) -> None:
    """What Italy signed for, as a receipt of a consignment moves it."""
    goods = Commodity("goods", "mask", lot="L1")
    steps = ("outside", "depot:home", f"transit:{consignment}", "received:ITA")
    moved = tuple(Movement(a, b, goods, masks) for a, b in itertools.pairwise(steps))
    record = Use(contribution="none", lines=(), moved=moved, place="CN-HB")
    office.write("receive", [record], effective=MARCH)


def test_reciprocity_counts_what_came_either_way_and_nothing_else(office: Session) -> None:
    give(office, "ITA-CRI", "CHN", "mask=100", "people:nurse=20", day=date(2020, 2, 10))
    give(office, "ITA", "CHN", "mask=50", day=date(2020, 3, 2))
    give(office, "CHN-FND", "ITA", "mask=700", confirmed="GRN 1", day=date(2020, 3, 15))
    give(office, "CHN-FND", "CHN", "mask=5", day=date(2020, 3, 15))
    contributions.pledge(office, donor="ITA", recipient="CHN", lines=read_lines(["mask=999"]), day=MARCH)
    (italy,) = reciprocity(office)
    assert [(x.kind, x.item, x.given, x.received) for x in italy.lines] == [
        ("goods", "mask", 700, 150),
        ("person-days", "nurse", 0, 20),
    ]
    (monthly,) = reciprocity(office, monthly=True)
    assert [(x.month.month, x.item, x.given, x.received) for x in monthly.lines] == [
        (2, "mask", 0, 100),
        (2, "nurse", 0, 20),
        (3, "mask", 700, 50),
    ]
    assert reciprocity(office, as_of=date(2020, 3, 14))[0].lines[0].given == 0
    assert reciprocity(office, partner="SRB") == ()


def test_what_others_gave_us_is_listed_with_its_use_and_our_thanks(office: Session) -> None:
    number = give(office, "ITA-CRI", "CHN", "mask=1000@L1/2022-01-01", "mask=500@L2/2021-01-01")
    with pytest.raises(Refused, match="Nothing of C-0002 has come yet"):
        contributions.pledge(office, donor="ITA", recipient="CHN", lines=read_lines(["mask=1"]), day=MARCH)
        contributions.thank(office, "C-0002", "thank you")
    deliveries.use(office, number, [read_arrival("mask=700")], place="CN-HB", day=MARCH)
    contributions.thank(office, number, "letter of 1 March", day=MARCH)
    gift = tracing.received(office)[0]
    assert gift.row.thanked and gift.used == (("CN-HB", "700 mask"),)
    # first expired, first out: all of L2 went before any of L1
    assert {(h.account, h.commodity.lot): h.quantity for h in gift.whereabouts} == {
        ("depot:home", "L1"): 800,
        ("used:CN-HB", "L1"): 200,
        ("used:CN-HB", "L2"): 500,
    }
    with pytest.raises(Refused, match="800 mask may still be used"):
        deliveries.use(office, number, [read_arrival("mask=801")], place="CN-HB", day=MARCH)


def test_gifts_of_each_kind_of_donor_have_the_list_behind_them(office: Session) -> None:
    first = give(office, "CHN-FND", "CHN", "mask=10")
    second = give(office, "CHN-PEOPLE", "CHN", "mask=3")
    third = give(office, "CHN-FND", "ITA", "mask=5", confirmed="GRN 1")
    found = {
        (x.donor_kind, x.item): (x.donors, x.delivered, x.contributions) for x in giving.by_donor_kind(office)
    }
    assert found == {
        ("foundation", "mask"): (1, 15, (first, third)),
        ("individual", "mask"): (1, 3, (second,)),
    }


def test_a_late_correction_changes_todays_figure_and_not_yesterdays(office: Session) -> None:
    clock = office.clock
    assert isinstance(clock, StandingClock)
    number = give(office, "ITA-CRI", "CHN", "mask=1000")
    yesterday = clock.now()
    clock.at = datetime(2020, 3, 27, 12, tzinfo=UTC)
    donors.record_party(office, "ITA-CRI", name="Red Cross", donor_kind="multilateral", country="ITA")
    give(office, "ITA", "CHN", "mask=1", day=date(2020, 3, 20))
    then = giving.contributions(office, as_of=date(2020, 3, 26), known_on=yesterday)
    assert [(row.number, row.donor_kind) for row in then] == [(number, "NGO")]
    now = giving.contributions(office, as_of=date(2020, 3, 26))
    assert [row.donor_kind for row in now] == ["multilateral", "central government"]


def test_a_back_dated_step_keeps_every_later_day_in_order(office: Session) -> None:
    number = contributions.pledge(
        office, donor="ITA", recipient="CHN", lines=read_lines(["mask=100"]), day=FIRST
    ).number
    contributions.commit(office, number, day=date(2020, 3, 10))
    with pytest.raises(Refused, match="0 mask may still be delivered on 2020-03-05"):
        deliveries.deliver(office, number, [read_arrival("mask=1")], day=date(2020, 3, 5))
    deliveries.deliver(office, number, [read_arrival("mask=90")], day=date(2020, 3, 12))
    with pytest.raises(Refused, match="too little mask for what C-0001 says of 2020-03-12"):
        contributions.cancel(office, number, read_lines(["mask=50"]), note="late", day=date(2020, 3, 11))
    with pytest.raises(Refused, match="not pledged yet on 2020-01-31"):
        contributions.commit(office, number, day=date(2020, 1, 31))
    assert progress(office.ledger, [number])[0].lines[0].delivered == 90


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"donor": "ITA", "recipient": "SRB"}, "Neither ITA nor SRB is of CHN"),
        ({"donor": "CHN", "recipient": "CHN"}, "gives nothing to itself"),
        ({"earmark": "NONE"}, 'no earmark "NONE"'),
        ({"appeal": "A-0001"}, "no appeal A-0001"),
        ({"parent": "C-0009"}, "no contribution C-0009"),
        ({"donor": "Atlantis"}, "no place"),
        ({"number": "C-0001"}, "number C-0001 is taken"),
        ({"number": "C:1"}, "cannot be a number"),
    ],
)
def test_what_cannot_be_a_pledge_is_refused(office: Session, changes: dict[str, str], says: str) -> None:
    give(office, "ITA", "CHN", "mask=1")
    size = office.ledger.size
    given = {"donor": "ITA", "recipient": "CHN", "lines": read_lines(["mask=5"]), **changes}
    with pytest.raises(InputError, match=says):
        contributions.pledge(office, **given, day=MARCH)  # type: ignore[arg-type]
    assert office.ledger.size == size


def test_an_attempt_to_go_round_an_earmark_is_refused_and_on_record(office: Session) -> None:
    donors.record_earmark(office, "F-AFR", donor="CHN-FND", level="softly", recipients=["Africa"], day=FIRST)
    with pytest.raises(Refused, match="It is for Africa, not ITA"):
        contributions.pledge(
            office, donor="CHN-FND", recipient="ITA", lines=read_lines(["mask=1"]), earmark="F-AFR", day=MARCH
        )
    with pytest.raises(InputError, match="is of CHN-FND, not of CHN-MOF"):
        contributions.pledge(
            office, donor="CHN-MOF", recipient="ETH", lines=read_lines(["mask=1"]), earmark="F-AFR", day=MARCH
        )
    (entry,) = office.ledger.entries(kind="access.refusal")
    assert entry.actor == "officer" and "F-AFR" in entry.body["what"]


def test_a_viewer_writes_nothing_at_all(node: Node, office: Session) -> None:
    number = give(office, "ITA", "CHN", "mask=10")
    stranger = node.on_behalf_of("stranger")
    for act in (
        lambda: contributions.pledge(stranger, donor="ITA", recipient="CHN", lines=read_lines(["mask=1"])),
        lambda: contributions.commit(stranger, number),
        lambda: deliveries.deliver(stranger, number),
        lambda: contributions.cancel(stranger, number, note="x"),
        lambda: contributions.thank(stranger, number, "x"),
        lambda: deliveries.use(stranger, number, place="CN-HB"),
        lambda: donors.record_party(stranger, "X-1", name="X", donor_kind="NGO", country="ITA"),
        lambda: donors.record_earmark(stranger, "E", donor="ITA", level="unearmarked"),
    ):
        before = balance(office.ledger)
        with pytest.raises(Refused, match='"stranger" may not contribute'):
            act()
        assert balance(office.ledger) == before


EARMARKS = [
    # level, recipients, items, purpose, what is wrong with it
    ("unearmarked", (), (), "", None),
    ("unearmarked", ("ITA",), (), "", "unearmarked gift names no recipient"),
    ("softly", ("Africa",), (), "", None),
    ("softly", (), (), "health systems", None),
    ("softly", ("ETH",), (), "", "names regions or a theme"),
    ("earmarked", ("ETH",), (), "", None),
    ("earmarked", (), (), "", "says for whom, what or which purpose"),
    ("tightly", ("ETH",), ("mask",), "", None),
    ("tightly", ("ETH",), (), "", "says two of"),
]


@pytest.mark.parametrize(("level", "recipients", "items", "purpose", "wrong"), EARMARKS)
def test_the_level_of_an_earmark_fits_what_it_ties(level, recipients, items, purpose, wrong) -> None:  # type: ignore[no-untyped-def]
    earmark = Earmark(code="E", donor="X", level=level, recipients=recipients, items=items, purpose=purpose)
    fault = fault_in(earmark)
    assert (fault is None) if wrong is None else (fault is not None and wrong in fault)


@pytest.mark.parametrize(
    ("recipients", "items", "recipient", "item", "allowed"),
    [
        ((), (), "ITA", "mask", True),
        (("ITA",), (), "ITA", "mask", True),
        (("ITA",), (), "FRA", "mask", False),
        (("Africa",), (), "ETH", "mask", True),
        (("Africa",), (), "AU", "mask", True),
        (("Africa",), (), "WHO", "mask", False),
        (("CHN",), (), "CN-HB", "mask", True),
        (("CN-HB",), (), "CHN", "mask", False),
        (("Asia",), (), "CN-HB", "mask", True),
        ((), ("mask",), "ITA", "ventilator", False),
        (("ITA",), ("mask", "ventilator"), "ITA", "ventilator", True),
        (("ITA-CRI",), (), "ITA", "mask", False),
    ],
)
def test_what_an_earmark_allows(recipients, items, recipient, item, allowed) -> None:  # type: ignore[no-untyped-def]
    earmark = Earmark(code="E", donor="X", level="earmarked", recipients=recipients, items=items)
    assert allows(earmark, recipient, item) is allowed


def test_a_purpose_binds_where_somebody_states_one() -> None:
    earmark = Earmark(code="E", donor="X", level="earmarked", purpose="Hospitals in Lombardy")
    assert allows(earmark, "ITA", "mask")
    assert allows(earmark, "ITA", "EUR", purpose="hospitals  in lombardy")
    assert not allows(earmark, "ITA", "EUR", purpose="")


@pytest.mark.parametrize(
    ("code", "name", "kind", "country", "says"),
    [
        ("ITA", "Italy", "NGO", "ITA", "is a place or an organisation"),
        ("WHO", "WHO", "NGO", "ITA", "is a place or an organisation"),
        ("CN-HB", "Hubei", "NGO", "CHN", "is a place or an organisation"),
        ("a:b", "x", "NGO", "ITA", "no code for a party"),
        ("X-1", "x", "charity", "ITA", 'no kind of donor.*foundation'),
        ("X-1", "x", "NGO", "Italia", "no country"),
        ("X-1", "Maria Rossi", "individual", "ITA", "No person is named"),
        ("X-1", " ", "NGO", "ITA", "has no name"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_party_is_refused(
    node: Node, code: str, name: str, kind: str, country: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        donors.record_party(node.session, code, name=name, donor_kind=kind, country=country)
    assert node.session.ledger.size == 0


def test_parties_are_found_by_what_people_type(office: Session) -> None:
    assert find_party(office.ledger, "italian red cross").code == "ITA-CRI"
    assert find_party(office.ledger, "Italy").code == "ITA"
    assert find_party(office.ledger, "world health organization").partner == "WHO"
    assert party(office.ledger, "CN-SH").donor_kind == "local government"
    assert party(office.ledger, "ITA-CRI").partner == "ITA"
    with pytest.raises(InputError, match=r"italian red cros|Italian Red Cros"):
        find_party(office.ledger, "Italian Red Cros")
