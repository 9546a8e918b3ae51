"""How is the log kept? Rows in SQLite or PostgreSQL, written whole or not at all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Row, Select, func, insert, inspect, select, text, update

from sampan.core.errors import InputError, NodeError
from sampan.ledger import engine, schema
from sampan.ledger.entry import Entry, milliseconds
from sampan.ledger.tiles import Place

PAGE = 256
"""Entries fetched at a time: at most 16 MiB."""


@dataclass(frozen=True)
class Head:
    """Size of the log and the signed note that says so."""

    size: int
    checkpoint: str


@dataclass(frozen=True)
class Query:
    """Which entries, in which order."""

    kind: str | None = None
    after: int = -1
    before: int = 2**62
    known_on: datetime | None = None
    effective_by: datetime | None = None
    newest_first: bool = False


class Store:
    """One ledger's tables, on either database. Connections are handed out per transaction.

    A ledger in memory has only one, which threads take in turn.
    """

    def __init__(self, place: str | Path) -> None:
        self.url: URL = engine.address(place)
        self._engine = engine.open_engine(self.url)
        self._turn: AbstractContextManager[object] = nullcontext()
        if engine.in_memory(self.url):
            self._turn = threading.RLock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from."""
        with engine.faults(self.url), self._turn, self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one connection that may write, until the block ends: then all of it is kept, or nothing."""
        with engine.faults(self.url), self._turn, self._engine.connect() as connection:
            connection.execution_options(sampan_writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()

    @property
    def is_file(self) -> bool:
        """Whether the ledger is a file of its own."""
        return self.url.get_backend_name() == "sqlite" and not engine.in_memory(self.url)

    def require(self) -> None:
        """Brings the tables to this Sampan's version. Raises if there is no ledger, or a newer one."""
        if self.is_file and not Path(str(self.url.database)).is_file():
            raise self._absent()
        with self.reading() as connection:
            version = _version(connection)
        if version is None:
            raise self._absent()
        if version > schema.VERSION:
            raise NodeError(
                f"The ledger {engine.masked(self.url)} was made by a newer Sampan"
                f" (its version is {version}; this one knows {schema.VERSION}).",
                way_out="Upgrade Sampan.",
                version=version,
            )
        if version < schema.VERSION:
            with self.writing() as connection:
                _migrate(connection)

    def create(self, checkpoint: str) -> None:
        """Makes an empty ledger. Raises InputError if there is one already."""
        with self.writing() as connection:
            if _version(connection) is not None:
                raise InputError(
                    f"There is a ledger at {engine.masked(self.url)} already.",
                    way_out="Open it, or choose another place.",
                )
            _migrate(connection)
            connection.execute(insert(schema.head).values(id=1, size=0, checkpoint=checkpoint))

    def _absent(self) -> InputError:
        return InputError(
            f"There is no ledger at {engine.masked(self.url)}.",
            way_out="Check the name, or make a node with `sampan init`.",
        )


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(schema.VERSION_TABLE):
        return None
    return str(connection.scalar(text(f"SELECT version_num FROM {schema.VERSION_TABLE}")))


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(5260326)"))
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """The head of the log; with ``lock``, no other writer passes until the transaction ends."""
    query = select(schema.head.c.size, schema.head.c.checkpoint)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NodeError("The ledger has lost its head.", way_out="Put back the last backup.")
    return Head(row.size, row.checkpoint)


def write_head(connection: Connection, head: Head) -> None:
    """Replaces the head."""
    connection.execute(update(schema.head).values(size=head.size, checkpoint=head.checkpoint))


def write_entries(connection: Connection, entries: Iterable[Entry]) -> None:
    """Adds the rows of ``entries``."""
    rows = [
        {
            "position": entry.index,
            "id": entry.id,
            "kind": entry.kind,
            "effective": milliseconds(entry.effective),
            "recorded": milliseconds(entry.recorded),
            "data": entry.bytes,
        }
        for entry in entries
    ]
    connection.execute(insert(schema.entries), rows)


def read_tiles(connection: Connection, places: Iterable[Place]) -> dict[Place, bytes]:
    """Those of the tiles that there are."""
    table = schema.tiles.c
    query = select(table.data)
    found = {
        (level, number): connection.scalar(query.where(table.level == level, table.number == number))
        for level, number in places
    }
    return {place: data for place, data in found.items() if isinstance(data, bytes)}


def write_tiles(connection: Connection, changed: dict[Place, bytes], known: Iterable[Place]) -> None:
    """Keeps ``changed``, replacing those at ``known`` places."""
    table = schema.tiles.c
    replaced = set(known)
    new = [
        {"level": level, "number": number, "data": data}
        for (level, number), data in changed.items()
        if (level, number) not in replaced
    ]
    if new:
        connection.execute(insert(schema.tiles), new)
    for level, number in replaced & changed.keys():
        place = (table.level == level) & (table.number == number)
        connection.execute(update(schema.tiles).where(place).values(data=changed[level, number]))


def find(connection: Connection, *, id: str | None = None, position: int | None = None) -> Row[Any] | None:
    """The row (position, id, data) with this id or at this position."""
    table = schema.entries.c
    sought = table.id == id if id is not None else table.position == position
    query: Select[Any] = select(table.position, table.id, table.data).where(sought)
    return connection.execute(query).one_or_none()


def page(connection: Connection, query: Query, limit: int) -> list[Row[Any]]:
    """The first ``limit`` rows (position, id, data) that ``query`` asks for."""
    table = schema.entries.c
    rows = _selected(query).with_only_columns(table.position, table.id, table.data)
    order = table.position.desc() if query.newest_first else table.position
    return list(connection.execute(rows.order_by(order).limit(limit)))


def _selected(query: Query) -> Select[Any]:
    table = schema.entries.c
    rows = select(table.position).where(table.position > query.after, table.position < query.before)
    if query.kind is not None and query.kind.endswith("."):
        rows = rows.where(table.kind.startswith(query.kind, autoescape=True))
    elif query.kind is not None:
        rows = rows.where(table.kind == query.kind)
    if query.known_on is not None:
        rows = rows.where(table.recorded <= milliseconds(query.known_on))
    if query.effective_by is not None:
        rows = rows.where(table.effective <= milliseconds(query.effective_by))
    return rows


def stored(connection: Connection, start: int, end: int) -> list[Row[Any]]:
    """Every column of the rows from ``start`` up to ``end``, in order: for the audit."""
    table = schema.entries
    query = select(table).where(table.c.position >= start, table.c.position < end).order_by(table.c.position)
    return list(connection.execute(query))


def strays(connection: Connection) -> int:
    """How many rows lie outside the log that the head speaks of."""
    table, head = schema.entries.c, schema.head.c
    outside = (table.position < 0) | (table.position >= select(head.size).scalar_subquery())
    return connection.scalar(select(func.count()).select_from(schema.entries).where(outside)) or 0


def tile_sizes(connection: Connection) -> list[tuple[int, int, int]]:
    """(level, number, bytes) of every tile, in order."""
    table = schema.tiles.c
    query = select(table.level, table.number, func.length(table.data)).order_by(table.level, table.number)
    return [tuple(row) for row in connection.execute(query)]


def index_fault(connection: Connection) -> str | None:
    """What SQLite finds wrong in its own file, such as an index that misses a row. PostgreSQL is trusted."""
    if connection.dialect.name != "sqlite":
        return None
    found = str(connection.scalar(text("PRAGMA integrity_check(1)")))
    return None if found == "ok" else found
