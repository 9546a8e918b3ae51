"""How fast are a million genomes searched, counted and added to, on one core?

The genomes are simulated: a tree of lineages of which each adds mutations to its parent's, genomes drawn from the
lineages of their time, nine private mutations each, drop-outs; the last have about 150 nucleotide and 80 amino-acid
mutations. Every question is timed twice: **cold**, with nothing kept of
earlier questions, and **kept**, asked again. The files were just written, so the disk is not measured.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from sampan.desks.science import library
from sampan.desks.science.terms import Shown, standing
from sampan.engines.genome_search.batch import Batch
from sampan.engines.genome_search.block import extended
from sampan.engines.genome_search.columns import level_of, month_of
from sampan.engines.genome_search.frequencies import coverage, frequencies
from sampan.engines.genome_search.grammar import Grammar, as_written
from sampan.engines.genome_search.index import Index, Kept, count, grouped
from sampan.engines.genome_search.kernels import BLOCK
from sampan.engines.genome_search.layout import Layout
from sampan.engines.genome_search.missing import Ranges
from sampan.engines.genome_search.postings import Pairs
from sampan.engines.genome_search.seen import Seen, see
from sampan.formats.genome_blocks import Part, Shelf, write_arrays

SIZES = {"tiny": 2_000, "small": 20_000, "ordinary": 200_000, "full": 1_000_000}
ADDED = 10_000
DAYS = 24 * 30
FIRST = date(2020, 1, 1)
PLACES = (
    "Asia|CHN|CN-HB",
    "Asia|CHN|CN-GD",
    "Asia|JPN",
    "Europe|ITA|IT-25",
    "Europe|FRA",
    "Africa|ZAF",
    "Americas|USA",
)
# codons of the peptides of SARS-CoV-2. Source: GenBank MN908947.3
PEPTIDES = {"ORF1a": 4401, "ORF1b": 2695, "S": 1274, "ORF3a": 276, "E": 76, "M": 223, "ORF6": 62, "ORF7a": 122,
            "ORF7b": 44, "ORF8": 122, "N": 420, "ORF9b": 98}  # fmt: skip


class Simulated:
    """Lineages, and as many genomes of them as are asked for, in the order of their dates."""

    def __init__(self, *, seed: int = 20200326, lineages: int = 1500) -> None:
        self.g = g = np.random.default_rng(seed)
        peptides = tuple(
            (name, "".join(g.choice(list("ADEFGHIKLNPQRSTV"), n))) for name, n in PEPTIDES.items()
        )
        self.layout = Layout("".join(g.choice(list("ACGT"), 29_903)), peptides)
        self.sites = self.layout.sites
        self.bases = np.array(
            [ord(letter) & 31 for _, t in self.layout.tracks.items() for letter in t.letters]
        )
        self.parents: dict[str, list[str]] = {}
        own: list[np.ndarray] = []
        deletions: list[np.ndarray] = []
        for i in range(lineages):
            parent = max(0, i - 1 - int(g.geometric(0.08)))
            new = self._letters(g.poisson(1.1) if i else 20, g.poisson(0.6) if i else 10)
            own.append(np.union1d(own[parent], new) if i else new)
            gone = np.array([self._deletion()] if g.random() < 0.1 or not i else [], np.int64)
            deletions.append(np.union1d(deletions[parent], gone) if i else gone)
            self.parents[f"L.{i}"] = [f"L.{parent}"] if i else []
        self.own, self.deletions = own, deletions

    def _letters(self, nucleotides: int, amino_acids: int) -> np.ndarray:
        length = len(self.layout.genome)
        sites = np.concatenate(
            [self.g.integers(0, length, nucleotides), self.g.integers(length, self.sites, amino_acids)]
        )
        return np.unique(self._others(sites))

    def _others(self, sites: np.ndarray) -> np.ndarray:
        """A letter that the reference does not have, at each site, as a key."""
        pick = np.where(sites < len(self.layout.genome), 4, 16)
        letters = np.array([ord(c) & 31 for c in "ACGTDEFHIKLNPQRS"])
        each = self.g.integers(0, pick)
        each = np.where(letters[each] == self.bases[sites], (each + 1) % pick, each)
        return sites << 5 | letters[each]

    def _deletion(self) -> int:
        begin = int(self.g.integers(300, 29_500))
        return begin << 32 | begin + 3 * int(self.g.integers(1, 4))

    def batch(self, begin: int, end: int, of: int) -> Batch:
        """Genomes ``begin`` to ``end`` of ``of``."""
        g, n = self.g, end - begin
        day = np.arange(begin, end) * DAYS // of
        newest = np.arange(begin, end) * (len(self.own) - 1) // of
        lineage = np.maximum(newest - g.geometric(1 / 40, n), 0)
        letters = _of_lineages(self.own, lineage)
        sites = np.concatenate([g.integers(0, 29_903, 6 * n), g.integers(29_903, self.sites, 3 * n)])
        private = np.unique(
            np.concatenate([np.repeat(np.arange(n), 6), np.repeat(np.arange(n), 3)]) << 32
            | self._others(sites)
        )
        ranges = self._missing(n)
        return Batch(
            n,
            _pairs(letters, (private >> 32, private & 0xFFFFFFFF), self.sites << 5),
            _sorted_pairs(*_of_lineages(self.deletions, lineage)),
            Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)),
            (),
            ranges,
            {
                "date": [(FIRST + timedelta(int(d))).isoformat() for d in day],
                "place": [PLACES[i] for i in g.integers(0, len(PLACES), n)],
                "lineage": [f"L.{i}" for i in lineage.tolist()],
            },
        )

    def _missing(self, n: int) -> Ranges:
        """Unsequenced ends, and about two amplicons of 250 bases, in the peptides too."""
        g = self.g
        genome = np.concatenate(
            [np.arange(n), np.arange(n), g.integers(0, n, 2 * n), g.integers(0, n, 2 * n)]
        )
        drop, codons = g.integers(400, 29_000, 2 * n), g.integers(29_903, self.sites - 90, 2 * n)
        begin = np.concatenate([np.zeros(n, np.int64), np.full(n, 29_850), drop, codons])
        end = np.concatenate([np.full(n, 54), np.full(n, 29_903), drop + 250, codons + 83])
        order = np.lexsort((begin, genome))
        genome, begin, end = genome[order], begin[order], end[order]
        free = np.concatenate([[True], (genome[1:] != genome[:-1]) | (begin[1:] > end[:-1])])
        return Ranges(genome[free].astype(np.int32), begin[free].astype(np.int32), end[free].astype(np.int32))


def _of_lineages(own: list[np.ndarray], lineage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each genome has of its lineage: genomes and keys, by genome."""
    sizes = np.array([len(each) for each in own])
    begins = np.concatenate([[0], np.cumsum(sizes)])
    genome = np.repeat(np.arange(len(lineage)), sizes[lineage])
    first = np.cumsum(sizes[lineage]) - sizes[lineage]
    return genome, np.concatenate(own)[begins[lineage][genome] + np.arange(len(genome)) - first[genome]]


def _pairs(
    lineage: tuple[np.ndarray, np.ndarray], private: tuple[np.ndarray, np.ndarray], keys: int
) -> Pairs:
    common = np.zeros(keys, np.bool_)
    common[lineage[1]] = True
    apart = ~common[private[1]]
    genome = np.concatenate([lineage[0], private[0][apart]])
    said = np.concatenate([lineage[1], private[1][apart]])
    order = np.argsort(genome.astype(np.uint16), kind="stable")
    common[private[1]] = True
    number = np.cumsum(common) - 1
    return Pairs(np.flatnonzero(common), number[said[order]], genome[order])


def _sorted_pairs(genome: np.ndarray, said: np.ndarray) -> Pairs:
    keys, code = np.unique(said, return_inverse=True)
    return Pairs(keys, code.astype(np.int64), genome)


def _build(made: Simulated, n: int, folder: Path) -> float:
    """Writes ``n`` genomes as an index and returns the CPU seconds that its blocks took, simulation not counted."""
    library.set_reference(folder, made.layout, parents=made.parents)
    shelf, parts, took = Shelf(folder), [], 0.0
    for number, begin in enumerate(range(0, n, BLOCK)):
        batch = made.batch(begin, min(begin + BLOCK, n), n)
        begun = time.process_time()
        block = extended(None, batch, made.layout, identity="")
        data = write_arrays(block.arrays(), block.said())
        stands = standing([Shown(0)] * batch.n)
        rows = pa.table({"accession": [f"X_{begin + i}.1" for i in range(batch.n)],
                         "block": pa.array([number] * batch.n, pa.int32()),
                         "row": pa.array(range(batch.n), pa.int32())})  # fmt: skip
        part = Part(
            batch.n,
            shelf.keep(number, "block", data),
            shelf.keep(number, "standing", write_arrays({"rank": stands.rank, "opens": stands.opens}, {})),
            shelf.keep(number, "parquet", library.parquet(rows)),
        )
        took += time.process_time() - begun
        parts.append(part)
    now = shelf.manifest()
    assert now is not None
    shelf.publish(now.reference, tuple(parts), after=now)
    return took


def _analysis(batch: Batch, layout: Layout) -> tuple[pa.Table, pa.Table]:
    """The same genomes as columns of an analysis, with their metadata: what an office adds."""
    length = len(layout.genome)
    names = np.array(
        [
            layout.named(k >> 5, "?ABCDEFGHIJKLMNOPQRSTUVWXYZ-*???"[k & 31])
            for k in batch.letters.keys.tolist()
        ]
    )
    nucleotide = (batch.letters.keys >> 5 < length)[batch.letters.code]
    told = names[batch.letters.code]
    gone = np.array([f"{(k >> 32) + 1}-{k & 0xFFFFFFFF}" for k in batch.deletions.keys.tolist()])

    def lists(values: np.ndarray, genome: np.ndarray) -> pa.Array:
        ends = np.searchsorted(genome, np.arange(batch.n + 1)).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(ends), values)

    inside = batch.missing.begin < length
    runs = pa.StructArray.from_arrays(
        [pa.array(batch.missing.begin[inside] + 1), pa.array(batch.missing.end[inside])], ["begin", "end"]
    )
    empty = pa.array([[]] * batch.n, pa.list_(pa.string()))
    codons = pa.list_(pa.struct([("cds", pa.string()), ("begin", pa.int32()), ("end", pa.int32())]))
    analysis = pa.table({
        "alignment_start": pa.array(np.full(batch.n, 1), pa.int32()),
        "alignment_end": pa.array(np.full(batch.n, length), pa.int32()),
        "substitutions": lists(pa.array(told[nucleotide]), batch.letters.genome[nucleotide]),
        "aa_substitutions": lists(pa.array(told[~nucleotide]), batch.letters.genome[~nucleotide]),
        "deletions": lists(pa.array(gone[batch.deletions.code]), batch.deletions.genome),
        "missing": lists(runs, batch.missing.genome[inside]),
        "aa_unknown": pa.array([[]] * batch.n, codons),
        **dict.fromkeys(["insertions", "non_acgtn", "aa_deletions", "aa_insertions"], empty),
    })  # fmt: skip
    metadata = pa.table({"accession": [f"Y_{i}.1" for i in range(batch.n)], "date": batch.columns["date"],
                         "place": [path.rpartition("|")[2] for path in batch.columns["place"]],
                         "lineage": batch.columns["lineage"]})  # fmt: skip
    return analysis, metadata


def _ms(ask: Callable[[], Any], *, times: int = 7) -> float:
    """CPU milliseconds, the median of ``times``."""
    took = []
    for _ in range(times):
        begun = time.process_time()
        ask()
        took.append(time.process_time() - begun)
    return float(np.median(took)) * 1e3


def _questions(made: Simulated) -> dict[str, str]:
    middle, late = made.own[len(made.own) // 2], made.own[-1]
    names = [
        made.layout.named(int(k) >> 5, "?ABCDEFGHIJKLMNOPQRSTUVWXYZ-*???"[int(k) & 31])
        for k in made.own[0][:3]
    ]
    common, rare = (
        names[0],
        made.layout.named(int(late[-1]) >> 5, "?ABCDEFGHIJKLMNOPQRSTUVWXYZ-*???"[int(late[-1]) & 31]),
    )
    half = made.layout.named(int(middle[0]) >> 5, "?ABCDEFGHIJKLMNOPQRSTUVWXYZ-*???"[int(middle[0]) & 31])
    return {
        "one mutation": common,
        "five terms": f"{names[1]} & {half} & !{rare} & place=Europe & date=2020-03..2021-09",
        "at least 3 of 5": f"[3-of: {', '.join([*names, half, rare])}]",
        "lineage with descendants, without a mutation": f"lineage=L.{len(made.own) // 2}* & !{half}",
        "maybe": f"MAYBE({half})",
    }


BARS = {"one mutation": "≤ 1 ms", "five terms": "≤ 5 ms"}


def run(size: str) -> list[dict[str, Any]]:
    """CPU time of every question, of the frequency table, and of adding 10,000."""
    n = SIZES[size]
    made = Simulated()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        built = _build(made, n, folder)
        results = [_row(n, "build", built, "CPU s"), _row(n, "on disk", _megabytes(folder), "MB")]
        results += _asked(made, n, folder)
        analysis, metadata = _analysis(made.batch(0, min(ADDED, n), n), made.layout)
        library.open_genomes(folder)
        begun, wall = time.process_time(), time.perf_counter()
        total = library.add(folder, analysis, metadata, [Shown(0)] * metadata.num_rows)
        took = time.process_time() - begun
        assert total == n + metadata.num_rows
        bar = "≤ 5 s" if size == "full" else None
        results.append(_row(n, f"append {metadata.num_rows:,}", took, "CPU s", bar))
        results.append(_row(n, f"append {metadata.num_rows:,}, wall", time.perf_counter() - wall, "s"))
    return results


def _asked(made: Simulated, n: int, folder: Path) -> list[dict[str, Any]]:
    genomes = library.open_genomes(folder)
    index, seen = genomes.index, see(genomes.standings, rank=0, day=date(2026, 1, 1).toordinal())
    family = {name: _family(made.parents, name) for name in [f"L.{len(made.own) // 2}"]}
    grammar = Grammar(
        index.layout,
        {"place": as_written, "lineage": lambda value: frozenset(family[value.removesuffix("*")])},
    )
    cold = Index(index.layout, index.blocks, Kept(room=0))
    results = []
    for what, text in _questions(made).items():
        asked = grammar.read(text)
        count(cold, seen, asked)  # compiles, and brings the file into memory
        bar = BARS.get(what) if n == SIZES["full"] else None
        results.append(
            _row(n, what, _ms(lambda asked=asked: count(_fresh(index), seen, asked)), "CPU ms", bar)
        )
        count(index, seen, asked)
        results.append(_row(n, f"{what}, kept", _ms(lambda asked=asked: count(index, seen, asked)), "CPU ms"))
    everything, europe = grammar.read(""), grammar.read("place=Europe & date=2020-03..2021-03")
    frequencies(_fresh(index), seen, everything)
    bar = "≤ 150 ms" if n == SIZES["full"] else None
    table = _ms(lambda: frequencies(_fresh(index), seen, everything), times=3)
    results.append(_row(n, "frequency table ≥ 5 %", table, "CPU ms", bar))
    some = _ms(lambda: frequencies(_fresh(index), seen, europe), times=3)
    results.append(_row(n, "… in a continent and a year", some, "CPU ms", bar))
    aa = _ms(lambda: frequencies(_fresh(index), seen, europe, level="amino acid"), times=3)
    results.append(_row(n, "… of amino acids", aa, "CPU ms", bar))
    results.append(
        _row(
            n,
            "coverage of every site",
            _ms(lambda: coverage(_fresh(index), seen, everything), times=3),
            "CPU ms",
        )
    )
    month = _ms(
        lambda: grouped(
            _fresh(index),
            seen,
            everything,
            by=("date", month_of),
            and_by=("place", lambda word: level_of(word, 1)),
        )
    )
    results.append(_row(n, "count by month and country", month, "CPU ms"))
    return results + _opponent(made, n, index, seen, grammar)


def _opponent(made: Simulated, n: int, index: Index, seen: Seen, grammar: Grammar) -> list[dict[str, Any]]:
    """pyroaring, one bitmap a mutation over all genomes, in the same call. Its set operations alone."""
    texts = _questions(made)["at least 3 of 5"].removeprefix("[3-of: ").removesuffix("]").split(", ")
    maps = []
    for text in texts:
        sets = index.fitting(seen, grammar.read(text))
        flat = np.concatenate([np.unpackbits(w.view(np.uint8), bitorder="little") for w in sets])
        maps.append(BitMap(np.flatnonzero(flat).astype(np.uint32)))
    everyone = BitMap(range(n))
    results = [
        _row(n, "pyroaring: one mutation", _ms(lambda: maps[0].intersection_cardinality(everyone)), "CPU ms")
    ]
    asked = grammar.read(f"{texts[0]} & {texts[1]} & !{texts[4]} & ({texts[2]} | {texts[3]})")
    ours = _ms(lambda: count(_fresh(index), seen, asked))
    theirs = _ms(lambda: len((maps[0] & maps[1] & (maps[2] | maps[3])) - maps[4]))
    expected = len((maps[0] & maps[1] & (maps[2] | maps[3])) - maps[4])
    assert count(index, seen, asked) == expected
    results.append(_row(n, "five mutations", ours, "CPU ms"))
    results.append(_row(n, "pyroaring: five mutations", theirs, "CPU ms"))
    return results


def _family(parents: dict[str, list[str]], name: str) -> set[str]:
    found = {name}
    for child, of in parents.items():  # parents come before their children
        if found & set(of):
            found.add(child)
    return found


def _fresh(index: Index) -> Index:
    """The same blocks, of which nothing is kept."""
    return Index(index.layout, index.blocks, Kept())


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def _row(n: int, phase: str, value: float, unit: str, bar: str | None = None) -> dict[str, Any]:
    return {"problem": f"{n:,} genomes", "phase": phase, "value": value, "unit": unit, "bar": bar}
