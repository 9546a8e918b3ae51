"""How are findings written as columns, one row a sequence?

Mutations are numbers until here. Each different number of a chunk is spelt once, and Arrow puts the words in place,
so that a hundred mutations of a genome cost no Python objects. A list that is null was not looked for, because the
sequence did not align; an empty one was, and nothing was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sampan.engines.genome.examine import ALIGNED, STATUSES, Findings
from sampan.engines.genome.letters import AMINO_ACIDS, LETTERS, PEPTIDE, SYMBOLS, Bytes, decode
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


def _lists(
    values: pa.Array, counts: npt.NDArray[Any], aligned: npt.NDArray[np.bool_], kind: pa.DataType
) -> pa.Array:
    """Values cut into rows of so many; null where nothing was looked for."""
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    mask = None if aligned.all() else pa.array(~aligned)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind, mask=mask)


def _spelt(
    codes: npt.NDArray[np.int64],
    counts: npt.NDArray[Any],
    aligned: npt.NDArray[np.bool_],
    spell: Callable[[int], str],
) -> pa.Array:
    """Numbers of each sequence as words; each different number is spelt once."""
    found = pa.array(codes).dictionary_encode()
    words = pa.array([spell(code) for code in found.dictionary.to_pylist()], pa.string())
    return _lists(words.take(found.indices), counts, aligned, _WORDS)


def _word(
    values: npt.NDArray[Any], words: Sequence[str], *, mask: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    numbers = pa.array(values, pa.int32(), mask=mask)
    return pa.DictionaryArray.from_arrays(numbers, pa.array(words, pa.string()))


_ONE = (1,)
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
        self._spell_lost = _Kept(lambda codon: f"{self._codon(codon)}-").__getitem__
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

    def _coverage(self, found: Findings) -> npt.NDArray[np.float64]:
        """Share of the reference from the first letter aligned to the last, less what is not a single base."""
        runs, counts = found.table("missing")
        _, ambiguous = found.table("ambiguous")
        row = np.repeat(np.arange(len(counts)), counts)
        unknown = np.bincount(row, runs[:, 1] - runs[:, 0], minlength=len(counts))
        covered = found.fact("end") - found.fact("begin") - ambiguous - unknown
        return np.asarray(covered / len(self._letters))

    def _words(
        self,
        found: Findings,
        name: str,
        weights: tuple[int, ...],
        known: npt.NDArray[np.bool_],
        spell: Callable[[int], str],
    ) -> pa.Array:
        """A table as words. weights: by which the columns of a row are added up to the number that is spelt."""
        rows, counts = found.table(name)
        return _spelt(rows.astype(np.int64) @ np.array(weights, np.int64), counts, known, spell)

    def _insertions(self, found: Findings, aligned: npt.NDArray[np.bool_]) -> pa.Array:
        rows, counts = found.table("insertions")
        bases = _texts(found, "bases", LETTERS, counts)
        words = [
            f"{place}:{text[begin:end]}"
            for (place, begin, end), text in zip(rows.tolist(), bases, strict=True)
        ]
        return _lists(pa.array(words, pa.string()), counts, aligned, _WORDS)

    def _aa_insertions(self, found: Findings, aligned: npt.NDArray[np.bool_]) -> pa.Array:
        rows, counts = found.table("aa_insertions")
        acids = _texts(found, "amino_acids", PEPTIDE, counts)
        words = [
            f"{self._cds[cds]}:{codon - self._begins[cds]}:{text[begin:end]}"
            for (cds, codon, begin, end), text in zip(rows.tolist(), acids, strict=True)
        ]
        return _lists(pa.array(words, pa.string()), counts, aligned, _WORDS)

    def _missing(self, found: Findings, aligned: npt.NDArray[np.bool_]) -> pa.Array:
        rows, counts = found.table("missing")
        ends = [pa.array(rows[:, 0] + 1), pa.array(rows[:, 1])]
        return _lists(
            pa.StructArray.from_arrays(ends, fields=list(_RANGES.value_type)), counts, aligned, _RANGES
        )

    def _unknown(self, found: Findings, aligned: npt.NDArray[np.bool_]) -> pa.Array:
        rows, counts = found.table("unknown")
        cds = pa.DictionaryArray.from_arrays(pa.array(rows[:, 0]), pa.array(self._cds, pa.string()))
        codons = [cds, pa.array(rows[:, 1] + 1), pa.array(rows[:, 2])]
        values = pa.StructArray.from_arrays(codons, fields=list(_CODONS.value_type))
        return _lists(values, counts, aligned, _CODONS)

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

    def _lineages(self, found: Findings) -> list[tuple[str | None, str | None, list[str] | None]]:
        """Lineage, clade and alternatives of every sequence."""
        nodes, counts = found.table("nearest")
        raw, ends = nodes.tobytes(), np.cumsum(counts * nodes.itemsize).tolist()
        return [self._lineage(raw[begin:end]) for begin, end in zip([0, *ends], ends, strict=False)]

    def _private_lists(self, found: Findings, placed: npt.NDArray[np.bool_]) -> dict[str, pa.Array]:
        """Private substitutions of every sequence, by kind."""
        rows, counts = found.table("private_substitutions")
        reverted = found.table("reverted")[0][:, 0] > 0
        sequence = np.repeat(np.arange(len(counts)), counts)
        labelled = self.reference.arrays.known.labelled[5 * rows[:, 0] + rows[:, 2]] & ~reverted
        codes = rows.astype(np.int64) @ np.array([72, 12, 2]) + labelled
        kinds = {
            "reversion_substitutions": reverted,
            "labelled_substitutions": labelled,
            "private_substitutions": ~reverted & ~labelled,
        }
        return {
            name: _spelt(
                codes[kept],
                np.bincount(sequence[kept], minlength=len(counts)),
                placed,
                self._spell_private,
            )
            for name, kept in kinds.items()
        }

    def batch(
        self,
        names: Sequence[str],
        digests: pa.Array,
        lengths: pa.Array,
        warnings: Sequence[Sequence[str]],
        found: Findings,
    ) -> pa.RecordBatch:
        """One record batch of SCHEMA."""
        status = found.fact("status")
        aligned = status == ALIGNED
        placed = aligned & (len(self.reference.nodes) > 0)
        lineages = self._lineages(found)
        overall = found.scores[:, -1]
        grade = np.where(~aligned | (overall < 30), 0, np.where(overall < 100, 1, 2))
        columns = {
            "name": pa.array(names, pa.string()),
            "sequence_sha256": digests,
            "length": lengths,
            "status": _word(status, STATUSES),
            "warnings": pa.array(warnings, _WORDS),
            "reverse_complement": pa.array(found.fact("reverse") > 0, mask=~aligned),
            "alignment_start": pa.array(found.fact("begin") + 1, pa.int32(), mask=~aligned),
            "alignment_end": pa.array(found.fact("end"), pa.int32(), mask=~aligned),
            "coverage": pa.array(self._coverage(found).astype(np.float32), mask=~aligned),
            "substitutions": self._words(found, "substitutions", (5, 1), aligned, self._spell_substitution),
            "deletions": self._words(found, "deletions", _PAIR, aligned, _spell_span),
            "insertions": self._insertions(found, aligned),
            "missing": self._missing(found, aligned),
            "non_acgtn": self._words(found, "ambiguous", _PAIR, aligned, self._ambiguous),
            "aa_substitutions": self._words(
                found, "aa_substitutions", _PAIR, aligned, self._spell_amino_acid
            ),
            "aa_deletions": self._words(found, "aa_deletions", _ONE, aligned, self._spell_lost),
            "aa_insertions": self._aa_insertions(found, aligned),
            "aa_unknown": self._unknown(found, aligned),
            "frame_shifts": self._words(found, "frame_shifts", _TRIPLE, aligned, self._frame_shift),
            "lineage": pa.array([one[0] for one in lineages], pa.string()),
            "lineage_alternatives": pa.array([one[2] for one in lineages], _WORDS),
            "lineage_distance": pa.array(found.fact("distance"), pa.int32(), mask=~placed),
            "clade": pa.array([one[1] for one in lineages], pa.string()),
            "private_deletions": self._words(found, "private_deletions", _PAIR, placed, _spell_span),
            **self._private_lists(found, placed),
            **{
                f"qc_{rule}": pa.array(found.scores[:, index], pa.float32(), from_pandas=True)
                for index, rule in enumerate((*RULES, "overall"))
            },
            "qc_status": _word(grade, GRADES, mask=~aligned),
            "engine": _word(np.zeros(len(names), np.int32), [ENGINE]),
            "reference": _word(np.zeros(len(names), np.int32), [self.reference.title]),
        }
        return pa.RecordBatch.from_arrays([columns[field.name] for field in SCHEMA], schema=SCHEMA)


def _texts(found: Findings, name: str, letters: Bytes, rows: npt.NDArray[Any]) -> Iterator[str]:
    """Of each sequence the letters of a table, as often as it has ``rows``."""
    codes, counts = found.table(name)
    text = letters[codes[:, 0]].tobytes().decode()
    ends = np.cumsum(counts).tolist()
    for begin, end, times in zip([0, *ends], ends, rows.tolist(), strict=False):
        yield from repeat(text[begin:end], times)
