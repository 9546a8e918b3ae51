"""What would a virus be like that there is not: its genome, its genes, and which changes it survives?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.uint8]
"""Bases as 0 to 3: A, C, G, T."""

BASES = "ACGT"
START, STOPS = "ATG", ("TAA", "TAG", "TGA")
LEADER, SPACER, TRAILER = 130, 45, 150
"""Letters before the first gene, between two genes, and after the last."""

GENES = (("EXR", 800), ("EXS", 420), ("EXM", 180), ("EXN", 300))
"""Names and codons, start and stop included, in the order that many RNA viruses have: a replicase, what sits on the
surface, a matrix, what wraps the genome. EX is for exercise: no virus has genes of these names."""

ADENINE_THYMINE = 0.6
"""Share of A and T among the letters drawn. Chosen: RNA viruses of people lie on both sides of a half."""

AMINO_ACIDS = "KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF"
"""The standard code, by 16 × first + 4 × second + third base."""


@dataclass(frozen=True)
class Gene:
    """A gene: its first letter, from 0, and one past its last; a start codon to a stop codon."""

    name: str
    begin: int
    end: int


@dataclass(frozen=True, eq=False)
class Virus:
    """A genome and its genes, which do not overlap."""

    letters: Letters
    genes: tuple[Gene, ...]

    @property
    def text(self) -> str:
        """The genome in letters."""
        return spelt(self.letters)

    @cached_property
    def codon(self) -> NDArray[np.int64]:
        """(letters,) where the codon of each letter begins; -1 outside the genes."""
        begins = np.full(len(self.letters), -1, np.int64)
        for gene in self.genes:
            begins[gene.begin : gene.end] = gene.begin + np.arange(gene.end - gene.begin) // 3 * 3
        return begins

    @cached_property
    def kept(self) -> frozenset[int]:
        """Where the start and stop codons begin."""
        return frozenset(at for gene in self.genes for at in (gene.begin, gene.end - 3))

    def effect(self, letters: Letters, at: int, base: int) -> str:
        """What it does to ``letters`` to have another base at a site: nothing, "silent", "changed" or "lethal".

        Lethal is a stop before the end of a gene, or the loss of its start or end.
        """
        begin = int(self.codon[at])
        if begin < 0:
            return "silent"
        if begin in self.kept:
            return "lethal"
        after = letters[begin : begin + 3].copy()
        before, after[at - begin] = amino_acid(after), base
        said = amino_acid(after)
        return "lethal" if said == "*" else "silent" if said == before else "changed"


def invent(rng: np.random.Generator) -> Virus:
    """A virus of GENES, drawn from ``rng``: the same state gives the same letters."""
    parts, genes, at = [_anything(LEADER, rng)], [], LEADER
    for name, codons in GENES:
        genes.append(Gene(name, at, at + 3 * codons))
        parts += [_gene(codons, rng), _anything(SPACER, rng)]
        at += 3 * codons + SPACER
    return Virus(np.concatenate([*parts, _anything(TRAILER, rng)]), tuple(genes))


def amino_acid(codon: Letters) -> str:
    """What three bases stand for; ``*`` is a stop."""
    return AMINO_ACIDS[16 * int(codon[0]) + 4 * int(codon[1]) + int(codon[2])]


def read(text: str) -> Letters:
    """Bases from their letters."""
    return np.array([BASES.index(letter) for letter in text], np.uint8)


def spelt(letters: Letters) -> str:
    """Letters of bases."""
    return np.frombuffer(BASES.encode(), np.uint8)[letters].tobytes().decode()


def _shares() -> NDArray[np.float64]:
    weak, strong = ADENINE_THYMINE / 2, (1 - ADENINE_THYMINE) / 2
    return np.array([weak, strong, strong, weak])


def _anything(length: int, rng: np.random.Generator) -> Letters:
    return rng.choice(4, length, p=_shares()).astype(np.uint8)


def _gene(codons: int, rng: np.random.Generator) -> Letters:
    """A start codon, codons that are no stop, and a stop."""
    words = [word for word in product(range(4), repeat=3) if "".join(BASES[b] for b in word) not in STOPS]
    chance = np.array([_shares()[list(word)].prod() for word in words])
    inner = np.array(words, np.uint8)[rng.choice(len(words), codons - 2, p=chance / chance.sum())]
    return np.concatenate([read(START), inner.ravel(), read(STOPS[int(rng.integers(len(STOPS)))])])
