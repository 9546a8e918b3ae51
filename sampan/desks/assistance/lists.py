"""What is there of each kind: stock, consignments, parties, earmarks, funds, budgets, experts, requests?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.rows import Rows
from sampan.desks.assistance import depots, underway
from sampan.desks.assistance import funds as money
from sampan.desks.assistance.depots import ItemOnHand, LotOnHand
from sampan.desks.assistance.donors import sentence
from sampan.desks.assistance.recipients import code_of
from sampan.desks.assistance.underway import At
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import Level
from sampan.records.assistance.funds import BudgetLine
from sampan.records.assistance.teams import Seats, Span, TeamType
from sampan.world import earmarks as allowed
from sampan.world.consignments import Consignment, numbers, track, tracked
from sampan.world.parties import Known, recorded
from sampan.world.teams import RequestState, teams


@dataclass(frozen=True)
class Stock:
    """What lies in our depots on a day, by item, with home's reserve apart."""

    as_of: date
    items: tuple[ItemOnHand, ...]


def stock(
    session: Session,
    *,
    depot: str | None = None,
    item: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Stock:
    """What is at hand, by item, with home's reserve apart; ``lots`` has it lot by lot."""
    day = as_of or session.today()
    found = depots.items_on_hand(session.ledger, depot=depot, as_of=day, known_on=known_on)
    return Stock(day, tuple(one for one in found if item in (None, one.item)))


def lots(
    session: Session,
    *,
    depot: str | None = None,
    item: str | None = None,
    expires_by: date | None = None,
    expires_from: date | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[LotOnHand]:
    """What is at hand, lot by lot, by depot and item; or what of it expires between two days."""
    day, known_on = as_of or session.today(), known_on or session.known_now()
    every = depots.lots_on_hand(session.ledger, depot=depot, item=item, as_of=day, known_on=known_on)
    if expires_by is None and expires_from is None:
        return every
    first, last = expires_from or date.min, expires_by or date.max
    ending = (
        (one.expiry, at, one) for at, one in enumerate(every) if one.expiry and first <= one.expiry <= last
    )
    return [one for *_, one in sorted(ending, key=lambda each: each[:2])]


def consignments(
    session: Session,
    *,
    batch: int | None = None,
    recipient: str | None = None,
    step: At | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[Consignment]:
    """Consignments and where each stands, in the order in which they were decided.

    ``step`` keeps those of which goods are there.
    """
    ledger, known_on = session.ledger, known_on or session.known_now()
    found = numbers(
        ledger,
        batch=batch,
        recipient=code_of(recipient) if recipient else None,
        as_of=as_of,
        known_on=known_on,
    )
    if step is not None:
        there = underway.everywhere(ledger, as_of=as_of, known_on=known_on)[step]
        found = tuple(number for number in found if number in there)
    return Rows(
        len(found),
        lambda begin, end: [
            one.row for one in tracked(ledger, found[begin:end], as_of=as_of, known_on=known_on)
        ],
    )


def consignment(
    ledger: Ledger, number: str, *, as_of: date | None = None, known_on: datetime | None = None
) -> Consignment:
    """One consignment as it stood: its lots, its state and its entries. Raises InputError if there was none."""
    return track(ledger, number, as_of=as_of, known_on=known_on).row


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
    ledger: Ledger,
    *,
    state: RequestState | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[RequestRow, ...]:
    """The requests for teams, or those in one state, and what became of each."""
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
        if state in (None, asked.state)
        for said in [asked.request]
    )
