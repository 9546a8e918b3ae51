"""Lateness learned from snapshots, and provinces that add up to their country."""

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES
from sampan.engines.incidence import from_daily
from sampan.engines.situation import MEDIAN, add_up, assess
from sampan.engines.truncation import reported_share

COVID = DISEASES["covid-19"]
SHARE = np.array([0.4, 0.7, 0.9, 1.0])  # known 0, 1, 2, 3 days after


def snapshot(days):
    """Totals as published after ``days`` days, of 400 people a day in each of two places."""
    late = np.ones(days)
    late[-4:] = SHARE[::-1][-days:] if days < 4 else SHARE[::-1]
    return np.cumsum(np.repeat((400.0 * late)[:, None], 2, axis=1), axis=0)


def test_the_share_is_learned_from_what_snapshots_lacked():
    share = reported_share([snapshot(days) for days in range(30, 61)], longest=10)
    assert share.shape == (60,)
    assert share[-4:] == pytest.approx(SHARE[::-1], abs=0.02)
    assert (share[:-4] == 1).all()


def test_one_snapshot_teaches_nothing():
    assert (reported_share([snapshot(40)]) == 1).all()


def test_snapshots_of_other_places_are_refused():
    with pytest.raises(InputError, match="different places"):
        reported_share([np.ones((5, 2)), np.ones((6, 3))])


def test_provinces_add_up_to_their_country():
    rng = np.random.default_rng(3)
    parts = rng.poisson([[40.0, 15.0, 4.0]], (70, 3)).astype(float)
    counts = np.column_stack([parts.sum(axis=1), parts, rng.poisson(30, 70)])
    situation = assess(from_daily(counts), disease=COVID)
    parent = np.array([-1, 0, 0, 0, -1])
    consistent = add_up(situation, parent=parent, disease=COVID)
    middle = consistent.infections[MEDIAN]
    assert middle[:, 1:4].sum(axis=1) == pytest.approx(middle[:, 0])
    assert (consistent.r[:, :, 4] == situation.r[:, :, 4]).all()
    weights = COVID.generation_interval
    pressure = np.stack([np.convolve(column, weights)[:70] for column in middle.T], axis=1)
    late = slice(30, 70)
    weighted = (consistent.r[MEDIAN] * pressure)[late, 1:4].sum(axis=1) / pressure[late, 1:4].sum(axis=1)
    assert weighted == pytest.approx(consistent.r[MEDIAN, late, 0], rel=0.01)
