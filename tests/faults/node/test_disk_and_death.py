"""A full disk, a forbidden folder, a killed process: the node is as it was, or a whole step further."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sampan.node import Node

RUN = "import sys; from sampan.cli.main import run; run()"
LIMITED = (
    "import resource, signal, sys\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "limit = int(sys.argv.pop(1))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
) + RUN


def sampan(*words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own; ``limit`` is the room for any one file, in bytes."""
    head = [sys.executable, "-c", RUN] if limit is None else [sys.executable, "-c", LIMITED, str(limit)]
    return subprocess.run([*head, *words], capture_output=True, text=True, check=False)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "node"
    Node.create(folder, home="CHN").close()
    return folder


def figures(folder: Path, *, days: int = 3) -> Path:
    """A small file of cases in JHU's layout, padded so that it does not fit a small disk."""
    header = "Province/State,Country/Region,Lat,Long," + ",".join(f"3/{d}/20" for d in range(1, days + 1))
    from sampan.world.places import places

    names = [p.name("en") for p in places().values() if "," not in p.name("en")]
    rows = [f",{name},0,0," + ",".join("1" for _ in range(days)) for name in names]
    file = folder / "confirmed.csv"
    file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return file


def contents(folder: Path) -> dict[str, str]:
    """Every file of a node and the hash of its bytes, but for what SQLite keeps beside its file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_disk_without_room_for_the_file_says_so_and_changes_nothing(node: Path, tmp_path: Path) -> None:
    before = contents(node)
    done = sampan("load", "jhu", str(figures(tmp_path, days=31)), "--node", str(node), limit=8192)
    assert done.returncode == 5, done.stderr
    assert "space" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert contents(node) == before
    assert sampan("ledger", "verify", "--node", str(node)).returncode == 0


def test_a_disk_without_room_for_the_ledger_says_so_and_the_log_is_as_it_was(
    node: Path, tmp_path: Path
) -> None:
    """The blob fits, the entry does not: a blob that nothing cites is harmless."""
    done = sampan("load", "jhu", str(figures(tmp_path)), "--node", str(node), limit=16_384)
    assert done.returncode == 5, done.stderr
    with Node.open(node) as opened:
        assert opened.session.ledger.size == 0
        assert opened.session.ledger.verify().entries == 0
    assert sampan("load", "jhu", str(figures(tmp_path)), "--node", str(node)).returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_node_that_may_not_be_written_says_so(node: Path, tmp_path: Path) -> None:
    for path in [node, *node.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = sampan("load", "jhu", str(figures(tmp_path)), "--node", str(node))
    for path in [node, *node.rglob("*")]:
        path.chmod(0o755)
    assert done.returncode == 5, done.stderr


def test_a_node_is_never_made_by_half(tmp_path: Path) -> None:
    done = sampan("init", "--node", str(tmp_path / "n"), "--home", "CHN", limit=1000)
    assert done.returncode == 5, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("after", [0.6, 1.2, 1.8, 2.6, 3.4])
def test_a_replay_killed_at_any_moment_leaves_a_log_that_verifies(
    after: float, shared: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    command = [
        sys.executable,
        "-c",
        RUN,
        "demo",
        "--data",
        str(shared / "data" / "jhu"),
        "--dir",
        str(folder),
    ]
    replay = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    replay.send_signal(signal.SIGKILL)
    replay.wait()
    if not folder.exists():
        return
    with Node.open(folder) as node:
        ledger = node.session.ledger
        assert ledger.verify().entries == ledger.size
        for entry in ledger.entries(kind="control.reports"):
            for file in entry.body["files"]:
                assert node.session.blobs.get(file["digest"])
    again = sampan("ledger", "log", "--node", str(folder))
    assert again.returncode == 0
