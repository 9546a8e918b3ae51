"""What may be written about genomes that are shared: received, processed, approved, released, withdrawn, read.

No letter of a genome, no name and no word about a sample stands in an entry: entries say how many, and cite the
lists, tables and files beside the ledger by digest. A list of accessions is JSON; a table of records is Parquet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from sampan.records.control import Snapshot
from sampan.records.record import Record, Sharing
from sampan.records.science import TermsKind

GenomeState = Literal["received", "processed", "approved", "released", "withdrawn", "superseded"]


@dataclass(frozen=True, kw_only=True)
class Submission(Record):
    """Genomes that were handed in: the files as they came, byte for byte, and what was read from them.

    ``records`` is the table of those that passed, ``sequences`` their letters in the order of the table.
    ``last_serial`` is the highest number of an accession that this node has given; ``findings`` lists what was wrong
    or odd, record by record.
    """

    kind: ClassVar[str] = "science.submission"

    number: str
    originals: tuple[Snapshot, ...]
    records: Snapshot
    sequences: Snapshot
    new: int
    revised: int
    blocked: int
    warnings: int
    last_serial: int
    findings: Snapshot | None = None


@dataclass(frozen=True, kw_only=True)
class Processing(Record):
    """A submission was checked and, if a reference is installed, analysed; or analysed anew, by another.

    ``changed`` lists what an earlier analysis said otherwise. Without ``analysis`` there was no reference.
    """

    kind: ClassVar[str] = "science.processing"

    submission: str
    analysis: Snapshot | None = None
    engine: str = ""
    reference: str = ""
    changed: Snapshot | None = None
    changes: int = 0


@dataclass(frozen=True, kw_only=True)
class GenomeApproval(Record):
    """A second person finds the genomes of a submission fit to be released, but for those ``without``.

    ``submission`` is the id of its entry, whose author cannot approve it.
    """

    kind: ClassVar[str] = "science.approval"

    submission: str
    number: str
    count: int
    without: Snapshot | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class GenomeRelease(Record):
    """Approved genomes are released: each is seen by whom its terms allow. ``approval`` is the entry's id."""

    kind: ClassVar[str] = "science.release"

    approval: str
    number: str
    accessions: Snapshot
    count: int


@dataclass(frozen=True, kw_only=True)
class OpenGenomes(Record):
    """How many genomes became open to all, or were withdrawn after they had been, with the list of them."""

    kind: ClassVar[str] = "science.open"
    sharing: ClassVar[Sharing] = "public"

    step: Literal["released", "opened", "withdrawn"]
    accessions: Snapshot
    count: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class GenomeWithdrawal(Record):
    """Genomes that are not to be used any more. What was kept of them stays, and nobody finds them."""

    kind: ClassVar[str] = "science.withdrawal"

    accessions: Snapshot
    count: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class TermsChange(Record):
    """The terms of some genomes are set anew."""

    kind: ClassVar[str] = "science.terms"

    accessions: Snapshot
    count: int
    to: TermsKind
    until: date | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class GenomeDownload(Record):
    """A receipt: who (the entry's actor) took which genomes, by which question or set, under which terms.

    ``terms`` lists accession, kind and number of changes of the terms under which each was given.
    """

    kind: ClassVar[str] = "science.download"

    form: str
    audience: str
    query: str
    number: str
    count: int
    refused: int
    terms: Snapshot
