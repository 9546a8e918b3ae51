"""Of which genomes is a site not known? Ranges, and for every 64 sites the genomes that miss all of them.

A denominator at one site is then one set, and the few ranges that begin or end within its 64 sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search import kernels
from sampan.engines.genome_search.kernels import Ints, Words
from sampan.engines.genome_search.postings import Postings

BIN = 64
"""Sites in a bin."""


@dataclass(frozen=True, eq=False)
class Ranges:
    """Range k says that ``genome[k]`` is not known at the sites ``begin[k]`` to before ``end[k]``.

    Genomes ascend; the ranges of one genome do not overlap.
    """

    genome: NDArray[np.int32]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]

    def between(self, begin: int, end: int) -> Ranges:
        """Those of the genomes ``begin`` to ``end``, which are then counted from 0."""
        at = slice(*np.searchsorted(self.genome, [begin, end]))
        return Ranges(self.genome[at] - np.int32(begin), self.begin[at], self.end[at])


@dataclass(frozen=True, eq=False)
class Missing:
    """The ranges of a block, and what of each bin they fill or touch."""

    genome: NDArray[np.uint16]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    filled: Postings
    """By bin: the genomes of which all its sites are missing."""
    touched: Ints
    """``(bins + 1,)``: where each bin begins in ``touching``."""
    touching: NDArray[np.int32]
    """The numbers of the ranges that hold some of a bin's sites but not all."""

    @classmethod
    def laid_out(cls, ranges: Ranges, *, n: int, sites: int) -> Self:
        """The ranges of a block of ``n`` genomes on a reference of so many sites."""
        bins = -(-sites // BIN)
        sizes, fills, touched, touching = kernels.bins_of_ranges(ranges.begin, ranges.end, bins, BIN)
        genome = ranges.genome.astype(np.uint16)
        filled = Postings.laid_out(np.arange(bins), sizes, genome[fills], n)
        return cls(genome, ranges.begin, ranges.end, filled, touched, touching.astype(np.int32))

    def extended(self, n: int, new: Ranges, more: int, *, sites: int) -> Missing:
        """These ranges of a block of ``n``, and those of ``more`` genomes that follow."""
        both = Ranges(
            np.concatenate([self.genome.astype(np.int32), new.genome + np.int32(n)]),
            np.concatenate([self.begin, new.begin]),
            np.concatenate([self.end, new.end]),
        )
        return Missing.laid_out(both, n=n + more, sites=sites)

    def at(self, site: int, full: Words) -> Words:
        """The genomes of which ``site`` is not known."""
        each = site // BIN
        out = self.filled.union(np.array([each]), full)
        near = self.touching[self.touched[each] : self.touched[each + 1]]
        kernels.mark_ranges(out, near, self.genome, self.begin, self.end, site)
        return out

    def counts(self, words: Words, *, sites: int) -> Ints:
        """How many of ``words`` are not known at each site: ``(sites,)``."""
        found: Ints = kernels.cover(words, self.genome, self.begin, self.end, sites)
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays to be kept."""
        return {
            "missing.genome": self.genome,
            "missing.begin": self.begin,
            "missing.end": self.end,
            "missing.touched": self.touched,
            "missing.touching": self.touching,
            **self.filled.arrays("missing.filled"),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """What ``arrays`` wrote."""
        return cls(
            arrays["missing.genome"],
            arrays["missing.begin"],
            arrays["missing.end"],
            Postings.of(arrays, "missing.filled"),
            arrays["missing.touched"],
            arrays["missing.touching"],
        )
