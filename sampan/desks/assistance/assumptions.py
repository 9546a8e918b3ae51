"""What may be given, on what assumptions, and who says so?"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from typing import Any, Literal, Self, get_args

from sampan.core.errors import InputError
from sampan.engines.priority import Formula

Basis = Literal["announced", "assumption", "stock list"]
ReserveBy = Literal["quantile", "cvar"]
"""What of home's bad futures is kept for: the one at ``home_cover``, or the mean of those beyond it."""


@dataclass(frozen=True)
class ItemSupply:
    """Supply of one item: units in the depot, units produced a week, the share of them that may leave."""

    stock: int
    production: int
    export_share: float
    basis: Mapping[str, Basis]
    source: str = ""

    def scaled(self, factor: float) -> Self:
        """The same for a home ``factor`` times as populous; what was announced becomes an assumption."""
        if factor == 1:
            return self
        return replace(
            self,
            stock=round(self.stock * factor),
            production=round(self.production * factor),
            basis=dict.fromkeys(self.basis, "assumption"),
            source=f"scaled by population from: {self.source}" if self.source else "",
        )


@dataclass(frozen=True)
class Lane:
    """The way to one region: weeks under way, and cargo in m³ and in kg a week (no limit: infinite)."""

    weeks: int
    freight_m3: float
    freight_kg: float = math.inf


@dataclass(frozen=True)
class Policy:
    """How the office weighs home, floors and fairness. Shares are between 0 and 1.

    ``home_production`` is the share of what stays home that the epidemic may count on. A country is hard hit
    from ``hard_hit`` new cases a week per million people, if they are ``hard_hit_least`` or more, or from
    ``hard_hit_cases`` a week. ``weak_system`` is between 0 (strong) and 1.
    """

    policy: str
    home_cover: float
    reserve: ReserveBy
    floor: float
    minimum_cartons: int
    pool: float
    home_production: float
    hard_hit: float
    hard_hit_least: int
    hard_hit_cases: int
    weak_system: float
    prepare_for: int


@dataclass(frozen=True)
class Assumptions:
    """Everything that a plan assumes about supply, transport and policy, and the text it was read from.

    ``provinces`` is the way from the national depots to a province, and from one province to another.
    ``floors`` are units by recipient and item that must be sent in this round, whatever else; ``priority`` are
    the numbers of the formula by which a unit unmet weighs more in one place than in another.
    """

    policy: Policy
    lanes: Mapping[str, Lane]
    provinces: Lane
    floors: Mapping[str, Mapping[str, int]]
    priority: Formula
    harm: Mapping[str, float]
    supply: Mapping[str, ItemSupply]
    reference_home: str
    text: bytes

    @property
    def assumed(self) -> tuple[str, ...]:
        """The figures that nobody announced, as ``item figure``."""
        return tuple(
            f"{item} {figure}"
            for item, supply in self.supply.items()
            for figure, basis in supply.basis.items()
            if basis == "assumption"
        )

    def for_home(self, population: int | None, reference: int | None) -> Self:
        """Supply scaled from the reference home's population to that of this home, both in persons."""
        factor = population / reference if population and reference else 1.0
        return replace(self, supply={item: s.scaled(factor) for item, s in self.supply.items()})


def default() -> Assumptions:
    """The assumptions that come with Sampan."""
    shipped = files("sampan.desks.assistance") / "tables" / "assumptions.toml"
    return read(shipped.read_bytes(), name="assumptions.toml")


def read(data: bytes, *, name: str) -> Assumptions:
    """Assumptions from the bytes of an edited file. Raises InputError naming what does not hold."""
    return replace(_read(_toml(data, name), name), text=data)


def _toml(data: bytes | str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data if isinstance(data, str) else data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"This is not TOML: {fault}.", file=name, way_out="Mend the line.") from None


def _read(said: Mapping[str, Any], name: str) -> Assumptions:
    reader = _Reader(name)
    return Assumptions(
        policy=reader.policy(said.get("policy", {})),
        lanes={region: reader.lane(region, lane) for region, lane in said.get("lanes", {}).items()},
        provinces=reader.lane("provinces", said["provinces"]) if "provinces" in said else Lane(0, math.inf),
        priority=reader.formula(said.get("priority", {})),
        floors={who: reader.floor(who, units) for who, units in said.get("floors", {}).items()},
        harm={item: reader.number(said["harm"], item, "harm") for item in said.get("harm", {})},
        supply={
            item: reader.item(item, figures)
            for item, figures in said.get("supply", {}).items()
            if isinstance(figures, dict)
        },
        reference_home=str(said.get("supply", {}).get("reference_home", "")),
        text=b"",
    )


def overlaid(assumptions: Assumptions, data: bytes, *, name: str) -> Assumptions:
    """``assumptions`` with what an edited extract says otherwise, in the same layout.

    A supply figure that is named is taken as it is, not scaled. Raises InputError for a table or a field
    that there is not, and for whatever ``read`` refuses.
    """
    whole = _toml(assumptions.text.decode(), name)
    for table, said in _toml(data, name).items():
        _overlay(whole, table, said, name)
    edited = _read(whole, name)
    named = _toml(data, name).get("supply", {})
    kept = {
        item: _partly(assumptions.supply[item], edited.supply[item], named.get(item, {}))
        for item in edited.supply
    }
    return replace(edited, supply=kept, text=data)


def _overlay(whole: dict[str, Any], table: str, said: Any, name: str) -> None:
    """Puts ``said`` into ``whole`` at ``table``, table by table."""
    if table == "floors":
        whole[table] = said
        return
    if table not in whole:
        near = difflib.get_close_matches(table, whole, n=1)
        way_out = f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(whole)}."
        raise InputError(f'There is no "{table}" in the assumptions.', file=name, way_out=way_out)
    if not isinstance(said, dict):
        whole[table] = said
        return
    for field, value in said.items():
        _overlay(whole[table], field, value, name)


def _partly(now: ItemSupply, edited: ItemSupply, named: Mapping[str, Any]) -> ItemSupply:
    return replace(now, **{figure: getattr(edited, figure) for figure in named if figure != "basis"})


def with_policy(
    assumptions: Assumptions, policy: str | None = None, *, reserve: str | None = None
) -> Assumptions:
    """The same under another policy of fairness, or with the reserve reckoned otherwise."""
    now = assumptions.policy
    kept = now.reserve if reserve is None else _reserve(reserve, None)
    return replace(assumptions, policy=replace(now, policy=policy or now.policy, reserve=kept))


def with_floors(assumptions: Assumptions, floors: Mapping[str, Mapping[str, int]]) -> Assumptions:
    """The same with these units for these recipients, on top of the floors that there are."""
    merged = {who: dict(units) for who, units in assumptions.floors.items()}
    for who, units in floors.items():
        merged[who] = merged.get(who, {}) | dict(units)
    return replace(assumptions, floors=merged)


def _reserve(said: Any, name: str | None) -> ReserveBy:
    for known in get_args(ReserveBy):
        if said == known:
            return known  # type: ignore[no-any-return]
    raise InputError(
        f'A reserve is not reckoned by "{said}".',
        file=name,
        field="reserve",
        way_out=f"Use one of {', '.join(get_args(ReserveBy))}.",
    )


@dataclass(frozen=True)
class _Reader:
    """Reads tables of a file whose name goes into every complaint."""

    name: str

    def policy(self, said: Mapping[str, Any]) -> Policy:
        return Policy(
            policy=str(said.get("policy", "expected harm")),
            home_cover=self._chance(said, "home_cover"),
            reserve=_reserve(said.get("reserve", "quantile"), self.name),
            floor=self._share(said, "floor"),
            minimum_cartons=self._count(said, "minimum_cartons"),
            pool=self._share(said, "pool"),
            home_production=self._share(said, "home_production"),
            hard_hit=self.number(said, "hard_hit"),
            hard_hit_least=self._count(said, "hard_hit_least"),
            hard_hit_cases=self._count(said, "hard_hit_cases"),
            weak_system=self._share(said, "weak_system"),
            prepare_for=self._count(said, "prepare_for"),
        )

    def lane(self, region: str, said: Mapping[str, Any]) -> Lane:
        kg = float(self.number(said, "freight_kg", region)) if "freight_kg" in said else math.inf
        return Lane(self._count(said, "weeks", region), float(self.number(said, "freight_m3", region)), kg)

    def floor(self, recipient: str, said: Any) -> dict[str, int]:
        """Units by item that one recipient must be sent."""
        table = f"floors.{recipient}"
        if not isinstance(said, dict):
            raise InputError(
                f"[floors] {recipient} names no items.",
                file=self.name,
                field=recipient,
                way_out="Write the units of each: ITA = { mask = 20000 }.",
            )
        return {item: self._count(said, item, table) for item in said}

    def formula(self, said: Mapping[str, Any]) -> Formula:
        """The numbers of the priority formula; those that are not said are as published."""
        known = [field.name for field in fields(Formula)]
        for name in said:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                raise InputError(
                    f'The priority formula has no "{name}".',
                    file=self.name,
                    field=name,
                    way_out=f"Did you mean {near[0]}?" if near else f"It has {', '.join(known)}.",
                )
        try:
            return Formula(**{name: float(self.number(said, name, "priority")) for name in said})
        except InputError as fault:
            raise InputError(fault.what, way_out=fault.way_out, file=self.name, field=fault.field) from None

    def item(self, item: str, said: Mapping[str, Any]) -> ItemSupply:
        basis: dict[str, Basis] = dict.fromkeys(("stock", "production", "export_share"), "assumption")
        return ItemSupply(
            stock=self._count(said, "stock", item),
            production=self._count(said, "production", item),
            export_share=self._share(said, "export_share", item),
            basis=basis | dict(said.get("basis", {})),
            source=str(said.get("source", "")),
        )

    def number(self, said: Mapping[str, Any], field: str, table: str = "policy") -> float:
        value = said.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise InputError(
                f"[{table}] needs {field}, a number that is not negative; it says {value!r}.",
                file=self.name,
                field=field,
                way_out="Write the number.",
            )
        return value

    def _count(self, said: Mapping[str, Any], field: str, table: str = "policy") -> int:
        value = self.number(said, field, table)
        if value != int(value):
            raise InputError(
                f"[{table}] {field} = {value} cannot be counted.",
                file=self.name,
                field=field,
                way_out="Write a whole number.",
            )
        return int(value)

    def _chance(self, said: Mapping[str, Any], field: str) -> float:
        """A share that is neither none nor all: nobody can keep what covers every future."""
        value = self._share(said, field)
        if not 0 < value < 1:
            raise InputError(
                f"[policy] {field} = {value:g} covers no future, or every one.",
                file=self.name,
                field=field,
                way_out="Write a number between 0 and 1, as 0.95.",
            )
        return value

    def _share(self, said: Mapping[str, Any], field: str, table: str = "policy") -> float:
        value = self.number(said, field, table)
        if value > 1:
            raise InputError(
                f"[{table}] {field} = {value} is a share.",
                file=self.name,
                field=field,
                way_out="Write a number from 0 to 1.",
            )
        return float(value)
