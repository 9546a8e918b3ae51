"""Does a primer or a probe still fit the genomes that are about?

An oligo covers a stretch of the reference. A genome **mismatches** it at a base that the oligo does not stand for,
at a deleted base, and where letters are inserted between two of its bases. Only genomes of which every base under
the oligo is known are counted at all. The nearer a mismatch lies to the 3' end, where the polymerase begins, the
more it hinders: mismatches within the last five bases are told apart (Stadhouders et al. 2010,
doi:10.2353/jmoldx.2010.090035), and weighed 3 within the last two, 2 within the last five, and 1 elsewhere. The
weights are a convention of this package, in the order of that study's delays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sampan.engines.genome_search.block import Block
from sampan.engines.genome_search.evaluate import (
    deleted_between,
    inserted_between,
    postings_at,
    symbol_of,
    unknown,
)
from sampan.engines.genome_search.expression import Expression
from sampan.engines.genome_search.index import Index, Label, tallied
from sampan.engines.genome_search.kernels import WORDS, Words
from sampan.engines.genome_search.layout import AMBIGUOUS, IUPAC, Layout
from sampan.engines.genome_search.seen import Seen

COMPLEMENT = str.maketrans("ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN")

NEAR = 5
"""Bases at the 3' end of which mismatches are told apart."""

WEIGHTS: Mapping[int, int] = {2: 3, 5: 2}
"""Within so many bases of the 3' end, a mismatch weighs so much; the first that holds. Any other weighs 1."""


@dataclass(frozen=True)
class Oligo:
    """A primer or probe: its letters 5' to 3', and where it lies.

    ``begin`` is the 0-based position of its left-most base on the reference; ``forward`` whether it reads as the
    reference does, or as the other strand.
    """

    name: str
    letters: str
    begin: int
    forward: bool = True

    @property
    def end(self) -> int:
        """The position after its right-most base."""
        return self.begin + len(self.letters)

    @property
    def along(self) -> str:
        """Its letters as they lie along the reference."""
        return self.letters if self.forward else self.letters.translate(COMPLEMENT)[::-1]

    def from_3_end(self, site: int) -> int:
        """How far a base is from the 3' end; the last is 0."""
        return self.end - 1 - site if self.forward else site - self.begin

    def differences(self, layout: Layout) -> int:
        """How many bases of the reference itself it does not stand for."""
        under = layout.genome[self.begin : self.end]
        return sum(base not in IUPAC[letter] for base, letter in zip(under, self.along, strict=True))


@dataclass
class Fit:
    """What was found of the genomes with one pair of labels."""

    covered: int = 0
    mismatched: int = 0
    """With at least one mismatch."""
    severe: int = 0
    """With two or more."""
    near: int = 0
    """With one within the last five bases of the 3' end."""
    weight: int = 0
    """Sum over all of them of the weights of their mismatches."""


@dataclass
class _Held:
    """The oligo held against one block: which of the covered genomes mismatch, and how."""

    covered: Words
    once: Words = field(default_factory=lambda: np.zeros(WORDS, np.uint64))
    twice: Words = field(default_factory=lambda: np.zeros(WORDS, np.uint64))
    near: Words = field(default_factory=lambda: np.zeros(WORDS, np.uint64))
    weighed: list[tuple[int, Words]] = field(default_factory=list)

    def add(self, found: Words, distance: int) -> None:
        """Takes in the genomes with a mismatch so far from the 3' end."""
        found = found & self.covered
        self.twice |= self.once & found
        self.once |= found
        if distance < NEAR:
            self.near |= found
        self.weighed.append((next((w for within, w in WEIGHTS.items() if distance < within), 1), found))

    def sums(self) -> Iterator[tuple[str, int, Words]]:
        """The fields of a Fit, the times that each genome counts there, and the genomes."""
        yield "covered", 1, self.covered
        yield "mismatched", 1, self.once
        yield "severe", 1, self.twice
        yield "near", 1, self.near
        for weight, found in self.weighed:
            yield "weight", weight, found


def watch(
    index: Index,
    seen: Seen,
    question: Expression,
    oligo: Oligo,
    *,
    by: tuple[str, Label],
    and_by: tuple[str, Label],
) -> dict[tuple[str, str], Fit]:
    """How well ``oligo`` fits the seen genomes that fit ``question``, by two labels; only of those that are covered."""
    found: dict[tuple[str, str], Fit] = {}
    for at, words in enumerate(index.fitting(seen, question)):
        block = index.blocks[at]
        for what, times, each in _held(block, words, oligo, index.layout).sums():
            first, second, counts = tallied(block, each, by=by, and_by=and_by)
            for i, j in np.argwhere(counts).tolist():
                fit = found.setdefault((first[i], second[j]), Fit())
                setattr(fit, what, getattr(fit, what) + times * int(counts[i, j]))
    return dict(sorted(found.items()))


def _held(block: Block, words: Words, oligo: Oligo, layout: Layout) -> _Held:
    """The oligo held against those of one block that are covered under it."""
    sites = range(oligo.begin, oligo.end)
    held = _Held(words & ~np.bitwise_or.reduce([unknown(block, site, layout) for site in sites]))
    for site, letter in zip(sites, oligo.along, strict=True):
        held.add(_mismatched(block, site, letter, layout), oligo.from_3_end(site))
    for site in sites[:-1]:
        between = min(oligo.from_3_end(site), oligo.from_3_end(site + 1))
        held.add(inserted_between(block, site, site + 1), between)
    return held


def _mismatched(block: Block, site: int, letter: str, layout: Layout) -> Words:
    """The genomes whose base at a site is none that ``letter`` stands for, or is deleted. Of covered ones only."""
    at_site = [(i, symbol_of(block, i)) for i in postings_at(block, site).tolist()]
    fitting = [i for i, base in at_site if base in IUPAC[letter]]
    other = [i for i, base in at_site if base not in IUPAC[letter] and base not in AMBIGUOUS]
    deleted = deleted_between(block, site, site + 1)
    if layout.genome[site] in IUPAC[letter]:
        return block.letters.union(np.array(other, np.int64), block.everyone) | deleted
    return block.everyone & ~block.letters.union(np.array(fitting, np.int64), block.everyone)
