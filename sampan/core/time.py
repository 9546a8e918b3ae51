"""What time is it, and who says so?

The clock is always an argument. A node in service carries the system clock; a replay or a test
carries one that stands where it was put.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol

from sampan.core.errors import InputError
from sampan.core.quantities import western


class Clock(Protocol):
    """Tells the present moment, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The clock of a node in service."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class StandingClock:
    """A clock that shows ``at`` until it is set again: for replays, exercises and tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set_to(self, day: date, hour: int = 12) -> None:
        """Moves the hands to ``hour`` o'clock UTC of ``day``."""
        self.at = datetime.combine(day, time(hour), UTC)


def stamp(at: datetime) -> str:
    """``2020-03-26T12:00:00.000Z``: RFC 3339 in UTC to the millisecond, which sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def read_stamp(text: str) -> datetime:
    """The moment that ``stamp`` wrote. Raises InputError for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f'"{text}" is not a time.', way_out="Write it as 2020-03-26T12:00:00Z.") from None
    if at.tzinfo is None:
        raise InputError(f'"{text}" has no time zone.', way_out="End it with Z for UTC.")
    return at.astimezone(UTC)


def read_day(text: str) -> date:
    """A calendar day written ``2020-03-26``. Raises InputError for anything else."""
    try:
        return date.fromisoformat(western(text))
    except ValueError:
        raise InputError(f'"{text}" is not a day.', way_out="Write it as 2020-03-26.") from None
