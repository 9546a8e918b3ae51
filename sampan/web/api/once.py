"""Was this request answered already? Each act is done once, however often a client that lost the answer asks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy import inspect as look

from sampan.core.errors import NodeError
from sampan.core.problems import Fault
from sampan.core.time import Clock
from sampan.ledger.ledger import BESIDE, Ledger

WRITTEN = 0
"""The status of what has been written to the log, while there is no answer yet."""

PAUSE, TRIES = 1.0, 600
"""Seconds between attempts to tell the database that a request was cut off, and how many there are."""

KEPT_FOR = 48 * 3_600_000
"""Milliseconds for which an answer is kept: a client may try again for a day, and a weekend's clock drift."""

_KEY = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,200})"|([\x21\x23-\x5b\x5d-\x7e]{1,200})')

table = Table(
    "api_answer",
    MetaData(),
    Column("name", LargeBinary(32), primary_key=True),
    Column("asked", LargeBinary(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("media", String(100)),
    Column("body", LargeBinary),
)
"""``name`` is a digest of who and of their key, ``asked`` of the request; no ``status`` before anything is done."""


@dataclass(frozen=True)
class Given:
    """An answer as it was given."""

    status: int
    media: str
    body: bytes


class Once:
    """Remembers answers in the node's own database, for all its workers.

    That a request has written to the log is noted with what it writes, in the same transaction. So where the
    database goes away meanwhile, what became of the request is known once it is back: it is done, or may be done.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._made = False
        self._cut_off: set[tuple[bytes, int]] = set()
        """Requests (name, at) that are no longer under way, of which the database has not been told."""

    def answer(self, who: str, key: str, asked: bytes, make: Callable[[], Given]) -> tuple[Given, bool]:
        """The answer to ``asked`` under ``key``, and whether it was given before.

        What ``make`` raises is no answer: the key is free again, unless what was asked was written all the
        same. Raises Fault if the key stood for something else (422), if that request is under way, or if it was
        done and its answer was lost (409).
        """
        name = sha256(f"{who}\0{read_key(key)}".encode()).digest()
        digest = sha256(asked).digest()
        now = int(self._clock.now().timestamp() * 1000)
        if found := self._begin(name, digest, now):
            return found, True
        noting = BESIDE.set(lambda connection: _note(connection, name))
        try:
            given = make()
            kept = {"status": given.status, "media": given.media, "body": given.body}
            with self._ledger.writing_beside() as connection:
                connection.execute(update(table).where(table.c.name == name).values(kept))
        except NodeError:
            self._cut_off.add((name, now))
            threading.Thread(target=self._let_go_in_time, daemon=True).start()
            raise
        except BaseException:
            self._cut_off.add((name, now))
            with suppress(NodeError):  # else whoever comes next does it
                self._let_go()
            raise
        finally:
            BESIDE.reset(noting)
        return given, False

    def _let_go_in_time(self) -> None:
        """Frees the keys of what was cut off, as soon as the database answers."""
        for _ in range(TRIES):
            with suppress(NodeError):
                self._let_go()
                return
            time.sleep(PAUSE)

    def _let_go(self) -> None:
        """Frees the keys of what was cut off before it wrote anything.

        A batch that may yet be kept, because its end was not heard, holds the row: this waits for it. Somebody
        else may have freed a key meanwhile, and a later request may hold it: that one is left alone.
        """
        ended = tuple(self._cut_off)
        if ended:
            unwritten = tuple_(table.c.name, table.c.at).in_(ended) & table.c.status.is_(None)
            with self._ledger.writing_beside() as connection:
                connection.execute(delete(table).where(unwritten))
            self._cut_off.difference_update(ended)

    def _begin(self, name: bytes, digest: bytes, now: int) -> Given | None:
        """Takes the key, or gives what was answered under it."""
        self._make()
        self._let_go()
        with self._ledger.writing_beside() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                connection.execute(text("SELECT pg_advisory_xact_lock(5260329)"))
            connection.execute(delete(table).where(table.c.at < now - KEPT_FOR))
            row = connection.execute(select(table).where(table.c.name == name)).first()
            if row is None:
                connection.execute(insert(table).values(name=name, asked=digest, at=now))
                return None
        if row.asked != digest:
            raise Fault(
                422,
                "This key stood for another request.",
                way_out="Choose a new Idempotency-Key for each act.",
            )
        if row.status is None:
            raise Fault(
                409,
                "A request with this key is under way, or was cut off.",
                way_out="Ask again in a moment. If it stays so, look whether it was done before you choose a new key.",
                wait=1,
            )
        if row.status == WRITTEN:
            raise Fault(
                409,
                "What was asked has been written; its answer is not here yet, or was lost.",
                way_out="Ask again in a moment. If it stays so, look at what was written, and do not ask for it anew.",
                wait=1,
            )
        return Given(row.status, row.media, row.body)

    def _make(self) -> None:
        """Makes the table where there is none yet. What it holds may be lost without harm to the ledger."""
        if self._made:
            return
        with self._ledger.writing_beside() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(5260329)"))
            if not look(connection).has_table(table.name):
                table.create(connection)
        self._made = True


def _note(connection: Connection, name: bytes) -> None:
    connection.execute(update(table).where(table.c.name == name).values(status=WRITTEN))


def read_key(header: str) -> str:
    """The key in an Idempotency-Key header: a string of printable signs, in quotes or bare."""
    found = _KEY.fullmatch(header.strip())
    if found is None:
        raise Fault(
            400,
            "This Idempotency-Key cannot be read.",
            way_out='Send up to 200 printable signs, as "8e03978e-40d5".',
        )
    return str(found[1] or found[2])
