"""Whatever write a submission dies at, nothing is half done, and going on finishes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sampan.desks.science.collection import collection, table_of
from sampan.desks.science.indexing import searchable
from sampan.desks.science.search import look, search
from sampan.desks.science.sequences import letters_of
from sampan.node import Node
from sampan.world.genome_references import install
from tests.faults.science_desk.killed import GENOMES
from tests.small_virus import write_reference

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("references")
    install(write_reference(folder / "small"), store=folder / "store")
    return folder / "store"


def run(folder: Path, store: Path, dies_at: int) -> int:
    command = [sys.executable, "-m", "tests.faults.science_desk.killed", str(folder), str(dies_at)]
    environment = {**os.environ, "SAMPAN_REFERENCES": str(store)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True).returncode


def whole(folder: Path) -> int:
    """How many genomes are there; each with its letters and its analysis, found by those who may alone."""
    with Node.open(folder) as node:
        session = node.session
        session.ledger.verify()
        held = collection(session)
        for number, handed in held.submissions.items():
            rows = held.of(number)
            assert len(rows) == handed.said.new == len(GENOMES)
            assert letters_of(session.blobs, handed.said.sequences, range(len(rows)))
            assert table_of(session.blobs, handed.processing.analysis).num_rows == len(rows)
            released = sum(one.state == "released" for one in rows)
            assert released in (0, len(rows))
            seen = search(look(searchable(session), reader="public", day=session.today()), "").total
            assert seen == released
        return len(held.held)


@pytest.mark.parametrize(
    "dies_at",
    [6, 13, *(pytest.param(n, marks=pytest.mark.full) for n in (1, 4, 8, 10, 11, 12, 14, 17, 20, 25, 30))],
)
def test_dying_at_any_write_leaves_nothing_half_done(
    tmp_path: Path, store: Path, dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPAN_REFERENCES", str(store))
    folder = tmp_path / "node"
    Node.create(folder, home="CHN").close()
    first = run(folder, store, dies_at)
    assert first in (0, 9)
    assert whole(folder) in (0, len(GENOMES))
    assert run(folder, store, 10_000) == 0
    assert whole(folder) == len(GENOMES)
    with Node.open(folder) as node:
        assert {one.state for one in collection(node.session).held.values()} == {"released"}
        assert len(collection(node.session).submissions) == 1
