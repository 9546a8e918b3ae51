"""An office that has sent goods, money and a team: what exports and bundles are made from."""

from __future__ import annotations

from datetime import date

from sampan.access.session import Session
from sampan.desks.assistance import contributions, deliveries, donors, funds, packing
from sampan.desks.assistance.lines import read_arrival, read_lines
from sampan.desks.assistance.roster import enrol, expert, request, seats
from sampan.desks.assistance.teams import report, send
from sampan.node import Node
from tests.books import batch, hand_over, stock

FIRST = date(2020, 3, 1)
SENT = date(2020, 3, 10)


def at_sea(node: Node) -> str:
    """40,000 masks in two lots and 30 ventilators on their way to Italy, 2,000 masks decided for Serbia."""
    session = node.session
    stock(session, "mask", 30_000, "M1", expiry=date(2022, 1, 31), day=FIRST)
    stock(session, "mask", 50_000, "M2", expiry=date(2023, 1, 31), day=FIRST)
    stock(session, "ventilator", 40, "V1", day=FIRST)
    batch(node, {"ITA": {"mask": 40_000, "ventilator": 30}, "SRB": {"mask": 2_000}}, day=FIRST)
    packing.pack(session, "1-ITA", day=SENT)
    hand_over(session, "1-ITA", day=SENT)
    return "1-ITA"


def at_work(node: Node) -> Node:
    """Goods to Italy and Serbia, USD 20 million to WHO, masks from the Italian Red Cross, a team in Italy."""
    session = node.session
    at_sea(node)
    for code, name, kind, country in (
        ("CHN-MOF", "Ministry of Finance", "central government", "CHN"),
        ("ITA-CRI", "Italian Red Cross", "NGO", "ITA"),
    ):
        donors.record_party(session, code, name=name, donor_kind=kind, country=country, day=FIRST)
    funds.open_fund(session, "relief", name="Relief fund", currency="USD", day=FIRST)
    _given(session, "CHN-MOF", "CHN", "USD=25000000", into="relief")
    twenty = contributions.pledge(
        session,
        donor="CHN",
        recipient="WHO",
        lines=read_lines(["USD=20000000"]),
        purpose="COVID-19",
        day=FIRST,
    ).number
    contributions.commit(session, twenty, fund="relief", day=SENT)
    deliveries.deliver(session, twenty, day=SENT)
    _given(session, "ITA-CRI", "CHN", "mask=5000@CRI/2022-05-31", into="home")
    enrol(session, [expert("E-1", ["epidemiology"], ["en"], ["2020-03-01/2020-06-30"])])
    request(session, "Italy", [seats("epidemiology=1")], start=date(2020, 3, 12), days=14, day=SENT)
    send(session, day=SENT)
    report(session, "T-0001", date(2020, 3, 13))
    return node


def _given(session: Session, donor: str, recipient: str, what: str, *, into: str) -> None:
    number = contributions.pledge(
        session, donor=donor, recipient=recipient, lines=read_lines([what]), day=FIRST
    ).number
    contributions.commit(session, number, day=FIRST)
    deliveries.deliver(session, number, (read_arrival(what),), into=into, day=SENT)
