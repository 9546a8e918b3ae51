"""Which genomes of one block fit a question? Sets joined, met and turned round.

Every part of a question can be read in three ways: as **called**; as what **may** hold for all that is known (a
missing base may be any base, the date 2020-03 any day of March); or as what **must** hold. Not turns the last
two into each other, as in Kleene's three-valued logic: what must not hold is what may not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search import kernels
from sampan.engines.genome_search.batch import TEXT_BITS
from sampan.engines.genome_search.block import Block
from sampan.engines.genome_search.expression import (
    All,
    Changed,
    Covered,
    Dated,
    Deleted,
    Everything,
    Exact,
    Expression,
    Given,
    Inserted,
    Letter,
    Maybe,
    Not,
    Some,
    Within,
)
from sampan.engines.genome_search.kernels import WORDS, Ints, Words
from sampan.engines.genome_search.layout import AMBIGUOUS, IUPAC, SYMBOLS, Layout, key

Way = Literal["called", "may", "must"]
OPPOSITE: dict[Way, Way] = {"called": "called", "may": "must", "must": "may"}


@dataclass(frozen=True, eq=False)
class Reading:
    """One block, the ``at``-th, being asked one question. What was read once is not read again."""

    block: Block
    at: int
    layout: Layout
    known: dict[tuple[Expression, Way], Words] = field(default_factory=dict)

    def fitting(self, question: Expression, way: Way = "called") -> Words:
        """The genomes that fit ``question``, 1,024 words, **seen or not**.

        Not for use outside this package: what it gives must meet ``Seen`` before anybody counts it.
        """
        found = self.known.get((question, way))
        if found is None:
            found = self.known[question, way] = self._fitting(question, way)
        return found

    def _fitting(self, question: Expression, way: Way) -> Words:
        match question:
            case Not(part):
                return self.block.everyone & ~self.fitting(part, OPPOSITE[way])
            case All(parts):
                return _met([self.fitting(part, way) for part in parts], self.block)
            case Some(least, parts, exactly):
                return self._some(least, parts, exactly, way)
            case Maybe(part):
                return self.fitting(part, "may")
            case Exact(part):
                return self.fitting(part, "must")
        return self._leaf(question, way)

    def _leaf(self, question: Expression, way: Way) -> Words:
        block = self.block
        match question:
            case Everything():
                return block.everyone
            case Given(_, blocks):
                return blocks[self.at]
            case Within(column, words):
                return _chosen(block, column, block.column(column).certainty(words)[_WAYS[way]])
            case Dated(column, first, last):
                begin, end = block.column(column).days
                fits = (begin <= last) & (end >= first) if way == "may" else (begin >= first) & (end <= last)
                return _chosen(block, column, fits)
        return _of_letters(block, question, self.layout, way)

    def _some(self, least: int, parts: Sequence[Expression], exactly: bool, way: Way) -> Words:
        """At least, or exactly, so many parts. Exactly so many may hold if so many may, and no more must."""
        reached = _at_least(self.block, least, [self.fitting(part, way) for part in parts])
        if not exactly:
            return reached
        beyond = [self.fitting(part, OPPOSITE[way]) for part in parts]
        return reached & ~_at_least(self.block, least + 1, beyond)


_WAYS: dict[Way, int] = {"called": 0, "may": 1, "must": 2}


def _chosen(block: Block, column: str, wanted: NDArray[np.bool_]) -> Words:
    found: Words = kernels.choose(block.column(column).codes, wanted.astype(np.uint8))
    return found


def _met(sets: Sequence[Words], block: Block) -> Words:
    met: Words = np.bitwise_and.reduce(sets) if sets else block.everyone
    return met


def _at_least(block: Block, least: int, sets: Sequence[Words]) -> Words:
    if least == 1 and sets:
        either: Words = np.bitwise_or.reduce(sets)
        return either
    # reached[j]: the genomes in at least j of the sets so far
    reached = [block.everyone, *(np.zeros(WORDS, np.uint64) for _ in range(least))]
    for each in sets:
        for j in range(least, 0, -1):
            reached[j] = reached[j] | reached[j - 1] & each
    return reached[least]


def _of_letters(block: Block, question: Expression, layout: Layout, way: Way) -> Words:
    """What is asked of the letters themselves."""
    match question:
        case Letter(site, symbol):
            return _letter(block, site, symbol, layout, way)
        case Changed(site):
            changed = _differing(block, site, layout)
            return changed | unknown(block, site, layout) if way == "may" else changed
        case Covered(site):
            return block.everyone & ~unknown(block, site, layout)
        case Deleted(begin, end):
            deleted = _deleted(block, begin, end)
            if way != "may":
                return deleted
            known = [_deleted(block, site, site + 1) | _missing(block, site) for site in range(begin, end)]
            return deleted | _met(known, block)
        case Inserted(site, pattern):
            inserted = _inserted(block, site, pattern)
            return inserted | _missing(block, site) if way == "may" else inserted
        case _:
            raise AssertionError(question)


def _letter(block: Block, site: int, symbol: str, layout: Layout, way: Way) -> Words:
    """The genomes with a symbol at a site. An ambiguous letter may be any of its bases."""
    nucleotide = site < len(layout.genome)
    if symbol == ("N" if nucleotide else "X"):
        return _missing(block, site)
    if nucleotide and symbol in AMBIGUOUS:
        return _posted(block, [key(site, symbol)])
    if symbol == layout.letter(site):
        return _unchanged(block, site, symbol, layout, way)
    if nucleotide and symbol == "-":
        return _of_letters(block, Deleted(site, site + 1), layout, way)
    found = _posted(block, [key(site, symbol)])
    if way != "may":
        return found
    open_to = [key(site, each) for each in AMBIGUOUS if symbol in IUPAC[each]] if nucleotide else []
    return found | _posted(block, open_to) | _missing(block, site)


def _unchanged(block: Block, site: int, symbol: str, layout: Layout, way: Way) -> Words:
    """The genomes with the reference's own letter."""
    if way != "may":
        return block.everyone & ~_differing(block, site, layout) & ~unknown(block, site, layout)
    nucleotide = site < len(layout.genome)
    other = [key(site, each) for each in AMBIGUOUS if symbol not in IUPAC[each]] if nucleotide else []
    return block.everyone & ~(_differing(block, site, layout) | _posted(block, other))


def _differing(block: Block, site: int, layout: Layout) -> Words:
    """The genomes with another letter than the reference's at a site, or a deletion over it."""
    at_site = postings_at(block, site)
    if site >= len(layout.genome):
        return block.letters.union(at_site, block.everyone)
    certain = [i for i in at_site.tolist() if symbol_of(block, i) not in AMBIGUOUS]
    return block.letters.union(np.array(certain, np.int64), block.everyone) | _deleted(block, site, site + 1)


def unknown(block: Block, site: int, layout: Layout) -> Words:
    """The genomes of which the letter at a site is missing or ambiguous."""
    missing = _missing(block, site)
    if site >= len(layout.genome):
        return missing
    return missing | _posted(block, [key(site, each) for each in AMBIGUOUS])


def postings_at(block: Block, site: int) -> Ints:
    """The numbers of the sets of letters at a site."""
    return block.letters.find(site << 5, (site << 5) + 31)


def symbol_of(block: Block, number: int) -> str:
    """The symbol that the numbered set of letters is of."""
    return SYMBOLS[int(block.letters.keys[number]) & 31]


def _posted(block: Block, keys: Sequence[int]) -> Words:
    found = [block.letters.find(each, each) for each in keys]
    return block.letters.union(np.concatenate(found) if found else np.empty(0, np.int64), block.everyone)


def _missing(block: Block, site: int) -> Words:
    return block.missing.at(site, block.everyone)


def _deleted(block: Block, begin: int, end: int) -> Words:
    """The genomes with one deletion over all of these sites of the genome."""
    keys = block.deletions.keys
    over = (keys >> 32 <= begin) & (keys & 0xFFFFFFFF >= end)
    return block.deletions.union(np.flatnonzero(over), block.everyone)


def _inserted(block: Block, site: int, pattern: str) -> Words:
    """The genomes with an insertion after a site whose letters are like ``pattern``."""
    here = block.insertions.find(site << TEXT_BITS, (site + 1 << TEXT_BITS) - 1)
    numbers = block.insertions.keys[here] & (1 << TEXT_BITS) - 1
    like = [
        i
        for i, number in zip(here.tolist(), numbers.tolist(), strict=True)
        if fits(block.texts[number], pattern)
    ]
    return block.insertions.union(np.array(like, np.int64), block.everyone)


def fits(text: str, pattern: str) -> bool:
    """Whether ``text`` is ``pattern``, in which every ``?`` is any run of letters, also none."""
    first, *rest = pattern.split("?")
    if not rest:
        return text == pattern
    if not text.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(rest[-1]) and len(text) - len(rest[-1]) >= at


def inserted_between(block: Block, begin: int, end: int) -> Words:
    """The genomes with any insertion after one of the sites ``begin`` to before ``end``."""
    here = block.insertions.find(begin << TEXT_BITS, (end << TEXT_BITS) - 1)
    return block.insertions.union(here, block.everyone)


def deleted_between(block: Block, begin: int, end: int) -> Words:
    """The genomes with a deletion that takes any of the sites ``begin`` to before ``end`` of the genome."""
    keys = block.deletions.keys
    touching = (keys >> 32 < end) & (keys & 0xFFFFFFFF > begin)
    return block.deletions.union(np.flatnonzero(touching), block.everyone)
