"""What did lineages that come from the same one share before they parted?

A list of lineages holds the tips, and the forks between them are genomes too: one that stands at a fork is nearer to
it than to any lineage. Where two children of a lineage share more than their parent has, what they share is such a
fork. It bears the parent's name, and of the clades of those children the one whose signature it has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from sampan.engines.genome.reference import Node

MOST = 0.9
"""Share of the lineages of a clade that have a mutation of its signature; some have lost one again."""


def forks(nodes: Sequence[Node], parents: Mapping[str, str]) -> list[Node]:
    """Nodes for the forks between the lineages that ``nodes`` are, in an order that depends on nothing else.

    None where a lineage is several nodes: a tree has its forks already.
    """
    named = {node.lineage: node for node in nodes if node.lineage}
    if len(named) < len(nodes):
        return []
    children = defaultdict(list)
    for name, node in named.items():
        if parents.get(name) in named:
            children[parents[name]].append(node)
    known = {frozenset(node.mutations.tolist()) for node in nodes}
    signatures = _signatures(nodes)
    found = []
    for name, some in children.items():
        for shared, clade in _shared(named[name], some, signatures).items():
            if shared not in known:
                known.add(shared)
                states = np.array(sorted(shared), np.int64)
                found.append(Node(name, clade, states, named[name].prior, inferred=True))
    return found


def _signatures(nodes: Sequence[Node]) -> dict[str, frozenset[int]]:
    """Mutations that nearly all lineages of a clade have."""
    lineages = Counter(node.clade for node in nodes)
    having: dict[str, Counter[int]] = defaultdict(Counter)
    for node in nodes:
        if node.clade:
            having[node.clade].update(node.mutations.tolist())
    return {
        clade: frozenset(state for state, count in counts.items() if count >= MOST * lineages[clade])
        for clade, counts in having.items()
    }


def _shared(
    parent: Node, children: Sequence[Node], signatures: Mapping[str, frozenset[int]]
) -> dict[frozenset[int], str | None]:
    """What two children or more share beyond all that their parent has, with its clade."""
    above = frozenset(parent.mutations.tolist())
    whole = [(frozenset(child.mutations.tolist()), child.clade) for child in children]
    own = [(states, clade) for states, clade in whole if above <= states]
    pairs = dict.fromkeys(one & other for (one, _), (other, _) in combinations(own, 2))
    return {
        fork: _clade(fork, {clade for states, clade in own if fork <= states}, parent.clade, signatures)
        for fork in pairs
        if fork != above
    }


def _clade(
    fork: frozenset[int],
    clades: set[str | None],
    parent: str | None,
    signatures: Mapping[str, frozenset[int]],
) -> str | None:
    """The clade with the longest signature that a fork has, among those of its children; else its parent's."""
    fit = [clade for clade in clades if clade and signatures[clade] <= fork]
    return max(fit, key=lambda clade: (len(signatures[clade]), clade), default=parent)
