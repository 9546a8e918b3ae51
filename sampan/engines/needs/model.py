"""How much of each item does each place need, can it use, and is still missing, week by week?

The logic is WHO's COVID-19 Essential Supplies Forecasting Tool (ESFT 2022.1), in this order: cases by
severity; patients in beds; staff; tests; consumables = drivers × daily rates × 7; equipment by running
maximum; less stock in hand and assured inbound. ``docs/needs.md`` gives each step and its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampan.core.errors import InputError
from sampan.engines.needs.capacity import Capacity, laboratory_capacity
from sampan.engines.needs.drivers import Caps, caps, drivers, people
from sampan.engines.needs.explain import Step, explain
from sampan.engines.needs.parameters import FloatArray, Parameters, load
from sampan.engines.needs.patients import weeks_of_history
from sampan.engines.needs.recipe import Recipe
from sampan.engines.needs.result import Needs

__all__ = [
    "THE_FIVE",
    "Capacity",
    "Needs",
    "Step",
    "each_block",
    "explain",
    "laboratory_capacity",
    "needs",
    "net_of",
]

#: numbers of one step that fit the cache of a small processor together with the others
_CACHED = 12_000

#: the supply kinds of the request
THE_FIVE = ("test_kit", "mask", "protective_suit", "thermometer_gun", "ventilator")


def needs(
    new_cases: ArrayLike,
    *,
    recent_cases: ArrayLike | None = None,
    capacity: Capacity,
    parameters: Parameters | None = None,
    items: Sequence[str] = THE_FIVE,
    stock: ArrayLike | None = None,
    inbound: ArrayLike | None = None,
) -> Needs:
    """Need, absorbable and net need of ``items``.

    new_cases: (samples, weeks, places), new cases of each forecast week, finite and not negative.
    recent_cases: (past weeks, places), weekly cases before the first week, the latest last: they lie in
    beds still. NaN or too few weeks: unknown, nobody is counted, and ``uncapped["history"]`` says so.
    capacity: what each place has; NaN caps nothing. parameters: the cited table, by default WHO's.
    stock: (places, items), in hand at the start (equipment: in place or in store); NaN is unknown,
    nothing is subtracted. inbound: (weeks, places, items), assured arrivals, usable in their week.
    Raises InputError for wrong shapes, NaN or negative cases, negative stock, or an unknown item.
    """
    recipe = Recipe(parameters or load(), tuple(items))
    return _needs(
        recipe, new_cases, recent_cases=recent_cases, capacity=capacity, stock=stock, inbound=inbound
    )


def _needs(
    recipe: Recipe,
    new_cases: ArrayLike,
    *,
    recent_cases: ArrayLike | None,
    capacity: Capacity,
    stock: ArrayLike | None,
    inbound: ArrayLike | None,
) -> Needs:
    table = recipe.table
    table.check_places(capacity.places)
    cases = _cases(new_cases, capacity.places)
    past, history_unknown = _history(recent_cases, table, capacity.places)
    limits = caps(capacity, table)
    places, weeks, samples = cases.shape
    need, absorbable = np.empty((2, places, len(recipe.items), weeks, samples))
    for part in _parts(cases.shape):
        here, of_here = table.at(part), recipe.at(part)
        there, ill = capacity.at(part), people(cases[part], here)
        free = drivers(ill, cases[part], past[part], capacity=there, parameters=here, limits=None)
        of_here.amounts(free, out=need[part])
        few = limits.at(part)
        capped = drivers(ill, cases[part], past[part], capacity=there, parameters=here, limits=few)
        of_here.amounts(capped, out=absorbable[part])
    supply = _supply(stock, inbound, (weeks, places, len(recipe.items)))
    return Needs(
        items=recipe.items,
        need=_outward(need),
        absorbable=_outward(absorbable),
        net_of_need=_outward(_net(need, supply)),
        net_of_absorbable=_outward(_net(absorbable, supply)),
        uncapped=_uncapped(limits, capacity) | {"history": history_unknown},
        cases=cases,
        past=past,
        limits=limits,
        capacity=capacity,
        parameters=table,
        supply=supply,
    )


def each_block(
    new_cases: ArrayLike,
    *,
    recent_cases: ArrayLike | None = None,
    capacity: Capacity,
    parameters: Parameters | None = None,
    items: Sequence[str] = THE_FIVE,
    stock: ArrayLike | None = None,
    inbound: ArrayLike | None = None,
    block: int = 2,
) -> Iterator[tuple[slice, Needs]]:
    """:func:`needs` for ``block`` places at a time, with their slice: all items of many samples in little memory."""
    table = parameters or load()
    recipe = Recipe(table, tuple(items))
    cases = _shaped(new_cases, capacity.places)
    for first in range(0, capacity.places, block):
        part = slice(first, min(first + block, capacity.places))
        yield (
            part,
            _needs(
                recipe.at(part),
                cases[:, :, part],
                recent_cases=None if recent_cases is None else np.asarray(recent_cases)[:, part],
                capacity=capacity.at(part),
                stock=None if stock is None else np.asarray(stock)[part],
                inbound=None if inbound is None else np.asarray(inbound)[:, part],
            ),
        )


def _parts(shape: tuple[int, ...]) -> Iterator[slice]:
    """Places a few at a time, so that the steps between stay in the cache and are not kept."""
    places, weeks, samples = shape
    size = max(1, _CACHED // max(1, weeks * samples))
    for first in range(0, places, size):
        yield slice(first, min(first + size, places))


def net_of(wanted: FloatArray, supply: FloatArray) -> FloatArray:
    """(samples, weeks, items): what must still come of ``wanted`` when ``supply`` (weeks, items) is at hand or
    arrives in its week; what is left over is kept for the next. Neither may be negative or NaN."""
    given = np.ascontiguousarray(wanted.transpose(2, 1, 0)[None])
    net: FloatArray = _net(given, np.asarray(supply).T[None, :, :, None])[0].transpose(2, 1, 0)
    return net


def _net(wanted: FloatArray, supply: FloatArray | None) -> FloatArray:
    """What must still come each week; what is left over of stock and arrivals is kept for the next."""
    if supply is None:
        return wanted
    net = np.empty_like(wanted)
    left: FloatArray | float = 0.0
    for week in range(wanted.shape[2]):
        short = wanted[:, :, week] - (left + supply[:, :, week])
        np.maximum(short, 0.0, out=net[:, :, week])
        left = np.negative(np.minimum(short, 0.0, out=short), out=short)
    return net


def _cases(given: ArrayLike, places: int) -> FloatArray:
    """(samples, weeks, places) → contiguous (places, weeks, samples), checked."""
    cases = _shaped(given, places)
    if not np.isfinite(cases).all() or (cases < 0).any():
        raise InputError(
            "new_cases is negative or missing somewhere.",
            way_out="Leave out the places without a forecast.",
            field="new_cases",
        )
    return np.ascontiguousarray(cases.transpose(2, 1, 0))


def _shaped(given: ArrayLike, places: int) -> FloatArray:
    cases = np.asarray(given, dtype=np.float64)
    if cases.ndim != 3 or cases.shape[2] != places:
        raise InputError(
            f"new_cases has shape {cases.shape}, capacity has {places} places.",
            way_out="Give (samples, weeks, places).",
            field="new_cases",
        )
    return cases


def _history(given: ArrayLike | None, table: Parameters, places: int) -> tuple[FloatArray, NDArray[np.bool_]]:
    """(places, as many weeks as the longest stay), unknown weeks 0, and where any was unknown."""
    wanted = max(weeks_of_history(table.value("stay_severe")), weeks_of_history(table.value("stay_critical")))
    recent = np.empty((0, places)) if given is None else np.asarray(given, dtype=np.float64)
    if recent.ndim != 2 or recent.shape[1] != places:
        raise InputError(
            f"recent_cases has shape {recent.shape}, capacity has {places} places.",
            way_out="Give (past weeks, places).",
            field="recent_cases",
        )
    if (recent < 0).any() or np.isinf(recent).any():
        raise InputError(
            "recent_cases is negative or infinite somewhere.",
            way_out="Give NaN for a week that is unknown.",
            field="recent_cases",
        )
    past = np.full((places, wanted), np.nan)
    have = min(wanted, len(recent))
    past[:, wanted - have :] = recent[len(recent) - have :].T
    return np.nan_to_num(past), np.isnan(past).any(axis=1)


def _supply(
    stock: ArrayLike | None, inbound: ArrayLike | None, shape: tuple[int, int, int]
) -> FloatArray | None:
    """Stock and inbound as one supply of (places, items, weeks, 1): stock arrives in the first week."""
    if stock is None and inbound is None:
        return None
    weeks, places, items = shape
    supply = np.zeros(shape)
    for name, given, expected in (("inbound", inbound, shape), ("stock", stock, (places, items))):
        if given is None:
            continue
        amount = np.asarray(given, dtype=np.float64)
        if amount.shape != expected:
            raise InputError(f"{name} has shape {amount.shape}, not {expected}.", way_out="", field=name)
        if (amount < 0).any() or np.isinf(amount).any():
            raise InputError(
                f"{name} is negative or infinite somewhere.",
                way_out="Give NaN where it is unknown.",
                field=name,
            )
        supply[: 1 if name == "stock" else weeks] += np.nan_to_num(amount)
    return np.ascontiguousarray(supply.transpose(1, 2, 0))[:, :, :, None]


def _uncapped(limits: Caps, capacity: Capacity) -> dict[str, NDArray[np.bool_]]:
    return {
        "beds": ~np.isfinite(limits.severe_beds),
        "intensive_care": ~np.isfinite(limits.critical_beds),
        "health_workers": ~np.isfinite(limits.health_workers),
        "laboratory_staff": ~np.isfinite(limits.laboratory_staff),
        "laboratory_tests": ~np.isfinite(limits.laboratory_tests),
        "laboratories": np.isnan(capacity.laboratories),
        "platform_mix": np.asarray(np.isnan(capacity.platform_mix).any(axis=1)),
    }


def _outward(amounts: FloatArray) -> FloatArray:
    """(places, items, weeks, samples) → (samples, weeks, places, items), without copying."""
    return amounts.transpose(3, 2, 0, 1)
