"""How far along the log is each read model?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, delete, insert, select, update

from sampan.core.errors import NodeError
from sampan.ledger import rows
from sampan.ledger.damage import damaged, read_row
from sampan.ledger.entry import Entry
from sampan.ledger.query import Query
from sampan.ledger.read_model import ReadModel, TakesMany
from sampan.ledger.schema import read_models

Models = tuple[ReadModel, ...]
Progress = Callable[[int, int], None]


def rebuild(connection: Connection, models: Models, progress: Progress | None = None) -> None:
    """Makes the models again from the whole log."""
    size = rows.read_head(connection, lock=True).size
    for model in models:
        _reset(connection, model)
    catch_up(connection, models, size, progress)


def are_level(connection: Connection, models: Models) -> bool:
    """Whether every model is of this version and at the end of the log, so that nothing need be written."""
    size = rows.read_head(connection).size
    return all(_is_current(connection, m) and applied(connection, m) == size for m in models)


def level(connection: Connection, models: Models) -> None:
    """Makes new or changed models, and brings the others up to the end of the log."""
    size = rows.read_head(connection, lock=True).size
    for model in models:
        if not _is_current(connection, model):
            _reset(connection, model)
    catch_up(connection, models, size)


def catch_up(connection: Connection, models: Models, size: int, progress: Progress | None = None) -> None:
    """The models learn what others appended without them, up to ``size``."""
    for model in models:
        start = applied(connection, model)
        while start < size:
            found = rows.page(connection, Query(after=start - 1, before=size), rows.PAGE)
            if not found:
                raise damaged(f"entry {start} is missing")
            _take_in(connection, model, map(read_row, found))
            start += len(found)
            if progress:
                progress(start, size)


def take_in(connection: Connection, models: Models, entries: tuple[Entry, ...]) -> None:
    """The models, level with the log, learn of ``entries``, which come next."""
    for model in models:
        _take_in(connection, model, entries)


def _is_current(connection: Connection, model: ReadModel) -> bool:
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


def _reset(connection: Connection, model: ReadModel) -> None:
    """Drops the model's tables and makes them empty."""
    for table in reversed(model.tables):
        table.drop(connection, checkfirst=True)
    for table in model.tables:
        table.create(connection)
    connection.execute(delete(read_models).where(read_models.c.name == model.name))
    connection.execute(insert(read_models).values(name=model.name, version=model.version, applied=0))


def _take_in(connection: Connection, model: ReadModel, entries: Iterable[Entry]) -> None:
    """Applies ``entries``, which follow what the model has taken in."""
    entries = tuple(entries)
    apply(connection, model, entries)
    moved = update(read_models).where(read_models.c.name == model.name)
    connection.execute(moved.values(applied=read_models.c.applied + len(entries)))


def apply(connection: Connection, model: ReadModel, entries: tuple[Entry, ...]) -> None:
    """Folds ``entries`` into the tables of the model on ``connection``."""
    if isinstance(model, TakesMany):
        model.apply_all(connection, entries)
    else:
        for entry in entries:
            model.apply(connection, entry)
