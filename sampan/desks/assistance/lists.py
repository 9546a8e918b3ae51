"""What is there of each kind: stock, consignments, parties, earmarks, funds, budgets, experts, requests?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import depots, underway
from sampan.desks.assistance import funds as money
from sampan.desks.assistance.depots import ItemOnHand, LotOnHand
from sampan.desks.assistance.donors import sentence
from sampan.desks.assistance.giving import Row, on_side, rows
from sampan.desks.assistance.recipients import code_of
from sampan.desks.assistance.tracing import Received, of_received
from sampan.desks.assistance.underway import At
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import ConsignmentLine
from sampan.records.assistance.consignments import State
from sampan.records.assistance.contributions import Level
from sampan.records.assistance.funds import BudgetLine
from sampan.records.assistance.teams import Seats, Span, TeamType
from sampan.world import earmarks as allowed
from sampan.world.consignments import LotState, Tracked, numbers, track
from sampan.world.contributions import Side
from sampan.world.parties import Known, recorded
from sampan.world.teams import RequestState, teams

MOST = 1_000
"""Rows that one answer holds."""


@dataclass(frozen=True)
class Stock:
    """What lies in our depots on a day: by item, with home's reserve apart, and lot by lot."""

    as_of: date
    items: tuple[ItemOnHand, ...]
    lots: tuple[LotOnHand, ...]


def stock(
    session: Session,
    *,
    depot: str | None = None,
    item: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Stock:
    """What is at hand, with home's reserve apart, and lot by lot, what expires first in front."""
    day = as_of or session.today()
    lots = depots.on_hand(session.ledger, depot=depot, item=item, as_of=day, known_on=known_on)
    by_item = depots.items_on_hand(session.ledger, depot=depot, as_of=day, known_on=known_on)
    return Stock(day, tuple(one for one in by_item if item in (None, one.item)), lots)


@dataclass(frozen=True)
class ConsignmentRow:
    """One consignment as it stands; ``entries`` is everything that was said about it, in order."""

    number: str
    state: State
    promised: tuple[ConsignmentLine, ...]
    lots: tuple[LotState, ...]
    receipts: int
    breaches: int
    recipient: str
    batch: int
    claimed: int
    entries: tuple[str, ...]


def consignments(
    ledger: Ledger,
    *,
    batch: int | None = None,
    recipient: str | None = None,
    at: At | None = None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[ConsignmentRow, ...]:
    """Consignments and where each stands, in the order in which they were decided.

    At most ``limit`` of them, those that follow the number ``after``. ``at`` keeps those with goods there.
    """
    found = numbers(ledger, batch=batch, recipient=code_of(recipient) if recipient else None)
    if at is not None:
        there = underway.at(ledger, at)
        found = tuple(number for number in found if number in there)
    page = _page(found, after, limit)
    return tuple(_consignment(track(ledger, number)) for number in found[page])


def _page(numbers: Sequence[str], after: str | None, limit: int) -> slice:
    """Which of many are shown. Raises InputError for a limit, or a number, that cannot be."""
    if not 1 <= limit <= MOST:
        raise InputError(f"{limit} at once cannot be.", way_out=f"Ask for 1 to {MOST}.", field="limit")
    if after is not None and after not in numbers:
        raise InputError(f"There is no {after} in this list.", way_out="Begin anew.", field="after")
    begin = 0 if after is None else numbers.index(after) + 1
    return slice(begin, begin + limit)


def contributions(
    session: Session,
    *,
    only: Side | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
    after: str | None = None,
    limit: int = 200,
) -> tuple[Row, ...]:
    """Contributions pledged up to ``as_of``, or only those on one side of home, in the order of pledges.

    At most ``limit`` of them, those that follow the number ``after``.
    """
    found = on_side(session, only=only, as_of=as_of, known_on=known_on)
    page = _page([each.number for each in found], after, limit)
    return rows(session, found[page], known_on=known_on)


def received(
    session: Session,
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
    after: str | None = None,
    limit: int = 200,
) -> tuple[Received, ...]:
    """What others gave us, how far it has come, where it is used, and whether we have thanked.

    At most ``limit`` gifts, those that follow the number ``after``.
    """
    found = on_side(session, only="received", as_of=as_of, known_on=known_on)
    page = _page([each.number for each in found], after, limit)
    return of_received(session, found[page], as_of=as_of, known_on=known_on)


def consignment(
    ledger: Ledger, number: str, *, as_of: date | None = None, known_on: datetime | None = None
) -> ConsignmentRow:
    """One consignment as it stood: its lots, its state and its entries. Raises InputError if there was none."""
    return _consignment(track(ledger, number, as_of=as_of, known_on=known_on))


def _consignment(one: Tracked) -> ConsignmentRow:
    return ConsignmentRow(
        one.number,
        one.state,
        one.promised,
        one.lots,
        one.receipts,
        one.breaches,
        one.recipient,
        one.batch,
        one.claimed,
        tuple(event.entry for event in one.events),
    )


def parties(ledger: Ledger, *, known_on: datetime | None = None) -> tuple[Known, ...]:
    """The parties that the office has recorded: donors and others that are no country."""
    return tuple(recorded(ledger, known_on=known_on).values())


@dataclass(frozen=True)
class EarmarkRow:
    """What a donor allows its gifts to be used for; ``says`` is that in one sentence."""

    code: str
    donor: str
    level: Level
    recipients: tuple[str, ...]
    items: tuple[str, ...]
    purpose: str
    says: str


def earmarks(ledger: Ledger, *, known_on: datetime | None = None) -> tuple[EarmarkRow, ...]:
    """The earmarks, each as it was last said."""
    return tuple(
        EarmarkRow(e.code, e.donor, e.level, e.recipients, e.items, e.purpose, sentence(e))
        for e in allowed.earmarks(ledger, known_on=known_on).values()
    )


@dataclass(frozen=True)
class FundRow:
    """A fund, and the currency of its statement."""

    code: str
    name: str
    currency: str


def funds(ledger: Ledger, *, known_on: datetime | None = None) -> tuple[FundRow, ...]:
    """The funds."""
    return tuple(FundRow(f.code, f.name, f.currency) for f in money.funds(ledger, known_on=known_on).values())


@dataclass(frozen=True)
class BudgetRow:
    """How much of a fund may be committed between two days, by earmark and currency."""

    fund: str
    first_day: date
    last_day: date
    lines: tuple[BudgetLine, ...]


def budgets(ledger: Ledger, fund: str, *, known_on: datetime | None = None) -> tuple[BudgetRow, ...]:
    """The budgets of a fund, the newest for each pair of days. Raises InputError if there is no such fund."""
    code = money.the_fund(ledger, fund).code
    return tuple(
        BudgetRow(code, each.first_day, each.last_day, each.lines)
        for each in money.budgets(ledger, code, known_on=known_on)
    )


@dataclass(frozen=True)
class ExpertRow:
    """Somebody on the roster, under a pseudonym."""

    handle: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    available: tuple[Span, ...]


def roster(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[ExpertRow, ...]:
    """The experts, their skills, their languages, and when they can be asked."""
    found = teams(ledger, as_of=as_of, known_on=known_on).experts.values()
    return tuple(ExpertRow(e.handle, e.skills, e.languages, e.available) for e in found)


@dataclass(frozen=True)
class RequestRow:
    """A request for a team, and what became of it."""

    number: str
    recipient: str
    state: RequestState
    seats: tuple[Seats, ...]
    start: date
    days: int
    languages: tuple[str, ...]
    team: TeamType
    priority: int
    appeal: str | None
    entry: str


def requests(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[RequestRow, ...]:
    """The requests for teams, and what became of each."""
    return tuple(
        RequestRow(
            said.number,
            said.recipient,
            asked.state,
            said.seats,
            said.start,
            said.days,
            said.languages,
            said.team,
            said.priority,
            said.appeal,
            asked.entry,
        )
        for asked in teams(ledger, as_of=as_of, known_on=known_on).requests.values()
        for said in [asked.request]
    )
