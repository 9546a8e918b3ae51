"""How is an analysis of genomes written for other people's tools: Parquet, Arrow, TSV, FASTA?

Written as it comes, portion by portion, under a hidden name that becomes the real one at the end: what is there is
whole. The columns of the TSV are named as Nextclade names them where the meaning is the same.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from sampan.core.files import disk_faults


@contextlib.contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there only if the block ends well. Raises NodeError if the disk does not take it."""
    part = path.with_name(f".{path.name}.part")
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def writer(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Writes record batches to ``path`` as its ending says: .parquet, .arrow or .tsv.

    A TSV has two columns more than the schema: alignment_score and failed_cdses.
    """
    with whole(path) as file:
        if path.suffix == ".parquet":
            from pyarrow import parquet

            with parquet.ParquetWriter(file, schema, compression="zstd") as table:
                yield table.write_batch
        elif path.suffix == ".arrow":
            options = pa.ipc.IpcWriteOptions(compression="zstd", emit_dictionary_deltas=True)
            with pa.ipc.new_file(file, schema, options=options) as stream:
                yield stream.write_batch
        else:
            file.write(("\t".join(TSV_COLUMNS) + "\n").encode())
            written = 0

            def write(batch: pa.RecordBatch) -> None:
                nonlocal written
                _write_tsv(file, batch, written)
                written += batch.num_rows

            yield write


def _write_tsv(file: IO[bytes], batch: pa.RecordBatch, first: int) -> None:
    index = pa.array(range(first, first + batch.num_rows)).cast(pa.string())
    cells = [index, *(how(batch, column) for _, how, column in _COLUMNS)]
    lines = pc.binary_join_element_wise(*cells, "\t").to_pylist()
    file.write(("\n".join(lines) + "\n").encode() if lines else b"")


def _text(batch: pa.RecordBatch, column: str) -> pa.Array:
    return _cell(batch[column])


def _cell(values: pa.Array) -> pa.Array:
    """One column as text; nothing where it is null. What would break the table becomes a space."""
    if pa.types.is_list(values.type):
        return _joined(values)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_floating(values.type):
        values = pc.round(values.cast(pa.float64()), 6)
    text = values.cast(pa.string()).fill_null("")
    return pc.replace_substring_regex(text, r"[\t\r\n]", " ")


def _grade(batch: pa.RecordBatch, column: str) -> pa.Array:
    """What a rule's score means, by the bounds that hold for the overall score; nothing where it is not applied."""
    scores = batch[column]
    grade = pc.if_else(pc.less(scores, 30), "good", pc.if_else(pc.less(scores, 100), "mediocre", "bad"))
    return pc.fill_null(grade, "")


def _words(values: pa.ListArray) -> pa.Array:
    """The words of all rows; ranges as they are written."""
    flat = values.flatten()
    if not pa.types.is_struct(flat.type):
        return flat
    begin, end = flat.field("begin"), flat.field("end")
    span = pc.binary_join_element_wise(begin.cast(pa.string()), end.cast(pa.string()), "-")
    span = pc.if_else(pc.equal(begin, end), begin.cast(pa.string()), span)
    if flat.type.get_field_index("cds") < 0:
        return span
    return pc.binary_join_element_wise(flat.field("cds").dictionary_decode(), span, ":")


def _joined(values: pa.ListArray) -> pa.Array:
    offsets = pc.fill_null(pc.list_value_length(values), 0)
    ends = pc.cumulative_sum(offsets)
    starts = pa.concat_arrays([pa.array([0], pa.int32()), ends.cast(pa.int32())])
    return pc.binary_join(pa.ListArray.from_arrays(starts, _words(values)), ",")


def _count(batch: pa.RecordBatch, column: str) -> pa.Array:
    """Letters of deletions, insertions and runs; words of everything else; nothing where nothing was looked for."""
    values = batch[column]
    size = _SIZES.get(column)
    if size is None:
        return _cell(pc.list_value_length(values))
    return _cell(
        pa.array([None if row is None else sum(map(size, row)) for row in values.to_pylist()], pa.int64())
    )


def _private(batch: pa.RecordBatch, _: str) -> pa.Array:
    """Private substitutions of every kind."""
    reverted, labelled, others = (pc.list_value_length(batch[f"{kind}_substitutions"]) for kind in _KINDS)
    return _cell(pc.add(pc.add(reverted, labelled), others))


def _errors(batch: pa.RecordBatch, column: str) -> pa.Array:
    """Why a sequence was not analysed; nothing of one that was."""
    status = _cell(batch[column])
    return pc.if_else(pc.equal(status, "aligned"), "", status)


def _letters(batch: pa.RecordBatch, column: str) -> pa.Array:
    """Ambiguous letters, those that follow each other as one range: ``Y:22987,R:100-102``."""
    return pa.array([",".join(_ranges(row)) for row in batch[column].to_pylist()], pa.string())


def _ranges(words: Sequence[str] | None) -> Iterator[str]:
    runs: list[tuple[str, int, int]] = []
    for word in words or ():
        letter, _, position = word.partition(":")
        if runs and runs[-1][0] == letter and runs[-1][2] + 1 == int(position):
            runs[-1] = (letter, runs[-1][1], int(position))
        else:
            runs.append((letter, int(position), int(position)))
    return (f"{letter}:{begin}-{end}" if end > begin else f"{letter}:{begin}" for letter, begin, end in runs)


def _run(run: Any) -> int:
    return int(run["end"]) - int(run["begin"]) + 1


def _span_length(word: str) -> int:
    begin, _, end = word.partition("-")
    return int(end) - int(begin) + 1 if end else 1


_SIZES: dict[str, Callable[[Any], int]] = {
    "deletions": _span_length,
    "insertions": lambda word: len(word.rpartition(":")[2]),
    "missing": _run,
    "aa_unknown": _run,
}


_KINDS = ("reversion", "labelled", "private")
_QC: tuple[tuple[str, str], ...] = (
    ("missingData", "qc_missing"),
    ("mixedSites", "qc_mixed"),
    ("privateMutations", "qc_private"),
    ("snpClusters", "qc_clusters"),
    ("frameShifts", "qc_frame_shifts"),
    ("stopCodons", "qc_stops"),
)
_TOTALS_OF_RULES: dict[str, tuple[str, Callable[[pa.RecordBatch, str], pa.Array], str]] = {
    "missingData": ("qc.missingData.totalMissing", _count, "missing"),
    "mixedSites": ("qc.mixedSites.totalMixedSites", _count, "non_acgtn"),
}


def _of_rules() -> Iterator[tuple[str, Callable[[pa.RecordBatch, str], pa.Array], str]]:
    """The columns of every rule."""
    for rule, column in _QC:
        yield f"qc.{rule}.score", _text, column
        yield f"qc.{rule}.status", _grade, column
        if rule in _TOTALS_OF_RULES:
            yield _TOTALS_OF_RULES[rule]


_COLUMNS: tuple[tuple[str, Callable[[pa.RecordBatch, str], pa.Array], str], ...] = (
    ("seqName", _text, "name"),
    ("clade", _text, "clade"),
    ("lineage", _text, "lineage"),
    ("lineageAlternatives", _text, "lineage_alternatives"),
    ("lineageDistance", _text, "lineage_distance"),
    ("qc.overallScore", _text, "qc_overall"),
    ("qc.overallStatus", _text, "qc_status"),
    ("totalSubstitutions", _count, "substitutions"),
    ("totalDeletions", _count, "deletions"),
    ("totalInsertions", _count, "insertions"),
    ("totalFrameShifts", _count, "frame_shifts"),
    ("totalMissing", _count, "missing"),
    ("totalNonACGTNs", _count, "non_acgtn"),
    ("totalAminoacidSubstitutions", _count, "aa_substitutions"),
    ("totalAminoacidDeletions", _count, "aa_deletions"),
    ("totalAminoacidInsertions", _count, "aa_insertions"),
    ("totalUnknownAa", _count, "aa_unknown"),
    ("alignmentScore", _text, "alignment_score"),
    ("alignmentStart", _text, "alignment_start"),
    ("alignmentEnd", _text, "alignment_end"),
    ("coverage", _text, "coverage"),
    ("isReverseComplement", _text, "reverse_complement"),
    ("substitutions", _text, "substitutions"),
    ("deletions", _text, "deletions"),
    ("insertions", _text, "insertions"),
    ("frameShifts", _text, "frame_shifts"),
    ("aaSubstitutions", _text, "aa_substitutions"),
    ("aaDeletions", _text, "aa_deletions"),
    ("aaInsertions", _text, "aa_insertions"),
    ("privateNucMutations.reversionSubstitutions", _text, "reversion_substitutions"),
    ("privateNucMutations.labeledSubstitutions", _text, "labelled_substitutions"),
    ("privateNucMutations.unlabeledSubstitutions", _text, "private_substitutions"),
    ("privateNucMutations.totalReversionSubstitutions", _count, "reversion_substitutions"),
    ("privateNucMutations.totalLabeledSubstitutions", _count, "labelled_substitutions"),
    ("privateNucMutations.totalUnlabeledSubstitutions", _count, "private_substitutions"),
    ("privateNucMutations.totalPrivateSubstitutions", _private, ""),
    ("privateNucMutations.deletionRanges", _text, "private_deletions"),
    ("missing", _text, "missing"),
    ("unknownAaRanges", _text, "aa_unknown"),
    ("nonACGTNs", _letters, "non_acgtn"),
    *_of_rules(),
    ("failedCdses", _text, "failed_cdses"),
    ("warnings", _text, "warnings"),
    ("errors", _errors, "status"),
    ("status", _text, "status"),
    ("length", _text, "length"),
    ("sequenceSha256", _text, "sequence_sha256"),
    ("engine", _text, "engine"),
    ("reference", _text, "reference"),
)
TSV_COLUMNS = ("index", *(name for name, _, _ in _COLUMNS))
"""Columns of the TSV: those that Nextclade has too in its order, then ours."""
