"""Are the read models what the log makes of them? Each is folded again, beside the ledger, and compared."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    Connection,
    Result,
    StaticPool,
    String,
    Table,
    collate,
    create_engine,
    select,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NullType

from sampan.core.errors import NodeError, clause
from sampan.ledger import rows, standing
from sampan.ledger.damage import damaged, read_row
from sampan.ledger.entry import Entry
from sampan.ledger.query import Query
from sampan.ledger.read_model import ReadModel
from sampan.ledger.store import Store

AT_ONCE = 10_000
"""Rows fetched at a time, so that memory stays flat."""


def require_folded(
    log: Store, models: Sequence[ReadModel], progress: Callable[[int, int], None] | None = None
) -> None:
    """Raises NodeError, naming the model, the table and the row, where a model is not what the log makes.

    Log and models are read as of the same moment, so that others may go on writing.
    """
    if not models:
        return
    with log.reading() as connection, _scratch() as scratch:
        size = rows.read_head(connection).size
        for model in models:
            for table in model.tables:
                table.create(scratch)
        for page in _pages(connection, size):
            for model in models:
                standing.apply(scratch, model, page)
            if progress:
                progress(page[-1].index + 1, size)
        for model in models:
            _compare(connection, scratch, model, size)


@contextlib.contextmanager
def _scratch() -> Iterator[Connection]:
    """An empty database of our own, which SQLite keeps in a nameless file and forgets at the end."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _pages(connection: Connection, size: int) -> Iterator[tuple[Entry, ...]]:
    """The entries in the pages in which a rebuild takes them in."""
    start = 0
    while start < size:
        found = rows.page(connection, Query(after=start - 1, before=size), rows.PAGE)
        if not found:
            raise damaged(f"entry {start} is missing")
        yield tuple(map(read_row, found))
        start += len(found)


def _compare(connection: Connection, scratch: Connection, model: ReadModel, size: int) -> None:
    if (applied := standing.applied(connection, model)) != size:
        raise _differs(model, clause(f"it took in {applied} entries of {size}"))
    for table in model.tables:
        try:
            place = _first_difference(connection, scratch, table)
        except (DBAPIError, UnicodeDecodeError) as fault:
            raise _differs(model, clause(f"its table {table.name} cannot be read")) from fault
        if place:
            raise _differs(model, clause(f"its table {table.name} departs from them at {place}"))


def _first_difference(connection: Connection, scratch: Connection, table: Table) -> str:
    """The key of the first row that the two do not hold alike; nothing if there is none."""
    with _rows(connection, table) as kept, _rows(scratch, table) as made:
        for held, meant in zip_longest(kept, made):
            if held != meant:
                row = (held if meant is None else meant)._mapping
                return ", ".join(f"{key.name} {row[key.name]}" for key in table.primary_key)
    return ""


def _rows(connection: Connection, table: Table) -> Result[Any]:
    """The rows as the driver gives them, by primary key; text in the order of its bytes on either store."""
    postgresql = connection.dialect.name == "postgresql"
    order = [
        collate(key, "C") if postgresql and isinstance(key.type, String) else key for key in table.primary_key
    ]
    query = select(*(type_coerce(c, NullType()).label(c.name) for c in table.columns)).order_by(*order)
    return connection.execute(query, execution_options={"yield_per": AT_ONCE})


def _differs(model: ReadModel, what: str) -> NodeError:
    return NodeError(
        f"The read model {model.name} is not what the entries make of it: {what}.",
        way_out="Run `sampan ledger rebuild`, which makes it again, and find out who or what changed it.",
        model=model.name,
    )
