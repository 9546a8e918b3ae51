"""Which node of a tree, or which lineage, is a genome nearest to, and what has it of its own?

A node is known by its substitutions and deletions against the reference. The distance is the number of sites at which
genome and node differ, sites that the genome does not tell left out (Nextclade, documentation "Algorithm:
phylogenetic placement"): D = node + genome − 2 agreeing − disagreeing − unknown. A row for each mutation says
which nodes have it, so that all distances are found in one pass over the mutations of the genome: a byte for each node
where many have it, a list where few do, which keeps all rows within the processor's cache.
"""

# ruff: noqa: PLR1714 - kernels take arrays by position, and Numba compiles plain comparisons
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.calls import DELETED, UNSEQUENCED, Calls, Place
from sampan.engines.genome.kernels import inner
from sampan.engines.genome.letters import TWO_BITS, Bytes, N
from sampan.engines.genome.window import Numbers

GONE = 4
"""Stands for a deletion where a base, 0 to 3, is expected."""
MOST_ADDED = 127
"""Rows of at most 2 of which the sum is still a byte."""
RARE = 32
"""A mutation of fewer than one node in so many is kept as a list."""


class Nodes(NamedTuple):
    """Nodes of a tree by their mutations. ``state`` is 5 × position + base, 4 if deleted."""

    begins: Numbers
    """(nodes + 1): where the mutations of each node begin."""
    states: Numbers
    """The mutations of every node, by position."""
    totals: Numbers
    """(nodes): substitutions."""
    row: Numbers
    """(5 × letters of the reference): row of a substitution; instead of a deletion, of any at its position."""
    common: Numbers
    """(rows): where in ``having`` the row is, or -1 if fewer than one node in RARE has the mutation."""
    having: Bytes
    """(common rows, nodes): 1 where a node has any substitution at the position, 2 where it has that of the row."""
    listed: Numbers
    """(rows + 1): where in ``rare`` the nodes of each row begin, if it is not common."""
    rare: Numbers
    """2 × node, and 1 more where it has the substitution of the row."""


class Placement(NamedTuple):
    """Where one genome belongs; positions count from 0."""

    nearest: Numbers
    """Nodes at the least distance, the likeliest first."""
    distance: int | np.int64
    substitutions: Numbers
    """(found, 3): position, state of the node (4 if deleted, 5 if as the reference), base of the genome."""
    reverted: npt.NDArray[np.bool_]
    """(found): whether the genome has the letter of the reference again."""
    deletions: Numbers
    """(found, 2): private deletions, first position and one past the last."""


def nodes_of(mutations: Sequence[npt.NDArray[np.int64]], *, letters: int) -> Nodes:
    """The index of nodes given by their mutations.

    mutations: of each node, its states 5 × position + base (4 if deleted), ascending.
    letters: of the reference.
    """
    begins = np.cumsum([0, *map(len, mutations)]).astype(np.int32)
    states = np.concatenate([*mutations, np.empty(0, np.int64)]).astype(np.int32)
    node = np.repeat(np.arange(len(mutations), dtype=np.int32), np.diff(begins))
    kept = states % 5 != GONE
    states_kept, node_kept = states[kept], node[kept]
    wanted = np.unique(np.concatenate([states_kept, states_kept // 5 * 5 + GONE]))
    row = np.full(5 * letters, -1, np.int32)
    row[wanted] = np.arange(len(wanted))
    having = np.zeros((len(wanted), len(mutations)), np.uint8)
    for state in range(5):
        at = row[states_kept // 5 * 5 + state]
        having[at[at >= 0], node_kept[at >= 0]] = 1
    having[row[states_kept], node_kept] = 2
    totals = np.bincount(node_kept, minlength=len(mutations)).astype(np.int32)
    carriers = np.count_nonzero(having, axis=1)
    often = carriers * RARE >= len(mutations)
    common = np.where(often, np.cumsum(often) - 1, -1).astype(np.int32)
    listed = np.cumsum([0, *np.where(often, 0, carriers)]).astype(np.int32)
    at, who = np.nonzero(having[~often])
    rare = (2 * who + (having[~often][at, who] == 2)).astype(np.int32)
    return Nodes(begins, states, totals, row, common, having[often], listed, rare)


@inner
def _told(letter: int) -> bool:
    """Whether a genome tells which base it has, or at least which it has not."""
    return letter != N and letter != DELETED and letter != UNSEQUENCED


@inner
def _wanted(calls: Calls, nodes: Nodes) -> Numbers:
    """Rows that bear on the distance: what the genome has, and the sites that it does not tell."""
    found = np.empty(nodes.common.size, np.int32)
    count = 0
    for index in range(calls.substitutions.shape[0]):
        position, base = calls.substitutions[index, 0], calls.substitutions[index, 1]
        row = nodes.row[5 * position + base]
        row = row if row >= 0 else nodes.row[5 * position + GONE]
        if row >= 0:
            found[count] = row
            count += 1
    hidden = ((calls.missing[:, 0], calls.missing[:, 1]), (calls.deletions[:, 0], calls.deletions[:, 1]))
    for begins, ends in hidden:
        for index in range(begins.size):
            count = _hidden(nodes, begins[index], ends[index], found, count)
    count = _hidden(nodes, 0, calls.begin, found, count)
    return found[: _hidden(nodes, calls.end, calls.aligned.size, found, count)]


@inner
def _hidden(nodes: Nodes, begin: Place, end: Place, found: Numbers, count: int) -> int:
    """Adds the rows of the sites from ``begin`` to ``end``; returns how many rows there are."""
    for position in range(begin, end):
        row = nodes.row[5 * position + GONE]
        if row >= 0:
            found[count] = row
            count += 1
    return count


@inner
def _distances(calls: Calls, nodes: Nodes) -> Numbers:
    """Distance of the genome from every node. Common rows are added up as bytes, MOST_ADDED at a time."""
    distance = nodes.totals + np.int32(calls.substitutions.shape[0])
    added = np.zeros(distance.size, np.uint8)
    count = 0
    for row in _wanted(calls, nodes):
        for one in nodes.rare[nodes.listed[row] : nodes.listed[row + 1]]:
            distance[one >> 1] -= 1 + (one & 1)
        if nodes.common[row] < 0:
            continue
        having = nodes.having[nodes.common[row]]
        for node in range(added.size):
            added[node] += having[node]
        count += 1
        if count == MOST_ADDED:
            for node in range(added.size):
                distance[node] -= added[node]
            added[:] = 0
            count = 0
    for node in range(added.size):
        distance[node] -= added[node]
    return distance


@inner
def _private(calls: Calls, nodes: Nodes, node: int) -> tuple[Numbers, npt.NDArray[np.bool_], Numbers]:
    """What the genome has that the node has not, and lacks that it has."""
    begin, end = nodes.begins[node], nodes.begins[node + 1]
    found = np.empty((calls.substitutions.shape[0] + end - begin, 3), np.int32)
    reverted = np.zeros(found.shape[0], np.bool_)
    count, at = 0, begin
    for index in range(calls.substitutions.shape[0] + 1):
        last = index == calls.substitutions.shape[0]
        position = calls.aligned.size if last else calls.substitutions[index, 0]
        while at < end and nodes.states[at] // 5 < position:
            site, base = nodes.states[at] // 5, nodes.states[at] % 5
            letter = calls.aligned[site]
            if base != GONE and _told(letter) and TWO_BITS[letter] < 4:
                found[count, 0], found[count, 1], found[count, 2] = site, base, TWO_BITS[letter]
                reverted[count] = True
                count += 1
            at += 1
        if last:
            break
        theirs = 5
        if at < end and nodes.states[at] // 5 == position:
            theirs = nodes.states[at] % 5
            at += 1
        if theirs != calls.substitutions[index, 1]:
            found[count, 0], found[count, 1], found[count, 2] = (
                position,
                theirs,
                calls.substitutions[index, 1],
            )
            count += 1
    return found[:count], reverted[:count], _private_deletions(calls, nodes, begin, end)


@inner
def _private_deletions(calls: Calls, nodes: Nodes, begin: int, end: int) -> Numbers:
    """Runs that the genome has lost and the node, whose states are ``begin`` to ``end``, has not."""
    size = 0
    for index in range(calls.deletions.shape[0]):
        size += calls.deletions[index, 1] - calls.deletions[index, 0]
    runs = np.empty((size, 2), np.int32)
    count, at = 0, begin
    for index in range(calls.deletions.shape[0]):
        for position in range(calls.deletions[index, 0], calls.deletions[index, 1]):
            while at < end and nodes.states[at] < 5 * position + GONE:
                at += 1
            if at < end and nodes.states[at] == 5 * position + GONE:
                continue
            if count and runs[count - 1, 1] == position:
                runs[count - 1, 1] = position + 1
            else:
                runs[count, 0], runs[count, 1] = position, position + 1
                count += 1
    return runs[:count]


@inner
def place(calls: Calls, nodes: Nodes, order: Numbers) -> Placement:
    """Places one genome.

    order: of all nodes; among those at the same distance the first is taken for what is private.
    """
    distance = _distances(calls, nodes)
    least = distance[0]
    for one in distance:
        least = min(least, one)
    nearest = np.empty(order.size, np.int32)
    count = 0
    for node in order:
        nearest[count] = node
        count += distance[node] == least
    private, reverted, deletions = _private(calls, nodes, nearest[0])
    return Placement(nearest[:count], np.int64(least), private, reverted, deletions)
