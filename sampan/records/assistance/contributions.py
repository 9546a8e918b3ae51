"""What is given, by whom, to whom, under which earmark, and how far has it come?

Giving and receiving are one set of records: home is the donor, or home is the recipient. A contribution
is a pledge of lines; what follows (commitment, delivery, cancellation, use) cites its number and carries
its own movements. Nothing is reversed, only followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from sampan.core.money import Money, Rate
from sampan.records.control import Snapshot
from sampan.records.movement import Movement
from sampan.records.record import Record, Sharing

DonorKind = Literal[
    "central government",
    "local government",
    "business",
    "NGO",
    "foundation",
    "individual",
    "multilateral",
]

GiftKind = Literal["goods", "money", "services", "people"]
"""Counted in base units, minor currency units, times rendered, and person-days."""

Level = Literal["unearmarked", "softly", "earmarked", "tightly"]
"""How far a donor ties a gift, loosest first: the four steps of IATI's earmarking category (vocabulary 2)."""


@dataclass(frozen=True, kw_only=True)
class Party(Record):
    """Somebody who gives, takes or carries, and is neither a country nor a known organisation.

    ``country`` is where it belongs. Individuals stand together or under a pseudonym, never by name.
    """

    kind: ClassVar[str] = "assistance.party"
    sharing: ClassVar[Sharing] = "public"

    code: str
    name: str
    donor_kind: DonorKind
    country: str


@dataclass(frozen=True, kw_only=True)
class Earmark(Record):
    """What a donor allows a gift to be used for. An empty tuple, or no purpose, leaves that side open.

    ``recipients`` are codes of parties, or names of the five regions; ``items`` codes of items.
    """

    kind: ClassVar[str] = "assistance.earmark"
    sharing: ClassVar[Sharing] = "public"

    code: str
    donor: str
    level: Level
    recipients: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """So much of one thing: an item's code, an ISO 4217 code, a service or a skill.

    ``worth`` is the documented value of a gift in kind; None if nobody has documented one.
    """

    kind: GiftKind
    item: str
    quantity: int
    worth: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Contribution(Record):
    """A pledge: what ``donor`` promises ``recipient``, on the day on which it is effective.

    ``purpose`` is what the recipient shall do with it; ``appeal`` the number of the appeal that it answers;
    ``parent`` the contribution that it passes on.
    """

    kind: ClassVar[str] = "assistance.contribution"
    sharing: ClassVar[Sharing] = "public"

    number: str
    donor: str
    recipient: str
    lines: tuple[Line, ...]
    earmark: str | None = None
    purpose: str = ""
    appeal: str | None = None
    parent: str | None = None
    note: str = ""
    document: Snapshot | None = None


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """Base of what follows a pledge. ``lines`` count in the pledge's own units; ``moved`` is what moved."""

    contribution: str
    lines: tuple[Line, ...]
    moved: tuple[Movement, ...] = ()
    note: str = ""

    def movements(self) -> tuple[Movement, ...]:
        """What the step moves between accounts."""
        return self.moved


@dataclass(frozen=True, kw_only=True)
class Commitment(Step):
    """A pledge, or part of it, becomes binding; money that home gives is set aside in its fund."""

    kind: ClassVar[str] = "assistance.commitment"
    sharing: ClassVar[Sharing] = "public"


@dataclass(frozen=True, kw_only=True)
class Delivery(Step):
    """Money is paid, or goods, services or people are there.

    ``rate`` says how a payment in another currency settles the pledge; ``confirmed`` is the word of a
    recipient who is not home: a receipt, a letter; ``carried_by`` names the consignment or the deployment
    that carried it, and moved it already.
    """

    kind: ClassVar[str] = "assistance.delivery"
    sharing: ClassVar[Sharing] = "public"

    rate: Rate | None = None
    confirmed: str = ""
    carried_by: str | None = None
    document: Snapshot | None = None

    @property
    def step(self) -> Literal["paid", "confirmed", "delivered"]:
        """What home pays is only paid until its recipient says so; that word alone, moving nothing, confirms it."""
        if self.carried_by is not None:
            return "delivered"
        if not self.moved:
            return "confirmed"
        ours = all(moved.giver.startswith("committed:") for moved in self.moved)
        return "paid" if ours and not self.confirmed.strip() else "delivered"


@dataclass(frozen=True, kw_only=True)
class Cancellation(Step):
    """Part or all of what is still to come will not come. ``released`` had been committed."""

    kind: ClassVar[str] = "assistance.cancellation"
    sharing: ClassVar[Sharing] = "public"

    released: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Use(Step):
    """What was given to home is used in ``place``: a province, a fund's purpose."""

    kind: ClassVar[str] = "assistance.use"
    sharing: ClassVar[Sharing] = "public"

    place: str


@dataclass(frozen=True, kw_only=True)
class Thanks(Record):
    """The recipient has it and says so: home thanks a donor, or whom home helped thanks home."""

    kind: ClassVar[str] = "assistance.thanks"
    sharing: ClassVar[Sharing] = "public"

    contribution: str
    words: str
    document: Snapshot | None = None
