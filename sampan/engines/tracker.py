"""What does one more day of reports say about R?

A Bayesian filter and smoother on a grid of log R for all places at once (Parag 2021, PLoS Comput Biol
17:e1009347, with a negative binomial in place of the Poisson, a floor under the prediction and an outlier
component, so that no report however odd leaves it without an answer). It dates R by report, ignores the delay
and is known for each day at the cost of a millisecond; the renewal model is the slower, fuller answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from sampan.core.errors import InputError
from sampan.engines.disease import Disease
from sampan.engines.incidence import Incidence
from sampan.engines.renewal import SMOOTHNESS, RenewalFit
from sampan.engines.situation import LEVELS

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

POINTS = 128
GRID = np.linspace(np.log(0.05), np.log(8.0), POINTS)  # log R
FLOOR = 1e-6  # of the prediction spread evenly over the grid
OUTLIER = 0.02  # share of reports that follow no model: NB of size 1/2 around the expected
PRIOR_SD = 0.5  # of log R around 0 before any report


@dataclass(frozen=True, eq=False)
class Tracker:
    """What is known after a day; feed it to ``advance`` with the next one.

    belief: probability of each point of GRID, (places, POINTS). recent: people per day, newest last, one row
    per day of the generation interval, (days, places). waiting: infectious pressure of silent days not yet
    reported, (places,), and silent: how many they are. kernel: (places,) index into SMOOTHNESS.
    """

    disease: Disease
    belief: Array
    recent: Array
    waiting: Array
    silent: Whole
    kernel: Whole
    dispersion: Array


@dataclass(frozen=True, eq=False)
class Track:
    """R by report day, smoothed: every day in the light of all reports.

    r: (levels of situation.LEVELS, days, places); p_growing: P(R > 1), (days, places). evidence: log
    probability of all reports, (places,). tracker: the state after the last day.
    """

    r: Array
    p_growing: Array
    evidence: Array
    tracker: Tracker


def begin(places: int, *, disease: Disease, smoothness: Array, dispersion: Array) -> Tracker:
    """A tracker that has seen nothing. smoothness: as in renewal.SMOOTHNESS (nearest used); dispersion: k."""
    if not (np.all(smoothness > 0) and np.all(dispersion > 0)):
        raise InputError("Smoothness and dispersion must be above 0.", way_out="Take them from renewal.fit.")
    belief = np.repeat(_normalised(np.exp(-0.5 * (GRID / PRIOR_SD) ** 2))[None], places, axis=0)
    distance = np.abs(np.log(smoothness)[:, None] - np.log(SMOOTHNESS))
    return Tracker(
        disease=disease,
        belief=belief,
        recent=np.zeros((len(disease.generation_interval) - 1, places)),
        waiting=np.zeros(places),
        silent=np.zeros(places, dtype=np.int64),
        kernel=distance.argmin(axis=1),
        dispersion=np.asarray(dispersion, dtype=np.float64),
    )


def advance(
    tracker: Tracker,
    people: Array,
    *,
    covers: Whole,
    read: npt.NDArray[np.bool_],
    weekday: Array | None = None,
) -> tuple[Tracker, Array]:
    """Take in one day for every place; returns the new state and the log probability of the reports.

    people: reported on the day, ≥ 0. covers: days that the report stands for, 0 if silent. read: whether it
    informs R (``Incidence.readable``). weekday: effect on the day's reports, mean 1. All (places,).
    """
    weekday = np.ones(len(people)) if weekday is None else weekday
    belief = _predict(tracker.belief, tracker)
    pressure = tracker.disease.generation_interval[:0:-1] @ tracker.recent
    due = tracker.waiting + weekday * pressure
    centre = np.exp(belief @ GRID)
    informs = read & (covers > 0) & (due > 1e-9)
    likelihood, highest = _likelihood(tracker, people, due, centre)
    seen = belief * np.where(informs[:, None], likelihood, 1.0)
    evidence = np.where(informs, np.log(seen.sum(axis=1)) + highest, 0.0)
    fallen_silent = covers == 0
    recent = _remembered(tracker, people, covers, centre * pressure)
    moved = replace(
        tracker,
        belief=seen / seen.sum(axis=1, keepdims=True),
        recent=recent,
        waiting=np.where(fallen_silent, due, 0.0),
        silent=np.where(fallen_silent, tracker.silent + 1, 0),
    )
    return moved, evidence


def track(incidence: Incidence, *, disease: Disease, fitted: RenewalFit) -> Track:
    """Run the filter over all days and the smoother back; smoothness, dispersion, weekday come from ``fitted``."""
    days, places = incidence.raw.shape
    smoothness = np.exp(fitted.weights @ np.log(SMOOTHNESS))
    tracker = begin(places, disease=disease, smoothness=smoothness, dispersion=fitted.dispersion)
    beliefs, evidence = np.empty((days, places, POINTS), dtype=np.float32), np.zeros(places)
    people, readable = incidence.comparable, incidence.readable & _known_for_a_week(incidence)
    for day in range(days):
        tracker, gained = advance(
            tracker,
            people[day],
            covers=incidence.covers[day],
            read=readable[day],
            weekday=fitted.weekday[day],
        )
        beliefs[day], evidence = tracker.belief, evidence + gained
    r, growing = np.empty((len(LEVELS), days, places)), np.empty((days, places))
    smoothed = tracker.belief
    for day in range(days - 1, -1, -1):
        if day < days - 1:
            before = beliefs[day].astype(np.float64)
            smoothed = before * _spread(smoothed / _predict(before, tracker), tracker)
            smoothed /= smoothed.sum(axis=1, keepdims=True)
        r[:, day], growing[day] = _quantiles(smoothed), smoothed[:, GRID > 0].sum(axis=1)
    return Track(r, growing, evidence, tracker)


def _normalised(weights: Array) -> Array:
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=np.float64)


def _known_for_a_week(incidence: Incidence) -> npt.NDArray[np.bool_]:
    """False for seven days after a feed begins with a bulk: what led to those reports is unknown."""
    days = np.arange(len(incidence.raw))[:, None]
    opened = np.maximum.accumulate(np.where(incidence.opening, days, -8), axis=0)
    return np.asarray(days - opened > 7, dtype=np.bool_)


@lru_cache(maxsize=64)
def _kernel(smoothness: float, mean_generation: float) -> Array:
    """Moves of log R within a day, (POINTS, POINTS): sd is the week's change of growth × mean generation / √7."""
    sd = max(smoothness * mean_generation / np.sqrt(7.0), 0.5 * (GRID[1] - GRID[0]))
    return _normalised(np.exp(-0.5 * ((GRID[:, None] - GRID[None, :]) / sd) ** 2))


def _spread(belief: Array, tracker: Tracker) -> Array:
    out = np.empty_like(belief)
    for index in np.unique(tracker.kernel):
        group = tracker.kernel == index
        out[group] = belief[group] @ _kernel(SMOOTHNESS[index], tracker.disease.mean_generation)
    return out


def _predict(belief: Array, tracker: Tracker) -> Array:
    return np.asarray((1.0 - FLOOR) * _spread(belief, tracker) + FLOOR / POINTS, dtype=np.float64)


def _likelihood(tracker: Tracker, people: Array, due: Array, centre: Array) -> tuple[Array, Array]:
    """(1 - ε) NB(people; R · due, k) + ε NB(people; centre · due, 1/2), (places, POINTS), over exp(highest)."""
    due, k = np.maximum(due, 1e-9), tracker.dispersion * (tracker.silent + 1)
    usual = _log_negative_binomial(people[:, None], np.exp(GRID) * due[:, None], k[:, None])
    odd = _log_negative_binomial(people, centre * due, np.full(len(people), 0.5))
    highest = np.maximum(usual.max(axis=1), odd)
    mixed = (1.0 - OUTLIER) * np.exp(usual - highest[:, None]) + OUTLIER * np.exp(odd - highest)[:, None]
    return np.asarray(mixed, dtype=np.float64), highest


def _log_negative_binomial(people: Array, mean: Array, size: Array) -> Array:
    shape = gammaln(people + size) - gammaln(size) - gammaln(people + 1.0) - people * np.log(size)
    logs = people * np.log(mean) - (people + size) * np.log1p(mean / size)
    return np.asarray(shape + logs, dtype=np.float64)


def _remembered(tracker: Tracker, people: Array, covers: Whole, expected: Array) -> Array:
    """Recent people per day with this day added; silent days hold what was expected until their report comes."""
    recent = np.vstack([tracker.recent[1:], np.where(covers > 0, people, expected)])
    for place in np.flatnonzero(covers > 1):
        held = min(int(covers[place]), len(recent))
        guess = recent[-held:, place].copy()
        guess[-1] = expected[place]
        share = guess / guess.sum() if guess.sum() > 0 else np.full(held, 1.0 / held)
        recent[-held:, place] = people[place] * share * held / max(int(covers[place]), 1)
    return recent


def _quantiles(belief: Array) -> Array:
    """R at LEVELS by linear interpolation of the distribution over the grid, (levels, places)."""
    below = np.cumsum(belief, axis=1)
    step = GRID[1] - GRID[0]
    at = np.minimum((below[:, None, :] < np.array(LEVELS)[:, None]).sum(axis=2), POINTS - 1)
    end = np.take_along_axis(below, at, axis=1)
    start = end - np.take_along_axis(belief, at, axis=1)
    share = np.clip((np.array(LEVELS) - start) / np.maximum(end - start, 1e-12), 0.0, 1.0)
    return np.asarray(np.exp(GRID[at] + (share - 0.5) * step).T, dtype=np.float64)
