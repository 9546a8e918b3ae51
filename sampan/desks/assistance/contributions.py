"""What is promised, by us or to us, and made binding, given up or thanked for?

Every act checks its records against the whole log and writes them only if nothing was added meanwhile, so
that two people can never commit the same money or deliver more than was promised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, clause
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.lines import require_things, shown
from sampan.desks.assistance.routes import route
from sampan.desks.assistance.spending import from_fund, released
from sampan.desks.assistance.steps import parts_of, require_order, standing, stepped, take_step
from sampan.records.assistance.contributions import (
    Cancellation,
    Commitment,
    Contribution,
    Line,
    Thanks,
)
from sampan.records.control import Snapshot
from sampan.records.record import Record
from sampan.world.appeals import find_appeal
from sampan.world.contributions import (
    contribution,
    count_of,
    position_of,
)
from sampan.world.earmarks import find_earmark, why_not

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,39}")


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
        check_pledge(session, said)
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


def check_number(session: Session, kind: str, number: str) -> None:
    """Lets a new number be. Raises InputError if it is in use, or could not stand in the name of an account."""
    if not _NUMBER.fullmatch(number):
        raise InputError(
            f'"{number}" cannot be a number here.',
            way_out="Use letters, digits, dots, slashes and dashes, as C-0001.",
            field="number",
        )
    if position_of(session.ledger, kind, number) is not None:
        raise InputError(
            f"The number {number} is taken.",
            way_out="Give it another number, or none: the next is taken.",
            field="number",
        )


def check_pledge(session: Session, said: Contribution, *, also: Collection[str] = ()) -> None:
    """Lets a pledge be, or raises InputError or Refused, as ``pledge`` says.

    ``also`` are the numbers of pledges that are about to be written with it.
    """
    check_number(session, Contribution.kind, said.number)
    require_things(said.lines)
    way = route(session, said)
    if said.parent is not None and said.parent not in also:
        _of_parent(session, said.parent)
    if said.appeal is not None:
        _check_appeal(session, said)
    if said.earmark is not None:
        _check_earmark(session, said, abroad=way.abroad)


def _of_parent(session: Session, parent: str) -> None:
    try:
        contribution(session.ledger, parent)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, field="parent") from None


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
            why = clause(f"It is for {', '.join(earmark.items)}, not {line.item}.")
        if why:
            fault = Refused(
                f"Earmark {earmark.code} of {earmark.donor} does not allow this. {why}",
                way_out="Pledge what it allows, or under another earmark.",
                earmark=earmark.code,
            )
            raise session.refused("contribute", fault)


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
        parts = parts_of(session, number, lines, step="committed", day=on)
        moved = from_fund(session, said, parts, fund=fund, day=on) if said.donor == session.home else ()
        return [Commitment(contribution=number, lines=parts, moved=moved, note=note)]

    return take_step(session, draft, number, day, "committed")


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
        parts = parts_of(session, number, lines, step="cancelled", day=on)
        loose = {(s.kind, s.item): s.open for s in standing(session, number, on)}
        back = tuple(
            Line(kind=part.kind, item=part.item, quantity=part.quantity - loose[part.kind, part.item])
            for part in parts
            if part.quantity > loose[part.kind, part.item]
        )
        require_order(session, number, [*stepped("cancelled", parts, on), *stepped("released", back, on)])
        moved = released(session, said, back, day=on)
        return [Cancellation(contribution=number, lines=parts, released=back, moved=moved, note=note)]

    return take_step(session, draft, number, day, "cancelled")


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
        if not any(state.delivered for state in standing(session, number, day or session.today())):
            raise Refused(f"Nothing of {number} has come yet.", way_out="Record its delivery first.")
        return [Thanks(contribution=number, words=words, document=document)]

    entries = session.decide("contribute", draft, effective=day)
    return Done(number, (entries[0].id,), f"{number}: thanked")
