"""Small parts of the search: shapes of sets, insertions like a pattern, dates, ranges that are joined."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.engines.genome_search import kernels
from sampan.engines.genome_search.batch import _joined
from sampan.engines.genome_search.block import pieces
from sampan.engines.genome_search.columns import Column, level_of, month_of, read_date
from sampan.engines.genome_search.evaluate import Reading, fits
from sampan.engines.genome_search.expression import Everything, Expression, Maybe, Not, Some
from sampan.engines.genome_search.kernels import BITS, BLOCK, LIST, OTHERS
from sampan.engines.genome_search.postings import Pairs, Postings
from sampan.engines.genome_search.seen import NEVER, NOBODY, Standing, see

SIZES = st.sampled_from([1, 63, 64, 4_096, 4_097, 30_000, 61_440, 65_000, BLOCK])


@settings(max_examples=25)
@given(SIZES, st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_a_set_survives_its_shape(n: int, seed: int, share: float) -> None:
    g = np.random.default_rng(seed)
    rare, some = np.flatnonzero(g.random(n) < share / 100), np.flatnonzero(g.random(n) < share)
    most = np.setdiff1d(np.arange(n), rare)
    lists = [rare, some, most]
    begins = np.concatenate([[0], np.cumsum([len(each) for each in lists])]).astype(np.int64)
    made = Postings.laid_out(np.array([3, 5, 9]), begins, np.concatenate(lists).astype(np.uint16), n)
    everyone = kernels.everyone(n)
    for i, each in enumerate(lists):
        words = made.union(made.find(made.keys[i], made.keys[i]), everyone)
        assert kernels.members(words).tolist() == each.tolist()
    assert made.members(n).tolist() == [len(each) for each in lists]
    within = kernels.pack(g.random(n) < 0.5)
    chosen = set(kernels.members(within).tolist())
    assert made.within(within).tolist() == [len(chosen & set(each.tolist())) for each in lists]


def test_every_shape_is_used() -> None:
    lists = [np.arange(10), np.arange(0, BLOCK, 2), np.arange(BLOCK - 3)]
    begins = np.concatenate([[0], np.cumsum([len(each) for each in lists])])
    made = Postings.laid_out(np.arange(3), begins, np.concatenate(lists).astype(np.uint16), BLOCK)
    assert made.shape.tolist() == [LIST, BITS, OTHERS]
    assert made.count.tolist() == [10, BLOCK // 2, 3]


@given(st.lists(st.sets(st.integers(0, 6), max_size=4), min_size=1, max_size=30), st.integers(0, 30))
def test_adding_in_two_parts_is_adding_at_once(have: list[set[int]], cut: int) -> None:
    said = [(key * 10, genome) for genome, keys in enumerate(have) for key in sorted(keys)]
    keys, code = np.unique(np.array([key for key, _ in said], np.int64), return_inverse=True)
    pairs = Pairs(keys, code.astype(np.int64), np.array([genome for _, genome in said], np.int64))
    n, cut = len(have), min(cut, len(have))
    once = Postings.empty().extended(0, pairs, n)
    first = Postings.empty().extended(0, pairs.between(0, cut), cut)
    twice = first.extended(cut, pairs.between(cut, n), n - cut)
    for name, array in once.arrays("").items():
        assert np.array_equal(array, twice.arrays("")[name]), name


@pytest.mark.parametrize(
    ("text", "pattern", "like"),
    [
        ("GAGA", "GAGA", True), ("GAGA", "GAG", False), ("GAGA", "?", True), ("GAGA", "G?A", True),
        ("GAGA", "?AG?", True), ("GA", "GA?", True), ("GA", "?GA?", True), ("G", "G?G", False),
        ("GAG", "G?G", True), ("E*P", "E*?", True), ("EPP", "E*?", False), ("ABAB", "?AB?AB", True),
        ("AB", "?AB?AB", False),
    ],
)  # fmt: skip
def test_a_question_mark_is_any_run(text: str, pattern: str, like: bool) -> None:
    assert fits(text, pattern) is like


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020-02-29", "2020-02-29", "2020-02-29"), ("2020-02", "2020-02-01", "2020-02-29"),
        ("2020", "2020-01-01", "2020-12-31"), ("2020-12", "2020-12-01", "2020-12-31"),
        ("2020-12-XX", "2020-12-01", "2020-12-31"), ("2020-xx-xx", "2020-01-01", "2020-12-31"),
    ],
)  # fmt: skip
def test_dates_of_any_ambiguity(text: str, first: str, last: str) -> None:
    assert read_date(text) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text", ["", "x", "20", "2020-13", "2021-02-29", "2020-1-1-1", "-2020", "٢٠٢٠", "9999-13"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(InputError) as fault:
        read_date(text)
    assert fault.value.way_out


def test_a_date_counts_where_it_surely_lies() -> None:
    words = ["2020-03-05", "2020-03-01/2020-03-31", "2020-01-01/2020-12-31", "2019-12-31/2020-01-01", ""]
    assert [month_of(word) for word in words] == ["2020-03", "2020-03", "2020", "unknown", "unknown"]
    assert [level_of("Asia|CHN|CN-HB", i) for i in range(4)] == ["Asia", "CHN", "CN-HB", "unknown"]
    assert [level_of("Asia|CHN", 2), level_of("", 0)] == ["unknown", "unknown"]


def test_alternatives_are_called_may_or_must() -> None:
    column = Column.of(["A", "A;B", "B;A", "C", ""])
    assert column.words == ("", "A", "A;B", "B;A", "C")
    called, may, must = (each.tolist() for each in column.certainty(frozenset({"A"})))
    assert called == [False, True, True, False, False]
    assert may == [True, True, True, True, False]
    assert must == [False, True, False, False, False]


def test_ranges_of_one_genome_are_joined_and_of_two_are_not() -> None:
    ranges = [(0, 5, 9), (0, 0, 6), (0, 9, 12), (0, 20, 20), (1, 11, 15), (2, 0, 3), (2, 5, 6)]
    found = _joined(*(np.array(each, np.int32) for each in zip(*ranges, strict=True)))
    got = zip(found.genome.tolist(), found.begin.tolist(), found.end.tolist(), strict=True)
    assert list(got) == [(0, 0, 12), (1, 11, 15), (2, 0, 3), (2, 5, 6)]


@given(st.integers(0, 300_000), st.integers(0, BLOCK))
def test_blocks_are_filled_one_after_the_other(n: int, room: int) -> None:
    cut = list(pieces(n, room))
    assert [begin for begin, _ in cut] == [0, *(end for _, end in cut)][: len(cut)]
    assert (cut[-1][1] if cut else 0) == n
    assert all(end - begin <= BLOCK for begin, end in cut)
    if room and cut:
        assert cut[0] == (0, min(room, n))


def test_nobody_sees_what_is_withdrawn_and_never_never_comes() -> None:
    standing = Standing(np.array([0, 1, 2, NOBODY], np.uint8), np.array([NEVER, 10, NEVER, 10], np.int32))
    for rank, day, expected in (
        (0, 9, [0]),
        (0, 10, [0, 1]),
        (1, 9, [0, 1]),
        (2, 9, [0, 1, 2]),
        (2, NEVER, [0, 1, 2]),
    ):
        assert kernels.members(see([standing], rank=rank, day=day).blocks[0]).tolist() == expected


def test_nested_exactly_is_not_asked_again_and_again() -> None:
    """Each level asks both ways; without memory 40 of them would take 2^40 steps."""
    from sampan.engines.genome_search.block import _empty
    from sampan.engines.genome_search.layout import Layout

    layout = Layout("ACGT")
    question: Expression = Everything()
    for _ in range(40):
        question = Some(1, (Not(question),), True)
    assert kernels.size(Reading(_empty(layout), 0, layout).fitting(Maybe(question))) == 0
