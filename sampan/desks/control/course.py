"""How did one place get here, and where is it going?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.desks.control.situation import Assessed
from sampan.engines.forecast import Forecast
from sampan.world.places import place

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Course:
    """One place day by day, and its weeks ahead. Counts are people; NaN is not reported.

    ``reported`` and ``used`` are (days,): as published, and after corrections were traced back. ``odd``
    marks days that were corrected or look anomalous. ``infections`` and ``r`` are (levels, days) at the
    situation's ``levels``; ``weekly`` is (weeks, forecast levels), from the day after the last.
    """

    place: str
    name: str
    days: tuple[date, ...]
    reported: Array
    used: Array
    odd: NDArray[np.bool_]
    levels: tuple[float, ...]
    infections: Array
    r: Array
    forecast_levels: tuple[float, ...]
    weekly: Array
    calibrated_weeks: int
    source: str
    exercise: bool

    @property
    def week_starts(self) -> tuple[date, ...]:
        """The first day of every week ahead."""
        return tuple(self.days[-1] + timedelta(days=7 * week + 1) for week in range(len(self.weekly)))


def course(assessed: Assessed, forecast: Forecast, code: str) -> Course:
    """The course of the place ``code``. Raises InputError if nothing was reported of it."""
    reports, incidence, state = assessed.known.reports, assessed.incidence, assessed.situation
    column = reports.column(code)
    if np.isnan(reports.cases[:, column]).all():
        raise InputError(f"{place(code).name('en')} has reported nothing.", way_out="Choose another place.")
    return Course(
        place=code,
        name=place(code).name("en"),
        days=reports.days,
        reported=incidence.raw[:, column],
        used=incidence.used[:, column],
        odd=incidence.anomaly[:, column] | incidence.corrected[:, column],
        levels=state.levels,
        infections=state.infections[:, :, column],
        r=state.r[:, :, column],
        forecast_levels=forecast.levels,
        weekly=forecast.quantiles[column],
        calibrated_weeks=forecast.calibrated_weeks,
        source=assessed.known.record.source,
        exercise=assessed.known.record.exercise,
    )
