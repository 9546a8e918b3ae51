"""How many will be reported in the coming weeks, and how sure is that?

Weeks 1–4 are a calibrated forecast, later weeks a scenario range under the assumption that nothing new
happens. Spread is learned from the errors that the same rule would have made in the weeks before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from sampan.core.errors import InputError
from sampan.engines.disease import Disease
from sampan.engines.incidence import Incidence
from sampan.engines.score import HUB_LEVELS
from sampan.engines.situation import Situation

Array = npt.NDArray[np.float64]

MOST_WEEKS = 52
CALIBRATED_WEEKS = 4
DAMPING = 0.5  # share of the growth rate that is left a week later
WEEK_CORRELATION = 0.9  # of normal scores of neighbouring weeks in sample paths
SIZES = (10.0, 100.0, 1000.0, 10000.0)  # people per week; borders of the classes that share a spread


@dataclass(frozen=True, eq=False)
class Forecast:
    """Weekly new reports after the last day, people per week; quantiles (places, weeks, levels)."""

    levels: tuple[float, ...]
    quantiles: Array
    calibrated_weeks: int = CALIBRATED_WEEKS

    def samples(self, count: int, *, seed: int | np.random.Generator) -> Array:
        """Joint sample paths, (count, weeks, places), people per week; each week follows its quantiles.

        Weeks are tied by a Gaussian copula, an AR(1) with correlation WEEK_CORRELATION; places are
        independent. Beyond the outermost levels the quantile function is held flat.
        """
        rng = np.random.default_rng(seed)
        places, weeks, _ = self.quantiles.shape
        score = rng.standard_normal((count, places))
        out = np.empty((count, weeks, places))
        for week in range(weeks):
            if week:
                fresh = rng.standard_normal((count, places))
                score = WEEK_CORRELATION * score + np.sqrt(1.0 - WEEK_CORRELATION**2) * fresh
            out[:, week] = _read_quantiles(self.quantiles[:, week], self.levels, ndtr(score))
        return out


def project(
    incidence: Incidence, situation: Situation, *, disease: Disease, weeks: int = 8, seed: int = 0
) -> Forecast:
    """Forecast weekly new reports for ``weeks`` 7-day weeks after the last day.

    Damped growth: log level of the last week plus its weekly growth, of which DAMPING is left a week later,
    shrunk where counts are small. Raises InputError for a horizon outside 1–52.
    """
    del situation, disease, seed
    check_weeks(weeks)
    history = weekly_counts(incidence.daily)
    centres = _damped_growth(history, weeks)
    spread = _past_errors(history, weeks)
    size = np.digitize(history[-1], SIZES)
    log_quantiles = centres[-1][:, :, None] + spread[:, size].transpose(1, 0, 2)
    return Forecast(HUB_LEVELS, np.maximum(np.expm1(log_quantiles), 0.0))


def project_deaths(cases: Incidence, deaths: Incidence, forecast: Forecast, *, disease: Disease) -> Forecast:
    """Forecast weekly new deaths for the weeks of a forecast of cases, same places in the same order.

    Deaths follow cases through the delay from report to death and the place's fatality ratio of the last
    six weeks, shrunk to the disease's own ratio where deaths are few.
    """
    weeks = forecast.quantiles.shape[1]
    median = forecast.quantiles[:, :, forecast.levels.index(0.5)].T
    daily = np.vstack([cases.daily, np.repeat(median / 7.0, 7, axis=0)])
    due = np.zeros(daily.shape)
    for lag, weight in enumerate(disease.report_to_death[: len(daily)]):
        due[lag:] += weight * daily[: len(daily) - lag]
    days = len(cases.raw)
    recent = deaths.daily[-42:].sum(axis=0)
    ratio = (recent + 5.0 * disease.fatality_ratio) / (due[max(days - 42, 0) : days].sum(axis=0) + 5.0)
    centre = (due[days:].reshape(weeks, 7, -1).sum(axis=1) * np.minimum(ratio, 1.0)).T
    history = weekly_counts(deaths.daily)
    size = np.digitize(history[-1], SIZES)
    spread = _past_errors(history, weeks)[:, size].transpose(1, 0, 2)
    quantiles = np.expm1(np.log1p(centre)[:, :, None] + spread)
    return Forecast(HUB_LEVELS, np.maximum(quantiles, 0.0))


def check_weeks(weeks: int) -> None:
    if not 1 <= weeks <= MOST_WEEKS:
        raise InputError(
            f"A forecast of {weeks} weeks was asked for.", way_out=f"Ask for 1 to {MOST_WEEKS} weeks."
        )


def weekly_counts(daily: Array) -> Array:
    """People per 7-day week ending on the last day, oldest first, (weeks, places); at least one week."""
    days, places = daily.shape
    padded = np.vstack([np.zeros(((-days) % 7, places)), daily])
    return np.asarray(padded.reshape(-1, 7, places).sum(axis=1), dtype=np.float64)


def _damped_growth(history: Array, weeks: int) -> Array:
    """Log level forecast from every past week, (weeks so far, places, weeks ahead)."""
    level = np.log1p(history)
    before = np.vstack([level[:1], level[:-1]])
    smooth = 0.5 * (level - before) + 0.5 * np.vstack([(level - before)[:1], (level - before)[:-1]])
    growth = np.clip(smooth, -1.5, 1.5) * (history / (history + 20.0))
    reach = np.cumsum(DAMPING ** np.arange(1, weeks + 1))
    return np.asarray(level[:, :, None] + growth[:, :, None] * reach, dtype=np.float64)


def _past_errors(history: Array, weeks: int) -> Array:
    """Quantiles of log error, (weeks ahead, size classes, levels), of the last 10 weeks' own forecasts.

    Pooled by size of the place; horizons never seen are widened from week 1 by the square root of time; a
    class with few errors is filled from a normal prior of sd 0.5.
    """
    centres = _damped_growth(history, min(weeks, 8))
    size = np.digitize(history, SIZES)
    prior = np.asarray(ndtri(np.asarray(HUB_LEVELS)) * 0.5)
    out = np.empty((weeks, len(SIZES) + 1, len(HUB_LEVELS)))
    for ahead in range(1, weeks + 1):
        lag = min(ahead, 4)
        first = max(len(history) - 10 - lag, 0)
        errors = np.log1p(history[lag + first :]) - centres[first : max(len(history) - lag, 0), :, lag - 1]
        classes = size[first : first + len(errors)]
        started = history[first : first + len(errors)] > 0
        for group in range(len(SIZES) + 1):
            pool = errors[(classes == group) & started]
            widen = np.sqrt(ahead / lag)
            own = np.quantile(pool, HUB_LEVELS) if len(pool) else np.zeros(len(HUB_LEVELS))
            weight = len(pool) / (len(pool) + 20.0)
            out[ahead - 1, group] = (weight * own + (1 - weight) * prior * np.sqrt(lag)) * widen
    return np.sort(out, axis=2)


def _read_quantiles(quantiles: Array, levels: tuple[float, ...], probability: Array) -> Array:
    """Value of each place's quantile function, quantiles (places, levels), at probability (count, places)."""
    upper = np.clip(np.searchsorted(levels, probability), 1, len(levels) - 1)
    tau = np.asarray(levels)
    share = np.clip((probability - tau[upper - 1]) / (tau[upper] - tau[upper - 1]), 0.0, 1.0)
    place = np.arange(len(quantiles))
    low, high = quantiles[place, upper - 1], quantiles[place, upper]
    return np.asarray(low + share * (high - low), dtype=np.float64)
