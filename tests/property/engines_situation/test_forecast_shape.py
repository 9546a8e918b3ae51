"""What a forecast must look like whatever the series: smooth, ever wider, and modest where little is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.engines.disease import DISEASES
from sampan.engines.forecast import STANDSTILL_SHARE, project, project_deaths
from sampan.engines.incidence import from_daily
from sampan.engines.score import HUB_LEVELS
from sampan.engines.situation import assess

COVID = DISEASES["covid-19"]
LOW95, LOW50, MEDIAN, HIGH50, HIGH95 = (HUB_LEVELS.index(p) for p in (0.025, 0.25, 0.5, 0.75, 0.975))


def waves(seed, places=24):
    """Epidemics that start on different days and turn at different times, (days, places)."""
    rng = np.random.default_rng(seed)
    days = int(rng.integers(20, 150))
    start, turn = rng.uniform(0, days, places), rng.uniform(5, 60, places)
    since = np.arange(days)[:, None] - start
    growth = np.where(since < turn, rng.uniform(0.02, 0.35, places), -rng.uniform(0.02, 0.2, places))
    level = np.where(since >= 0, np.exp(np.clip(np.cumsum(growth * (since >= 0), axis=0), -3, 11)), 0.0)
    return rng.poisson(level * rng.gamma(5, 0.2, level.shape)).astype(float)


def young(rising=30, fallen=30):
    """Ten weeks: places whose wave is over, and places that have just begun to grow, as in March 2020."""
    day = np.arange(70.0)[:, None]
    past = 400.0 * np.exp(-np.abs(day - 20.0) / 6.0) * np.linspace(0.2, 2.0, fallen)
    now = np.exp(np.clip((day - np.linspace(40, 56, rising)) * 0.25, -9, 9))
    return np.random.default_rng(3).poisson(np.hstack([now, past])).astype(float)


def cases(counts, weeks=8):
    incidence = from_daily(counts)
    return project(incidence, assess(incidence, disease=COVID), disease=COVID, weeks=weeks)


def deaths(counts, weeks=8):
    incidence = from_daily(counts)
    return project_deaths(incidence, from_daily(np.round(counts / 20)), disease=COVID, weeks=weeks)


@pytest.mark.parametrize("forecast", [cases, deaths])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_intervals_widen_with_the_horizon_and_lie_inside_each_other(forecast, seed):
    counts = waves(seed)
    quantiles = forecast(counts).quantiles
    away = np.log((quantiles + 1.0) / (quantiles[:, :, [MEDIAN]] + 1.0))
    wider = np.diff(away, axis=1)
    assert (wider[:, :, MEDIAN:] >= -1e-9).all()
    assert ((wider[:, :, :MEDIAN] <= 1e-9) | (quantiles[:, 1:, :MEDIAN] < 1e-6)).all()
    assert (np.diff(quantiles, axis=2) >= -1e-9).all()
    assert (quantiles[:, :, HIGH50] < quantiles[:, :, HIGH95]).all()
    last_week = counts[-7:].sum(axis=0) if forecast is cases else np.round(counts[-7:] / 20).sum(axis=0)
    ended = quantiles[:, :, LOW50] <= STANDSTILL_SHARE * last_week[:, None] + 1e-6
    assert ((quantiles[:, :, LOW95] < quantiles[:, :, LOW50]) | ended).all(), "unless the trend's own reach 0"


@pytest.mark.parametrize("forecast", [cases, deaths])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_medians_turn_at_most_once_and_never_jump(forecast, seed):
    median = forecast(waves(seed)).quantiles[:, :, MEDIAN]
    growth = np.diff(np.log(median + 1.0), axis=1)
    direction = np.where(np.abs(growth) < 1e-9, 0.0, np.sign(growth))
    for line in direction:
        assert np.count_nonzero(np.diff(line[line != 0])) <= 1
    assert np.abs(np.diff(growth, axis=1)).max() < 1.0


def test_growth_that_has_not_slowed_is_not_forecast_to_collapse():
    forecast = cases(young())
    median = forecast.quantiles[:30, :4, MEDIAN]
    assert (median[:, 1:] > 0.95 * median[:, :-1]).all()
    assert forecast.calibrated_weeks == 2


def test_a_week_s_forecast_does_not_depend_on_how_many_are_asked_for():
    counts = young()
    assert (cases(counts, weeks=2).quantiles == cases(counts, weeks=9).quantiles[:, :2]).all()


def test_a_place_without_cases_is_not_said_to_see_thousands():
    quantiles = cases(young()).quantiles[30:]
    assert quantiles[:, 3, HIGH50].max() < 100 and quantiles[:, 0, HIGH95].max() < 200
