"""What did somebody write into a form? Turned into what the act or view takes, or said beside the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sampan.access import arguments
from sampan.access.offer import Offer
from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.languages import LANGUAGES
from sampan.core.money import Money, read_rate
from sampan.core.quantities import in_figures, western
from sampan.desks.assistance import handed_in
from sampan.desks.assistance.lines import read_quantity, read_what
from sampan.desks.press.sections import SECTIONS
from sampan.web.desk.questions import Kind, Question, file_name_of, questions
from sampan.world.parties import find_party

PARTIES = frozenset({"donor", "partner", "recipient", "recipients", "requester"})
"""Arguments that are a party: people write its name, the desks take its code."""

_SEVERAL = re.compile(r"[,;\n،、；，]+")


@dataclass(frozen=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes


Said = Mapping[str, Sequence[str | File]]
"""What a form says, by the address of each field: ``lines.0.quantity``."""


def read(offer: Offer, said: Said, session: Session) -> dict[str, Any]:
    """The arguments that a form states. Raises InputError naming the field that does not hold."""
    values: dict[str, Any] = {}
    for asked in questions(offer):
        found = _value(asked, asked.word, said, session)
        if found is not None:
            values[asked.word] = found
    named = file_name_of(offer)
    if named is not None and isinstance(file := values.get("data"), File):
        values[named] = file.name
    return arguments.from_values(offer, {name: _content(value) for name, value in values.items()})


def _content(value: Any) -> Any:
    return value.data if isinstance(value, File) else value


def _value(asked: Question, at: str, said: Said, session: Session) -> Any:
    """What the field or fields at ``at`` say; None if they say nothing."""
    simple = _SIMPLE.get(asked.kind)
    if simple is not None:
        return simple(at, said)
    match asked.kind:
        case "rows":
            rows = [_row(asked, f"{at}.{each}", said, session) for each in range(rows_said(said, at))]
            return [row for row in rows if row] or None
        case "row":
            row = _row(asked, at, said, session)
            return row if row or asked.required else None
        case "document":
            file = _file(at, said)
            return handed_in.keep(session, file.name, file.data) if file else None
    every = texts(said, at)
    text = (", ".join(every) if asked.kind == "words" else next(iter(every), "")).strip(" ,")
    return _read(asked, at, text, session) if text else None


def _read(asked: Question, at: str, text: str, session: Session) -> Any:
    """What one field says."""
    try:
        if asked.kind == "words":
            words = [word.strip() for word in _SEVERAL.split(text) if word.strip()]
            return [_code(asked.word, word, session) for word in words]
        if asked.kind in ("day", "moment"):
            return western(text)
        if asked.kind == "rate":
            return read_rate(text, day=session.today())
        if asked.kind in ("number", "figure"):
            written = in_figures(text)
            if asked.kind == "number" and "." in written:  # 20.000 is twenty thousand to half the world
                raise InputError("This is no whole number.", way_out="Write it in figures, as 2500.")
            return written
        return _code(asked.word, text, session)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, field=at) from None


def _code(word: str, text: str, session: Session) -> str:
    return find_party(session.ledger, text).code if word in PARTIES else text


def _row(asked: Question, at: str, said: Said, session: Session) -> dict[str, Any]:
    """One line of a table in a form; empty if nothing was written in it."""
    found = {part.word: _value(part, f"{at}.{part.word}", said, session) for part in asked.parts}
    written = {word: _content(value) for word, value in found.items() if value is not None}
    typed = {part.word for part in asked.parts if part.word in written and not _is_default(part, at, said)}
    if not typed:
        return {}
    if {"what", "quantity"} <= {part.word for part in asked.parts}:
        return _what(written, at)
    return written


def _is_default(part: Question, at: str, said: Said) -> bool:
    """Whether a field says only what the empty form said."""
    return part.kind not in ("file", "document", "money", "spoken", "chapters") and (
        next(iter(texts(said, f"{at}.{part.word}")), "") == part.default
    )


def _what(row: dict[str, Any], at: str) -> dict[str, Any]:
    """``USD`` and ``20 000 000`` as kind, item and quantity in base units."""
    for word in ("what", "quantity"):
        if word not in row:
            raise InputError("This is missing.", way_out="Give it.", field=f"{at}.{word}")
    try:
        kind, item = read_what(row.pop("what"))
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, field=f"{at}.what") from None
    try:
        quantity = read_quantity(kind, item, row.pop("quantity"))
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, field=f"{at}.quantity") from None
    return {"kind": kind, "item": item, "quantity": quantity, **row}


def _units(at: str, said: Said) -> dict[str, str] | None:
    """Units by item."""
    found: dict[str, str] = {}
    for row in range(rows_said(said, at)):
        item = first(said, f"{at}.{row}.item")
        units = first(said, f"{at}.{row}.units")
        if not item and not units:
            continue
        if not (item and units):
            raise InputError(
                "This is missing.", way_out="Give it.", field=f"{at}.{row}.{'units' if item else 'item'}"
            )
        if item in found:
            raise InputError("This is said twice.", way_out="Add the lines up.", field=f"{at}.{row}.item")
        try:
            found[item] = in_figures(units)
        except InputError as fault:
            raise InputError(fault.what, way_out=fault.way_out, field=f"{at}.{row}.units") from None
    return found or None


def _money(at: str, said: Said) -> Money | None:
    amount = first(said, f"{at}.amount")
    currency = first(said, f"{at}.currency").upper()
    if not amount and not currency:
        return None
    try:
        return Money.read(amount, currency)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, field=f"{at}.amount") from None


def _file(at: str, said: Said) -> File | None:
    return next((file for file in said.get(at, ()) if isinstance(file, File)), None)


def _files(at: str, said: Said) -> dict[str, bytes] | None:
    return {file.name: file.data for file in said.get(at, ()) if isinstance(file, File)} or None


def _several(at: str, said: Said) -> list[str] | None:
    return [text for text in texts(said, at) if text] or None


def _yes(at: str, said: Said) -> bool | None:
    """A box that was left empty says no by a hidden field beside it; where neither is, nobody was asked."""
    found = texts(said, at)
    return "yes" in found if found else None


def _spoken(at: str, said: Said) -> dict[str, str] | None:
    """A text in each language in which there is one."""
    found = {each: first(said, f"{at}.{each}") for each in LANGUAGES}
    return {each: text for each, text in found.items() if text} or None


def _chapters(at: str, said: Said) -> dict[str, dict[str, str]] | None:
    """Texts by section of a brief."""
    found = {chapter: _spoken(f"{at}.{chapter}", said) for chapter in SECTIONS}
    return {chapter: text for chapter, text in found.items() if text} or None


_SIMPLE: Mapping[Kind, Callable[[str, Said], Any]] = {
    "units": _units,
    "money": _money,
    "file": _file,
    "files": _files,
    "several": _several,
    "yes": _yes,
    "spoken": _spoken,
    "chapters": _chapters,
}


def rows_said(said: Said, at: str) -> int:
    """How many lines of the table at ``at`` the form has."""
    known = (re.match(rf"{re.escape(at)}\.(\d{{1,4}})\.", name) for name in said)
    return 1 + max((int(found[1]) for found in known if found), default=-1)


def first(said: Said, at: str) -> str:
    """What the field at ``at`` says first, without what surrounds it; nothing if it says nothing."""
    return next(iter(texts(said, at)), "").strip()


def texts(said: Said, at: str) -> list[str]:
    """What the fields at ``at`` say."""
    return [text for text in said.get(at, ()) if isinstance(text, str)]


def filled(asked: Question, value: Any, at: str) -> Iterable[tuple[str, str]]:
    """``value`` as the fields of a form say it: what an act is likely to be told, written in beforehand."""
    if value is None:
        return
    if asked.kind == "rows":
        for place, row in enumerate(value):
            yield from _filled_row(asked, row, f"{at}.{place}")
    elif asked.kind == "row":
        yield from _filled_row(asked, value, at)
    elif asked.kind in ("spoken", "chapters"):
        for name, part in value.items():
            yield from (
                filled(replace(asked, kind="spoken"), part, f"{at}.{name}")
                if isinstance(part, Mapping)
                else [(f"{at}.{name}", part)]
            )
    elif asked.kind == "words":
        yield at, ", ".join(value)
    elif asked.kind == "yes":
        yield at, "yes" if value else ""
    else:
        yield at, value.isoformat() if isinstance(value, date) else str(value)


def _filled_row(asked: Question, row: Any, at: str) -> Iterable[tuple[str, str]]:
    for part in asked.parts:
        yield from filled(part, getattr(row, part.word, None), f"{at}.{part.word}")
