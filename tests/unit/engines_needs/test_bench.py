"""The benchmark runs, so that it cannot rot."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_the_smallest_size_runs() -> None:
    path = Path(__file__).parents[3] / "bench" / "needs.py"
    spec = importlib.util.spec_from_file_location("bench_needs", path)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    rows = bench.run("tiny")
    assert {row["phase"] for row in rows} == {"need and net", "explain a cell", "need", "peak beyond cases"}
    assert all(row["value"] > 0 for row in rows if row["unit"] == "MB")
