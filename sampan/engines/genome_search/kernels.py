"""How are sets of genomes within one block kept small, and combined fast?

A block holds at most 65,536 genomes, so a genome is 16 bits, and a set of them takes one of three shapes, as in
Roaring bitmaps (Chambi, Lemire, Kaser & Godin 2016, doi:10.1002/spe.2325): a sorted list of its members, a
sorted list of those that are not in it, or a bit for each. Decoded, a set is 1,024 words of 64 bits.
"""

# ruff: noqa: PLR0917 -- compiled functions are called many times a millisecond, without names
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic
from numpy.typing import NDArray

from sampan.engines.genome.kernels import kernel

Words = NDArray[np.uint64]
Ints = NDArray[np.int64]

BLOCK = 65_536
"""Genomes in a full block."""

WORDS = BLOCK // 64

LIST, BITS, OTHERS = 0, 1, 2
"""The shapes: members listed; a bit each; those listed that are **not** members."""

LONGEST = 4_096
"""Members beyond which a bit each is smaller than a list of 16-bit numbers."""


def _one_instruction(emit: Callable[[Any, Any], Any]) -> Any:
    """A function of one word that is a single machine instruction."""

    def typed(typing: Any, word: Any) -> Any:  # noqa: ARG001 -- numba's own signature
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ARG001 -- so is this
            return emit(builder, args[0])

        return word(word), build

    return intrinsic(typed)


_popcount = _one_instruction(lambda builder, word: builder.ctpop(word))
"""Bits set in a word."""

_lowest = _one_instruction(lambda builder, word: builder.cttz(word, ir.Constant(ir.IntType(1), 1)))
"""Place of the lowest bit set in a word that is not 0."""


@kernel
def size(words: Words) -> Any:
    """How many members a decoded set has."""
    found = nb.int64(0)
    for word in words:
        found += nb.int64(_popcount(word))
    return found


@kernel
def members(words: Words) -> Any:
    """The members of a decoded set in order: ``(members,)`` numbers of genomes within the block."""
    found = np.empty(size(words), np.int64)
    at = 0
    for i in range(len(words)):
        word = words[i]
        while word != np.uint64(0):
            found[at] = i * 64 + nb.int64(_lowest(word))
            word &= word - np.uint64(1)
            at += 1
    return found


@kernel
def unite(
    out: Words, which: Ints, shape: Any, count: Any, where: Any, lows: Any, bits: Any, full: Words
) -> None:
    """Adds to ``out`` every set numbered in ``which``; ``full`` are all genomes of the block."""
    for i in which:
        if shape[i] == LIST:
            for v in lows[where[i] : where[i] + count[i]]:
                out[v >> 6] |= np.uint64(1) << np.uint64(v & 63)
        elif shape[i] == BITS:
            out |= bits[where[i]]
        else:
            rest = full.copy()
            for v in lows[where[i] : where[i] + count[i]]:
                rest[v >> 6] &= ~(np.uint64(1) << np.uint64(v & 63))
            out |= rest


@kernel
def sizes_within(words: Words, shape: Any, count: Any, where: Any, lows: Any, bits: Any) -> Any:
    """How many members of ``words`` each set has: ``(sets,)``."""
    sets = len(shape)
    found = np.empty(sets, np.int64)
    everybody = size(words)
    for i in range(sets):
        here = nb.int64(0)
        if shape[i] == BITS:
            row = bits[where[i]]
            for w in range(len(words)):
                here += nb.int64(_popcount(words[w] & row[w]))
        else:
            for v in lows[where[i] : where[i] + count[i]]:
                here += nb.int64((words[v >> 6] >> np.uint64(v & 63)) & np.uint64(1))
            if shape[i] == OTHERS:
                here = everybody - here
        found[i] = here
    return found


@kernel
def lay_out(begins: Ints, genomes: Any, n: int, shape: Any, where: Any, lows: Any, bits: Any) -> None:
    """Writes each list ``genomes[begins[i]:begins[i + 1]]`` in the shape that was chosen for it."""
    at, row = 0, 0
    for i in range(len(shape)):
        listed = genomes[begins[i] : begins[i + 1]]
        if shape[i] == BITS:
            for v in listed:
                bits[row, v >> 6] |= np.uint64(1) << np.uint64(v & 63)
            where[i] = row
            row += 1
        elif shape[i] == LIST:
            where[i] = at
            for v in listed:  # one by one: to copy a slice takes three seconds to compile
                lows[at] = v
                at += 1
        else:
            where[i] = at
            expected = 0
            for v in listed:
                while expected < v:
                    lows[at] = expected
                    at += 1
                    expected += 1
                expected = v + 1
            while expected < n:
                lows[at] = expected
                at += 1
                expected += 1


@kernel
def copy_sets(into: Ints, out: Any, n: int, shape: Any, count: Any, where: Any, lows: Any, bits: Any) -> None:
    """Copies the members of every set ``i`` to ``out`` from ``into[i]`` on, and moves ``into[i]`` behind them."""
    for i in range(len(shape)):
        at = into[i]
        if shape[i] == LIST:
            for k in range(where[i], where[i] + count[i]):
                out[at] = lows[k]
                at += 1
        elif shape[i] == BITS:
            row = bits[where[i]]
            for w in range(len(row)):
                word = row[w]
                while word != np.uint64(0):
                    out[at] = w * 64 + nb.int64(_lowest(word))
                    word &= word - np.uint64(1)
                    at += 1
        else:
            expected = 0
            for k in range(where[i], where[i] + count[i]):
                while expected < lows[k]:
                    out[at] = expected
                    at += 1
                    expected += 1
                expected = lows[k] + 1
            while expected < n:
                out[at] = expected
                at += 1
                expected += 1
        into[i] = at


@kernel
def scatter(into: Ints, out: Any, code: Any, genome: Any, shift: int) -> None:
    """Appends ``genome[k] + shift`` to list ``code[k]``, for every k in order."""
    for k in range(len(code)):
        out[into[code[k]]] = genome[k] + shift
        into[code[k]] += 1


@kernel
def cover(words: Words, genome: Any, begin: Any, end: Any, sites: int) -> Any:
    """How many members of ``words`` are missing at each site: ``(sites,)``, from ranges ``begin:end``."""
    change = np.zeros(sites + 1, np.int64)
    for k in range(len(genome)):
        v = genome[k]
        here = nb.int64((words[v >> 6] >> np.uint64(v & 63)) & np.uint64(1))
        change[begin[k]] += here
        change[end[k]] -= here
    found = np.empty(sites, np.int64)
    running = nb.int64(0)
    for site in range(sites):
        running += change[site]
        found[site] = running
    return found


@kernel
def mark_ranges(out: Words, which: Any, genome: Any, begin: Any, end: Any, site: int) -> None:
    """Adds to ``out`` the genomes of those ranges, of the numbered ones, that hold ``site``."""
    for k in which:
        if begin[k] <= site < end[k]:
            out[genome[k] >> 6] |= np.uint64(1) << np.uint64(genome[k] & 63)


@kernel
def bins_of_ranges(begin: Any, end: Any, bins: int, width: int) -> Any:
    """For every range, the bins of ``width`` sites that it fills and those that it only touches.

    Returns the sizes by bin, then the numbers of the ranges bin by bin, of the filled and of the touched.
    """
    filled, touched = np.zeros(bins + 1, np.int64), np.zeros(bins + 1, np.int64)
    for k in range(len(begin)):
        for b in range(begin[k] // width, (end[k] - 1) // width + 1):
            if begin[k] <= b * width and end[k] >= (b + 1) * width:
                filled[b + 1] += 1
            else:
                touched[b + 1] += 1
    for b in range(bins):
        filled[b + 1] += filled[b]
        touched[b + 1] += touched[b]
    fills, touches = np.empty(filled[bins], np.int64), np.empty(touched[bins], np.int64)
    next_fill, next_touch = filled.copy(), touched.copy()
    for k in range(len(begin)):
        for b in range(begin[k] // width, (end[k] - 1) // width + 1):
            if begin[k] <= b * width and end[k] >= (b + 1) * width:
                fills[next_fill[b]] = k
                next_fill[b] += 1
            else:
                touches[next_touch[b]] = k
                next_touch[b] += 1
    return filled, fills, touched, touches


@kernel
def choose(codes: Any, wanted: Any) -> Any:
    """The genomes whose code is wanted: ``wanted`` is ``(codes,)`` of 0 and 1."""
    out = np.zeros(WORDS, np.uint64)
    for w in range((len(codes) + 63) // 64):
        word = np.uint64(0)
        for i in range(w * 64, min(w * 64 + 64, len(codes))):
            word |= np.uint64(wanted[codes[i]]) << np.uint64(i & 63)
        out[w] = word
    return out


@kernel
def add_at(sums: Ints, keys: Any, more: Ints) -> None:
    """Adds ``more[i]`` to ``sums[keys[i]]``, for every i."""
    for i in range(len(keys)):
        sums[keys[i]] += more[i]


@kernel
def tally(words: Words, first: Any, firsts: Any, second: Any, seconds: Any, out: Ints) -> None:
    """Counts the members of ``words`` into ``out[group by first code, group by second code]``."""
    for w in range(len(words)):
        word = words[w]
        while word != np.uint64(0):
            i = w * 64 + nb.int64(_lowest(word))
            out[firsts[first[i]], seconds[second[i]]] += 1
            word &= word - np.uint64(1)


def pack(chosen: NDArray[np.bool_]) -> Words:
    """A decoded set from a flag for each genome of the block, ``(genomes,)``."""
    bits = np.zeros(BLOCK, np.bool_)
    bits[: len(chosen)] = chosen
    return np.packbits(bits, bitorder="little").view(np.uint64)


def everyone(n: int) -> Words:
    """All ``n`` genomes of a block."""
    return pack(np.ones(n, np.bool_))
