"""Which numbers does the needs logic rest on, and where does each come from?

Every number is a :class:`Fact` with unit, source and version. Three sorts share one namespace, so that
all of them are cited and overridden in the same way:

- ``severe_share``: a parameter (``tables/parameters.csv``);
- ``gown:cleaner``: the rate of an item per unit of a driver (``tables/rates.csv``; the drivers are listed
  in :mod:`sampan.engines.needs.drivers`), and ``gown:extended_use``: how many uses one piece gives;
- ``protective_suit=gown``: how many of the left replace one of the right (``tables/substitutions.csv``).

A value is one number for all places, or an array of shape (places,) after :meth:`Parameters.for_places`.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError

FloatArray = NDArray[np.float64]
Value = float | FloatArray

SEVERITIES = ("mild_share", "moderate_share", "severe_share", "critical_share")
_AT_LEAST_ONE = ("stay_severe", "stay_critical")
_NEVER_NOUGHT = ("shift_hours", "beds_per_facility")


class Said(NamedTuple):
    """A number in place of the table's, who says so and in which version."""

    value: float
    source: str
    version: str


@dataclass(frozen=True)
class Fact:
    """One number with its unit, what it means, who says so and in which version.

    ``said``: index of a place → what was said of that place alone; ``source`` and ``version`` are the others'.
    """

    name: str
    value: Value
    unit: str
    meaning: str
    source: str
    version: str
    said: Mapping[int, Said] = field(default_factory=dict)

    def at(self, place: int) -> Fact:
        """The fact as it holds at one place: its value, a float, and its own source."""
        if isinstance(self.value, float):
            return self
        here = self.said.get(place, Said(float(self.value[place]), self.source, self.version))
        return replace(self, value=here.value, source=here.source, version=here.version, said={})

    def check(self, value: float) -> None:
        """Raises InputError if the fact cannot be ``value`` anywhere."""
        _checked(replace(self, value=float(value), said={}))


@dataclass(frozen=True)
class Item:
    """One thing that can be needed. ``price_usd`` is NaN where the source gives none."""

    code: str
    name: str
    unit: str
    group: str
    reusable: bool
    price_usd: float
    source: str
    version: str


@dataclass(frozen=True)
class Parameters:
    """The cited table. Change it with :meth:`override` or :meth:`for_places`; the original stays."""

    facts: Mapping[str, Fact]
    items: Mapping[str, Item]

    @property
    def version(self) -> str:
        """Which versions the numbers come from, changes of the office among them."""
        facts = self.facts.values()
        return " + ".join(
            sorted({f.version for f in facts} | {said.version for f in facts for said in f.said.values()})
        )

    def cite(self, name: str) -> Fact:
        """The fact behind ``name``: value, unit, source and version. InputError if there is none."""
        if name not in self.facts:
            near = difflib.get_close_matches(name, self.facts, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "See the tables of sampan.engines.needs."
            raise InputError(f'There is no needs parameter "{name}".', way_out=hint, field=name)
        return self.facts[name]

    def value(self, name: str) -> Value:
        """The number itself: a float, or an array of shape (places,)."""
        return self.cite(name).value

    def column(self, name: str) -> Value:
        """The number, shaped to multiply arrays of (places, weeks, samples)."""
        value = self.value(name)
        return value if isinstance(value, float) else value[:, None, None]

    def override(
        self,
        values: Mapping[str, float | Said] | None = None,
        /,
        *,
        source: str = "set by the user, no source given",
        version: str = "local",
        **named: float,
    ) -> Parameters:
        """A table with some values replaced, each marked with the ``source`` of the replacement.

        Names with ``:`` or ``=`` go into ``values``; a ``Said`` has a source of its own. Raises InputError
        for an unknown name, a value that is no finite number, a share outside 0 to 1, or severities that do
        not sum to 1.
        """
        changed = dict(self.facts)
        for name, value in {**(values or {}), **named}.items():
            fact, said = self.cite(name), _said(value, source, version)
            changed[name] = _checked(
                replace(fact, value=float(said.value), source=said.source, version=said.version)
            )
        return _consistent(replace(self, facts=changed))

    def for_places(
        self,
        places: Sequence[str],
        overrides: Mapping[str, Mapping[str, float | Said]],
        *,
        source: str = "set by the user for some places, no source given",
        version: str = "local",
    ) -> Parameters:
        """A table whose overridden values differ by place: ``{"KEN": {"stay_severe": 1.5}}``.

        Every other place keeps its value and the source of it. Codes that are not among ``places`` are left
        aside, so that one file of overrides serves every call.
        """
        changed = dict(self.facts)
        for at, place in enumerate(places):
            for name, value in overrides.get(place, {}).items():
                fact = changed[name] if name in changed else self.cite(name)
                values = np.array(np.broadcast_to(fact.value, len(places)), dtype=np.float64)
                here = _said(value, source, version)
                values[at] = here.value
                changed[name] = _checked(replace(fact, value=values, said={**fact.said, at: here}))
        return _consistent(replace(self, facts=changed))

    def at(self, places: slice) -> Parameters:
        """The same for some of the places."""
        by_place = {name: _part(fact, places) for name, fact in self._by_place.items()}
        return replace(self, facts={**self.facts, **by_place}) if by_place else self

    @cached_property
    def _by_place(self) -> dict[str, Fact]:
        return {name: fact for name, fact in self.facts.items() if not isinstance(fact.value, float)}

    def check_places(self, places: int) -> None:
        """Raises InputError if a number that differs by place was made for another count of places."""
        for fact in self._by_place.values():
            if np.shape(fact.value) != (places,):
                raise InputError(
                    f"{fact.name} was set for {np.size(fact.value)} places; there are {places}.",
                    way_out="Call for_places with the same places as the cases.",
                    field=fact.name,
                )

    def with_items(self, items: Iterable[Item], rates: Iterable[Fact]) -> Parameters:
        """A table with further items (medicines, a country's own equipment) and their rates."""
        facts, known = dict(self.facts), dict(self.items)
        for item in items:
            known[item.code] = item
            facts[f"{item.code}:extended_use"] = _extended_use(item, 1.0)
        facts.update({rate.name: _checked(rate) for rate in rates})
        return replace(self, facts=facts, items=known)

    @cached_property
    def _by_item(self) -> dict[str, dict[str, Fact]]:
        """``"gown:"`` → its rates, ``"mask="`` → its substitutions."""
        found: dict[str, dict[str, Fact]] = {}
        for name, fact in self.facts.items():
            item, sign, what = re.fullmatch(r"([^:=]*)([:=]?)(.*)", name).groups()  # type: ignore[union-attr]
            if sign and what != "extended_use":
                found.setdefault(item + sign, {})[what] = fact
        return found

    def rates(self, item: str) -> dict[str, Fact]:
        """Driver → rate of one item of the WHO list, extended use apart."""
        return self._by_item.get(f"{item}:", {})

    def counts_as(self, item: str) -> dict[str, Fact]:
        """What one request for ``item`` is made of: the item itself, or its row in the substitutions."""
        if f"{item}=" in self._by_item:
            return self._by_item[f"{item}="]
        if item not in self.items:
            near = difflib.get_close_matches(item, self.requestable(), n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Choose from the items table."
            raise InputError(f'There is no item "{item}" in the needs tables.', way_out=hint, field=item)
        return {item: Fact(f"{item}={item}", 1.0, "", "the item itself", "definition", "Sampan 1")}

    def requestable(self) -> tuple[str, ...]:
        """The codes of every item that :func:`needs` can be asked for."""
        substitutes = [name.removesuffix("=") for name in self._by_item if name.endswith("=")]
        return (*substitutes, *self.items)


@cache
def load() -> Parameters:
    """The table that comes with the package: WHO's forecasting tool 2022.1 and a few marked assumptions."""
    facts = [_fact(row["name"], row) for row in _rows("parameters")]
    facts += [_fact(f"{row['item']}:{row['driver']}", row) for row in _rows("rates")]
    facts += [_fact(f"{row['item']}={row['counts_as']}", row) for row in _rows("substitutions")]
    items = [(_item(row), float(row["extended_use"])) for row in _rows("items")]
    facts += [_extended_use(item, uses) for item, uses in items]
    return _consistent(
        Parameters({f.name: _checked(f) for f in facts}, {item.code: item for item, _ in items})
    )


@cache
def throughput() -> Mapping[str, Mapping[str, str]]:
    """Platform → its row of ``tables/throughput.csv``, as written."""
    return {row["platform"]: row for row in _rows("throughput")}


def number(text: str) -> float:
    """``"0.4"`` or ``"2/3"`` as a float; a blank is NaN (absent is not zero)."""
    return float(Fraction(text.strip())) if text.strip() else float("nan")


def _rows(table: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath("tables", f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _fact(name: str, row: Mapping[str, str]) -> Fact:
    return Fact(
        name,
        number(row["value" if "value" in row else "factor"]),
        row["unit"],
        row.get("meaning", ""),
        row["source"],
        row["version"],
    )


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        row["code"],
        row["name"],
        row["unit"],
        row["group"],
        row["reusable"] == "1",
        number(row["price_usd"]),
        row["source"],
        row["version"],
    )


def _said(value: float | Said, source: str, version: str) -> Said:
    return value if isinstance(value, Said) else Said(float(value), source, version)


def _part(fact: Fact, places: slice) -> Fact:
    """A fact that differs by place, for some of the places."""
    values = np.asarray(fact.value)
    index = range(len(values))[places]
    said = {new: fact.said[old] for new, old in enumerate(index) if old in fact.said}
    return replace(fact, value=values[places], said=said)


def _extended_use(item: Item, uses: float) -> Fact:
    return Fact(
        f"{item.code}:extended_use",
        uses,
        "uses per piece",
        "times the standard use that one piece gives",
        "assumption: standard use, no extended use",
        "Sampan 1",
    )


def _checked(fact: Fact) -> Fact:
    """Refuses what no place can have: NaN, negative, a share above one, a stay under a week."""
    value = np.asarray(fact.value)
    least = 1.0 if fact.name in _AT_LEAST_ONE or fact.name.endswith(":extended_use") else 0.0
    most = 1.0 if fact.unit.startswith("share") else np.inf
    if not (np.isfinite(value).all() and (value >= least).all() and (value <= most).all()):
        raise InputError(
            f"{fact.name} cannot be {fact.value}.",
            way_out=f"Give a number from {least:g} to {most:g}." if most == 1 else f"Give {least:g} or more.",
            field=fact.name,
        )
    if fact.name in _NEVER_NOUGHT and (value == 0).any():
        raise InputError(f"{fact.name} cannot be 0.", way_out="Give a number above 0.", field=fact.name)
    return replace(fact, value=float(value)) if value.ndim == 0 else fact


def _consistent(table: Parameters) -> Parameters:
    total = sum((np.asarray(table.value(name)) for name in SEVERITIES), np.zeros(1))
    if (np.abs(total - 1) > 1e-9).any():
        raise InputError(
            f"The shares of mild, moderate, severe and critical cases sum to {float(np.ravel(total)[0]):g}, not 1.",
            way_out="Override them together, so that they sum to 1.",
        )
    if (np.asarray(table.value("manual_waste")) >= 1).any():
        raise InputError("manual_waste cannot be 1: no test would be left.", way_out="Give a share below 1.")
    return table
