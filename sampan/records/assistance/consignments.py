"""What is on its way to whom, who carries it, and where is it?

A consignment is numbered ``<batch>-<recipient>``, and ``<batch>-<recipient>.<part>`` from its second part on.
It is split, never deleted; every step is an entry of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from sampan.records.assistance.stock import LotLine, moved
from sampan.records.control import Snapshot
from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record, Sharing

State = Literal[
    "decided", "packed", "handed to carrier", "in transit", "arrived", "cleared", "received", "withdrawn"
]
Mode = Literal["air", "sea", "rail", "road", "hand"]

_NUMBER = re.compile(r"[1-9][0-9]{0,8}-[A-Z0-9_-]{1,40}(\.[1-9][0-9]{0,8})?", re.ASCII)

MOVES: Mapping[State, tuple[State, ...]] = {
    "decided": ("packed", "withdrawn"),
    "packed": ("handed to carrier", "decided"),
    "handed to carrier": ("in transit", "arrived", "received"),
    "in transit": ("arrived", "received"),
    "arrived": ("handed to carrier", "cleared", "received"),
    "cleared": ("handed to carrier", "received"),
    "received": (),
    "withdrawn": (),
}
"""Where a consignment may go from where it is. Its recipient's word counts from the moment it has left;
it is received when nothing of it is on the way any more, and nobody but the recipient can say so."""


def is_number(text: str) -> bool:
    """Whether ``text`` is written as the number of a consignment: ``4-ITA``, ``4-ITA.2``."""
    return _NUMBER.fullmatch(text) is not None


def batch_of(number: str) -> int:
    """The batch that a consignment belongs to; 0 if its number does not say."""
    batch = number.partition("-")[0]
    return int(batch) if batch.isdecimal() else 0


def recipient_of(number: str) -> str:
    """Whom a consignment is for."""
    return number.partition("-")[2].partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class ConsignmentLine:
    """Whole units of one item, in whole packs."""

    item: str
    units: int


def promised(lines: tuple[ConsignmentLine, ...], giver: str, taker: str) -> tuple[Movement, ...]:
    """The promise of ``lines``, from one account to another."""
    return tuple(Movement(giver, taker, Commodity("promise", line.item), line.units) for line in lines)


@dataclass(frozen=True, kw_only=True)
class Consignment(Record):
    """What one recipient shall be sent in one batch. Not delivered until the recipient says so."""

    kind: ClassVar[str] = "assistance.consignment"
    sharing: ClassVar[Sharing] = "public"

    batch: int
    recipient: str
    lines: tuple[ConsignmentLine, ...]
    number: str = ""

    @property
    def consignment(self) -> str:
        """Its number."""
        return self.number or f"{self.batch}-{self.recipient}"

    def movements(self) -> tuple[Movement, ...]:
        """A promise, out of the batch."""
        return promised(self.lines, f"batch:{self.batch}", f"allotted:{self.consignment}")


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Record):
    """A promise taken back before anything was packed, or found later never to have been one."""

    kind: ClassVar[str] = "assistance.withdrawal"
    sharing: ClassVar[Sharing] = "public"

    consignment: str
    lines: tuple[ConsignmentLine, ...]
    reason: str

    def movements(self) -> tuple[Movement, ...]:
        """The promise, back into the batch."""
        return promised(self.lines, f"allotted:{self.consignment}", f"batch:{batch_of(self.consignment)}")


@dataclass(frozen=True, kw_only=True)
class Split(Record):
    """Part of a consignment becomes a consignment of its own, in the ``state`` in which the whole is."""

    kind: ClassVar[str] = "assistance.split"
    sharing: ClassVar[Sharing] = "public"

    consignment: str
    into: str
    lines: tuple[ConsignmentLine, ...]
    lots: tuple[LotLine, ...] = ()
    held: Literal["packed", "transit"] = "packed"
    state: State = "packed"
    reason: str

    def movements(self) -> tuple[Movement, ...]:
        """The promise and the goods go over to the new number."""
        return promised(self.lines, f"allotted:{self.consignment}", f"allotted:{self.into}") + moved(
            self.lots, f"{self.held}:{self.consignment}", f"{self.held}:{self.into}"
        )


@dataclass(frozen=True, kw_only=True)
class Packing(Record):
    """Lots picked from a depot, first expired first out, for one consignment."""

    kind: ClassVar[str] = "assistance.packing"

    consignment: str
    depot: str
    lines: tuple[LotLine, ...]

    def movements(self) -> tuple[Movement, ...]:
        """From the depot to what is packed."""
        return moved(self.lines, f"depot:{self.depot}", f"packed:{self.consignment}")


@dataclass(frozen=True, kw_only=True)
class Unpacking(Record):
    """What had been packed goes back into a depot."""

    kind: ClassVar[str] = "assistance.unpacking"

    consignment: str
    depot: str
    lines: tuple[LotLine, ...]
    reason: str

    def movements(self) -> tuple[Movement, ...]:
        """From what was packed back into the depot."""
        return moved(self.lines, f"packed:{self.consignment}", f"depot:{self.depot}")


@dataclass(frozen=True, kw_only=True)
class Handover(Record):
    """A carrier takes a consignment over for one leg. Only the first leg moves it out of our hands."""

    kind: ClassVar[str] = "assistance.handover"
    sharing: ClassVar[Sharing] = "public"

    consignment: str
    leg: int
    mode: Mode
    carrier: str
    waybill: str
    origin: str
    destination: str
    containers: tuple[str, ...] = ()
    lines: tuple[LotLine, ...] = ()

    def movements(self) -> tuple[Movement, ...]:
        """From what is packed to the carrier."""
        return moved(self.lines, f"packed:{self.consignment}", f"transit:{self.consignment}")


@dataclass(frozen=True, kw_only=True)
class Progress(Record):
    """A consignment is in transit, has arrived, or is cleared by customs."""

    kind: ClassVar[str] = "assistance.progress"
    sharing: ClassVar[Sharing] = "public"

    consignment: str
    state: Literal["in transit", "arrived", "cleared"]
    place: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper(Record):
    """A paper that goes with a consignment: airway bill, packing list, donation letter, certificate."""

    kind: ClassVar[str] = "assistance.paper"

    consignment: str
    what: str
    reference: str
    document: Snapshot | None = None


@dataclass(frozen=True, kw_only=True)
class CustomsStep(Record):
    """One step before customs or another authority, and how it stands."""

    kind: ClassVar[str] = "assistance.customs"

    consignment: str
    step: str
    authority: str
    outcome: Literal["applied", "granted", "refused", "done"]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Temperature(Record):
    """A reading of the cold chain in degrees Celsius, with what is allowed."""

    kind: ClassVar[str] = "assistance.temperature"

    consignment: str
    at: datetime
    celsius: float
    lowest: float
    highest: float
    logger: str = ""

    @property
    def breach(self) -> bool:
        """Whether it was too cold or too warm."""
        return not self.lowest <= self.celsius <= self.highest


@dataclass(frozen=True, kw_only=True)
class Position(Record):
    """Where a consignment was seen, in degrees."""

    kind: ClassVar[str] = "assistance.position"

    consignment: str
    at: datetime
    latitude: float
    longitude: float
    place: str = ""
