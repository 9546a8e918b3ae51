"""Fast code against slow, obvious code."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sampan.engines import band, curve, renewal, tracker
from sampan.engines.disease import DISEASES, discretised_gamma
from sampan.engines.incidence import from_cumulative, from_daily
from sampan.engines.score import HUB_LEVELS, wis

COVID = DISEASES["covid-19"]
counts = arrays(np.float64, st.tuples(st.integers(1, 50), st.just(2)), elements=st.integers(0, 2000))


def dense(matrices):
    places, width, size = matrices.shape
    out = np.zeros((places, size, size))
    for offset in range(width):
        for column in range(size - offset):
            out[:, column + offset, column] = out[:, column, column + offset] = matrices[:, offset, column]
    return out


@given(st.integers(1, 30), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_banded_algebra_is_dense_algebra(size, width, seed):
    rng = np.random.default_rng(seed)
    matrices = rng.standard_normal((3, width, size))
    matrices[:, 0] = 2.0 * width + rng.random((3, size))
    right, full = rng.standard_normal((3, size)), dense(matrices)
    factor = band.factorise(matrices)
    assert band.solve(factor, right) == pytest.approx(
        np.linalg.solve(full, right[..., None])[..., 0], abs=1e-9
    )
    assert band.log_determinant(factor) == pytest.approx(np.linalg.slogdet(full)[1])
    inverse, blocks = np.linalg.inv(full), band.inverse_blocks(factor)
    for j in range(size):
        end = min(j + width, size)
        assert blocks[j, :, : end - j, : end - j] == pytest.approx(inverse[:, j:end, j:end], abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_sums_over_the_past_and_their_slopes_are_what_a_loop_gives(seed, days):
    frame = curve.frame(days, disease=COVID)
    theta = np.random.default_rng(seed).normal(0, 1, (1, frame.coefficients)).cumsum(axis=1) * 0.3
    infections = np.exp(curve.values(theta, frame.basis)).ravel()
    sums, tangent = curve.add_up(frame, frame.delay, theta)
    pmf = COVID.infection_to_report
    kept = pmf[: int(np.searchsorted(np.cumsum(pmf), 1.0 - curve.TAIL)) + 1]
    kept = kept / kept.sum()
    first = 7 * frame.lead
    slow = [sum(kept[s] * infections[t - s] for s in range(len(kept))) for t in range(first, len(infections))]
    assert sums.ravel() == pytest.approx(np.array(slow))
    step, column = 1e-6, frame.coefficients - 4
    moved = theta.copy()
    moved[0, column] += step
    change = (np.log(curve.add_up(frame, frame.delay, moved)[0]) - np.log(sums)) / step
    window = frame.delay.splines
    local = column - curve.KNOTS * (frame.weeks - 1 - frame.delay.back)
    assert 0 <= local < window
    assert tangent[0, -1, :, local] == pytest.approx(change[0, -1], abs=1e-4)


@given(counts)
def test_cleaning_keeps_everyone_who_is_not_called_an_anomaly(table):
    seen = from_daily(table)
    assert (seen.used >= 0).all() and (seen.used <= table).all()
    assert (seen.used[~seen.anomaly] == table[~seen.anomaly]).all()
    closed = seen.used.sum() - seen.used[(seen.covers > curve_limit(seen))].sum()
    assert seen.daily.sum() <= seen.used.sum() + 1e-6 and closed >= -1e-6


def curve_limit(seen):
    return np.full(seen.covers.shape, 15)


@given(counts)
def test_totals_and_counts_say_the_same(table):
    totals = np.cumsum(table, axis=0)
    by_total, by_day = from_cumulative(totals), from_daily(table)
    assert (by_total.raw == by_day.raw).all()
    assert (by_total.covers == by_day.covers)[~by_total.opening.any(axis=0)[None].repeat(len(table), 0)].all()


@given(counts, st.integers(1, 50))
def test_flags_of_spikes_use_only_the_past(table, day):
    day = min(day, len(table))
    now, later = from_daily(table[:day]), from_daily(table)
    readable = ~(now.silent | later.silent[:day]).any() and (now.covers == later.covers[:day]).all()
    if readable:
        lifted = now.anomaly & ~later.anomaly[:day]
        assert (later.anomaly[:day] <= now.anomaly).all()
        assert not lifted[: max(day - 3, 0)].any()


@given(
    arrays(np.float64, 23, elements=st.floats(0, 1e6)).map(np.sort),
    st.floats(0, 1e6),
)
def test_wis_is_the_sum_over_central_intervals(quantiles, truth):
    """Bracher et al. 2021: (1 / (K + ½)) [½ |y − m| + Σ α_k / 2 · IS_k]."""
    total = 0.5 * abs(truth - quantiles[11])
    for k in range(11):
        low, high, alpha = quantiles[k], quantiles[22 - k], 2 * HUB_LEVELS[k]
        beyond = max(low - truth, 0) + max(truth - high, 0)
        total += alpha / 2 * ((high - low) + 2 / alpha * beyond)
    assert wis(quantiles, truth) == pytest.approx(total / 11.5, rel=1e-9, abs=1e-9)


def test_one_day_at_a_time_is_all_days_at_once():
    incidence = from_daily(np.random.default_rng(4).poisson(60, (40, 3)).astype(float))
    fitted = renewal.fit(incidence, disease=COVID)
    whole = tracker.track(incidence, disease=COVID, fitted=fitted)
    first = replace_last(incidence, fitted)
    assert whole.tracker.belief == pytest.approx(first.belief, abs=1e-9)


def replace_last(incidence, fitted):
    smoothness = np.exp(fitted.weights @ np.log(renewal.SMOOTHNESS))
    state = tracker.begin(3, disease=COVID, smoothness=smoothness, dispersion=fitted.dispersion)
    for day in range(40):
        state, _ = tracker.advance(
            state,
            incidence.used[day],
            covers=incidence.covers[day],
            read=incidence.readable[day],
            weekday=fitted.weekday[day],
        )
    return state


def test_the_grid_filter_is_bayes_by_hand():
    """Two days, one place: prior times likelihood, moved, times likelihood, by explicit loops."""
    state = tracker.begin(1, disease=COVID, smoothness=np.array([0.045]), dispersion=np.array([10.0]))
    state = replace(state, recent=np.full(state.recent.shape, 50.0))
    moved, _ = tracker.advance(state, np.array([80.0]), covers=np.array([1]), read=np.array([True]))
    from scipy.stats import nbinom

    kernel = tracker._kernel(0.045, COVID.mean_generation)
    belief = np.zeros(tracker.POINTS)
    for i in range(tracker.POINTS):
        prior = (1 - tracker.FLOOR) * sum(
            state.belief[0, j] * kernel[j, i] for j in range(tracker.POINTS)
        ) + tracker.FLOOR / tracker.POINTS
        mean = np.exp(tracker.GRID[i]) * 50.0
        belief[i] = prior * (1 - tracker.OUTLIER) * nbinom.pmf(80, 10.0, 10.0 / (10.0 + mean))
        spread = (1 - tracker.FLOOR) * state.belief[0] @ kernel + tracker.FLOOR / tracker.POINTS
        centre = np.exp(spread @ tracker.GRID) * 50.0
        belief[i] += prior * tracker.OUTLIER * nbinom.pmf(80, 0.5, 0.5 / (0.5 + centre))
    assert moved.belief[0] == pytest.approx(belief / belief.sum(), abs=1e-9)


@given(st.floats(1.5, 20.0), st.floats(0.5, 10.0))
def test_discretised_gammas_keep_mean_and_spread(mean, sd):
    pmf = discretised_gamma(mean, sd, 400, shift=1)
    days = np.arange(400)
    assert pmf.sum() == pytest.approx(1) and pmf[0] == 0
    if sd < mean:
        assert pmf @ days == pytest.approx(mean, rel=0.02)
