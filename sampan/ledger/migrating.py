"""Which version have the tables of a database, and how are they brought to ours?

The log's own tables and those that lie beside it each have a folder of migrations and a table that says how far
they are.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text


def version_of(connection: Connection, table: str) -> str | None:
    """What the version ``table`` says; None where there is none yet."""
    if not inspect(connection).has_table(table):
        return None
    return str(connection.scalar(text(f"SELECT version_num FROM {table}")))


def migrate(connection: Connection, folder: Path, *, lock: int) -> None:
    """Runs the migrations in ``folder`` that have not run. On PostgreSQL ``lock`` keeps others from it meanwhile."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
