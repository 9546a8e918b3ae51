"""How many will need a bed?

Admissions and occupancy of wards and intensive care from daily reported cases, past and forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError
from sampan.engines.disease import Disease
from sampan.engines.score import HUB_LEVELS

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Burden:
    """Quantiles by ``levels`` at the end of each forecast week, (places, weeks, levels).

    admissions: people admitted in the week, ward and intensive care together. ward, intensive_care: beds
        occupied on the last day of the week.
    """

    levels: tuple[float, ...]
    admissions: Array
    ward: Array
    intensive_care: Array


def occupancy(
    daily: Array,
    paths: Array,
    *,
    disease: Disease,
    severe_share: npt.ArrayLike | None = None,
    critical_share: npt.ArrayLike | None = None,
) -> Burden:
    """Beds that the cases reported so far and in each sample path will need.

    daily: people reported per day, (days, places), no NaN. paths: weekly people reported after the last day,
    (count, weeks, places), as ``Forecast.samples`` gives. A case is admitted on the day of its report; stays
    are exponential with the disease's mean, so that a share exp(-1 / mean) stays on each day.
    severe_share, critical_share: of reported cases, one number or (places,); by default the disease's.
    """
    severe = _share("severe_share", disease.severe_share if severe_share is None else severe_share)
    critical = _share("critical_share", disease.critical_share if critical_share is None else critical_share)
    ward_now = _occupied(daily, disease.ward_days)
    intensive_now = _occupied(daily, disease.intensive_care_days)
    ward = severe * _carry_forward(ward_now, paths, disease.ward_days)
    intensive = critical * _carry_forward(intensive_now, paths, disease.intensive_care_days)
    admitted = (severe + critical) * paths
    return Burden(HUB_LEVELS, _quantiles(admitted), _quantiles(ward), _quantiles(intensive))


def _share(name: str, value: npt.ArrayLike) -> Array:
    share = np.asarray(value, dtype=np.float64)
    if not bool(((share >= 0) & (share <= 1)).all()):
        raise InputError(f"A {name} lies outside 0 to 1.", way_out="Give shares of cases.", field=name)
    return share


def _occupied(daily: Array, mean_days: float) -> Array:
    """People still in on the last day, if everyone reported were admitted, (places,)."""
    age = np.arange(len(daily) - 1, -1, -1)
    return np.asarray(np.exp(-age / mean_days) @ daily, dtype=np.float64)


def _carry_forward(now: Array, paths: Array, mean_days: float) -> Array:
    """People in at the end of each week, (count, weeks, places); a week's cases come evenly over its days."""
    stay_week = np.exp(-7.0 / mean_days)
    from_week = np.exp(-np.arange(7) / mean_days).mean()
    out = np.empty(paths.shape)
    level = np.broadcast_to(now, paths[:, 0].shape)
    for week in range(paths.shape[1]):
        level = level * stay_week + paths[:, week] * from_week
        out[:, week] = level
    return out


def _quantiles(paths: Array) -> Array:
    return np.asarray(np.quantile(paths, HUB_LEVELS, axis=0).transpose(2, 1, 0), dtype=np.float64)
