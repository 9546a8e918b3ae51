"""Which money of a fund does a commitment bind, a payment take, a cancellation give back?

Every sum keeps the earmark under which it came: fund → committed → disbursed, or back to the fund.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, clause
from sampan.core.money import Money
from sampan.desks.assistance.funds import budgets, line_of, the_fund
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import Contribution, Earmark, Line
from sampan.records.movement import Commodity, Movement
from sampan.world.accounts import balance, statement
from sampan.world.earmarks import earmarks, tightness, why_not


def from_fund(
    session: Session, said: Contribution, lines: Sequence[Line], *, fund: str | None, day: date
) -> tuple[Movement, ...]:
    """What leaves ``fund`` to be bound by a commitment: money whose earmark allows it, the tightest first.

    Raises Refused if the fund, or its budget, does not hold enough that may be given so.
    """
    money = [line for line in lines if line.kind == "money"]
    if not money:
        return ()
    session.require("fund")
    chosen = the_fund(session.ledger, fund).code
    before = _fund_of(session.ledger, said.number)
    if before is not None and before != chosen:
        raise InputError(
            f"{said.number} is paid out of fund {before}.", way_out=f"Name fund {before}.", field="fund"
        )
    moved = [
        Movement(f"fund:{chosen}", f"committed:{said.number}", what, quantity)
        for line in money
        for what, quantity in _drawn(session, f"fund:{chosen}", said, line, day)
    ]
    _require_budget(session.ledger, chosen, moved, day)
    return tuple(moved)


def _drawn(
    session: Session, account: str, said: Contribution, line: Line, day: date
) -> list[tuple[Commodity, int]]:
    """Which money of the account pays for a line, and how much of each. Going round an earmark is recorded."""
    ledger = session.ledger
    known = earmarks(ledger)
    purpose = said.purpose or (known[said.earmark].purpose if said.earmark else "")
    held = sorted(
        balance(ledger, account=account, kind="money", item=line.item, as_of=day),
        key=lambda one: (-tightness(known.get(one.commodity.earmark or "")), one.commodity.earmark or ""),
    )
    left, drawn, denied = line.quantity, [], []
    for one in held:
        why = _not_for(known.get(one.commodity.earmark or ""), said, line.item, purpose)
        if why:
            denied.append(
                clause(f"{Money(one.quantity, line.item)} lies under {one.commodity.earmark}. {why}")
            )
            continue
        taken = min(left, one.quantity)
        if taken > 0:
            drawn.append((one.commodity, taken))
            left -= taken
    if left:
        has = Money(line.quantity - left, line.item)
        fault = Refused(
            f"{account} holds {has} for this on {day}; this commits {Money(line.quantity, line.item)}.",
            way_out=" ".join(denied) if denied else _other_money(ledger, account, day),
            held=has.minor,
            asked=line.quantity,
        )
        raise session.refused("fund", fault) if denied else fault
    return drawn


def _not_for(earmark: Earmark | None, said: Contribution, currency: str, purpose: str) -> str | None:
    """Money is tied by recipient and purpose; items tie it only through what it may buy."""
    if earmark is None:
        return None
    if earmark.items and currency not in earmark.items:
        return clause(f"It is for {', '.join(earmark.items)}.")
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
        line = line_of(budget, what)
        if line is None:
            raise Refused(
                f"The budget of {fund} has no line for {what.item} under {what.earmark}."
                if what.earmark
                else f"The budget of {fund} has no line for free money in {what.item}.",
                way_out="Add one: sampan fund budget.",
            )
        bound = committed(ledger, fund, what, first_day=budget.first_day, last_day=budget.last_day)
        if bound + each.quantity > line.amount.minor:
            left = Money(max(0, line.amount.minor - bound), what.item)
            raise Refused(
                f"The budget of {fund} for {what.earmark} has {left} left until {budget.last_day}; this commits "
                f"{Money(each.quantity, what.item)}."
                if what.earmark
                else f"The budget of {fund} for free money has {left} left until {budget.last_day}; this commits "
                f"{Money(each.quantity, what.item)}.",
                way_out="Commit less, or change the budget: sampan fund budget.",
                left=left.minor,
            )


def committed(ledger: Ledger, fund: str, what: Commodity, *, first_day: date, last_day: date) -> int:
    """Minor units bound between two days, less what was released."""
    return -sum(
        line.change
        for line in statement(ledger, f"fund:{fund}", item=what.item, as_of=last_day)
        if line.commodity == what and line.other.startswith("committed:") and line.day >= first_day
    )


def paid_out(session: Session, said: Contribution, money: Money, *, day: date) -> list[Movement]:
    """What a payment takes out of the commitment, under the earmarks with which it was bound."""
    session.require("fund")
    return _out_of(session.ledger, said.number, money, taker=f"disbursed:{said.recipient}", day=day)


def released(
    session: Session, said: Contribution, lines: Sequence[Line], *, day: date
) -> tuple[Movement, ...]:
    """What goes back to its fund when a commitment of home's money is given up, loosest earmark first."""
    money = [line for line in lines if line.kind == "money"]
    if said.donor != session.home or not money:
        return ()
    session.require("fund")
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
    held = sorted(
        balance(ledger, account=account, kind="money", item=money.currency, as_of=day),
        key=lambda one: tightness(known.get(one.commodity.earmark or "")),
        reverse=not loosest,
    )
    moved, left = [], money.minor
    for one in held:
        taken = min(left, one.quantity)
        if taken > 0:
            moved.append(Movement(account, taker, one.commodity, taken))
            left -= taken
    if left:
        raise Refused(
            f"{account} holds {Money(money.minor - left, money.currency)} on {day}; this takes {money}.",
            way_out=f"Take the day on which it was committed, or a later one: sampan contribution show {number}.",
        )
    return moved
