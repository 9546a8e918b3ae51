"""How do two short stretches align best, with gaps that cost more inside a codon?

Needleman and Wunsch with affine gaps (Gotoh 1982, J. Mol. Biol. 162:705) and the scores that Nextclade uses (its
documentation, "Algorithm: sequence alignment"): match 3, an unknown letter 2, mismatch -1, opening a gap costs by its
place on the reference, lengthening it nothing. Among equals the gap lies furthest left.
"""

# ruff: noqa: PLR0912, PLR0917, PLR1714 - kernels take arrays by position, and Numba compiles plain comparisons
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.kernels import kernel
from sampan.engines.genome.letters import Bytes

Numbers = npt.NDArray[np.int32]
Sets = npt.NDArray[np.uint32]
"""Sets, one bit each: of bases, or of amino acids."""

MATCH, UNKNOWN, MISMATCH = 3, 2, -1
MOST_CELLS = 1 << 24
"""A larger window is not aligned letter by letter."""
BAND = 4
"""Diagonals on either side of the corners that are tried first."""

_INSERT, _DELETE = np.uint8(1), np.uint8(2)
_LONGER_INSERT, _LONGER_DELETE = np.uint8(4), np.uint8(8)
_NEVER = -(1 << 28)


@kernel
def align_window(
    query: Sets,
    reference: Sets,
    gap_open: Numbers,
    unknown: int | np.uint32,
    free_left_insert: bool,
    free_left_delete: bool,
    free_right_insert: bool,
    free_right_delete: bool,
) -> npt.NDArray[np.int32]:
    """Best path through a window, as rows (query begin, reference begin, length) of what is aligned.

    query, reference: sets of bases (or any codes of which equals meet in a bit); ``unknown`` is the set that
        stands for any.
    gap_open: cost of opening a gap before each letter of the reference, one more than it has letters.
    free_…: whether a gap at that corner costs nothing, where the window ends with its sequence.

    Only a band around the diagonals of the two corners is filled in. A path that leaves it aligns so many letters
    fewer than it could, and opens two gaps. What is found in a narrow band scores more than any path can that leaves
    a band wide enough, and so tells how wide that is.
    """
    free = (free_left_insert, free_left_delete, free_right_insert, free_right_delete)
    score, path, first = _filled(query, reference, gap_open, unknown, free, BAND)
    known = 0
    for letter in query:
        known += letter != unknown
    gaps = 0 if free[0] or free[1] or free[2] or free[3] else 2 * gap_open.min()
    beaten = score + gaps - 1
    pairs = min(beaten // MATCH, known) + max(0, beaten - MATCH * known) // UNKNOWN
    shorter = min(query.size, reference.size)
    band = min(shorter, shorter - pairs - 1)
    if band > BAND:
        score, path, first = _filled(query, reference, gap_open, unknown, free, band)
    return _way_back(path, first, query.size)


@kernel
def _filled(
    query: Sets,
    reference: Sets,
    gap_open: Numbers,
    unknown: int | np.uint32,
    free: tuple[bool, bool, bool, bool],
    band: int,
) -> tuple[int, Bytes, int]:
    """Score of the best path within the band, the steps by row and diagonal, and the first diagonal."""
    free_left_insert, free_left_delete, free_right_insert, free_right_delete = free
    rows, columns = reference.size, query.size
    first = min(0, columns - rows) - band
    last = max(0, columns - rows) + band
    path = np.empty((rows + 1, last - first + 1), np.uint8)
    above = np.full(columns + 1, _NEVER, np.int32)
    deleting = np.full(columns + 1, _NEVER, np.int32)
    above[0] = 0
    for column in range(1, min(columns, last) + 1):
        path[0, column - first] = _INSERT | _LONGER_INSERT
        above[column] = 0 if free_left_insert else -gap_open[0]
    for row in range(1, rows + 1):
        begin, end = max(1, row + first), min(columns, row + last)
        diagonal = above[begin - 1]
        letter = reference[row - 1]
        above[begin - 1] = _NEVER
        if row + first <= 0:
            above[0] = 0 if free_left_delete else -gap_open[0]
            path[row, -row - first] = _DELETE | _LONGER_DELETE
        inserting = np.int32(_NEVER)
        insert_cost = 0 if free_right_insert and row == rows else gap_open[row]
        for column in range(begin, end + 1):
            other = query[column - 1]
            if other == unknown or letter == unknown:
                score = diagonal + UNKNOWN
            elif other & letter:
                score = diagonal + MATCH
            else:
                score = diagonal + MISMATCH
            step = np.uint8(0)
            opened = above[column - 1] - insert_cost
            if inserting >= opened and column > 1:
                step |= _LONGER_INSERT
            else:
                inserting = np.int32(opened)
            delete_cost = 0 if free_right_delete and column == columns else gap_open[row - 1]
            opened = above[column] - delete_cost
            if deleting[column] >= opened and row > 1:
                step |= _LONGER_DELETE
            else:
                deleting[column] = opened
            if inserting > score:
                score = inserting
                step |= _INSERT
            if deleting[column] > score:
                score = deleting[column]
                step = (step & ~_INSERT) | _DELETE
            diagonal = above[column]
            above[column] = score
            path[row, column - row - first] = step
    return above[columns], path, first


@kernel
def _way_back(path: Bytes, first: int, column: int) -> npt.NDArray[np.int32]:
    """The aligned stretches of the path that ends in the last row and at ``column``, first to last."""
    row = path.shape[0] - 1
    found = np.empty((row + column + 1, 3), np.int32)
    count = length = 0
    state = 0
    while row > 0 or column > 0:
        step = path[row, column - row - first]
        if state == 0:
            state = 1 if step & _INSERT else (2 if step & _DELETE else 0)
        if state == 0:
            row -= 1
            column -= 1
            length += 1
            continue
        if length:
            found[count, 0], found[count, 1], found[count, 2] = column, row, length
            count, length = count + 1, 0
        if state == 1:
            state = 1 if step & _LONGER_INSERT else 0
            column -= 1
        else:
            state = 2 if step & _LONGER_DELETE else 0
            row -= 1
    if length:
        found[count, 0], found[count, 1], found[count, 2] = 0, 0, length
        count += 1
    return found[:count][::-1].copy()
