"""What an office may say of the arithmetic of need: numbers of its own, and the medicines that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sampan.records.control import Snapshot
from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class ParametersFile(Record):
    """Numbers of the needs logic that an office replaces. The newest file holds, and holds alone."""

    kind: ClassVar[str] = "assistance.parameters"
    sharing: ClassVar[Sharing] = "public"

    file: Snapshot
    numbers: int
    places: int


@dataclass(frozen=True, kw_only=True)
class MedicinesFile(Record):
    """Medicines with their courses, as an office loaded them. The newest file holds, and holds alone."""

    kind: ClassVar[str] = "assistance.medicines"
    sharing: ClassVar[Sharing] = "public"

    file: Snapshot
    medicines: int
