"""Who should come first: the hard-hit, and those whose health systems are weaker?

The published formula, each part between 0 and 1 and every number editable (:class:`Formula`):

    burden    q = forecast patients in need of a bed / (beds × (1 - beds kept for other illness))
    hard-hit  H = q / (q + half_full)
    weak      V = mean of the known among  max(0, 1 - beds per 1,000 / beds_reference),
                                           max(0, 1 - health workers per 1,000 / workers_reference),
                                           income_weakness
    weight    w = (1 + H)^hard_hit_exponent × (1 + V)^weak_exponent × harm of one unit unmet

With the default exponents a place's weight lies between 1 (unhurt and strong) and 4. An appeal raises
nothing by itself. The weights are a policy, not a measurement: :data:`SOURCES` says which numbers are
assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampan.core.errors import InputError

FloatArray = NDArray[np.float64]

FORMULA = "(1 + H) ** hard_hit_exponent * (1 + V) ** weak_exponent * harm"
#: where each number of :class:`Formula` comes from
SOURCES = {
    "hard_hit_exponent": "assumption: an overwhelmed place counts twice an unhurt one",
    "weak_exponent": "assumption: the weakest system counts twice the strongest",
    "half_full": "assumption: patients equal to free beds make a place half as hard-hit as can be",
    "beds_not_covid": "assumption of WHO's forecasting tool (ESFT 2022.1)",
    "beds_reference": "assumption: about the world's average of hospital beds per 1,000 people",
    "workers_reference": "4.45 physicians, nurses and midwives per 1,000 people: WHO, Health workforce "
    "requirements for universal health coverage and the Sustainable Development Goals (Human Resources for Health "
    "Observer 17, 2016), background paper 1 to Workforce 2030; taken second-hand, as the threshold that WHO's "
    "Joint External Evaluation uses: the paper itself was not at hand",
    "low_income": "assumption: income groups of the World Bank in equal steps",
    "lower_middle_income": "assumption: income groups of the World Bank in equal steps",
    "upper_middle_income": "assumption: income groups of the World Bank in equal steps",
    "high_income": "assumption: income groups of the World Bank in equal steps",
    "unknown": "assumption: where nothing is known a place counts as middling",
}


@dataclass(frozen=True)
class Formula:
    """The numbers of the formula; :data:`SOURCES` cites them. ``unknown`` stands for an H or V not known."""

    hard_hit_exponent: float = 1.0
    weak_exponent: float = 1.0
    half_full: float = 1.0
    beds_not_covid: float = 0.4
    beds_reference: float = 2.9
    workers_reference: float = 4.45
    low_income: float = 1.0
    lower_middle_income: float = 2 / 3
    upper_middle_income: float = 1 / 3
    high_income: float = 0.0
    unknown: float = 0.5

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not (np.isfinite(value) and value >= 0):
                raise InputError(
                    f"{each.name} cannot be {value}.", way_out="Give 0 or more.", field=each.name
                )
        for name in ("half_full", "beds_reference", "workers_reference"):
            if getattr(self, name) == 0:
                raise InputError(f"{name} cannot be 0.", way_out="Give a number above 0.", field=name)
        if self.beds_not_covid >= 1:
            raise InputError(
                "beds_not_covid leaves no bed.", way_out="Give a share below 1.", field="beds_not_covid"
            )

    @property
    def incomes(self) -> dict[str, float]:
        """Income group, as the World Bank writes it → weakness."""
        return {
            "Low income": self.low_income,
            "Lower middle income": self.lower_middle_income,
            "Upper middle income": self.upper_middle_income,
            "High income": self.high_income,
        }


@dataclass(frozen=True)
class Priority:
    """weights: (places, items), ready for allocation. hard_hit (H), weak_system (V): (places,), 0 to 1.

    assumed: what was unknown → (places,) True where an assumption stands in its place.
    """

    weights: FloatArray
    hard_hit: FloatArray
    weak_system: FloatArray
    assumed: Mapping[str, NDArray[np.bool_]]
    formula: Formula


def priority(
    patients: ArrayLike,
    *,
    population: ArrayLike,
    beds: ArrayLike = np.nan,
    health_workers: ArrayLike = np.nan,
    income_group: list[str] | tuple[str, ...] | None = None,
    harm: ArrayLike = (1.0,),
    formula: Formula | None = None,
) -> Priority:
    """Weights of every place and item.

    patients: (places,), expected patients in need of a bed at once, severe and critical, at the forecast's
    worst week. population: persons. beds: hospital beds of every kind. health_workers: doctors and nurses.
    income_group: the World Bank's four, "" where unknown. harm: (items,), harm of one unit unmet, in any
    unit common to the items. NaN is unknown: beds are then taken at the reference, a part of V that is
    unknown is left out of the mean, and ``assumed`` says so. Raises InputError for negative or infinite
    numbers, an unknown income group, or wrong lengths.
    """
    numbers = formula or Formula()
    burden = np.atleast_1d(np.asarray(patients, dtype=np.float64))
    places = len(burden)
    given = {
        name: _array(name, values, places)
        for name, values in (
            ("patients", burden),
            ("population", population),
            ("beds", beds),
            ("health_workers", health_workers),
        )
    }
    income = _income(income_group, places, numbers)
    hard_hit = _hard_hit(given["patients"], given["beds"], given["population"], numbers)
    weak = _weak(given["beds"], given["health_workers"], given["population"], income, numbers)
    known_hit, known_weak = ~np.isnan(hard_hit), ~np.isnan(weak)
    hard_hit, weak = (
        np.where(known_hit, hard_hit, numbers.unknown),
        np.where(known_weak, weak, numbers.unknown),
    )
    place = (1 + hard_hit) ** numbers.hard_hit_exponent * (1 + weak) ** numbers.weak_exponent
    return Priority(
        weights=place[:, None] * _array("harm", harm, np.size(harm)),
        hard_hit=hard_hit,
        weak_system=weak,
        assumed={name: np.isnan(values) for name, values in given.items()}
        | {"income_group": np.isnan(income), "hard_hit": ~known_hit, "weak_system": ~known_weak},
        formula=numbers,
    )


def _hard_hit(patients: FloatArray, beds: FloatArray, population: FloatArray, numbers: Formula) -> FloatArray:
    """H; with unknown beds, those that the reference would give to the population; NaN if neither is known."""
    assumed = np.where(np.isnan(beds), population / 1000 * numbers.beds_reference, beds)
    free = assumed * (1 - numbers.beds_not_covid) * numbers.half_full
    total = patients + free  # q / (q + half_full), multiplied through, so that a place without beds is 1
    share: FloatArray = np.where(np.isnan(total), np.nan, 0.0)
    np.divide(patients, total, out=share, where=total > 0)
    return share


def _weak(
    beds: FloatArray, workers: FloatArray, population: FloatArray, income: FloatArray, numbers: Formula
) -> FloatArray:
    """V: the mean of the known parts, NaN if none is known."""
    people = np.where(population > 0, population, np.nan) / 1000
    parts = np.stack(
        [
            np.maximum(1 - beds / people / numbers.beds_reference, 0),
            np.maximum(1 - workers / people / numbers.workers_reference, 0),
            income,
        ]
    )
    known = ~np.isnan(parts)
    count = known.sum(axis=0)
    total = np.where(known, parts, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _income(groups: list[str] | tuple[str, ...] | None, places: int, numbers: Formula) -> FloatArray:
    known = numbers.incomes | {"": np.nan}
    named = [""] * places if groups is None else list(groups)
    for group in named:
        if group not in known:
            raise InputError(
                f'"{group}" is no income group.',
                way_out=f"Use {', '.join(numbers.incomes)}, or leave it empty.",
                field="income_group",
            )
    return _array("income_group", [known[group] for group in named], places)


def _array(name: str, given: ArrayLike, size: int) -> FloatArray:
    values = np.asarray(given, dtype=np.float64)
    if values.shape not in ((), (size,)):
        raise InputError(
            f"{name} has shape {values.shape}, not ({size},).", way_out="One number per place.", field=name
        )
    if (values < 0).any() or np.isinf(values).any() or (name == "harm" and np.isnan(values).any()):
        raise InputError(
            f"{name} is negative or infinite somewhere.", way_out="Leave it NaN if unknown.", field=name
        )
    return np.array(np.broadcast_to(values, (size,)))
