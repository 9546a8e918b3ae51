"""Who publishes, about what, as of when, and how does IATI speak of parties?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sampan.access.session import Session
from sampan.core.money import Money
from sampan.formats.iati import Activity, Organisation
from sampan.ledger.entry import Entry
from sampan.records.record import Record
from sampan.world.organisations import organisations
from sampan.world.parties import party
from sampan.world.places import places

TYPES = {
    "central government": "10",
    "local government": "11",
    "business": "70",
    "NGO": "22",
    "foundation": "60",
    "individual": "90",
    "multilateral": "40",
}
"""Kinds of donor in the code list OrganisationType. Individuals stand together, as other."""


@dataclass(frozen=True)
class Publishing:
    """Who publishes, about which emergency, and with which documented unit values of items.

    ``reporter`` is the office's identifier in the registry of IATI. ``glide`` and ``appeal`` name the emergency
    and the humanitarian plan.
    """

    reporter: str
    glide: str | None = "EP-2020-000012-001"
    appeal: str | None = "HCOVD20"
    values: Mapping[str, Money] = field(default_factory=dict)
    exercise: bool = False


@dataclass(frozen=True)
class Context:
    session: Session
    publishing: Publishing
    as_of: date
    known_on: datetime | None

    def read(self, kind: type[Record]) -> Iterator[tuple[Entry, Record]]:
        """Entries of one kind, with their records, that were true and known by then."""
        by = datetime.combine(self.as_of, time.max, UTC)
        for entry in self.session.ledger.entries(kind=kind.kind, known_on=self.known_on, effective_by=by):
            yield entry, kind.read(entry.body)

    def organisation(self, code: str) -> Organisation:
        """A party as IATI speaks of it. Countries have no identifier of their own, save home's."""
        known = party(self.session.ledger, code, known_on=self.known_on)
        ref = organisations()[code].identifier if code in organisations() else None
        if code == self.session.home:
            ref = self.publishing.reporter
        return Organisation(known.name, TYPES[known.donor_kind], ref)

    def country(self, code: str) -> str | None:
        """ISO 3166-1 alpha-2 of the country where a party is; None for an organisation of the world."""
        partner = party(self.session.ledger, code, known_on=self.known_on).partner
        return places()[partner].alpha2 if partner in places() else None

    def participants(
        self, donor: Organisation, recipient: Organisation
    ) -> tuple[tuple[str, Organisation], ...]:
        """Who takes part, and in which role: home extends what passes through it."""
        home = self.organisation(self.session.home)
        found = [("1", donor), ("4", recipient)]
        if home not in (donor, recipient):
            found.insert(1, ("3", home))
        return tuple(found)

    def activity(self, number: str, title: str, says: str, **more: object) -> Activity:
        """An activity of this emergency under our identifier of ``number``."""
        marked = "EXERCISE – " if self.publishing.exercise else ""
        named = number.replace("/", ":")  # a slash may stand in our numbers, and in no identifier of IATI
        return Activity(
            identifier=f"{self.publishing.reporter}-{named}",
            title=marked + title,
            says=marked + says,
            glide=self.publishing.glide,
            appeal=self.publishing.appeal,
            **more,  # type: ignore[arg-type]
        )
