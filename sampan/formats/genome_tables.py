"""How is an analysis of genomes written for other people's tools: Parquet, Arrow, TSV, FASTA?

Written as it comes, portion by portion, under a hidden name that becomes the real one at the end: what is there is
whole. The columns of the TSV are named as Nextclade names them where the meaning is the same.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from sampan.core.files import disk_faults

_TEXTS: tuple[tuple[str, str], ...] = (
    ("seqName", "name"),
    ("clade", "clade"),
    ("lineage", "lineage"),
    ("lineageAlternatives", "lineage_alternatives"),
    ("lineageDistance", "lineage_distance"),
    ("qc.overallScore", "qc_overall"),
    ("qc.overallStatus", "qc_status"),
)
_LISTS: tuple[tuple[str, str], ...] = (
    ("substitutions", "substitutions"),
    ("deletions", "deletions"),
    ("insertions", "insertions"),
    ("frameShifts", "frame_shifts"),
    ("aaSubstitutions", "aa_substitutions"),
    ("aaDeletions", "aa_deletions"),
    ("aaInsertions", "aa_insertions"),
    ("missing", "missing"),
    ("unknownAaRanges", "aa_unknown"),
    ("nonACGTNs", "non_acgtn"),
    ("privateNucMutations.reversionSubstitutions", "reversion_substitutions"),
    ("privateNucMutations.labeledSubstitutions", "labelled_substitutions"),
    ("privateNucMutations.unlabeledSubstitutions", "private_substitutions"),
    ("privateNucMutations.deletionRanges", "private_deletions"),
)
_REST: tuple[tuple[str, str], ...] = (
    ("alignmentStart", "alignment_start"),
    ("alignmentEnd", "alignment_end"),
    ("isReverseComplement", "reverse_complement"),
    ("warnings", "warnings"),
    ("status", "status"),
    ("length", "length"),
    ("sequenceSha256", "sequence_sha256"),
    ("engine", "engine"),
    ("reference", "reference"),
)


_PRIVATE = tuple(
    (f"privateNucMutations.total{kind}Substitutions", column)
    for kind, column in (
        ("Reversion", "reversion_substitutions"),
        ("Labeled", "labelled_substitutions"),
        ("Unlabeled", "private_substitutions"),
    )
)
_SCORES: tuple[tuple[str, str], ...] = (
    ("qc.missingData", "qc_missing"),
    ("qc.mixedSites", "qc_mixed"),
    ("qc.privateMutations", "qc_private"),
    ("qc.snpClusters", "qc_clusters"),
    ("qc.frameShifts", "qc_frame_shifts"),
    ("qc.stopCodons", "qc_stops"),
)


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
    """Writes record batches to ``path`` as its ending says: .parquet, .arrow or .tsv."""
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
            file.write(("\t".join(name for name, _ in tsv_columns()) + "\n").encode())
            yield lambda batch: _write_tsv(file, batch)


def tsv_columns() -> Iterable[tuple[str, str]]:
    """Names of the TSV's columns with those of ours that they are read from."""
    totals = [(_total(name), column) for name, column in _LISTS[:10]]
    scores = [(f"{name}.{part}", column) for name, column in _SCORES for part in ("score", "status")]
    return (*_TEXTS, *totals, ("coverage", "coverage"), *_LISTS, *_PRIVATE, *scores, *_REST)


def _total(name: str) -> str:
    short = name.replace("aaS", "aminoacidS").replace("aaD", "aminoacidD").replace("aaI", "aminoacidI")
    short = short.replace("unknownAaRanges", "unknownAa")
    return f"total{short[0].upper()}{short[1:]}"


def _write_tsv(file: IO[bytes], batch: pa.RecordBatch) -> None:
    lists = {name: _joined(batch[column]) for name, column in _LISTS}
    cells = [_cell(batch[column]) for _, column in _TEXTS]
    cells += [_count(batch, column) for _, column in _LISTS[:10]]
    cells += [_cell(batch["coverage"]), *lists.values()]
    cells += [_count(batch, column) for _, column in _PRIVATE]
    cells += [cell for _, column in _SCORES for cell in (_cell(batch[column]), _grade(batch[column]))]
    cells += [_cell(batch[column]) for _, column in _REST]
    lines = pc.binary_join_element_wise(*cells, "\t").to_pylist()
    file.write(("\n".join(lines) + "\n").encode() if lines else b"")


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


def _grade(scores: pa.Array) -> pa.Array:
    """What a rule's score means, by the bounds that hold for the overall score; nothing where it is not applied."""
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
