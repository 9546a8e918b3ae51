"""How did this cell come about? The arithmetic, step by step, back to cases and cited parameters.

Each step's ``formula`` is plain arithmetic over the names in its ``numbers`` (with ``min``, ``max`` and
``ceil``), so that a reader, or a test, can recompute the ``value`` from what is printed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sampan.core.errors import InputError
from sampan.engines.needs.capacity import KINDS
from sampan.engines.needs.drivers import DAILY, STAFF, UNITS, inpatient_share, platform_mix
from sampan.engines.needs.formulas import CAPPED, FORMULAS
from sampan.engines.needs.parameters import Fact
from sampan.engines.needs.patients import weeks_of_history
from sampan.engines.needs.result import Needs

_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "ceil": lambda x: float(np.ceil(x - 1e-9)),
}


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic: ``label`` = ``formula`` over ``numbers`` = ``value`` in ``unit``."""

    label: str
    formula: str
    numbers: Mapping[str, float]
    """The numbers that the formula is over, by their names there."""
    value: float
    """What comes out, in `unit`."""
    unit: str
    source: str


def explain(
    needs: Needs, place: int, week: int, item: str, *, sample: int | None = None, capped: bool = False
) -> list[Step]:
    """The steps from cases to one cell of ``needs.need`` (capped: of ``needs.absorbable``) and its net.

    place, week: indices. sample: index; by default the one whose amount in this cell is the median.
    The last step whose label is ``item`` is the amount; if stock or inbound was given, ``net`` follows.
    Raises InputError for an item that was not computed or an index out of range.
    """
    if item not in needs.items:
        raise InputError(
            f'"{item}" was not computed.', way_out=f"Choose from {', '.join(needs.items)}.", field=item
        )
    samples, weeks, places = (needs.cases.shape[axis] for axis in (2, 1, 0))
    for name, index, size in (
        ("place", place, places),
        ("week", week, weeks),
        ("sample", sample or 0, samples),
    ):
        if not 0 <= index < size:
            raise InputError(f"There is no {name} {index}.", way_out=f"Choose 0 to {size - 1}.", field=name)
    amounts = (needs.absorbable if capped else needs.need)[:, week, place, needs.items.index(item)]
    chosen = int(np.argsort(amounts, kind="stable")[(samples - 1) // 2]) if sample is None else sample
    cell = _Cell(needs, place, week, chosen, capped)
    cell.item(item)
    cell.net(item)
    return cell.steps


def recompute(step: Step) -> float:
    """The step's value again, from its formula and numbers alone."""
    return _evaluate(step.formula, step.numbers)


class _Cell:
    """One place, week and sample; writes each step once, after the steps that it needs."""

    def __init__(self, needs: Needs, place: int, week: int, sample: int, capped: bool) -> None:
        self.needs, self.place, self.week, self.sample, self.capped = needs, place, week, sample, capped
        self.steps: list[Step] = []
        self.known: dict[str, float] = {}
        self.formulas = FORMULAS | CAPPED if capped else FORMULAS

    def item(self, item: str) -> None:
        parts = self.needs.parameters.counts_as(item)
        for part in parts:
            if self.needs.parameters.items[part].reusable:
                self.reusable(part)
            else:
                self.consumable(part)
        if list(parts) == [item]:
            return
        factors = {f"factor_{part}": self.at_place(fact) for part, fact in parts.items()}
        self.write(
            _step(
                item,
                " + ".join(f"{part} * factor_{part}" for part in parts),
                {part: self.known[part] for part in parts} | factors,
                self.needs.parameters.items[next(iter(parts))].unit,
                self.sources(parts.values()),
            )
        )

    def consumable(self, part: str) -> None:
        table = self.needs.parameters
        rates = table.rates(part)
        days = {driver: " * 7" if driver in DAILY else "" for driver in rates}
        terms = " + ".join(f"{driver} * rate_{driver}{days[driver]}" for driver in rates)
        self.amount(part, f"({terms}) / extended_use", rates, {})

    def reusable(self, part: str) -> None:
        """Pieces in use beyond the most that were ever in use."""
        table = self.needs.parameters
        rates = {driver: self.pieces(driver, fact) for driver, fact in table.rates(part).items()}
        terms = " + ".join(f"{driver} * rate_{driver}" for driver in rates)
        before = max((self.level(rates, week) for week in range(self.week)), default=0.0)
        formula = f"max(ceil({terms}) - most_before, 0) / extended_use"
        self.amount(part, formula, rates, {"most_before": before})

    def pieces(self, driver: str, rate: Fact) -> Fact:
        """A reusable's rate: whole pieces per worker for staff who use any, as in the model."""
        whole = driver in STAFF and self.at_place(rate) > 0
        return self.needs.parameters.cite("pieces_per_worker") if whole else rate

    def level(self, rates: Mapping[str, Fact], week: int) -> float:
        made = self.needs.absorbed if self.capped else self.needs.needed
        pieces = (
            float(np.broadcast_to(made[d], self.needs.cases.shape)[self.place, week, self.sample])
            * self.at_place(fact)
            for d, fact in rates.items()
        )
        return _FUNCTIONS["ceil"](sum(pieces))

    def amount(self, part: str, formula: str, rates: Mapping[str, Fact], more: dict[str, float]) -> None:
        table = self.needs.parameters
        uses = table.cite(f"{part}:extended_use")
        numbers = {driver: self.resolve(driver) for driver in rates}
        numbers |= {f"rate_{driver}": self.at_place(fact) for driver, fact in rates.items()}
        numbers |= {"extended_use": self.at_place(uses)} | more
        self.write(
            _step(part, formula, numbers, table.items[part].unit, self.sources((*rates.values(), uses)))
        )

    def net(self, item: str) -> None:
        if self.needs.supply is None:
            return
        at = self.needs.items.index(item)
        amounts = self.needs.absorbable if self.capped else self.needs.need
        nets = self.needs.net_of_absorbable if self.capped else self.needs.net_of_need
        so_far = slice(0, self.week + 1)
        numbers = {
            "wanted_so_far": float(amounts[self.sample, so_far, self.place, at].sum()),
            "stock_and_inbound_so_far": float(self.needs.supply[self.place, at, so_far].sum()),
            "asked_before": float(nets[self.sample, : self.week, self.place, at].sum()),
        }
        formula = "max(wanted_so_far - stock_and_inbound_so_far - asked_before, 0)"
        source = "stock in hand and assured inbound, as given"
        self.write(_step("net", formula, numbers, self.steps[-1].unit, source))

    def resolve(self, name: str) -> float:
        """The value of a name in a formula: a step (written first), a parameter or a given fact."""
        if name in self.known:
            return self.known[name]
        if name in self.formulas:
            return self.formula(name, self.formulas[name], UNITS.get(name, "tests in the week"))
        if name in self.needs.parameters.facts:
            return self.at_place(self.needs.parameters.cite(name))
        earlier = re.fullmatch(r"(severe|critical)_(\d+)_weeks_before", name)
        if earlier:
            severity, lag = earlier.groups()
            formula = f"cases_{lag}_weeks_before * {severity}_share"
            return self.formula(name, formula, "new cases in that week")
        waiting = re.fullmatch(r"(severe|critical)_(demand|leaving|in_bed_share)(_before)?", name)
        if waiting:
            severity, what, before = waiting.groups()
            return (
                self.in_bed_share(name)
                if what == "in_bed_share"
                else self.lagged(name, severity, what, before)
            )
        value, unit, source = self.given(name)
        return self.write(Step(name, repr(value), {}, value, unit, source))

    def given(self, name: str) -> tuple[float, str, str]:
        """What was given to the model: cases, and what the place has."""
        earlier = re.fullmatch(r"cases_(\d+)_weeks_before", name)
        if name == "cases" or earlier:
            week = self.week - (int(earlier[1]) if earlier else 0)
            if week < 0:
                return float(self.needs.past[self.place, week]), "new cases in that week", "reported"
            return float(self.needs.cases[self.place, week, self.sample]), "new cases in the week", "forecast"
        if name == "laboratories":
            laboratories = self.needs.capacity.laboratories[self.place]
            source = "unknown, none is counted" if np.isnan(laboratories) else "capacity"
            return float(np.nan_to_num(laboratories)), "laboratories", source
        if name.startswith("share_"):
            share = platform_mix(self.needs.capacity)[self.place, KINDS.index(name.removeprefix("share_"))]
            unknown = self.needs.uncapped["platform_mix"][self.place]
            return float(share), "share of PCR tests", "assumption: all by hand" if unknown else "capacity"
        cap = float(getattr(self.needs.limits, name.removesuffix("_available"))[self.place])
        return cap, "at most", "unknown, nothing is capped" if np.isinf(cap) else self.cap_source(name)

    def cap_source(self, name: str) -> str:
        wards = float(
            np.broadcast_to(inpatient_share(self.needs.parameters), self.needs.capacity.places)[self.place]
        )
        workers = "capacity: (doctors + nurses) × (1 - workers_not_covid) × "
        return {
            "severe_beds_available": "capacity: beds × (1 - beds_not_covid - icu_share), rounded",
            "critical_beds_available": "capacity: beds × icu_share, rounded",
            "health_workers_available": f"{workers}{wards:.4f}, the share of work that wards take",
            "screeners_available": f"{workers}{1 - wards:.4f}, the share of work that screening takes",
        }.get(name, "capacity")

    def lagged(self, name: str, severity: str, what: str, before: str | None) -> float:
        """Patients who need a bed in the week (or the week before it), or whose stay ended."""
        fact = self.needs.parameters.cite(f"stay_{severity}")
        stay = self.at_place(fact)
        inside = [min(max(stay - lag, 0.0), 1.0) for lag in range(weeks_of_history(stay) + 1)]
        parts = inside if what == "demand" else [0.0, *(a - b for a, b in pairwise(inside))]
        terms: list[str] = []
        numbers: dict[str, float] = {}
        for lag, part in enumerate(parts, start=1 if before else 0):
            if part:
                new = f"{severity}_{lag}_weeks_before" if lag else severity
                numbers |= {new: self.resolve(new), f"part_{lag}": part}
                terms.append(f"{new} * part_{lag}")
        source = f"{fact.name} of {stay:g} weeks: {self.sources([fact])}"
        return self.write(_step(name, " + ".join(terms), numbers, "patients", source))

    def in_bed_share(self, name: str) -> float:
        demand = name.replace("in_bed_share", "demand")
        available = f"{name.partition('_')[0]}_beds_available"
        numbers = {demand: self.resolve(demand), available: self.resolve(available)}
        formula = f"{available} / {demand}" if numbers[demand] > numbers[available] else "1.0"
        why = "assumption: everyone who needs a bed is equally likely to lie in one"
        return self.write(_step(name, formula, numbers, "share of those in need of a bed", why))

    def formula(self, name: str, formula: str, unit: str) -> float:
        numbers = {used: self.resolve(used) for used in _names(formula)}
        facts = self.needs.parameters.facts
        cited = [f"{used}: {self.sources([facts[used]])}" for used in numbers if used in facts]
        return self.write(_step(name, formula, numbers, unit, "; ".join(cited) or "the steps above"))

    def at_place(self, fact: Fact) -> float:
        return float(np.broadcast_to(fact.value, self.needs.capacity.places)[self.place])

    def sources(self, facts: Iterable[Fact]) -> str:
        """Who says what holds at this place."""
        here = [fact.at(self.place) for fact in facts]
        return "; ".join(dict.fromkeys(f"{fact.source} ({fact.version})" for fact in here))

    def write(self, step: Step) -> float:
        self.steps.append(step)
        self.known[step.label] = step.value
        return step.value


def _step(label: str, formula: str, numbers: Mapping[str, float], unit: str, source: str) -> Step:
    return Step(label, formula, numbers, _evaluate(formula, numbers), unit, source)


def _names(formula: str) -> list[str]:
    """The names in a formula, in order of appearance, functions apart."""
    found = (node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name))
    return [name for name in dict.fromkeys(found) if name not in _FUNCTIONS]


def _evaluate(formula: str, numbers: Mapping[str, float]) -> float:
    # the formulas are ours, from the tables above; no builtins are in reach
    return float(eval(formula, {"__builtins__": {}}, {**_FUNCTIONS, **numbers, "inf": np.inf}))
