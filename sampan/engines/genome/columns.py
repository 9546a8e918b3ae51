"""How are findings written as columns, one row a sequence?

Mutations are numbers until here. Each different number of a chunk is spelt once, and Arrow puts the words in place,
so that a hundred mutations of a genome cost no Python objects. A list that is null was not looked for, because the
sequence did not align; an empty one was, and nothing was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sampan.engines.genome.calls import Calls
from sampan.engines.genome.examine import ALIGNED, STATUSES, Findings
from sampan.engines.genome.letters import AMINO_ACIDS, PEPTIDE, SYMBOLS, Bytes, decode
from sampan.engines.genome.quality import RULES
from sampan.engines.genome.quality import STATUSES as GRADES
from sampan.engines.genome.reference import GenomeReference

ENGINE = "sampan-genome 3"
"""Changes whenever a row could."""

_WORD = pa.dictionary(pa.int32(), pa.string())
_WORDS = pa.list_(pa.string())
_RANGES = pa.list_(pa.struct([("begin", pa.int32()), ("end", pa.int32())]))
_CODONS = pa.list_(pa.struct([("cds", _WORD), ("begin", pa.int32()), ("end", pa.int32())]))
_BASES = "ACGT-"

SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("sequence_sha256", pa.string()),
        ("length", pa.int32()),
        ("status", _WORD),
        ("warnings", _WORDS),
        ("reverse_complement", pa.bool_()),
        ("alignment_start", pa.int32()),
        ("alignment_end", pa.int32()),
        ("coverage", pa.float32()),
        ("substitutions", _WORDS),
        ("deletions", _WORDS),
        ("insertions", _WORDS),
        ("missing", _RANGES),
        ("non_acgtn", _WORDS),
        ("aa_substitutions", _WORDS),
        ("aa_deletions", _WORDS),
        ("aa_insertions", _WORDS),
        ("aa_unknown", _CODONS),
        ("frame_shifts", _WORDS),
        ("lineage", pa.string()),
        ("lineage_alternatives", _WORDS),
        ("lineage_distance", pa.int32()),
        ("clade", pa.string()),
        ("private_substitutions", _WORDS),
        ("private_deletions", _WORDS),
        ("reversion_substitutions", _WORDS),
        ("labelled_substitutions", _WORDS),
        *((f"qc_{rule}", pa.float32()) for rule in RULES),
        ("qc_overall", pa.float32()),
        ("qc_status", _WORD),
        ("engine", _WORD),
        ("reference", _WORD),
    ]
)
"""Columns of an analysis. Positions count from 1 and ranges hold both ends, as bioinformaticians write them."""

MOST_ALTERNATIVES = 20
"""Lineages named beside the one chosen, where many are equally near."""

MOST_KEPT = 1 << 18

Offsets = npt.NDArray[np.int32]


def _offsets(lengths: Iterable[int]) -> Offsets:
    return np.cumsum([0, *lengths]).astype(np.int32)


def _lists(values: pa.Array, offsets: Offsets, aligned: npt.NDArray[np.bool_], kind: pa.DataType) -> pa.Array:
    """Values cut into rows; null where nothing was looked for."""
    mask = None if aligned.all() else pa.array(~aligned)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, type=kind, mask=mask)


def _spelt(
    rows: Sequence[npt.NDArray[np.int32]],
    weights: Sequence[int],
    aligned: npt.NDArray[np.bool_],
    spell: Callable[[int], str],
) -> pa.Array:
    """Rows of numbers of each sequence as words; each different row is spelt once.

    weights: by which the columns of a row are added up to one number.
    """
    found = np.concatenate([*rows, np.empty((0, len(weights)), np.int32)])
    codes = found.astype(np.int64) @ np.array(weights, np.int64)
    return _spelt_codes(codes, _offsets(map(len, rows)), aligned, spell)


def _spelt_codes(
    codes: npt.NDArray[np.int64],
    offsets: Offsets,
    aligned: npt.NDArray[np.bool_],
    spell: Callable[[int], str],
) -> pa.Array:
    found = pa.array(codes).dictionary_encode()
    words = pa.array([spell(code) for code in found.dictionary.to_pylist()], pa.string())
    return _lists(words.take(found.indices), offsets, aligned, _WORDS)


def _word(values: Sequence[int | None], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), pa.array(words, pa.string()))


_PAIR = (1 << 32, 1)
_TRIPLE = (1 << 48, 1 << 24, 1)


def _span(begin: int, end: int) -> str:
    """A range from 0, half open, as it is written: ``21765-21770``, or ``28271``."""
    return f"{begin + 1}-{end}" if end > begin + 1 else f"{end}"


def _spell_span(code: int) -> str:
    return _span(code >> 32, code & 0xFFFFFFFF)


def _amino_acids(codes: Bytes) -> str:
    return PEPTIDE[codes].tobytes().decode()


class _Kept(dict[Any, Any]):
    """Answers of a function, kept for the next chunk; lineages repeat the same ones. At most MOST_KEPT of them."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        super().__init__()
        self._answer = answer

    def __missing__(self, asked: Any) -> Any:
        if len(self) >= MOST_KEPT:
            self.clear()
        found = self[asked] = self._answer(asked)
        return found


class Columns:
    """Spells findings against one reference."""

    def __init__(self, reference: GenomeReference) -> None:
        self.reference = reference
        coding = reference.arrays.coding
        self._letters = decode(reference.arrays.letters)
        self._peptide = _amino_acids(coding.peptide)
        self._cds = [cds.name for cds in reference.cdses]
        self._begins = (coding.begins // 3).tolist()
        self._spell_substitution = _Kept(self._substitution).__getitem__
        self._spell_amino_acid = _Kept(self._amino_acid).__getitem__
        self._spell_private = _Kept(self._private).__getitem__
        self._lineage = _Kept(self._nearest).__getitem__
        self._owner = np.repeat(np.arange(len(self._cds)), np.diff(coding.begins) // 3)

    def _substitution(self, code: int) -> str:
        position, base = divmod(code, 5)
        return f"{self._letters[position]}{position + 1}{_BASES[base]}"

    def _private(self, code: int) -> str:
        """Position, state of the node and base of the genome; with labels where the mutation has any."""
        position, theirs, base, labelled = code // 72, code // 12 % 6, code // 2 % 6, code % 2
        written = f"{self._letters[position] if theirs == 5 else _BASES[theirs]}{position + 1}{_BASES[base]}"
        return f"{written}|{'&'.join(self.reference.labels[5 * position + base])}" if labelled else written

    def _ambiguous(self, code: int) -> str:
        return f"{SYMBOLS[code & 15]}:{(code >> 32) + 1}"

    def _codon(self, codon: int) -> str:
        cds = self._owner[codon]
        return f"{self._cds[cds]}:{self._peptide[codon]}{codon - self._begins[cds] + 1}"

    def _amino_acid(self, code: int) -> str:
        return f"{self._codon(code >> 32)}{AMINO_ACIDS[code & 31]}"

    def _frame_shift(self, code: int) -> str:
        return f"{self._cds[code >> 48]}:{_span(code >> 24 & 0xFFFFFF, code & 0xFFFFFF)}"

    def _coverage(self, calls: Sequence[Calls]) -> npt.NDArray[np.float64]:
        """Share of the reference from the first letter aligned to the last, less what is not a single base."""
        spans = np.array([(one.end - one.begin, len(one.ambiguous), len(one.missing)) for one in calls])
        spans = spans.reshape(-1, 3)
        missing = np.concatenate([*(one.missing for one in calls), np.empty((0, 2), np.int32)])
        row = np.repeat(np.arange(len(calls)), spans[:, 2])
        unknown = np.bincount(row, missing[:, 1] - missing[:, 0], minlength=len(calls))
        covered: npt.NDArray[np.float64] = spans[:, 0] - spans[:, 1] - unknown
        return covered / len(self._letters)

    def _insertions(self, one: Findings) -> list[str]:
        return [
            f"{place}:{decode(one.query[begin:end])}" for place, begin, end in one.calls.insertions.tolist()
        ]

    def _aa_insertions(self, one: Findings) -> list[str]:
        return [
            f"{self._cds[cds]}:{codon - self._begins[cds]}:{_amino_acids(one.changes.inserted[begin:end])}"
            for cds, codon, begin, end in one.changes.insertions.tolist()
        ]

    def _unknown(self, found: Sequence[Findings], aligned: npt.NDArray[np.bool_]) -> pa.Array:
        rows = np.concatenate([*(one.changes.unknown for one in found), np.empty((0, 3), np.int32)])
        cds = pa.DictionaryArray.from_arrays(
            pa.array(rows[:, 0], pa.int32()), pa.array(self._cds, pa.string())
        )
        codons = [cds, pa.array(rows[:, 1] + 1, pa.int32()), pa.array(rows[:, 2], pa.int32())]
        values = pa.StructArray.from_arrays(codons, fields=list(_CODONS.value_type))
        return _lists(values, _offsets(len(one.changes.unknown) for one in found), aligned, _CODONS)

    def _nearest(self, nearest: bytes) -> tuple[str | None, str | None, list[str] | None]:
        """Lineage, clade and the lineages equally near: one lineage from which they all descend, if there is any.

        nearest: the numbers of the nearest nodes, as bytes.
        """
        nodes = [self.reference.nodes[index] for index in np.frombuffer(nearest, np.int32)]
        if not nodes:
            return None, None, None
        names = list(dict.fromkeys(node.lineage for node in nodes if node.lineage))
        if len(names) < 2:
            return (names or [None])[0], nodes[0].clade, []
        lineage = self.reference.common_ancestor(names) or names[0]
        return lineage, nodes[0].clade, [name for name in names if name != lineage][:MOST_ALTERNATIVES]

    def _private_lists(self, found: Sequence[Findings], placed: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
        """Private substitutions of every sequence, by kind."""
        rows = np.concatenate([*(one.placement.substitutions for one in found), np.empty((0, 3), np.int32)])
        reverted = np.concatenate([*(one.placement.reverted for one in found), np.empty(0, np.bool_)])
        sequence = np.repeat(np.arange(len(found)), [len(one.placement.reverted) for one in found])
        labelled = self.reference.arrays.known.labelled[5 * rows[:, 0] + rows[:, 2]] & ~reverted
        codes = rows.astype(np.int64) @ np.array([72, 12, 2]) + labelled
        kinds = {
            "reversion_substitutions": reverted,
            "labelled_substitutions": labelled,
            "private_substitutions": ~reverted & ~labelled,
        }
        return {
            name: _spelt_codes(
                codes[kept],
                _offsets(np.bincount(sequence[kept], minlength=len(found))),
                placed,
                self._spell_private,
            )
            for name, kept in kinds.items()
        }

    def batch(
        self,
        names: Sequence[str],
        digests: Sequence[str | None],
        lengths: Sequence[int | None],
        warnings: Sequence[Sequence[str]],
        found: Sequence[Findings],
    ) -> pa.RecordBatch:
        """One record batch of SCHEMA."""
        aligned = np.array([one.status == ALIGNED for one in found], bool)
        placed = aligned & (len(self.reference.nodes) > 0)
        calls = [one.calls for one in found]
        changes = [one.changes for one in found]
        lineages = [self._lineage(one.placement.nearest.tobytes()) for one in found]
        missing = np.concatenate([*(one.missing for one in calls), np.empty((0, 2), np.int32)])
        scores = np.array([one.scores for one in found]).reshape(-1, len(RULES) + 1)
        overall = scores[:, -1]
        grade = np.where(overall < 30, 0, np.where(overall < 100, 1, 2))
        columns = {
            "name": pa.array(names, pa.string()),
            "sequence_sha256": pa.array(digests, pa.string()),
            "length": pa.array(lengths, pa.int32()),
            "status": _word([one.status for one in found], STATUSES),
            "warnings": pa.array(warnings, _WORDS),
            "reverse_complement": pa.array(
                [bool(one.reverse) if ok else None for one, ok in zip(found, aligned, strict=True)]
            ),
            "alignment_start": pa.array([one.begin + 1 for one in calls], pa.int32(), mask=~aligned),
            "alignment_end": pa.array([one.end for one in calls], pa.int32(), mask=~aligned),
            "coverage": pa.array(self._coverage(calls).astype(np.float32), mask=~aligned),
            "substitutions": _spelt(
                [one.substitutions for one in calls], (5, 1), aligned, self._spell_substitution
            ),
            "deletions": _spelt([one.deletions for one in calls], _PAIR, aligned, _spell_span),
            "insertions": pa.array(
                [self._insertions(one) if ok else None for one, ok in zip(found, aligned, strict=True)],
                _WORDS,
            ),
            "missing": _lists(
                pa.StructArray.from_arrays(
                    [pa.array(missing[:, 0] + 1, pa.int32()), pa.array(missing[:, 1], pa.int32())],
                    fields=list(_RANGES.value_type),
                ),
                _offsets(len(one.missing) for one in calls),
                aligned,
                _RANGES,
            ),
            "non_acgtn": _spelt([one.ambiguous for one in calls], _PAIR, aligned, self._ambiguous),
            "aa_substitutions": _spelt(
                [one.substitutions for one in changes], _PAIR, aligned, self._spell_amino_acid
            ),
            "aa_deletions": _spelt(
                [one.deletions.reshape(-1, 1) for one in changes],
                (1,),
                aligned,
                lambda codon: f"{self._codon(codon)}-",
            ),
            "aa_insertions": pa.array(
                [self._aa_insertions(one) if ok else None for one, ok in zip(found, aligned, strict=True)],
                _WORDS,
            ),
            "aa_unknown": self._unknown(found, aligned),
            "frame_shifts": _spelt(
                [one.frame_shifts for one in changes],
                _TRIPLE,
                aligned,
                self._frame_shift,
            ),
            "lineage": pa.array([one[0] for one in lineages], pa.string()),
            "lineage_alternatives": pa.array([one[2] for one in lineages], _WORDS),
            "lineage_distance": pa.array([one.placement.distance for one in found], pa.int32(), mask=~placed),
            "clade": pa.array([one[1] for one in lineages], pa.string()),
            "private_deletions": _spelt(
                [one.placement.deletions for one in found], _PAIR, placed, _spell_span
            ),
            **self._private_lists(found, placed),
            **{
                f"qc_{rule}": pa.array(scores[:, index], pa.float32(), from_pandas=True)
                for index, rule in enumerate((*RULES, "overall"))
            },
            "qc_status": _word(
                [int(one) if ok else None for one, ok in zip(grade, aligned, strict=True)], GRADES
            ),
            "engine": _word([0] * len(found), [ENGINE]),
            "reference": _word([0] * len(found), [self.reference.title]),
        }
        return pa.RecordBatch.from_arrays([columns[field.name] for field in SCHEMA], schema=SCHEMA)
