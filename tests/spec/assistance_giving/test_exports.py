"""HXL and FTS files of contributions, as other people's tools would read them."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

from sampan.access.session import Session
from sampan.core.money import read_rate
from sampan.desks.assistance import contributions, deliveries, donors
from sampan.desks.assistance.flows import as_fts, as_hxl
from sampan.desks.assistance.lines import read_arrival, read_lines, read_money
from sampan.desks.assistance.templates import bring_in
from sampan.formats.hxl import tag_row
from tests.giving import FIRST, give

MARCH = date(2020, 3, 1)


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_the_hxl_file_has_a_row_of_hashtags_and_keeps_money_apart_from_goods(office: Session) -> None:
    give(office, "ITA", "CHN", "mask=10", "USD=5.00")
    data = as_hxl(office)
    found = tag_row(data, name="out.csv")
    assert found is not None and found[0] == 1
    tags = found[2]
    rows = [dict(zip(tags, cells, strict=True)) for cells in list(csv.reader(io.StringIO(data.decode())))[2:]]
    mask, money = rows
    assert (mask["#item+code"], mask["#item+quantity+delivered"], mask["#value+delivered"]) == (
        "mask",
        "10",
        "",
    )
    assert (money["#currency+code"], money["#value+delivered"], money["#item+quantity+delivered"]) == (
        "USD",
        "5.00",
        "",
    )
    assert mask["#org+funder+name"] == "Italy" and mask["#date+start"] == "2020-02-01"


def test_a_contribution_is_a_pledge_a_commitment_and_a_payment_that_add_up(office: Session) -> None:
    number = contributions.pledge(
        office, donor="ITA", recipient="CHN", lines=read_lines(["USD=100.00"]), day=FIRST
    ).number
    contributions.commit(office, number, read_lines(["USD=70.00"]), day=MARCH)
    deliveries.deliver(office, number, [read_arrival("USD=30.00")], day=MARCH)
    flows = {flow["status"]: flow for flow in _rows(as_fts(office))}
    assert {status: Decimal(flow["amountUSD"]) for status, flow in flows.items()} == {
        "pledge": Decimal(30),
        "commitment": Decimal(40),
        "paid": Decimal(30),
    }
    assert sum(Decimal(flow["amountUSD"]) for flow in flows.values()) == 100
    early = {flow["status"]: flow["originalAmount"] for flow in _rows(as_fts(office, as_of=FIRST))}
    assert early == {"pledge": "100.00"}


def test_the_rate_used_stands_in_the_flow_and_an_unknown_value_is_empty(office: Session) -> None:
    number = contributions.pledge(
        office, donor="ITA", recipient="CHN", lines=read_lines(["EUR=1000.00"]), day=FIRST
    ).number
    contributions.commit(office, number, day=FIRST)
    rate = read_rate("EUR/USD 1.0843 ECB", day=MARCH)
    deliveries.deliver(office, number, paid=read_money("USD=1084.30"), rate=rate, day=MARCH)
    give(office, "ITA", "CHN", "mask=10")
    give(office, "FRA", "CHN", "EUR=10.00")
    paid, mask, euro = _rows(as_fts(office))
    assert (paid["amountUSD"], paid["originalAmount"], paid["originalCurrency"], paid["exchangeRate"]) == (
        "1084.30",
        "1000.00",
        "EUR",
        "1.0843",
    )
    assert (mask["amountUSD"], mask["originalAmount"], mask["contributionType"]) == ("", "", "in kind")
    assert (euro["amountUSD"], euro["originalAmount"]) == ("", "10.00")


def test_a_gift_in_kind_with_a_documented_worth_has_its_share_of_it(office: Session) -> None:
    head = b"number,day,donor,recipient,what,quantity,worth\n"
    bring_in(office, "contributions", head + b"C-1,2020-02-01,ITA,CHN,mask,1000,USD=30.00\n", file="x.csv")
    contributions.commit(office, "C-1", day=MARCH)
    deliveries.deliver(office, "C-1", [read_arrival("mask=400")], day=MARCH)
    found = {flow["status"]: flow["amountUSD"] for flow in _rows(as_fts(office))}
    assert found == {"commitment": "18.00", "paid": "12.00"}


def test_new_money_is_counted_once_and_earmarks_are_told(office: Session) -> None:
    donors.record_earmark(
        office, "WHO-20", donor="CHN-MOF", level="tightly", recipients=["WHO"], purpose="response", day=FIRST
    )
    parent = give(office, "CHN-MOF", "CHN", "USD=20000000", earmark="WHO-20")
    child = contributions.pledge(
        office,
        donor="CHN",
        recipient="WHO",
        lines=read_lines(["USD=20000000"]),
        purpose="response",
        parent=parent,
        day=MARCH,
    ).number
    contributions.commit(office, child, day=MARCH)
    deliveries.deliver(office, child, day=MARCH)
    first, second = _rows(as_fts(office))
    assert (first["flowType"], first["newMoney"], first["earmarkingType"]) == (
        "parked",
        "true",
        "Tightly Earmarked",
    )
    assert (second["flowType"], second["newMoney"], second["parentFlowId"]) == (
        "pass through",
        "false",
        parent,
    )
    assert second["earmark"] == "WHO-20"
    assert sum(Decimal(f["amountUSD"]) for f in (first, second) if f["newMoney"] == "true") == 20_000_000
