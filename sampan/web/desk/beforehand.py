"""What is known before a form is filled in, and where does one go when it was sent?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sampan.access.session import Session
from sampan.core.errors import SampanError
from sampan.desks.assistance import batches, lists
from sampan.desks.assistance.receipts import Found, claims
from sampan.desks.press.drafts import newest, words_of
from sampan.web.desk.menu import Placed, views_of
from sampan.web.desk.questions import questions
from sampan.web.desk.reading import filled
from sampan.world.appeals import appeals

ABOUT = frozenset({"appeal", "consignment", "contribution"})
"""Views of one thing, which an act about it leads to."""

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
    known = _KNOWN.get(placed.key)
    said = {name: list(found) for name, found in given.items()}
    if known is not None:
        with suppress(SampanError, ValueError):
            values = known(session, {name: found[0] for name, found in given.items() if found})
            for asked in (each for each in questions(placed.offer) if each.word in values):
                for at, text in filled(asked, values[asked.word], asked.word):
                    said.setdefault(at, []).append(text)
    return said


def _receipt(session: Session, given: Mapping[str, str]) -> Mapping[str, Any]:
    """A receipt in which everything that is still to come has come whole."""
    one = lists.consignment(session.ledger, given.get("number", ""))
    coming = [(lot.commodity, lot.transit) for lot in one.lots if lot.transit]
    found = [Found(item=what.item, good=units, lot=what.lot, expiry=what.expiry) for what, units in coming]
    return {"found": found}


def _brief(session: Session, given: Mapping[str, str]) -> Mapping[str, Any]:
    """The brief of a day as it was last written."""
    last = newest(session, date.fromisoformat(given.get("day", "")))
    return {"words": words_of(session, last), "revision": last.number}


def _review(session: Session, given: Mapping[str, str]) -> Mapping[str, Any]:
    return {"revision": newest(session, date.fromisoformat(given.get("day", ""))).number}


_KNOWN: Mapping[str, Callable[[Session, Mapping[str, str]], Mapping[str, Any]]] = {
    "assistance.receive": _receipt,
    "press.edit_brief": _brief,
    "press.review_brief": _review,
}


def next_page(placed: Placed, result: Any) -> str:
    """Where to go when an act is done: to what it was about, or to the first view of its section."""
    views = views_of(placed.section)
    done = _entry_of(result)
    number = getattr(result, "number", None) or getattr(getattr(result, "done", None), "number", None)
    detail = next((view for view in views if view.offer.name in ABOUT), None)
    if number and detail is not None:
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
