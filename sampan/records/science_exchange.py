"""What may be written about science that is exchanged: works, sets, focal points, alerts, joint projects.

Offices and roles stand here, never persons: how somebody is reached is an address of their office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from sampan.records.control import Snapshot
from sampan.records.record import Record, Sharing

WorkKind = Literal["dataset", "preprint", "article", "protocol", "software"]
ProjectKind = Literal["vaccine", "medicine", "diagnostics", "sequencing", "other"]
AlertKind = Literal["growth", "primer", "terms"]
AlertStepKind = Literal["acknowledged", "escalated", "closed"]


@dataclass(frozen=True, kw_only=True)
class Work(Record):
    """An edition of a dataset, preprint, article, protocol or program that is worth finding. A later one follows it.

    ``licence`` is an SPDX identifier. ``linked`` are accessions and numbers of sets that it rests on.
    """

    kind: ClassVar[str] = "science.work"
    sharing: ClassVar[Sharing] = "public"

    number: str
    edition: str
    what: WorkKind
    title: str
    licence: str
    doi: str = ""
    address: str = ""
    holder: str = ""
    day: date | None = None
    linked: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class GenomeSet(Record):
    """A set of genomes that can be cited: described as DataCite does. A later edition replaces its content.

    ``focal`` are the genomes that the work is about, ``background`` those that it is set against.
    """

    kind: ClassVar[str] = "science.set"

    number: str
    edition: int
    title: str
    creators: tuple[str, ...]
    publisher: str
    year: int
    focal: Snapshot
    focal_count: int
    background: Snapshot | None = None
    background_count: int = 0
    description: str = ""
    licence: str = ""
    doi: str = ""
    related: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FocalPoint(Record):
    """Which office answers for a topic in a country, and how it is reached. A later entry replaces it."""

    kind: ClassVar[str] = "science.focal"
    sharing: ClassVar[Sharing] = "public"

    country: str
    topic: str
    office: str
    role: str
    reach: str
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class WatchedOligos(Record):
    """The primers and probes that are watched against the genomes of a virus: ``table`` names them, ``count`` of them.

    A later entry for the same virus replaces it; one of none ends the watch.
    """

    kind: ClassVar[str] = "science.primers"
    sharing: ClassVar[Sharing] = "public"

    virus: str
    table: Snapshot
    count: int


@dataclass(frozen=True, kw_only=True)
class Alert(Record):
    """Something that somebody should look at: raised once for each subject, until it is closed."""

    kind: ClassVar[str] = "science.alert"

    number: str
    about: AlertKind
    subject: str
    place: str = ""
    day: date
    share: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    covered: int | None = None
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class AlertStep(Record):
    """What was done about an alert."""

    kind: ClassVar[str] = "science.alert-step"

    number: str
    step: AlertStepKind
    to: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """What a project means to have done, by when."""

    name: str
    due: date | None = None
    """Day by which it is due (ISO 8601); null if none was agreed."""


@dataclass(frozen=True, kw_only=True)
class Project(Record):
    """Joint research or a technical service: with whom, on what, by when. A later entry replaces it."""

    kind: ClassVar[str] = "science.project"

    number: str
    what: ProjectKind
    title: str
    partners: tuple[str, ...]
    agreement: str = ""
    service: bool = False
    begins: date | None = None
    ends: date | None = None
    milestones: tuple[Milestone, ...] = ()
    sets: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ProjectStep(Record):
    """A milestone of a project was reached, or missed, or the project ended."""

    kind: ClassVar[str] = "science.project-step"

    number: str
    step: Literal["reached", "missed", "ended"]
    milestone: str = ""
    note: str = ""
