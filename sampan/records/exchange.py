"""Whom do we trust, and what have they shown us?

What another node wrote stays in its ledger; here stands what we took from it, with where it can be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from sampan.records.assistance.receipts import ReceiptLine
from sampan.records.assistance.stock import LotLine
from sampan.records.movement import Movement
from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class Partner(Record):
    """The key with which a country's or an organisation's node signs. A later entry replaces it."""

    kind: ClassVar[str] = "exchange.partner"

    code: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Import(Record):
    """A bundle that was verified: whose, up to which head of their log, and the entries taken from it."""

    kind: ClassVar[str] = "exchange.import"

    partner: str
    what: Literal["notice", "receipt"]
    consignment: str
    origin: str
    size: int
    root: str
    digest: str
    entries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Notice(Record):
    """A consignment is on its way to home: ``lines`` left with ``partner``'s carrier. Nothing has come yet."""

    kind: ClassVar[str] = "exchange.notice"
    sharing: ClassVar[Sharing] = "public"

    partner: str
    origin: str
    consignment: str
    lines: tuple[LotLine, ...]
    left: date | None = None
    """The day on which its first carrier took it; None where an older node did not say."""

    @property
    def number(self) -> str:
        """What home calls it: ``CHN/4-ITA``."""
        return f"{self.partner}/{self.consignment}"


@dataclass(frozen=True, kw_only=True)
class GoodsReceived(Record):
    """Home's word on what has come of a notice: the ``part``-th. Good units enter a depot of home's.

    ``gift`` is the contribution whose delivery, written with it, takes them in; None: it does so itself.
    """

    kind: ClassVar[str] = "exchange.received"
    sharing: ClassVar[Sharing] = "public"

    partner: str
    origin: str
    consignment: str
    part: int
    lines: tuple[ReceiptLine, ...]
    depot: str = "home"
    note: str = ""
    gift: str | None = None

    def movements(self) -> tuple[Movement, ...]:
        """What it moves itself."""
        return () if self.gift else self.into_depot()

    def into_depot(self) -> tuple[Movement, ...]:
        """From the partner into the depot: only what is good."""
        return tuple(
            Movement(f"donor:{self.partner}", f"depot:{self.depot}", line.commodity(), line.good)
            for line in self.lines
            if line.good
        )
