"""What does the recipient say has come? Nothing counts as delivered before that.

A receipt is never reversed, only followed: by another partial receipt, or by the settlement of the claim
that a discrepancy opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from sampan.records.assistance.consignments import recipient_of
from sampan.records.assistance.stock import Lot
from sampan.records.movement import Movement
from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class ReceiptLine(Lot):
    """Base units of one lot, of which so many are good, damaged, and missing.

    Damaged and missing have a reason; ``photo`` is the digest of a picture among the blobs.
    """

    good: int = 0
    damaged: int = 0
    missing: int = 0
    reason: str = ""
    photo: str | None = None

    @property
    def claimed(self) -> int:
        """What the recipient should have had and has not."""
        return self.damaged + self.missing


@dataclass(frozen=True, kw_only=True)
class Receipt(Record):
    """A goods received note, signed by the recipient: the ``part``-th of its consignment."""

    kind: ClassVar[str] = "assistance.receipt"
    sharing: ClassVar[Sharing] = "public"

    consignment: str
    part: int
    recipient: str
    lines: tuple[ReceiptLine, ...]
    note: str = ""

    @property
    def discrepancy(self) -> bool:
        """Whether something was damaged or missing: that opens a claim."""
        return any(line.claimed for line in self.lines)

    def movements(self) -> tuple[Movement, ...]:
        """Good units are received; damaged and missing ones wait in the claim."""
        transit = f"transit:{self.consignment}"
        received, claim = f"received:{self.recipient}", f"claim:{self.consignment}"
        return tuple(
            Movement(transit, taker, line.commodity(), units)
            for line in self.lines
            for taker, units in ((received, line.good), (claim, line.claimed))
            if units
        )


@dataclass(frozen=True, kw_only=True)
class SettledLine(Lot):
    """Units of a claim, and what became of them."""

    units: int
    outcome: Literal["found", "lost", "returned"]


@dataclass(frozen=True, kw_only=True)
class Settlement(Record):
    """What became of a claim: found after all, lost for good, or returned to a depot."""

    kind: ClassVar[str] = "assistance.settlement"
    sharing: ClassVar[Sharing] = "public"

    consignment: str
    lines: tuple[SettledLine, ...]
    depot: str = "home"
    reason: str

    def movements(self) -> tuple[Movement, ...]:
        """Out of the claim: to the recipient, to what is lost, or to the depot."""
        takers = {
            "found": f"received:{recipient_of(self.consignment)}",
            "lost": "loss",
            "returned": f"depot:{self.depot}",
        }
        claim = f"claim:{self.consignment}"
        return tuple(
            Movement(claim, takers[line.outcome], line.commodity(), line.units) for line in self.lines
        )
