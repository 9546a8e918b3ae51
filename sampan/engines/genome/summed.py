"""What do the columns of a genome say together with its reference: how well does it align, which CDS were not read?

Both as Nextclade 3 defines them, and written for those who read its tables; they follow from the other columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from sampan.engines.genome.letters import encode
from sampan.engines.genome.rebuild import span
from sampan.engines.genome.reference import GenomeReference

MATCH, MISMATCH, UNKNOWN = 3, -1, 2
"""What a letter adds that agrees, that does not, and N (Nextclade 3: packages/nextclade/src/align/score_matrix.rs).
Opening a gap costs what the reference says for its place."""
_READ = (
    "status", "alignment_start", "alignment_end", "substitutions", "deletions", "insertions", "missing", "non_acgtn",
)  # fmt: skip


def summed(batch: pa.RecordBatch, reference: GenomeReference) -> pa.RecordBatch:
    """The same rows with ``alignment_score`` and ``failed_cdses``; both null where the genome did not align.

    alignment_score: of a reference that has no N. Gaps at the ends of the genome cost nothing.
    failed_cdses: names of the CDS of which no letter was read: all of it lies in gaps, or beyond the ends.
    """
    rows = [row if row["status"] == "aligned" else None for row in batch.select(_READ).to_pylist()]
    scores = [None if row is None else _score(row, reference) for row in rows]
    failed = [None if row is None else list(_failed(row, reference)) for row in rows]
    return batch.append_column("alignment_score", pa.array(scores, pa.int64())).append_column(
        "failed_cdses", pa.array(failed, pa.list_(pa.string()))
    )


def _score(row: Mapping[str, Any], reference: GenomeReference) -> int:
    gaps = [span(word) for word in row["deletions"]]
    letters: int = (
        row["alignment_end"] - row["alignment_start"] + 1 - sum(gap.stop - gap.start for gap in gaps)
    )
    unknown: int = sum(run["end"] - run["begin"] + 1 for run in row["missing"])
    wrong = len(row["substitutions"]) + _disagreeing(row["non_acgtn"], reference)
    inserted = (int(word.partition(":")[0]) for word in row["insertions"])
    inside = [place for place in inserted if row["alignment_start"] <= place < row["alignment_end"]]
    opened = (
        int(reference.arrays.gap_open[[*(gap.start for gap in gaps), *inside]].sum()) if gaps or inside else 0
    )
    return MATCH * (letters - wrong - unknown) + MISMATCH * wrong + UNKNOWN * unknown - opened


def _disagreeing(words: Sequence[str], reference: GenomeReference) -> int:
    """How many letters that may be several bases (``R:1234``) are none that the reference has there."""
    letters = reference.arrays.letters
    return sum(not int(encode(word[0])[0]) & int(letters[int(word[2:]) - 1]) for word in words)


def _failed(row: Mapping[str, Any], reference: GenomeReference) -> Iterator[str]:
    first, last = row["alignment_start"] - 1, row["alignment_end"]
    gaps = [span(word) for word in row["deletions"]]
    for cds in reference.cdses:
        read = ((max(begin, first), min(end, last)) for begin, end in cds.parts)
        if all(
            begin >= end or any(gap.start <= begin and end <= gap.stop for gap in gaps) for begin, end in read
        ):
            yield cds.name
