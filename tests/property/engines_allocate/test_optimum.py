"""The collapsed programme finds the optimum of the programme by scenarios, and proves it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.allocate import Plan, Problem, Session, allocate, home_reserve
from sampan.engines.allocate.highs import Model, solve_model

KINDS = ["W", "D", "K", "B", "WDKB"]


def _agree(p: Problem, plan: Plan, best: float | None) -> None:
    if best is None:
        assert plan.relaxed and plan.conflicts
        return
    assert plan.linear_objective == pytest.approx(best, rel=1e-9, abs=1e-9 * max(plan.nothing_sent, 1.0))
    assert plan.linear_gap <= 1e-9
    assert plan.lower_bound <= plan.objective * (1 + 1e-12) + 1e-12
    assert (
        plan.objective <= plan.nothing_sent * (1 + 1e-12) or p.floor is not None or p.floor_total is not None
    )


@pytest.mark.parametrize("kinds", ["W", "D", "WB"])
def test_provinces_that_lend_to_each_other_equal_the_programme_by_scenarios(
    kinds: str,
    random_provinces: Callable[..., Problem],
    by_scenarios: Callable[..., float | None],
    limits_broken: Callable[[Problem, Plan], list[str]],
) -> None:
    for seed in range(60):
        p = random_provinces(seed, kinds=kinds)
        plan = allocate(p, gap=0.0)
        _agree(p, plan, by_scenarios(p))
        assert limits_broken(p, plan) == []


@pytest.mark.parametrize("kinds", KINDS)
def test_equals_the_programme_by_scenarios_200_times(
    kinds: str, random_problem: Callable[..., Problem], by_scenarios: Callable[..., float | None]
) -> None:
    """200 seeded problems of each kind, with freight in m³ and kg, floors, earmarks, lots and reserves."""
    seen = dict.fromkeys(("freight_m3", "freight_kg", "floor", "floor_total", "lots", "reserve", "absorb"), 0)
    for seed in range(200):
        p = random_problem(seed, kinds=kinds)
        _agree(p, allocate(p, gap=0.0), by_scenarios(p))
        for name in seen:
            value = getattr(p, name)
            seen[name] += value is not None and len(value) > 0
    assert min(seen.values()) >= 40, seen


@pytest.mark.parametrize("kinds", ["W", "D", "WB"])
@pytest.mark.parametrize("seed", range(20))
def test_no_whole_pack_plan_beats_the_bound(
    seed: int, kinds: str, random_problem: Callable[..., Problem], by_scenarios: Callable[..., float | None]
) -> None:
    p = random_problem(seed, kinds=kinds)
    plan, best = allocate(p, gap=0.0), by_scenarios(p, integer=True)
    if best is None:
        assert plan.relaxed
        return
    tolerance = 1e-7 * max(plan.nothing_sent, 1.0)
    assert plan.lower_bound <= best + tolerance
    assert plan.objective >= best - tolerance
    assert plan.gap == pytest.approx(
        (plan.objective - plan.lower_bound) / max(plan.objective, 1e-9 * plan.nothing_sent, 1e-300), abs=1e-9
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_with_horizon_floors_stays_below_the_optimum(
    seed: int, random_problem: Callable[..., Problem], by_scenarios: Callable[..., float | None]
) -> None:
    """A floor's multiplier may not exceed the cheapest week's price, or the "bound" lies above the optimum."""
    p = random_problem(seed, kinds="W", floor=None, absorb=None)
    generous = np.floor(0.6 * p.samples.mean(0).sum(0) / p.pack) * p.pack
    p = random_problem(seed, kinds="W", floor=None, absorb=None, floor_total=generous)
    best = by_scenarios(p)
    for gap in (1e-1, 1e-3, 0.0):
        plan = allocate(p, gap=gap)
        if best is not None:
            assert plan.lower_bound <= best + 1e-9 * max(plan.nothing_sent, 1.0)


@pytest.mark.parametrize("method", ["quantile", "cvar"])
def test_a_home_reserve_as_data_equals_one_row_per_scenario(method: Literal["quantile", "cvar"]) -> None:
    """One week, one item: the least stock with which enough of home's futures are safe, by an LP or by counting."""
    for seed in range(60):
        g = np.random.default_rng(seed)
        S, share = int(g.integers(5, 60)), float(g.choice([0.8, 0.9, 0.95]))
        need = np.rint(g.gamma(2.0, 20.0, (S, 1, 1)))
        kept = float(home_reserve(need, share=share, method=method, cover_weeks=1)[0, 0])
        ahead = need[:, 0, 0]
        if method == "quantile":
            assert np.mean(ahead <= kept) >= share - 1e-12 > np.mean(ahead <= kept - 1) - 1e-12
            continue
        # least kept with eta + sum(z) / (S (1 - share)) <= kept, z >= ahead - eta, z >= 0
        rows = np.arange(S)
        entries = [
            (rows, 2 + rows, 1.0),
            (rows, np.ones(S, int), 1.0),
            (np.full(S, S), 2 + rows, -1 / (S * (1 - share))),
        ]
        entries += [(np.array([S]), np.array([0]), 1.0), (np.array([S]), np.array([1]), -1.0)]
        row, column = (np.concatenate([one[k] for one in entries]) for k in (0, 1))
        entry = np.concatenate([np.full(len(one[0]), one[2]) for one in entries])
        cost = np.zeros(S + 2)
        cost[0] = 1.0
        model = Model(
            cost, np.full(S + 2, np.inf), np.append(ahead, 0.0), np.full(S + 1, np.inf), row, column, entry
        )
        found = solve_model(model)
        assert found is not None and kept == pytest.approx(found.objective, rel=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_an_edit_of_anything_gives_the_optimum_of_a_fresh_start(
    seed: int, random_problem: Callable[..., Problem]
) -> None:
    p = random_problem(seed, kinds=("WD", "WB", "K")[seed % 3])
    session = Session(p, gap=0.0)
    session.plan()
    weight, samples = np.array(p.weight), np.array(p.samples)
    weight[0] *= 2
    samples[:, :, -1] *= 1.5
    floor_total = np.zeros(weight.shape) if p.floor_total is None else p.floor_total * 3
    reserve = None if p.reserve is None else p.reserve * 2
    m3 = None if p.freight_m3 is None else p.freight_m3 / 2
    for change in (
        {"weight": weight}, {"samples": samples}, {"supply": p.supply * 2}, {"floor_total": floor_total},
        {"reserve": reserve}, {"freight_m3": m3}, {"freight_kg": np.full((*p.supply.shape[:2], p.n_lanes), 50.0)},
        {"weight": weight, "supply": p.supply * 3},
    ):  # fmt: skip
        edited, fresh = session.what_if(gap=0.0, **change), allocate(replace(p, **change), gap=0.0)
        scale = 1e-9 * max(fresh.nothing_sent, 1.0)
        assert edited.linear_objective == pytest.approx(fresh.linear_objective, rel=1e-9, abs=scale)
        assert edited.linear_gap <= 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_an_edit_gives_the_plan_of_a_fresh_start(seed: int, random_problem: Callable[..., Problem]) -> None:
    p = random_problem(seed, kinds="WD", freight_m3=None, reserve=None)
    session = Session(p, gap=0.0)
    with pytest.raises(InputError, match='no "freigth"'):
        session.what_if(freigth=1)
    before = session.plan()
    T, Dp = p.supply.shape[:2]
    change = {"freight_m3": np.full((T, Dp, p.n_lanes), 30.0), "supply": np.floor(p.supply / 2)}
    if not np.any(change["supply"]) and not p.lots:
        change.pop("supply")
    edited = session.what_if(gap=0.0, **change)
    fresh = allocate(
        random_problem(seed, kinds="WD", reserve=None, **{"freight_m3": None, **change}), gap=0.0
    )
    assert edited.linear_objective == pytest.approx(fresh.linear_objective, rel=1e-9, abs=1e-9)
    assert session.plan().linear_objective == pytest.approx(before.linear_objective, rel=1e-12)


@pytest.mark.parametrize("kinds", ["WD", "K"])
def test_the_same_problem_gives_the_same_bytes(kinds: str, random_problem: Callable[..., Problem]) -> None:
    first, second = (allocate(random_problem(7, kinds=kinds)) for _ in range(2))
    assert first.sent.tobytes() == second.sent.tobytes()
    assert first.prices.arrival.tobytes() == second.prices.arrival.tobytes()
    assert first.reasons == second.reasons
