"""Where on the genome, or in which peptide, does something stand?

All positions of the genome and of every peptide are laid end to end, so that one number, the **site**
(0-based), says where: first the genome's nucleotides, then each peptide's codons. Postings, missing ranges and
coverage then need not know which of the two they count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError

GENOME = ""
"""The name of the track that holds the nucleotides."""

DELETED, STOP = 27, 28
"""Codes of what is not a letter; letters count A = 1 to Z = 26."""

SYMBOLS = "?ABCDEFGHIJKLMNOPQRSTUVWXYZ-*???"
"""The symbol of each code of five bits."""

IUPAC: Mapping[str, str] = {
    "A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT",
    "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
"""The bases that each letter stands for. Source: IUPAC-IUB, Nomenclature for incompletely specified bases (1984)."""

AMBIGUOUS = "RYSWKMBDHV"
"""Letters that leave the base open, other than N, which counts as missing."""


def code(symbol: str) -> int:
    """The five bits that stand for ``symbol``: a letter, ``-`` or ``*``."""
    return {"-": DELETED, "*": STOP}.get(symbol) or ord(symbol) & 31


OPEN = np.isin(np.arange(32), [code(letter) for letter in AMBIGUOUS])
"""By code: whether it is an ambiguous letter, of a nucleotide."""


def key(site: int, symbol: str) -> int:
    """The number under which the genomes with ``symbol`` at ``site`` are kept."""
    return site << 5 | code(symbol)


@dataclass(frozen=True)
class Track:
    """The genome, or one peptide: its name, its reference letters, and the site of its first."""

    name: str
    letters: str
    begin: int

    @property
    def end(self) -> int:
        """The site after its last."""
        return self.begin + len(self.letters)


@dataclass(frozen=True)
class Layout:
    """The reference that the genomes were aligned to: its letters, and the peptides in order, by name."""

    genome: str
    peptides: tuple[tuple[str, str], ...] = ()

    @cached_property
    def tracks(self) -> Mapping[str, Track]:
        """Every track by name; the genome's is GENOME."""
        found, begin = {}, 0
        for name, letters in ((GENOME, self.genome), *self.peptides):
            found[name] = Track(name, letters, begin)
            begin += len(letters)
        return found

    @property
    def sites(self) -> int:
        """How many sites there are in all."""
        return len(self.genome) + sum(len(letters) for _, letters in self.peptides)

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self.tracks}

    def track(self, name: str) -> Track:
        """The track called ``name``, in any case. Raises InputError naming those that there are."""
        found = self._folded.get(name.casefold())
        if found is None:
            names = ", ".join(each for each in self.tracks if each)
            raise InputError(
                f'This reference has no peptide "{name}".',
                way_out=f"Use one of {names}." if names else "It has none at all: ask for nucleotides.",
            )
        return self.tracks[found]

    def site(self, track: Track, position: int) -> int:
        """The site of a 1-based ``position``. Raises InputError if it lies outside the track."""
        if not 1 <= position <= len(track.letters):
            last = len(track.letters)
            raise InputError(
                f"{track.name} ends at codon {last}; there is no {position}."
                if track.name
                else f"The reference ends at position {last}; there is no {position}.",
                way_out=f"Use a position from 1 to {last}.",
            )
        return track.begin + position - 1

    def letter(self, site: int) -> str:
        """The reference's letter at ``site``."""
        return self.at(site).letters[site - self.at(site).begin]

    def at(self, site: int) -> Track:
        """The track in which ``site`` lies."""
        names = list(self.tracks)
        return self.tracks[names[int(np.searchsorted(self._begins, site, side="right")) - 1]]

    @cached_property
    def _begins(self) -> NDArray[np.int64]:
        return np.array([track.begin for track in self.tracks.values()], np.int64)

    def named(self, site: int, symbol: str) -> str:
        """How people write it: ``A23063T``, ``S:N501Y``, ``S:H69-``."""
        track = self.at(site)
        said = f"{self.letter(site)}{site - track.begin + 1}{symbol}"
        return f"{track.name}:{said}" if track.name else said
