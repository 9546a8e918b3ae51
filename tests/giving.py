"""An office in Beijing with a fund, a few donors and their earmarks, and a way to give in one line."""

from __future__ import annotations

from datetime import date
from typing import Any

from sampan.access.session import Session
from sampan.desks.assistance import contributions, deliveries, donors, funds
from sampan.desks.assistance.lines import read_arrival, read_lines

FIRST = date(2020, 2, 1)

PARTIES = (
    ("CHN-MOF", "Ministry of Finance", "central government", "CHN"),
    ("CHN-FND", "A foundation", "foundation", "CHN"),
    ("CHN-PEOPLE", "Individuals of China", "individual", "CHN"),
    ("ITA-CRI", "Italian Red Cross", "NGO", "ITA"),
)


def furnish(session: Session) -> Session:
    """Opens a fund in dollars and records the treasury, a home foundation and a foreign Red Cross."""
    funds.open_fund(session, "relief", name="Relief fund", currency="USD", day=FIRST)
    for code, name, kind, country in PARTIES:
        donors.record_party(session, code, name=name, donor_kind=kind, country=country, day=FIRST)
    return session


def give(
    session: Session,
    donor: str,
    recipient: str,
    *what: str,
    day: date = FIRST,
    into: str | None = None,
    confirmed: str = "",
    **more: Any,
) -> str:
    """Pledges, commits and delivers at once; returns the number."""
    number = contributions.pledge(
        session, donor=donor, recipient=recipient, lines=read_lines(what), day=day, **more
    ).number
    contributions.commit(session, number, day=day)
    arrivals = tuple(map(read_arrival, what))
    deliveries.deliver(session, number, arrivals, into=into, confirmed=confirmed, day=day)
    return number
