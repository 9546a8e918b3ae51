"""Growth that was put in comes out, its interval is as wide as it says, and chance is not reported as growth."""

from __future__ import annotations

import numpy as np
import pytest

from sampan.engines.growth.logistic import discoveries, growth

WEEKS = np.arange(10, dtype=float)


def simulated(rate: float, *, start: float, n: int, seed: int, times: int = 400, dispersion: float = 1.0):
    """Counts of ``times`` candidates whose log odds grow at ``rate`` a week from a share of ``start``."""
    g = np.random.default_rng(seed)
    share = 1 / (1 + np.exp(-(np.log(start / (1 - start)) + rate * WEEKS)))
    if dispersion > 1:  # beta-binomial with the same mean
        rho = (dispersion - 1) / (n - 1)
        share = g.beta(share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho, (times, len(WEEKS)))
    covered = np.full((times, len(WEEKS)), n)
    return g.binomial(n, share, (times, len(WEEKS))), covered


@pytest.mark.parametrize(
    ("rate", "start", "n", "dispersion"),
    [
        (0.5, 0.02, 200, 1.0),
        (0.0, 0.3, 100, 1.0),
        (-0.4, 0.6, 150, 1.0),
        (0.3, 0.05, 300, 4.0),
        (0.8, 0.01, 60, 1.0),
    ],
)
def test_the_rate_is_recovered_and_the_interval_covers(
    rate: float, start: float, n: int, dispersion: float
) -> None:
    found = growth(*simulated(rate, start=start, n=n, seed=1, dispersion=dispersion), WEEKS)
    assert np.nanmedian(found.rate) == pytest.approx(rate, abs=0.03)
    covers = np.mean((found.low <= rate) & (rate <= found.high))
    assert 0.90 <= covers <= 0.995, covers


def test_chance_is_seldom_reported() -> None:
    """Where nothing grows, a run reports anything in no more than about the share that was asked for."""
    any_ = [
        discoveries(growth(*simulated(0.0, start=0.2, n=80, seed=seed, times=40), WEEKS).p).any()
        for seed in range(60)
    ]
    assert np.mean(any_) <= 0.12


def test_few_that_grow_are_found_among_many_that_do_not() -> None:
    still = simulated(0.0, start=0.1, n=100, seed=2, times=190)
    grown = simulated(0.5, start=0.05, n=100, seed=3, times=10)
    counts, covered = (np.concatenate(each) for each in zip(still, grown, strict=True))
    found = discoveries(growth(counts, covered, WEEKS).p)
    assert found[190:].all()
    assert found[:190].sum() <= 4


def test_what_is_not_known_is_not_zero() -> None:
    counts = np.array([[0, 0, 0, 0], [5, 5, 5, 5], [0, 0, 0, 3], [1, 0, 2, 0]])
    covered = np.array([[9, 9, 9, 9], [5, 5, 5, 5], [9, 9, 9, 9], [4, 0, 4, 0]])
    found = growth(counts, covered, np.arange(4.0))
    assert np.isnan(found.rate[[0, 1, 3]]).all()  # never there, always there, read in two periods only
    assert found.rate[2] > 0
    assert np.isfinite(found.high[2])
    assert not discoveries(found.p)[[0, 1, 3]].any()
    assert not discoveries(np.array([])).any()


def test_time_may_have_any_unit() -> None:
    counts, covered = simulated(0.4, start=0.05, n=100, seed=4, times=5)
    weekly, daily = growth(counts, covered, WEEKS), growth(counts, covered, WEEKS * 7)
    np.testing.assert_allclose(weekly.rate, daily.rate * 7, rtol=1e-3)
    np.testing.assert_allclose(weekly.p, daily.p, rtol=1e-2, atol=1e-9)


@pytest.mark.parametrize(("k", "n"), [([[2]], [[1]]), ([[-1]], [[1]]), ([1], [1])])
def test_counts_that_cannot_be_are_refused(k: object, n: object) -> None:
    with pytest.raises(ValueError):
        growth(np.array(k), np.array(n), np.arange(1.0))
