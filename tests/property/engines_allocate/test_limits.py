"""Whatever is asked, no plan breaks a limit, except those that its conflicts name."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.engines.allocate import Charter, Lot, Plan, Problem, allocate

Referee = Callable[[Problem, Plan], list[str]]


@given(
    seed=st.integers(0, 10**6), kinds=st.sampled_from(["W", "D", "K", "B", "WD", "WKB"]), whole=st.booleans()
)
@settings(max_examples=120)
def test_no_plan_breaks_a_limit(
    random_problem: Callable[..., Problem], limits_broken: Referee, seed: int, kinds: str, whole: bool
) -> None:
    p = random_problem(seed, kinds=kinds, whole=whole)
    assert limits_broken(p, allocate(p, gap=1e-6)) == []


@given(seed=st.integers(0, 10**6), kinds=st.sampled_from(["W", "D", "WB"]))
@settings(max_examples=60)
def test_nor_one_with_charters_and_least_consignments(
    random_problem: Callable[..., Problem], limits_broken: Referee, seed: int, kinds: str
) -> None:
    g = np.random.default_rng(seed)
    base = random_problem(seed, kinds=kinds)
    charters = tuple(
        Charter(
            int(g.integers(base.n_depots)), int(g.integers(base.n_lanes)), int(g.integers(base.shape[1])),
            float(g.uniform(5, 40)), cost=float(g.uniform(0, 20)),
        )
        for _ in range(3)
    )  # fmt: skip
    least = g.integers(0, 9, len(kinds)) * base.pack * 1.0
    p = random_problem(seed, kinds=kinds, charters=charters, minimum_consignment=least)
    assert limits_broken(p, allocate(p, gap=1e-6)) == []


@given(seed=st.integers(0, 10**6), kinds=st.sampled_from(["W", "D", "WB", "K"]))
@settings(max_examples=60)
def test_nor_one_with_provinces_that_lend_lots_that_expire_and_freight_in_kg(
    random_provinces: Callable[..., Problem], limits_broken: Referee, seed: int, kinds: str
) -> None:
    base = random_provinces(seed, kinds=kinds)
    g = np.random.default_rng(seed)
    lots = base.lots + tuple(
        Lot(
            int(g.integers(base.n_depots)),
            0,
            0,
            int(g.integers(1, 30)),
            expires=int(g.integers(base.shape[1])),
        )
        for _ in range(3)
    )
    supply = np.rint(base.supply * g.uniform(0.3, 1.7, base.supply.shape))  # loose units beside packs
    assert base.freight_kg is not None
    p = random_provinces(seed, kinds=kinds, lots=lots, supply=supply, freight_kg=base.freight_kg * 0.3)
    assert limits_broken(p, allocate(p, gap=1e-6)) == []


EXTREMES = {
    "floors far above supply": lambda p: {"floor": np.full(p.shape[1:], 1e4)},
    "reserve above stock": lambda p: {"reserve": np.full((p.shape[1], p.shape[3]), 1e9)},
    "no freight": lambda p: {"freight_m3": np.zeros((p.shape[1], p.n_depots, p.n_lanes))},
    "no freight in kg": lambda p: {
        "freight_kg": np.zeros((p.shape[1], p.n_depots, p.n_lanes)),
        "mass_kg": np.ones(p.shape[3]),
    },
    "no freight and a floor": lambda p: {
        "freight_m3": np.zeros((p.shape[1], p.n_depots, p.n_lanes)),
        "floor_total": np.full(p.shape[2:], 10.0),
    },
    "nothing can be absorbed": lambda p: {
        "absorb": np.zeros(p.shape[1:]),
        "floor": None,
        "floor_total": None,
    },
    "a floor above absorption": lambda p: {
        "absorb": np.zeros(p.shape[1:]),
        "floor": np.full(p.shape[1:], 10.0),
    },
    "no need": lambda p: {"samples": np.zeros(p.shape)},
    "no weight": lambda p: {"weight": np.zeros(p.shape[2:])},
    "huge need": lambda p: {"samples": np.full(p.shape, 1e9)},
    "no lane": lambda p: {"lead_weeks": np.full((p.n_depots, p.n_lanes), -1)},
    "packs larger than stock": lambda p: {"pack": np.full(p.shape[3], 10**6), "lots": (), "earmarks": ()},
    "weights far apart": lambda p: {"weight": np.geomspace(1e-6, 1e6, p.weight.size).reshape(p.weight.shape)},
}


NOTHING_LEAVES = (
    "no freight",
    "no freight in kg",
    "no lane",
    "packs larger than stock",
    "nothing can be absorbed",
)


@pytest.mark.parametrize("extreme", EXTREMES)
@pytest.mark.parametrize("kinds", ["W", "DK", "WB"])
def test_extremes(
    extreme: str, kinds: str, random_problem: Callable[..., Problem], limits_broken: Referee
) -> None:
    for seed in range(4):
        base = random_problem(seed, kinds=kinds)
        p = random_problem(seed, kinds=kinds, **EXTREMES[extreme](base))
        plan = allocate(p, gap=1e-6)
        assert limits_broken(p, plan) == []
        assert np.isfinite(plan.objective) and plan.lower_bound <= plan.objective * (1 + 1e-12)
        if extreme in (
            "no freight",
            "no freight in kg",
            "no lane",
            "packs larger than stock",
            "nothing can be absorbed",
        ):
            assert plan.units == 0


def test_no_supply_at_all_is_refused(random_problem: Callable[..., Problem]) -> None:
    p = random_problem(3, kinds="W")
    with pytest.raises(InputError, match="no supply at all"):
        random_problem(3, kinds="W", supply=np.zeros_like(p.supply), lots=())
