"""What happens to genomes that are handed in, new and revised in one upload, until they wait for approval?

The files are read, every record is held against its row, and each fault is named with its place and the way out.
Nothing is kept unless all records pass, or the good ones alone were asked for. Entry, table, letters and analysis
are written in this order: first what lies beside the ledger, under its digest; then the entries, all at once. Whatever
interrupts that leaves files that nobody cites, and nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science import references
from sampan.desks.science.accessions import accessions, prefix_of
from sampan.desks.science.collection import SCHEMA, collection, keep_table
from sampan.desks.science.duplicates import Known
from sampan.desks.science.findings import Blocked, Finding, Notes, written
from sampan.desks.science.metadata import Told, sample_key, told
from sampan.desks.science.sequences import Letters, Packing, as_portions, read_letters, records
from sampan.formats.fasta import Portion
from sampan.formats.genome_metadata import is_workbook, looks_like_table, read_metadata
from sampan.formats.packed import beginning
from sampan.records.control import Snapshot
from sampan.records.record import Record
from sampan.records.science import Terms, TermsKind
from sampan.records.science_genomes import Processing, Submission

if TYPE_CHECKING:
    from sampan.engines.genome.reference import GenomeReference

Progress = Callable[[int, int], None]
"""Told how many bytes of the sequences are read, and of how many."""
MOST_BYTES = 256 << 20
"""Bytes of all files of an upload, as they come: packed, some millions of genomes."""


@dataclass(frozen=True)
class SubmittedRow:
    """What became of one record. ``accession`` is empty of one that was kept out, or only checked."""

    strain: str
    accession: str
    status: str
    lineage: str
    quality: str


@dataclass(frozen=True)
class Submitted:
    """What became of an upload. ``number`` is empty if it was only checked, or no record was good."""

    number: str
    entries: tuple[str, ...]
    new: int
    """Genomes that are new."""
    revised: int
    """Genomes that revise one that was there."""
    blocked: int
    """Records that were kept out."""
    warnings: int
    """Warnings about the records."""
    reference: str
    findings: tuple[Finding, ...]
    rows: tuple[SubmittedRow, ...]


@dataclass
class _Read:
    """What was read of an upload."""

    notes: Notes
    originals: Mapping[str, bytes]
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Fields of the records that pass, in the order of the sequences."""
    packing: Packing = field(default_factory=Packing)
    batches: list[pa.RecordBatch] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    @property
    def revised(self) -> int:
        """How many of the records that pass revise a genome."""
        return sum(1 for fields in self.rows if fields["accession"])

    @property
    def analysis(self) -> pa.Table | None:
        """What the engine says of the records that pass; None without a reference."""
        return pa.Table.from_batches(self.batches) if self.batches else None


def submit(
    session: Session,
    files: Mapping[str, bytes],
    *,
    terms: TermsKind = "open",
    until: date | None = None,
    licence: str = "",
    group: str = "",
    focal_point: str = "",
    attribution: str = "",
    permit: str = "",
    reference: str | None = None,
    good_only: bool = False,
    check: bool = False,
    progress: Progress | None = None,
) -> Submitted:
    """Takes in genomes: FASTA files and a table about them, as TSV, CSV or XLSX, each plain or packed.

    A row with an accession of this node revises that genome. ``good_only`` takes in the good records of a
    mixed upload; ``check`` takes in nothing and says what would be wrong. Otherwise raises Blocked, which has
    every finding, if a record has a fault; InputError if a file cannot be read at all.
    """
    session.require("submit")
    default = Terms.first(
        terms,
        day=session.today(),
        who=session.person.handle,
        until=until,
        licence=licence,
        group=group,
        focal_point=focal_point,
        attribution=attribution,
        permit=permit,
    )
    known = references.chosen(session, reference)
    read = _read(session, files, default, known, progress or (lambda *_: None))
    if check:
        return _report(read, known, rows=read.rows)
    if read.notes.errors and not good_only:
        raise Blocked(read.notes.all(), read.notes.errors)
    if not read.rows:
        raise Blocked(read.notes.all(), read.notes.errors)
    return _write(session, read, known)


def _read(
    session: Session,
    files: Mapping[str, bytes],
    terms: Terms,
    reference: GenomeReference | None,
    progress: Progress,
) -> _Read:
    """Everything that an upload says, held together."""
    read = _Read(Notes(), files)
    rows, table = _rows(session, files, terms, read.notes)
    work = references.analyser(reference) if reference else None
    if work is None:
        read.notes.warning(
            "No reference is installed: the genomes are not analysed, and cannot be searched by mutation.",
            "sampan genomes reference add, then sampan genomes reanalyse.",
            file=table,
        )
    upload = _Upload(read, rows, table, Known(session), _versions(session))
    sequences = {name: data for name, data in files.items() if name != table}
    before, total = 0, sum(map(len, sequences.values()))
    progress(0, total)
    for name, data in sequences.items():
        for portion in records(data, name=name):
            _take(session, read, list(upload.good(portion, name)), work, file=name)
            progress(before + portion.read, total)
        before += len(data)
    for name, row in rows.items():
        if name not in upload.seen:
            read.notes.error(
                "There is no sequence of this name.",
                "Hand in its sequence too, or take out the row.",
                file=table,
                line=row.line,
                field="strain",
                record=name,
            )
    return read


def _rows(
    session: Session, files: Mapping[str, bytes], terms: Terms, notes: Notes
) -> tuple[dict[str, Told], str]:
    """The rows of the table in the upload, by the names of their sequences; and its file."""
    require_size({name: len(data) for name, data in files.items()})
    tables = _tables(files)
    if len(tables) != 1:
        raise InputError(
            "There is no table about the genomes." if not tables else "There are several tables.",
            file=tables[1] if tables else None,
            way_out="Hand in one table as TSV, CSV or XLSX, with the columns strain, date and country.",
            field="files",
        )
    if len(files) == 1:
        raise InputError(
            "There are no sequences.", file=tables[0], way_out="Hand in a FASTA file too.", field="files"
        )
    return told(
        read_metadata(files[tables[0]], name=tables[0]), terms, today=session.today(), notes=notes
    ), tables[0]


def require_size(bytes_of: Mapping[str, int]) -> None:
    """Lets an upload be as large as these files. Raises InputError naming the largest if it is too large."""
    if sum(bytes_of.values()) > MOST_BYTES:
        largest = max(bytes_of, key=bytes_of.__getitem__)
        raise InputError(
            f"The files have more than {MOST_BYTES >> 20} MiB.",
            file=largest,
            field="files",
            way_out="Pack the sequences with zstd or xz, or hand them in as several uploads.",
        )


def _tables(files: Mapping[str, bytes]) -> list[str]:
    """The files that are tables: of several that may be, those whose first line has columns."""
    begins = {name: beginning(data, name) for name, data in files.items()}
    found = [name for name, data in begins.items() if looks_like_table(data) or data.startswith(_UTF16)]
    parted = [name for name in found if is_workbook(begins[name]) or _has_columns(begins[name])]
    return found if len(found) == 1 else parted


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _has_columns(data: bytes) -> bool:
    return any(sign in data.lstrip(b"\r\n").partition(b"\n")[0] for sign in (b"\t", b",", b";"))


@dataclass
class _Upload:
    """Holds the sequences of an upload against its rows, one after the other."""

    read: _Read
    rows: Mapping[str, Told]
    table: str
    held: Known
    versions: dict[str, int]
    """The newest version of each genome of this node."""
    seen: set[str] = field(default_factory=set)
    revised: set[str] = field(default_factory=set)

    def good(self, portion: Portion, file: str) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Fields and letters of the records that have both; the others are noted and kept out."""
        for place, header in enumerate(portion.names):
            begin, end = portion.begins[place], portion.ends[place]
            raw = portion.data[begin:end] if end >= 0 else None
            name = self._name(header, file)
            letters = self._letters(name, raw, file) if name is not None else None
            if letters is None:
                self.read.blocked.append(header)
            else:
                yield self._fields(self.rows[letters.name], letters), letters.text

    def _name(self, header: str, file: str) -> str | None:
        """The row of a sequence, by its whole header or by its first word; None, and an error, if it has none."""
        names = (header, header.split(maxsplit=1)[0] if header else "")
        name = next((name for name in names if name in self.rows), None)
        if name is None:
            self.read.notes.error(
                f"The table {self.table} has no row of this name.",
                "Add a row, or take the sequence out.",
                file=file,
                record=header[:200] or "(no name)",
            )
        elif name in self.seen:
            self.read.notes.error(
                "Two sequences have this name.", "Keep one of them.", file=file, record=name
            )
            return None
        else:
            self.seen.add(name)
        return name

    def _letters(self, name: str, raw: bytes | None, file: str) -> Letters | None:
        if raw is not None:
            return read_letters(name, raw, self.read.notes, file=file)
        self.read.notes.error("It is longer than any genome.", "Take it out.", file=file, record=name)
        return None

    def _fields(self, row: Told, letters: Letters) -> dict[str, Any]:
        """What is to be kept of a record."""
        fields = {**row.kept, "sha256": letters.sha256, "length": len(letters.text)}
        fields |= {"accession": row.accession, "key": sample_key(row.kept), "version": self._version(row)}
        self.held.look(
            fields, row.accession, self.read.notes, file=self.table, line=row.line, record=row.strain
        )
        return fields

    def _version(self, row: Told) -> int:
        """The version that it is to have: the one after the newest, of a genome that is revised."""
        if not row.accession:
            return 1
        wrong = None
        if row.accession not in self.versions:
            wrong = (
                f"There is no genome {row.accession} at this node.",
                "Leave the accession out if the genome is new.",
            )
        elif row.accession in self.revised:
            wrong = ("Two rows revise this genome.", "Keep one of them.")
        if wrong:
            self.read.notes.error(
                *wrong, file=self.table, line=row.line, field="accession", record=row.strain
            )
        self.revised.add(row.accession)
        return self.versions.get(row.accession, 0) + 1


def _versions(session: Session) -> dict[str, int]:
    """The newest version of each genome of this node, withdrawn ones included."""
    found: dict[str, int] = {}
    for one in collection(session).held.values():
        found[one.accession] = max(found.get(one.accession, 0), one.version)
    return found


def _take(
    session: Session, read: _Read, good: Sequence[tuple[dict[str, Any], bytes]], work: Any, *, file: str
) -> None:
    """Analyses records and takes in those without a fault."""
    notes = read.notes
    if work is not None and good:
        (portion,) = as_portions(
            [fields["strain"] for fields, _ in good], [text for _, text in good], most=len(good)
        )
        batch = work(portion)
        judged = batch.select(_JUDGED).to_pylist()
        for (fields, text), row in zip(good, judged, strict=True):
            _judge(fields["strain"], row, text, work.reference, notes, session=session, file=file)
    passing = [fields["strain"] not in notes.bad for fields, _ in good]
    for (fields, text), passes in zip(good, passing, strict=True):
        if passes:
            read.rows.append(fields)
            read.packing.add(text)
        else:
            read.blocked.append(fields["strain"])
    if work is not None and any(passing):
        read.batches.append(batch.filter(pa.array(passing)))


_JUDGED = ["status", "reverse_complement", "qc_status"]


def _judge(
    name: str,
    row: Mapping[str, Any],
    text: bytes,
    reference: GenomeReference,
    notes: Notes,
    *,
    session: Session,
    file: str,
) -> None:
    """Notes what the engine found odd in a genome, or that it is none of this virus."""
    if row["status"] != "aligned":
        other = references.recognised(session, text, besides=reference.name)
        notes.error(
            f"It does not align to {reference.title}: {row['status']}.",
            f"It is of {other}: hand it in apart, and name that reference."
            if other
            else "Take it out, or name the reference of its virus.",
            file=file,
            record=name,
        )
        return
    if row["reverse_complement"]:
        notes.warning(
            "It is the reverse complement; it was read the other way round.",
            "Turn it round.",
            file=file,
            record=name,
        )
    if row["qc_status"] == "bad":
        notes.warning(
            "Its quality is bad by the rules of the reference.",
            "Look at its scores before release.",
            file=file,
            record=name,
        )


def _write(session: Session, read: _Read, reference: GenomeReference | None) -> Submitted:
    """Keeps what passed, with accessions that nobody else has been given."""
    originals = tuple(session.keep(name, data) for name, data in read.originals.items())
    sequences = session.keep("sequences.fasta.zst", read.packing.done())
    analysis = keep_table(session, "analysis.parquet", read.analysis) if read.analysis is not None else None
    findings = session.keep("findings.json", written(read.notes.all())) if read.notes.found else None
    before = collection(session).size

    def draft() -> list[Record]:
        if collection(session).size != before:
            _require_still_new(session, read)
        rows, last = _numbered(session, read.rows)
        said = Submission(
            number=f"G-{len(collection(session).submissions) + 1:04d}",
            originals=originals,
            records=keep_table(session, "records.parquet", _as_table(rows)),
            sequences=sequences,
            new=len(rows) - read.revised,
            revised=read.revised,
            blocked=len(read.blocked),
            warnings=read.notes.warnings,
            last_serial=last,
            findings=findings,
        )
        return [said, _processing(said.number, analysis, reference, read.analysis)]

    entries = session.decide("submit", draft)
    handed = Submission.read(entries[0].body)
    return _report(
        read,
        reference,
        rows=_numbered_rows(session, handed),
        number=handed.number,
        entries=tuple(entry.id for entry in entries),
    )


def _require_still_new(session: Session, read: _Read) -> None:
    """Raises InputError if others handed in the same meanwhile."""
    notes, held, versions = Notes(), Known(session), _versions(session)
    for fields in read.rows:
        held.look(fields, fields["accession"], notes, file="", record=fields["strain"])
        if fields["accession"] and versions.get(fields["accession"], 0) + 1 != fields["version"]:
            notes.error(
                "It was revised meanwhile.", "Look at the new version.", file="", record=fields["strain"]
            )
    if notes.errors:
        raise Blocked(notes.all(), notes.errors)


def _numbered(session: Session, rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The rows with accessions for the new ones; and the last serial number that is then given."""
    last = collection(session).last_serial
    numbers = accessions(prefix_of(session.home, session.ledger.origin), after=last)
    done = []
    for fields in rows:
        accession = fields["accession"]
        if not accession:
            last, accession = next(numbers)
        done.append({**fields, "accession": accession})
    return done, last


def _as_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in rows], SCHEMA)


def _processing(
    number: str, analysis: Snapshot | None, reference: GenomeReference | None, table: pa.Table | None
) -> Processing:
    if reference is None or analysis is None or table is None:
        return Processing(submission=number)
    engine = table.column("engine")[0].as_py()
    return Processing(submission=number, analysis=analysis, engine=engine, reference=reference.title)


def _numbered_rows(session: Session, handed: Submission) -> list[dict[str, Any]]:
    return [dict(one.fields) for one in collection(session).of(handed.number)]


def _report(
    read: _Read,
    reference: GenomeReference | None,
    *,
    rows: Sequence[Mapping[str, Any]],
    number: str = "",
    entries: tuple[str, ...] = (),
) -> Submitted:
    told_ = read.analysis
    calls = told_.select(["lineage", "qc_status"]).to_pylist() if told_ is not None else [{}] * len(rows)
    return Submitted(
        number=number,
        entries=entries,
        new=len(read.rows) - read.revised,
        revised=read.revised,
        blocked=len(read.blocked),
        warnings=read.notes.warnings,
        reference=reference.title if reference else "",
        findings=read.notes.all(),
        rows=(
            *(
                SubmittedRow(
                    fields["strain"],
                    f"{fields['accession']}.{fields['version']}" if fields["accession"] else "",
                    "processed" if number else "good",
                    call.get("lineage") or "",
                    call.get("qc_status") or "",
                )
                for fields, call in zip(rows, calls, strict=True)
            ),
            *(SubmittedRow(name, "", "blocked", "", "") for name in read.blocked),
        ),
    )
