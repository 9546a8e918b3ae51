"""Which mutations do they carry, and of how many of those that were read at that site?

A share without its denominator deceives: a genome with N at a site says nothing about that site. **Covered** are
the genomes of which the letter is known there, a deletion included, a missing or ambiguous letter not. Of a
deletion or an insertion it is counted at the first deleted site, and at the site before the insertion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search import kernels
from sampan.engines.genome_search.batch import TEXT_BITS
from sampan.engines.genome_search.block import Block
from sampan.engines.genome_search.expression import Expression
from sampan.engines.genome_search.index import Index
from sampan.engines.genome_search.kernels import Ints, Words
from sampan.engines.genome_search.layout import OPEN, SYMBOLS, Layout
from sampan.engines.genome_search.seen import Seen

Level = Literal["nucleotide", "amino acid"]

_CODES = 32


@dataclass(frozen=True, eq=False)
class Frequencies:
    """Mutations, the most frequent first, then by site: ``(mutations,)`` each. Shares are count / covered."""

    names: tuple[str, ...]
    sites: Ints
    counts: Ints
    covered: Ints

    @property
    def shares(self) -> NDArray[np.float64]:
        """Of the covered genomes, how large a part has it. Every mutation that is named has some."""
        return self.counts / self.covered


def frequencies(
    index: Index, seen: Seen, question: Expression, *, level: Level = "nucleotide", least: float = 0.05
) -> Frequencies:
    """All mutations that at least a share ``least`` of the covered genomes has, of those seen that fit.

    Substitutions, deletions and insertions, named as they can be asked for.
    """
    fitting = index.fitting(seen, question)
    covered = coverage(index, seen, question)
    parts = [
        _letters(index.layout, _sums(index, seen, question, fitting), covered, level, least),
        _others(index, fitting, covered, level, least),
    ]
    names = [name for each in parts for name in each.names]
    sites, counts, known = (
        np.concatenate([getattr(each, what) for each in parts]) for what in ("sites", "counts", "covered")
    )
    order = sorted(range(len(names)), key=lambda i: (-counts[i] / known[i], sites[i], names[i]))
    return Frequencies(tuple(names[i] for i in order), sites[order], counts[order], known[order])


def coverage(index: Index, seen: Seen, question: Expression) -> Ints:
    """Of how many of the seen genomes that fit each site is known: ``(sites,)``."""
    found = np.zeros(index.layout.sites, np.int64)
    for at, words in enumerate(index.fitting(seen, question)):
        block = index.blocks[at]
        found += index.kept.get(
            (block.identity, seen.tokens[at], question, "covered"),
            lambda block=block, words=words: _covered(block, words, index.layout),  # type: ignore[misc]
        )
    return found


def _covered(block: Block, words: Words, layout: Layout) -> Ints:
    unknown = block.missing.counts(words, sites=layout.sites)
    ambiguous = block.ambiguous(len(layout.genome))
    np.add.at(unknown, ambiguous.keys >> 5, ambiguous.within(words))
    everybody: Ints = kernels.size(words) - unknown
    return everybody


def _sums(index: Index, seen: Seen, question: Expression, fitting: list[Words]) -> Ints:
    """How many genomes have each letter at each site: ``(sites, codes)``."""
    sums = np.zeros(index.layout.sites * _CODES, np.int64)
    for at, words in enumerate(fitting):
        block = index.blocks[at]
        found = index.kept.get(
            (block.identity, seen.tokens[at], question, "letters"),
            lambda block=block, words=words: block.letters.within(words),  # type: ignore[misc]
        )
        kernels.add_at(sums, block.letters.keys, found)
    return sums.reshape(index.layout.sites, _CODES)


def _letters(layout: Layout, sums: Ints, covered: Ints, level: Level, least: float) -> Frequencies:
    """Substitutions, and deleted codons."""
    of_level = slice(0, len(layout.genome)) if level == "nucleotide" else slice(len(layout.genome), None)
    begin = of_level.start
    table, known = sums[of_level], covered[of_level]
    enough = (table > 0) & (known[:, None] > 0) & (table >= least * known[:, None])
    if level == "nucleotide":
        enough[:, OPEN] = False
    site, symbol = np.nonzero(enough)
    names = tuple(
        layout.named(s + begin, SYMBOLS[c]) for s, c in zip(site.tolist(), symbol.tolist(), strict=True)
    )
    return Frequencies(names, site + begin, table[site, symbol], known[site])


def _others(index: Index, fitting: list[Words], covered: Ints, level: Level, least: float) -> Frequencies:
    """Insertions, and deletions of nucleotides."""
    layout, sums = index.layout, dict[tuple[int, str], int]()
    for block, words in zip(index.blocks, fitting, strict=True):
        deletions = block.deletions.within(words) if level == "nucleotide" else np.empty(0, np.int64)
        for number in np.flatnonzero(deletions).tolist():
            begin, end = divmod(int(block.deletions.keys[number]), 1 << 32)
            name = f"{begin + 1}-{end if end > begin + 1 else ''}"
            sums[begin, name] = sums.get((begin, name), 0) + int(deletions[number])
        insertions = block.insertions.within(words)
        for number in np.flatnonzero(insertions).tolist():
            site, text = divmod(int(block.insertions.keys[number]), 1 << TEXT_BITS)
            if (site < len(layout.genome)) == (level == "nucleotide"):
                named = (site, inserted_name(layout, site, block.texts[text]))
                sums[named] = sums.get(named, 0) + int(insertions[number])
    kept = [
        (site, name, n)
        for (site, name), n in sums.items()
        if covered[site] > 0 and n >= least * covered[site]
    ]
    sites = np.array([site for site, _, _ in kept], np.int64)
    return Frequencies(
        tuple(name for _, name, _ in kept), sites, np.array([n for _, _, n in kept], np.int64), covered[sites]
    )


def inserted_name(layout: Layout, site: int, text: str) -> str:
    """How people write an insertion: ``ins_22204:GAGCCAGAA``, ``ins_S:214:EPE``."""
    track = layout.at(site)
    return f"ins_{track.name + ':' if track.name else ''}{site - track.begin + 1}:{text}"
