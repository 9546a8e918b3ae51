"""What does the engine know of a virus: its genome, proteins, lineages, and when a genome is good?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.anchors import anchors_of
from sampan.engines.genome.coding import Cds, Coding, coding_of, gap_costs
from sampan.engines.genome.letters import Bytes, encode
from sampan.engines.genome.place import Nodes, nodes_of
from sampan.engines.genome.quality import Known, Rules
from sampan.engines.genome.window import Numbers


class Arrays(NamedTuple):
    """A reference as the kernels read it."""

    letters: Bytes
    gap_open: Numbers
    word: npt.NDArray[np.uint64]
    position: npt.NDArray[np.int32]
    coding: Coding
    nodes: Nodes
    order: Numbers
    """Nodes, the likeliest first."""
    rules: Rules
    known: Known


@dataclass(frozen=True)
class Node:
    """A lineage, or a node of a tree, that a genome may be nearest to."""

    lineage: str | None
    clade: str | None
    mutations: npt.NDArray[np.int64] = field(repr=False)
    """States 5 × position + base (4 if deleted), ascending."""
    prior: float = 0.0
    """The more, the likelier among equals."""
    inferred: bool = False
    """Whether it is no lineage, but a fork between lineages (``ancestors``)."""


@dataclass(frozen=True)
class GenomeReference:
    """A reference, ready for ``analyse``. Made by ``reference_of``; it never changes."""

    name: str
    version: str
    cdses: tuple[Cds, ...]
    nodes: tuple[Node, ...]
    parents: Mapping[str, str]
    """The lineage from which each lineage descends."""
    labels: Mapping[int, tuple[str, ...]]
    """Labels of a substitution, by 5 × position + base."""
    least_letters: int
    """A shorter sequence is not aligned."""
    arrays: Arrays = field(repr=False)

    @property
    def title(self) -> str:
        """``sars-cov-2@2025-06-01``."""
        return f"{self.name}@{self.version}" if self.version else self.name

    def ancestors(self, lineage: str) -> list[str]:
        """A lineage and those from which it descends, up to the root."""
        line = [lineage]
        while (parent := self.parents.get(line[-1])) and parent not in line:
            line.append(parent)
        return line

    def common_ancestor(self, lineages: Sequence[str]) -> str | None:
        """The youngest lineage from which all of them descend, itself one of them perhaps."""
        lines = [self.ancestors(lineage) for lineage in lineages]
        shared = set(lines[0]).intersection(*lines[1:])
        return next((name for name in lines[0] if name in shared), None)


def reference_of(
    sequence: str,
    cdses: Sequence[Cds] = (),
    *,
    name: str,
    version: str = "",
    rules: Rules | None = None,
    known_frame_shifts: Sequence[tuple[str, int, int]] = (),
    known_stops: Sequence[tuple[str, int]] = (),
    labels: Mapping[int, tuple[str, ...]] | None = None,
    nodes: Sequence[Node] = (),
    parents: Mapping[str, str] | None = None,
    least_letters: int = 100,
    gap_open: tuple[int, int, int] = (6, 7, 8),
) -> GenomeReference:
    """Prepares a reference.

    sequence: its letters. cdses: what is translated, in the order in which gap costs overrule each other.
    known_frame_shifts: CDS, first codon and one past the last, from 0; known_stops: CDS and codon, from 0. Of a CDS
        that is not among ``cdses`` they are left out.
    gap_open: cost of opening a gap outside every CDS, at the begin of a codon, inside one.
    """
    letters = encode(sequence)
    coding = coding_of(letters, cdses)
    index = {cds.name: number for number, cds in enumerate(cdses)}
    shifts = [(index[cds], begin, end) for cds, begin, end in known_frame_shifts if cds in index]
    stops = np.zeros(coding.peptide.size, bool)
    for cds, codon in known_stops:
        if cds in index and 0 <= codon < (coding.begins[index[cds] + 1] - coding.begins[index[cds]]) // 3:
            stops[coding.begins[index[cds]] // 3 + codon] = True
    labelled = np.zeros(5 * letters.size, bool)
    labelled[list(labels or {})] = True
    totals = np.array([len(node.mutations) for node in nodes], np.int64)
    # of nodes equally near, the one with most mutations shares most with the genome
    priors = np.array([node.prior for node in nodes], np.float64)
    order = np.lexsort((np.arange(len(nodes)), -totals, -priors)).astype(np.int32)
    outside, codon_cost, inside = gap_open
    arrays = Arrays(
        letters,
        gap_costs(letters.size, cdses, outside=outside, codon=codon_cost, inside=inside),
        *anchors_of(letters),
        coding,
        nodes_of([node.mutations for node in nodes], letters=letters.size),
        order,
        rules or Rules(),
        Known(np.array(shifts, np.int32).reshape(-1, 3), stops, labelled),
    )
    return GenomeReference(
        name,
        version,
        tuple(cdses),
        tuple(nodes),
        dict(parents or {}),
        dict(labels or {}),
        least_letters,
        arrays,
    )
