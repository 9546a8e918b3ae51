"""How far may a contribution still go, and does a step leave every later day in order?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.lines import require_things, shown
from sampan.records.assistance.contributions import Line
from sampan.records.record import Record
from sampan.world.contributions import LineState, Stepped, by_day, history


def standing(
    session: Session, number: str, day: date, *, pending: Sequence[Stepped] = ()
) -> tuple[LineState, ...]:
    """How far each line had come at the end of ``day``; ``pending`` steps are about to be written.

    Raises Refused if it was not pledged yet.
    """
    days = by_day([*history(session.ledger, number), *pending])
    before = [when for when in days if when <= day]
    if not before:
        raise Refused(
            f"{number} was not pledged yet on {day}.", way_out="Take a day on or after that of its pledge."
        )
    return days[max(before)]


def _left(state: LineState, step: str) -> int:
    """How much of a line may still take ``step``."""
    return {
        "committed": state.open,
        "delivered": state.due,
        "confirmed": state.paid,
        "cancelled": state.pledged - state.out,
        "used": 0 if state.kind == "money" else state.delivered - state.used,
    }[step]


def parts_of(
    session: Session,
    number: str,
    lines: Sequence[Line] | None,
    *,
    step: str,
    day: date,
    pending: Sequence[Stepped] = (),
) -> tuple[Line, ...]:
    """What takes ``step`` on ``day``: ``lines``, or all that may.

    Raises InputError for a line that is not of this pledge, Refused for more than may be.
    """
    states = {(state.kind, state.item): state for state in standing(session, number, day, pending=pending)}
    if lines is None:
        lines = [
            Line(kind=state.kind, item=state.item, quantity=_left(state, step))
            for state in states.values()
            if _left(state, step) > 0
        ]
        if not lines:
            way_out = _way_out(number, step, states.values())
            raise Refused(f"Nothing of {number} is left to be {step} on {day}.", way_out=way_out)
    require_things(lines)
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
            way_out = _way_out(number, step, [states[line.kind, line.item]])
            raise Refused(
                f"Of {number}, {shown(line.kind, line.item, left)} may still be {step} on {day}; this is "
                f"{shown(line.kind, line.item, line.quantity)}.",
                way_out=way_out,
                left=left,
                asked=line.quantity,
            )
    if step != "cancelled":
        require_order(session, number, [*pending, *stepped(step, lines, day)])
    return tuple(lines)


def _way_out(number: str, step: str, states: Collection[LineState]) -> str:
    """The step before, while anything can still take it; then a pledge of more."""
    if step == "used" and any(state.due for state in states):
        return f"Record its delivery first: sampan contribution deliver {number}."
    if step in ("used", "delivered") and any(state.open for state in states):
        return f"Commit it first: sampan contribution commit {number}."
    if step == "cancelled":
        return f"What was delivered is not cancelled; see: sampan contribution show {number}."
    return "Record a further pledge for more: sampan contribution pledge."


def stepped(step: str, lines: Sequence[Line], day: date) -> list[Stepped]:
    """``lines`` as they take ``step`` on ``day``."""
    return [Stepped(day, step, line.kind, line.item, line.quantity) for line in lines]


def require_order(session: Session, number: str, new: Sequence[Stepped]) -> None:
    """Lets ``new`` steps be, or raises Refused if on some later day more is delivered than is promised."""
    for when, states in by_day([*history(session.ledger, number), *new]).items():
        for state in states:
            if not state.holds:
                raise Refused(
                    f"This would leave too little {state.item} for what {number} says of {when}.",
                    way_out="Take a later day, or less.",
                )


def take_step(
    session: Session, draft: Callable[[], Sequence[Record]], number: str, day: date | None, step: str
) -> Done:
    """Writes what ``draft`` decides; the last of its records is the step, in words."""
    entries = session.decide("contribute", draft, effective=day)
    lines = entries[-1].body["lines"]
    said = ", ".join(shown(line["kind"], line["item"], line["quantity"]) for line in lines)
    return Done(number, tuple(entry.id for entry in entries), f"{number}: {said} {step}")
