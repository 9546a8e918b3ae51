"""What may be written about who was let in, and who was not?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sampan.records.record import Record


@dataclass(frozen=True, kw_only=True)
class Refusal(Record):
    """Somebody tried what they may not do, where security matters. The entry's actor is that somebody."""

    kind: ClassVar[str] = "access.refusal"

    act: str
    what: str
