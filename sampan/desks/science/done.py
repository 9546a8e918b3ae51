"""What did an act write, in a form that every face can show?"""

from __future__ import annotations

from dataclasses import dataclass


def several(count: int) -> str:
    """``1 genome``, ``3 genomes``."""
    return f"{count:,} genome" if count == 1 else f"{count:,} genomes"


@dataclass(frozen=True)
class Done:
    """The number of what was written about, the entries, and what they say, in words."""

    number: str
    entries: tuple[str, ...]
    said: str
