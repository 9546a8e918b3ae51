"""How far along the log is each read model?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sampan.core.errors import NodeError
from sampan.ledger import rows
from sampan.ledger.damage import damaged, read_row
from sampan.ledger.entry import Entry
from sampan.ledger.prepared import Prepared
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
    standing = _standing(connection)
    return all(standing.get(model.name) == (model.version, size) for model in models)


def level(connection: Connection, models: Models) -> None:
    """Makes new or changed models, and brings the others up to the end of the log."""
    size = rows.read_head(connection, lock=True).size
    standing = _standing(connection)
    for model in models:
        if standing.get(model.name, (None, 0))[0] != model.version:
            _reset(connection, model)
    catch_up(connection, models, size)


def catch_up(connection: Connection, models: Models, size: int, progress: Progress | None = None) -> None:
    """The models learn what others appended without them, up to ``size``."""
    standing = _standing(connection)
    for model in models:
        start = _applied(standing, model)
        while start < size:
            found = rows.page(connection, Query(after=start - 1, before=size), rows.PAGE)
            if not found:
                raise damaged(f"entry {start} is missing")
            take_in(connection, (model,), tuple(map(read_row, found)))
            start += len(found)
            if progress:
                progress(start, size)


def take_in(connection: Connection, models: Models, entries: tuple[Entry, ...]) -> None:
    """The models learn of ``entries``, which follow what they have taken in."""
    for model in models:
        apply(connection, model, entries)
    _MOVE_ON.run_each(connection, [(len(entries), model.name) for model in models])


_READ = Prepared(select(read_models.c.name, read_models.c.version, read_models.c.applied))
_MOVE_ON = Prepared(
    update(read_models)
    .where(read_models.c.name == bindparam("model"))
    .values(applied=read_models.c.applied + bindparam("more")),
    "more",
    "model",
)


def _standing(connection: Connection) -> dict[str, tuple[int, int]]:
    """The version of each model that made its tables, and how many entries it has taken in."""
    return {name: (version, applied) for name, version, applied in _READ.run(connection)}


def applied(connection: Connection, model: ReadModel) -> int:
    """How many entries the model has taken in. Raises NodeError if another version has replaced it."""
    return _applied(_standing(connection), model)


def _applied(standing: dict[str, tuple[int, int]], model: ReadModel) -> int:
    version, taken = standing.get(model.name, (None, 0))
    if version != model.version:
        raise NodeError(
            f"Another Sampan has made the read model {model.name} anew.",
            way_out="Restart this one, in the same version as the other.",
        )
    return taken


def _reset(connection: Connection, model: ReadModel) -> None:
    """Drops the model's tables and makes them empty."""
    for table in reversed(model.tables):
        table.drop(connection, checkfirst=True)
    for table in model.tables:
        table.create(connection)
    connection.execute(delete(read_models).where(read_models.c.name == model.name))
    connection.execute(insert(read_models).values(name=model.name, version=model.version, applied=0))


def apply(connection: Connection, model: ReadModel, entries: tuple[Entry, ...]) -> None:
    """Folds ``entries`` into the tables of the model on ``connection``."""
    if _takes_many(type(model)):
        cast(TakesMany, model).apply_all(connection, entries)
    else:
        for entry in entries:
            model.apply(connection, entry)


@cache
def _takes_many(kind: type[ReadModel]) -> bool:
    """Asked once of each kind of model: Python looks long for what a protocol wants."""
    return issubclass(kind, TakesMany)
