"""What is known before a form is filled in, and where does one go when it was sent?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sampan.access.session import Session
from sampan.core.errors import InputError, SampanError
from sampan.desks.assistance import batches, lists, planning
from sampan.desks.assistance.receipts import Found
from sampan.desks.press.drafts import known, newest, words_of
from sampan.desks.press.figures import figures
from sampan.desks.press.standing import standing
from sampan.web.desk import tables
from sampan.web.desk.menu import Placed, views_of
from sampan.web.desk.questions import questions
from sampan.web.desk.reading import Said, filled, first, rows_said, texts
from sampan.web.desk.showing import Shown, Table, cell, shown
from sampan.world.accounts import held_now

ABOUT = frozenset({"appeal", "consignment", "contribution"})
"""Views of one thing, which an act about it leads to."""


def filled_in(placed: Placed, given: Mapping[str, Sequence[str]], session: Session) -> dict[str, list[str]]:
    """A form as it begins: what the link to it said, and for a receipt what the consignment carries."""
    kept = _KNOWN.get(placed.key)
    said = {name: list(found) for name, found in given.items()}
    if kept is not None:
        with suppress(SampanError, ValueError):
            values = kept(session, {name: found[0] for name, found in given.items() if found})
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


ALWAYS = ("countries", "organisations", "batches", "confirmed")
"""Figures that every brief has."""


def figures_named(placed: Placed, said: Said, session: Session) -> tuple[str, ...]:
    """The figures that may be written into this form by name: of the brief of its day, once that is known."""
    if placed.key != "press.edit_brief":
        return ()
    with suppress(SampanError, ValueError):
        return tuple(figures(known(session, newest(session, date.fromisoformat(first(said, "day"))))))
    return ALWAYS


_KNOWN: Mapping[str, Callable[[Session, Mapping[str, str]], Mapping[str, Any]]] = {
    "assistance.receive": _receipt,
    "press.edit_brief": _brief,
    "press.review_brief": _review,
}


def check(placed: Placed, said: Said, session: Session) -> None:
    """Lets a form be one that can be sent. Raises InputError beside the field of what does not add up."""
    for name in texts(said, "ticked"):
        if not any(texts(said, name)):
            raise InputError("Nothing is ticked.", way_out="Tick what you mean.", field=name)
    if placed.key == "assistance.receive":
        _check_receipt(said, session)


def _check_receipt(said: Said, session: Session) -> None:
    """Holds good, damaged and missing of each line to what is still on the way. Raises InputError."""
    number = first(said, "number")
    carried = {
        (what.item, what.lot or ""): units
        for what, units in held_now(session.ledger, f"transit:{number}").items()
    }
    for row in range(rows_said(said, "found")):
        at = f"found.{row}"
        item, lot = (first(said, f"{at}.{part}") for part in ("item", "lot"))
        counts = [first(said, f"{at}.{part}") for part in ("good", "damaged", "missing")]
        if (item, lot) not in carried or not all(count.isdecimal() or not count for count in counts):
            continue  # the act says what is wrong
        told, sent = sum(int(count or 0) for count in counts), carried[item, lot]
        if told > sent:
            raise InputError(
                f"Good, damaged and missing are {told:,} together; {sent:,} are on the way.",
                way_out="Count again; what was not sent cannot be received here.",
                field=f"{at}.good",
            )


def summary(placed: Placed, said: Said, session: Session) -> Shown | None:
    """What an act is about, to look at once more before it is written; None where its form says it all."""
    about = _SUMMED.get(placed.key)
    if about is None:
        return None
    with suppress(SampanError, ValueError):
        return about(session, said)
    return None


def _of_consignment(session: Session, said: Said) -> Shown | None:
    """The recipient, the state and the lots of a consignment."""
    number = first(said, "number")
    if not number:
        return None
    one = lists.consignment(session.ledger, number)
    laid = tables.laid_out("assistance.consignment", 0)
    found = shown(dataclasses.replace(one, entries=()), laid)
    kept = tuple((word, cell) for word, cell in found.facts if word in ("number", "state", "recipient"))
    return dataclasses.replace(found, facts=kept)


def _of_plan(session: Session, said: Said) -> Shown | None:
    """What of a plan leaves now: by item, and to how many."""
    rows = [row for row in batches.batches(session) if row.waiting and row.superseded_by is None]
    wanted = first(said, "plan_id")
    row = next((each for each in reversed(rows) if wanted in ("", each.plan)), None)
    if row is None:
        return None
    units: dict[str, int] = {}
    for line in planning.plan(session, row.plan).decision.leaving:
        units[line.item] = units.get(line.item, 0) + line.units
    facts = tuple(
        (word, cell(word, getattr(row, word))) for word in ("plan", "day", "proposed_by", "recipients")
    )
    lines = tuple((cell("item", item), cell("units", count)) for item, count in units.items())
    return Shown(facts, (Table("lines", ("item", "units"), lines, len(lines)),))


def _of_brief(session: Session, said: Said) -> Shown:
    """Whose words they are, how they stand, and what keeps them from being released."""
    found = shown(standing(session, date.fromisoformat(first(said, "day"))))
    kept = ("revision", "by", "state", "reviewed_by", "missing")
    return Shown(tuple((word, told) for word, told in found.facts if word in kept), ())


_SUMMED: Mapping[str, Callable[[Session, Said], Shown | None]] = {
    "assistance.approve": _of_plan,
    "assistance.hand_over": _of_consignment,
    "assistance.pack": _of_consignment,
    "assistance.receive": _of_consignment,
    "assistance.receive_all": _of_consignment,
    "assistance.unpack": _of_consignment,
    "assistance.withdraw_consignment": _of_consignment,
    "press.release_brief": _of_brief,
    "press.review_brief": _of_brief,
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
