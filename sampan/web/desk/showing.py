"""How is a result shown, whatever it is? As facts and tables whose cells know what they are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sampan.core.languages import LANGUAGES
from sampan.core.money import Money
from sampan.core.rows import Rows
from sampan.desks.assistance.needed import Range
from sampan.languages.choices import CHOICES
from sampan.languages.faults import known_by_name
from sampan.web.desk.accounts import is_account
from sampan.world.items import items
from sampan.world.organisations import organisations
from sampan.world.places import REGIONS, is_place

Kind = Literal[
    "nothing",
    "number",
    "day",
    "due",
    "moment",
    "money",
    "change",
    "share",
    "interval",
    "range",
    "yes",
    "term",
    "word",
    "fictional source",
    "fictional disease",
    "party",
    "name",
    "account",
    "depot",
    "item",
    "skill",
    "tongue",
    "entry",
    "text",
    "fault",
    "list",
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
        "places",
        "recipient",
        "recipients",
        "requester",
        "taker",
    }
)
"""Fields that hold the code of a country, an area, an organisation or another party."""

ITEMS = frozenset({"appealed", "item", "items"})

ACCOUNTS = frozenset({"account", "other"})
"""Fields that hold an account of the books."""

CHOSEN = frozenset({"donor_kind", "kind"})
"""Fields that hold one of our choices, though their type does not say so."""

AMOUNTS = frozenset(
    {
        *("balance", "budget", "cancelled", "change", "closing", "committed", "delivered", "disbursed"),
        *("exchanged", "opening", "outstanding", "paid", "pledged", "quantity", "received", "used"),
    }
)
"""Fields that are counted in the units of what the record is about: of money, in minor ones."""

SHARES = frozenset(
    {
        *("averted", "chance_short", "hard_hit", "least_coverage", "median_coverage", "near_share"),
        *("p_growing", "share"),
    }
)
"""Fields that are a share of a whole."""

CONTEXTS: Mapping[str, str] = {
    "disease": "disease",
    "grounds": "choice",
    "marks": "mark",
    "phase": "phase",
    "region": "region",
    "unit": "unit",
}
"""Fields that hold a word of ours, and what the translators know it as."""

_FICTIONAL: Mapping[str, Kind] = {"source": "fictional source", "disease": "fictional disease"}
"""Fields that are said otherwise in a record of an exercise."""

_ENTRY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The id of an entry: a UUID."""


@dataclass(frozen=True)
class Cell:
    """One value and how to say it."""

    kind: Kind
    value: Any = None


NOTHING = Cell("nothing")


@dataclass(frozen=True)
class Next:
    """Something that can be done about a row: an act or view, what its form is told, and a word to tell it by."""

    key: str
    said: tuple[tuple[str, str], ...]
    word: str = ""


@dataclass(frozen=True)
class View:
    """How a result is laid out: which columns of each table, in which order, and what can be done about a row.

    ``columns`` by the name of the table (nothing for the result itself); a table that is not named has all.
    ``urgent`` sorts the rows, those that are alike the newest first.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nexts: Callable[[Any], tuple[Next, ...]] | None = None
    newest_first: bool = False
    urgent: Callable[[Any], Any] | None = None
    begin: int = 0
    most: int = 200


PLAIN = View()


@dataclass(frozen=True)
class Table:
    """Rows of one kind. ``word`` is what they are called; nothing for the result itself.

    Of many rows, ``rows`` are those that are shown, ``total`` is how many there are; ``nexts`` says for each
    what can be done about it.
    """

    word: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int = 0
    nexts: tuple[tuple[Next, ...], ...] = ()

    @property
    def leads_on(self) -> bool:
        """Whether anything can be done about any row."""
        return any(self.nexts)

    def counts(self, at: int) -> bool:
        """Whether a column holds numbers, so that its heading stands above them."""
        return any(row[at].kind in ("number", "money", "change", "share") for row in self.rows)


@dataclass(frozen=True)
class Shown:
    """A result: what it says once, and what it says of many."""

    facts: tuple[tuple[str, Cell], ...] = ()
    tables: tuple[Table, ...] = ()


def shown(result: Any, view: View = PLAIN) -> Shown:
    """A result as facts and tables."""
    if isinstance(result, list | tuple | Rows):
        return Shown(tables=(_table("", result, view, begin=view.begin),))
    if not dataclasses.is_dataclass(result):
        return Shown(facts=(("value", cell("value", result)),))
    facts: list[tuple[str, Cell]] = []
    tables: list[Table] = []
    paged = len([value for _, value, _ in _fields(result) if _is_table(value)]) == 1
    for word, value, literal in _fields(result):
        if _is_table(value):
            tables.append(_table(word, value, view, begin=view.begin if paged else 0))
        elif _is_record(value):
            inner = shown(value)
            facts += inner.facts
            tables += inner.tables
        else:
            facts.append((word, _cell_of(result, word, literal=literal)))
    return Shown(tuple(facts), tuple(tables))


def _table(word: str, every: Sequence[Any], view: View, *, begin: int) -> Table:
    """The rows from ``begin`` on, in the columns that are wanted, less those in which nothing is said."""
    rows: Sequence[Any]
    if view.urgent:
        newest = every[::-1]
        rows = sorted(newest, key=view.urgent)[begin : begin + view.most]
    elif view.newest_first:
        end = max(0, len(every) - begin)
        rows = every[max(0, end - view.most) : end][::-1]
    else:
        rows = every[begin : begin + view.most]
    if not rows or not dataclasses.is_dataclass(rows[0]):
        return Table(word, ("value",), tuple((cell(word, row),) for row in rows), len(every))
    names = view.columns.get(word) or tuple(field.name for field in dataclasses.fields(rows[0]))
    literal = _literals(type(rows[0]))
    cells = [tuple(_cell_of(row, name, literal=name in literal) for name in names) for row in rows]
    kept = [at for at in range(len(names)) if any(row[at].kind != "nothing" for row in cells)]
    return Table(
        word,
        tuple(names[at].rpartition(".")[2] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in cells),
        len(every),
        tuple(view.nexts(row) for row in rows) if view.nexts else (),
    )


def cell(word: str, value: Any, *, literal: bool = False) -> Cell:
    """One value of the field ``word``; ``literal`` if it is one of a few words of ours."""
    if value is None or value in ("", ()):
        return NOTHING
    if isinstance(value, Range):
        return Cell("range", value)
    if isinstance(value, float) and (word == "change" or word in SHARES):
        return Cell("change" if word == "change" else "share", value)
    for types, kind in _KINDS:
        if isinstance(value, types):
            return Cell(kind, value)
    if isinstance(value, str):
        return _of_text(word, value, literal=literal)
    return Cell("list", _listed(word, value))


def _listed(word: str, value: Any) -> list[tuple[Cell, ...]]:
    """A value of many parts, each as the cells that it is made of."""
    if isinstance(value, Mapping):
        return [
            (cell("item" if name in items() else word, name), cell("", said)) for name, said in value.items()
        ]
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
        told = _told_by(value)
        cells = (
            _cell_of(value, name, literal=literal) for name, _, literal in _fields(value) if name in told
        )
        return tuple(each for each in cells if each.kind != "nothing")
    if isinstance(value, list | tuple):
        return tuple(each for part in value for each in _parts(word, part))
    return (cell(word, value),)


def _told_by(record: Any) -> tuple[str, ...]:
    """The fields that tell a record in few words, where it stands in a list: what, and how much of it."""
    names = tuple(each.name for each in dataclasses.fields(record))
    if {"kind", "item", "pledged"} <= set(names):
        amount = "quantity" if "quantity" in names else "pledged"
        return (amount,) if record.kind == "money" else ("item", amount)
    if {"kind", "item"} <= set(names):
        return tuple(name for name in names if name != "kind")
    return names


def _cell_of(record: Any, name: str, *, literal: bool) -> Cell:
    """A field of a record: of a gift as what it is, of money with its currency."""
    value, kind, item = attrgetter(name)(record), *_thing(record)
    if name == "r" and hasattr(record, "r_low"):
        return Cell("interval", record)
    if kind == "money" and name in AMOUNTS and type(value) is int:
        return Cell("money", Money(value, item))
    if name == "item" and kind in ("people", "person-days"):
        return Cell("skill", value)
    if name == "needed_by" and value and hasattr(record, "open"):
        return Cell("due", value)
    if called := _called(record, name):
        return called
    return cell(name, value, literal=literal)


def _called(record: Any, name: str) -> Cell | None:
    """A name that a record gives, where it is said otherwise: of a party that has one in every language, as the reader
    says it, and once; of what is fictional, as that.
    """
    if name in _FICTIONAL and getattr(record, "exercise", None) is True:
        return Cell(_FICTIONAL[name], getattr(record, name))
    if name == "name":
        codes = [
            getattr(record, each) for each in sorted(PARTIES) if isinstance(getattr(record, each, None), str)
        ]
        named = getattr(record, "item", None) in items() or any(map(_has_a_name, codes))
        return NOTHING if named else None
    code = getattr(record, name.removesuffix("_name"), None) if name.endswith("_name") else None
    return Cell("party", code) if isinstance(code, str) and _has_a_name(code) else None


def _has_a_name(code: str) -> bool:
    """Whether a party's code stands for a country, an area or an organisation that we know."""
    return code in organisations() or is_place(code)


def _thing(record: Any) -> tuple[str, str]:
    """What the amounts of a record count: kind and item, or money and its currency; nothing where it is not said."""
    about = getattr(record, "commodity", record)
    if hasattr(about, "kind") and hasattr(about, "item"):
        return about.kind, about.item
    return ("money", record.currency) if hasattr(record, "currency") else ("", "")


def _of_text(word: str, text: str, *, literal: bool) -> Cell:
    if literal or (word in CHOSEN and text in CHOICES):
        return Cell("term", text)
    if context := CONTEXTS.get(word) or (word == "what" and ("region" if text in REGIONS else "counted")):
        return Cell("word", (context, text))
    if code := _party(word, text):
        return Cell("party", code)
    return Cell(_kind(word, text), text)


def _party(word: str, text: str) -> str | None:
    """The code of the party that a text is the code or, in a list of names, the English name of."""
    if word in ("name", "names"):
        return known_by_name(text)
    return text if word in PARTIES and _has_a_name(text) else None


def _kind(word: str, text: str) -> Kind:
    kinds: dict[Kind, object] = {
        "fault": word == "missing",
        "entry": _ENTRY.fullmatch(text),
        "item": word in ITEMS and text in items(),
        "tongue": word == "languages" and text in LANGUAGES,
        "skill": word == "skills",
        "account": word in ACCOUNTS and is_account(text),
        "depot": word == "depot",
        "name": word in PARTIES,
    }
    return next((kind for kind, holds in kinds.items() if holds), "text")


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
