"""What an officer reads: R near the truth, the phase in words, and a second disease."""

import numpy as np
import pytest

from sampan.engines.burden import occupancy
from sampan.engines.disease import DISEASES
from sampan.engines.forecast import Forecast, project
from sampan.engines.incidence import from_daily
from sampan.engines.score import HUB_LEVELS
from sampan.engines.situation import MEDIAN, assess, closed_form

COVID, EBOLA = DISEASES["covid-19"], DISEASES["ebola"]


def steady(rate, days=90, start=200.0):
    return from_daily(np.round(start * np.exp(rate * np.arange(days))))


def r_of(rate, disease):
    """R of steady growth: Euler–Lotka, 1 / Σ w_s e^{-rate s}."""
    days = np.arange(len(disease.generation_interval))
    return 1.0 / (disease.generation_interval @ np.exp(-rate * days))


@pytest.mark.parametrize(("rate", "phase"), [(0.04, "rising"), (-0.04, "falling")])
@pytest.mark.parametrize("disease", [COVID, EBOLA], ids=["covid", "ebola"])
def test_steady_growth_gives_the_r_of_euler_and_lotka(rate, phase, disease):
    situation = assess(steady(rate, start=3000.0), disease=disease)
    day = situation.informed
    assert situation.r[MEDIAN, day, 0] == pytest.approx(r_of(rate, disease), rel=0.08)
    assert situation.growth[MEDIAN, day, 0] == pytest.approx(rate, abs=0.01)
    assert situation.doubling_days()[day, 0] == pytest.approx(np.log(2) / rate, rel=0.25)
    assert situation.phase.tolist() == [phase]


def test_the_closed_form_agrees_on_clean_reports():
    r = closed_form(steady(0.04), disease=COVID)
    assert r[MEDIAN, -1, 0] == pytest.approx(r_of(0.04, COVID), rel=0.03)


def test_what_is_not_yet_reported_does_not_look_like_a_fall():
    share = np.ones(80)
    share[-3:] = 0.8, 0.5, 0.2
    incidence = from_daily(np.round(500.0 * share))
    known = assess(incidence, disease=COVID, reported_share=share).p_growing[-1, 0]
    naive = assess(incidence, disease=COVID).p_growing[-1, 0]
    assert naive < 0.3 < known < 0.7


def test_odd_days_are_flagged_for_a_fortnight():
    counts = np.full(60, 200.0)
    counts[30] = 0.0
    flagged = assess(from_daily(counts), disease=COVID).flagged[:, 0]
    assert flagged[30:44].all() and not flagged[44:].any()


def test_the_same_reports_give_the_same_bytes():
    first, second = (assess(steady(0.02), disease=COVID) for _ in range(2))
    assert first.r.tobytes() == second.r.tobytes()


def test_a_forecast_follows_the_trend_but_not_for_ever():
    incidence = steady(0.03, start=100.0)
    forecast = project(incidence, assess(incidence, disease=COVID), disease=COVID)
    weekly = forecast.quantiles[0, :, HUB_LEVELS.index(0.5)]
    last = incidence.used[-7:].sum()
    assert last < weekly[0] < weekly[3] < last * np.exp(0.03 * 28)
    assert forecast.quantiles.shape == (1, 8, 23)


def test_sample_paths_have_the_quantiles_and_hold_together():
    quantiles = np.sort(np.random.default_rng(1).gamma(5, 20, (3, 6, 23)), axis=2)
    forecast = Forecast(HUB_LEVELS, quantiles)
    paths = forecast.samples(40_000, seed=2)
    assert paths.shape == (40_000, 6, 3)
    middle = np.quantile(paths, [0.25, 0.5, 0.75], axis=0).transpose(2, 1, 0)
    chosen = [HUB_LEVELS.index(level) for level in (0.25, 0.5, 0.75)]
    assert middle == pytest.approx(quantiles[:, :, chosen], rel=0.03)
    assert np.corrcoef(paths[:, 2, 0], paths[:, 3, 0])[0, 1] > 0.8
    assert forecast.samples(5, seed=7).tobytes() == forecast.samples(5, seed=7).tobytes()


def test_beds_of_a_steady_epidemic_settle_at_admissions_times_stay():
    daily, paths = np.full((200, 1), 100.0), np.full((10, 8, 1), 700.0)
    burden = occupancy(daily, paths, disease=COVID)
    for beds, share, stay in ((burden.ward, 0.15, 7.0), (burden.intensive_care, 0.05, 14.0)):
        settled = 100.0 * share / (1.0 - np.exp(-1.0 / stay))
        assert beds[0, :, 11] == pytest.approx(settled, rel=1e-6)
    assert burden.admissions[0, :, 11] == pytest.approx(700 * 0.2)
