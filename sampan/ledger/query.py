"""Which entries, in which order?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Query:
    """Which entries, in which order."""

    kind: str | None = None
    after: int = -1
    before: int = 2**62
    known_on: datetime | None = None
    effective_by: datetime | None = None
    newest_first: bool = False
