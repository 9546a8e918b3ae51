"""What is read from the tables of the log, and what is written to them? All on a connection that is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, text, update

from sampan.core.errors import NodeError
from sampan.ledger import schema
from sampan.ledger.entry import Entry, milliseconds
from sampan.ledger.prepared import Prepared
from sampan.ledger.query import Query
from sampan.ledger.tiles import Place

PAGE = 256
"""Entries fetched at a time: at most 16 MiB."""


@dataclass(frozen=True)
class Head:
    """Size of the log and the signed note that says so."""

    size: int
    checkpoint: str


_HEAD = select(schema.head.c.size, schema.head.c.checkpoint).where(schema.head.c.id == text("1"))
_READ_HEAD = Prepared(_HEAD)
_LOCK_HEAD = Prepared(_HEAD.with_for_update())
_WRITE_HEAD = Prepared(
    update(schema.head)
    .where(schema.head.c.id == text("1"))
    .values(size=bindparam("grown"), checkpoint=bindparam("signed")),
    "grown",
    "signed",
)


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """The head of the log; with ``lock``, no other writer passes until the transaction ends."""
    for size, checkpoint in (_LOCK_HEAD if lock else _READ_HEAD).run(connection):
        if isinstance(size, int) and isinstance(checkpoint, str):
            return Head(size, checkpoint)
    raise NodeError("The ledger has lost its head.", way_out="Put back the last backup.")


def write_head(connection: Connection, head: Head) -> None:
    """Replaces the head."""
    _WRITE_HEAD.run(connection, head.size, head.checkpoint)


_WRITE_ENTRIES = Prepared(insert(schema.entries).inline(), *schema.entries.c.keys())


def write_entries(connection: Connection, entries: Iterable[Entry]) -> None:
    """Adds the rows of ``entries``."""
    rows = [
        (
            entry.index,
            entry.id,
            entry.kind,
            milliseconds(entry.effective),
            milliseconds(entry.recorded),
            entry.bytes,
        )
        for entry in entries
    ]
    _WRITE_ENTRIES.run_each(connection, rows)


def read_tiles(connection: Connection, places: Iterable[Place]) -> dict[Place, bytes]:
    """Those of the tiles that there are."""
    table = schema.tiles.c
    query = select(table.data)
    found = {
        (level, number): connection.scalar(query.where(table.level == level, table.number == number))
        for level, number in places
    }
    return {place: data for place, data in found.items() if isinstance(data, bytes)}


_tile = schema.tiles.c
_ADD_TILE = Prepared(insert(schema.tiles).inline(), *_tile.keys())
_GROW_TILE = Prepared(
    update(schema.tiles)
    .where(_tile.level == bindparam("at"), _tile.number == bindparam("place"))
    .values(data=bindparam("grown")),
    "grown",
    "at",
    "place",
)


def write_tiles(connection: Connection, changed: dict[Place, bytes], known: Iterable[Place]) -> None:
    """Keeps ``changed``, replacing those at ``known`` places."""
    old = set(known)
    _ADD_TILE.run_each(connection, [(*place, data) for place, data in changed.items() if place not in old])
    _GROW_TILE.run_each(connection, [(data, *place) for place, data in changed.items() if place in old])


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


def newest(connection: Connection, after: int) -> tuple[int, int] | None:
    """The last position beyond ``after``, and in ms since 1970 the latest that an entry beyond it is true or recorded.

    None if there is no entry beyond it.
    """
    table = schema.entries.c
    query = select(func.max(table.position), func.max(table.effective), func.max(table.recorded))
    last, *moments = connection.execute(query.where(table.position > after)).one()
    return None if last is None else (int(last), max(map(int, moments)))


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
