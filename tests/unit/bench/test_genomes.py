"""The benchmark of the genome engine runs once at its smallest, so that it never rots."""

from __future__ import annotations

from pathlib import Path

from bench.genomes import run


def test_it_runs_when_tiny(shared: Path) -> None:
    rows = {row["phase"]: row["value"] for row in run("tiny")}
    assert {"zst to Arrow", "mappy, align only", "ratio"} <= rows.keys()
    assert all(value > 0 for value in rows.values())
