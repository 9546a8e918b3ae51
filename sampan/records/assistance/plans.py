"""What may be written from supply and need to a batch: plans, and the yes of a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sampan.records.control import Snapshot
from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class Supply(Record):
    """What may be given: stock, production and the share for export, each announced or assumed.

    ``stock`` is the list that was counted for the plan, where there was one.
    """

    kind: ClassVar[str] = "assistance.supply"

    file: Snapshot
    assumptions: int
    stock: Snapshot | None = None


@dataclass(frozen=True, kw_only=True)
class Need(Record):
    """Need by recipient, item and week, as samples in a blob; cites forecast and capacity."""

    kind: ClassVar[str] = "assistance.need"

    last_day: date
    weeks: int
    samples: int
    recipients: int
    items: tuple[str, ...]
    parameters: str
    table: Snapshot
    exercise: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan(Record):
    """Who is proposed to get what, and why: lines and reasons in a blob, the certificate here."""

    kind: ClassVar[str] = "assistance.plan"

    day: date
    weeks: int
    policy: str
    recipients: int
    lines: int
    objective: float
    lower_bound: float
    table: Snapshot
    exercise: bool = False


@dataclass(frozen=True, kw_only=True)
class Approval(Record):
    """A second person's yes to a plan, or to the part of it for these recipients and items.

    An empty tuple means all that still waits. The proposer cannot write it. ``assumed`` names the items that are
    promised out of stock that nobody had counted.
    """

    kind: ClassVar[str] = "assistance.approval"

    plan: str
    note: str = ""
    recipients: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Batch(Record):
    """A numbered round of assistance, opened by the first approval of a part of its plan.

    ``consignments`` is how many that approval brought; later parts add to the same batch.
    """

    kind: ClassVar[str] = "assistance.batch"
    sharing: ClassVar[Sharing] = "public"

    number: int
    day: date
    plan: str
    consignments: int
    exercise: bool = False
