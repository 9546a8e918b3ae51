"""Was this request answered already? Each act is done once, however often a client that lost the answer asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)

from sampan.core.errors import MovedOn, NodeError
from sampan.core.problems import Fault
from sampan.core.time import Clock
from sampan.ledger.ledger import BESIDE, Ledger

WRITTEN = 0
"""The status of what has been written to the log, while there is no answer yet."""

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

_FREE = delete(table).where(
    table.c.name == bindparam("by"), table.c.at == bindparam("then"), table.c.status.is_(None)
)
"""Run for each key by itself: after hours without a database they are more than one statement can name."""


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
        now = int(self._clock.now().timestamp() * 1000)
        try:
            if found := self._begin(name, sha256(asked).digest(), now):
                return found, True
        except NodeError:  # perhaps the key was taken, and nobody heard so
            self._cut_off.add((name, now))
            raise
        noting = BESIDE.set(lambda connection: _note(connection, name, now))
        try:
            given = make()
            kept = {"status": given.status, "media": given.media, "body": given.body}
            with self._ledger.writing_beside() as connection:
                connection.execute(update(table).where(_held(name, now)).values(kept))
        except BaseException as fault:
            self._cut_off.add((name, now))
            # A database that may be away is not waited for once more: whoever comes next frees the key.
            if isinstance(fault, MovedOn) or not isinstance(fault, NodeError):
                with suppress(NodeError):
                    self._let_go()
            raise
        finally:
            BESIDE.reset(noting)
        return given, False

    def _let_go(self) -> None:
        """Frees the keys of what was cut off."""
        with self._turn():
            pass

    @contextmanager
    def _turn(self) -> Iterator[Connection]:
        """A connection on which one at a time takes keys, after those of what was cut off have been freed.

        Only what wrote nothing frees its key. A batch that may yet be kept, because its end was not heard, holds
        the row: this waits for it. Somebody else may have freed a key meanwhile, and a later request may hold it:
        that one is left alone. The table is made where there is none; it may be lost without harm to the ledger.
        """
        ended = tuple(self._cut_off)
        with self._ledger.writing_beside() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                connection.execute(text("SELECT pg_advisory_xact_lock(5260329)"))
            if not self._made:
                table.create(connection, checkfirst=True)
            if ended:
                connection.execute(_FREE, [{"by": name, "then": at} for name, at in ended])
            yield connection
        self._made = True
        self._cut_off.difference_update(ended)

    def _begin(self, name: bytes, digest: bytes, now: int) -> Given | None:
        """Takes the key, or gives what was answered under it."""
        with self._turn() as connection:
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
            raise _under_way()
        if row.status == WRITTEN:
            raise Fault(
                409,
                "What was asked has been written; its answer is not here yet, or was lost.",
                way_out="Ask again in a moment. If it stays so, look at what was written, and do not ask for it anew.",
                wait=1,
            )
        return Given(row.status, row.media, row.body)


def _held(name: bytes, at: int) -> ColumnElement[bool]:
    """Where a key is held by the request that took it ``at`` that moment."""
    return (table.c.name == name) & (table.c.at == at)


def _note(connection: Connection, name: bytes, at: int) -> None:
    """Notes that something is written. Raises Fault, so that nothing is, for a key that is not held any more."""
    if connection.execute(update(table).where(_held(name, at)).values(status=WRITTEN)).rowcount != 1:
        raise _under_way()


def _under_way() -> Fault:
    return Fault(
        409,
        "A request with this key is under way, or was cut off.",
        way_out="Ask again in a moment. If it stays so, look whether it was done before you choose a new key.",
        wait=1,
    )


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
