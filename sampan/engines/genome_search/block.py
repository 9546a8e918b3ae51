"""What is known of up to 65,536 genomes, so that any question about them is answered from this block alone?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampan.engines.genome_search.batch import TEXT_BITS, Batch
from sampan.engines.genome_search.columns import Column
from sampan.engines.genome_search.kernels import BLOCK, Words, everyone
from sampan.engines.genome_search.layout import OPEN, Layout
from sampan.engines.genome_search.missing import Missing, Ranges
from sampan.engines.genome_search.postings import Pairs, Postings


@dataclass(frozen=True, eq=False)
class Block:
    """The genomes of one block, in the order in which they came. It never changes; a longer one takes its place.

    ``identity`` names these contents: two blocks with one identity are the same.
    """

    identity: str
    n: int
    letters: Postings
    """By site and symbol: substitutions, ambiguous letters, amino acids."""
    deletions: Postings
    """By first site and the site after the last."""
    insertions: Postings
    """By site and the number of one of ``texts``."""
    texts: tuple[str, ...]
    missing: Missing
    columns: Mapping[str, Column]

    @cached_property
    def everyone(self) -> Words:
        """All genomes of the block."""
        return everyone(self.n)

    def ambiguous(self, genome: int) -> Postings:
        """The sets of ambiguous letters, of a genome of so many; found once."""
        known = self.__dict__.get("_ambiguous")
        if known is None:
            nucleotides = self.letters.keys[: np.searchsorted(self.letters.keys, genome << 5)]
            known = self.letters.some(np.flatnonzero(OPEN[nucleotides & 31]))
            self.__dict__["_ambiguous"] = known
        found: Postings = known
        return found

    def column(self, name: str) -> Column:
        """The column called ``name``; one of which nothing is known if the block has none."""
        return self.columns.get(name) or Column(np.zeros(self.n, np.uint16), ("",) if self.n else ())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers, to be kept."""
        return {
            **self.letters.arrays("letters"),
            **self.deletions.arrays("deletions"),
            **self.insertions.arrays("insertions"),
            **self.missing.arrays(),
            **{f"column.{name}": column.codes for name, column in self.columns.items()},
        }

    def said(self) -> dict[str, Any]:
        """All that is not numbers, in JSON's types, to be kept."""
        words = {name: list(column.words) for name, column in self.columns.items()}
        return {"n": self.n, "texts": list(self.texts), "columns": words}

    @classmethod
    def of(cls, identity: str, arrays: Mapping[str, NDArray[Any]], said: Mapping[str, Any]) -> Block:
        """What ``arrays`` and ``said`` wrote."""
        return cls(
            identity,
            said["n"],
            Postings.of(arrays, "letters"),
            Postings.of(arrays, "deletions"),
            Postings.of(arrays, "insertions"),
            tuple(said["texts"]),
            Missing.of(arrays),
            {name: Column(arrays[f"column.{name}"], tuple(words)) for name, words in said["columns"].items()},
        )


def extended(block: Block | None, batch: Batch, layout: Layout, *, identity: str) -> Block:
    """The genomes of ``block`` (None: of none yet), followed by those of ``batch``."""
    old = block or _empty(layout)
    assert old.n + batch.n <= BLOCK, "a block is full"
    texts = {text: number for number, text in enumerate(old.texts)}
    insertions = _renumbered(batch.insertions, batch.texts, texts)
    return Block(
        identity,
        old.n + batch.n,
        old.letters.extended(old.n, batch.letters, batch.n),
        old.deletions.extended(old.n, batch.deletions, batch.n),
        old.insertions.extended(old.n, insertions, batch.n),
        tuple(texts),
        old.missing.extended(old.n, batch.missing, batch.n, sites=layout.sites),
        {
            name: old.column(name).extended(batch.columns.get(name) or [""] * batch.n)
            for name in {**old.columns, **batch.columns}
        },
    )


def _empty(layout: Layout) -> Block:
    nothing, no_ranges = Postings.empty(), np.empty(0, np.int32)
    missing = Missing.laid_out(Ranges(no_ranges, no_ranges, no_ranges), n=0, sites=layout.sites)
    return Block("", 0, nothing, nothing, nothing, (), missing, {})


def _renumbered(pairs: Pairs, local: tuple[str, ...], texts: dict[str, int]) -> Pairs:
    """``pairs`` of insertions with the numbers that the block gives their texts; new ones are added to ``texts``."""
    low = (1 << TEXT_BITS) - 1
    keys = np.array(
        [each & ~low | texts.setdefault(local[each & low], len(texts)) for each in pairs.keys.tolist()]
    )
    order = np.argsort(keys)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Pairs(keys[order].astype(np.int64), place[pairs.code], pairs.genome)


def pieces(n: int, room: int) -> Iterator[tuple[int, int]]:
    """How ``n`` genomes fall into blocks, of which the first has ``room`` left: begins and ends."""
    begin, end = 0, min(room, n)
    while begin < n:
        if end > begin:
            yield begin, end
        begin, end = end, min(end + BLOCK, n)
