"""A second engine for questions about genomes: DuckDB over plain rows, and made-up genomes to ask of both.

The question is a small tree of tuples, written once as text for Sampan's grammar and once as SQL, so that neither
engine reads the other's work. A genome is a plain dict; nothing here uses the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from sampan.engines.genome_search.columns import write_span
from sampan.engines.genome_search.layout import Layout

PLACES = ("Asia|CHN|CN-HB", "Asia|CHN|CN-GD", "Asia|JPN", "Europe|ITA|IT-25", "Europe|FRA", "")
PARENTS = {"B.1": "B", "B.1.1": "B.1", "B.1.1.7": "B.1.1", "BA.2": "B.1.1", "BA.2.3": "BA.2", "XAA": "BA.2"}
LINEAGES = ("B", *PARENTS, "B.1.1;B.1.1.7", "BA.2;BA.2.3", "")
CODES = {"R": "AG", "Y": "CT", "K": "GT", "M": "AC", "S": "CG", "W": "AT", "H": "ACT", "D": "AGT"}
PEPTIDES = ("ACDEFGHIKLMNPQRSTVWY" * 3)[:40]


def small_layout(*, length: int = 200, seed: int = 1) -> Layout:
    """A made-up virus with two peptides."""
    letters = np.random.default_rng(seed).choice(list("ACGT"), length)
    return Layout("".join(letters), (("S", PEPTIDES), ("ORF1a", PEPTIDES[::-1][:15])))


@dataclass
class Genome:
    """One genome as plain rows. Positions are 1-based, ranges inclusive."""

    name: str
    first: date | None
    last: date | None
    place: str
    lineage: str
    rank: int = 0
    opens: date | None = None
    aligned: bool = True
    start: int = 1
    end: int = 0
    substitutions: dict[int, str] = field(default_factory=dict)
    deletions: list[tuple[int, int]] = field(default_factory=list)
    insertions: dict[int, str] = field(default_factory=dict)
    missing: list[tuple[int, int]] = field(default_factory=list)
    ambiguous: dict[int, str] = field(default_factory=dict)
    amino: dict[tuple[str, int], str] = field(default_factory=dict)
    amino_insertions: dict[tuple[str, int], str] = field(default_factory=dict)
    unknown: list[tuple[str, int, int]] = field(default_factory=list)


def made_up(n: int, *, layout: Layout, seed: int) -> list[Genome]:
    """``n`` genomes in which every kind of thing is common, on a few hot sites."""
    g = np.random.default_rng(seed)
    return [_genome(i, layout, g) for i in range(n)]


def _genome(i: int, layout: Layout, g: np.random.Generator) -> Genome:
    length = len(layout.genome)
    first = date(2020, 1, 1) + timedelta(int(g.integers(0, 150)))
    kind = g.integers(0, 10)
    last = first + timedelta(int(g.integers(0, 40))) if kind < 3 else first
    genome = Genome(
        f"g{i}",
        None if kind == 9 else first,
        None if kind == 9 else last,
        str(g.choice(PLACES)),
        str(g.choice(LINEAGES)),
        int(g.choice([0, 0, 0, 1, 2, 255])),
        date(2020, 3, int(g.integers(1, 31))) if g.random() < 0.3 else None,
        end=length,
    )
    if g.random() < 0.05:
        genome.aligned = False
        return genome
    genome.start, genome.end = int(g.integers(1, 12)), length - int(g.integers(0, 12))
    taken = set[int]()
    for _ in range(int(g.integers(0, 4))):
        _range(genome.missing, taken, genome, g, most=30)
    for _ in range(int(g.integers(0, 3))):
        _range(genome.deletions, taken, genome, g, most=9)
    for position in {int(p) for p in g.choice([*range(20, 30), *range(1, length)], 8)}:
        if position in taken or not genome.start <= position <= genome.end:
            continue
        reference = layout.genome[position - 1]
        if g.random() < 0.3:
            genome.ambiguous[position] = str(g.choice(list(CODES)))
        else:
            genome.substitutions[position] = str(g.choice([b for b in "ACGT" if b != reference]))
        taken.add(position)
    if g.random() < 0.4:
        genome.insertions[int(g.integers(genome.start, genome.end))] = "".join(
            g.choice(list("ACGT"), g.integers(1, 5))
        )
    _peptides(genome, layout, g)
    return genome


def _range(
    into: list[tuple[int, int]], taken: set[int], genome: Genome, g: np.random.Generator, *, most: int
) -> None:
    """Another range that touches none of those that there are."""
    begin = int(g.choice([25, 60, int(g.integers(genome.start + 1, genome.end - most))]))
    last = begin + int(g.integers(0, most))
    if last >= genome.end or taken & set(range(begin - 1, last + 2)):
        return
    taken |= set(range(begin, last + 1))
    into.append((begin, last))


def _peptides(genome: Genome, layout: Layout, g: np.random.Generator) -> None:
    for name, letters in layout.peptides:
        gone = int(g.integers(0, 3))
        if gone:
            begin = int(g.integers(1, len(letters) - 3))
            genome.unknown.append((name, begin, begin + gone))
        unknown = {c for n, b, e in genome.unknown if n == name for c in range(b, e + 1)}
        for codon in {int(c) for c in g.choice([3, 4, 5, *range(1, len(letters) + 1)], 3)} - unknown:
            other = [a for a in "ADEKNY*-" if a != letters[codon - 1]]
            genome.amino[name, codon] = str(g.choice(other))
        if g.random() < 0.3:
            genome.amino_insertions[name, int(g.integers(1, len(letters)))] = "".join(
                g.choice(list("EPK"), 2)
            )


def analysis(genomes: Sequence[Genome], layout: Layout) -> pa.Table:
    """The genomes as the columns of an analysis."""
    letters = dict(layout.peptides)

    def lists(of: Any) -> list[Any]:
        return [of(each) if each.aligned else None for each in genomes]

    bounds = pa.struct([("begin", pa.int32()), ("end", pa.int32())])
    codons = pa.struct(
        [("cds", pa.dictionary(pa.int32(), pa.string())), ("begin", pa.int32()), ("end", pa.int32())]
    )
    strings = pa.list_(pa.string())
    return pa.table(
        {
            "name": [each.name for each in genomes],
            "alignment_start": pa.array(lists(lambda e: e.start), pa.int32()),
            "alignment_end": pa.array(lists(lambda e: e.end), pa.int32()),
            "substitutions": pa.array(
                lists(lambda e: [f"{layout.genome[p - 1]}{p}{b}" for p, b in e.substitutions.items()]),
                strings,
            ),
            "deletions": pa.array(
                lists(lambda e: [f"{a}-{b}" if b > a else f"{a}" for a, b in e.deletions]), strings
            ),
            "insertions": pa.array(lists(lambda e: [f"{p}:{t}" for p, t in e.insertions.items()]), strings),
            "missing": pa.array(
                lists(lambda e: [{"begin": a, "end": b} for a, b in e.missing]), pa.list_(bounds)
            ),
            "non_acgtn": pa.array(lists(lambda e: [f"{c}:{p}" for p, c in e.ambiguous.items()]), strings),
            "aa_substitutions": pa.array(
                lists(
                    lambda e: [f"{t}:{letters[t][c - 1]}{c}{a}" for (t, c), a in e.amino.items() if a != "-"]
                ),
                strings,
            ),
            "aa_deletions": pa.array(
                lists(
                    lambda e: [f"{t}:{letters[t][c - 1]}{c}-" for (t, c), a in e.amino.items() if a == "-"]
                ),
                strings,
            ),
            "aa_insertions": pa.array(
                lists(lambda e: [f"{t}:{c}:{x}" for (t, c), x in e.amino_insertions.items()]), strings
            ),
            "aa_unknown": pa.array(
                lists(lambda e: [{"cds": t, "begin": a, "end": b} for t, a, b in e.unknown]), pa.list_(codons)
            ),
        }
    )


def words(genomes: Sequence[Genome]) -> dict[str, list[str]]:
    """What is said of the genomes, as words of columns."""
    return {
        "date": [write_span(e.first, e.last) if e.first and e.last else "" for e in genomes],
        "place": [e.place for e in genomes],
        "lineage": [e.lineage for e in genomes],
    }


def metadata(genomes: Sequence[Genome]) -> pa.Table:
    """The genomes as an office tells of them."""
    return pa.table(
        {
            "accession": [f"{e.name}.1" for e in genomes],
            "date": [_as_told(e) for e in genomes],
            "place": [e.place.rpartition("|")[2] for e in genomes],
            "lineage": [e.lineage.partition(";")[0] for e in genomes],
            "length": pa.array([200 + len(e.insertions) for e in genomes], pa.int32()),
            "lab": pa.array([None if e.rank else f"Lab {len(e.name)}" for e in genomes], pa.string()),
        }
    )


def _as_told(genome: Genome) -> str:
    """The day; or the month, if it is not known better."""
    if genome.first is None:
        return ""
    return genome.first.isoformat() if genome.first == genome.last else genome.first.isoformat()[:7]
