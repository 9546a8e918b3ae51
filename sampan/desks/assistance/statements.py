"""What came into a fund between two days, what left it, and what is left, under which earmark?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.money import Money, Rate
from sampan.desks.assistance.funds import budgets, line_of, the_fund
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.funds import Budget
from sampan.records.movement import Commodity
from sampan.world.accounts import StatementLine, statement


@dataclass(frozen=True)
class Position:
    """Money of a fund in one currency under one earmark, between two days, in minor units.

    ``opening + received + exchanged - committed = closing``; ``disbursed`` has left what was committed,
    ``outstanding`` is still bound. ``budget`` is None where no budget speaks of the last day.
    """

    currency: str
    earmark: str | None
    opening: int
    received: int
    exchanged: int
    committed: int
    closing: int
    disbursed: int
    outstanding: int
    budget: int | None


@dataclass(frozen=True)
class Statement:
    """What happened to a fund between two days, by currency and earmark.

    ``total`` is in its own currency at ``rates``; None where they do not bring every currency to it.
    """

    fund: str
    name: str
    currency: str
    first_day: date | None
    last_day: date
    positions: tuple[Position, ...]
    lines: tuple[StatementLine, ...]
    total: Money | None
    rates: tuple[Rate, ...]


def account_of(
    session: Session,
    code: str | None = None,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    known_on: datetime | None = None,
    rates: Sequence[Rate] = (),
) -> Statement:
    """The statement of account of a fund. Several currencies are added only at ``rates``."""
    ledger, until = session.ledger, last_day or session.today()
    fund = the_fund(ledger, code)
    every = statement(ledger, f"fund:{fund.code}", as_of=until, known_on=known_on)
    out = _bound(ledger, every, until, known_on)
    budget = next(
        (b for b in budgets(ledger, fund.code, known_on=known_on) if b.first_day <= until <= b.last_day), None
    )
    kinds = sorted({line.commodity for line in every}, key=lambda what: (what.item, what.earmark or ""))
    positions = tuple(_position(what, every, out, first_day, budget) for what in kinds)
    total = _total(fund.currency, positions, rates)
    shown = tuple(line for line in every if first_day is None or line.day >= first_day)
    return Statement(
        fund.code, fund.name, fund.currency, first_day, until, positions, shown, total, tuple(rates)
    )


def _bound(
    ledger: Ledger, every: Sequence[StatementLine], until: date, known_on: datetime | None
) -> list[StatementLine]:
    """The lines of every account of commitments that the fund's own lines name."""
    accounts = dict.fromkeys(line.other for line in every if line.other.startswith("committed:"))
    return [
        line for account in accounts for line in statement(ledger, account, as_of=until, known_on=known_on)
    ]


def _position(
    what: Commodity,
    every: Sequence[StatementLine],
    out: Sequence[StatementLine],
    first_day: date | None,
    budget: Budget | None,
) -> Position:
    mine = [line for line in every if line.commodity == what]
    now = [line for line in mine if first_day is None or line.day >= first_day]
    opening = sum(line.change for line in mine) - sum(line.change for line in now)
    bound = [line for line in out if line.commodity == what]
    paid = [line for line in bound if line.other.startswith("disbursed:")]
    line = line_of(budget, what) if budget else None
    return Position(
        what.item,
        what.earmark,
        opening,
        received=_sum(now, "donor:"),
        exchanged=_sum(now, "exchange"),
        committed=-_sum(now, "committed:"),
        closing=opening + sum(each.change for each in now),
        disbursed=-sum(each.change for each in paid if first_day is None or each.day >= first_day),
        outstanding=sum(each.change for each in bound),
        budget=None if line is None else line.amount.minor,
    )


def _sum(lines: Sequence[StatementLine], other: str) -> int:
    return sum(line.change for line in lines if line.other.startswith(other))


def _total(currency: str, positions: Sequence[Position], rates: Sequence[Rate]) -> Money | None:
    """What is at hand in one currency; None where a rate is missing, for no sum would be honest."""
    total = Money(0, currency)
    for position in positions:
        money = _in(currency, Money(position.closing, position.currency), rates)
        if money is None:
            return None
        total += money
    return total


def _in(currency: str, money: Money, rates: Sequence[Rate]) -> Money | None:
    if money.currency == currency or not money.minor:
        return Money(money.minor, currency)
    fits = (rate for rate in rates if {rate.base, rate.quote} == {currency, money.currency})
    rate = next(fits, None)
    return None if rate is None else rate.convert(money)
