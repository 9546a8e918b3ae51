"""In which form does another desk hand its figures to the brief?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.desks.press.document import Block
from sampan.desks.press.teller import Teller


@dataclass(frozen=True)
class Told:
    """A figure of another desk: its name, how many, and its list: what, how many, and the entries' ids."""

    name: str
    count: int
    """How many, in all."""
    lines: tuple[tuple[str, int, tuple[str, ...]], ...]
    """Its list: what, how many, and the ids of the entries."""


Gather = Callable[[Session, date, datetime | None], tuple[Told, ...]]
"""What a desk has to tell as of a day, as known on a moment; nothing if there is nothing."""


@dataclass(frozen=True)
class Telling:
    """The section of one desk. ``heading`` and ``says`` are asked only if something was gathered."""

    section: str
    gather: Gather
    heading: Callable[[Teller], str]
    says: Callable[[Mapping[str, int], Teller], tuple[Block, ...]]
