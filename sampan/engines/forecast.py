"""How many will be reported in the coming weeks, and how sure is that?

Weeks 1–4 are a calibrated forecast, later weeks a scenario range under the assumption that nothing new
happens. Spread is learned from the errors that the same rule would have made in the weeks before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from sampan.core.errors import InputError
from sampan.engines import trend
from sampan.engines.disease import Disease
from sampan.engines.incidence import Incidence
from sampan.engines.renewal import PERSISTENCE
from sampan.engines.score import HUB_LEVELS
from sampan.engines.situation import MEDIAN, Situation

Array = npt.NDArray[np.float64]

MOST_WEEKS = 52
CALIBRATED_WEEKS = trend.LEARNED_WEEKS
LEAST_CALIBRATED = 2  # of them where little has been learned
RENEWAL_SHARE = (0.3, 0.2, 0.15, 0.1)  # of the renewal path in the centre, by learned week
RENEWAL_REACH = 1.5  # log change that the renewal path approaches
STANDSTILL_SHARE = 0.2  # of the quantiles
DUE_OFFSET = 20.0  # people, added to the cases behind a week's deaths before the logarithm
WEEK_CORRELATION = 0.9  # of normal scores of neighbouring weeks in sample paths


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


def project(incidence: Incidence, situation: Situation, *, disease: Disease, weeks: int = 8) -> Forecast:
    """Forecast weekly new reports for ``weeks`` 7-day weeks after the last day.

    The centre is the trend learned from all places (``trend.learn``), joined in part by the renewal model's
    own path; the spread is that of the trend's past errors. Raises InputError for a horizon outside 1–52.
    """
    _check_weeks(weeks)
    past = trend.history(incidence)
    features = [trend.growth_features(past)] * trend.LEARNED_WEEKS
    learned = trend.learn(past, features, trend.GROWTH_PRIOR, weeks=weeks)
    renewal = _renewal_path(situation, disease, trend.LEARNED_WEEKS)
    share = np.asarray(RENEWAL_SHARE)
    share = (share + (1.0 - share) * learned.youth) * (past.used[-1] / (past.used[-1] + 50.0))[:, None]
    centre = (1.0 - share) * learned.centre + share * RENEWAL_REACH * np.tanh(renewal / RENEWAL_REACH)
    return _forecast(past, replace(learned, centre=centre))


def project_deaths(cases: Incidence, deaths: Incidence, *, disease: Disease, weeks: int = 8) -> Forecast:
    """Forecast weekly new deaths after the last day; cases and deaths are of the same places and days.

    Deaths follow cases through the delay from report to death. How closely, and how much of their own trend
    they keep, is learned from all places' recent past, as a fatality ratio that moves with them.
    """
    _check_weeks(weeks)
    if cases.raw.shape != deaths.raw.shape:
        raise InputError(
            f"Cases are {cases.raw.shape} days by places, deaths {deaths.raw.shape}.",
            way_out="Give both for the same days and places.",
        )
    past, growth = trend.history(deaths), trend.growth_features(trend.history(deaths))
    due = _deaths_due(trend.history(cases), disease.report_to_death)
    features = [np.concatenate([due[:, :, [ahead]], growth], axis=2) for ahead in range(trend.LEARNED_WEEKS)]
    prior = np.concatenate([[0.5], 0.5 * trend.GROWTH_PRIOR])
    learned = trend.learn(past, features, prior, weeks=weeks)
    return _forecast(past, learned)


def _forecast(past: trend.History, learned: trend.Trend) -> Forecast:
    """Quantiles of the trend on one smooth path, averaged with those of a standstill, ever wider."""
    weeks = learned.error.shape[1]
    level = np.log(past.used[-1] + trend.OFFSET)[:, None]
    centre = level + trend.steady(learned.centre, youth=float(learned.youth[-1]), weeks=weeks)
    moving = np.maximum(np.exp(centre[:, :, None] + learned.error) - trend.OFFSET, 0.0)
    still = trend.standstill(past, weeks=weeks)
    quantiles = (1.0 - STANDSTILL_SHARE) * moving + STANDSTILL_SHARE * still
    known = int((learned.youth < trend.BELIEVED).sum())
    return Forecast(HUB_LEVELS, _ever_wider(quantiles), max(known, LEAST_CALIBRATED))


def _ever_wider(quantiles: Array) -> Array:
    """No week's interval is narrower, on the log scale around its median, than the one before."""
    middle = len(HUB_LEVELS) // 2
    line = np.log(quantiles + trend.OFFSET)
    median = line[:, :, [middle]]
    away = line - median
    away[:, :, :middle] = np.minimum.accumulate(away[:, :, :middle], axis=1)
    away[:, :, middle:] = np.maximum.accumulate(away[:, :, middle:], axis=1)
    return np.asarray(np.maximum(np.exp(median + away) - trend.OFFSET, 0.0), dtype=np.float64)


def _renewal_path(situation: Situation, disease: Disease, weeks: int) -> Array:
    """Log change of weekly reports against the last week, (places, weeks), if growth fades as renewal assumes."""
    infections, growth = situation.infections[MEDIAN], situation.growth[MEDIAN, -1]
    faded = np.cumsum(PERSISTENCE ** (np.arange(1, 7 * weeks + 1) / 7.0))
    ahead = infections[-1] * np.exp(faded[:, None] * growth)
    delay = disease.infection_to_report
    lead = np.repeat(infections[:1], len(delay) + 7, axis=0)
    daily = np.vstack([lead, infections, ahead])
    start = len(daily) - 7 * (weeks + 1)
    reports = sum(share * daily[start - lag : len(daily) - lag] for lag, share in enumerate(delay))
    weekly = np.log(np.asarray(reports).reshape(weeks + 1, 7, -1).sum(axis=1) + trend.OFFSET)
    return np.asarray((weekly[1:] - weekly[0]).T, dtype=np.float64)


def _deaths_due(cases: trend.History, delay: Array) -> Array:
    """Log change of the deaths that cases lead to, from every week to the weeks after it.

    Only the cases of that week and before enter; later ones go on with half of the growth rate left each
    week. (weeks so far, places, LEARNED_WEEKS).
    """
    spread = np.convolve(delay, np.full(7, 1.0 / 7.0))
    weekly = np.add.reduceat(spread, np.arange(0, len(spread), 7))[::-1]
    growth = np.clip(trend.growth_features(cases)[:, :, :2] @ np.array([0.6, 0.25]), -1.0, 1.0)
    faded = np.cumsum(0.5 ** np.arange(1, trend.LEARNED_WEEKS + 1))
    ahead = cases.used[..., None] * np.exp(growth[..., None] * faded)
    padded = np.pad(cases.used, ((len(weekly), 0), (0, 0)))
    known = np.lib.stride_tricks.sliding_window_view(padded, len(weekly), axis=0)[1:]
    line = np.concatenate([known, ahead], axis=2)
    windows = np.lib.stride_tricks.sliding_window_view(line, len(weekly), axis=2)
    due = np.log(windows @ weekly + DUE_OFFSET)
    return np.asarray(due[:, :, 1:] - due[:, :, :1], dtype=np.float64)


def _check_weeks(weeks: int) -> None:
    if not 1 <= weeks <= MOST_WEEKS:
        raise InputError(
            f"A forecast of {weeks} weeks was asked for.", way_out=f"Ask for 1 to {MOST_WEEKS} weeks."
        )


def _read_quantiles(quantiles: Array, levels: tuple[float, ...], probability: Array) -> Array:
    """Value of each place's quantile function, quantiles (places, levels), at probability (count, places)."""
    upper = np.clip(np.searchsorted(levels, probability), 1, len(levels) - 1)
    tau = np.asarray(levels)
    share = np.clip((probability - tau[upper - 1]) / (tau[upper] - tau[upper - 1]), 0.0, 1.0)
    place = np.arange(len(quantiles))
    low, high = quantiles[place, upper - 1], quantiles[place, upper]
    return np.asarray(low + share * (high - low), dtype=np.float64)
