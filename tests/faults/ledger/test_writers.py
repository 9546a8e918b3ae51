"""Processes that die or that crowd, on both stores."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, ORIGIN

ROOT = Path(__file__).parents[3]


def run(*arguments: object) -> str:
    program = [sys.executable, "-m", "tests.faults.ledger.crowd", *map(str, arguments)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("seconds", "seed"), [(5, 1), *(pytest.param(60, seed, marks=pytest.mark.full) for seed in (2, 3))]
)
def test_a_killed_writer_loses_nothing_it_acknowledged(place: str | Path, seconds: int, seed: int) -> None:
    Ledger.create(place, origin=ORIGIN, key=KEY).close()
    said = run("kill", place, seconds, seed)
    assert int(said.split()[0]) > seconds, said


@pytest.mark.parametrize(("writers", "batches"), [(4, 40), pytest.param(8, 400, marks=pytest.mark.full)])
def test_writers_at_once_make_one_gapless_log(place: str | Path, writers: int, batches: int) -> None:
    Ledger.create(place, origin=ORIGIN, key=KEY).close()
    run("crowd", place, writers, batches)
