"""What has come, at whose word, and where was it used?

A delivery moves a gift between accounts; a use moves it on to where it serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.money import Money, Rate
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.lines import Arrival, as_lines
from sampan.desks.assistance.routes import Route, route
from sampan.desks.assistance.spending import paid_out
from sampan.desks.assistance.steps import parts_of, standing, take_step
from sampan.records.assistance.contributions import Contribution, Delivery, Line, Use
from sampan.records.control import Snapshot
from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record
from sampan.world.accounts import balance
from sampan.world.contributions import Stepped, contribution, positions
from sampan.world.earmarks import find_earmark, why_not
from sampan.world.parties import party


def deliver(
    session: Session,
    number: str,
    arrivals: Sequence[Arrival] | None = None,
    *,
    into: str | None = None,
    paid: Money | None = None,
    rate: Rate | None = None,
    confirmed: str = "",
    carried_by: str | None = None,
    note: str = "",
    document: Snapshot | None = None,
    day: date | None = None,
) -> Done:
    """Records that what was committed is there: money paid, goods in a depot, services rendered.

    ``into`` is the fund or the depot at home. ``paid`` is what came in another currency than pledged,
    settled at ``rate``. What goes to a recipient abroad needs that recipient's word (``confirmed``), or the
    consignment or deployment that carried it; home's money is paid without, and not delivered before that word,
    which may come later. Raises Refused if more would be delivered than is committed.
    """
    on = day or session.today()

    def draft() -> list[Record]:
        return [
            drafted(
                session,
                number,
                arrivals,
                into=into,
                paid=paid,
                rate=rate,
                confirmed=confirmed,
                carried_by=carried_by,
                note=note,
                document=document,
                day=on,
            )
        ]

    done = take_step(session, draft, number, day, "delivered")
    if Delivery.read(session.ledger.get(done.entries[-1]).body).step != "paid":
        return done
    return replace(done, said=f"{done.said.removesuffix('delivered')}paid, not confirmed by the recipient")


def drafted(
    session: Session,
    number: str,
    arrivals: Sequence[Arrival] | None,
    *,
    into: str | None = None,
    paid: Money | None = None,
    rate: Rate | None = None,
    confirmed: str = "",
    carried_by: str | None = None,
    note: str = "",
    document: Snapshot | None = None,
    day: date,
    pending: Sequence[Stepped] = (),
) -> Delivery:
    """The delivery that ``deliver`` would write, after ``pending`` steps that are about to be written too."""
    said = contribution(session.ledger, number)
    lines = None if arrivals is None else as_lines(arrivals)
    if confirmed.strip() and _paid_before(session, said, lines, day):
        parts = parts_of(session, number, lines, step="confirmed", day=day, pending=pending)
        return Delivery(contribution=number, lines=parts, confirmed=confirmed, note=note, document=document)
    parts = parts_of(session, number, lines, step="delivered", day=day, pending=pending)
    there = arrivals or tuple(Arrival(line.kind, line.item, line.quantity) for line in parts)
    way = route(session, said)
    moved = _moved(session, said, way, there, into=into, carried_by=carried_by, day=day)
    if paid is not None or rate is not None:
        moved = _in_other_money(parts, moved, paid=paid, rate=rate)
    way.require_word(confirmed=confirmed, carried_by=carried_by, kinds={line.kind for line in parts})
    return Delivery(
        contribution=number,
        lines=parts,
        moved=moved,
        rate=rate,
        confirmed=confirmed,
        carried_by=carried_by,
        note=note,
        document=document,
    )


def _paid_before(session: Session, said: Contribution, lines: Sequence[Line] | None, day: date) -> bool:
    """Whether all of this was paid by home, and waits for the recipient's word."""
    if said.donor != session.home:
        return False
    waiting = {(s.kind, s.item): s.paid for s in standing(session, said.number, day) if s.paid}
    if lines is None:
        return bool(waiting)
    return all(line.quantity <= waiting.get((line.kind, line.item), 0) for line in lines)


def _moved(
    session: Session,
    said: Contribution,
    way: Route,
    there: Sequence[Arrival],
    *,
    into: str | None,
    carried_by: str | None,
    day: date,
) -> tuple[Movement, ...]:
    """The movements of a delivery: none for what a consignment or a deployment has moved already."""
    if carried_by is not None:
        way.require_carried(there, carried_by, day=day)
        return ()
    moved: list[Movement] = []
    for each in there:
        if each.kind == "money" and said.donor == session.home:
            moved += paid_out(session, said, Money(each.quantity, each.item), day=day)
            continue
        if each.expiry is not None and each.expiry <= day:
            raise Refused(
                f"Lot {each.lot} of {each.item} expired on {each.expiry}.",
                way_out="Send it back, or have it destroyed; it does not enter a depot.",
            )
        moved.append(way.movement(each, into=into))
    return tuple(moved)


def _in_other_money(
    parts: Sequence[Line], moved: Sequence[Movement], *, paid: Money | None, rate: Rate | None
) -> tuple[Movement, ...]:
    """The one movement of money, in the currency in which it was paid."""
    if paid is None or rate is None:
        raise InputError(
            "A payment in another currency needs both what was paid and the rate.",
            way_out='Give what was paid (--paid EUR=1000) and the rate (--rate "EUR/USD 1.0843 ECB 2020-03-26").',
            field="rate",
        )
    if len(parts) != 1 or parts[0].kind != "money" or len(moved) != 1:
        raise InputError("A rate settles one line of money.", way_out="Record the other lines apart.")
    owed = Money(parts[0].quantity, parts[0].item)
    if paid.currency == owed.currency or rate.convert(paid) != owed:
        settles = paid if paid.currency == owed.currency else rate.convert(paid)
        raise InputError(
            f"{paid} at {rate.rate} settles {settles}, not {owed}.",
            way_out=f"Name {settles.amount} as the part that is settled, or correct the rate.",
            field="paid",
        )
    was = moved[0]
    if was.giver.startswith("committed:"):
        raise InputError(
            "Home pays in the currency that it committed.",
            way_out="Change money inside the fund before it is committed: sampan fund exchange.",
        )
    what = Commodity("money", paid.currency, earmark=was.commodity.earmark)
    return (Movement(was.giver, was.taker, what, paid.minor),)


def use(
    session: Session,
    number: str,
    arrivals: Sequence[Arrival] | None = None,
    *,
    place: str,
    depot: str = "home",
    note: str = "",
    day: date | None = None,
) -> Done:
    """Records where a gift to home was used: goods leave the depot for ``place``.

    Without ``arrivals``, all that is not used yet. Raises Refused for more than was delivered, or is left.
    """
    on = day or session.today()

    def draft() -> list[Record]:
        said = contribution(session.ledger, number)
        if party(session.ledger, said.recipient).partner != session.home:
            raise InputError(
                f"{number} was not given to home.", way_out="Its recipient says where it is used."
            )
        party(session.ledger, place)
        lines = None if arrivals is None else as_lines(arrivals)
        parts = parts_of(session, number, lines, step="used", day=on)
        _check_use(session, said, parts, place)
        there = arrivals or tuple(Arrival(line.kind, line.item, line.quantity) for line in parts)
        moved = [
            each
            for one in there
            if one.kind == "goods" and said.recipient == session.home
            for each in _from_depot(session, said, one, depot=f"depot:{depot}", place=place, day=on)
        ]
        return [Use(contribution=number, lines=parts, moved=tuple(moved), place=place, note=note)]

    return take_step(session, draft, number, day, "used")


def _check_use(session: Session, said: Contribution, parts: Sequence[Line], place: str) -> None:
    """A gift is used where, and for what, its donor allows."""
    if any(part.kind == "money" for part in parts):
        raise InputError(
            "Money is used by what is committed from its fund.",
            way_out="Pledge it to whom it goes: sampan contribution pledge.",
            field="item",
        )
    if said.earmark is None:
        return
    earmark = find_earmark(session.ledger, said.earmark)
    for part in parts:
        if why := why_not(earmark, place, part.item):
            fault = Refused(
                f"Earmark {earmark.code} of {earmark.donor} does not allow this. {why}",
                way_out="Use it where its donor allows.",
                earmark=earmark.code,
            )
            raise session.refused("contribute", fault)


def _from_depot(
    session: Session, said: Contribution, what: Arrival, *, depot: str, place: str, day: date
) -> list[Movement]:
    """The lots of this contribution in the depot, first expired first out."""
    lots = _lots(session, said.number)
    left = what.quantity
    moved = []
    for held in balance(session.ledger, account=depot, kind="goods", item=what.item, as_of=day):
        mine = held.commodity in lots and what.lot in (None, held.commodity.lot)
        taken = min(left, held.quantity) if mine else 0
        if taken > 0:
            moved.append(Movement(depot, f"used:{place}", held.commodity, taken))
            left -= taken
    if left:
        raise Refused(
            f"{depot} holds {what.quantity - left:,} {what.item} of {said.number} on {day}; this uses "
            f"{what.quantity:,}.",
            way_out="What was sent on is counted where it went; name another depot, or less.",
        )
    return moved


def _lots(session: Session, number: str) -> set[Commodity]:
    """The commodities that this contribution brought."""
    entries = map(session.ledger.at, positions(session.ledger, number, "delivered"))
    return {moved.commodity for entry in entries for moved in Delivery.read(entry.body).moved}
