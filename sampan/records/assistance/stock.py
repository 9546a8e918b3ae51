"""What lies in which depot, how did it come there, and what does a count find?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Goods of one item that were made together and stay together: lot, expiry and the donor's earmark."""

    item: str
    lot: str | None = None
    expiry: date | None = None
    earmark: str | None = None

    def commodity(self) -> Commodity:
        """The lot as accounts know it."""
        return Commodity("goods", self.item, self.lot, self.expiry, self.earmark)


@dataclass(frozen=True, kw_only=True)
class LotLine(Lot):
    """Whole units of one lot."""

    units: int


def moved(lines: tuple[LotLine, ...], giver: str, taker: str) -> tuple[Movement, ...]:
    """All of ``lines``, from one account to another."""
    return tuple(Movement(giver, taker, line.commodity(), line.units) for line in lines)


@dataclass(frozen=True, kw_only=True)
class Production(Record):
    """What works delivered into a depot; ``source`` says whose figure it is, or that it is assumed."""

    kind: ClassVar[str] = "assistance.production"

    depot: str
    lines: tuple[LotLine, ...]
    source: str

    def movements(self) -> tuple[Movement, ...]:
        """From production into the depot."""
        return moved(self.lines, "production", f"depot:{self.depot}")


@dataclass(frozen=True, kw_only=True)
class CountLine(Lot):
    """One lot as the books had it and as people found it, in base units. A difference has a reason."""

    booked: int
    counted: int
    reason: str = ""

    @property
    def difference(self) -> int:
        """Above zero if more was found than booked, below if less."""
        return self.counted - self.booked


@dataclass(frozen=True, kw_only=True)
class StockCount(Record):
    """What people found in a depot. Opening stock, counts and adjustments are all this one record."""

    kind: ClassVar[str] = "assistance.count"

    depot: str
    lines: tuple[CountLine, ...]

    def movements(self) -> tuple[Movement, ...]:
        """What was found beyond the books comes from outside; what was not found is lost."""
        depot = f"depot:{self.depot}"
        return tuple(
            Movement("outside", depot, line.commodity(), line.difference)
            if line.difference > 0
            else Movement(depot, "loss", line.commodity(), -line.difference)
            for line in self.lines
            if line.difference
        )


@dataclass(frozen=True, kw_only=True)
class Expiry(Record):
    """Lots past their day, taken out of a depot for good."""

    kind: ClassVar[str] = "assistance.expiry"

    depot: str
    lines: tuple[LotLine, ...]

    def movements(self) -> tuple[Movement, ...]:
        """From the depot to what has expired."""
        return moved(self.lines, f"depot:{self.depot}", "expired")


@dataclass(frozen=True, kw_only=True)
class Transfer(Record):
    """Lots that went from one of our depots to another, as from one province's store to its sibling's."""

    kind: ClassVar[str] = "assistance.transfer"

    depot: str
    to: str
    lines: tuple[LotLine, ...]
    reason: str

    def movements(self) -> tuple[Movement, ...]:
        """From the one depot to the other."""
        return moved(self.lines, f"depot:{self.depot}", f"depot:{self.to}")


@dataclass(frozen=True, kw_only=True)
class Reserve(Record):
    """Units of an item that a depot keeps for home. The last word counts; 0 lifts it."""

    kind: ClassVar[str] = "assistance.reserve"

    depot: str
    item: str
    units: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ItemCode(Record):
    """What carries this GTIN on its label is so many base units of an item. The last word counts."""

    kind: ClassVar[str] = "assistance.item-code"

    gtin: str
    item: str
    units: int
