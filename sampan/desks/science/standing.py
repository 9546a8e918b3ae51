"""How do submissions and genomes stand?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science.collection import (
    Collection,
    Handed,
    Held,
    collection,
    find_seen,
    require_staff,
    table_of,
)
from sampan.desks.science.findings import Finding, read_findings
from sampan.desks.science.references import renewed
from sampan.desks.science.terms import reader_of
from sampan.records.science import READERS, TermsKind, TermsStep
from sampan.records.science_genomes import GenomeState


@dataclass(frozen=True)
class SubmissionStatus:
    """A submission: who handed it in, when, and how many of its genomes are in each state."""

    number: str
    state: GenomeState
    by: str
    day: date
    genomes: int
    """Genomes that were taken in."""
    added: int
    """Of them, new ones."""
    revised: int
    """Of them, revisions of genomes that were there."""
    blocked: int
    """Records that were kept out."""
    warnings: int
    """Warnings about its records."""
    processed: int
    """Genomes that wait for approval."""
    approved: int
    """Genomes that wait for release."""
    released: int
    """Genomes that are released."""
    withdrawn: int
    """Genomes that were taken back."""
    superseded: int
    """Genomes that a newer version has replaced."""
    reference: str
    engine: str
    files: tuple[str, ...]
    renewed: bool
    """Whether a newer engine or reference is here than the one that analysed it: reanalyse tells what it changes."""


@dataclass(frozen=True)
class GenomeRow:
    """A genome in a list."""

    accession: str
    strain: str
    state: GenomeState
    kind: TermsKind
    until: date | None
    day: str
    place: str
    lineage: str
    quality: str
    number: str


@dataclass(frozen=True)
class GenomeStory:
    """All that is known of one genome at its node."""

    accession: str
    state: GenomeState
    seen_by: str
    strain: str
    length: int
    """Letters of the genome, without gaps."""
    digest: str
    place: str
    day: str
    host: str
    sample: str
    external: str
    lineage: str
    clade: str
    quality: str
    mutations: tuple[str, ...]
    amino_acids: tuple[str, ...]
    reference: str
    engine: str
    licence: str
    group: str
    focal_point: str
    attribution: str
    permit: str
    terms: tuple[TermsStep, ...]
    versions: tuple[str, ...]
    number: str


@dataclass(frozen=True)
class SubmissionReport:
    """What became of a submission, record by record, and what was found when it was handed in."""

    submission: SubmissionStatus
    findings: tuple[Finding, ...]
    """Errors of records that were kept out, then warnings; of very many the first."""
    genomes: tuple[GenomeRow, ...]


def status(session: Session) -> list[SubmissionStatus]:
    """Every submission, the newest first: for the people of this node."""
    require_staff(session)
    held = collection(session)
    states: dict[str, Counter[str]] = {number: Counter() for number in held.submissions}
    for one in held.held.values():
        states[one.number][one.state] += 1
    return [
        _status(session, handed, states[number])
        for number, handed in reversed(list(held.submissions.items()))
    ]


def submission_report(session: Session, number: str) -> SubmissionReport:
    """The report of a submission, for the people of this node. Raises InputError if there is none."""
    require_staff(session)
    said = collection(session).submission(number).said
    kept = session.blobs.get(said.findings.digest) if said.findings else b"[]"
    return SubmissionReport(
        next(each for each in status(session) if each.number == number),
        read_findings(kept),
        tuple(genomes(session, number)),
    )


def original(session: Session, number: str, name: str) -> bytes:
    """A file of a submission as it was handed in, byte for byte: for the people of this node.

    Raises InputError, naming those there are, if there is none.
    """
    require_staff(session)
    files = {each.name: each for each in collection(session).submission(number).said.originals}
    if name not in files:
        raise InputError(
            f'There is no file "{name[:60]}" in {number}.',
            field="name",
            way_out=f"There are {', '.join(files)}.",
        )
    return session.blobs.get(files[name].digest)


def _status(session: Session, handed: Handed, states: Counter[str]) -> SubmissionStatus:
    said = handed.said
    steps: tuple[GenomeState, ...] = ("received", "processed", "approved", "released")
    waiting = [state for state in steps if states[state]]
    return SubmissionStatus(
        number=said.number,
        state=waiting[0] if waiting else "withdrawn",
        by=handed.actor,
        day=date.fromisoformat(handed.day),
        genomes=said.new + said.revised,
        added=said.new,
        revised=said.revised,
        blocked=said.blocked,
        warnings=said.warnings,
        processed=states["processed"],
        approved=states["approved"],
        released=states["released"],
        withdrawn=states["withdrawn"],
        superseded=states["superseded"],
        reference=handed.processing.reference if handed.processing else "",
        engine=handed.processing.engine if handed.processing else "",
        files=tuple(each.name for each in said.originals),
        renewed=handed.processing is not None and renewed(session, handed.processing),
    )


def genomes(session: Session, number: str | None = None, state: GenomeState | None = None) -> list[GenomeRow]:
    """The genomes of a submission, or of all; those in one state, or in any: for the people of this node."""
    require_staff(session)
    held = collection(session)
    some = held.of(number) if number else list(held.held.values())
    calls = _Calls(session, held)
    return [
        GenomeRow(
            one.name,
            one.fields["strain"],
            one.state,
            one.terms.kind_on(session.today()),
            one.terms.until,
            one.fields["date"],
            one.fields["place"],
            calls.of(one).get("lineage") or "",
            calls.of(one).get("qc_status") or "",
            one.number,
        )
        for one in some
        if state in (None, one.state)
    ]


class _Calls:
    """What the engine said of genomes, read once for each submission."""

    def __init__(self, session: Session, held: Collection) -> None:
        self._session = session
        self._held = held
        self._read: dict[str, list[dict[str, str]]] = {}

    def of(self, one: Held) -> dict[str, str]:
        """Lineage and quality of a genome; nothing of one that was not analysed."""
        if one.number not in self._read:
            processing = self._held.submissions[one.number].processing
            cited = processing.analysis if processing else None
            table = table_of(self._session.blobs, cited).select(["lineage", "qc_status"]) if cited else None
            self._read[one.number] = table.to_pylist() if table is not None else []
        rows = self._read[one.number]
        return rows[one.row] if rows else {}


def genome(session: Session, accession: str) -> GenomeStory:
    """One genome, by its accession with or without a version. Raises InputError if there is none."""
    held = collection(session)
    one = find_seen(session, accession)
    processing = held.submissions[one.number].processing
    cited = processing.analysis if processing else None
    row = table_of(session.blobs, cited).slice(one.row, 1).to_pylist()[0] if cited else {}
    fields, terms = one.fields, one.terms
    staff = reader_of(session) == "staff"
    return GenomeStory(
        accession=one.name,
        state=one.state,
        seen_by=next((each for each in READERS if one.seen_by(each, session.today())), "nobody"),
        strain=fields["strain"],
        length=fields["length"],
        digest=fields["sha256"],
        place=fields["place"],
        day=fields["date"],
        host=fields["host"],
        sample=fields["sample_id"] if staff else "",
        external=fields["external"],
        lineage=row.get("lineage") or "",
        clade=row.get("clade") or "",
        quality=row.get("qc_status") or "",
        mutations=(
            *(row.get("substitutions") or ()),
            *(row.get("deletions") or ()),
            *(row.get("insertions") or ()),
        ),
        amino_acids=(*(row.get("aa_substitutions") or ()), *(row.get("aa_deletions") or ())),
        reference=processing.reference if processing else "",
        engine=processing.engine if processing else "",
        licence=terms.licence,
        group=terms.group,
        focal_point=terms.focal_point,
        attribution=terms.attribution,
        permit=terms.permit,
        terms=terms.history if staff else (),
        versions=tuple(
            each.name
            for each in held.held.values()
            if each.accession == one.accession and (staff or each.name == one.name)
        ),
        number=one.number,
    )
