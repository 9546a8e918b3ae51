"""In which tables does a ledger lie, and which version of them does this Sampan write?"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Dialect, Index, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = "0001"
"""The newest migration. A ledger with a larger one was made by a newer Sampan."""

VERSION_TABLE = "ledger_version"

metadata = MetaData()


class Bytes(LargeBinary):
    """Bytes as the driver gives them. A damaged row may hold something else, which its reader sees."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Leaves them as they come."""


_PLACE = BigInteger().with_variant(Integer, "sqlite")
"""SQLite's INTEGER is 64 bits wide and, as a primary key, the row's own address."""

entries = Table(
    "ledger_entry",
    metadata,
    Column("position", _PLACE, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("kind", String(200), nullable=False),
    Column("effective", BigInteger, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("data", Bytes, nullable=False),
    Index("ledger_entry_by_kind", "kind", "position"),
)
"""``data`` is the entry; the other columns repeat from it what queries need (times in ms since 1970)."""

tiles = Table(
    "ledger_tile",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("data", Bytes, nullable=False),
)

head = Table(
    "ledger_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("checkpoint", Text, nullable=False),
)
"""One row. Writers lock it, so there is one writer at a time."""

read_models = Table(
    "ledger_read_model",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("applied", BigInteger, nullable=False),
)
"""How many entries each read model has taken in."""
