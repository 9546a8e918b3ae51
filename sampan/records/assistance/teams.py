"""Which experts may be asked for, who asks for them, and who served where?

An expert is known by a pseudonym, never by name: who it is stays with the office that sends them. What the
world may know of a team is its size by skill; who is in it is internal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Literal

from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record, Sharing

TeamType = Literal[
    "expert group",
    "EMT type 1 mobile",
    "EMT type 1 fixed",
    "EMT type 2",
    "EMT type 3",
    "EMT specialised care",
]
"""The typology of WHO's emergency medical teams (2021), and groups of experts, who are no EMT."""

PSEUDONYM = re.compile(r"[A-Z]{1,6}-[0-9]{1,6}")
"""``E-0417``: nothing else may stand for a person, so that no name slips in."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A run of days, first and last included."""

    first: date
    """First day, included (ISO 8601)."""
    last: date
    """Last day, included (ISO 8601)."""


@dataclass(frozen=True, kw_only=True)
class Expert(Record):
    """Somebody on the roster: a later entry under the same handle replaces this one.

    ``languages`` are ISO 639-1 codes. Outside ``available`` nobody is asked; without any, the expert rests.
    """

    kind: ClassVar[str] = "assistance.team.expert"

    handle: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    available: tuple[Span, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Seats:
    """So many people with one skill; with fewer than ``least`` the team does not leave."""

    skill: str
    seats: int
    least: int = 0


@dataclass(frozen=True, kw_only=True)
class TeamRequest(Record):
    """A request for a team. Every member speaks one of ``languages``, if any are named.

    ``priority`` is what a filled seat is worth beside those of other requests. ``appeal`` is its number.
    """

    kind: ClassVar[str] = "assistance.team.request"

    number: str
    recipient: str
    seats: tuple[Seats, ...]
    start: date
    days: int
    languages: tuple[str, ...] = ()
    team: TeamType = "expert group"
    priority: int = 1
    appeal: str | None = None

    @property
    def last(self) -> date:
        """The last day that is asked for."""
        return self.start + timedelta(days=self.days - 1)


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(Record):
    """Nobody is wanted any more, or not for this."""

    kind: ClassVar[str] = "assistance.team.withdrawal"

    request: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Deployment(Record):
    """A team is sent: how many of each skill, whereto, and for how long."""

    kind: ClassVar[str] = "assistance.team.deployment"
    sharing: ClassVar[Sharing] = "public"

    number: str
    request: str
    recipient: str
    team: TeamType
    people: tuple[Seats, ...]
    start: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Posting(Record):
    """One expert's place in a deployment."""

    kind: ClassVar[str] = "assistance.team.posting"

    deployment: str
    handle: str
    skill: str


@dataclass(frozen=True, kw_only=True)
class DailyReport(Record):
    """What a team did on its day: who worked, by skill, and whom they saw. Absent is not zero.

    Only this moves person-days: nothing counts as given that was not worked.
    """

    kind: ClassVar[str] = "assistance.team.report"
    sharing: ClassVar[Sharing] = "public"

    deployment: str
    recipient: str
    day: date
    present: tuple[Seats, ...]
    outpatients: int | None = None
    inpatients: int | None = None
    trained: int | None = None
    note: str = ""

    def movements(self) -> tuple[Movement, ...]:
        """Person-days, from the roster to where they were worked."""
        return tuple(
            Movement("roster", f"deployed:{self.recipient}", Commodity("person-days", part.skill), part.seats)
            for part in self.present
            if part.seats
        )


@dataclass(frozen=True, kw_only=True)
class TeamReturn(Record):
    """The team is home: ``day`` is the last that it served."""

    kind: ClassVar[str] = "assistance.team.return"
    sharing: ClassVar[Sharing] = "public"

    deployment: str
    day: date
    note: str = ""
