"""What does a form ask for? Read from the signature of the act or view that it is for."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sampan.access.offer import Offer, View
from sampan.core.money import Money, Rate
from sampan.desks.press import sections
from sampan.records.control import Snapshot

Kind = Literal[
    "text",
    "long",
    "words",
    "number",
    "figure",
    "day",
    "moment",
    "yes",
    "choice",
    "several",
    "file",
    "files",
    "document",
    "money",
    "rate",
    "rows",
    "row",
    "units",
    "spoken",
    "chapters",
]

LONG = frozenset({"assumptions", "how", "note", "oligos", "otherwise", "purpose", "reason", "text", "words"})
"""Texts for which one line is too short."""

FILE_NAMES = {"bring_in_sheet": "file"}
"""Which argument takes the name of the file that comes with it, where it is not ``name``."""

ROWS = 3
"""Empty lines that a form begins with; it can ask for more."""

WHAT = ("kind", "item", "quantity")
"""Fields that people write as two: what (``mask``, ``USD``, ``people:nurse``) and how much of it."""


@dataclass(frozen=True)
class Question:
    """One thing that a form asks for. ``word`` is what it is called, ``parts`` the columns of a row."""

    word: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    parts: tuple[Question, ...] = ()
    default: str = ""


@cache
def questions(offer: Offer) -> tuple[Question, ...]:
    """What ``offer`` asks for, in the order in which it does."""
    parameters = offer.signature.parameters
    named_by_file = _named_by_file(offer)
    found = []
    for name, parameter in parameters.items():
        if name == named_by_file:
            continue
        required = parameter.default is inspect.Parameter.empty
        asked = _question(name, parameter.annotation, required=required)
        if not required and parameter.default not in (None, "", ()):
            asked = replace(asked, default=str(parameter.default))
        found.append(asked)
    return tuple(found)


def _named_by_file(offer: Offer) -> str | None:
    """The argument that is the name of the file in the argument ``data``, if there is one."""
    if "data" not in offer.signature.parameters or isinstance(offer, View):
        return None
    return FILE_NAMES.get(offer.name, "name" if "name" in offer.signature.parameters else None)


def file_name_of(offer: Offer) -> str | None:
    """The argument that takes the name of the file that is handed in, if there is one."""
    return _named_by_file(offer)


def _question(name: str, kind: Any, *, required: bool) -> Question:
    wanted = _without_none(kind)
    if get_origin(wanted) is Literal:
        return Question(name, "choice", required, get_args(wanted))
    if (plain := _PLAIN.get(wanted)) is not None:
        return Question(name, "long" if plain == "text" and name in LONG else plain, required)
    if (origin := get_origin(wanted)) is not None:
        return _of_several(name, origin, get_args(wanted), required=required)
    assert dataclasses.is_dataclass(wanted), (name, kind)
    return Question(name, "row", required, parts=tuple(_parts(wanted)))


def _of_several(name: str, origin: Any, inner: tuple[Any, ...], *, required: bool) -> Question:
    """A question whose answer is many things."""
    if issubclass(origin, Mapping):
        if get_origin(inner[1]) is not None:
            return Question(name, "chapters", required, sections.SECTIONS)
        return Question(name, _MAPPED[inner[1]], required)
    assert issubclass(origin, Sequence), (name, origin)
    if inner[0] is str:
        return Question(name, "words", required)
    if get_origin(inner[0]) is Literal:
        return Question(name, "several", required, get_args(inner[0]))
    return Question(name, "rows", required, parts=tuple(_parts(inner[0])))


_MAPPED: Mapping[Any, Kind] = {bytes: "files", int: "units", str: "spoken"}

_PLAIN: Mapping[Any, Kind] = {
    str: "text",
    int: "number",
    float: "figure",
    Decimal: "figure",
    bool: "yes",
    date: "day",
    datetime: "moment",
    bytes: "file",
    Snapshot: "document",
    Money: "money",
    Rate: "rate",
}


def _parts(kind: Any) -> Iterator[Question]:
    """The columns of a row: the fields of a record that are no records themselves."""
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    if set(WHAT) <= set(names):
        yield Question("what", "text", required=True)
        yield Question("quantity", "text", required=True)
    for field in dataclasses.fields(kind):
        if field.name in WHAT and set(WHAT) <= set(names):
            continue
        if dataclasses.is_dataclass(_row_of(hints[field.name])):
            continue  # a note of notes: one note at a time has its own form
        required = field.default is dataclasses.MISSING and NoneType not in get_args(hints[field.name])
        asked = _question(field.name, hints[field.name], required=required)
        yield replace(asked, kind="text" if asked.kind == "long" else asked.kind, default=_default(field))


def _default(field: dataclasses.Field[Any]) -> str:
    said = field.default
    return "" if said is dataclasses.MISSING or said in (None, "", ()) else str(said)


def _row_of(kind: Any) -> Any:
    args = get_args(kind)
    return args[0] if args and get_origin(kind) is tuple else None


def _without_none(kind: Any) -> Any:
    others = [each for each in get_args(kind) if each is not NoneType]
    return others[0] if NoneType in get_args(kind) and len(others) == 1 else kind
