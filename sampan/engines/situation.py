"""How fast is it spreading, everywhere, today?

Reproduction number, growth rate, infections nowcast and a phase in words for all places at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from sampan.engines.disease import Disease
from sampan.engines.incidence import Incidence
from sampan.engines.renewal import fit

Array = npt.NDArray[np.float64]

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
MEDIAN = LEVELS.index(0.5)
PHASES = ("rising", "falling", "uncertain", "no recent cases")


@dataclass(frozen=True, eq=False)
class Situation:
    """Estimates for every documented day; levels are the quantiles in ``levels``.

    r: reproduction number; growth: per day; infections: people infected per day that will be reported,
        each (levels, days, places).
    p_growing: probability that R > 1, (days, places).
    informed: index of the last day whose infections the reports speak of: the last day less the mean delay
        from infection to report. Estimates for later days are carried forward, and widen.
    phase: (places,) of the words in PHASES: "no recent cases" where no case was reported in the last 21
        days; "rising" where p_growing on the informed day is ≥ 0.9; "falling" where ≤ 0.1; else "uncertain".
    flagged: a report of the last 14 days was silent, anomalous or a correction, (days, places).
    """

    levels: tuple[float, ...]
    r: Array
    growth: Array
    p_growing: Array
    infections: Array
    informed: int
    phase: npt.NDArray[np.str_]
    flagged: npt.NDArray[np.bool_]

    def doubling_days(self) -> Array:
        """Days to double at median growth, (days, places); negative: days to halve; inf: flat."""
        growth = self.growth[MEDIAN]
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(growth == 0.0, np.inf, np.log(2.0) / growth), dtype=np.float64)


def assess(
    incidence: Incidence,
    *,
    disease: Disease,
    reported_share: Array | None = None,
    region: npt.ArrayLike | None = None,
) -> Situation:
    """Estimate the situation of every place from its incidence, by the renewal model (``renewal.fit``).

    reported_share: part of each day's people already reported, (days,) or (days, places); 1 by default.
    region: (places,) labels of the places that lend each other dispersion and smoothness.
    Never NaN: a place without reports gets R near 1 and the widest interval. Days are days of infection; those
    within the delay of the last report are carried forward from what is known.
    """
    fitted = fit(incidence, disease=disease, reported_share=reported_share, region=region)
    r, infections = (np.exp(_quantiles(*part)) for part in (fitted.log_r, fitted.log_infections))
    growth, p_growing = _quantiles(*fitted.growth), fitted.p_growing
    delay = float(disease.infection_to_report @ np.arange(len(disease.infection_to_report)))
    informed = max(len(p_growing) - 1 - round(delay), 0)
    phase, flagged = _phase(incidence, p_growing[informed]), _flagged(incidence)
    return Situation(LEVELS, r, growth, p_growing, infections, informed, phase, flagged)


def add_up(situation: Situation, *, parent: npt.ArrayLike, disease: Disease) -> Situation:
    """The same situation with the infections of parts adding up to those of their whole, day by day.

    parent: (places,) index of the place that each is a part of, -1 for none. What parts and whole disagree on
    is shared out in proportion to their variance (least squares under the sum; medians agree exactly). R
    follows, so that the R of a whole is that of its parts weighted by their infectious pressure.
    """
    whole_of = np.asarray(parent, dtype=np.int64)
    middle = situation.infections[MEDIAN]
    variance = (situation.infections[-2] - situation.infections[1]) ** 2
    factor = np.ones(middle.shape)
    for whole in np.unique(whole_of[whole_of >= 0]):
        parts = np.flatnonzero(whole_of == whole)
        gap = middle[:, whole] - middle[:, parts].sum(axis=1)
        pull = gap / np.maximum(variance[:, parts].sum(axis=1) + variance[:, whole], 1e-300)
        moved = middle[:, parts] + variance[:, parts] * pull[:, None]
        moved = np.maximum(moved, 0.01 * middle[:, parts])
        factor[:, parts] = moved / middle[:, parts]
        factor[:, whole] = moved.sum(axis=1) / middle[:, whole]
    before = _past_pressure(middle, disease.generation_interval)
    after = _past_pressure(middle * factor, disease.generation_interval)
    turn = np.where(after > 0, factor * before / np.where(after > 0, after, 1.0), 1.0)
    return replace(situation, r=situation.r * turn, infections=situation.infections * factor)


def _quantiles(mean: Array, sd: Array) -> Array:
    return np.asarray(mean + ndtri(np.array(LEVELS))[:, None, None] * sd, dtype=np.float64)


def closed_form(incidence: Incidence, *, disease: Disease, window: int = 7) -> Array:
    """R by the closed form of Cori et al. 2013 (Am J Epidemiol 178:1505, eq. 1), (levels, days, places).

    Gamma(1 + reports of the window, 1 / (1/5 + infectious pressure of the window)): prior mean 5. Fast, and
    known to every epidemiologist, but its intervals hold only for Poisson reports without delay.
    """
    daily = incidence.daily
    cases = _window_sum(daily, window)
    pressure = _window_sum(_past_pressure(daily, disease.generation_interval), window)
    return np.stack([gammaincinv(1.0 + cases, level) / (0.2 + pressure) for level in LEVELS])


def _past_pressure(daily: Array, generation_interval: Array) -> Array:
    """Infectious pressure Σ_s w_s I_{t−s}, people per day, (days, places)."""
    pressure = np.zeros(daily.shape)
    for lag, weight in enumerate(generation_interval[: len(daily)]):
        pressure[lag:] += weight * daily[: len(daily) - lag]
    return pressure


def _window_sum(values: Array, window: int) -> Array:
    total = np.cumsum(values, axis=0)
    total[window:] -= total[:-window].copy()
    return np.maximum(total, 0.0)


def _phase(incidence: Incidence, p: Array) -> npt.NDArray[np.str_]:
    phase = np.where(p >= 0.9, "rising", np.where(p <= 0.1, "falling", "uncertain"))
    return np.where(incidence.used[-21:].sum(axis=0) > 0, phase, "no recent cases")


def _flagged(incidence: Incidence) -> npt.NDArray[np.bool_]:
    odd = incidence.silent | incidence.anomaly | (incidence.raw < 0)
    return np.asarray(_window_sum(odd.astype(np.float64), 14) > 0.5, dtype=np.bool_)
