"""Every answer is the same as that of a second engine, which reads plain rows with SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.engines.genome_search.batch import read_batch
from sampan.engines.genome_search.block import extended
from sampan.engines.genome_search.columns import level_of, month_of
from sampan.engines.genome_search.frequencies import coverage, frequencies
from sampan.engines.genome_search.grammar import Grammar, as_written
from sampan.engines.genome_search.index import Index, count, grouped, rows
from sampan.engines.genome_search.kernels import BLOCK
from sampan.engines.genome_search.seen import NEVER, Seen, Standing, see
from tests.genome_rows import Genome, analysis, made_up, small_layout, words
from tests.genome_sql import Rows, family, questions, text

LAYOUT = small_layout()
CUTS = (0, 250, 251, 700, 1000)
"""The genomes come in parts; the middle cut begins a second block."""

RANKS = st.sampled_from([0, 1, 2])
DAYS = st.dates(date(2020, 3, 1), date(2020, 4, 1))


def lineages(value: str) -> frozenset[str]:
    return family(value[:-1]) if value.endswith("*") else frozenset({value})


GRAMMAR = Grammar(LAYOUT, {"place": as_written, "lineage": lineages})


class Both:
    """The same genomes in both engines."""

    def __init__(self, index: Index, standings: tuple[Standing, ...], rows: Rows) -> None:
        self.index, self.standings, self.rows = index, standings, rows

    def seen(self, rank: int, day: date) -> Seen:
        return see(self.standings, rank=rank, day=day.toordinal())


def standing(genomes: list[Genome]) -> Standing:
    return Standing(
        np.array([g.rank for g in genomes], np.uint8),
        np.array([g.opens.toordinal() if g.opens else NEVER for g in genomes], np.int32),
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    genomes = made_up(CUTS[-1], layout=LAYOUT, seed=7)
    blocks = []
    for begin, middle, end in (CUTS[0:3], CUTS[2:5]):
        block = None
        for a, b in ((begin, middle), (middle, end)):
            part = genomes[a:b]
            batch = read_batch(analysis(part, LAYOUT), LAYOUT, columns=words(part))
            block = extended(block, batch, LAYOUT, identity=f"{a}-{b}")
        assert block is not None
        blocks.append(block)
    parts = (genomes[: CUTS[2]], genomes[CUTS[2] :])
    yield Both(
        Index(LAYOUT, tuple(blocks)),
        tuple(map(standing, parts)),
        Rows(genomes, LAYOUT, tmp_path_factory.mktemp("rows")),
    )


@settings(max_examples=300)
@given(tree=questions(LAYOUT), rank=RANKS, day=DAYS)
def test_the_same_genomes_fit(both: Both, tree: tuple, rank: int, day: date) -> None:
    asked, seen = GRAMMAR.read(text(tree)), both.seen(rank, day)
    expected = [
        i
        for (i,) in both.rows.fetch(
            f"SELECT id FROM genome WHERE {both.rows.where(tree, rank=rank, day=day)} ORDER BY id"
        )
    ]
    found = rows(both.index, seen, asked, most=10_000)
    numbered = np.where(found >= BLOCK, found - BLOCK + CUTS[2], found)
    assert numbered.tolist() == expected, text(tree)
    assert count(both.index, seen, asked) == len(expected)


@settings(max_examples=40)
@given(tree=questions(LAYOUT), rank=RANKS, day=DAYS)
def test_the_same_counts_by_month_and_country(both: Both, tree: tuple, rank: int, day: date) -> None:
    month = (
        "CASE WHEN first IS NULL THEN 'unknown' WHEN strftime(first, '%Y-%m') = strftime(last, '%Y-%m') "
        "THEN strftime(first, '%Y-%m') WHEN year(first) = year(last) THEN strftime(first, '%Y') ELSE 'unknown' END"
    )
    country = "CASE WHEN country = '' THEN 'unknown' ELSE country END"
    expected = both.rows.fetch(
        f"SELECT {month}, {country}, count(*) FROM genome "
        f"WHERE {both.rows.where(tree, rank=rank, day=day)} GROUP BY ALL"
    )
    found = grouped(
        both.index,
        both.seen(rank, day),
        GRAMMAR.read(text(tree)),
        by=("date", month_of),
        and_by=("place", lambda word: level_of(word, 1)),
    )
    assert {(m, c): n for m, c, n in expected} == {
        (m, c): int(found.counts[i, j])
        for i, m in enumerate(found.first)
        for j, c in enumerate(found.second)
        if found.counts[i, j]
    }


@settings(max_examples=25)
@given(tree=questions(LAYOUT), rank=RANKS, day=DAYS, least=st.sampled_from([0.0, 0.01, 0.05, 0.3]))
def test_the_same_frequencies_and_denominators(
    both: Both, tree: tuple, rank: int, day: date, least: float
) -> None:
    asked, seen = GRAMMAR.read(text(tree)), both.seen(rank, day)
    fits = f"SELECT id FROM genome WHERE {both.rows.where(tree, rank=rank, day=day)}"
    known = both.rows.covered(fits)
    where = coverage(both.index, seen, asked)
    for (track, position), expected in known.items():
        assert where[LAYOUT.tracks[track].begin + position - 1] == expected
    for level, of_level in (("nucleotide", "track = ''"), ("amino acid", "track <> ''")):
        expected_counts = _expected(both, fits, of_level)
        found = frequencies(both.index, seen, asked, level=level, least=least)  # type: ignore[arg-type]
        got = {
            name: (int(n), int(c))
            for name, n, c in zip(found.names, found.counts, found.covered, strict=True)
        }
        assert got == {
            name: (n, known[at])
            for name, (n, at) in expected_counts.items()
            if known[at] and n >= least * known[at]
        }
        assert list(found.shares) == sorted(found.shares, reverse=True)


def _expected(both: Both, fits: str, of_level: str) -> dict[str, tuple[int, tuple[str, int]]]:
    found = {}
    for track, position, letter, n in both.rows.fetch(
        f"SELECT track, pos, letter, count(*) FROM sub WHERE id IN ({fits}) AND {of_level} GROUP BY ALL"
    ):
        reference = LAYOUT.tracks[track].letters[position - 1]
        found[f"{track + ':' if track else ''}{reference}{position}{letter}"] = (n, (track, position))
    for track, position, letters, n in both.rows.fetch(
        f"SELECT track, pos, letters, count(*) FROM ins WHERE id IN ({fits}) AND {of_level} GROUP BY ALL"
    ):
        found[f"ins_{track + ':' if track else ''}{position}:{letters}"] = (n, (track, position))
    if of_level == "track = ''":
        for a, b, n in both.rows.fetch(f"SELECT a, b, count(*) FROM del WHERE id IN ({fits}) GROUP BY ALL"):
            found[f"{a}-{b if b > a else ''}"] = (n, ("", a))
    return found
