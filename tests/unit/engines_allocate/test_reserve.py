"""The home reserve covers the promised share of home's futures, at every week at once."""

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.allocate import home_reserve


def _need(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.gamma(2.0, 50.0, (400, 8, 3)) * rng.lognormal(0, 0.4, (400, 1, 1))


def _ahead(need: np.ndarray, weeks: int) -> np.ndarray:
    longer = np.concatenate([need, np.repeat(need[:, -1:], weeks, axis=1)], axis=1)
    return np.stack([longer[:, t + 1 : t + 1 + weeks].sum(1) for t in range(need.shape[1])], axis=1)


@pytest.mark.parametrize("method", ["quantile", "cvar"])
def test_covers_the_share_jointly_over_the_weeks(method: str) -> None:
    need = _need()
    kept = home_reserve(need, share=0.95, method=method, cover_weeks=3)
    covered = np.all(_ahead(need, 3) <= kept * (1 + 1e-12), axis=1).mean(0)
    assert np.all(covered >= 0.95)


def test_the_joint_uplift_is_no_larger_than_needed() -> None:
    need = _need()
    kept = home_reserve(need, share=0.9, cover_weeks=2)
    covered = np.all(_ahead(need, 2) <= kept * (1 - 1e-6), axis=1).mean(0)
    assert np.all(covered < 0.9)


def test_cvar_is_safer_than_the_quantile_and_constant_need_is_kept_whole() -> None:
    one_week = _need()[:, :1]
    assert np.all(home_reserve(one_week, method="cvar") > home_reserve(one_week))
    constant = np.full((50, 6, 1), 10.0)
    assert home_reserve(constant, cover_weeks=4) == pytest.approx(np.full((6, 1), 40.0))


def test_assured_inbound_lowers_the_reserve_and_never_below_zero() -> None:
    need, inbound = _need(), np.full((8, 3), 30.0)
    assert np.all(home_reserve(need, assured_inbound=inbound) <= home_reserve(need))
    assert np.all(home_reserve(need, assured_inbound=inbound * 1e6) == 0)


@pytest.mark.parametrize("bad", [np.full((5, 4, 1), np.nan), -np.ones((5, 4, 1)), np.ones((5, 4))])
def test_refuses_what_is_not_a_need(bad: np.ndarray) -> None:
    with pytest.raises(InputError):
        home_reserve(bad)


def test_from_the_start_counts_the_weeks_gone_by_as_well() -> None:
    constant = np.full((50, 3, 1), 10.0)
    kept = home_reserve(constant, cover_weeks=2, from_start=True)
    assert kept[:, 0].tolist() == pytest.approx([30.0, 40.0, 50.0])
    inbound = np.full((3, 1), 4.0)
    kept = home_reserve(constant, cover_weeks=2, from_start=True, assured_inbound=inbound)
    assert kept[:, 0].tolist() == pytest.approx([18.0, 24.0, 30.0])
