"""A full or read-only disk, and a line that breaks at the worst moment."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from sampan.core.errors import NodeError
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, ORIGIN, draft, drafts

NOBODY = 65534


@contextlib.contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond ``size``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@contextlib.contextmanager
def no_more_pages(ledger: Ledger) -> Iterator[None]:
    """SQLite believes that the disk is full."""
    with ledger.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    yield
    with ledger.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")


@pytest.mark.parametrize("way", ["file", "pages"])
@pytest.mark.parametrize("batch", [1, 1_000])
def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path, way: str, batch: int) -> None:
    file = tmp_path / "ledger"
    with Ledger.create(file, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(500))
        before = ledger.checkpoint(), [entry.id for entry in ledger.entries()]
        largest = max(path.stat().st_size for path in tmp_path.iterdir())
        full = no_file_larger_than(largest + 20_000) if way == "file" else no_more_pages(ledger)
        with full, pytest.raises(NodeError) as caught:
            for number in range(200):
                ledger.append(draft(number * batch + part) for part in range(batch))
                before = ledger.checkpoint(), [entry.id for entry in ledger.entries()]
        assert "pace" in caught.value.way_out
        assert (ledger.checkpoint(), [entry.id for entry in ledger.entries()]) == before
        assert ledger.verify().ok
        ledger.append(drafts(3))
        assert ledger.verify().ok
    with Ledger.open(file, key=KEY) as ledger:
        assert ledger.verify().ok


def test_a_full_disk_leaves_no_half_ledger(tmp_path: Path) -> None:
    with no_file_larger_than(10_000), pytest.raises(NodeError):
        Ledger.create(tmp_path / "ledger", origin=ORIGIN, key=KEY)
    Ledger.create(tmp_path / "ledger", origin=ORIGIN, key=KEY).close()


def test_a_full_disk_leaves_no_half_blob_and_no_half_export(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    with Ledger.create(tmp_path / "ledger", origin=ORIGIN, key=KEY) as ledger:
        ledger.append([draft(1, body={"text": "x" * 60_000})])
        with no_file_larger_than(10_000):
            with pytest.raises(NodeError):
                blobs.put(b"x" * 20_000)
            with pytest.raises(NodeError):
                ledger.export(tmp_path / "public")
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert not (tmp_path / "public" / "checkpoint").exists()


def test_a_full_postgresql_leaves_the_log_as_it_was(postgres_url: str) -> None:
    """The server itself reports disk_full (53100) in the middle of a batch."""

    class Full:
        name, version, tables = "full", 1, ()

        def apply(self, connection: Connection, entry: Entry) -> None:
            if entry.index == 700:
                connection.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))

    with Ledger.create(postgres_url, origin=ORIGIN, key=KEY, read_models=[Full()]) as ledger:
        ledger.append(drafts(600))
        with pytest.raises(NodeError, match="no space left"):
            ledger.append(drafts(200))
        assert (ledger.size, ledger.verify().ok) == (600, True)


@pytest.fixture
def as_somebody() -> Iterator[Path]:
    """A folder of an ordinary user, whom the test becomes if it is root."""
    folder = Path(tempfile.mkdtemp(prefix="sampan-ro-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
            os.setegid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o555), (0o444, 0o755), (0o000, 0o755)])
def test_a_read_only_folder_leaves_the_log_as_it_was(
    as_somebody: Path, file_mode: int, folder_mode: int
) -> None:
    file = as_somebody / "ledger"
    with Ledger.create(file, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(3))
    before = file.read_bytes()
    file.chmod(file_mode)
    as_somebody.chmod(folder_mode)
    with pytest.raises(NodeError) as caught, Ledger.open(file, key=KEY) as ledger:
        ledger.append(drafts(1))
    assert caught.value.way_out
    file.chmod(0o644)
    as_somebody.chmod(0o755)
    assert file.read_bytes() == before
    with Ledger.open(file, key=KEY) as ledger:
        assert (ledger.size, ledger.verify().ok) == (3, True)


def test_no_ledger_is_made_in_a_read_only_folder(as_somebody: Path) -> None:
    as_somebody.chmod(0o555)
    with pytest.raises(NodeError, match="cannot be opened"):
        Ledger.create(as_somebody / "ledger", origin=ORIGIN, key=KEY)
    with pytest.raises(NodeError):
        Blobs(as_somebody / "blobs").put(b"abc")
    with pytest.raises(NodeError):
        KEY.save(as_somebody / "key")


def test_a_read_only_postgresql_leaves_the_log_as_it_was(postgres_url: str) -> None:
    with Ledger.create(postgres_url, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(3))
        with ledger._store.writing() as connection:
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    with Ledger.open(postgres_url, key=KEY) as ledger:
        with pytest.raises(NodeError, match="read-only"):
            ledger.append(drafts(1))
        assert (ledger.size, ledger.verify().ok) == (3, True)


class Line:
    """A line to PostgreSQL that can be cut at the next COMMIT: before it arrives, or before its answer does."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._server = str(server / ".s.PGSQL.5432")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self.folder = folder
        self.cut = ""
        self._silent = False
        self._answered = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            back = threading.Thread(target=self._answers, args=(server, client), daemon=True)
            back.start()
            while asked := client.recv(65_536):
                if self.cut and b"COMMIT\0" in asked:
                    cut, self.cut = self.cut, ""
                    if cut == "before it is answered":
                        self._silent = True
                        server.sendall(asked)
                        self._answered.wait(10)
                    break
                server.sendall(asked)
            client.shutdown(socket.SHUT_RDWR)
            server.shutdown(socket.SHUT_RDWR)
            back.join()

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while answer := server.recv(65_536):
                if self._silent:
                    self._silent = False
                    self._answered.set()
                    return
                client.sendall(answer)


@pytest.fixture
def line(postgres_server: Path) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="sampan-line-") as folder:
        made = Line(postgres_server, Path(folder))
        yield made
        made.close()


@pytest.mark.parametrize("cut", ["before it arrives", "before it is answered"])
def test_a_batch_whose_acknowledgement_is_lost(line: Line, postgres_url: str, cut: str) -> None:
    """A commit that never arrived is reported; one that did is found again and counts as kept."""
    place = postgres_url.partition("?")[0] + f"?host={line.folder}"
    with Ledger.create(place, origin=ORIGIN, key=KEY) as ledger:
        ledger.append(drafts(3))
        line.cut = cut
        if cut == "before it arrives":
            with pytest.raises(NodeError):
                ledger.append(drafts(5))
            assert ledger.size == 3
        else:
            kept = ledger.append(drafts(5))
            assert [entry.index for entry in kept] == [3, 4, 5, 6, 7]
            assert list(ledger.entries(after=2)) == list(kept)
        assert not line.cut, "the line was not cut"
        assert ledger.append(drafts(1))[0].index == ledger.size - 1
        assert ledger.verify().ok
