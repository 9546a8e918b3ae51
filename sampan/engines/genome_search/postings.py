"""Which genomes of a block have a given thing? Sets of them, by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search import kernels
from sampan.engines.genome_search.kernels import BITS, LIST, LONGEST, OTHERS, WORDS, Ints, Words


@dataclass(frozen=True, eq=False)
class Pairs:
    """What newly come genomes have: pair k says that ``genome[k]`` has the thing ``keys[code[k]]``.

    ``keys`` ascend and are distinct; ``genome`` does not descend, and each pair occurs once.
    """

    keys: Ints
    code: Ints
    genome: Ints

    def between(self, begin: int, end: int) -> Pairs:
        """Those of the genomes ``begin`` to ``end``, which are then counted from 0."""
        at = slice(*np.searchsorted(self.genome, [begin, end]))
        used, code = np.unique(self.code[at], return_inverse=True)
        return Pairs(self.keys[used], code.astype(np.int64), self.genome[at] - begin)


@dataclass(frozen=True, eq=False)
class Postings:
    """Sets of genomes by ascending key; see ``kernels`` for the shapes."""

    keys: Ints
    """``(sets,)``: what is kept under each number, such as a site and a letter."""
    shape: NDArray[np.uint8]
    count: NDArray[np.int32]
    """Numbers listed: of members, or for OTHERS of those that are not; members for BITS."""
    where: NDArray[np.int64]
    """Begin of the list in ``lows``, or row in ``bits``."""
    lows: NDArray[np.uint16]
    bits: Words
    """``(rows, 1024)``"""

    @classmethod
    def empty(cls) -> Self:
        """No set at all."""
        return cls.laid_out(np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0, np.uint16), 0)

    @classmethod
    def laid_out(cls, keys: Ints, begins: Ints, genomes: NDArray[np.uint16], n: int) -> Self:
        """Sets from lists: set i holds ``genomes[begins[i]:begins[i + 1]]``, ascending, of ``n`` in the block."""
        count = np.diff(begins)
        shape = np.where(count <= LONGEST, LIST, BITS).astype(np.uint8)
        others = (n - count < count) & (n - count <= LONGEST)
        shape[others] = OTHERS
        count = np.where(others, n - count, count)
        where = np.zeros(len(keys), np.int64)
        lows = np.empty(int(count[shape != BITS].sum()), np.uint16)
        bits = np.zeros((int((shape == BITS).sum()), WORDS), np.uint64)
        kernels.lay_out(begins, genomes, n, shape, where, lows, bits)
        return cls(keys, shape, count.astype(np.int32), where, lows, bits)

    def members(self, n: int) -> Ints:
        """How many genomes each set holds: ``(sets,)``."""
        return np.where(self.shape == OTHERS, n - self.count, self.count).astype(np.int64)

    def extended(self, n: int, new: Pairs, more: int) -> Postings:
        """These sets of a block of ``n``, and ``new``, of ``more`` genomes that follow."""
        keys = np.union1d(self.keys, new.keys)
        old_at, new_at = np.searchsorted(keys, self.keys), np.searchsorted(keys, new.keys)
        counts = np.zeros(len(keys), np.int64)
        counts[old_at] = self.members(n)
        counts += np.bincount(new_at[new.code], minlength=len(keys))
        begins = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        genomes, into = np.empty(int(begins[-1]), np.uint16), begins[:-1].copy()
        old_into = into[old_at]
        kernels.copy_sets(old_into, genomes, n, *self._sets())
        into[old_at] = old_into
        kernels.scatter(into, genomes, new_at[new.code], new.genome, n)
        return Postings.laid_out(keys, begins, genomes, n + more)

    def find(self, first: int, last: int) -> Ints:
        """The numbers of the sets with keys from ``first`` to ``last``, both included."""
        begin, end = np.searchsorted(self.keys, [first, last + 1])
        return np.arange(begin, end)

    def some(self, which: Ints) -> Postings:
        """Only the numbered sets."""
        return Postings(
            self.keys[which], self.shape[which], self.count[which], self.where[which], self.lows, self.bits
        )

    def union(self, which: Ints, full: Words) -> Words:
        """All genomes in any of the numbered sets; ``full`` are all genomes of the block."""
        out = np.zeros(WORDS, np.uint64)
        kernels.unite(out, which, *self._sets(), full)  # of none, too: what is stored decides no step
        return out

    def within(self, words: Words) -> Ints:
        """How many of ``words`` each set holds: ``(sets,)``."""
        found: Ints = kernels.sizes_within(words, *self._sets())
        return found

    def _sets(self) -> tuple[Any, Any, Any, Any, Any]:
        return self.shape, self.count, self.where, self.lows, self.bits

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays to be kept, each as ``name.keys`` and so on."""
        return {f"{name}.{each.name}": getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Self:
        """What ``arrays`` wrote."""
        return cls(*(arrays[f"{name}.{each.name}"] for each in fields(cls)))
