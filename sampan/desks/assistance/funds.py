"""Which money is set aside, how much of it may be bound, and at which rate was it changed?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.money import Money, Rate, exponent
from sampan.desks.assistance.done import Done
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.funds import Budget, BudgetLine, Exchange, Fund
from sampan.records.movement import Commodity
from sampan.records.record import Record
from sampan.world.earmarks import find_earmark

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def funds(ledger: Ledger, *, known_on: datetime | None = None) -> dict[str, Fund]:
    """Every fund by its code."""
    said = (Fund.read(entry.body) for entry in ledger.entries(kind=Fund.kind, known_on=known_on))
    return {fund.code: fund for fund in said}


def the_fund(ledger: Ledger, code: str | None) -> Fund:
    """The fund called ``code``, or the only one there is. Raises InputError otherwise."""
    known = funds(ledger)
    if code is None and len(known) == 1:
        return next(iter(known.values()))
    if code in known:
        return known[str(code)]
    raise InputError(
        "No fund is named." if code is None else f'There is no fund "{code}".',
        way_out=f"There are {', '.join(known)}." if known else "Open one first: sampan fund open.",
        field="fund",
    )


def open_fund(session: Session, code: str, *, name: str, currency: str, day: date | None = None) -> Done:
    """Opens a fund; its statement is drawn up in ``currency``. Raises InputError for a code in use."""
    exponent(currency)
    if not _CODE.fullmatch(code):
        raise InputError(
            f'"{code}" is no code for a fund.', way_out="Use small letters, digits and dashes.", field="code"
        )

    def draft() -> list[Record]:
        if code in funds(session.ledger):
            raise InputError(
                f'There is a fund "{code}" already.', way_out="Choose another code.", field="code"
            )
        return [Fund(code=code, name=name, currency=currency)]

    entry = session.decide("fund", draft, effective=day)[0]
    return Done(code, (entry.id,), f"Fund {code} is open, in {currency}")


def set_budget(
    session: Session,
    code: str | None,
    lines: Sequence[BudgetLine],
    *,
    first_day: date,
    last_day: date,
) -> Done:
    """Says how much of a fund may be committed between two days, by earmark and currency.

    Raises InputError for an earmark that does not exist, a day twice covered, or a line given twice.
    """
    if first_day > last_day:
        raise InputError(f"{first_day} is after {last_day}.", way_out="Swap the two days.", field="first_day")
    keys = [(line.earmark, line.amount.currency) for line in lines]
    if len(set(keys)) < len(keys) or not keys:
        raise InputError("A budget has one line for each earmark and currency.", way_out="Add them up.")
    if below := next((line.amount for line in lines if line.amount.minor < 0), None):
        raise InputError(f"{below} cannot be a budget.", way_out="Write 0 or more.", field="lines")

    def draft() -> list[Record]:
        fund = the_fund(session.ledger, code)
        for line in lines:
            if line.earmark is not None:
                find_earmark(session.ledger, line.earmark)
        for other in budgets(session.ledger, fund.code):
            same = (other.first_day, other.last_day) == (first_day, last_day)
            if not same and other.first_day <= last_day and first_day <= other.last_day:
                raise InputError(
                    f"There is a budget from {other.first_day} to {other.last_day}.",
                    way_out="Give the same days, to replace it, or days outside it.",
                    field="first_day",
                )
        return [Budget(fund=fund.code, first_day=first_day, last_day=last_day, lines=tuple(lines))]

    entry = session.decide("fund", draft, effective=min(first_day, session.today()))[0]
    total = ", ".join(f"{line.amount} ({line.earmark or 'free'})" for line in lines)
    return Done(str(entry.body["fund"]), (entry.id,), f"Budget from {first_day} to {last_day}: {total}")


def budgets(ledger: Ledger, code: str, *, known_on: datetime | None = None) -> tuple[Budget, ...]:
    """The budgets of a fund, the newest for each pair of days, in the order of their days."""
    found: dict[tuple[date, date], Budget] = {}
    for entry in ledger.entries(kind=Budget.kind, known_on=known_on):
        if entry.body["fund"] == code:
            budget = Budget.read(entry.body)
            found[budget.first_day, budget.last_day] = budget
    return tuple(found[days] for days in sorted(found))


def line_of(budget: Budget, what: Commodity) -> BudgetLine | None:
    """The line that speaks of this money; None if there is none."""
    lines = budget.lines
    return next((b for b in lines if (b.earmark, b.amount.currency) == (what.earmark, what.item)), None)


def exchange(
    session: Session,
    code: str | None,
    sold: Money,
    *,
    rate: Rate | None,
    earmark: str | None = None,
    day: date | None = None,
) -> Done:
    """Changes money of a fund at ``rate``. Raises InputError without a rate, Refused if it is not there."""
    if rate is None:
        raise InputError(
            f"{sold} cannot be changed without a rate.",
            way_out='Give --rate "EUR/USD 1.0843 ECB 2020-03-26": its day and source are kept.',
            field="rate",
        )
    bought = rate.convert(sold)
    if sold.minor < 1 or bought.minor < 1:
        raise InputError(f"{sold} is nothing in {bought.currency}.", way_out="Change more.", field="sold")

    def draft() -> list[Record]:
        fund = the_fund(session.ledger, code)
        said = Exchange(fund=fund.code, sold=sold, bought=bought, rate=rate, earmark=earmark)
        return [said]

    entry = session.decide("fund", draft, effective=day)[0]
    return Done(str(entry.body["fund"]), (entry.id,), f"{sold} became {bought}")
