"""How good was a forecast?

Weighted interval score, its logarithmic twin, relative score, coverage, and the baseline against which
the forecast hubs score (COVIDhub-baseline).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError

Array = npt.NDArray[np.float64]

HUB_LEVELS = (0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99)


def wis(quantiles: npt.ArrayLike, truth: npt.ArrayLike, *, levels: tuple[float, ...] = HUB_LEVELS) -> Array:
    """Weighted interval score (Bracher et al. 2021, PLoS Comput Biol 17:e1008618, eq. 1); 0 is perfect.

    quantiles: (..., levels), in the unit of truth. truth: (...). The levels must be symmetric around a
    median; the score then equals the mean of twice the pinball loss over them. NaN where truth is NaN.
    """
    predicted, happened = np.asarray(quantiles, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    tau = np.asarray(levels)
    if predicted.shape[-1] != len(tau) or not np.allclose(tau + tau[::-1], 1.0) or len(tau) % 2 == 0:
        raise InputError(
            f"{predicted.shape[-1]} quantiles for {len(tau)} levels; levels pair up around a median.",
            way_out="Give quantiles on the last axis, one per level.",
        )
    miss = happened[..., None] - predicted
    return np.asarray(2.0 * np.maximum(tau * miss, (tau - 1.0) * miss).mean(axis=-1), dtype=np.float64)


def log_wis(
    quantiles: npt.ArrayLike, truth: npt.ArrayLike, *, levels: tuple[float, ...] = HUB_LEVELS
) -> Array:
    """WIS of log(1 + count) (Bosse et al. 2023, PLoS Comput Biol 19:e1011393); counts below 0 score as 0."""
    clip = np.maximum(np.asarray(quantiles, dtype=np.float64), 0.0)
    return wis(np.log1p(clip), np.log1p(np.maximum(np.asarray(truth, dtype=np.float64), 0.0)), levels=levels)


def covered(
    quantiles: npt.ArrayLike,
    truth: npt.ArrayLike,
    *,
    central: float,
    levels: tuple[float, ...] = HUB_LEVELS,
) -> npt.NDArray[np.bool_]:
    """Whether the truth lies in the central interval (0.95: between the 0.025 and 0.975 quantiles)."""
    values, happened = np.asarray(quantiles, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    low, high = _level(levels, (1.0 - central) / 2.0), _level(levels, (1.0 + central) / 2.0)
    return np.asarray((values[..., low] <= happened) & (happened <= values[..., high]), dtype=np.bool_)


def _level(levels: tuple[float, ...], wanted: float) -> int:
    found = int(np.argmin(np.abs(np.asarray(levels) - wanted)))
    if abs(levels[found] - wanted) > 1e-9:
        raise InputError(f"The levels hold no {wanted:g} quantile.", way_out="Ask for an interval they hold.")
    return found


def relative_wis(scores: npt.ArrayLike) -> Array:
    """Relative skill of each model: geometric mean of its ratios of mean WIS (Cramer et al. 2022, PNAS).

    scores: (targets, models), NaN where a model has no forecast; pairs are compared on shared targets.
    Divide by the baseline's entry to report. (models,).
    """
    table = np.asarray(scores, dtype=np.float64)
    models = table.shape[1]
    ratio = np.ones((models, models))
    for first in range(models):
        for second in range(models):
            shared = np.isfinite(table[:, first]) & np.isfinite(table[:, second])
            ratio[first, second] = table[shared, first].mean() / table[shared, second].mean()
    return np.asarray(np.exp(np.log(ratio).mean(axis=1)), dtype=np.float64)


def hub_baseline(
    weekly: npt.ArrayLike,
    *,
    weeks: int,
    seed: int = 0,
    draws: int = 2000,
    levels: tuple[float, ...] = HUB_LEVELS,
) -> Array:
    """COVIDhub-baseline for one place, (weeks, levels): the last week again, spread by past differences.

    weekly: counts per week, oldest first, (weeks so far,); leading zero weeks are dropped. The one-week steps
    are ``draws`` evenly spaced quantiles of all past first differences and their negatives; week h adds a
    random permutation of them to the uncorrected week h - 1; then the median is put back to the last week
    and negatives are clipped (reichlab/covidModels, as described in the hub's metadata).
    """
    counts = np.asarray(weekly, dtype=np.float64)
    first = int(np.argmax(counts != 0)) if bool((counts != 0).any()) else len(counts) - 1
    counts = counts[first:]
    steps = np.diff(counts)
    pool = np.concatenate([steps, -steps]) if len(steps) else np.zeros(1)
    even = np.quantile(pool, np.linspace(0.0, 1.0, draws))
    rng = np.random.default_rng(seed)
    path, out = np.full(draws, counts[-1]), []
    for week in range(weeks):
        path = path + (even if week == 0 else rng.permutation(even))
        shown = np.maximum(path - np.median(path) + counts[-1], 0.0)
        out.append(np.quantile(shown, levels))
    return np.asarray(out, dtype=np.float64)
