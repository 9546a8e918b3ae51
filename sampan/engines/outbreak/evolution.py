"""What do the genomes of a tree of infections look like, and which lineages would be told apart among them?

Mutations fall on every branch as a clock says (Zuckerkandl & Pauling 1965), each at a site of its own (the model of
infinitely many sites: Kimura 1969, Genetics 61:893), so that what is shared was inherited and the truth about a
genome is plain. A lineage is told apart as the rules of Pango want (pango.network, "Rules for the designation and
naming", I.1): one ancestor; a change of a protein; five genomes of high coverage or more; an inner fork; and an event
of epidemiological meaning: here that it came from the animal source or into another country, or grew to a quarter of
the lineage above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampan.engines.outbreak.ancestry import ROOT, Tree
from sampan.engines.outbreak.virus import BASES, Letters, Virus

YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Clock:
    """How it evolves."""

    rate: float = 4e-3
    """Substitutions a site and year. Between the 1e-3 that is usual of RNA viruses (Duffy 2008, Nat Rev Genet 9:267)
    and 7.84e-3 of the neuraminidase of influenza A(H1N1) in 2009 (PMC2794274): on a short genome it makes as many
    mutations a month as a slower clock does on a long one."""
    transitions: float = 0.7
    """Share of mutations between A and G, or C and T. Chosen."""
    constraint: float = 0.35
    """Of mutations that change a protein, how many are kept beside silent ones: dN/dS. Chosen below 1, for most
    changes of a protein do harm."""
    least: int = 5
    """Genomes of high coverage that a lineage needs. Source: Pango, I.1c."""
    marks: int = 2
    """Mutations by which it differs from the lineage above, one of them in a protein. Pango wants one; with a second,
    a gap in a genome hides both seldom."""
    takeover: float = 0.25
    """Share of the genomes of the lineage above from which a growing one is designated. Chosen."""


@dataclass(frozen=True)
class Mutation:
    """A base at a 0-based site in place of another; whether it changes a protein."""

    at: int
    before: int
    after: int
    changes: bool

    @property
    def name(self) -> str:
        """``C241T``."""
        return f"{BASES[self.before]}{self.at + 1}{BASES[self.after]}"


@dataclass(frozen=True)
class DesignatedLineage:
    """A lineage: its name, the one above, the node of its ancestor, and the mutations since the reference."""

    name: str
    parent: str
    node: int
    mutations: tuple[Mutation, ...]
    complete: int
    """The day on which the last genome was there that it needed."""
    way: tuple[tuple[Mutation, ...], ...] = ()
    """The forks between the lineage above and it: what turned off there is of the lineage above."""


def evolve(
    tree: Tree, virus: Virus, *, clock: Clock, taken: Sequence[int], rng: np.random.Generator
) -> tuple[tuple[tuple[Mutation, ...], ...], tuple[tuple[Mutation, ...], ...]]:
    """Mutations of each node and of each sample since the reference, which is the genome at ROOT; by site.

    taken: (samples,) day of each sample, up to which its virus goes on changing.
    """
    free = _Sites(virus, clock, rng)
    found: list[tuple[Mutation, ...]] = [()]
    for node in range(1, len(tree.parent)):
        above = int(tree.parent[node])
        found.append(free.after(found[above], int(tree.day[node] - tree.day[above])))
    tips = zip(tree.tips.tolist(), taken, strict=True)
    samples = [free.after(found[node], int(day - tree.day[node])) for node, day in tips]
    return tuple(found), tuple(samples)


def mutated(virus: Virus, mutations: Sequence[Mutation]) -> Letters:
    """The genome with these mutations."""
    letters = virus.letters.copy()
    for one in mutations:
        letters[one.at] = one.after
    return letters


class _Sites:
    """Hands out sites, each once."""

    def __init__(self, virus: Virus, clock: Clock, rng: np.random.Generator) -> None:
        self.virus, self.clock, self.rng = virus, clock, rng
        self.per_day = clock.rate * len(virus.letters) / YEAR
        self.free = rng.permutation(len(virus.letters)).tolist()

    def after(self, above: tuple[Mutation, ...], days: int) -> tuple[Mutation, ...]:
        """What is there after so many days."""
        more = int(self.rng.poisson(self.per_day * days))
        if not more:
            return above
        letters, found = mutated(self.virus, above), list(above)
        for _ in range(more):
            one = self._next(letters)
            letters[one.at] = one.after
            found.append(one)
        return tuple(sorted(found, key=lambda each: each.at))

    def _next(self, letters: Letters) -> Mutation:
        """The next mutation that the virus survives."""
        while True:
            at = self.free.pop()
            before = int(letters[at])
            after = self._other(before)
            effect = self.virus.effect(letters, at, after)
            if effect == "silent" or (effect == "changed" and self.rng.random() < self.clock.constraint):
                return Mutation(at, before, after, effect == "changed")

    def _other(self, base: int) -> int:
        """A and G, C and T stand two apart."""
        if self.rng.random() < self.clock.transitions:
            return base ^ 2
        return base ^ (1 if self.rng.random() < 0.5 else 3)


def designate(
    tree: Tree,
    mutations: Sequence[Sequence[Mutation]],
    *,
    good: NDArray[np.bool_],
    ready: Sequence[int],
    countries: Mapping[int, str],
    clock: Clock,
) -> tuple[DesignatedLineage, ...]:
    """The lineages, each after the one above it. ``A`` are all that are no other.

    mutations: of each node. good: (samples,) whether a genome is of high coverage. ready: the day of each genome.
    countries: of each place of the tree, the country.
    """
    below = _samples_below(tree, good)
    children = _children(tree, below)
    found = [DesignatedLineage("A", "", ROOT, (), 0)]
    forks = [_Fork(node, found[0]) for node in _next_forks(ROOT, children, below)]
    while forks:
        one = forks.pop(0)
        node, above, last = one.node, one.above, one.way[-1] if one.way else one.above.mutations
        here, there = (countries.get(int(tree.place[each]), "") for each in (node, above.node))
        way: tuple[tuple[Mutation, ...], ...] = ()
        if len(mutations[node]) > len(last) and _told_apart(
            [each for each in mutations[node] if each not in above.mutations],
            count=len(below[node]),
            above=len(below[above.node]),
            came=here != there or not here,
            clock=clock,
        ):
            number = 1 + sum(each.parent == above.name for each in found)
            days = sorted(int(ready[each]) for each in below[node])
            own = DesignatedLineage(
                f"{above.name}.{number}",
                above.name,
                node,
                tuple(mutations[node]),
                days[clock.least - 1],
                one.way,
            )
            found.append(own)
            above = own
        else:
            further = len(mutations[node]) > len(last)
            way = (*one.way, tuple(mutations[node])) if further else one.way
        forks += [_Fork(each, above, way) for each in _next_forks(node, children, below)]
    return tuple(found)


@dataclass(frozen=True)
class _Fork:
    """A fork that is looked at, the lineage above it, and the forks on the way."""

    node: int
    above: DesignatedLineage
    way: tuple[tuple[Mutation, ...], ...] = ()


def _next_forks(
    node: int, children: Mapping[int, Sequence[int]], below: Mapping[int, Sequence[int]]
) -> list[int]:
    """The youngest ancestors of all samples below each child of a node."""
    return [_fork(child, children, below) for child in children.get(node, ())]


def lineage_of(tree: Tree, lineages: Sequence[DesignatedLineage]) -> tuple[str, ...]:
    """(samples,) the lineage that each sample really is of: the nearest above it."""
    names = {each.node: each.name for each in lineages}
    found = []
    for tip in tree.tips.tolist():
        node = tip
        while node not in names:
            node = int(tree.parent[node])
        found.append(names[node])
    return tuple(found)


def _samples_below(tree: Tree, good: NDArray[np.bool_]) -> dict[int, list[int]]:
    """The good samples that descend from each node."""
    below: dict[int, list[int]] = {}
    for each, tip in enumerate(tree.tips.tolist()):
        node = tip
        while good[each]:
            below.setdefault(node, []).append(each)
            if node == ROOT:
                break
            node = int(tree.parent[node])
    return below


def _children(tree: Tree, below: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """The nodes below each node from which a good sample descends, in order."""
    found: dict[int, list[int]] = {}
    for node in sorted(below):
        if node != ROOT:
            found.setdefault(int(tree.parent[node]), []).append(node)
    return found


def _fork(node: int, children: Mapping[int, Sequence[int]], below: Mapping[int, Sequence[int]]) -> int:
    """The youngest ancestor of all samples below a node."""
    while len(children.get(node, ())) == 1 and len(below[children[node][0]]) == len(below[node]):
        node = children[node][0]
    return node


def _told_apart(own: Sequence[Mutation], *, count: int, above: int, came: bool, clock: Clock) -> bool:
    """Whether so many genomes with mutations of their own are a lineage, of as many as there are ``above``."""
    marked = len(own) >= clock.marks and any(one.changes for one in own)
    return marked and count >= clock.least and (came or count >= clock.takeover * above)
