"""What did weeks like this one lead to?

A regression of the log change over the next weeks on the growth seen before, learned from all places' recent
past, and the spread of its own errors: by size of the place, by horizon, and by how restless the place is.
Only what had been reported enters, so the same function serves today and any day in the past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sampan.engines.incidence import Incidence
from sampan.engines.score import HUB_LEVELS

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEARNED_WEEKS = 4  # horizons with a regression of their own; later ones widen the last
WINDOW = 20  # weeks of past forecasts that teach
MEMORY = 6.0  # weeks after which one teaches 1/e as much
OFFSET = 1.0  # people, added before the logarithm
YOUNG = 1200.0  # past outcomes times the weeks they stem from, at which half of what they teach is believed
BELIEVED = 0.65  # youth from which a horizon is no calibrated forecast
STARTED = 20.0  # people reported so far; before that a place neither teaches nor has a trend
RESTLESS_PRIOR = 1.5  # weeks that the usual restlessness counts for
RESTLESS_RANGE = (0.1, 4.0)  # of a place's error variance, in multiples of the usual at its size
CORE = 0.9  # of the pooled spread in the middle of the distribution: mixed pools are heavy there
TAIL = 1.04  # of it at the ends: what is learned is always a little out of date
DRIFT = 0.06  # added to its tails per further week: past misses are those of weights fitted to them
FADE = 0.4  # of growth left a week later, in the part of a path that fades
LASTING_PRIOR = 0.5  # how strongly the part that stays is drawn to none
YOUNG_SPREAD = 0.2  # how much wider a wholly untaught forecast is
FALL = 2.5  # a fall may go so many times farther, in log, than a rise
LARGEST_MISS = 4.0  # multiples of the spread, times the square root of the horizon
PRIOR_MISSES = 6  # as many draws of a normal, 1.2 √h wide, join each pool of errors
LEARN_BORDERS = (2.0, 3.3)  # log10 of weekly reports between sizes that share a trend …
SPREAD_BORDERS = (1.0, 2.0, 3.0, 3.7, 4.5)  # … and sizes that share a spread
POOL_STRENGTH = 10.0  # how strongly the weights of the horizon before hold those of the next
SIZE_STRENGTH = 10.0  # likewise the weights of all sizes those of one size
OVERLAP = 0.3  # log10 by which neighbours lend each other


@dataclass(frozen=True, eq=False)
class History:
    """Counts per 7-day week ending on the last day, oldest first, (weeks, places).

    used: cleaned, per seven days that the week's reports cover; earlier: the same, three days before;
    reported: as published, not below 0, which is what a forecast is scored against.
    """

    used: Array
    earlier: Array
    reported: Array

    @property
    def started(self) -> Mask:
        return np.asarray(np.cumsum(self.reported, axis=0) >= STARTED, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Trend:
    """Log change expected by learned horizon, (places, LEARNED_WEEKS), and by how much it is missed by level,
    (places, weeks, levels), 0 at the median.

    youth: how little the past has taught about each learned horizon, 0, enough, to 1, nothing.
    """

    centre: Array
    error: Array
    youth: Array


def history(incidence: Incidence) -> History:
    """Weekly history of the reports."""
    people, covers = incidence.comparable, incidence.covers.astype(np.float64)
    shifted = [np.vstack([np.zeros((3, x.shape[1])), x[:-3]])[-len(x) :] for x in (people, covers)]
    reported = np.maximum(_weekly(np.nan_to_num(incidence.raw, nan=0.0) * incidence.rebase), 0.0)
    return History(_weekly_rate(people, covers), _weekly_rate(*shifted), reported)


def growth_features(past: History) -> Array:
    """What growth has been, damped where counts are small, (weeks, places, 6).

    Log growth of the last three weeks, and of the last three days; growth of the last week of all places
    together (weighted by the square root of their size), since waves are shared; and its signed square, since
    steep growth fades faster.
    """
    level = np.log(past.used + OFFSET)
    steps = np.diff(np.vstack([np.repeat(level[:1], 3, axis=0), level]), axis=0)
    turns = [steps[3 - lag - 1 : len(steps) - lag] for lag in range(3)]
    turns.append(np.clip(level - np.log(past.earlier + OFFSET), -1.5, 1.5))
    trust = past.used / (past.used + 20.0)
    own = np.clip(np.stack(turns, axis=-1), -2.0, 2.0) * trust[:, :, None]
    weight = np.sqrt(np.minimum(past.used, 10_000.0))
    shared = (own[:, :, 0] * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1.0)
    everyone = np.broadcast_to(shared[:, None], trust.shape)
    return np.concatenate([own, np.stack([everyone, own[:, :, 0] * np.abs(own[:, :, 0])], axis=2)], axis=2)


GROWTH_PRIOR = np.array([0.35, 0.1, 0.0, 0.5, 0.0, 0.0])  # per growth feature at one week


def learn(past: History, features: list[Array], prior: Array, *, weeks: int) -> Trend:
    """Fit the change from every past week to the weeks after it, and the spread of what it missed.

    features: per horizon 1 … LEARNED_WEEKS (the last serves the rest), (weeks so far, places, features).
    prior: (features,) weights at one week where little has been seen. All LEARNED_WEEKS are learned whatever
    ``weeks`` is, so that a week's forecast does not depend on how many were asked for.
    """
    youth, centre, misses, taught = _youth(past), [], [], []
    for ahead in range(1, LEARNED_WEEKS + 1):
        change, miss, seen, fitted = _regress(past, features[ahead - 1], prior, ahead, youth[ahead - 1])
        prior = fitted * (1.0 - FADE ** (ahead + 1)) / (1.0 - FADE**ahead)
        centre.append(change)
        misses.append(miss)
        taught.append(seen)
    scale_then, scale_now = _restlessness(past, misses[0], taught[0])
    shapes = [_spread(past, misses[a], taught[a], scale_then, a + 1) for a in range(LEARNED_WEEKS)]
    for ahead in range(2, LEARNED_WEEKS + 1):
        shapes[ahead - 1] += youth[ahead - 1] * (shapes[0] * np.sqrt(ahead) - shapes[ahead - 1])
    error = np.empty((len(scale_now), max(weeks, LEARNED_WEEKS), len(HUB_LEVELS)))
    for ahead in range(1, error.shape[1] + 1):
        known = min(ahead, LEARNED_WEEKS)
        wide = scale_now[:, None] * shapes[known - 1] * _stretch(known) * np.sqrt(ahead / known)
        wide = wide * (1.0 + YOUNG_SPREAD * youth[known - 1])
        farthest = 0.6 + 0.5 * np.sqrt(ahead * known) + 3.6 / np.sqrt(past.used[-1] + 1.0)
        error[:, ahead - 1] = _held(wide, farthest[:, None])
    error = np.sort(error, axis=2)
    middle = error[:, :, [len(HUB_LEVELS) // 2]]
    return Trend(np.stack(centre, axis=1) + middle[:, :LEARNED_WEEKS, 0], (error - middle)[:, :weeks], youth)


def steady(centre: Array, *, youth: float, weeks: int) -> Array:
    """One smooth path through the log changes of LEARNED_WEEKS horizons, (places, weeks).

    Weekly growth on it is a part that fades to FADE of itself each week and a part that stays, so it moves one
    way; weighted least squares, the lasting part drawn to 0, the more so the higher ``youth``, 0–1: what is
    learned then may bend a wave, but not turn it. After the learned weeks all growth fades.
    """
    ahead = np.arange(1, LEARNED_WEEKS + 1)
    basis = np.stack([np.cumsum(FADE ** (ahead - 1)), ahead.astype(np.float64)], axis=1)
    weight = (1.0 / ahead)[:, None]
    drawn = np.diag([0.0, LASTING_PRIOR / max(1.0 - youth, 1e-3) ** 2])
    path = basis @ np.linalg.solve(basis.T @ (weight * basis) + drawn, (weight * basis).T @ centre.T)
    left = np.cumsum(FADE ** np.arange(1, max(weeks - LEARNED_WEEKS, 0) + 1))
    later = path[-1:] + left[:, None] * (path[-1:] - path[-2:-1])
    return np.asarray(np.concatenate([path, later])[:weeks].T, dtype=np.float64)


def standstill(past: History, *, weeks: int) -> Array:
    """The last week again, spread by the place's own weekly differences times √h, (places, weeks, levels).

    What the hubs' baseline says, in closed form; leading weeks without reports do not count. A difference from
    weeks when the place was larger shrinks in proportion, or a place with no cases would swing by thousands.
    """
    begun = np.cumsum(past.reported, axis=0) > 0
    larger = np.maximum(past.reported[1:], past.reported[:-1])
    share = np.minimum((past.reported[-1] + STARTED) / (larger + STARTED), 1.0)
    steps = np.where(begun[:-1], np.diff(past.reported, axis=0) * share, np.nan)
    ordered = np.sort(np.vstack([steps, -steps]), axis=0)
    known = np.maximum(2 * begun[:-1].sum(axis=0), 1)
    at = (known - 1) * np.array(HUB_LEVELS)[:, None]
    low, place = np.floor(at).astype(np.int64), np.arange(len(known))
    pool = np.vstack([np.nan_to_num(ordered), np.zeros((1, len(known)))])
    quantile = pool[low, place] + (at - low) * (
        pool[np.minimum(low + 1, known - 1), place] - pool[low, place]
    )
    spread = quantile.T[:, None, :] * np.sqrt(np.arange(1, weeks + 1))[:, None]
    return np.asarray(np.maximum(past.reported[-1][:, None, None] + spread, 0.0), dtype=np.float64)


def _weekly(daily: Array) -> Array:
    padded = np.vstack([np.zeros(((-len(daily)) % 7, daily.shape[1])), daily])
    return np.asarray(padded.reshape(-1, 7, daily.shape[1]).sum(axis=1), dtype=np.float64)


def _weekly_rate(people: Array, covers: Array) -> Array:
    """People per seven days covered by the reports of each week; a week without a report keeps the one before.

    By day of report, so that a past week holds nothing that was not known at its end.
    """
    total, days = _weekly(people), _weekly(covers)
    rate = np.where(days > 0, 7.0 * total / np.maximum(days, 1.0), np.nan)
    for week in range(1, len(rate)):
        rate[week] = np.where(np.isnan(rate[week]), rate[week - 1], rate[week])
    return np.nan_to_num(rate)


def _taught(past: History, ahead: int) -> tuple[slice, Array, Mask]:
    """Weeks whose outcome ``ahead`` weeks later is known, their weight by age, and who had started."""
    end = max(len(past.used) - ahead, 0)
    weeks = slice(max(end - WINDOW, 0), end)
    age = np.arange(weeks.stop - weeks.start)[::-1, None]
    return weeks, np.exp(-age / MEMORY), past.started[weeks]


def _youth(past: History) -> Array:
    """How little has been taught, by learned horizon, 0–1, never falling with the horizon.

    Outcomes count by age; since waves are shared, also by the number of weeks they stem from (Kish's effective
    number), for a hundred places in one week tell of one week.
    """
    taught = []
    for ahead in range(1, LEARNED_WEEKS + 1):
        _, recent, seen = _taught(past, ahead)
        weekly = (recent * seen).sum(axis=1)
        taught.append(weekly.sum() ** 3 / max((weekly**2).sum(), 1e-9))
    return np.maximum.accumulate(1.0 / (1.0 + (np.array(taught) / YOUNG) ** 3))


def _held(wide: Array, farthest: Array) -> Array:
    """``wide``, slowed towards ``farthest`` upward and FALL times it downward: different levels stay different."""
    limit = np.where(wide > 0.0, farthest, FALL * farthest)
    return np.asarray(wide / (1.0 + (wide / limit) ** 4) ** 0.25, dtype=np.float64)


def _regress(
    past: History, features: Array, prior: Array, ahead: int, youth: float
) -> tuple[Array, Array, Mask, Array]:
    """Change expected now, (places,); what was missed in the past and where that counts, (past weeks, places);
    and the weights common to all sizes, (features,). As far as the epidemic is young they are the prior."""
    weeks, recent, seen = _taught(past, ahead)
    level = np.log(past.used + OFFSET)
    change = np.log(past.reported + OFFSET)[ahead:][weeks] - level[weeks]
    x, now = features[weeks], features[-1]
    weight = recent * seen / (0.03 + 2.0 / (past.used[weeks] + 2.0))
    weight = weight / max(weight.sum(), 1e-9) * seen.sum()
    everywhere = _robust_ridge(x, change, weight, prior, seen, strength=POOL_STRENGTH)
    everywhere = everywhere + youth * (prior - everywhere)
    size_then, size_now = _log_size(past.used[weeks]), _log_size(past.used[-1])
    expected, miss = np.zeros(len(now)), np.zeros(change.shape)
    for low, high in _classes(LEARN_BORDERS):
        near = (size_then >= low - OVERLAP) & (size_then < high + OVERLAP)
        own = _robust_ridge(x, change, weight * near, everywhere, seen & near, strength=SIZE_STRENGTH)
        weights = own + youth * (everywhere - own)
        inside = (size_now >= low) & (size_now < high)
        expected[inside] = now[inside] @ weights
        inside = (size_then >= low) & (size_then < high)
        miss[inside] = change[inside] - x[inside] @ weights
    return expected, miss, seen, everywhere


def _robust_ridge(x: Array, y: Array, weight: Array, prior: Array, seen: Mask, *, strength: float) -> Array:
    """Weighted least squares drawn to ``prior``; misses beyond 1.5 robust sd count linearly (Huber)."""
    beta = prior
    for _ in range(3):
        miss = np.abs(y - x @ beta)
        sd = 1.48 * float(np.median(miss[seen])) + 1e-3 if seen.any() else 1.0
        held = (weight * np.minimum(1.0, 1.5 * sd / np.maximum(miss, 1e-9)))[..., None] * x
        columns = x.shape[-1]
        square = held.reshape(-1, columns).T @ x.reshape(-1, columns) + strength * np.eye(columns)
        right = held.reshape(-1, columns).T @ y.ravel() + strength * prior
        beta = np.asarray(np.linalg.solve(square, right), dtype=np.float64)
    return beta


def _log_size(weekly: Array) -> Array:
    return np.asarray(np.log10(weekly + 1.0), dtype=np.float64)


def _classes(borders: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(zip((0.0, *borders), (*borders, np.inf), strict=True))


def _usual_variance(weekly: Array) -> Array:
    """Variance of log change to be expected from the size alone."""
    return 0.01 + 1.5 / (weekly + 2.0)


def _restlessness(past: History, miss: Array, seen: Mask) -> tuple[Array, Array]:
    """Spread of one-week misses of each place, as known at each past week and now."""
    usual = _usual_variance(past.used[_taught(past, 1)[0]])
    square = np.minimum(np.abs(miss), 1.5) ** 2 / usual
    age = np.exp(-np.arange(len(miss))[::-1, None] / MEMORY) * seen
    pooled = max(float((square * age).sum() / age.sum()), 0.01) if age.sum() > 0 else 1.0
    low, high = (limit * pooled for limit in RESTLESS_RANGE)
    total = np.full(miss.shape[1], RESTLESS_PRIOR * pooled)
    count = np.full(miss.shape[1], RESTLESS_PRIOR)
    fade = np.exp(-1.0 / (MEMORY - 1.0))
    then = np.empty(miss.shape)
    for week in range(len(miss)):
        then[week] = total / count
        total = RESTLESS_PRIOR * pooled + fade * (total - RESTLESS_PRIOR * pooled) + square[week] * seen[week]
        count = RESTLESS_PRIOR + fade * (count - RESTLESS_PRIOR) + seen[week]
    now = _usual_variance(past.used[-1]) * np.clip(total / count, low, high)
    return np.sqrt(usual * np.clip(then, low, high)), np.sqrt(now)


def _spread(past: History, miss: Array, seen: Mask, scale: Array, ahead: int) -> Array:
    """Quantiles of misses in multiples of the place's spread, by size, (places, levels)."""
    weeks, recent, _ = _taught(past, ahead)
    limit = LARGEST_MISS * np.sqrt(ahead)
    relative = np.clip(miss / scale[: len(miss)], -limit, limit)
    size_then, size_now = _log_size(past.used[weeks]), _log_size(past.used[-1])
    assumed = 1.2 * np.sqrt(ahead) * ndtri((np.arange(PRIOR_MISSES) + 0.5) / PRIOR_MISSES)
    out = np.zeros((len(size_now), len(HUB_LEVELS)))
    for low, high in _classes(SPREAD_BORDERS):
        near = seen & (size_then >= low - OVERLAP) & (size_then < high + OVERLAP)
        pool = np.concatenate([relative[near], assumed])
        weight = np.concatenate([np.broadcast_to(recent, seen.shape)[near], np.ones(PRIOR_MISSES)])
        out[(size_now >= low) & (size_now < high)] = _weighted_quantiles(pool, weight)
    return out


def _stretch(ahead: int) -> Array:
    """Factor of each level: CORE in the middle, TAIL and DRIFT more per further week at the ends."""
    tail = np.abs(2.0 * np.array(HUB_LEVELS) - 1.0) ** 4
    return np.asarray(CORE + (TAIL + DRIFT * (ahead - 1) - CORE) * tail, dtype=np.float64)


def _weighted_quantiles(values: Array, weight: Array) -> Array:
    order = np.argsort(values)
    share = np.cumsum(weight[order])
    share = (share - 0.5 * weight[order]) / share[-1]
    return np.asarray(np.interp(HUB_LEVELS, share, values[order]), dtype=np.float64)
