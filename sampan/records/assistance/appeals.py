"""Who asks for help, with what, and what has become of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from sampan.records.assistance.contributions import GiftKind
from sampan.records.control import Snapshot
from sampan.records.record import Record

AppealState = Literal["received", "verified", "acknowledged", "answered", "withdrawn"]
"""What somebody has said. How far an appeal is met is never said, but counted from what was delivered."""

MOVES: Mapping[AppealState, tuple[AppealState, ...]] = {
    "received": ("verified", "withdrawn"),
    "verified": ("acknowledged", "answered", "withdrawn"),
    "acknowledged": ("answered", "withdrawn"),
    "answered": ("answered", "withdrawn"),
    "withdrawn": (),
}
"""Where an appeal may go from where it is. Nothing is promised to a requester that nobody has verified."""


@dataclass(frozen=True, kw_only=True)
class AppealLine:
    """So much of one thing, by a day if the requester names one. Money is in minor units."""

    kind: GiftKind
    item: str
    quantity: int
    needed_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class Appeal(Record):
    """A request for help as it came in. ``follows`` names an earlier one of which it is no duplicate."""

    kind: ClassVar[str] = "assistance.appeal"

    number: str
    requester: str
    lines: tuple[AppealLine, ...]
    glide: str | None = None
    follows: str | None = None
    note: str = ""
    document: Snapshot | None = None


@dataclass(frozen=True, kw_only=True)
class AppealStep(Record):
    """An appeal moves on. ``how`` says how the requester was verified, or what was answered."""

    kind: ClassVar[str] = "assistance.appeal.step"

    appeal: str
    state: AppealState
    how: str
    document: Snapshot | None = None
