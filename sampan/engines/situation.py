"""How fast is it spreading, everywhere, today?

Reproduction number, growth rate, infections nowcast and a phase in words for all places at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaincinv, ndtri

from sampan.engines.disease import Disease
from sampan.engines.incidence import Incidence

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
    phase: (places,) of the words in PHASES, on the last day: "no recent cases" where no case was reported
        in the last 21 days; "rising" where p_growing ≥ 0.9; "falling" where it is ≤ 0.1; else "uncertain".
    flagged: a report of the last 14 days was silent, corrected or anomalous, (days, places).
    """

    levels: tuple[float, ...]
    r: Array
    growth: Array
    p_growing: Array
    infections: Array
    phase: npt.NDArray[np.str_]
    flagged: npt.NDArray[np.bool_]

    def doubling_days(self) -> Array:
        """Days to double at median growth, (days, places); negative: days to halve; inf: flat."""
        growth = self.growth[MEDIAN]
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(growth == 0.0, np.inf, np.log(2.0) / growth), dtype=np.float64)


def assess(incidence: Incidence, *, disease: Disease) -> Situation:
    """Estimate the situation of every place from its incidence.

    Closed form of Cori et al. 2013 (Am J Epidemiol 178:1505, eq. 1): R over seven days is Gamma(1 + reports,
    1 / (1/5 + pressure)). Never NaN: a place without reports gets the prior, mean 5.
    """
    daily = incidence.daily
    pressure = _window_sum(_past_pressure(daily, disease.generation_interval), 7)
    cases = _window_sum(daily, 7)
    shape, scale = 1.0 + cases, 1.0 / (0.2 + pressure)
    r = np.stack([gammaincinv(shape, level) * scale for level in LEVELS])
    p_growing = np.asarray(gammaincc(shape, 1.0 / scale), dtype=np.float64)
    growth = _weekly_growth(daily)
    infections = np.stack([gammaincinv(0.5 + cases, level) / 7.0 for level in LEVELS])
    return Situation(
        LEVELS, r, growth, p_growing, infections, _phase(incidence, p_growing), _flagged(incidence)
    )


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


def _weekly_growth(daily: Array) -> Array:
    """Growth per day between two weeks side by side, with the spread of Poisson counts."""
    late = _window_sum(daily, 7)
    early = np.vstack([np.zeros((min(7, len(daily)), daily.shape[1])), late[:-7]])
    centre = np.log((late + 0.5) / (early + 0.5)) / 7.0
    spread = np.sqrt(1.0 / (late + 0.5) + 1.0 / (early + 0.5)) / 7.0
    return np.stack([centre + ndtri(level) * spread for level in LEVELS])


def _phase(incidence: Incidence, p_growing: Array) -> npt.NDArray[np.str_]:
    p = p_growing[-1]
    phase = np.where(p >= 0.9, "rising", np.where(p <= 0.1, "falling", "uncertain"))
    return np.where(incidence.used[-21:].sum(axis=0) > 0, phase, "no recent cases")


def _flagged(incidence: Incidence) -> npt.NDArray[np.bool_]:
    odd = incidence.silent | incidence.corrected | incidence.anomaly
    return np.asarray(_window_sum(odd.astype(np.float64), 14) > 0.5, dtype=np.bool_)
