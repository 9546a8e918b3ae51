"""A real PostgreSQL for the tests: started on first use, gone at the end, never skipped.

The binaries come from the ``pgserver`` wheel, or from the machine where the wheel has none. PostgreSQL
refuses to run as root, so a root that runs the tests hands it to ``nobody``, who cannot look into root's
folders: the binaries are then copied beside the data.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

NOBODY = 65534
_numbers = count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The folder of the socket of a running PostgreSQL; its superuser is ``sampan``, without a password."""
    home = Path(tempfile.mkdtemp(prefix="sampan-pg-"))
    try:
        with _running(home) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database(postgres_server: Path) -> Iterator[str]:
    """The address of the database that the tests use in turn."""
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """The address of a database that has been emptied: ten times as fast as making a new one."""
    options = "-c default_transaction_read_only=off"
    with psycopg.connect(postgres_database, options=options, autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        own.execute(f"ALTER DATABASE {own.info.dbname} RESET ALL")
        own.execute("DROP SCHEMA public CASCADE")
        own.execute("CREATE SCHEMA public")
    return postgres_database


@contextlib.contextmanager
def new_database(postgres_server: Path) -> Iterator[str]:
    """The address of an empty database, which is dropped at the end."""
    name = f"test{next(_numbers)}"
    with psycopg.connect(host=str(postgres_server), user="sampan", dbname="postgres", autocommit=True) as own:
        own.execute(f"CREATE DATABASE {name}")
        yield f"postgresql://sampan@/{name}?host={postgres_server}"
        own.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def _running(home: Path) -> Iterator[Path]:
    binaries, user = _binaries(), {}
    if os.geteuid() == 0:
        binaries = _copied(binaries, home / "postgres")
        home.chmod(0o755)
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    data, socket = home / "data", home / "socket"
    for folder, mode in ((data, 0o700), (socket, 0o755)):
        folder.mkdir()
        folder.chmod(mode)
        if user:
            os.chown(folder, NOBODY, NOBODY)
    make = [binaries / "initdb", "-D", data, "-U", "sampan", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run(make, check=True, capture_output=True, cwd=data, **user)
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60", "-c", "jit=off"]
    with (home / "log").open("wb") as log:
        start = [binaries / "postgres", "-D", data, "-k", socket, *options]
        server = subprocess.Popen(start, stdout=log, stderr=log, cwd=data, **user)
    try:
        _wait(server, socket, home / "log")
        yield socket
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def _binaries() -> Path:
    """A folder with initdb and postgres: the wheel's, else the newest of Debian's, else those on PATH."""
    wheel = importlib.util.find_spec("pgserver")
    places = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    places += [Path(on_path).resolve().parent] if on_path else []
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    return pytest.fail("There is no PostgreSQL: install the wheel pgserver, or Debian's postgresql.")


def _copied(binaries: Path, to: Path) -> Path:
    """Where ``nobody`` can run them. The wheel keeps its libraries two folders up, Debian its own elsewhere."""
    if binaries.parent.name != "pginstall":
        return binaries
    shutil.copytree(binaries.parent, to / "pgserver" / "pginstall", symlinks=True)
    libraries = binaries.parents[2] / "pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, to / "pgserver.libs", symlinks=True)
    return to / "pgserver" / "pginstall" / "bin"


def _wait(server: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(socket), user="sampan", dbname="postgres").close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
