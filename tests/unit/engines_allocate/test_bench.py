"""The benchmark runs at its smallest size, and there agrees with its opponent."""

import importlib.util
from pathlib import Path


def test_the_benchmark_still_runs_and_the_two_optima_agree() -> None:
    path = Path(__file__).parents[3] / "bench" / "allocation.py"
    spec = importlib.util.spec_from_file_location("bench_allocation", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rows = {row["phase"]: row for row in module.run("tiny")}
    assert rows["difference of optima"]["value"] < 1e-9
    assert set(rows["exact"]) == {"problem", "phase", "value", "unit", "bar"}
