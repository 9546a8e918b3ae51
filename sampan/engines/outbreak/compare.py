"""How good were the office's estimates, now that the truth may be seen?

Each is scored only where it was made: NaN is an estimate that was not given, and is counted as such rather
than as wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sampan.core.errors import InputError
from sampan.engines.outbreak.epidemic import Truth
from sampan.engines.outbreak.reporting import Mask, Reported
from sampan.engines.outbreak.scenario import Floats, Ints


@dataclass(frozen=True)
class Comparison:
    """Scores over all decision days and places; NaN where there was nothing to score."""

    r_scored: int
    """Estimates of R compared with the truth."""
    r_missing: int
    """Place-days with enough cases for which no R was given."""
    r_coverage: float
    """Share of true R inside its interval."""
    r_log_error: float
    """Median absolute error of log R; 0.1 is about 10 %."""
    phase_scored: int
    """Place-days whose true R is clear of 1."""
    phase_right: float
    """Share of those called rising or falling rightly."""
    forecast_scored: tuple[int, ...]
    """By week ahead: place-weeks whose forecast could be held against reports."""
    forecast_coverage: tuple[float, ...]
    """By week ahead: share of reported weekly cases inside the interval."""
    forecast_error: tuple[float, ...]
    """By week ahead: median of |median − reported| / reported."""


def compare(
    truth: Truth,
    reported: Reported,
    *,
    days: Sequence[int],
    r: ArrayLike,
    weekly: ArrayLike | None = None,
    phase: ArrayLike | None = None,
    least_cases: int = 50,
    clear_of_one: float = 0.05,
) -> Comparison:
    """Hold estimates made on the evening of each of ``days`` against what was and what came.

    days: (decisions,) last day that was known at each decision.
    r: (3, decisions, places) lower end, median and upper end of R; NaN where none was given. It is held
        against ``truth.r_of_reports`` of that day, the R behind the cases then being reported.
    weekly: (3, decisions, weeks, places) lower end, median and upper end of the cases reported in the
        1st, 2nd, … seven days after each decision; NaN where none was given. Weeks past the end go unscored.
    phase: (decisions, places) above 0 called rising, below 0 falling, 0 steady (never right here), NaN not
        called. By default the sign of log of the median of R.
    least_cases: a place is scored from this many cases reported in the 14 days before the decision.
    clear_of_one: phase is scored where |log true R| exceeds this.

    Raises InputError if a shape does not fit or a day lies outside the truth.
    """
    when = np.asarray(days, dtype=np.int64)
    decisions, places = len(when), truth.r.shape[1]
    if np.any((when < 0) | (when >= len(truth.r))):
        raise InputError(
            f"A decision day lies outside 0 to {len(truth.r) - 1}.", field="days", way_out="Count from day 0."
        )
    low, median, high = _shaped("r", r, (3, decisions, places))
    true = truth.r_of_reports[when]
    busy = _busy(reported, when, least_cases) & ~np.isnan(true) & (true > 0)
    given = busy & ~np.isnan(low + median + high)
    called = _log(median) if phase is None else _shaped("phase", phase, (decisions, places))
    clear = busy & (np.abs(_log(true)) > clear_of_one) & ~np.isnan(called)
    counts, coverage, error = _forecast(reported, when, weekly, _busy(reported, when, least_cases))
    return Comparison(
        r_scored=int(given.sum()),
        r_missing=int((busy & ~given).sum()),
        r_coverage=_mean((low <= true) & (true <= high), given),
        r_log_error=_median(np.abs(_log(median) - _log(true)), given),
        phase_scored=int(clear.sum()),
        phase_right=_mean(np.sign(called) == np.sign(_log(true)), clear),
        forecast_scored=counts,
        forecast_coverage=coverage,
        forecast_error=error,
    )


def _forecast(
    reported: Reported,
    when: Ints,
    weekly: ArrayLike | None,
    busy: Mask,
) -> tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...]]:
    """Counts, coverage and relative error, each by week ahead."""
    if weekly is None:
        return (), (), ()
    weeks = np.shape(weekly)[2] if np.ndim(weekly) == 4 else 0
    low, median, high = _shaped("weekly", weekly, (3, len(when), weeks, busy.shape[1]))
    counts, coverage, error = [], [], []
    for week in range(weeks):
        came = _week_after(reported, when + 7 * week)
        scored = busy & ~np.isnan(came + low[:, week] + median[:, week] + high[:, week])
        inside = (low[:, week] <= came) & (came <= high[:, week])
        counts.append(int(scored.sum()))
        coverage.append(_mean(inside, scored))
        sure = scored & (came > 0)
        error.append(_median(np.abs(median[:, week] - came) / np.where(sure, came, 1.0), sure))
    return tuple(counts), tuple(coverage), tuple(error)


def _week_after(reported: Reported, when: Ints) -> Floats:
    """(decisions, places) cases reported in the seven days after; NaN past the last day."""
    last = len(reported.cases) - 1
    came = reported.cases[np.minimum(when + 7, last)] - reported.cases[np.minimum(when, last)]
    return np.where((when + 7 <= last)[:, None], came.astype(np.float64), np.nan)


def _busy(reported: Reported, when: Ints, least_cases: int) -> Mask:
    before = np.where((when >= 14)[:, None], reported.cases[np.maximum(when - 14, 0)], 0)
    return np.asarray(reported.cases[when] - before >= least_cases)


def _shaped(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    if array.shape != shape:
        raise InputError(f"{name} has shape {array.shape}.", field=name, way_out=f"Give {shape}.")
    return array


def _log(values: Floats) -> Floats:
    """Natural logarithm; −inf at 0, NaN stays NaN."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


def _mean(right: Mask, where: Mask) -> float:
    return float(right[where].mean()) if where.any() else float("nan")


def _median(values: Floats, where: Mask) -> float:
    return float(np.median(values[where])) if where.any() else float("nan")
