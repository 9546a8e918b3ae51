"""Sheets of our own records: in whole or not at all, each fault with line and column, out as they came in."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.money import read_rate
from sampan.desks.assistance import appeals, contributions, deliveries, donors
from sampan.desks.assistance.funds import open_fund
from sampan.desks.assistance.lines import read_arrival, read_lines, read_money
from sampan.desks.assistance.reciprocity import reciprocity
from sampan.desks.assistance.templates import TEMPLATES, bring_in, take_out
from sampan.node import memory_node
from sampan.records.assistance import AppealLine
from sampan.world.accounts import balance
from sampan.world.contributions import progress
from tests.giving import FIRST, give

MARCH = date(2020, 3, 1)


def _busy(office: Session) -> None:
    donors.record_earmark(
        office, "CRI-1", donor="ITA-CRI", level="tightly", recipients=["CN-HB", "CN-GD"],
        items=["mask"], purpose='say "please", first', day=FIRST,
    )  # fmt: skip
    appeals.record_appeal(
        office,
        requester="ETH",
        lines=[
            AppealLine(kind="goods", item="mask", quantity=5, needed_by=MARCH),
            AppealLine(kind="money", item="JPY", quantity=500),
            AppealLine(kind="people", item="nurse", quantity=3),
        ],
        glide="EP-2020-000012-ETH",
        note="a note, with a comma\nand a line",
        day=FIRST,
    )
    first = give(office, "ITA-CRI", "CHN", "mask=10@L1/2022-01-01", earmark="CRI-1")
    give(office, "CHN-FND", "ETH", "mask=10", "people:nurse=3", confirmed="GRN 7", parent=first)
    number = contributions.pledge(
        office, donor="ITA", recipient="CHN", lines=read_lines(["USD=1084.30", "mask=7"]), day=FIRST
    ).number
    contributions.commit(office, number, day=FIRST)
    rate = read_rate("EUR/USD 1.0843 ECB 2020-01-31", day=FIRST)
    part = [read_arrival("USD=1084.30")]
    deliveries.deliver(office, number, part, paid=read_money("EUR=1000.00"), rate=rate, day=MARCH)
    deliveries.deliver(office, number, [read_arrival("mask=3@L2"), read_arrival("mask=2@L3")], day=MARCH)


def test_what_goes_out_comes_in_elsewhere_and_goes_out_there_the_same(office: Session) -> None:
    _busy(office)
    with memory_node() as other:
        open_fund(other.session, "relief", name="Relief fund", currency="USD", day=FIRST)
        for name in TEMPLATES:
            sheet = take_out(office, name)
            assert sheet.count(b"\n") > 1, name
            bring_in(other.session, name, sheet, file=f"{name}.csv")
            assert take_out(other.session, name) == sheet, name
        here, there = office.ledger, other.session.ledger
        assert balance(there) == balance(here)
        assert [(p.number, p.lines) for p in progress(there) if p.status == "delivered"] == [
            (p.number, p.lines) for p in progress(here) if p.status == "delivered"
        ]
        assert reciprocity(other.session) == reciprocity(office)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_blank_sheet_reads_as_what_it_shows(name: str) -> None:
    """The examples in the five blank sheets tell one story, and can be imported one after the other."""
    with memory_node() as made:
        session = made.session
        open_fund(session, "relief", name="Relief fund", currency="USD")
        for each, template in TEMPLATES.items():
            bring_in(session, each, template.blank(), file=f"{each}.csv")
            if each == name:
                break
        assert take_out(session, name).splitlines()[0] == TEMPLATES[name].blank().splitlines()[0]


HEAD = b"number,day,donor,recipient,what,quantity,earmark,note\n"
GOOD = b"C-1,2020-03-01,ITA,CHN,mask,10,,\n"

BAD = [
    # sheet, rows, line, column, what it says
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,Itly,CHN,mask,10,,\n", 3, "donor", "no party"),
    ("contributions", HEAD + GOOD + b"C-2,2020-13-01,ITA,CHN,mask,10,,\n", 3, "day", "not a day"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,maks,10,,\n", 3, "what", "Did you mean mask"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,mask,1.5,,\n", 3, "quantity", "cannot be counted"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,USD,1.005,,\n", 3, "quantity", "finer than"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,mask,0,,\n", 3, "quantity", "nothing"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,mask,,,\n", 3, "quantity", "empty"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,mask,5,NONE,\n", 3, "earmark", "no earmark"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,SRB,mask,5,,\n", 3, None, "Neither ITA nor SRB"),
    ("contributions", HEAD + GOOD + b"C-1,2020-03-01,ITA,CHN,mask,5,,\n", 3, "what", "pledged twice"),
    ("contributions", HEAD + GOOD + b"C-1,2020-03-02,ITA,CHN,USD,5,,\n", 3, "day", 'Line 2 of C-1 says "2020-03-01"'),
    ("contributions", HEAD + GOOD + GOOD.replace(b"C-1", b"C-2") + GOOD, 4, "number", "C-1 began on line 2"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,mask\n", 3, None, "5 cells where the header has 8"),
    ("contributions", HEAD, None, None, "no rows"),
    ("contributions", b"number,day,donor,recipient,what,quantitty\nC\n", 1, "quantitty", "Did you mean quantity"),
    ("contributions", b"number,day,donor,recipient,what\nC,,,,\n", 1, "quantity", "missing"),
    ("contributions", b"number,number,day,donor,recipient,what,quantity\n", 1, "number", "there twice"),
    ("contributions", b"", None, None, "empty"),
    ("contributions", HEAD + GOOD + b"C-2,2020-03-01,ITA,CHN,mask,10,,\xff\n", 3, None, "not UTF-8"),
    ("parties", b"code,name,donor_kind,country\nX-1,A,NGO,ITA\nX-1,B,NGO,ITA\n", 3, "code", "stands on line 2"),
    ("parties", b"code,name,donor_kind,country\nX-1,A,club,ITA\n", 2, "donor_kind", "no kind of donor"),
    ("earmarks", b"code,donor,level,recipients\nE,ITA,earmarked,Atlantis\n", 2, "recipients", "no place"),
    ("earmarks", b"code,donor,level,items\nE,ITA,earmarked,gold\n", 2, "items", "no item"),
    ("earmarks", b"code,donor,level\nE,ITA,tightly\n", 2, "level", "says for whom"),
    ("appeals", b"number,day,requester,what,quantity,glide\nA,2020-03-01,ITA,mask,5,XX\n", 2, "glide", "GLIDE"),
    ("deliveries", b"contribution,day,what,quantity\nC-9,2020-03-01,mask,5\n", 2, "contribution", "no contribution"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "data", "line", "column", "says"), BAD)
def test_a_fault_is_named_with_line_and_column_and_nothing_is_recorded(
    office: Session, sheet: str, data: bytes, line: int | None, column: str | None, says: str
) -> None:
    size = office.ledger.size
    with pytest.raises(InputError, match=says) as fault:
        bring_in(office, sheet, data, file="gifts.csv")
    assert (fault.value.file, fault.value.line, fault.value.field) == ("gifts.csv", line, column)
    assert office.ledger.size == size


def test_what_the_rules_forbid_in_a_sheet_is_refused_with_its_line(office: Session) -> None:
    give(office, "ITA", "CHN", "mask=10")
    size = office.ledger.size
    head = b"contribution,day,what,quantity\n"
    with pytest.raises(Refused, match=r"late\.csv, line 2: .*0 mask may still be delivered"):
        bring_in(office, "deliveries", head + b"C-0001,2020-03-01,mask,1\n", file="late.csv")
    twice = b"number,day,requester,what,quantity\nA-1,2020-03-01,ITA,mask,5\nA-2,2020-03-02,ITA,mask,6\n"
    with pytest.raises(Refused, match=r"a\.csv, line 3: Appeal A-1 of ITA .* asks for the same"):
        bring_in(office, "appeals", twice, file="a.csv")
    assert office.ledger.size == size


def test_one_sheet_delivers_in_parts_and_never_more_than_was_pledged(office: Session) -> None:
    contributions.pledge(office, donor="ITA", recipient="CHN", lines=read_lines(["mask=10"]), day=FIRST)
    head = b"contribution,day,what,quantity\n"
    rows = b"C-0001,2020-03-01,mask,6\nC-0001,2020-03-02,mask,4\n"
    with pytest.raises(Refused, match="line 4: "):
        bring_in(office, "deliveries", head + rows + b"C-0001,2020-03-03,mask,1\n", file="x.csv")
    assert progress(office.ledger, ["C-0001"])[0].lines[0].delivered == 0
    bring_in(office, "deliveries", head + rows, file="x.csv")
    line = progress(office.ledger, ["C-0001"])[0].lines[0]
    assert (line.committed, line.delivered) == (10, 10)
    assert progress(office.ledger, ["C-0001"], as_of=MARCH)[0].lines[0].delivered == 6


def test_what_home_itself_gives_is_not_delivered_by_a_sheet(office: Session) -> None:
    contributions.pledge(office, donor="CHN", recipient="WHO", lines=read_lines(["USD=1.00"]), day=FIRST)
    with pytest.raises(InputError, match="home's own gift"):
        bring_in(
            office, "deliveries", b"contribution,day,what,quantity\nC-0001,2020-03-01,USD,1\n", file="x.csv"
        )
