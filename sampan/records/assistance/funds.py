"""Which money is set aside, how may it be spent, and when was it changed into another currency?

What comes into a fund and goes out of it are contributions; here stands only what is the fund's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sampan.core.money import Money, Rate
from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record, Sharing


@dataclass(frozen=True, kw_only=True)
class Fund(Record):
    """Money kept apart under a name. Its statement is drawn up in ``currency``."""

    kind: ClassVar[str] = "assistance.fund"
    sharing: ClassVar[Sharing] = "public"

    code: str
    name: str
    currency: str


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """The most that may be committed of money under one earmark (None: of free money)."""

    earmark: str | None
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Budget(Record):
    """How much of a fund may be committed between two days. A later one for the same days replaces it."""

    kind: ClassVar[str] = "assistance.budget"
    sharing: ClassVar[Sharing] = "public"

    fund: str
    first_day: date
    last_day: date
    lines: tuple[BudgetLine, ...]


@dataclass(frozen=True, kw_only=True)
class Exchange(Record):
    """Money of a fund changed at a rate with a day and a source. Its earmark goes with it."""

    kind: ClassVar[str] = "assistance.exchange"
    sharing: ClassVar[Sharing] = "public"

    fund: str
    sold: Money
    bought: Money
    rate: Rate
    earmark: str | None = None

    def movements(self) -> tuple[Movement, ...]:
        """Out of the fund in one currency, into it in the other; ``exchange`` stands between."""
        account = f"fund:{self.fund}"
        sold = Commodity("money", self.sold.currency, earmark=self.earmark)
        bought = Commodity("money", self.bought.currency, earmark=self.earmark)
        return (
            Movement(account, "exchange", sold, self.sold.minor),
            Movement("exchange", account, bought, self.bought.minor),
        )
