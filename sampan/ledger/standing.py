"""How far along the log is each read model?"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select, update

from sampan.core.errors import NodeError
from sampan.ledger.entry import Entry
from sampan.ledger.read_model import ReadModel
from sampan.ledger.schema import read_models


def is_current(connection: Connection, model: ReadModel) -> bool:
    """Whether the tables were made by this version of the model."""
    version = connection.scalar(select(read_models.c.version).where(read_models.c.name == model.name))
    return version == model.version


def applied(connection: Connection, model: ReadModel) -> int:
    """How many entries the model has taken in. Raises NodeError if another version has replaced it."""
    row = connection.execute(select(read_models).where(read_models.c.name == model.name)).one_or_none()
    if row is None or row.version != model.version:
        raise NodeError(
            f"Another Sampan has made the read model {model.name} anew.",
            way_out="Restart this one, in the same version as the other.",
        )
    return int(row.applied)


def reset(connection: Connection, model: ReadModel) -> None:
    """Drops the model's tables and makes them empty."""
    for table in reversed(model.tables):
        table.drop(connection, checkfirst=True)
    for table in model.tables:
        table.create(connection)
    connection.execute(delete(read_models).where(read_models.c.name == model.name))
    connection.execute(insert(read_models).values(name=model.name, version=model.version, applied=0))


def take_in(connection: Connection, model: ReadModel, entries: Iterable[Entry]) -> None:
    """Applies ``entries``, which follow what the model has taken in."""
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007 the last count is used
        model.apply(connection, entry)
    moved = update(read_models).where(read_models.c.name == model.name)
    connection.execute(moved.values(applied=read_models.c.applied + count))
