"""The benchmark runs at its smallest size, so that it does not rot."""

import numpy as np

from bench.situation import run


def test_the_smallest_size_runs():
    rows = run("tiny")
    assert {"full refresh", "one new day", "95 % coverage"} <= {row["phase"] for row in rows}
    assert all(np.isfinite(row["value"]) for row in rows)
    assert all(set(row) == {"problem", "phase", "value", "unit", "bar"} for row in rows)
