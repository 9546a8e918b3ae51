"""What does a new engine or a new reference say otherwise of the genomes that were analysed before?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science import references
from sampan.desks.science.collection import (
    Handed,
    collection,
    keep_table,
    records_of,
    require_staff,
    table_of,
)
from sampan.desks.science.indexing import refresh
from sampan.desks.science.sequences import as_portions, letters_of
from sampan.records.record import Record
from sampan.records.science_genomes import Processing

if TYPE_CHECKING:
    from sampan.engines.genome.reference import GenomeReference

MOST_LISTED = 5_000


@dataclass(frozen=True)
class CallChange:
    """One thing that is said otherwise of a genome now."""

    accession: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Reanalysed:
    """What was analysed anew, by what, and what changed."""

    reference: str
    engine: str
    submissions: tuple[str, ...]
    genomes: int
    """Genomes that were analysed anew."""
    changes: int
    """Calls that are others now."""
    lineages: int
    """Genomes whose lineage is another one now."""
    rows: tuple[CallChange, ...]
    entries: tuple[str, ...]


def reanalyse(session: Session, *, reference: str | None = None, number: str | None = None) -> Reanalysed:
    """Analyses genomes anew on an installed reference, and lists what changed. Earlier analyses are kept.

    Without ``number``, all submissions of its virus, and those that were never analysed. Raises InputError if
    there is no reference, or nothing to analyse.
    """
    session.require("submit")
    known = references.chosen(session, reference)
    if known is None:
        raise InputError(
            "No reference is installed.", field="reference", way_out="sampan genomes reference add FOLDER"
        )
    held = collection(session)
    some = [held.submission(number)] if number else list(held.submissions.values())
    due = [handed for handed in some if _is_due(handed, known, asked=number is not None)]
    if not due:
        raise InputError(
            f"Nothing waits to be analysed on {known.title}.",
            way_out="Install a newer one, or name a submission.",
        )
    done = [_anew(session, handed, known) for handed in due]
    records: list[Record] = [each for each, _ in done]
    entries = session.write("submit", records)
    refresh(session)
    rows = [row for _, changes in done for row in changes]
    return Reanalysed(
        known.title,
        done[-1][0].engine,
        tuple(handed.said.number for handed in due),
        sum(handed.said.new + handed.said.revised for handed in due),
        len(rows),
        len({row.accession for row in rows if row.column == "lineage"}),
        tuple(rows[:MOST_LISTED]),
        tuple(entry.id for entry in entries),
    )


def _is_due(handed: Handed, known: GenomeReference, *, asked: bool) -> bool:
    """Whether a submission is to be analysed: it never was, or by something else, of the same virus."""
    from sampan.engines.genome.columns import ENGINE

    before = handed.processing
    if before is None or before.analysis is None:
        return True
    if before.reference.partition("@")[0] != known.name and not asked:
        return False
    return (before.reference, before.engine) != (known.title, ENGINE)


def _anew(session: Session, handed: Handed, known: GenomeReference) -> tuple[Processing, list[CallChange]]:
    """A submission analysed on another reference, and what changed."""
    from sampan.engines.genome.compare import CHANGES, compare

    rows = list(records_of(session.blobs, handed.said.records))
    names = [f"{row['accession']}.{row['version']}" for row in rows]
    letters = letters_of(session.blobs, handed.said.sequences, range(len(rows)))
    new = references.analysed(as_portions(names, letters), known)
    cited = handed.processing.analysis if handed.processing else None
    changed = pa.Table.from_pylist([], CHANGES)
    if cited is not None:
        old = table_of(session.blobs, cited)
        old = old.set_column(old.column_names.index("name"), "name", pa.array(names, pa.string()))
        changed = compare(old, new)
    said = Processing(
        submission=handed.said.number,
        analysis=keep_table(session, "analysis.parquet", new),
        engine=new.column("engine")[0].as_py(),
        reference=known.title,
        changed=keep_table(session, "changed.parquet", changed),
        changes=changed.num_rows,
    )
    return said, [
        CallChange(row["name"], row["column"], row["before"] or "", row["after"] or "")
        for row in changed.to_pylist()
    ]


def changes(session: Session, number: str) -> list[CallChange]:
    """What the latest analysis of a submission says otherwise than the one before."""
    require_staff(session)
    processing = collection(session).submission(number).processing
    if processing is None or processing.changed is None:
        return []
    found = table_of(session.blobs, processing.changed).to_pylist()
    return [CallChange(row["name"], row["column"], row["before"] or "", row["after"] or "") for row in found]
