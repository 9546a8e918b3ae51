"""Which genomes may leave, for whom, in which form; and what is the receipt?

Whoever asks names for whom it is: the public, partners, or the staff of this node alone. What the terms forbid them is
refused by name, or left out and listed. Each download leaves a receipt in the log: who, which question or set, how
many, and under which terms each genome went.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.science import references
from sampan.desks.science.collection import (
    Collection,
    Held,
    collection,
    find_seen,
    names_of,
    require_staff,
    table_of,
)
from sampan.desks.science.indexing import level, virus_of
from sampan.desks.science.search import MOST_LISTED, look_of, search
from sampan.desks.science.sequences import letters_of
from sampan.desks.science.sets import find_set
from sampan.desks.science.terms import rank_of, reader_of
from sampan.engines.genome_search.columns import read_date
from sampan.formats import genome_citations, insdc, mutations, nextstrain
from sampan.formats.genome_records import GenomeOut
from sampan.records.science import Reader
from sampan.records.science_genomes import GenomeDownload
from sampan.world.places import place

EVERYTHING = "*"
"""A question that every genome fits."""
MOST_TAKEN = 5_000
"""Genomes whose letters leave at once: as many as memory holds."""

ExportForm = Literal["nextstrain", "insdc", "mutations", "citations"]


@dataclass(frozen=True)
class Exported:
    """Files by name, and the genomes that were left out because of their terms."""

    files: Mapping[str, bytes]
    count: int
    left_out: tuple[str, ...]
    receipt: str


@dataclass(frozen=True)
class Receipt:
    """A download: who took what, and when."""

    day: str
    by: str
    form: str
    audience: str
    query: str
    number: str
    count: int
    """Genomes that were taken."""
    refused: int
    """Genomes that the terms kept back."""
    entry: str


def export(
    session: Session,
    form: ExportForm,
    *,
    query: str = "",
    where: Sequence[str] = (),
    accessions: Sequence[str] = (),
    number: str = "",
    audience: Reader = "public",
    leave_out: bool = False,
    virus: str | None = None,
    organism: str = "",
    project: str = "",
    eyes: Reader = "staff",
) -> Exported:
    """Genomes by a question, by their accessions, or those of a set (``number``), as files; with a receipt.

    Whoever asks sees no more than ``eyes`` do. ``audience`` are those who will read them. Raises Refused, naming the
    genomes, if the terms forbid any to them; with ``leave_out`` those are left out and listed instead. INSDC is
    public: only what is open goes there.
    """
    if form == "insdc" and audience != "public":
        raise InputError("INSDC is open to all.", field="audience", way_out="Export for the public.")
    held = collection(session)
    reader = min(eyes, reader_of(session), key=rank_of)
    chosen = _chosen(session, held, reader, query, where, accessions, number, virus)
    _require_own(session, reader, audience)
    if form != "citations" and len(chosen) > MOST_TAKEN:
        raise InputError(
            f"{len(chosen):,} genomes fit; {MOST_TAKEN:,} are the most at once.",
            field="query",
            way_out="Narrow the question, as by month.",
        )
    some = [one for one in chosen if one.seen_by(audience, session.today())]
    refused = tuple(one.name for one in chosen if not one.seen_by(audience, session.today()))
    if refused and not leave_out:
        raise session.refused("export", _forbidden(refused, audience))
    if not some:
        raise InputError(
            "None of these genomes may go there." if refused else "No genome fits.", way_out="Ask for others."
        )
    _require_one_virus(form, {virus_of(held, one) for one in some})
    going = (
        [_out(session, held, one) for one in some]
        if form != "citations"
        else [_words(session, held, one) for one in some]
    )
    files = dict(
        _write(session, form, _aligned(session, going) if form != "citations" else going, organism, project)
    )
    if refused:
        files["left-out.txt"] = ("\n".join(refused) + "\n").encode()
    receipt = session.note(
        GenomeDownload(
            form=form,
            audience=audience,
            query="; ".join([query, *where]) if query or where else "",
            number=number,
            count=len(some),
            refused=len(refused),
            terms=_terms(session, some),
        )
    )
    return Exported(files, len(some), refused, receipt.id)


def export_file(
    session: Session,
    form: ExportForm,
    *,
    query: str = "",
    accessions: Sequence[str] = (),
    number: str = "",
    audience: Reader = "public",
    leave_out: bool = False,
    virus: str | None = None,
) -> bytes:
    """The same as one zip archive: the same genomes, the same bytes."""
    done = export(
        session,
        form,
        query=query,
        accessions=accessions,
        number=number,
        audience=audience,
        leave_out=leave_out,
        virus=virus,
    )
    return archived(done)


def archived(done: Exported) -> bytes:
    """Files as one zip archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(done.files):
            archive.writestr(
                zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), done.files[name], zipfile.ZIP_DEFLATED
            )
    return data.getvalue()


def receipts(session: Session) -> list[Receipt]:
    """Every download, the newest first: for the people of this node."""
    require_staff(session)
    found = []
    for entry in session.ledger.entries(kind=GenomeDownload.kind, newest_first=True):
        said = GenomeDownload.read(entry.body)
        found.append(
            Receipt(
                str(entry.effective)[:10],
                entry.actor,
                said.form,
                said.audience,
                said.query,
                said.number,
                said.count,
                said.refused,
                entry.id,
            )
        )
    return found


def _require_own(session: Session, own: Reader, audience: Reader) -> None:
    """Raises Refused if somebody asks for readers who see more than they do themselves."""
    if rank_of(audience) > rank_of(own):
        raise session.refused(
            "export",
            Refused(
                f'"{session.person.handle}" may not export for the {audience}.',
                way_out=f"Export for the {own}.",
            ),
        )


def _chosen(  # noqa: PLR0917 -- the ways of naming genomes, one argument each
    session: Session,
    held: Collection,
    reader: Reader,
    query: str,
    where: Sequence[str],
    accessions: Sequence[str],
    number: str,
    virus: str | None,
) -> list[Held]:
    """The genomes that are meant, among those that whoever asks may see."""
    today = session.today()
    if number:
        said = find_set(session, number, reader)
        names = [
            name
            for cited in (said.focal, said.background)
            if cited
            for name in names_of(session.blobs, cited)
        ]
        return [one for one in held.find_all(names) if one.seen_by(reader, today)]
    if accessions:
        return [find_seen(session, text, reader) for text in dict.fromkeys(accessions)]
    if not query and not where:
        raise InputError(
            "Nothing is asked for.",
            field="query",
            way_out='Ask a question, as "place=CHN", or "*" for all; or name accessions or a set.',
        )
    folder = level(session, virus, reader=reader)
    asked = "" if query == EVERYTHING else query
    found = search(look_of(session, folder, at_most=reader), asked, where=where, most=MOST_LISTED)
    if found.total > MOST_LISTED:
        raise InputError(
            f"{found.total:,} genomes fit; {MOST_LISTED:,} are the most.", field="query", way_out="Narrow it."
        )
    return held.find_all([str(row["accession"]) for row in found.rows])


def _require_one_virus(form: ExportForm, viruses: set[str]) -> None:
    """Raises InputError if genomes of several viruses would stand in one alignment, or go out as one organism."""
    if form in ("nextstrain", "insdc") and len(viruses) > 1:
        named = ", ".join(sorted(each or "no virus that is known" for each in viruses))
        raise InputError(
            f"These are genomes of {named}.", field="virus", way_out="Export those of each virus apart."
        )


def _forbidden(refused: Sequence[str], audience: Reader) -> Refused:
    shown = ", ".join([*refused[:10], *(["…"] if len(refused) > 10 else [])])
    return Refused(
        f"The terms do not let these go to the {audience}: {shown}.",
        way_out="Leave them out, or ask whoever submitted them to loosen their terms.",
        refused=list(refused),
    )


def _terms(session: Session, some: Sequence[Held]) -> Any:
    """Under which terms each genome went: kind, and how often they had been changed."""
    today = session.today()
    said = [[one.name, one.terms.kind_on(today), len(one.terms.history)] for one in some]
    return session.keep("terms.json", json.dumps(said).encode())


def _words(session: Session, held: Collection, one: Held) -> GenomeOut:
    """What is told of a genome, without its letters."""
    fields, terms = one.fields, one.terms
    first, last = read_date(fields["date"]) if fields["date"] else (None, None)
    where = place(fields["place"])
    country = place(fields["country"])
    return GenomeOut(
        name=one.name,
        strain=fields["strain"],
        letters=b"",
        first=first,
        last=last,
        region=where.region or "",
        country=fields["country"],
        country_name=country.name(),
        division=where.name() if where.parent else fields["division"],
        host=fields["host"],
        sample=fields["sample_id"],
        external=fields["external"],
        originating_lab=fields["originating_lab"],
        submitting_lab=fields["submitting_lab"],
        authors=fields["authors"],
        technology=fields["technology"],
        purpose=fields["purpose"],
        submitted=date.fromisoformat(held.submissions[one.number].day),
        terms=terms.kind_on(session.today()),
        licence=terms.licence,
        attribution=terms.attribution,
        permit=terms.permit,
        virus=virus_of(held, one),
    )


def _out(session: Session, held: Collection, one: Held) -> GenomeOut:
    """The same with its letters and what the engine says of it."""
    from dataclasses import replace

    handed = held.submissions[one.number]
    (letters,) = letters_of(session.blobs, handed.said.sequences, [one.row])
    cited = handed.processing.analysis if handed.processing else None
    row = table_of(session.blobs, cited).slice(one.row, 1).to_pylist()[0] if cited else {}
    return replace(_words(session, held, one), letters=letters, analysis=row)


def _aligned(session: Session, going: Sequence[GenomeOut]) -> list[GenomeOut]:
    """The same, each also in the coordinates of the reference that it was analysed on."""
    from dataclasses import replace

    from sampan.engines.genome.rebuild import aligned

    return [
        replace(each, aligned=aligned(each.analysis, references.titled(session, each.analysis["reference"])))
        if each.analysis.get("status") == "aligned"
        else each
        for each in going
    ]


def _write(
    session: Session, form: ExportForm, going: Sequence[GenomeOut], organism: str, project: str
) -> Mapping[str, bytes]:
    titles = sorted({str(each.analysis["reference"]) for each in going if each.analysis})
    writers: Mapping[ExportForm, Callable[[], Mapping[str, bytes]]] = {
        "nextstrain": lambda: nextstrain.write(going),
        "citations": lambda: genome_citations.write(going),
        "mutations": lambda: mutations.write(
            [each for each in going if each.aligned],
            {title: _reference_letters(session, title) for title in titles},
        ),
        "insdc": lambda: insdc.write(
            going,
            organism=organism or going[0].virus or "unknown virus",
            readings={title: _readings(session, title) for title in titles},
            project=project,
        ),
    }
    return writers[form]()


def _reference_letters(session: Session, title: str) -> str:
    from sampan.engines.genome.letters import decode

    return decode(references.titled(session, title).arrays.letters)


def _readings(session: Session, title: str) -> list[insdc.Reading]:
    return [
        insdc.Reading(cds.name, cds.parts, cds.reverse) for cds in references.titled(session, title).cdses
    ]
