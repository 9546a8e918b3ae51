"""A node that may only be read, as a backup on a disk that is write-protected, can be read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sampan.core.errors import NodeError
from sampan.ledger.ledger import Ledger
from sampan.node import Node
from tests.faults.node.test_disk_and_death import RUN, contents, figures, sampan
from tests.ledgers import KEY, ORIGIN, drafts

NOBODY = 65534
DAC_OVERRIDE = 1 << 1
ORDINARILY = f"""
import ctypes, os, sys
if os.geteuid() == 0:  # root gives up its right to write anywhere (capabilities(7))
    libc, head, data = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(head, data) == 0
    data[0], data[1] = data[0] & ~{DAC_OVERRIDE}, data[1] & ~{DAC_OVERRIDE}
    assert libc.capset(head, data) == 0
"""


def ordinarily(*words: str, script: str = RUN) -> subprocess.CompletedProcess[str]:
    """Runs a command as somebody who may write only where the file says so."""
    command = [sys.executable, "-c", ORDINARILY + script, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder into which an ordinary user can look."""
    folder = Path(tempfile.mkdtemp(prefix="sampan-ro-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(folder)


def only_to_be_read(folder: Path) -> None:
    """``chmod -R a-w``."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)


@pytest.fixture
def node(place: Path) -> Path:
    """A node with figures in it."""
    folder = place / "a node? #1 %20"
    Node.create(folder, home="CHN").close()
    done = sampan("load", "jhu", str(figures(place, days=31)), "--node", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("ledger", "verify"),
        ("ledger", "log"),
        ("situation", "Italy", "--as-of", "2020-04-01"),
        ("stock", "list"),
    ],
)
def test_it_is_read(node: Path, words: tuple[str, ...]) -> None:
    only_to_be_read(node)
    before = contents(node)
    done = ordinarily(*words, "--node", str(node))
    assert done.returncode == 0, done.stderr
    assert contents(node) == before


def test_it_is_not_written(node: Path, place: Path) -> None:
    only_to_be_read(node)
    before = contents(node)
    for words in (
        ("load", "jhu", str(place / "confirmed.csv")),
        ("stock", "produce", "mask=5@L1", "--source", "Works 3"),
        ("ledger", "rebuild"),
    ):
        done = ordinarily(*words, "--node", str(node))
        assert done.returncode == 5, done.stderr
        assert "read-only" in done.stderr or "does not allow writing" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert contents(node) == before


KILLED = """
import os, sys
from pathlib import Path
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, drafts
with Ledger.open(Path(sys.argv[1]), key=KEY) as ledger:
    ledger.append(drafts(3))
    os._exit(0)
"""
LOOK = """
import sys
from pathlib import Path
from sampan.core.errors import NodeError
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY
try:
    with Ledger.open(Path(sys.argv[1]), key=KEY) as ledger:
        print(ledger.verify().entries, len(list(ledger.entries())))
except NodeError as fault:
    print(fault)
"""


@pytest.mark.parametrize("copied", ["whole", "without the index of its log"])
def test_what_a_killed_writer_left_in_its_log_is_read_or_missed_aloud(place: Path, copied: str) -> None:
    """Its last entries lie in the file's own log; to read the file alone would hide them."""
    file = place / "ledger"
    Ledger.create(file, origin=ORIGIN, key=KEY).close()
    assert ordinarily(str(file), script=KILLED).returncode == 0
    assert (place / "ledger-wal").stat().st_size > 0
    if copied != "whole":
        (place / "ledger-shm").unlink()
    only_to_be_read(place)
    looked = ordinarily(str(file), script=LOOK)
    assert "3 3" in looked.stdout if copied == "whole" else "may be written" in looked.stdout, looked


def test_the_owner_may_write_while_somebody_looks(place: Path) -> None:
    """Whoever may only look sees what is written later, too."""
    if os.geteuid() != 0:
        pytest.skip("needs two users")
    file = place / "ledger"
    with Ledger.create(file, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(3))
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        reader = Ledger.open(file, key=KEY)
        assert reader.size == 3
        with pytest.raises(NodeError, match="read-only"):
            reader.append(drafts(1))
    finally:
        os.seteuid(0)
        os.setegid(0)
    with reader, Ledger.open(file, key=KEY) as ledger:
        for size in (5, 7):
            ledger.append(drafts(2))
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
            try:
                assert (reader.size, reader.verify().entries) == (size, size)
            finally:
                os.seteuid(0)
                os.setegid(0)
