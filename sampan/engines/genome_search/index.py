"""How many genomes fit, which ones, when and where? Every answer is about what the reader may see.

A question is answered block by block. Blocks never change, so what was found of one is kept under its identity,
the question and what is seen of it; when genomes are added only the newest block is asked again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search import kernels
from sampan.engines.genome_search.block import Block
from sampan.engines.genome_search.columns import Column
from sampan.engines.genome_search.evaluate import Reading
from sampan.engines.genome_search.expression import Expression
from sampan.engines.genome_search.kernels import BLOCK, Ints, Words
from sampan.engines.genome_search.layout import Layout
from sampan.engines.genome_search.seen import Seen

Label = Callable[[str], str]
"""Under which group a word of a column is counted."""


class Kept:
    """What was found before, as long as there is room: the longest unasked goes first. Threads may share it."""

    def __init__(self, room: int = 256 << 20) -> None:
        self.room = room
        self._found: OrderedDict[Hashable, NDArray[Any]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, name: Hashable, find: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What is kept under ``name``, or what ``find`` finds, which is then kept."""
        with self._lock:
            if name in self._found:
                self._found.move_to_end(name)
                return self._found[name]
        found = find()
        found.setflags(write=False)
        with self._lock:
            if name not in self._found:
                self._found[name] = found
                self._size += found.nbytes
            while self._size > self.room and len(self._found) > 1:
                self._size -= self._found.popitem(last=False)[1].nbytes
        return found

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._found.clear()
            self._size = 0


@dataclass(frozen=True, eq=False)
class Index:
    """Genomes aligned to one reference, in blocks, and what was found of them."""

    layout: Layout
    blocks: tuple[Block, ...]
    kept: Kept = field(default_factory=Kept)

    def fitting(self, seen: Seen, question: Expression) -> list[Words]:
        """For every block, the genomes that fit and are seen: 1,024 words."""
        assert len(seen.blocks) == len(self.blocks), "what is seen is of another index"
        return [self._fitting(at, seen, question) for at in range(len(self.blocks))]

    def _fitting(self, at: int, seen: Seen, question: Expression) -> Words:
        block = self.blocks[at]
        return self.kept.get(
            (block.identity, seen.tokens[at], question, "fitting"),
            lambda: Reading(block, at, self.layout).fitting(question) & seen.blocks[at],
        )


def count(index: Index, seen: Seen, question: Expression) -> int:
    """How many of the genomes that are seen fit ``question``."""
    return sum(kernels.size(words) for words in index.fitting(seen, question))


def rows(index: Index, seen: Seen, question: Expression, *, most: int, skip: int = 0) -> Ints:
    """Which genomes fit: up to ``most`` numbers in the order in which they came, after the first ``skip``."""
    found: list[Ints] = []
    for at, words in enumerate(index.fitting(seen, question)):
        size = kernels.size(words)
        if skip >= size:
            skip -= size
            continue
        found.append(kernels.members(words)[skip : skip + most] + at * BLOCK)
        most -= len(found[-1])
        skip = 0
        if most <= 0:
            break
    return np.concatenate(found) if found else np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Groups:
    """Counts by two labels: ``counts[i, j]`` genomes have ``first[i]`` and ``second[j]``. None is without any."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    counts: Ints


def grouped(
    index: Index,
    seen: Seen,
    question: Expression,
    *,
    by: tuple[str, Label],
    and_by: tuple[str, Label] | None = None,
) -> Groups:
    """How many genomes fit, by what one column says, or two: each a column and what its words are counted as.

    Only labels that some seen and fitting genome has are named, in alphabetical order.
    """
    return _summed(
        [
            tallied(index.blocks[at], words, by=by, and_by=and_by)
            for at, words in enumerate(index.fitting(seen, question))
        ]
    )


def tallied(
    block: Block, words: Words, *, by: tuple[str, Label], and_by: tuple[str, Label] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...], Ints]:
    """The same of some genomes of one block, with labels that none of them may have."""
    first, firsts, names = _labelled(block.column(by[0]), by[1])
    other = block.column(and_by[0]) if and_by else Column(np.zeros(block.n, np.uint16), ("",))
    second, seconds, others = _labelled(other, and_by[1] if and_by else str)
    out = np.zeros((max(len(names), 1), max(len(others), 1)), np.int64)
    kernels.tally(words, first, firsts, second, seconds, out)
    return names or ("",), others or ("",), out


def _labelled(column: Column, label: Label) -> tuple[NDArray[np.uint16], Ints, tuple[str, ...]]:
    """The codes of a column, the label of each code, and the names of the labels."""
    names, labels = np.unique(
        np.array([label(word) for word in column.words], dtype=object), return_inverse=True
    )
    return column.codes, labels.astype(np.int64), tuple(names)


def _summed(parts: Sequence[tuple[tuple[str, ...], tuple[str, ...], Ints]]) -> Groups:
    first = sorted({name for names, _, _ in parts for name in names})
    second = sorted({name for _, names, _ in parts for name in names})
    at, to = ({name: i for i, name in enumerate(names)} for names in (first, second))
    sums = np.zeros((len(first), len(second)), np.int64)
    for names, others, counts in parts:
        sums[np.ix_([at[name] for name in names], [to[name] for name in others])] += counts
    some, other = np.flatnonzero(sums.any(axis=1)), np.flatnonzero(sums.any(axis=0))
    return Groups(
        tuple(first[i] for i in some.tolist()),
        tuple(second[j] for j in other.tolist()),
        sums[np.ix_(some, other)],
    )
