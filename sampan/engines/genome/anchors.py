"""Where in the reference is this stretch of 24 letters, if it is there once?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.kernels import inner, kernel, ready
from sampan.engines.genome.letters import TWO_BITS, Bytes

WORD = 24
_MASK = np.uint64((1 << 2 * WORD) - 1)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: spreads neighbouring words (Knuth, The Art of Computer Programming 3, 6.4)."""
_TWICE = -2


class Anchors(NamedTuple):
    """Words of the reference by open addressing: ``position[slot]`` is -1 if free, -2 if the word occurs twice."""

    word: npt.NDArray[np.uint64]
    position: npt.NDArray[np.int32]


@inner
def _slot(key: np.uint64, slots: int) -> int:
    return int((key * _MULTIPLIER) >> np.uint64(32)) & (slots - 1)


@kernel
def _fill(
    reference: Bytes, two_bits: Bytes, word: npt.NDArray[np.uint64], position: npt.NDArray[np.int32]
) -> None:
    key = np.uint64(0)
    known = 0
    for index in range(reference.size):
        bits = two_bits[reference[index]]
        known = 0 if bits > 3 else known + 1
        key = ((key << np.uint64(2)) | np.uint64(bits & 3)) & _MASK
        if known >= WORD:
            slot = _slot(key, word.size)
            while position[slot] != -1 and word[slot] != key:
                slot = (slot + 1) & (word.size - 1)
            position[slot] = _TWICE if position[slot] != -1 else index - WORD + 1
            word[slot] = key


def anchors_of(reference: Bytes) -> Anchors:
    """The index of a reference, given as sets of bases."""
    slots = 1 << max(10, int(4 * reference.size - 1).bit_length())
    index = Anchors(np.zeros(slots, np.uint64), np.full(slots, -1, np.int32))
    ready(_fill)(reference, TWO_BITS, *index)
    return index


@inner
def next_anchor(
    query: Bytes,
    start: int,
    two_bits: Bytes,
    word: npt.NDArray[np.uint64],
    position: npt.NDArray[np.int32],
) -> tuple[int, int]:
    """The first word at or after ``start`` that the reference has once: its place in both, or (-1, -1)."""
    key = np.uint64(0)
    known = 0
    for index in range(start, query.size):
        bits = two_bits[query[index]]
        known = 0 if bits > 3 else known + 1
        key = ((key << np.uint64(2)) | np.uint64(bits & 3)) & _MASK
        if known >= WORD:
            slot = _slot(key, word.size)
            while position[slot] != -1 and word[slot] != key:
                slot = (slot + 1) & (word.size - 1)
            if position[slot] >= 0:
                return index - WORD + 1, position[slot]
    return -1, -1
