"""The forecast's parts against slow, obvious code, and what may not enter them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.engines import trend
from sampan.engines.incidence import from_daily
from sampan.engines.score import hub_baseline


def panel(seed, weeks=12, places=6):
    rng = np.random.default_rng(seed)
    level = np.exp(rng.uniform(1, 8, places) + np.cumsum(rng.normal(0, 0.05, (7 * weeks, places)), axis=0))
    return rng.poisson(level).astype(float)


@given(st.integers(0, 2**32 - 1))
def test_a_standstill_of_a_place_at_its_height_is_the_hub_baseline_one_week_ahead(seed):
    past = trend.history(from_daily(panel(seed)))
    past = replace(past, reported=np.sort(past.reported, axis=0))
    still = trend.standstill(past, weeks=3)
    for place in range(still.shape[0]):
        baseline = hub_baseline(past.reported[:, place], weeks=1, draws=4001)[0]
        spread = np.ptp(past.reported[:, place]) + 1.0
        assert still[place, 0] == pytest.approx(baseline, abs=0.03 * spread)


@given(st.integers(0, 2**32 - 1))
def test_places_keep_their_forecast_whatever_their_order(seed):
    counts = panel(seed)
    order = np.random.default_rng(seed).permutation(counts.shape[1])

    def learned(table):
        past = trend.history(from_daily(table))
        features = [trend.growth_features(past)] * trend.LEARNED_WEEKS
        return trend.learn(past, features, trend.GROWTH_PRIOR, weeks=5)

    plain, mixed = learned(counts), learned(counts[:, order])
    assert mixed.centre == pytest.approx(plain.centre[order], abs=1e-9)
    assert mixed.error == pytest.approx(plain.error[order], abs=1e-9)


def test_a_standstill_forgets_the_swings_of_larger_days():
    counts = np.full((84, 1), 500.0)
    counts[28:] = 1.0
    still = trend.standstill(trend.history(from_daily(counts)), weeks=4)
    assert still.max() < 60


@given(st.integers(0, 2**32 - 1))
def test_a_steady_path_turns_at_most_once_and_keeps_what_is_steady(seed):
    centre = np.random.default_rng(seed).normal(0, 3, (20, trend.LEARNED_WEEKS))
    growth = np.diff(trend.steady(centre, youth=0.1, weeks=12), axis=1, prepend=0.0)
    turns = np.diff(growth, axis=1)[:, :3]
    assert ((turns >= -1e-9).all(axis=1) | (turns <= 1e-9).all(axis=1)).all()
    assert (np.abs(growth[:, 4:]) <= np.abs(growth[:, 3:-1]) + 1e-12).all()
    fading = np.cumsum(trend.FADE ** np.arange(trend.LEARNED_WEEKS))[None]
    assert trend.steady(fading, youth=0.5, weeks=4) == pytest.approx(fading)


def test_features_of_a_past_week_use_only_that_week_and_before():
    counts = panel(5)
    changed = counts.copy()
    changed[-7:] = np.round(1.5 * changed[-7:])
    before, after = (trend.growth_features(trend.history(from_daily(table))) for table in (counts, changed))
    assert (before[:-1] == after[:-1]).all() and not (before[-1] == after[-1]).all()


@pytest.mark.parametrize("weekday", range(7))
def test_the_next_bulk_of_a_weekly_reporter_is_not_known_before_it_comes(weekday):
    bulks = np.zeros(70)
    bulks[6::7] = 700.0 * 1.2 ** np.arange(10)
    known, later = from_daily(bulks[: 49 + weekday]), from_daily(bulks[: 56 + weekday])
    then, now = (trend.growth_features(trend.history(seen)) for seen in (known, later))
    assert now[-2, 0] == pytest.approx(then[-1, 0], abs=1e-9)


def test_days_not_yet_reported_are_filled_for_the_level_but_not_for_the_truth():
    counts = np.full((28, 1), 100.0)
    counts[-2:] = np.nan
    past = trend.history(from_daily(counts))
    assert past.used[-1, 0] == pytest.approx(700) and past.reported[-1, 0] == 500


def test_weighted_quantiles_of_equal_weights_are_plain_ones():
    values = np.random.default_rng(1).normal(size=4001)
    found = trend._weighted_quantiles(values, np.ones(4001))
    assert found == pytest.approx(np.quantile(values, trend.HUB_LEVELS), abs=0.02)
