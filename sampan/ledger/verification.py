"""What came of checking the log?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong. ``index`` and ``id`` name the entry, if it is one."""

    what: str
    index: int | None = None
    id: str | None = None

    def __str__(self) -> str:
        if self.index is None:
            return f"The ledger is damaged: {self.what}."
        return f"Entry {self.index}{f' ({self.id})' if self.id else ''} {self.what}."


@dataclass(frozen=True)
class Verification:
    """How many entries were checked, the root over them, and the first fault if there is one."""

    entries: int
    root: bytes
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None
