"""What do records say: their letters, where they lie, what they change, what they are near, how good it is?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.align import TOO_DIVERGENT, TOO_FEW_SEEDS, align
from sampan.engines.genome.calls import Calls, call
from sampan.engines.genome.kernels import inner, kernel
from sampan.engines.genome.letters import COMPLEMENT, Bytes, N, read_letters, reverse_complement
from sampan.engines.genome.place import Placement, place
from sampan.engines.genome.quality import RULES, judge
from sampan.engines.genome.reference import Arrays
from sampan.engines.genome.translate import translate
from sampan.engines.genome.window import Numbers

STATUSES = (
    "aligned",
    "empty",
    "not nucleotides",
    "too short",
    "no information",
    "too few seeds",
    "too divergent",
    "too long",
)
ALIGNED, EMPTY, NOT_NUCLEOTIDES, TOO_SHORT, NO_INFORMATION, FEW_SEEDS, DIVERGENT, TOO_LONG = range(8)

MOST_STRANGE = 0.05
"""Share of letters that stand for no base, above which a record is no nucleotide sequence."""
LEAST_COVER = 0.1
"""Share of a genome's known letters that must lie on the reference (Nextclade's minimal seed cover for SARS-CoV-2)."""
MOST_DIFFERENT = 0.35
"""Share of aligned letters that may differ: two unrelated sequences differ at three of four."""


FACTS = ("status", "reverse", "length", "strange", "begin", "end", "distance")
"""Whole numbers of a record: its status, whether the other strand was read, its letters and how many of them stand for
no base, the first letter of the reference that is aligned and one past the last, the distance of the nearest node."""

TABLES = {
    "substitutions": 2,
    "deletions": 2,
    "insertions": 3,
    "bases": 1,
    "missing": 2,
    "ambiguous": 2,
    "aa_substitutions": 2,
    "aa_deletions": 1,
    "aa_insertions": 4,
    "amino_acids": 1,
    "unknown": 3,
    "frame_shifts": 3,
    "nearest": 1,
    "private_substitutions": 3,
    "reverted": 1,
    "private_deletions": 2,
}
"""Rows of a record, and their width: those of ``Calls``, ``Changes`` and ``Placement``. Insertions name their begin and
end among the ``bases``, or ``amino_acids``, of the record."""


N_FACTS, N_TABLES, N_SCORES = len(FACTS), len(TABLES), len(RULES) + 1
Places = npt.NDArray[np.int64]


class Findings(NamedTuple):
    """All that is found in some records."""

    facts: npt.NDArray[np.int64]
    """(records, FACTS)"""
    scores: npt.NDArray[np.float64]
    """(records, 7)"""
    sizes: Numbers
    """(records, TABLES): numbers that each has on the tape."""
    tape: Numbers
    """The rows of the first record, table by table, then of the second."""
    text: Bytes
    """The letters of each record that its identity is made of: upper case, T for U, without gaps and white space."""

    def table(self, name: str) -> tuple[Numbers, Numbers]:
        """One table of all records: its rows, and how many of them each record has."""
        column, width = list(TABLES).index(name), TABLES[name]
        sizes = self.sizes[:, column]
        before = np.cumsum(self.sizes).reshape(self.sizes.shape)[:, column] - sizes
        shift = before - (np.cumsum(sizes) - sizes)
        rows = self.tape[np.arange(sizes.sum()) + np.repeat(shift, sizes)]
        return rows.reshape(-1, width), sizes // width

    def fact(self, name: str) -> npt.NDArray[np.int64]:
        """One fact of all records."""
        return self.facts[:, FACTS.index(name)]


@inner
def _known(letters: Bytes) -> int:
    """Letters that are not N."""
    count = 0
    for letter in letters:
        count += letter != N
    return count


@inner
def _refusal(letters: Bytes, strange: int, least: int) -> int:
    """Why a record need not be aligned, or ALIGNED."""
    if letters.size == 0:
        return EMPTY
    if strange > MOST_STRANGE * letters.size:
        return NOT_NUCLEOTIDES
    if letters.size < least:
        return TOO_SHORT
    return ALIGNED if _known(letters) else NO_INFORMATION


@inner
def _doubt(query: Bytes, stretches: Numbers, count: int, calls: Calls) -> int:
    """Whether what was aligned is too little or too different to be believed."""
    laid = 0
    for row in range(count):
        begin, length = stretches[row, 0], stretches[row, 2]
        laid += _known(query[begin : begin + length])
    if laid < LEAST_COVER * _known(query):
        return FEW_SEEDS
    return DIVERGENT if calls.substitutions.shape[0] > MOST_DIFFERENT * laid else ALIGNED


@inner
def _nowhere() -> Placement:
    rows = np.empty((0, 3), np.int32)
    return Placement(rows[:, 0].copy(), 0, rows, np.empty(0, np.bool_), np.empty((0, 2), np.int32))


@inner
def _inserted(query: Bytes, insertions: Numbers) -> tuple[Numbers, Numbers]:
    """The rows of insertions with their begin and end among the bases that are inserted, and these."""
    rows = insertions.copy()
    bases = np.empty((query.size, 1), np.int32)
    count = 0
    for row in range(rows.shape[0]):
        rows[row, 1] = count
        for index in range(insertions[row, 1], insertions[row, 2]):
            bases[count, 0] = query[index]
            count += 1
        rows[row, 2] = count
    return rows, bases[:count]


@inner
def _column(values: npt.NDArray[Any]) -> Numbers:
    """Numbers as rows of one."""
    rows = np.empty((values.size, 1), np.int32)
    for index in range(values.size):
        rows[index, 0] = values[index]
    return rows


@inner
def _room(tape: Numbers, used: int, more: int) -> Numbers:
    """The tape, or a longer one, on which so many numbers have room behind those that are used."""
    if used + more <= tape.size:
        return tape
    grown = np.empty(2 * (used + more), np.int32)
    for index in range(used):
        grown[index] = tape[index]
    return grown


@kernel
def examine(data: Bytes, begins: Places, ends: Places, arrays: Arrays, least: int) -> Findings:
    """Examines records against a reference.

    data: their bytes, headers excluded; begins, ends: where each of them lies there.
    least: letters that a record needs.
    """
    facts = np.zeros((begins.size, N_FACTS), np.int64)
    scores = np.full((begins.size, N_SCORES), np.nan)
    sizes = np.zeros((begins.size, N_TABLES), np.int32)
    text = np.empty(data.size, np.uint8)
    tape, used = np.empty(1 << 16, np.int32), 0
    placed = arrays.order.size > 0
    for record in range(begins.size):
        fact, begin, end = facts[record], begins[record], ends[record]
        query, strange = read_letters(data[begin:end], text[begin:end])
        fact[2], fact[3] = query.size, strange
        fact[0] = _refusal(query, strange, least)
        if fact[0] != ALIGNED:
            continue
        stretches, count = align(query, arrays.letters, arrays.gap_open, arrays.word, arrays.position)
        reverse = count == TOO_FEW_SEEDS
        if reverse:
            query = reverse_complement(query, COMPLEMENT)
            stretches, count = align(query, arrays.letters, arrays.gap_open, arrays.word, arrays.position)
        if count < 0:
            fact[0] = DIVERGENT if count == TOO_DIVERGENT else FEW_SEEDS
            continue
        calls = call(query, arrays.letters, stretches, count)
        fact[0] = _doubt(query, stretches, count, calls)
        if fact[0] != ALIGNED:
            continue
        changes = translate(calls, query, arrays.coding)
        placement = place(calls, arrays.nodes, arrays.order) if placed else _nowhere()
        fact[1], fact[4], fact[5], fact[6] = reverse, calls.begin, calls.end, placement.distance
        judge(scores[record], calls, changes, placement, placed, arrays.coding, arrays.rules, arrays.known)
        insertions, bases = _inserted(query, calls.insertions)
        tables = (
            calls.substitutions,
            calls.deletions,
            insertions,
            bases,
            calls.missing,
            calls.ambiguous,
            changes.substitutions,
            _column(changes.deletions),
            changes.insertions,
            _column(changes.inserted),
            changes.unknown,
            changes.frame_shifts,
            _column(placement.nearest),
            placement.substitutions,
            _column(placement.reverted),
            placement.deletions,
        )
        for table in range(N_TABLES):
            rows = tables[table]
            sizes[record, table] = rows.size
            tape = _room(tape, used, rows.size)
            for row in range(rows.shape[0]):
                for column in range(rows.shape[1]):
                    tape[used] = rows[row, column]
                    used += 1
    return Findings(facts, scores, sizes, tape[:used], text)
