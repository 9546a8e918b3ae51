"""One sequence after another of the small virus: what is said of it, and of what is none."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

import pytest

from sampan.engines.genome.analyse import Analysis
from sampan.engines.genome.columns import SCHEMA
from sampan.engines.genome.rebuild import aligned
from tests.viruses import LETTERS, backwards, edited, genome, small

G = genome()


class Given(NamedTuple):
    names: list[str]
    data: bytes
    begins: list[int]
    ends: list[int]
    repeated: list[bool]


def given(*texts: str | bytes) -> Given:
    raw = [text.encode() if isinstance(text, str) else text for text in texts]
    begins = [sum(map(len, raw[:index])) for index in range(len(raw))]
    ends = [begin + len(one) for begin, one in zip(begins, raw, strict=True)]
    return Given([f"n{i}" for i in range(len(raw))], b"".join(raw), begins, ends, [False] * len(raw))


def rows(*texts: str | bytes) -> list[dict[str, Any]]:
    return Analysis(small())(given(*texts)).to_pylist()


def row(text: str | bytes) -> dict[str, Any]:
    return rows(text)[0]


def base(position: int) -> str:
    """Another base than the virus has there (from 1)."""
    return "CGTA"["ACGT".index(G[position - 1])]


def substituted(*positions: int) -> str:
    text = list(G)
    for position in positions:
        text[position - 1] = base(position)
    return "".join(text)


def test_the_reference_has_no_difference_from_itself() -> None:
    one = row(G)
    assert one["status"] == "aligned"
    assert (one["alignment_start"], one["alignment_end"], one["coverage"]) == (1, LETTERS, 1.0)
    lists = [name for name in SCHEMA.names if isinstance(one[name], list) and name != "lineage_alternatives"]
    assert all(one[name] == [] for name in lists)
    assert one["lineage"] == "root"
    assert one["reference"] == "small@1"


@pytest.mark.parametrize(
    "form",
    [
        str.lower,
        lambda t: t.replace("T", "U"),
        lambda t: "\n".join(t[i : i + 60] for i in range(0, len(t), 60)),
    ],
)
def test_how_letters_are_written_changes_nothing(form: Any) -> None:
    one, other = rows(G, form(G))
    assert {**other, "name": "n0"} == one


def test_the_identity_is_that_of_the_letters() -> None:
    one = row(G.lower()[:5000] + "--\r\n" + G[5000:])
    assert one["sequence_sha256"] == hashlib.sha256(G.encode()).hexdigest()
    assert one["length"] == LETTERS


def test_the_other_strand_is_recognised() -> None:
    changed = substituted(4000)
    here, there = rows(changed, backwards(changed))
    assert there["reverse_complement"] and not here["reverse_complement"]
    assert there["substitutions"] == here["substitutions"] == [f"{G[3999]}4000{base(4000)}"]


def test_ends_that_were_not_sequenced_are_no_deletions() -> None:
    one = row(G[120:-200])
    assert (one["alignment_start"], one["alignment_end"]) == (121, LETTERS - 200)
    assert one["deletions"] == []


def test_n_and_ambiguous_letters_are_no_mismatches() -> None:
    text = G[:2000] + "N" * 500 + G[2500:3000] + "R" + G[3001:]
    one = row(text)
    assert one["missing"] == [{"begin": 2001, "end": 2500}]
    assert one["substitutions"] == []
    assert one["non_acgtn"] == ["R:3001"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "empty"),
        (" -\n-", "empty"),
        ("ACGT" * 20, "too short"),
        ("N" * 8000, "no information"),
        (
            "MFVFLVLLPLVSSQCVNLTTRTQLPPAYTNSFTRGVYYPDKVFRSSVLHSTQDLFLPFFSNVTWFHAIHVSGTNGTKRFDNPVLPF" * 3,
            "not nucleotides",
        ),
        (bytes(range(256)) * 40, "not nucleotides"),
        ("ACGGTCATTGCA" * 700, "too few seeds"),
    ],
)
def test_what_cannot_be_analysed_says_why_and_the_rest_is_analysed(text: str | bytes, status: str) -> None:
    before, bad, after = rows(G, text, G)
    assert bad["status"] == status
    assert bad["substitutions"] is None and bad["missing"] is None and bad["qc_status"] is None
    assert bad["private_substitutions"] is None and bad["lineage"] is None
    assert before["status"] == after["status"] == "aligned"


def test_a_few_letters_that_are_none_are_masked_with_a_warning() -> None:
    one = row(G[:100] + "!?" + G[102:])
    assert one["status"] == "aligned"
    assert one["missing"] == [{"begin": 101, "end": 102}]
    assert one["warnings"] == ["2 letters that stand for no base, read as N"]


def test_a_record_that_was_too_long_and_a_name_that_came_before() -> None:
    some = given(G, "")
    found = Analysis(small())(some._replace(ends=[len(G), -1], repeated=[True, False])).to_pylist()
    assert found[0]["warnings"] == ["the name stood in the file before"]
    assert found[1]["status"] == "too long"
    assert found[1]["length"] is None and found[1]["sequence_sha256"] is None


def test_deletions_and_insertions_are_found_where_they_are() -> None:
    change = edited([(3000, G[3000:3009], ""), (4000, "", "GATTACAGATTA"), (5500, G[5500], base(5501))])
    one = row(change.text)
    assert aligned(one, small())[3000 - 50 : 3000 + 60].count("-") == 9
    assert [len(word.split(":")[1]) for word in one["insertions"]] == [12]
    assert one["substitutions"] == list(change.substitutions)


def test_a_long_deletion_and_a_long_insertion() -> None:
    foreign = backwards(G[600:1400])
    lost, gained = rows(G[:3000] + G[4200:], G[:3000] + foreign + G[3000:])
    assert sum(_length(word) for word in lost["deletions"]) == 1200
    assert sum(len(word.split(":")[1]) for word in gained["insertions"]) == 800
    assert lost["substitutions"] == gained["substitutions"] == []


def _length(word: str) -> int:
    begin, _, end = word.partition("-")
    return int(end or begin) - int(begin) + 1


def test_a_tail_is_an_insertion_at_the_end() -> None:
    one = row(G + "A" * 150)
    assert one["alignment_end"] == LETTERS
    assert one["insertions"] == [f"{LETTERS}:{'A' * 150}"]


def test_a_chimera_with_a_stretch_repeated_still_aligns() -> None:
    one = row(G[:4000] + G[3500:])
    assert one["status"] == "aligned"
    assert sum(len(word.split(":")[1]) for word in one["insertions"]) == 500
    assert one["substitutions"] == []
