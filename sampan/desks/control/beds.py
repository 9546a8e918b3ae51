"""How many beds will the cases need?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from sampan.desks.control.situation import Assessed
from sampan.engines.burden import occupancy
from sampan.engines.disease import Disease
from sampan.engines.forecast import Forecast
from sampan.engines.severity import SEVERITIES, by_age
from sampan.world.ages import Array
from sampan.world.places import place

PATHS = 500

Severity = Literal["by age", "default"]


@dataclass(frozen=True)
class BedWeek:
    """One place in one week ahead: people admitted, and beds occupied at its end; each with its 95 % interval.

    severity: whether the shares of cases admitted are those of the place's ages or the disease's own.
    """

    place: str
    name: str
    week: int
    first_day: date
    admitted: tuple[int, int, int]
    """People admitted in the week: quantiles at 2.5, 50 and 97.5 %."""
    ward: tuple[int, int, int]
    """Ward beds occupied at the end of the week: quantiles at 2.5, 50 and 97.5 %."""
    intensive_care: tuple[int, int, int]
    """Intensive-care beds occupied at the end of the week: quantiles at 2.5, 50 and 97.5 %."""
    calibrated: bool
    severity: Severity


def beds(
    assessed: Assessed,
    forecast: Forecast,
    *,
    seed: int,
    ages: Mapping[str, Array],
    places: Sequence[str] = (),
) -> tuple[BedWeek, ...]:
    """Admissions and occupancy of ``places`` (all, unless named), from sample paths of the forecast.

    ages: residents by band of the places where they are known. Severity is by age there, if the disease has
    it, and elsewhere the share of reported cases that the disease's parameters give; days without a report
    count no admission. Each triple is low, median, high.
    """
    codes = assessed.known.reports.places
    chosen = [i for i, code in enumerate(codes) if not places or code in places]
    daily = np.nan_to_num(assessed.incidence.used[:, chosen])
    paths = forecast.samples(PATHS, seed=seed)[:, :, chosen]
    severe, critical, severity = _shares([codes[i] for i in chosen], ages, assessed.disease)
    found = occupancy(daily, paths, disease=assessed.disease, severe_share=severe, critical_share=critical)
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
            severity[row],
        )
        for row, index in enumerate(chosen)
        for week in range(paths.shape[1])
    )


def _shares(
    codes: Sequence[str], ages: Mapping[str, Array], disease: Disease
) -> tuple[Array, Array, list[Severity]]:
    """Severe and critical shares of ``codes``, (places,), and where each is from.

    All places with ages together have the disease's own shares: only a place's ages move it from them.
    """
    severe = np.full(len(codes), disease.severe_share)
    critical = np.full(len(codes), disease.critical_share)
    care = SEVERITIES.get(disease.name)
    aged = [row for row, code in enumerate(codes) if code in ages]
    if care is None or not aged:
        return severe, critical, ["default"] * len(codes)
    severe[aged], critical[aged] = by_age(
        np.array([ages[codes[row]] for row in aged]),
        hospital_share=care.hospital_share,
        critical_share_of_hospital=care.critical_share_of_hospital,
        reference=np.sum(list(ages.values()), axis=0),
        severe_share=disease.severe_share,
        critical_share=disease.critical_share,
    )
    return severe, critical, ["by age" if code in ages else "default" for code in codes]
