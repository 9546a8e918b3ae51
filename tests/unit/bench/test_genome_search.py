"""The benchmark of the genome search runs at its smallest size, and its bars hold there with room to spare."""

from __future__ import annotations

from bench.genome_search import run


def test_it_runs_when_tiny() -> None:
    rows = {row["phase"]: row["value"] for row in run("tiny")}
    assert rows["one mutation"] < 5
    assert rows["five terms"] < 25
    assert rows["frequency table ≥ 5 %"] < 150
    assert rows["append 2,000"] < 10
