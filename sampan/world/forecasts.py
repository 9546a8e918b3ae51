"""What did the control desk last say about the weeks ahead?"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from sampan.core.errors import InputError
from sampan.engines.forecast import Forecast
from sampan.engines.incidence import Incidence, from_cumulative
from sampan.ledger.blobs import Blobs
from sampan.ledger.ledger import Ledger
from sampan.records.control import Forecast as ForecastRecord
from sampan.world.snapshots import Known, cited


@dataclass(frozen=True)
class Outlook:
    """A published forecast with the reports that it rests on, as other desks use it."""

    entry: str
    record: ForecastRecord
    known: Known
    places: tuple[str, ...]
    forecast: Forecast
    incidence: Incidence

    @property
    def last_day(self) -> date:
        """The last day of the figures behind the forecast."""
        return self.record.last_day

    @property
    def exercise(self) -> bool:
        """Whether the figures are fictional."""
        return self.record.exercise

    @property
    def cites(self) -> tuple[str, ...]:
        """The entries that anything derived from this must cite."""
        return (self.entry, self.known.entry.id)

    @property
    def recent_weeks(self) -> np.ndarray:
        """(weeks, places): reported cases in the whole weeks before the forecast, the oldest first."""
        used = self.incidence.used
        weeks = used.shape[0] // 7
        return np.asarray(np.nan_to_num(used[-7 * weeks :]).reshape(weeks, 7, -1).sum(axis=1))

    def samples(self, count: int) -> np.ndarray:
        """(samples, weeks, places): paths of weekly new cases; the same ones every time."""
        return np.asarray(self.forecast.samples(count, seed=self.record.seed))


def latest(ledger: Ledger, blobs: Blobs, *, known_on: datetime | None = None) -> Outlook:
    """The newest forecast that had been published by ``known_on``. Raises InputError if there is none."""
    for entry in ledger.entries(kind=ForecastRecord.kind, known_on=known_on, newest_first=True, limit=1):
        record = ForecastRecord.read(entry.body)
        known = cited(ledger, blobs, entry.refs[0], until=record.last_day)
        table = pl.read_parquet(io.BytesIO(blobs.get(record.quantiles.digest)))
        places, forecast = _forecast(table, record)
        return Outlook(entry.id, record, known, places, forecast, from_cumulative(known.reports.cases))
    raise InputError("No forecast has been published.", way_out="Make one with: sampan forecast --publish")


def _forecast(table: pl.DataFrame, record: ForecastRecord) -> tuple[tuple[str, ...], Forecast]:
    levels = table["level"].unique(maintain_order=True).to_numpy()
    places = tuple(table["place"].unique(maintain_order=True))
    quantiles = table["cases"].to_numpy().reshape(len(places), record.weeks, len(levels))
    return places, Forecast(
        levels=tuple(levels), quantiles=quantiles, calibrated_weeks=record.calibrated_weeks
    )
