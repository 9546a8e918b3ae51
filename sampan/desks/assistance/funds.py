"""How much money is set aside, what may it be spent on, and where has it gone?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.people import require
from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.money import Money, Rate, exponent
from sampan.desks.assistance.done import Done
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import Contribution, Earmark, Line
from sampan.records.assistance.funds import Budget, BudgetLine, Exchange, Fund
from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record
from sampan.world.accounts import StatementLine, balance, statement
from sampan.world.earmarks import earmarks, find_earmark, tightness, why_not

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
    listed = f"There are {', '.join(known)}." if known else "Open one first: sampan fund open."
    what = "No fund is named." if code is None else f'There is no fund "{code}".'
    raise InputError(what, way_out=listed, field="fund")


def open_fund(session: Session, code: str, *, name: str, currency: str, day: date | None = None) -> Done:
    """Opens a fund; its statement is drawn up in ``currency``. Raises InputError for a code in use."""
    require(session.person, "fund")
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

    entry = session.decide("fund", draft, effective=first_day)[0]
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


# What a commitment of home's own money moves


def from_fund(
    session: Session, said: Contribution, lines: Sequence[Line], *, fund: str | None, day: date
) -> tuple[Movement, ...]:
    """What leaves ``fund`` to be bound by a commitment: money whose earmark allows it, the tightest first.

    Raises Refused if the fund, or its budget, does not hold enough that may be given so.
    """
    money = [line for line in lines if line.kind == "money"]
    if not money:
        return ()
    require(session.person, "fund")
    chosen = the_fund(session.ledger, fund).code
    before = _fund_of(session.ledger, said.number)
    if before is not None and before != chosen:
        raise InputError(
            f"{said.number} is paid out of fund {before}.", way_out=f"Name fund {before}.", field="fund"
        )
    moved = [
        Movement(f"fund:{chosen}", f"committed:{said.number}", what, quantity)
        for line in money
        for what, quantity in _drawn(session.ledger, f"fund:{chosen}", said, line, day)
    ]
    _require_budget(session.ledger, chosen, moved, day)
    return tuple(moved)


def _drawn(
    ledger: Ledger, account: str, said: Contribution, line: Line, day: date
) -> list[tuple[Commodity, int]]:
    """Which money of the account pays for a line, and how much of each."""
    known = earmarks(ledger)
    purpose = said.purpose or (known[said.earmark].purpose if said.earmark else "")
    held = balance(ledger, account=account, kind="money", item=line.item, as_of=day)
    held.sort(
        key=lambda one: (-tightness(known.get(one.commodity.earmark or "")), one.commodity.earmark or "")
    )
    left, drawn, denied = line.quantity, [], []
    for one in held:
        why = _not_for(known.get(one.commodity.earmark or ""), said, line.item, purpose)
        if why:
            denied.append(f"{Money(one.quantity, line.item)} under {one.commodity.earmark} ({why})")
            continue
        taken = min(left, one.quantity)
        if taken > 0:
            drawn.append((one.commodity, taken))
            left -= taken
    if left:
        has = Money(line.quantity - left, line.item)
        raise Refused(
            f"{account} holds {has} for this on {day}; this commits {Money(line.quantity, line.item)}.",
            way_out=f"It also holds {', '.join(denied)}." if denied else _other_money(ledger, account, day),
            held=has.minor,
            asked=line.quantity,
        )
    return drawn


def _not_for(earmark: Earmark | None, said: Contribution, currency: str, purpose: str) -> str | None:
    """Money is tied by recipient and purpose; items tie it only through what it may buy."""
    if earmark is None:
        return None
    if earmark.items and currency not in earmark.items:
        return f"it is for {', '.join(earmark.items)}"
    return why_not(earmark, said.recipient, currency, purpose=purpose)


def _other_money(ledger: Ledger, account: str, day: date) -> str:
    held = balance(ledger, account=account, kind="money", as_of=day)
    listed = ", ".join(str(Money(one.quantity, one.commodity.item)) for one in held)
    if not listed:
        return "Record what came into it first: sampan contribution pay."
    return f"It holds {listed}; change it at a rate: sampan fund exchange."


def _fund_of(ledger: Ledger, number: str) -> str | None:
    """The fund out of which a contribution is paid; None if nothing is committed yet."""
    came = (line.other for line in statement(ledger, f"committed:{number}") if line.change > 0)
    return next((other.partition(":")[2] for other in came if other.startswith("fund:")), None)


def _require_budget(ledger: Ledger, fund: str, moved: Sequence[Movement], day: date) -> None:
    """Lets a commitment be if no budget speaks of the day, or the budget has room for it."""
    budget = next((b for b in budgets(ledger, fund) if b.first_day <= day <= b.last_day), None)
    if budget is None:
        return
    for each in moved:
        what = each.commodity
        line = _line_of(budget, what)
        if line is None:
            raise Refused(
                f"The budget of {fund} has no line for {what.item} under {what.earmark or 'no earmark'}.",
                way_out="Add one: sampan fund budget.",
            )
        bound = committed(ledger, fund, what, first_day=budget.first_day, last_day=budget.last_day)
        if bound + each.quantity > line.amount.minor:
            left = Money(max(0, line.amount.minor - bound), what.item)
            raise Refused(
                f"The budget of {fund} for {what.earmark or 'free money'} has {left} left until "
                f"{budget.last_day}; this commits {Money(each.quantity, what.item)}.",
                way_out="Commit less, or change the budget: sampan fund budget.",
                left=left.minor,
            )


def _line_of(budget: Budget, what: Commodity) -> BudgetLine | None:
    lines = budget.lines
    return next((b for b in lines if (b.earmark, b.amount.currency) == (what.earmark, what.item)), None)


def committed(ledger: Ledger, fund: str, what: Commodity, *, first_day: date, last_day: date) -> int:
    """Minor units bound between two days, less what was released."""
    return -sum(
        line.change
        for line in statement(ledger, f"fund:{fund}", item=what.item, as_of=last_day)
        if line.commodity == what and line.other.startswith("committed:") and line.day >= first_day
    )


def paid_out(session: Session, said: Contribution, money: Money, *, day: date) -> list[Movement]:
    """What a payment takes out of the commitment, under the earmarks with which it was bound."""
    require(session.person, "fund")
    return _out_of(session.ledger, said.number, money, taker=f"disbursed:{said.recipient}", day=day)


def released(
    session: Session, said: Contribution, lines: Sequence[Line], *, day: date
) -> tuple[Movement, ...]:
    """What goes back to its fund when a commitment of home's money is given up, loosest earmark first."""
    money = [line for line in lines if line.kind == "money"]
    if said.donor != session.home or not money:
        return ()
    require(session.person, "fund")
    back = f"fund:{_fund_of(session.ledger, said.number)}"
    moved = [
        each
        for line in money
        for each in _out_of(
            session.ledger, said.number, Money(line.quantity, line.item), taker=back, day=day, loosest=True
        )
    ]
    return tuple(moved)


def _out_of(
    ledger: Ledger, number: str, money: Money, *, taker: str, day: date, loosest: bool = False
) -> list[Movement]:
    """Movements of ``money`` out of a commitment, the tightest earmark first unless ``loosest``."""
    known = earmarks(ledger)
    account = f"committed:{number}"
    held = balance(ledger, account=account, kind="money", item=money.currency, as_of=day)
    held.sort(key=lambda one: tightness(known.get(one.commodity.earmark or "")), reverse=not loosest)
    moved, left = [], money.minor
    for one in held:
        taken = min(left, one.quantity)
        if taken > 0:
            moved.append(Movement(account, taker, one.commodity, taken))
            left -= taken
    if left:
        raise Refused(
            f"{account} holds {Money(money.minor - left, money.currency)} on {day}; this takes {money}.",
            way_out="Commit it first: sampan contribution commit.",
        )
    return moved


# Statements


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
    """What happened to a fund between two days. ``total`` is in its own currency, at ``rates``."""

    fund: str
    name: str
    currency: str
    first_day: date | None
    last_day: date
    positions: tuple[Position, ...]
    lines: tuple[StatementLine, ...]
    total: Money
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
    """The statement of account of a fund.

    Raises InputError if it holds several currencies and ``rates`` do not bring them to its own.
    """
    ledger, until = session.ledger, last_day or session.today()
    fund = the_fund(ledger, code)
    every = statement(ledger, f"fund:{fund.code}", as_of=until, known_on=known_on)
    out = _bound(ledger, every, until, known_on)
    budget = next(
        (b for b in budgets(ledger, fund.code, known_on=known_on) if b.first_day <= until <= b.last_day), None
    )
    kinds = sorted({line.commodity for line in every}, key=lambda what: (what.item, what.earmark or ""))
    positions = tuple(_position(what, every, out, first_day, budget) for what in kinds)
    total = Money(0, fund.currency)
    for position in positions:
        total += _in(fund.currency, Money(position.closing, position.currency), rates)
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
    line = _line_of(budget, what) if budget else None
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


def _in(currency: str, money: Money, rates: Sequence[Rate]) -> Money:
    if money.currency == currency or not money.minor:
        return Money(money.minor, currency)
    for rate in rates:
        if {rate.base, rate.quote} == {currency, money.currency}:
            return rate.convert(money)
    raise InputError(
        f"{money} cannot be added to {currency} without a rate.",
        way_out=f'Give --rate "{money.currency}/{currency} … SOURCE DAY".',
        field="rate",
    )
