"""Slow and obvious implementations, held against the engine on random genomes."""

from __future__ import annotations

import hashlib
import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.engines.genome.align import align
from sampan.engines.genome.letters import N, encode
from sampan.engines.genome.rebuild import aligned
from sampan.engines.genome.window import _filled, _way_back, align_window
from tests.unit.engines_genome.test_analysis import row, rows
from tests.viruses import genome, small

G = genome()
NEVER = -(10**9)


def slow_score(query: str, reference: str, gap_open: list[int]) -> int:
    """The best score by plain recursion over three tables, nothing free at the ends."""
    rows, columns = len(reference), len(query)
    best = [[NEVER] * (columns + 1) for _ in range(rows + 1)]
    insert = [[NEVER] * (columns + 1) for _ in range(rows + 1)]
    delete = [[NEVER] * (columns + 1) for _ in range(rows + 1)]
    best[0][0] = 0
    for i in range(rows + 1):
        for j in range(columns + 1):
            if j:
                insert[i][j] = max(insert[i][j - 1], best[i][j - 1] - gap_open[i])
            if i:
                delete[i][j] = max(delete[i - 1][j], best[i - 1][j] - gap_open[i - 1])
            if i and j:
                best[i][j] = best[i - 1][j - 1] + pair(query[j - 1], reference[i - 1])
            if i or j:
                best[i][j] = max(best[i][j], insert[i][j], delete[i][j])
    return best[rows][columns]


def pair(one: str, other: str) -> int:
    if "N" in (one, other):
        return 2
    return 3 if encode(one)[0] & encode(other)[0] else -1


def path_score(query: str, reference: str, stretches: np.ndarray, gap_open: list[int]) -> int:
    """What the stretches of an alignment score."""
    total, at, place = 0, 0, 0
    ends = [*map(tuple, stretches.tolist()), (len(query), len(reference), 0)]
    for begin, other, length in ends:
        total -= gap_open[place] if other > place else 0
        total -= gap_open[other] if begin > at else 0
        total += sum(pair(query[begin + k], reference[other + k]) for k in range(length))
        at, place = begin + length, other + length
    return total


letters = st.text("ACGTACGTACGTNRY", min_size=1, max_size=28)


@given(
    letters,
    st.text("ACGT", min_size=1, max_size=28),
    st.lists(st.sampled_from([6, 7, 8]), min_size=29, max_size=29),
)
def test_a_window_is_aligned_as_well_as_can_be(query: str, reference: str, costs: list[int]) -> None:
    found = align_window(
        encode(query).astype(np.uint32),
        encode(reference).astype(np.uint32),
        np.array(costs[: len(reference) + 1], np.int32),
        N,
        False,
        False,
        False,
        False,
    )
    assert path_score(query, reference, found, costs) == slow_score(query, reference, costs)


@given(
    st.text("ACGT", min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.text("ACGTN", max_size=9), st.integers(0, 9)), max_size=5),
    st.lists(st.sampled_from([6, 7, 8]), min_size=61, max_size=61),
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)
def test_a_band_gives_the_path_of_the_whole_table(
    reference: str, edits: list[tuple[int, str, int]], costs: list[int], free: tuple[bool, bool, bool, bool]
) -> None:
    query = reference
    for at, come, gone in edits:
        query = query[:at] + come + query[at + gone :]
    there = encode(reference).astype(np.uint32)
    given = (encode(query).astype(np.uint32), there, np.array(costs[: there.size + 1], np.int32), N)
    _, path, first = _filled(*given, free, len(query) + len(reference))
    assert align_window(*given, *free).tolist() == _way_back(path, first, len(query)).tolist()


odd = st.tuples(st.integers(0, len(G)), st.sampled_from(["\n", "\r\n", "-", " ", "u", "n", "R", "k"]))


@given(st.lists(odd, max_size=8))
def test_letters_are_read_many_at_once_as_one_by_one(places: list[tuple[int, str]]) -> None:
    text = G
    for at, sign in places:
        text = text[:at] + sign + text[at:]
    plain = "".join(letter for letter in text.upper().replace("U", "T") if letter.isalpha())
    one = row(text)
    assert (one["length"], one["sequence_sha256"]) == (
        len(plain),
        hashlib.sha256(plain.encode()).hexdigest(),
    )


edit = st.tuples(
    st.integers(60, len(G) - 60),
    st.sampled_from("sdi"),
    st.integers(1, 40),
    st.text("ACGT", min_size=1, max_size=30),
)


def changed(edits: list[tuple[int, str, int, str]]) -> str:
    text, last = G, len(G)
    for position, kind, length, come in sorted(edits, reverse=True):
        if position + length + 40 > last:
            continue
        gone = {"s": 1, "d": length, "i": 0}[kind]
        put = {"s": come[0], "d": "", "i": come}[kind]
        text, last = text[:position] + put + text[position + gone :], position
    return text


@settings(max_examples=150)
@given(st.lists(edit, max_size=12), st.integers(0, 50), st.integers(0, 50))
def test_the_differences_put_back_give_the_genome(
    edits: list[tuple[int, str, int, str]], front: int, back: int
) -> None:
    text = changed(edits)[front : -back or None]
    one = row(text)
    assert one["status"] == "aligned"
    laid = aligned(one, small())
    for word in reversed(one["insertions"]):
        place, _, come = word.partition(":")
        laid = laid[: int(place)] + come + laid[int(place) :]
    assert laid.replace("-", "") == text
    assert len(re.sub("-", "", aligned(one, small()))) <= len(text)


@settings(max_examples=40)
@given(st.lists(edit, max_size=6))
def test_the_diagonals_score_as_well_as_the_whole_table(edits: list[tuple[int, str, int, str]]) -> None:
    """Only the stretch that changed is put through the table: 400 letters of the virus around it."""
    near = [(3000 + position % 300, kind, length % 20 + 1, come) for position, kind, length, come in edits]
    text = changed(near)
    query, arrays = encode(text), small().arrays
    stretches, count = align(query, arrays.letters, arrays.gap_open, arrays.word, arrays.position)
    costs = arrays.gap_open.tolist()
    whole = align_window(
        query[2800 : len(query) - 4600].astype(np.uint32),
        arrays.letters[2800 : len(G) - 4600].astype(np.uint32),
        arrays.gap_open[2800 : len(G) - 4599],
        N,
        False,
        False,
        False,
        False,
    )
    part = path_score(text[2800:-4600], G[2800:-4600], whole, costs[2800:])
    ours = path_score(text, G, stretches[:count], costs)
    outside = 3 * (2800 + 4600)
    assert ours == part + outside


@settings(max_examples=30)
@given(st.lists(edit, max_size=5), st.integers(1, 4))
def test_a_genome_says_the_same_in_any_company(edits: list[tuple[int, str, int, str]], others: int) -> None:
    text = changed(edits)
    alone = row(text)
    among = rows(*([G] * others), text)[-1]
    assert {**among, "name": alone["name"]} == alone
