"""The truth can be found again: R, overdispersion, delay, fatality, and the habits at their stated rates."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import gammaincinv

from sampan.engines.outbreak import Scenario, compare, report, simulate

FREE = {"trip_chance": 0.0, "home_trip_chance": 0.0}


def pressure_of(infections: np.ndarray, generation: np.ndarray) -> np.ndarray:
    """Λ_t = Σ_s w_s I_{t−s}, written out slowly."""
    pressure = np.zeros(infections.shape)
    for day in range(len(infections)):
        for s, chance in enumerate(generation, start=1):
            if s <= day:
                pressure[day] += chance * infections[day - s]
    return pressure


def cori(local: np.ndarray, pressure: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """2.5 %, 50 % and 97.5 % of R of each day: Gamma(1 + J, 1/5 + Λ) (Cori 2013, web appendix 1)."""
    low, median, high = (gammaincinv(1 + local, q) / (0.2 + pressure) for q in (0.025, 0.5, 0.975))
    return low, median, high


@pytest.mark.parametrize("seed", range(3))
def test_a_closed_form_estimate_finds_the_true_r(seed: int) -> None:
    scenario = Scenario(dispersion=1e6, **FREE)  # in effect Poisson, which is what the closed form assumes
    rng = np.random.default_rng(seed)
    truths = [simulate([1e7], 0, scenario=scenario, rng=rng) for _ in range(30)]
    rows, inside, errors = 0, 0, []
    for truth in truths:
        pressure = pressure_of(truth.infections, scenario.generation)
        low, median, high = cori(truth.infections - truth.imported, pressure)
        sure = pressure > 20
        rows += int(sure.sum())
        inside += int(((low <= truth.r) & (truth.r <= high))[sure].sum())
        errors.append(np.abs(np.log(median / truth.r))[sure])
    assert rows > 1500
    assert inside / rows == pytest.approx(0.95, abs=0.015)
    assert np.median(np.concatenate(errors)) < 0.05


def test_each_person_infects_a_negative_binomial_number() -> None:
    """Var(J_t) = R Λ (1 + R / k): the standardised square has mean 1, and a Poisson one would be far off."""
    scenario = Scenario(dispersion=0.4, days=30, seeds=3000, home_control_day=99, **FREE)
    rng = np.random.default_rng(3)
    square, poisson = [], []
    for _ in range(60):
        truth = simulate([1e8], 0, scenario=scenario, rng=rng)
        mean = truth.r * pressure_of(truth.infections, scenario.generation)
        local = truth.infections - truth.imported
        sure = mean > 50
        squared = (local - mean)[sure] ** 2 / mean[sure]
        square.append(squared / (1 + truth.r[sure] / 0.4))
        poisson.append(squared)
    assert np.mean(np.concatenate(square)) == pytest.approx(1.0, abs=0.1)
    assert np.mean(np.concatenate(poisson)) > 4


def test_delay_ascertainment_and_fatality_come_out_as_given() -> None:
    scenario = Scenario(
        days=150,
        seeds=20_000,
        r0=0.5,
        ascertainment=0.4,
        ascertainment_spread=0.0,
        fatality_spread=0.0,
        **FREE,
    )
    truth = simulate([1e8], 0, scenario=scenario, rng=np.random.default_rng(5))
    day = np.arange(150)
    infected, ready, dead = (x[:, 0] for x in (truth.infections, truth.cases, truth.deaths))
    assert ready.sum() / infected.sum() == pytest.approx(0.4, abs=0.02)
    assert dead.sum() / ready.sum() == pytest.approx(0.03, abs=0.006)
    assert day @ ready / ready.sum() - day @ infected / infected.sum() == pytest.approx(8.0, abs=0.3)
    assert day @ dead / dead.sum() - day @ ready / ready.sum() == pytest.approx(9.0, abs=1.0)


def steady(scenario: Scenario, *, cases: int, places: int) -> np.ndarray:
    """Reports of places in which the same number of cases is ready every day; the first 20 days left out."""
    truth = simulate(np.full(places, 1e6), 0, scenario=scenario, rng=np.random.default_rng(1))
    flat = np.full((scenario.days, places), cases)
    truth = dataclasses.replace(truth, cases=flat, deaths=flat // 50)
    return report(truth, scenario=scenario, rng=np.random.default_rng(2)).new_cases[20:]


QUIET = {
    "silent_share": 0.0,
    "regular_share": 0.0,
    "late_share": 0.0,
    "dump_rate": 0.0,
    "correction_rate": 0.0,
    "definition_change": 0.0,
}


@pytest.mark.parametrize("k", [3.0, 10.0, 30.0])
def test_noise_has_the_k_it_was_given(k: float) -> None:
    scenario = Scenario(days=300, case_noise_k=k, noise_k_spread=0.0, weekday_swing=0.0, **QUIET)
    new = steady(scenario, cases=3000, places=100)
    mean = new.mean(axis=0)
    found = 1 / np.mean((new.var(axis=0) - mean) / mean**2)
    assert found == pytest.approx(k, rel=0.12)


def test_weekdays_swing_as_much_as_they_should() -> None:
    scenario = Scenario(days=20 + 7 * 30, case_noise_k=1e9, **QUIET)
    new = steady(scenario, cases=3000, places=400)
    weekday = (np.arange(20, scenario.days) + scenario.first_weekday) % 7
    factor = np.stack([new[weekday == d].mean(axis=0) for d in range(7)]) / new.mean(axis=0)
    assert np.ptp(factor, axis=0).mean() == pytest.approx(0.43, abs=0.05)
    assert factor.mean(axis=1).argmin() == 6  # Sunday


def test_the_habits_of_a_default_exercise_are_those_of_real_tables() -> None:
    """Bounds around 215 real series of 2020, on place-days with a 7-day mean of at least 20."""
    scenario = Scenario(days=200)
    new = steady(scenario, cases=60, places=300)
    silent = (new == 0).mean()
    middle = np.median(np.lib.stride_tricks.sliding_window_view(new, 7, axis=0), axis=-1)
    spikes = (new[3:-3] > 4 * middle).mean()
    assert 0.03 < silent < 0.08
    assert 0.005 < spikes < 0.03
    assert 0 < (new < 0).mean() < 0.01


def test_a_careful_reader_of_plain_tables_is_marked_well() -> None:
    """Without habits, R by closed form on the reports and the last week repeated: the marks make sense."""
    scenario = Scenario(case_noise_k=1e9, weekday_swing=0.0, dispersion=50.0, **QUIET)
    rng = np.random.default_rng(4)
    truth = simulate(np.full(40, 5e7), 0, scenario=scenario, rng=rng, home=range(4))
    told = report(truth, scenario=scenario, rng=rng)
    new = told.new_cases
    pressure = pressure_of(new, scenario.generation)
    days = [62, 69, 76]
    week = [slice(d - 6, d + 1) for d in days]
    r = np.stack(
        [np.stack(cori(new[w].sum(axis=0), pressure[w].sum(axis=0))) for w in week],
        axis=1,
    )
    last = np.stack([new[w].sum(axis=0) for w in week])[:, None, :]
    marks = compare(truth, told, days=days, r=r, weekly=np.stack([0.5 * last, last, 2.0 * last]))
    assert marks.r_scored > 60
    assert marks.r_log_error < 0.15
    assert marks.phase_right > 0.85
    assert 0.2 < marks.r_coverage < 1.0
    assert marks.forecast_coverage[0] > 0.3
