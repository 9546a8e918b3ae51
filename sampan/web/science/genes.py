"""Where on the genome does each peptide of the index lie? Found by reading the reference in its three frames.

The index keeps letters, not coordinates, and they are enough: a peptide lies where the genome says it. One that is
read across a slip or an intron is placed from its first letters to its last; one that is found nowhere is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from sampan.engines.genome_search.layout import Layout

_AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_CODE = dict(zip(("".join(codon) for codon in product("TCAG", repeat=3)), _AMINO, strict=True))
"""The standard genetic code (NCBI translation table 1), codons in the order T, C, A, G."""

_END = 12
"""Letters at either end by which a peptide that is not read in one piece is found."""


@dataclass(frozen=True)
class Gene:
    """A peptide on the genome: from the 0-based ``begin`` to before ``end``. Genes that overlap have other lanes."""

    name: str
    begin: int
    end: int
    lane: int


@lru_cache(maxsize=8)
def genes(layout: Layout) -> tuple[Gene, ...]:
    """The genes of a reference from left to right, in as few lanes as keep them apart."""
    frames = [_read(layout.genome, frame) for frame in range(3)]
    found = sorted((at, name) for name, letters in layout.peptides if (at := _place(letters, frames)))
    lanes: list[int] = []
    placed = []
    for (begin, end), name in found:
        lane = next((i for i, until in enumerate(lanes) if until <= begin), len(lanes))
        lanes[lane : lane + 1] = [end]
        placed.append(Gene(name, begin, end, lane))
    return tuple(placed)


def _read(genome: str, frame: int) -> str:
    return "".join(_CODE.get(genome[at : at + 3], "X") for at in range(frame, len(genome) - 2, 3))


def _place(letters: str, frames: list[str]) -> tuple[int, int] | None:
    """From where to where a peptide lies: in one piece, or else from its first letters to its last."""
    if not letters:
        return None
    for begin in _at(letters, frames):
        return begin, begin + 3 * len(letters)
    first, last = list(_at(letters[:_END], frames)), list(_at(letters[-_END:], frames))
    spans = [(a, b + 3 * _END) for a in first for b in last if b > a]
    return min(spans, key=lambda span: abs(span[1] - span[0] - 3 * len(letters)), default=None)


def _at(letters: str, frames: list[str]) -> Iterator[int]:
    for frame, read in enumerate(frames):
        at = read.find(letters)
        if at >= 0:
            yield 3 * at + frame
