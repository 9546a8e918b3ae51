"""What did an act write, in a form that every face can show?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """The number or code of what was written about, the entries, and what they say, in words."""

    number: str
    entries: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Entered:
    """The entry that an act wrote, where what it is about has no number of its own."""

    entry: str
