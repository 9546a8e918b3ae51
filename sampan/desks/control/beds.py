"""How many beds will the cases need?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sampan.desks.control.situation import Assessed
from sampan.engines.burden import occupancy
from sampan.engines.forecast import Forecast
from sampan.world.places import place

PATHS = 500


@dataclass(frozen=True)
class BedWeek:
    """One place in one week ahead: people admitted, and beds occupied at its end; each with its 95 % interval."""

    place: str
    name: str
    week: int
    first_day: date
    admitted: tuple[int, int, int]
    ward: tuple[int, int, int]
    intensive_care: tuple[int, int, int]
    calibrated: bool


def beds(
    assessed: Assessed, forecast: Forecast, *, seed: int, places: Sequence[str] = ()
) -> tuple[BedWeek, ...]:
    """Admissions and occupancy of ``places`` (all, unless named), from sample paths of the forecast.

    Severity is the share of reported cases that the disease's parameters give; days without a report count
    no admission. Each triple is low, median, high.
    """
    codes = assessed.known.reports.places
    chosen = [i for i, code in enumerate(codes) if not places or code in places]
    daily = np.nan_to_num(assessed.incidence.used[:, chosen])
    paths = forecast.samples(PATHS, seed=seed)[:, :, chosen]
    found = occupancy(daily, paths, disease=assessed.disease)
    at = [min(range(len(found.levels)), key=lambda i: abs(found.levels[i] - q)) for q in (0.025, 0.5, 0.975)]
    last_day = assessed.known.reports.days[-1]

    def three(quantiles: np.ndarray, row: int, week: int) -> tuple[int, int, int]:
        low, middle, high = (round(float(quantiles[row, week, level])) for level in at)
        return low, middle, high

    return tuple(
        BedWeek(
            codes[index],
            place(codes[index]).name("en"),
            week + 1,
            last_day + timedelta(days=7 * week + 1),
            three(found.admissions, row, week),
            three(found.ward, row, week),
            three(found.intensive_care, row, week),
            week < forecast.calibrated_weeks,
        )
        for row, index in enumerate(chosen)
        for week in range(paths.shape[1])
    )
