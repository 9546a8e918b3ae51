"""Two processes can never issue the same goods, on either store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("units", "writers"), [(80, 3), pytest.param(1500, 6, marks=pytest.mark.full)])
def test_goods_are_issued_once(place: str | Path, units: int, writers: int) -> None:
    program = [
        sys.executable,
        "-m",
        "tests.faults.assistance_books.rush",
        str(place),
        str(units),
        str(writers),
    ]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith(f"took {units}")
