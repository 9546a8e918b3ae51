"""The benchmark of the aid desk runs once at its smallest, so that it never rots."""

from bench.assistance import run


def test_it_runs_and_meets_its_bars_when_tiny() -> None:
    rows = {row["phase"].partition(":")[0]: row["value"] for row in run("tiny")}
    assert {"fill", "figure, cold", "slowest warm"} <= rows.keys()
    assert rows["figure, cold"] < 20
    assert all(value > 0 for value in rows.values())
