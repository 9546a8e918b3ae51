"""How long is PostgreSQL waited for?

A server that is stopped, or lies behind a line that is cut, keeps its connections open and says nothing. So every
answer has a time by which it must come: the server gives up first (on a statement, on a lock), and whoever still
hears nothing lets go of the connection. Once one has waited in vain the others do not: one at a time asks again,
until there is an answer.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Generator
from typing import Any, cast

import psycopg
from sqlalchemy import URL, Engine, ExceptionContext, PoolProxiedConnection, QueuePool, create_engine, event

GRACE = 1
"""Seconds in which a server that gave up can say so."""

ABANDONED = 300
"""Seconds after which a transaction in which nothing more is asked is undone, so that others may go on."""


class Silent(psycopg.OperationalError):
    """The server said nothing for as long as anybody waits."""


class Patient(psycopg.Connection[Any]):
    """A connection that is closed if the server says nothing for ``patience`` seconds."""

    patience = math.inf

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **more: Any) -> Any:
        """What ``gen`` makes of what the server says. Raises Silent."""
        try:
            return super().wait(_heard(gen, self.patience), *args, **more)
        except Silent:
            self.pgconn.finish()
            raise


def _heard(gen: Generator[Any, Any, Any], patience: float) -> Generator[Any, Any, Any]:
    """``gen``, which is told from time to time that nothing came, until that has lasted too long."""
    until = time.monotonic() + patience
    try:
        wanted = next(gen)
        while True:
            came = yield wanted
            if came:
                until = time.monotonic() + patience
            elif time.monotonic() > until:
                raise Silent(f"nothing was heard for {patience:g} seconds")
            wanted = gen.send(came)
    except StopIteration as end:
        return end.value


class Pool(QueuePool):
    """Connections to one server. While it is ``silent`` only one at a time finds out whether it still is."""

    silent = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._asking = threading.Lock()

    def connect(self) -> PoolProxiedConnection:
        """A connection that answers. Raises Silent at once where another is waiting for one."""
        if not self.silent:
            return super().connect()
        if not self._asking.acquire(blocking=False):
            raise Silent("it did not answer a moment ago")
        try:
            found = super().connect()
        finally:
            self._asking.release()
        self.silent = False
        return found


def open_engine(url: URL, patience: float) -> Engine:
    """An engine over the server at ``url``, of which every answer comes within about ``patience`` seconds."""
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        poolclass=Pool,
        pool_timeout=patience,
        hide_parameters=True,
    )

    def connect(_dialect: object, _record: object, args: list[Any], more: dict[str, Any]) -> Patient:
        more.setdefault("connect_timeout", min(10, math.ceil(patience / 2)))
        made = Patient.connect(*args, **more)
        made.patience = patience + GRACE
        _bind(made, patience)
        return made

    def heard(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, Silent | psycopg.errors.ConnectionTimeout):
            cast(Pool, engine.pool).silent = True

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "handle_error", heard)
    return engine


def _bind(made: Patient, patience: float) -> None:
    """Has the server itself give up on what takes too long."""
    bounds = {
        "statement_timeout": patience,
        "lock_timeout": 0.9 * patience,  # before the statement's time is up, so that the lock is what is said
        "idle_in_transaction_session_timeout": ABANDONED,
    }
    made.autocommit = True
    made.execute("; ".join(f"SET {name} = {int(1000 * seconds)}" for name, seconds in bounds.items()))
    made.autocommit = False
