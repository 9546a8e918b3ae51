"""What else has gone between us and others: goods signed for, money, people, and the help that we were given?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.desks.assistance.figures import Row, figure, named
from sampan.desks.press.counted import Counted, ItemTotal, counted, item_totals
from sampan.records.assistance.teams import Deployment
from sampan.world.account_columns import columns
from sampan.world.items import items


@dataclass(frozen=True)
class MoneyTotal:
    """Money of one currency in minor units, and how many parties it went to or came from."""

    currency: str
    minor: int
    parties: int
    """Parties that it went to or came from."""


@dataclass(frozen=True)
class Teams:
    """Teams of experts that were sent, how many people, and to whom."""

    teams: int
    """Teams that were sent."""
    people: int
    """Experts in them."""
    recipients: Counted


@dataclass(frozen=True)
class Received:
    """Who has helped us, and with what that has come."""

    countries: Counted
    organisations: Counted
    items: tuple[ItemTotal, ...]
    money: tuple[MoneyTotal, ...]


def delivered(session: Session, *, as_of: date, known_on: datetime | None) -> tuple[ItemTotal, ...]:
    """Units of each item for which recipients have signed as good by then."""
    rows = figure(session, "items", as_of=as_of, known_on=known_on, stage="received").rows
    units = {row.code: sum(row.amounts.values()) for row in rows}
    return item_totals(units, {row.code: row.amounts for row in rows})


def paid(session: Session, *, as_of: date, known_on: datetime | None) -> tuple[MoneyTotal, ...]:
    """Money that has been paid out to others, by currency."""
    return _money(figure(session, "paid", as_of=as_of, known_on=known_on).rows)


def teams(session: Session, *, as_of: date, known_on: datetime | None) -> Teams | None:
    """The teams that were sent by then; None if there were none."""
    rows = figure(session, "teams", as_of=as_of, known_on=known_on).rows
    if not rows:
        return None
    sent = [Deployment.read(session.ledger.at(row.entries[0]).body) for row in rows]
    people = sum(sum(row.amounts.values()) for row in rows)
    return Teams(len(rows), people, counted("recipients of teams", {team.recipient for team in sent}))


def received(session: Session, *, as_of: date, known_on: datetime | None) -> Received | None:
    """What has come to us from abroad by then; None if nothing has."""
    found = named(session, ("helped-us-countries", "helped-us-organisations"), as_of=as_of, known_on=known_on)
    countries, organisations = (each.rows for each in found)
    rows = (*countries, *organisations)
    if not rows:
        return None
    units: Counter[str] = Counter()
    givers: dict[str, set[str]] = {}
    for row in rows:
        for code, count in row.amounts.items():
            if code in items():
                units[code] += count
                givers.setdefault(code, set()).add(row.code)
    return Received(
        counted("countries that helped us", [row.code for row in countries]),
        counted("organisations that helped us", [row.code for row in organisations]),
        item_totals(units, givers),
        _money(rows, _currencies(session)),
    )


def _money(rows: Iterable[Row], currencies: frozenset[str] | None = None) -> tuple[MoneyTotal, ...]:
    """Sums by currency; ``currencies`` says which amounts are money, where a row mixes kinds."""
    sums: Counter[str] = Counter()
    parties: Counter[str] = Counter()
    for row in rows:
        for code, minor in row.amounts.items():
            if currencies is None or code in currencies:
                sums[code] += minor
                parties[code] += 1
    return tuple(MoneyTotal(code, sums[code], parties[code]) for code in sorted(sums))


def _currencies(session: Session) -> frozenset[str]:
    """The currencies in which money has moved."""
    held = columns(session.ledger)
    return frozenset(
        held.item.words[code] for code in set(held.item.code[held.what.among(["money"])].tolist())
    )
