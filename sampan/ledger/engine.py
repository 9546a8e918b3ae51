"""How is the database reached, and what do its faults mean to the person waiting?"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from sampan.core.errors import InputError, NodeError

_SPACE = "Free some space and try again."
_SQLITE_FAULTS = {
    "SQLITE_FULL": ("has no space left", _SPACE),
    "SQLITE_READONLY": ("is read-only", "Choose a folder and a file that may be written."),
    "SQLITE_PERM": ("may not be opened", "Choose a folder and a file that may be written."),
    "SQLITE_CANTOPEN": ("cannot be opened", "Check that the folder exists and may be written."),
    "SQLITE_BUSY": ("is held by another process", "Wait until that has finished and try again."),
    "SQLITE_IOERR": ("lies on a disk that does not read or write", "Check the disk and its free space."),
    "SQLITE_CORRUPT": ("is damaged", "Put back the last backup and run `sampan ledger verify`."),
    "SQLITE_NOTADB": ("is not a ledger", "Check the name, or put back the last backup."),
}
_POSTGRES_FAULTS = {
    "55P03": _SQLITE_FAULTS["SQLITE_BUSY"],
    "57014": ("takes too long to answer", "Try again in a moment."),
    "53100": ("has no space left", _SPACE),
    "25006": ("is read-only", "Connect to the primary server."),
    "42501": ("may not be written by this user", "Ask its operator for the right to write."),
    "28": ("does not let this user in", "Check the user and the password."),
    "3D": ("does not exist", "Create the database, then try again."),
    "XX": ("is damaged", "Put back the last backup and run `sampan ledger verify`."),
}


def address(place: str | Path) -> URL:
    """The address of a ledger: a file, or an SQLAlchemy URL for SQLite or PostgreSQL. Raises InputError."""
    if isinstance(place, Path):
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except ArgumentError:
        raise InputError(
            "This is not the address of a ledger.",
            way_out="Write sqlite:////folder/ledger.sqlite or postgresql://user@host/database.",
        ) from None
    if url.drivername.split("+")[0] in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername.split("+")[0] == "sqlite":
        return url
    raise InputError(
        f"A ledger cannot live in {url.drivername}.", way_out="Use SQLite or PostgreSQL.", url=masked(url)
    )


def masked(url: URL) -> str:
    """The address as it may be shown: a path, or a server without a password, wherever that stood."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def open_engine(url: URL, patience: float) -> Engine:
    """An engine for ``url``, by which nobody waits for longer than ``patience`` seconds; nothing is opened yet."""
    if url.drivername == "postgresql+psycopg":
        from sampan.ledger import postgres

        return postgres.open_engine(url, patience)
    if not in_memory(url) and _only_readable(Path(str(url.database))):
        engine = _read_only_engine(Path(str(url.database)), patience)
    else:
        arguments: dict[str, Any] = {"connect_args": {"timeout": patience, "check_same_thread": False}}
        if in_memory(url):
            arguments["poolclass"] = StaticPool
        engine = create_engine(url, hide_parameters=True, **arguments)
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _only_readable(file: Path) -> bool:
    """Whether SQLite cannot open the file as it does to write, though it is there to be read."""
    if not os.access(file, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        return False
    with contextlib.closing(sqlite3.connect(file, timeout=0)) as raw:
        try:
            _prepare_sqlite(raw, None)
            raw.execute("SELECT 1 FROM sqlite_master").close()
        except sqlite3.DatabaseError as fault:
            return (fault.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return False


def _read_only_engine(file: Path, patience: float) -> Engine:
    """An engine for a backup, or for somebody who may only look.

    SQLite wants to write even to read, unless it is told that nobody does. That is so where no log lies beside
    the file; whether one does is asked before each transaction, for its owner may write meanwhile.
    """

    def connect() -> sqlite3.Connection:
        log = file.with_name(f"{file.name}-wal")
        alone = "" if log.exists() and log.stat().st_size else "&immutable=1"
        uri = f"{file.absolute().as_uri()}?mode=ro{alone}"
        return sqlite3.connect(uri, uri=True, timeout=patience, check_same_thread=False, isolation_level=None)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def in_memory(url: URL) -> bool:
    """Whether the ledger lives only as long as this process."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _prepare_sqlite(raw: Any, _record: object) -> None:
    """Every commit reaches the disk before it is acknowledged; transactions begin where we say."""
    raw.isolation_level = None
    raw.execute("PRAGMA journal_mode = WAL").close()
    raw.execute("PRAGMA synchronous = FULL").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sampan_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def faults(url: URL) -> Iterator[None]:
    """Turns what the database reports into a NodeError that says the way out."""
    try:
        yield
    except DBAPIError as fault:
        state, way_out = _meaning(fault)
        raise NodeError(f"The ledger {masked(url)} {state}.", way_out=way_out, code=_code(fault)) from fault
    except UnicodeDecodeError as fault:  # sqlite3 stumbles over the name of a damaged table
        state, way_out = _SQLITE_FAULTS["SQLITE_CORRUPT"]
        raise NodeError(f"The ledger {masked(url)} {state}.", way_out=way_out) from fault
    except SQLAlchemyError as fault:
        raise NodeError(f"The ledger {masked(url)} does not answer.", way_out="Try again.") from fault


def _code(fault: DBAPIError) -> str:
    """SQLite's name for the fault, PostgreSQL's SQLSTATE, or nothing."""
    return getattr(fault.orig, "sqlite_errorname", None) or getattr(fault.orig, "sqlstate", None) or ""


def _meaning(fault: DBAPIError) -> tuple[str, str]:
    code = _code(fault)
    for known, meaning in {**_SQLITE_FAULTS, **_POSTGRES_FAULTS}.items():
        if code.startswith(known):
            return meaning
    said = str(fault.orig).splitlines()[0] if str(fault.orig) else type(fault.orig).__name__
    return f"does not answer ({said})", "Check that it runs and can be reached, then try again."
