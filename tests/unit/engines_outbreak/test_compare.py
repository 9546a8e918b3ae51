"""Scores at the end of an exercise, on answers whose marks are known beforehand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.outbreak import Reported, Scenario, Truth, compare, report, simulate

DAYS = [55, 62, 69]


@pytest.fixture(scope="module")
def outbreak() -> tuple[Truth, Reported]:
    scenario = Scenario()
    truth = simulate(np.full(60, 2e7), 0, scenario=scenario, rng=np.random.default_rng(1), home=range(5))
    return truth, report(truth, scenario=scenario, rng=np.random.default_rng(2))


def right_r(truth: Truth, width: float) -> np.ndarray:
    true = truth.r_of_reports[DAYS]
    return np.stack([true / width, true, true * width])


def came(reported: Reported, weeks: int) -> np.ndarray:
    """(3, decisions, weeks, places) what was then reported, as if it had been foreseen."""
    last = len(reported.cases) - 1
    weekly = [
        [
            reported.cases[min(last, d + 7 * w + 7)] - reported.cases[min(last, d + 7 * w)]
            for w in range(weeks)
        ]
        for d in DAYS
    ]
    return np.broadcast_to(np.asarray(weekly, float), (3, len(DAYS), weeks, reported.cases.shape[1]))


def test_the_truth_itself_gets_full_marks(outbreak: tuple[Truth, Reported]) -> None:
    truth, told = outbreak
    marks = compare(truth, told, days=DAYS, r=right_r(truth, 1.01), weekly=came(told, 2))
    assert marks.r_scored > 30
    assert (marks.r_missing, marks.r_coverage, marks.r_log_error, marks.phase_right) == (0, 1.0, 0.0, 1.0)
    assert marks.forecast_coverage == (1.0, 1.0)
    assert marks.forecast_error == (0.0, 0.0)


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_an_interval_beside_the_truth_does_not_cover_it(
    outbreak: tuple[Truth, Reported], factor: float
) -> None:
    truth, told = outbreak
    weekly = came(told, 1) * factor * np.array([0.99, 1.0, 1.01])[:, None, None, None]
    marks = compare(truth, told, days=DAYS, r=factor * right_r(truth, 1.1), weekly=weekly)
    assert marks.r_coverage == 0.0
    assert marks.r_log_error == pytest.approx(np.log(1.25))
    assert marks.forecast_coverage == (0.0,)


def test_only_busy_places_and_clear_phases_are_scored(outbreak: tuple[Truth, Reported]) -> None:
    truth, told = outbreak
    true = truth.r_of_reports[DAYS]
    busy = np.stack([told.cases[d] - told.cases[d - 14] >= 200 for d in DAYS]) & (true > 0)
    assert 0 < busy.sum() < (np.stack([told.cases[d] >= 200 for d in DAYS])).sum()
    marks = compare(truth, told, days=DAYS, r=right_r(truth, 1.1), least_cases=200, clear_of_one=0.2)
    assert marks.r_scored == busy.sum()
    assert marks.phase_scored == (busy & ((true > np.exp(0.2)) | (true < np.exp(-0.2)))).sum()
    assert marks.phase_scored < marks.r_scored


def test_errors_are_measured_as_they_were_made(outbreak: tuple[Truth, Reported]) -> None:
    truth, told = outbreak
    marks = compare(truth, told, days=DAYS, r=1.2 * right_r(truth, 1.1), weekly=1.5 * came(told, 1))
    assert marks.r_coverage == 0.0
    assert marks.r_log_error == pytest.approx(np.log(1.2))
    assert marks.forecast_error == (0.5,)
    wrong = -np.sign(np.log(truth.r_of_reports[DAYS]))
    assert compare(truth, told, days=DAYS, r=right_r(truth, 1.1), phase=wrong).phase_right == 0.0


def test_what_was_not_estimated_is_counted_and_not_called_wrong(outbreak: tuple[Truth, Reported]) -> None:
    truth, told = outbreak
    full = compare(truth, told, days=DAYS, r=right_r(truth, 1.1), weekly=came(told, 1))
    r, weekly = right_r(truth, 1.1), came(told, 1).copy()
    r[:, 1], weekly[:, 1] = np.nan, np.nan
    marks = compare(truth, told, days=DAYS, r=r, weekly=weekly)
    assert marks.r_scored + marks.r_missing == full.r_scored
    assert marks.r_missing > 0
    assert marks.r_coverage == 1.0
    assert marks.phase_scored < full.phase_scored
    assert marks.forecast_scored[0] < full.forecast_scored[0]


def test_places_with_few_cases_and_weeks_past_the_end_are_not_scored(
    outbreak: tuple[Truth, Reported],
) -> None:
    truth, told = outbreak
    marks = compare(truth, told, days=DAYS, r=right_r(truth, 1.1), weekly=came(told, 3), least_cases=10**9)
    assert (marks.r_scored, marks.r_missing, marks.forecast_scored) == (0, 0, (0, 0, 0))
    assert np.isnan([marks.r_coverage, marks.r_log_error, marks.phase_right]).all()
    two, three = compare(truth, told, days=DAYS, r=right_r(truth, 1.1), weekly=came(told, 3)).forecast_scored[
        1:
    ]
    busy_last = compare(truth, told, days=DAYS[2:], r=right_r(truth, 1.1)[:, 2:], weekly=None).r_scored
    assert two - three == busy_last  # day 69 + 21 lies past day 83


def test_shapes_and_days_are_checked(outbreak: tuple[Truth, Reported]) -> None:
    truth, told = outbreak
    with pytest.raises(InputError, match="r has shape"):
        compare(truth, told, days=DAYS, r=np.ones((3, 2, 60)))
    with pytest.raises(InputError, match="weekly has shape"):
        compare(truth, told, days=DAYS, r=right_r(truth, 1.1), weekly=np.ones((3, 3, 60)))
    with pytest.raises(InputError, match="outside 0 to 83"):
        compare(truth, told, days=[84], r=np.ones((3, 1, 60)))
    with pytest.raises(InputError, match="days"):
        report(truth, scenario=dataclasses.replace(Scenario(), days=5), rng=np.random.default_rng(0))
