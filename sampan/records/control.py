"""What the control desk may write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One file as it was read: its name, and its bytes by SHA-256 in the blobs beside the ledger."""

    name: str
    digest: str
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True)
class Reports(Record):
    """Figures that somebody published, as we read them on a day. The next reading is another entry."""

    kind: ClassVar[str] = "control.reports"
    sharing: ClassVar[Sharing] = "public"

    source: str
    files: tuple[Snapshot, ...]
    first_day: date
    last_day: date
    places: int
    corrections: int
    aside: tuple[str, ...] = ()
    exercise: bool = False


@dataclass(frozen=True, kw_only=True)
class Forecast(Record):
    """Weekly new reported cases for every place, as quantiles in a blob; cites its reports."""

    kind: ClassVar[str] = "control.forecast"
    sharing: ClassVar[Sharing] = "public"

    last_day: date
    weeks: int
    calibrated_weeks: int
    disease: str
    seed: int
    places: int
    quantiles: Snapshot
    exercise: bool = False


@dataclass(frozen=True, kw_only=True)
class Vouch(Record):
    """Somebody knows that a figure that looks anomalous is right; or, not ``holds``, takes that back."""

    kind: ClassVar[str] = "control.vouch"
    sharing: ClassVar[Sharing] = "public"

    place: str
    day: date
    holds: bool = True
    note: str = ""
