"""With what memory, and on whose behalf, does a desk work?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Literal, Self, TypeVar

from sampan.access.guards import ACTS, guard
from sampan.access.people import Act, Person, require
from sampan.core.errors import InputError, MovedOn, NodeError, Refused
from sampan.core.texts import require_texts
from sampan.core.time import Clock
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Draft, Entry
from sampan.ledger.ledger import Ledger
from sampan.records.access import Refusal
from sampan.records.control import Snapshot
from sampan.records.movement import may_owe
from sampan.records.record import Record
from sampan.records.science_genomes import GenomeDownload
from sampan.world.cover import require_cover

Said = TypeVar("Said", bound=Record)

PATIENCE = 50
"""How often a decision is taken anew when others keep writing first."""

OF_FIGURES: frozenset[Act] = frozenset({"load", "forecast", "plan"})
"""Acts whose day is that of the figures they rest on, whatever the clock says."""


@dataclass(frozen=True)
class Session:
    """What an act or a view is given: the ledger, the blobs, the clock, the home and the person who asks."""

    ledger: Ledger
    blobs: Blobs
    clock: Clock
    home: str
    person: Person
    exercise: bool = False
    """Whether the days are those of an exercise, which may lie ahead of the clock."""
    genomes: Path | None = None
    """Where the searchable genomes lie: an index that the ledger and its blobs can make again. None: nowhere."""

    def on_behalf_of(self, person: Person) -> Self:
        """The same memory, for somebody else."""
        return replace(self, person=person)

    def now(self) -> datetime:
        """The moment at the node: in an exercise, whose days may lie ahead of the clock, no earlier than its news."""
        now, newest = self.clock.now(), self.ledger.newest() if self.exercise else None
        return max(now, newest) if newest else now

    def today(self) -> date:
        """The calendar day at the node, in UTC: what is asked as of no day is asked as of this one."""
        return self.now().date()

    def known_now(self) -> datetime:
        """The moment by which everything in the log is known, whatever the clock says."""
        last = next(self.ledger.entries(newest_first=True, limit=1), None)
        return max(self.now(), last.recorded) if last else self.now()

    def said(self, record: type[Said]) -> Iterator[Said]:
        """Every record of a kind, in the order of the log."""
        return (record.read(entry.body) for entry in self.ledger.entries(kind=record.kind))

    def require_come(self, day: date | None) -> None:
        """Lets ``day`` be one on which something is true: nobody knows that of a day to come."""
        if day is None or self.exercise or day <= self.today():
            return
        raise InputError(
            f"{day} has not come yet: it is {self.today()} here.",
            way_out=f"Name {self.today()} or an earlier day; record it when it has happened.",
            field="date",
        )

    def keep(self, name: str, data: bytes) -> Snapshot:
        """Stores ``data`` beside the ledger and returns the citation of it."""
        return Snapshot(name=name, digest=self.blobs.put(data), size=len(data))

    def require(self, act: Act) -> None:
        """Lets the person go on with ``act``; otherwise records that they tried, and raises Refused."""
        try:
            require(self.person, act)
        except Refused as fault:
            raise self.refused(act, fault) from None

    def refused(self, act: Act | Literal["export"], fault: Refused) -> Refused:
        """``fault``, to be raised, after the attempt has been recorded. Used where security matters."""
        with suppress(NodeError):
            self.note(Refusal(act=act, what=fault.what))
        return fault

    def note(self, record: Refusal | GenomeDownload) -> Entry:
        """Records what somebody tried or took, for which nobody needs a role."""
        return self.ledger.append([self._draft(record, self.clock.now(), ())])[0]

    def write(
        self,
        act: Act,
        records: Sequence[Record],
        *,
        effective: date | None = None,
        refs: Sequence[str] = (),
        expecting: int | None = None,
    ) -> tuple[Entry, ...]:
        """Appends ``records`` to the ledger, all or none, if the person may ``act``.

        ``effective`` is the day on which they are true in the world (today unless told); ``refs`` are
        the ids of the entries that they rest on; ``expecting`` is the size of the ledger that the
        decision was taken on: if it has grown since, nothing is written. Raises Refused if an account would
        give what it does not hold: that is asked while nobody else can write; InputError for a day to come.
        """
        self.require(act)
        if act not in OF_FIGURES:
            self.require_come(effective)
        at = self.now() if effective is None else datetime.combine(effective, time(), UTC)
        for record in records:
            self._guard(act, record, at.date())
        moving = [moved for record in records for moved in record.movements()]
        check = (
            partial(require_cover, ledger=self.ledger, movements=moving, day=at.date()) if moving else None
        )
        return self.ledger.append(
            [self._draft(r, at, refs) for r in records], expecting=expecting, check=check
        )

    def decide(
        self,
        act: Act,
        choose: Callable[[], Sequence[Record]],
        *,
        effective: date | None = None,
        refs: Sequence[str] = (),
    ) -> tuple[Entry, ...]:
        """Writes what ``choose`` makes of the ledger as it stands.

        If somebody else writes first, ``choose`` is asked again, so that no decision rests on what is past.
        """
        self.require(act)
        for _ in range(PATIENCE):
            size = self.ledger.size
            with suppress(MovedOn):
                return self.write(act, choose(), effective=effective, refs=refs, expecting=size)
        raise MovedOn("Others write without pause.", way_out="Try again in a moment.")

    def decide_dated(
        self, act: Act, choose: Callable[[], Sequence[tuple[date, Record]]]
    ) -> tuple[Entry, ...]:
        """Writes records that are true on different days, all or none, as ``decide`` does: for whole sheets.

        They may take only from sources, which need no cover: what cover is, depends on one day.
        """
        self.require(act)
        for _ in range(PATIENCE):
            size, dated = self.ledger.size, choose()
            assert all(may_owe(moved.giver) for _, record in dated for moved in record.movements())
            for day, record in dated:
                if act not in OF_FIGURES:
                    self.require_come(day)
                self._guard(act, record, day)
            drafts = [self._draft(record, datetime.combine(day, time(), UTC), ()) for day, record in dated]
            with suppress(MovedOn):
                return self.ledger.append(drafts, expecting=size)
        raise MovedOn("Others write without pause.", way_out="Try again in a moment.")

    def _guard(self, act: Act, record: Record, day: date) -> None:
        """Asks the rules that no desk may forget. Files bring texts that no form has looked at."""
        self.require(ACTS.get(type(record), act))
        require_texts(record.body())
        try:
            guard(self.ledger, self.person, self.home, record, day)
        except Refused as fault:
            raise self.refused(act, fault) from None

    def _draft(self, record: Record, at: datetime, refs: Sequence[str]) -> Draft:
        return Draft(
            kind=record.kind,
            body=record.body(),
            actor=self.person.handle,
            effective=at,
            sharing=record.sharing,
            refs=tuple(refs),
        )
