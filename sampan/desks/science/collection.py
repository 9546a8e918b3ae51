"""Which genomes does this node hold, in which version and state, and under which terms?

Folded from the log and the tables that its entries cite; the same log always gives the same collection.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import pyarrow as pa
import pyarrow.parquet as pq

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.science.accessions import read_accession
from sampan.desks.science.terms import reader_of
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.control import Snapshot
from sampan.records.science import Reader, Terms, TermsKind, TermsStep
from sampan.records.science_genomes import (
    GenomeApproval,
    GenomeRelease,
    GenomeState,
    GenomeWithdrawal,
    Processing,
    Submission,
    TermsChange,
)

WORDS = (
    "accession", "strain", "sha256", "date", "country", "place", "division", "host", "sample_id", "key", "external",
    "originating_lab", "submitting_lab", "authors", "technology", "purpose",
    "kind", "licence", "group", "focal_point", "attribution", "permit",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in WORDS),
        ("version", pa.int32()),
        ("length", pa.int32()),
        ("until", pa.date32()),
    ]
)
"""The table of the records of a submission."""


@dataclass(frozen=True, slots=True)
class Held:
    """One version of a genome. ``row`` is its place in the table and the sequences of its submission."""

    accession: str
    version: int
    number: str
    row: int
    state: GenomeState
    terms: Terms
    fields: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The accession with its version: ``CHNQT_00001232.1``."""
        return f"{self.accession}.{self.version}"

    def seen_by(self, reader: Reader, day: Any) -> bool:
        """Whether ``reader`` may see it on ``day``. One that was withdrawn, or has a newer version, nobody does."""
        if self.state in ("withdrawn", "superseded"):
            return False
        return self.terms.seen_by(reader, day, released=self.state == "released")


@dataclass(frozen=True)
class Handed:
    """A submission: what it said, the entry, who and when, and its latest processing."""

    said: Submission
    entry: str
    actor: str
    day: str
    processing: Processing | None = None
    processed_by: str = ""


@dataclass(frozen=True)
class Collection:
    """All genomes by accession with version, in the order in which they came; and the submissions by number."""

    held: Mapping[str, Held]
    submissions: Mapping[str, Handed]
    approvals: Mapping[str, tuple[str, ...]]
    """Ids of the entries that approved genomes of a submission."""
    last_serial: int
    size: int
    """How many entries about genomes it was folded from."""
    viruses: dict[tuple[Reader, date], tuple[str, ...]] = field(default_factory=dict, compare=False)
    """Of which viruses a reader saw a genome on a day, once that was asked."""

    def of(self, number: str) -> list[Held]:
        """The genomes of a submission. Raises InputError if there is none."""
        self.submission(number)
        return [one for one in self.held.values() if one.number == number]

    def submission(self, number: str) -> Handed:
        """A submission by its number. Raises InputError if there is none."""
        if number not in self.submissions:
            raise InputError(
                f'There is no submission "{number}".',
                field="number",
                way_out="sampan genomes status lists those there are.",
            )
        return self.submissions[number]

    def newest(self) -> dict[str, Held]:
        """The newest version of each genome that was not withdrawn, by accession."""
        found: dict[str, Held] = {}
        for one in self.held.values():
            if one.state != "withdrawn":
                found[one.accession] = one
        return found

    def find(self, text: str) -> Held:
        """The genome that somebody wrote the accession of: with its version, or the newest.

        Raises InputError if there is none.
        """
        accession, version = read_accession(text)
        if version is None:
            of = [one for one in self.held.values() if one.accession == accession]
            found = of[-1] if of else None
        else:
            found = self.held.get(f"{accession}.{version}")
        if found is None:
            raise nowhere(text)
        return found

    def find_all(self, texts: Iterable[str]) -> list[Held]:
        """The same for several, each once, in order."""
        return list({one.name: one for one in map(self.find, texts)}.values())


_LATEST: WeakKeyDictionary[Ledger, tuple[int, Collection]] = WeakKeyDictionary()
"""Of each log the collection, and how long the log was when it was folded."""


def collection(session: Session) -> Collection:
    """The genomes of this node as of now. Kept in memory until more is written about genomes."""
    ledger, size = session.ledger, session.ledger.size
    before, known = _LATEST.get(ledger, (0, None))
    if known is None or any(_about(session, after=before - 1)):
        folded, count = _Fold(session.blobs), 0
        for entry in _about(session, after=-1):
            _STEPS[entry.kind](folded, entry)
            count += 1
        known = Collection(folded.held, folded.submissions, folded.approvals, folded.serial, count)
    _LATEST[ledger] = size, known
    return known


def _about(session: Session, *, after: int) -> Iterator[Entry]:
    """Entries that say something about genomes, after a position in the log."""
    found = session.ledger.entries(kind="science.", after=after)
    return (entry for entry in found if entry.kind in _STEPS)


def find_seen(session: Session, text: str, reader: Reader | None = None) -> Held:
    """The genome of an accession, if ``reader``, or whoever asks, may see it: staff see what was withdrawn, too.

    Without a version, the newest that they may see. Raises InputError, the same for one that is not there and one
    that is not to be seen.
    """
    held, reader = collection(session), reader or reader_of(session)
    if reader == "staff":
        return held.find(text)
    accession, version = read_accession(text)
    for one in reversed(list(held.held.values())):
        if (
            one.accession == accession
            and version in (None, one.version)
            and one.seen_by(reader, session.today())
        ):
            return one
    raise nowhere(text)


def require_staff(session: Session) -> None:
    """Lets the people of this node go on: what was handed in and is not released is theirs alone to see."""
    if reader_of(session) != "staff":
        raise Refused("This is for the people of this node.", way_out="Ask for what is released: search.")


def nowhere(text: str) -> InputError:
    """What is said of an accession under which nothing is to be seen."""
    return InputError(
        f"There is no genome {text.strip().upper()[:40]} here.",
        field="accessions",
        way_out="Ask the node that gave the accession.",
    )


class _Fold:
    """Takes in entries one after the other."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.held: dict[str, Held] = {}
        self.submissions: dict[str, Handed] = {}
        self.approvals: dict[str, tuple[str, ...]] = {}
        self.serial = 0
        self._of: dict[str, list[str]] = {}
        self._terms: dict[tuple[Any, ...], Terms] = {}

    def submission(self, entry: Entry) -> None:
        """Its genomes are received."""
        said = Submission.read(entry.body)
        self.submissions[said.number] = Handed(said, entry.id, entry.actor, str(entry.effective)[:10])
        self.serial = max(self.serial, said.last_serial)
        self._of[said.number] = []
        for row, fields in enumerate(records_of(self.blobs, said.records)):
            one = Held(
                fields["accession"],
                fields["version"],
                said.number,
                row,
                "received",
                self._first(fields, entry),
                fields,
            )
            self.held[one.name] = one
            self._of[said.number].append(one.name)

    def _first(self, fields: Mapping[str, Any], entry: Entry) -> Terms:
        """The terms of a row; equal ones are one object, as a submission mostly has few."""
        names = ("kind", "until", "licence", "group", "focal_point", "attribution", "permit")
        key = (entry.id, *(fields[name] for name in names))
        if key not in self._terms:
            said = {name: fields[name] for name in names[2:]}
            kind: TermsKind = fields["kind"]
            self._terms[key] = Terms.first(
                kind,
                until=fields["until"],
                day=entry.effective.date(),
                who=entry.actor,
                why="submitted",
                **said,
            )
        return self._terms[key]

    def processing(self, entry: Entry) -> None:
        """Its genomes are processed, or analysed anew."""
        said = Processing.read(entry.body)
        handed = self.submissions[said.submission]
        self.submissions[said.submission] = replace(handed, processing=said, processed_by=entry.actor)
        if handed.processing is None:
            self._move([self.held[name] for name in self._of[said.submission]], "processed")

    def approval(self, entry: Entry) -> None:
        """Those that were processed are approved, but for some."""
        said = GenomeApproval.read(entry.body)
        without = set(names_of(self.blobs, said.without)) if said.without else set()
        self.approvals[said.number] = (*self.approvals.get(said.number, ()), entry.id)
        of = [self.held[name] for name in self._of[said.number] if name not in without]
        self._move([one for one in of if one.state == "processed"], "approved")

    def release(self, entry: Entry) -> None:
        """They are released, and take the place of their earlier versions."""
        said = GenomeRelease.read(entry.body)
        for name in names_of(self.blobs, said.accessions):
            one = self.held[name]
            self._move([one], "released")
            earlier = (self.held.get(f"{one.accession}.{version}") for version in range(1, one.version))
            self._move([each for each in earlier if each and each.state != "withdrawn"], "superseded")

    def withdrawal(self, entry: Entry) -> None:
        """They are not to be used any more."""
        said = GenomeWithdrawal.read(entry.body)
        self._move([self.held[name] for name in names_of(self.blobs, said.accessions)], "withdrawn")

    def terms(self, entry: Entry) -> None:
        """Their terms change; whether they might was asked when it was written."""
        said = TermsChange.read(entry.body)
        step = TermsStep(
            day=entry.effective.date(), who=entry.actor, kind=said.to, until=said.until, why=said.why
        )
        for name in names_of(self.blobs, said.accessions):
            one = self.held[name]
            history = (*one.terms.history, step)
            changed = replace(one.terms, kind=said.to, until=said.until, history=history)
            self.held[name] = replace(one, terms=changed)

    def _move(self, some: Iterable[Held], state: GenomeState) -> None:
        for one in some:
            self.held[one.name] = replace(one, state=state)


_STEPS = {
    Submission.kind: _Fold.submission,
    Processing.kind: _Fold.processing,
    GenomeApproval.kind: _Fold.approval,
    GenomeRelease.kind: _Fold.release,
    GenomeWithdrawal.kind: _Fold.withdrawal,
    TermsChange.kind: _Fold.terms,
}


def keep_table(session: Session, name: str, table: pa.Table) -> Snapshot:
    """Keeps a table beside the ledger, as Parquet: the same rows, the same bytes."""
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    return session.keep(name, written.getvalue())


@lru_cache(maxsize=64)
def _table(blobs: Blobs, digest: str) -> pa.Table:
    return pq.read_table(io.BytesIO(blobs.get(digest)))


def table_of(blobs: Blobs, cited: Snapshot) -> pa.Table:
    """A table that an entry cites. Raises NodeError if it is missing or was altered."""
    return _table(blobs, cited.digest)


def records_of(blobs: Blobs, cited: Snapshot) -> Iterator[dict[str, Any]]:
    """The rows of a table of records."""
    yield from table_of(blobs, cited).to_pylist()


def keep_names(session: Session, name: str, names: Sequence[str]) -> Snapshot:
    """Keeps a list of accessions beside the ledger."""
    return session.keep(name, json.dumps(list(names)).encode())


def names_of(blobs: Blobs, cited: Snapshot) -> list[str]:
    """A list of accessions that an entry cites. Raises NodeError if it is missing or was altered."""
    found: list[str] = json.loads(blobs.get(cited.digest))
    return found
