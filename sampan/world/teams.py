"""Who is on the roster, who has been asked for, and which teams are where, as of a day and as known on a day?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeVar

from sampan.core.errors import InputError
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.teams import (
    DailyReport,
    Deployment,
    Expert,
    Posting,
    RequestWithdrawn,
    TeamRequest,
    TeamReturn,
)
from sampan.records.record import Record, read_record

RequestState = Literal["open", "answered", "withdrawn"]
TeamState = Literal["planned", "deployed", "returned"]


@dataclass(frozen=True)
class Asked:
    """A request, and what became of it."""

    request: TeamRequest
    entry: str
    state: RequestState = "open"


@dataclass(frozen=True)
class Team:
    """A deployment with its members (handle, skill), its daily reports, and the last day it served."""

    deployment: Deployment
    entry: str
    members: tuple[tuple[str, str], ...] = ()
    reports: tuple[DailyReport, ...] = ()
    returned: date | None = None

    @property
    def last(self) -> date:
        """The last day on which its people are not free."""
        return self.returned or self.deployment.last

    @property
    def people(self) -> int:
        """How many were sent."""
        return sum(part.seats for part in self.deployment.people)

    @property
    def person_days(self) -> int:
        """Days that were worked, by all together."""
        return sum(part.seats for report in self.reports for part in report.present)

    def state(self, day: date) -> TeamState:
        """How it stood on ``day``."""
        if self.returned is not None and self.returned <= day:
            return "returned"
        return "planned" if day < self.deployment.start else "deployed"


@dataclass(frozen=True)
class Teams:
    """Everything that is known about experts and teams."""

    experts: Mapping[str, Expert] = field(default_factory=dict)
    requests: Mapping[str, Asked] = field(default_factory=dict)
    deployments: Mapping[str, Team] = field(default_factory=dict)

    def request(self, number: str) -> Asked:
        """The request with this number. Raises InputError if there is none."""
        return _found(self.requests, number, "sampan team requests")

    def deployment(self, number: str) -> Team:
        """The team with this number. Raises InputError if there is none."""
        return _found(self.deployments, number, "sampan team list")

    def busy(self, handle: str, *, rest_days: int) -> Iterator[tuple[date, date]]:
        """First and last day of every run on which the expert serves, or rests from it."""
        for team in self.deployments.values():
            if any(member == handle for member, _ in team.members):
                rest = timedelta(days=rest_days)
                yield team.deployment.start - rest, team.last + rest


T = TypeVar("T")


def _found(known: Mapping[str, T], number: str, command: str) -> T:
    if number not in known:
        raise InputError(f'There is no "{number}" here.', way_out=f"{command} shows those that there are.")
    return known[number]


def teams(ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None) -> Teams:
    """Folds what was true up to and including ``as_of``, as we knew it on ``known_on``."""
    by = None if as_of is None else datetime.combine(as_of, time.max, UTC)
    experts: dict[str, Expert] = {}
    requests: dict[str, Asked] = {}
    deployed: dict[str, Team] = {}
    for entry in ledger.entries(kind="assistance.team.", known_on=known_on, effective_by=by):
        _take(entry, read_record(entry.kind, entry.body), experts, requests, deployed)
    return Teams(experts, requests, deployed)


def _take(
    entry: Entry,
    record: Record,
    experts: dict[str, Expert],
    requests: dict[str, Asked],
    deployed: dict[str, Team],
) -> None:
    match record:
        case Expert():
            experts[record.handle] = record
        case TeamRequest():
            requests[record.number] = Asked(record, entry.id)
        case RequestWithdrawn() if record.request in requests:
            requests[record.request] = replace(requests[record.request], state="withdrawn")
        case Deployment():
            deployed[record.number] = Team(record, entry.id)
            if record.request in requests:
                requests[record.request] = replace(requests[record.request], state="answered")
        case Posting() | DailyReport() | TeamReturn() if record.deployment in deployed:
            deployed[record.deployment] = _followed(deployed[record.deployment], record)


def _followed(team: Team, record: Posting | DailyReport | TeamReturn) -> Team:
    match record:
        case Posting():
            return replace(team, members=(*team.members, (record.handle, record.skill)))
        case DailyReport():
            return replace(team, reports=(*team.reports, record))
        case TeamReturn():
            return replace(team, returned=record.day)
