"""What is given, by us or to us: pledged, committed, delivered, cancelled, used, thanked?

Every act checks its records against the whole log and writes them only if nothing was added meanwhile, so
that two people can never commit the same money or deliver more than was promised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.money import Money, Rate
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.funds import from_fund, paid_out, released
from sampan.desks.assistance.lines import Arrival, as_lines, shown
from sampan.desks.assistance.routes import Route, route
from sampan.records.assistance.contributions import (
    Cancellation,
    Commitment,
    Contribution,
    Delivery,
    Line,
    Thanks,
    Use,
)
from sampan.records.control import Snapshot
from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record
from sampan.world.accounts import balance
from sampan.world.appeals import find_appeal
from sampan.world.contributions import (
    LineState,
    Stepped,
    by_day,
    contribution,
    count_of,
    history,
    position_of,
    positions,
    progress,
)
from sampan.world.earmarks import find_earmark, why_not
from sampan.world.parties import party


def pledge(
    session: Session,
    *,
    donor: str,
    recipient: str,
    lines: Sequence[Line],
    earmark: str | None = None,
    purpose: str = "",
    appeal: str | None = None,
    parent: str | None = None,
    note: str = "",
    document: Snapshot | None = None,
    number: str | None = None,
    day: date | None = None,
) -> Done:
    """Records what ``donor`` promises ``recipient``; home is one of the two, or the donor is of home.

    Raises InputError for a party, earmark, appeal or parent that does not exist or does not fit, Refused if
    the earmark does not allow it.
    """

    def draft() -> list[Record]:
        said = Contribution(
            number=number or next_number(session, Contribution.kind, "C"),
            donor=donor,
            recipient=recipient,
            lines=tuple(lines),
            earmark=earmark,
            purpose=purpose,
            appeal=appeal,
            parent=parent,
            note=note,
            document=document,
        )
        _check_pledge(session, said)
        return [said]

    entry = session.decide("contribute", draft, effective=day)[0]
    said = ", ".join(shown(line.kind, line.item, line.quantity) for line in lines)
    return Done(str(entry.body["number"]), (entry.id,), f"{donor} pledges {recipient} {said}")


def next_number(session: Session, kind: str, letter: str) -> str:
    """The next free number: ``C-0001``."""
    count = count_of(session.ledger, kind) + 1
    while position_of(session.ledger, kind, f"{letter}-{count:04d}") is not None:
        count += 1
    return f"{letter}-{count:04d}"


def _check_pledge(session: Session, said: Contribution) -> None:
    if position_of(session.ledger, Contribution.kind, said.number) is not None:
        raise InputError(
            f"There is a contribution {said.number} already.",
            way_out="Give it another number, or none: the next is taken.",
            field="number",
        )
    way = route(session, said)
    if said.parent is not None:
        contribution(session.ledger, said.parent)
    if said.appeal is not None:
        _check_appeal(session, said)
    if said.earmark is not None:
        _check_earmark(session, said, abroad=way.abroad)


def _check_appeal(session: Session, said: Contribution) -> None:
    appeal = find_appeal(session.ledger, str(said.appeal))
    if appeal.state not in ("verified", "acknowledged", "answered"):
        raise Refused(
            f"Appeal {appeal.number} of {appeal.requester} is {appeal.state}: nothing is promised on it.",
            way_out="Verify the requester first: sampan appeal verify."
            if appeal.state == "received"
            else "Record a new appeal.",
        )
    if appeal.requester != said.recipient:
        raise InputError(
            f"Appeal {appeal.number} came from {appeal.requester}, not {said.recipient}.",
            way_out="Name the requester as recipient, or leave the appeal out.",
            field="appeal",
        )


def _check_earmark(session: Session, said: Contribution, *, abroad: bool) -> None:
    """A gift that goes abroad keeps to its earmark; one that comes to home carries it on to whoever gets it."""
    earmark = find_earmark(session.ledger, str(said.earmark))
    if earmark.donor != said.donor:
        raise InputError(
            f"Earmark {earmark.code} is of {earmark.donor}, not of {said.donor}.",
            way_out="Record an earmark of this donor: sampan earmark add.",
            field="earmark",
        )
    for line in said.lines:
        # a purpose binds whoever spends the gift; the donor's own pledge states it by its earmark
        why = why_not(earmark, said.recipient, line.item) if abroad else None
        if why is None and earmark.items and line.kind != "money" and line.item not in earmark.items:
            why = f"it is for {', '.join(earmark.items)}, not {line.item}"
        if why:
            raise Refused(
                f"Earmark {earmark.code} of {earmark.donor} does not allow this: {why}.",
                way_out="Pledge what it allows, or under another earmark.",
                earmark=earmark.code,
            )


def commit(
    session: Session,
    number: str,
    lines: Sequence[Line] | None = None,
    *,
    fund: str | None = None,
    note: str = "",
    day: date | None = None,
) -> Done:
    """Makes a pledge binding, whole or in part. Money that home gives is set aside in ``fund``.

    Earmarked money that allows it is taken before free money, the tightest first. Raises Refused if
    more would be committed than is pledged, or than the fund and its budget hold for this.
    """
    on = day or session.today()

    def draft() -> list[Record]:
        said = contribution(session.ledger, number)
        parts = _parts(session, number, lines, step="committed", day=on)
        moved = from_fund(session, said, parts, fund=fund, day=on) if said.donor == session.home else ()
        return [Commitment(contribution=number, lines=parts, moved=moved, note=note)]

    return _done(session, draft, number, day, "committed")


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
    consignment or deployment that carried it. Raises Refused if more would be delivered than is committed.
    """
    on = day or session.today()

    def draft() -> list[Record]:
        said = contribution(session.ledger, number)
        lines = None if arrivals is None else as_lines(arrivals)
        parts = _parts(session, number, lines, step="delivered", day=on)
        there = arrivals or tuple(Arrival(line.kind, line.item, line.quantity) for line in parts)
        way = route(session, said)
        moved = _moved(session, said, way, there, into=into, carried_by=carried_by, day=on)
        if paid is not None or rate is not None:
            moved = _in_other_money(parts, moved, paid=paid, rate=rate)
        way.require_word(confirmed=confirmed, carried_by=carried_by, kinds={line.kind for line in parts})
        return [
            Delivery(
                contribution=number,
                lines=parts,
                moved=moved,
                rate=rate,
                confirmed=confirmed,
                carried_by=carried_by,
                note=note,
                document=document,
            )
        ]

    return _done(session, draft, number, day, "delivered")


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
            way_out='Give --paid EUR=1000 --rate "EUR/USD 1.0843 ECB 2020-03-26".',
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


def cancel(
    session: Session,
    number: str,
    lines: Sequence[Line] | None = None,
    *,
    note: str,
    day: date | None = None,
) -> Done:
    """Gives up part or all of what is still to come: first what is only pledged, then what is committed.

    Money that had been set aside goes back to its fund. Raises InputError without a reason, Refused for
    more than is still to come.
    """
    on = day or session.today()
    if not note.strip():
        raise InputError("A cancellation has a reason.", way_out="Say why, in the note.", field="note")

    def draft() -> list[Record]:
        said = contribution(session.ledger, number)
        parts = _parts(session, number, lines, step="cancelled", day=on)
        loose = {(s.kind, s.item): s.open for s in _standing(session, number, on)}
        back = tuple(
            Line(kind=part.kind, item=part.item, quantity=part.quantity - loose[part.kind, part.item])
            for part in parts
            if part.quantity > loose[part.kind, part.item]
        )
        _check_steps(
            session,
            number,
            [("cancelled", part) for part in parts] + [("released", part) for part in back],
            day=on,
        )
        moved = released(session, said, back, day=on)
        return [Cancellation(contribution=number, lines=parts, released=back, moved=moved, note=note)]

    return _done(session, draft, number, day, "cancelled")


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
        parts = _parts(session, number, lines, step="used", day=on)
        _check_use(session, said, parts, place)
        there = arrivals or tuple(Arrival(line.kind, line.item, line.quantity) for line in parts)
        moved = [
            each
            for one in there
            if one.kind == "goods" and said.recipient == session.home
            for each in _from_depot(session, said, one, depot=f"depot:{depot}", place=place, day=on)
        ]
        return [Use(contribution=number, lines=parts, moved=tuple(moved), place=place, note=note)]

    return _done(session, draft, number, day, "used")


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
            raise Refused(
                f"Earmark {earmark.code} of {earmark.donor} does not allow this: {why}.",
                way_out="Use it where its donor allows.",
                earmark=earmark.code,
            )


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


def thank(
    session: Session,
    number: str,
    words: str,
    *,
    document: Snapshot | None = None,
    day: date | None = None,
) -> Done:
    """Records the recipient's thanks for what has come. Raises Refused if nothing has."""

    def draft() -> list[Record]:
        contribution(session.ledger, number)
        if not any(state.delivered for state in _standing(session, number, day or session.today())):
            raise Refused(f"Nothing of {number} has come yet.", way_out="Record its delivery first.")
        return [Thanks(contribution=number, words=words, document=document)]

    entries = session.decide("contribute", draft, effective=day)
    return Done(number, (entries[0].id,), f"{number}: thanked")


def _done(
    session: Session, draft: Callable[[], Sequence[Record]], number: str, day: date | None, step: str
) -> Done:
    entries = session.decide("contribute", draft, effective=day)
    lines = entries[0].body["lines"]
    said = ", ".join(shown(line["kind"], line["item"], line["quantity"]) for line in lines)
    return Done(number, tuple(entry.id for entry in entries), f"{number}: {said} {step}")


def _standing(session: Session, number: str, day: date) -> tuple[LineState, ...]:
    found = progress(session.ledger, number, as_of=day)
    if not found:
        raise Refused(
            f"{number} was not pledged yet on {day}.", way_out="Take a day on or after that of its pledge."
        )
    return found[0].lines


def _left(state: LineState, step: str) -> int:
    """How much of a line may still take ``step``."""
    return {
        "committed": state.open,
        "delivered": state.due,
        "cancelled": state.pledged - state.delivered,
        "used": 0 if state.kind == "money" else state.delivered - state.used,
    }[step]


def _parts(
    session: Session, number: str, lines: Sequence[Line] | None, *, step: str, day: date
) -> tuple[Line, ...]:
    """What takes ``step``: ``lines``, or all that may. Raises if a line is not of this pledge, or too much."""
    states = {(state.kind, state.item): state for state in _standing(session, number, day)}
    if lines is None:
        lines = [
            Line(kind=state.kind, item=state.item, quantity=_left(state, step))
            for state in states.values()
            if _left(state, step) > 0
        ]
        if not lines:
            raise Refused(f"Nothing of {number} is left to be {step} on {day}.", way_out=_WAY_OUT[step])
    for line in lines:
        if (line.kind, line.item) not in states:
            pledged = ", ".join(item for _, item in states)
            raise InputError(
                f"{number} pledges {pledged}, not {line.item}.",
                way_out="Record another contribution for it.",
                field="item",
            )
        left = _left(states[line.kind, line.item], step)
        if line.quantity > left:
            raise _too_much(number, line, left, step, day)
    if step != "cancelled":
        _check_steps(session, number, [(step, line) for line in lines], day=day)
    return tuple(lines)


_WAY_OUT = {
    "committed": "Record a further pledge for more: sampan contribution pledge.",
    "delivered": "Commit it first: sampan contribution commit.",
    "cancelled": "What was delivered is not cancelled.",
    "used": "Record its delivery first: sampan contribution deliver.",
}


def _too_much(number: str, line: Line, left: int, step: str, day: date) -> Refused:
    return Refused(
        f"Of {number}, {shown(line.kind, line.item, left)} may still be {step} on {day}; this is "
        f"{shown(line.kind, line.item, line.quantity)}.",
        way_out=_WAY_OUT[step],
        left=left,
        asked=line.quantity,
    )


def _check_steps(session: Session, number: str, new: Sequence[tuple[str, Line]], *, day: date) -> None:
    """A back-dated step must leave every later day in order too."""
    steps = [Stepped(day, step, line.kind, line.item, line.quantity) for step, line in new]
    for when, states in by_day([*history(session.ledger, number), *steps]).items():
        for state in states:
            if not state.holds:
                raise Refused(
                    f"On {day} this would leave too little {state.item} for what {number} says of {when}.",
                    way_out="Take a later day, or less.",
                )
