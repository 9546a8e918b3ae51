"""Which letters of the reference are read as which amino acids, and what does a gap cost there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.letters import COMPLEMENT, READINGS, Bytes
from sampan.engines.genome.window import Numbers


@dataclass(frozen=True)
class Cds:
    """A stretch that is translated: its parts in the order of reading, each (begin, end) from 0, half open.

    Parts that overlap by a letter are a slip of the ribosome; ``reverse`` reads the other strand, for which the
    parts are given last first.
    """

    name: str
    parts: tuple[tuple[int, int], ...]
    reverse: bool = False

    @property
    def positions(self) -> Numbers:
        """Position on the reference of each letter, in the order of reading."""
        runs = [np.arange(begin, end, dtype=np.int32) for begin, end in self.parts]
        return np.concatenate([run[::-1] for run in runs] if self.reverse else runs)


class Coding(NamedTuple):
    """Every CDS laid end to end; letter k of it all belongs to codon k // 3."""

    positions: Numbers
    """(coding letters): position on the reference."""
    begins: Numbers
    """(CDS + 1): first coding letter of each."""
    reverse: npt.NDArray[np.bool_]
    """(CDS)"""
    at_begin: Numbers
    """(letters of the reference + 1): where in ``at`` the coding letters of a position begin."""
    at: Numbers
    """Coding letters by position."""
    peptide: Bytes
    """(codons): amino acid of the reference."""


def coding_of(reference: Bytes, cdses: Sequence[Cds]) -> Coding:
    """The coding letters of a reference. Letters after the last whole codon of a CDS are left out."""
    runs = [cds.positions[: len(cds.positions) // 3 * 3] for cds in cdses]
    positions = np.concatenate([*runs, np.empty(0, np.int32)]).astype(np.int32)
    begins = np.cumsum([0, *map(len, runs)], dtype=np.int32)
    reverse = np.array([cds.reverse for cds in cdses], bool)
    letters = reference[positions]
    turned = np.repeat(reverse, np.diff(begins))
    codons = np.where(turned, COMPLEMENT[letters], letters).reshape(-1, 3).astype(np.int64)
    peptide = READINGS[codons @ np.array([256, 16, 1])]
    order = np.argsort(positions, kind="stable").astype(np.int32)
    at_begin = np.searchsorted(positions[order], np.arange(reference.size + 1)).astype(np.int32)
    return Coding(positions, begins, reverse, at_begin, order, peptide)


def gap_costs(
    letters: int, cdses: Sequence[Cds], *, outside: int = 6, codon: int = 7, inside: int = 8
) -> Numbers:
    """Cost of opening a gap before each letter of the reference, (letters + 1,).

    ``outside`` of every CDS, at the first letter of a ``codon``, or ``inside`` one; a later CDS overrules an earlier.
    """
    costs = np.full(letters + 1, outside, np.int32)
    for cds in cdses:
        phase = np.arange(len(cds.positions)) % 3
        costs[cds.positions] = np.where(phase == (2 if cds.reverse else 0), codon, inside)
    return costs
