"""The collapsed programme finds the optimum of the programme by scenarios, and proves it."""

from collections.abc import Callable

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.allocate import Plan, Problem, Session, allocate

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


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize("seed", range(40))
def test_equals_the_programme_by_scenarios(
    seed: int, kinds: str, random_problem: Callable[..., Problem], by_scenarios: Callable[..., float | None]
) -> None:
    p = random_problem(seed, kinds=kinds)
    _agree(p, allocate(p, gap=0.0), by_scenarios(p))


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


@pytest.mark.full
@pytest.mark.parametrize("kinds", KINDS)
def test_equals_the_programme_by_scenarios_200_times(
    kinds: str, random_problem: Callable[..., Problem], by_scenarios: Callable[..., float | None]
) -> None:
    for seed in range(1000, 1200):
        p = random_problem(seed, kinds=kinds)
        _agree(p, allocate(p, gap=0.0), by_scenarios(p))


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
