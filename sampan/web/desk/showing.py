"""How is a result shown, whatever it is? As facts and tables whose cells know what they are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sampan.core.money import Money
from sampan.world.items import items
from sampan.world.organisations import organisations
from sampan.world.places import is_place

Kind = Literal[
    "nothing", "number", "day", "moment", "money", "yes", "term", "party", "item", "entry", "text", "list"
]

PARTIES = frozenset(
    {
        "codes",
        "country",
        "donor",
        "giver",
        "home",
        "partner",
        "place",
        "recipient",
        "recipients",
        "requester",
        "taker",
    }
)
"""Fields that hold the code of a country, an area, an organisation or another party."""

ITEMS = frozenset({"item", "items"})

_ENTRY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The id of an entry: a UUID."""


@dataclass(frozen=True)
class Cell:
    """One value and how to say it."""

    kind: Kind
    value: Any = None


NOTHING = Cell("nothing")


@dataclass(frozen=True)
class Table:
    """Rows of one kind. ``word`` is what they are called; nothing for the result itself."""

    word: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Shown:
    """A result: what it says once, and what it says of many."""

    facts: tuple[tuple[str, Cell], ...] = ()
    tables: tuple[Table, ...] = ()


def shown(result: Any) -> Shown:
    """A result as facts and tables."""
    if isinstance(result, list | tuple):
        return Shown(tables=(_table("", result),))
    if not dataclasses.is_dataclass(result):
        return Shown(facts=(("value", cell("value", result)),))
    facts: list[tuple[str, Cell]] = []
    tables: list[Table] = []
    for word, value, literal in _fields(result):
        if _is_table(value):
            tables.append(_table(word, value))
        elif _is_record(value):
            inner = shown(value)
            facts += inner.facts
            tables += inner.tables
        else:
            facts.append((word, cell(word, value, literal=literal)))
    return Shown(tuple(facts), tuple(tables))


def _table(word: str, rows: Iterable[Any]) -> Table:
    rows = list(rows)
    if not rows or not dataclasses.is_dataclass(rows[0]):
        return Table(word, ("value",), tuple((cell(word, row),) for row in rows))
    columns = [field.name for field in dataclasses.fields(rows[0])]
    cells = [
        tuple(cell(name, value, literal=literal) for name, value, literal in _fields(row)) for row in rows
    ]
    kept = [at for at in range(len(columns)) if any(row[at].kind != "nothing" for row in cells)]
    return Table(
        word, tuple(columns[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in cells)
    )


def cell(word: str, value: Any, *, literal: bool = False) -> Cell:
    """One value of the field ``word``; ``literal`` if it is one of a few words of ours."""
    if value is None or value in ("", ()):
        return NOTHING
    for types, kind in _KINDS:
        if isinstance(value, types):
            return Cell(kind, value)
    if isinstance(value, str):
        return _of_text(word, value, literal=literal)
    return Cell("list", _listed(word, value))


def _listed(word: str, value: Any) -> list[tuple[Cell, ...]]:
    """A value of many parts, each as the cells that it is made of."""
    if isinstance(value, Mapping):
        return [(cell(word, name), cell("", said)) for name, said in value.items()]
    if isinstance(value, list | tuple):
        return [_parts(word, each) for each in value]
    return [_parts(word, value)]


_KINDS: tuple[tuple[Any, Kind], ...] = (
    (bool, "yes"),
    (datetime, "moment"),
    (date, "day"),
    (Money, "money"),
    ((int, float, Decimal), "number"),
)


def _parts(word: str, value: Any) -> tuple[Cell, ...]:
    """The cells that one part of a value is made of."""
    if _is_record(value):
        cells = (cell(name, part, literal=literal) for name, part, literal in _fields(value))
        return tuple(each for each in cells if each.kind != "nothing")
    if isinstance(value, list | tuple):
        return tuple(each for part in value for each in _parts(word, part))
    return (cell(word, value),)


def _of_text(word: str, text: str, *, literal: bool) -> Cell:
    if literal:
        return Cell("term", text)
    if _ENTRY.fullmatch(text):
        return Cell("entry", text)
    if word in ITEMS and text in items():
        return Cell("item", text)
    if word in PARTIES and (text in organisations() or is_place(text)):
        return Cell("party", text)
    return Cell("text", text)


def _fields(record: Any) -> list[tuple[str, Any, bool]]:
    """Name, value and whether it is one of a few words of ours."""
    literal = _literals(type(record))
    return [
        (field.name, getattr(record, field.name), field.name in literal)
        for field in dataclasses.fields(record)
    ]


_KNOWN: dict[type, frozenset[str]] = {}


def _literals(kind: type) -> frozenset[str]:
    if kind not in _KNOWN:
        hints = get_type_hints(kind)
        _KNOWN[kind] = frozenset(name for name, said in hints.items() if _is_literal(said))
    return _KNOWN[kind]


def _is_literal(said: Any) -> bool:
    return get_origin(said) is Literal or any(get_origin(each) is Literal for each in get_args(said))


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, Money)


def _is_table(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and _is_record(value[0])
