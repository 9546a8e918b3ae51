"""Where is it going in the next eight weeks?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from sampan.access.session import Session
from sampan.desks.control.situation import Assessed
from sampan.engines.forecast import Forecast, project, project_deaths
from sampan.engines.incidence import from_cumulative
from sampan.records.control import Forecast as ForecastRecord
from sampan.world.places import place

WEEKS = 8


@dataclass(frozen=True)
class Week:
    """New reported cases of one place in one week ahead: the middle, and the 50 % and 95 % intervals."""

    place: str
    name: str
    week: int
    first_day: date
    median: int
    """People reported in the week: quantile at 50 %."""
    low50: int
    """People reported in the week: quantile at 25 %."""
    high50: int
    """People reported in the week: quantile at 75 %."""
    low95: int
    """People reported in the week: quantile at 2.5 %."""
    high95: int
    """People reported in the week: quantile at 97.5 %."""
    calibrated: bool


@dataclass(frozen=True)
class ForecastView:
    """A forecast to look at, and where it came from."""

    last_day: date
    source: str
    reports: str
    entry: str | None
    disease: str
    exercise: bool
    rows: tuple[Week, ...]


@dataclass(frozen=True)
class Published:
    """A forecast as it entered the ledger: what other desks cite."""

    entry: str
    forecast: Forecast


def make(assessed: Assessed, *, weeks: int = WEEKS) -> Forecast:
    """Weekly new reported cases of every place, ``weeks`` ahead.

    The same reports give the same forecast. Raises InputError for a horizon outside 1 to 52 weeks.
    """
    return project(assessed.incidence, assessed.situation, disease=assessed.disease, weeks=weeks)


def make_deaths(assessed: Assessed, *, weeks: int = WEEKS) -> Forecast:
    """Weekly new reported deaths: cases through the delay to death, and a fatality ratio that moves."""
    deaths = from_cumulative(assessed.known.reports.deaths)
    return project_deaths(assessed.incidence, deaths, disease=assessed.disease, weeks=weeks)


def seed(assessed: Assessed) -> int:
    """Where sample paths of this forecast begin: fixed by the snapshot that the figures came from."""
    return int(assessed.known.record.files[0].digest[:8], 16)


def publish(session: Session, assessed: Assessed, forecast: Forecast) -> Published:
    """Records the quantiles of ``forecast``, citing the reports. Raises Refused if the person may not."""
    known = assessed.known
    last_day = known.reports.days[-1]
    record = ForecastRecord(
        last_day=last_day,
        weeks=forecast.quantiles.shape[1],
        calibrated_weeks=forecast.calibrated_weeks,
        disease=assessed.disease.name,
        seed=seed(assessed),
        places=len(known.reports.places),
        quantiles=session.keep(f"forecast-{last_day}.parquet", parquet(known.reports.places, forecast)),
        exercise=known.record.exercise,
    )
    (entry,) = session.write("forecast", [record], effective=last_day, refs=[known.entry.id])
    return Published(entry.id, forecast)


def view(
    assessed: Assessed, forecast: Forecast, *, places: Sequence[str] = (), entry: str | None = None
) -> ForecastView:
    """The forecast of ``places`` (all, unless named), most cases in the first week first."""
    known = assessed.known
    codes = known.reports.places
    for code in places:
        known.reports.column(code)
    wanted = [i for i, code in enumerate(codes) if not places or code in places]
    middle = list(forecast.levels).index(0.5)
    wanted.sort(key=lambda i: -forecast.quantiles[i, 0, middle])
    last_day = known.reports.days[-1]
    return ForecastView(
        last_day,
        known.record.source,
        known.entry.id,
        entry,
        assessed.disease.name,
        known.record.exercise,
        tuple(
            _week(codes[i], i, w, last_day, forecast)
            for i in wanted
            for w in range(forecast.quantiles.shape[1])
        ),
    )


def _week(code: str, index: int, week: int, last_day: date, forecast: Forecast) -> Week:
    at = {
        round(level, 3): round(float(v))
        for level, v in zip(forecast.levels, forecast.quantiles[index, week], strict=True)
    }
    return Week(
        code,
        place(code).name("en"),
        week + 1,
        last_day + timedelta(days=7 * week + 1),
        at[0.5],
        at[0.25],
        at[0.75],
        at[0.025],
        at[0.975],
        week < forecast.calibrated_weeks,
    )


def parquet(places: tuple[str, ...], forecast: Forecast) -> bytes:
    """The quantiles as a Parquet table: place, week (1 = the seven days after the last day), level, cases."""
    count, weeks, levels = forecast.quantiles.shape
    table = pl.DataFrame(
        {
            "place": np.repeat(np.array(places), weeks * levels),
            "week": np.tile(np.repeat(np.arange(1, weeks + 1, dtype=np.int16), levels), count),
            "level": np.tile(np.asarray(forecast.levels), count * weeks),
            "cases": forecast.quantiles.ravel(),
        }
    )
    written = io.BytesIO()
    table.write_parquet(written, compression="zstd")
    return written.getvalue()
