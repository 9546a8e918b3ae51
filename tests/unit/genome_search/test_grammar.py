"""What a question means, and what somebody is told whose question is wrong."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.engines.genome_search.expression import (
    All,
    Changed,
    Dated,
    Deleted,
    Everything,
    Exact,
    Expression,
    Inserted,
    Letter,
    Maybe,
    Not,
    Some,
    Within,
)
from sampan.engines.genome_search.grammar import DEEPEST, MOST_LETTERS, Grammar, as_written
from sampan.engines.genome_search.layout import Layout

LAYOUT = Layout("ACGTACGTAC", (("S", "MNKL*"), ("ORF1a", "MKV")))
GRAMMAR = Grammar(LAYOUT, {"place": as_written, "lineage": as_written})


def days(name: str, first: str, last: str) -> Dated:
    return Dated(name, date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("", Everything()),
        ("  ", Everything()),
        ("A1T", Letter(0, "T")),
        ("1T", Letter(0, "T")),
        ("a1u", Letter(0, "T")),
        ("1", Changed(0)),
        ("A1", Changed(0)),
        ("1.", Letter(0, "A")),
        ("3-", Letter(2, "-")),
        ("3-5", Deleted(2, 5)),
        ("3-5-", Deleted(2, 5)),
        ("S:N2K", Letter(11, "K")),
        ("s:2k", Letter(11, "K")),
        ("orf1a:2-", Letter(16, "-")),
        ("S:2-3", All((Letter(11, "-"), Letter(12, "-")))),
        ("S:K3*", Letter(12, "*")),
        ("S:*5L", Letter(14, "L")),
        ("ins_4:GA?T", Inserted(3, "GA?T")),
        ("INS_S:2:ep?", Inserted(11, "EP?")),
        ("ins_0:A", Inserted(0, "A")),
        ("1 & 2", All((Changed(0), Changed(1)))),
        ("1 and 2", All((Changed(0), Changed(1)))),
        ("1&2|3", Some(1, (All((Changed(0), Changed(1))), Changed(2)))),
        ("1&(2|3)", All((Changed(0), Some(1, (Changed(1), Changed(2)))))),
        ("!1&2", All((Not(Changed(0)), Changed(1)))),
        ("not (1 or 2)", Not(Some(1, (Changed(0), Changed(1))))),
        ("maybe(1) & EXACT(2)", All((Maybe(Changed(0)), Exact(Changed(1))))),
        ("[2-of: 1, 2 & 3, !4]", Some(2, (Changed(0), All((Changed(1), Changed(2))), Not(Changed(3))))),
        ("[exactly-1-of: 1, 2]", Some(1, (Changed(0), Changed(1)), True)),
        ("[exactly-0-of: 1, 2]", Some(0, (Changed(0), Changed(1)), True)),
        ("place=ITA", Within("place", frozenset({"ITA"}))),
        ("place=Asia|CHN|CN-HB", Within("place", frozenset({"Asia", "CHN", "CN-HB"}))),
        ('place="South Africa" & 1', All((Within("place", frozenset({"South Africa"})), Changed(0)))),
        ("lineage=B.1.1.7*", Within("lineage", frozenset({"B.1.1.7*"}))),
        ("date=2020-02", days("date", "2020-02-01", "2020-02-29")),
        ("date=2021", days("date", "2021-01-01", "2021-12-31")),
        ("date=2020-XX-XX", days("date", "2020-01-01", "2020-12-31")),
        ("date=2020-03-05..2020-04", days("date", "2020-03-05", "2020-04-30")),
        ("date=..2020-04", days("date", "0001-01-01", "2020-04-30")),
        ("date=2020-04..", days("date", "2020-04-01", "9999-12-31")),
        ("date>=2020-04", days("date", "2020-04-01", "9999-12-31")),
        ("date>2020-04", days("date", "2020-05-01", "9999-12-31")),
        ("date<2020-04", days("date", "0001-01-01", "2020-03-31")),
        ("date<=2020-04", days("date", "0001-01-01", "2020-04-30")),
    ],
)
def test_means(text: str, means: Expression) -> None:
    assert GRAMMAR.read(text) == means


@pytest.mark.parametrize(
    ("text", "at", "what", "way_out"),
    [
        ("G1T", 1, "the reference has A there, not G", "Write A1T"),
        ("1 & S:N3K", 5, "the reference has K there", "Write S:K3K"),
        ("11T", 1, "ends at position 10", "from 1 to 10"),
        ("S:9K", 1, "S ends at codon 5", "from 1 to 5"),
        ("X:9K", 1, 'no peptide "X"', "S, ORF1a"),
        ("1J", 1, '"J" is no nucleotide', "."),
        ("S:2B", 1, '"B" is no amino acid of S', "."),
        ("5-3", 1, "ends at or after its begin", "lower one first"),
        ("ins_4:GAX", 1, '"X" is no nucleotide', "?"),
        ("1 2", 3, "side by side", "& or |"),
        ("1 &", 4, "ends where a part is missing", "Write a change"),
        ("(1", 3, '")" is missing', "Close it"),
        ("1)", 2, 'a ")" too many', "Take it away"),
        ("[2-of: 1, 2", 12, '"]" is missing', "Close it"),
        ("[3-of: 1, 2]", 8, "3 of 2 parts", "1 to 2"),
        ("[0-of: 1, 2]", 8, "0 of 2 parts", "1 to 2"),
        ("[two-of: 1, 2]", 1, "is no part", "Write a change"),
        ("hello", 1, '"hello" is no part of a question', "A23063T"),
        ("plaec=ITA", 1, 'no field "plaec"', "Did you mean place?"),
        ("place>ITA", 1, "more or less", "place=value"),
        ("place=", 7, "value is missing", "quotes"),
        ("date=2020-13", 1, "no date", "2020-03-26"),
        ("date=20-1", 1, "no date", "2020-03-26"),
        ("date=2021..2020", 1, "ends before it begins", "earlier day first"),
        ("date>2020..2021", 1, "goes with = alone", "date=2020..2021"),
        ("1; DROP TABLE genomes", 2, "side by side", "& or |"),
    ],
)
def test_is_told_where_and_the_way_out(text: str, at: int, what: str, way_out: str) -> None:
    with pytest.raises(InputError) as fault:
        GRAMMAR.read(text)
    assert what in fault.value.what
    assert fault.value.facts["position"] == at
    assert way_out in fault.value.way_out


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9_000,
        "!" * 9_000,
        "MAYBE(" * 1_500,
        "[1-of:" * 1_500,
        "1&" * 4_999,
        "1" * 9_999,
        "S:" * 4_999,
        "ins_4:" + "?A" * 4_900,
        "[9999-of:1]",
        "place=" + "A|" * 4_900,
        "1" * (MOST_LETTERS + 1),
        "\x00" * 50,
        "date=" + "9" * 5_000,
        "|".join(["MAYBE(1-10)"] * 800),
        "٣T",
    ],
)
def test_hostile_questions_end_soon(text: str) -> None:
    begun = time.process_time()
    try:
        GRAMMAR.read(text)
    except InputError as fault:
        assert len(str(fault)) < 1_000
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "text", ["|".join(["S:1-5"] * 300), "place=" + "|".join("A" * 1_500), "|".join("1" * 1_500)]
)
def test_what_is_asked_is_counted(text: str) -> None:
    with pytest.raises(InputError, match="more than 1000 parts"):
        GRAMMAR.read(text)


def test_brackets_go_as_deep_as_is_said() -> None:
    deep = DEEPEST - 1
    assert GRAMMAR.read("(" * deep + "1" + ")" * deep) == Changed(0)


@given(st.text('12AST:-.=&|!()[],of? "exactlyMAYBEinsdatepl_', max_size=40))
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        GRAMMAR.read(text)
    except InputError as fault:
        assert fault.way_out
