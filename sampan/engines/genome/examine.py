"""What does one record say: its letters, where they lie, what they change, what they are near, how good it is?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.align import TOO_DIVERGENT, TOO_FEW_SEEDS, align
from sampan.engines.genome.calls import Calls, call
from sampan.engines.genome.kernels import kernel
from sampan.engines.genome.letters import COMPLEMENT, Bytes, N, read_letters, reverse_complement
from sampan.engines.genome.place import Placement, place
from sampan.engines.genome.quality import judge
from sampan.engines.genome.reference import Arrays
from sampan.engines.genome.translate import Changes, translate
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


class Letters(NamedTuple):
    """A record as it was read."""

    codes: Bytes
    text: Bytes
    """Upper-case letters, T for U, without gaps and white space: what its identity is made of."""
    strange: int
    """Letters that stand for no base; they count as N."""


class Findings(NamedTuple):
    """All that is found in one record. The rest is empty unless ``status`` is ALIGNED."""

    status: int
    reverse: bool
    query: Bytes
    calls: Calls
    changes: Changes
    placement: Placement
    scores: npt.NDArray[np.float64]


@kernel
def read(raw: Bytes) -> Letters:
    """Reads the bytes of a record, header excluded."""
    codes, text, strange = read_letters(raw)
    return Letters(codes, text, strange)


@kernel
def _refusal(letters: Letters, least: int) -> int:
    """Why a record need not be aligned, or ALIGNED."""
    size = letters.codes.size
    if size == 0:
        return EMPTY
    if letters.strange > MOST_STRANGE * size:
        return NOT_NUCLEOTIDES
    if size < least:
        return TOO_SHORT
    for code in letters.codes:
        if code != N:
            return ALIGNED
    return NO_INFORMATION


@kernel
def _doubt(query: Bytes, stretches: Numbers, count: int, calls: Calls) -> int:
    """Whether what was aligned is too little or too different to be believed."""
    known = 0
    for code in query:
        known += code != N
    laid = 0
    for row in range(count):
        for index in range(stretches[row, 0], stretches[row, 0] + stretches[row, 2]):
            laid += query[index] != N
    if laid < LEAST_COVER * known:
        return FEW_SEEDS
    return DIVERGENT if calls.substitutions.shape[0] > MOST_DIFFERENT * laid else ALIGNED


@kernel
def _nothing() -> tuple[Calls, Changes, Placement]:
    pairs, triples = np.empty((0, 2), np.int32), np.empty((0, 3), np.int32)
    letters = np.empty(0, np.uint8)
    calls = Calls(pairs, pairs, triples, pairs, pairs, letters, 0, 0)
    numbers = np.empty(0, np.int32)
    changes = Changes(pairs, numbers, np.empty((0, 4), np.int32), letters, triples, triples)
    return calls, changes, Placement(numbers, 0, triples, np.empty(0, np.bool_), pairs)


@kernel
def examine(letters: Letters, arrays: Arrays, least: int) -> Findings:
    """Examines one record against a reference; ``least`` letters are needed."""
    nothing, unchanged, nowhere = _nothing()
    scores = np.full(7, np.nan)
    status = _refusal(letters, least)
    query = letters.codes
    if status != ALIGNED:
        return Findings(status, False, query, nothing, unchanged, nowhere, scores)
    stretches, count = align(query, arrays.letters, arrays.gap_open, arrays.word, arrays.position)
    reverse = count == TOO_FEW_SEEDS
    if reverse:
        query = reverse_complement(query, COMPLEMENT)
        stretches, count = align(query, arrays.letters, arrays.gap_open, arrays.word, arrays.position)
    if count < 0:
        status = DIVERGENT if count == TOO_DIVERGENT else FEW_SEEDS
        return Findings(status, False, letters.codes, nothing, unchanged, nowhere, scores)
    calls = call(query, arrays.letters, stretches, count)
    status = _doubt(query, stretches, count, calls)
    if status != ALIGNED:
        return Findings(status, reverse, query, nothing, unchanged, nowhere, scores)
    changes = translate(calls, query, arrays.coding)
    placed = arrays.rank.size > 0
    placement = place(calls, arrays.nodes, arrays.rank) if placed else nowhere
    scores = judge(calls, changes, placement, placed, arrays.coding, arrays.rules, arrays.known)
    return Findings(ALIGNED, reverse, query, calls, changes, placement, scores)
