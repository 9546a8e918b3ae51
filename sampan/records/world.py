"""What any desk may write about the world: reference figures that an office loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sampan.records.control import Snapshot
from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class CapacityFile(Record):
    """Beds, staff, laboratories and populations, as an office loaded them from a file."""

    kind: ClassVar[str] = "world.capacity"
    sharing: ClassVar[Sharing] = "public"

    file: Snapshot
    places: int
    figures: int


@dataclass(frozen=True, kw_only=True)
class AgesFile(Record):
    """Residents by band of age, as an office loaded them from a file."""

    kind: ClassVar[str] = "world.ages"
    sharing: ClassVar[Sharing] = "public"

    file: Snapshot
    places: int
