"""Whoever verifies a node learns of every changed table and every lost or altered file, not of entries alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sampan.core.errors import NodeError
from sampan.desks.control.reports import load
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Draft
from sampan.ledger.ledger import Ledger
from sampan.node import Node
from sampan.world.cited import cited, require_cited
from tests.faults.node.test_disk_and_death import sampan
from tests.ledgers import KEY, NOON, ORIGIN

FILE = {"a_confirmed.csv": b"Province/State,Country/Region,Lat,Long,3/1/20\n,Italy,0,0,5\n"}


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node that has read figures and counted goods."""
    folder = tmp_path / "node"
    with Node.create(folder, home="CHN") as made:
        load(made.session, FILE)
    done = sampan("stock", "produce", "mask=20000@L7", "--source", "Works 3", "--node", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def blob(folder: Path) -> Path:
    with Node.open(folder) as opened:
        return opened.session.blobs.path(cited(opened.session.ledger)[0].digest)


def alter(folder: Path) -> None:
    file = blob(folder)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"\n")


def forbid(folder: Path) -> None:
    file = blob(folder)
    file.unlink()
    file.mkdir()


def test_a_sound_node(node: Path) -> None:
    done = sampan("ledger", "verify", "--node", str(node), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 1


def test_a_changed_table_is_named_and_made_again(node: Path) -> None:
    with sqlite3.connect(node / "ledger.sqlite") as raw:
        assert raw.execute("DELETE FROM account_movement").rowcount > 0
    raw.close()
    done = sampan("ledger", "verify", "--node", str(node))
    assert done.returncode == 5, done.stderr
    assert "read model accounts" in done.stderr
    assert "account_movement" in done.stderr
    assert "sampan ledger rebuild" in done.stderr
    assert sampan("ledger", "rebuild", "--node", str(node)).returncode == 0
    assert sampan("ledger", "verify", "--node", str(node)).returncode == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda folder: shutil.rmtree(folder / "blobs"), "is missing"),
        (alter, "was altered"),
        (forbid, "cannot be read"),
    ],
)
def test_a_lost_or_altered_file_is_named_with_its_entry(
    node: Path, change: Callable[[Path], object], says: str
) -> None:
    change(node)
    done = sampan("ledger", "verify", "--node", str(node))
    assert done.returncode == 5, done.stderr
    with Node.open(node) as opened:
        assert f"Entry 0 ({opened.session.ledger.at(0).id})" in done.stderr
    assert '"a_confirmed.csv"' in done.stderr
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    one, two, three = (blobs.put(data) for data in (b"1", b"2", b"3"))
    body = {
        "version": 9,
        "digest": "f" * 64,  # of a bundle, which is not kept: no name, no file
        "deep": [{"er": {"name": "one.csv", "digest": one, "size": 1, "more": 1}}],
        "later": {"name": "one again.csv", "digest": one, "size": 1},
        "lines": [{"photo": two}, {"photo": None}],
    }
    other = {"document": {"name": "three.pdf", "digest": three, "size": 1}}
    drafts = [Draft("note.made", said, "officer", NOON, "public") for said in (body, other)]
    with Ledger.create(tmp_path / "l", origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts)
        assert [(file.index, file.name) for file in cited(ledger)] == [
            (0, "one.csv"),
            (0, "photo"),
            (1, "three.pdf"),
        ]
        told: list[tuple[int, int]] = []
        assert require_cited(ledger, blobs, lambda done, all: told.append((done, all))) == 3
        assert told == [(1, 3), (2, 3), (3, 3)]
        blobs.path(three).unlink()
        with pytest.raises(NodeError) as caught:
            require_cited(ledger, blobs)
        assert caught.value.facts["index"] == 1
