"""What does an officer propose by hand, where no allocation is asked for: one appeal, one flight?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.quantities import whole
from sampan.desks.assistance.plan import Decision, Line, record
from sampan.desks.assistance.promises import BY_HAND, require_free, require_in_order
from sampan.world.items import item as find_item
from sampan.world.organisations import organisations
from sampan.world.places import place


def propose_by_hand(
    session: Session,
    wanted: Sequence[tuple[str, str, int]],
    *,
    reason: str,
    day: date | None = None,
    refs: Sequence[str] = (),
    exercise: bool = False,
) -> str:
    """Records (recipient, item, units) as a plan of one week; it waits for a second person like any other.

    Returns the plan's entry. Raises InputError for home as a recipient, a line twice, no reason, a day to come
    or before the last batch; Refused for more than the depots can give. Both are asked again when it is approved.
    """
    if not reason.strip():
        raise InputError("Nobody says why.", way_out="Give a reason: the appeal, the letter.", field="reason")
    sums: dict[tuple[str, str], int] = {}
    for recipient, item, units in wanted:
        key = (recipient, find_item(item).code)
        if recipient == session.home:
            raise InputError("Home sends nothing to itself.", way_out="Name a recipient abroad.")
        if key in sums:
            raise InputError(f"{recipient} is named twice for {item}.", way_out="Add the lines up.")
        sums[key] = whole(units, what=item, at_least=1)
    if not sums:
        raise InputError("Nothing is proposed.", way_out="Name what goes to whom: mask=2000.")
    on = day or session.today()
    session.require_come(on)
    require_in_order(session.ledger, on)
    require_free(session.ledger, _by_item(sums), day=on, today=session.today())
    decision = Decision(
        day=on,
        policy=BY_HAND,
        lines=tuple(_line(*key, units, reason) for key, units in sums.items()),
        home=(),
        coverage=(),
        conflicts=(),
        objective=0.0,
        lower_bound=0.0,
        nothing_sent=0.0,
        assumptions=(),
    )
    return record(session, decision, weeks=1, exercise=exercise, refs=refs)


def _by_item(sums: Mapping[tuple[str, str], int]) -> dict[str, int]:
    asked: dict[str, int] = {}
    for (_, item), units in sums.items():
        asked[item] = asked.get(item, 0) + units
    return asked


def _line(recipient: str, item: str, units: int, reason: str) -> Line:
    """A line whose reason is a person's, not a price."""
    known = organisations().get(recipient)
    name = known.name() if known else place(recipient).name()
    region = (known.region if known else place(recipient).region) or "World"
    cartons = -(-units // find_item(item).pack)
    return Line(recipient, name, region, item, 1, units, cartons, 0.0, 0.0, 0.0, 0.0, (reason,))
