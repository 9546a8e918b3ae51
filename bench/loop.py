"""The whole loop as a person meets it: how long until ``--help``, and until the brief?"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SHARED = Path(os.environ.get("SAMPAN_SHARED", Path(__file__).parents[2] / "shared"))
RUNS = {"tiny": 1, "small": 1, "ordinary": 3, "full": 5}


def run(size: str) -> list[dict[str, Any]]:
    """Wall seconds of whole commands, the median of several runs."""
    rows = [_row("sampan --help", "start-up", ["--help"], RUNS[size] * 3, "≤ 0.3")]
    with tempfile.TemporaryDirectory() as folder:
        rows.append(_row("demo, exercise", "whole", ["demo", "--dir", f"{folder}/a"], RUNS[size], "≤ 6"))
        real = SHARED / "data" / "jhu"
        if size != "tiny" and real.is_dir():
            command = ["demo", "--data", str(real), "--dir", f"{folder}/b"]
            rows.append(_row("demo, March 2020", "whole", command, RUNS[size], "≤ 6"))
    return rows


def _row(problem: str, phase: str, command: list[str], runs: int, bar: str) -> dict[str, Any]:
    seconds = sorted(_seconds(command) for _ in range(runs))
    return {"problem": problem, "phase": phase, "value": seconds[runs // 2], "unit": "s wall", "bar": bar}


def _seconds(command: list[str]) -> float:
    script = "import sys; from sampan.cli.main import run; run()"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True)
    return time.perf_counter() - began
