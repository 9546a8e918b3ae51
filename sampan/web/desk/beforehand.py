"""What is known before a form is filled in, and where does one go when it was sent?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sampan.access.session import Session
from sampan.core.errors import SampanError
from sampan.desks.assistance import batches, lists
from sampan.desks.assistance.receipts import Found, claims
from sampan.web.desk.menu import Placed, views_of
from sampan.web.desk.questions import questions
from sampan.web.desk.reading import filled
from sampan.world.appeals import appeals

SOON = 60
"""Days before its expiry from which a lot is pointed out."""


def waiting(session: Session) -> Mapping[str, int]:
    """How much waits for somebody in each section."""
    plans = [row for row in batches.batches(session) if row.waiting and row.superseded_by is None]
    stock = lists.stock(session)
    soon = [
        lot for lot in stock.lots if lot.expiry is not None and (lot.expiry - session.today()).days <= SOON
    ]
    found = {
        "plans": len(plans),
        "appeals": sum(1 for one in appeals(session.ledger) if one.open),
        "receipts": len(claims(session.ledger)),
        "stock": len(soon),
    }
    return {section: count for section, count in found.items() if count}


def filled_in(placed: Placed, given: Mapping[str, Sequence[str]], session: Session) -> dict[str, list[str]]:
    """A form as it begins: what the link to it said, and for a receipt what the consignment carries."""
    said = {name: list(found) for name, found in given.items()}
    number = next(iter(given.get("number", ())), "")
    if placed.key == "assistance.receive" and number and "found.0.item" not in said:
        try:
            carried = _carried(session, number)
        except SampanError:
            carried = []
        asked = next(each for each in questions(placed.offer) if each.word == "found")
        for at, text in filled(asked, carried, "found"):
            said.setdefault(at, []).append(text)
    return said


def _carried(session: Session, number: str) -> list[Found]:
    """A receipt in which everything that is still to come has come whole."""
    one = lists.consignment(session.ledger, number)
    coming = [(lot.commodity, lot.transit) for lot in one.lots if lot.transit]
    return [Found(item=what.item, good=units, lot=what.lot, expiry=what.expiry) for what, units in coming]


def next_page(placed: Placed, result: Any) -> str:
    """Where to go when an act is done: to what it was about, or to the first view of its section."""
    views = views_of(placed.section)
    done = _entry_of(result)
    number = getattr(result, "number", None) or getattr(getattr(result, "done", None), "number", None)
    detail = next((view for view in views if "number" in view.offer.signature.parameters), None)
    if number and detail is not None and placed.section.name not in ("partners",):
        return f"{detail.path}?{urlencode({'number': number, 'done': done})}"
    return f"{_first_open(placed)}?{urlencode({'done': done})}"


def _first_open(placed: Placed) -> str:
    """The first view of the section that asks for nothing."""
    return next(
        view.path for view in views_of(placed.section) if not any(q.required for q in questions(view.offer))
    )


def _entry_of(result: Any) -> str:
    """The first entry that an act says it wrote; ``yes`` if it names none."""
    if isinstance(result, tuple | list):
        return _entry_of(result[0]) if result else "yes"
    for name in ("entry", "entries", "decision"):
        found = getattr(result, name, None)
        if isinstance(found, str):
            return found
        if found:
            return str(found[0])
    inner = getattr(result, "done", None)
    return _entry_of(inner) if dataclasses.is_dataclass(inner) else "yes"
