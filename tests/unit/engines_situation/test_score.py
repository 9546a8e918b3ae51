"""Scores against hand-worked figures and the published definition of the baseline."""

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.score import HUB_LEVELS, covered, hub_baseline, log_wis, relative_wis, wis

LEVELS = (0.1, 0.5, 0.9)


def interval_form(low, middle, high, truth, alpha=0.2):
    """Bracher et al. 2021, eq. 1 and 2, with one interval."""
    width = (high - low) + 2 / alpha * max(low - truth, 0) + 2 / alpha * max(truth - high, 0)
    return (0.5 * abs(truth - middle) + alpha / 2 * width) / 1.5


@pytest.mark.parametrize("truth", [3.0, 11.0, 30.0])
def test_wis_is_the_weighted_sum_of_interval_scores(truth):
    expected = interval_form(5.0, 10.0, 20.0, truth)
    assert wis([5.0, 10.0, 20.0], truth, levels=LEVELS) == pytest.approx(expected)


def test_a_forecast_without_doubt_scores_its_distance():
    assert wis(np.full(23, 7.0), 10.0) == pytest.approx(3.0)
    assert log_wis(np.full(23, 7.0), 7.0) == 0.0


def test_unknown_truth_has_no_score():
    assert np.isnan(wis(np.zeros(23), np.nan))


def test_levels_must_pair_up():
    with pytest.raises(InputError, match="pair up"):
        wis([1.0, 2.0], 1.0, levels=(0.1, 0.5))
    with pytest.raises(InputError, match=r"no 0\.2 quantile"):
        covered([1.0, 2.0, 3.0], 1.0, central=0.6, levels=LEVELS)


def test_relative_wis_is_the_geometric_mean_of_ratios_on_shared_targets():
    ours, baseline = [1.0, 3.0, np.nan], [2.0, 2.0, 9.0]
    theta = relative_wis(np.array([ours, baseline]).T)
    assert theta[0] / theta[1] == pytest.approx(1.0)
    theta = relative_wis(np.array([[1.0, 2.0], [1.0, 2.0]]))
    assert theta[0] / theta[1] == pytest.approx(0.5)


def test_the_baseline_stays_at_the_last_value_and_widens_by_past_differences():
    weekly = np.array([0, 0, 100, 140, 120, 150.0])
    out = hub_baseline(weekly, weeks=4)
    middle = HUB_LEVELS.index(0.5)
    assert out[:, middle] == pytest.approx(150, abs=1e-6)
    steps = np.concatenate([np.diff(weekly[2:]), -np.diff(weekly[2:])])
    assert out[0] == pytest.approx(150 + np.quantile(steps, HUB_LEVELS), abs=0.5)
    assert (np.diff(out[:, -1]) > 0).all() and (out >= 0).all()


def test_the_baseline_of_a_silent_place_is_zero():
    assert (hub_baseline(np.zeros(5), weeks=2) == 0).all()
