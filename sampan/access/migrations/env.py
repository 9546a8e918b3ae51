"""Alembic's way in: runs the migrations on the connection, and in the transaction, that the caller holds."""

from __future__ import annotations

from alembic import context

from sampan.access.schema import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
