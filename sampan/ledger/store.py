"""Where does the log lie? In SQLite or PostgreSQL, written whole or not at all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from sqlalchemy import URL, Connection, insert

from sampan.core.errors import InputError, NodeError
from sampan.ledger import engine, merkle, rows, schema, tiles
from sampan.ledger.damage import damaged, read_row
from sampan.ledger.entry import Entry
from sampan.ledger.migrating import migrate, version_of
from sampan.ledger.query import Query

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """One ledger's tables, on either database. Connections are handed out per transaction.

    A ledger in memory has only one, which threads take in turn.
    """

    def __init__(self, place: str | Path, *, patience: float) -> None:
        self.url: URL = engine.address(place)
        self._engine = engine.open_engine(self.url, patience)
        self._turn: AbstractContextManager[object] = nullcontext()
        if engine.in_memory(self.url):
            self._turn = threading.RLock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read from: all that is read on it is as of the same moment."""
        with engine.faults(self.url), self._turn, self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
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
    def name(self) -> str:
        """The address as it may be shown."""
        return engine.masked(self.url)

    @property
    def is_file(self) -> bool:
        """Whether the ledger is a file of its own."""
        return self.url.get_backend_name() == "sqlite" and not engine.in_memory(self.url)

    def require(self) -> None:
        """Brings the tables to this Sampan's version. Raises if there is no ledger, or a newer one."""
        if self.is_file and not Path(str(self.url.database)).is_file():
            raise self._absent()
        with self.reading() as connection:
            version = version_of(connection, schema.VERSION_TABLE)
        if version is None:
            raise self._absent()
        if version > schema.VERSION:
            raise NodeError(
                f"The ledger {self.name} was made by a newer Sampan"
                f" (its version is {version}; this one knows {schema.VERSION}).",
                way_out="Upgrade Sampan.",
                version=version,
            )
        if version < schema.VERSION:
            with self.writing() as connection:
                migrate(connection, MIGRATIONS, lock=5260326)

    def create(self, checkpoint: str) -> None:
        """Makes an empty ledger. Raises InputError if there is one already."""
        with self.writing() as connection:
            if version_of(connection, schema.VERSION_TABLE) is not None:
                raise InputError(
                    f"There is a ledger at {self.name} already.",
                    way_out="Open it, or choose another place.",
                )
            migrate(connection, MIGRATIONS, lock=5260326)
            connection.execute(insert(schema.head).values(id=1, size=0, checkpoint=checkpoint))

    def head(self) -> rows.Head:
        """The head of the log."""
        with self.reading() as connection:
            return rows.read_head(connection)

    def entry(self, *, id: str | None = None, position: int | None = None) -> Entry:
        """The entry with this id or at this position. Raises InputError if there is none."""
        with self.reading() as connection:
            row = rows.find(connection, id=id, position=position)
        if row is None:
            named = position if id is None else id
            raise InputError(f"There is no entry {named} in this ledger.", way_out="See `sampan ledger log`.")
        return read_row(row)

    def entries(self, query: Query, limit: int | None) -> Iterator[Entry]:
        """The first ``limit`` entries that ``query`` asks for, a page at a time."""
        left = limit if limit is not None else query.before
        while left > 0:
            with self.reading() as connection:
                found = rows.page(connection, query, min(rows.PAGE, left))
            yield from map(read_row, found)
            if len(found) < min(rows.PAGE, left):
                return
            left -= len(found)
            last = found[-1].position
            query = replace(query, before=last) if query.newest_first else replace(query, after=last)

    @contextlib.contextmanager
    def tree(self, size: int) -> Iterator[merkle.Node]:
        """The Merkle tree over the first ``size`` entries."""
        with self.reading() as connection:

            def read(place: tiles.Place) -> bytes:
                data = rows.read_tiles(connection, [place]).get(place, b"")
                if len(data) < tiles.width(*place, size) * merkle.HASH_SIZE:
                    raise damaged(f"tile {place[1]} of level {place[0]} is missing or cut short")
                return data

            yield tiles.tree(read)

    def _absent(self) -> NodeError:
        return NodeError(
            f"There is no ledger at {self.name}.",
            way_out="Check the name, and SAMPAN_DATABASE_URL; if there was one, restore it from a backup.",
        )
