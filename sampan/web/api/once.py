"""Was this request answered already? Each act is done once, however often a client that lost the answer asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import inspect as look

from sampan.core.problems import Fault
from sampan.core.time import Clock
from sampan.ledger.ledger import Ledger

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
"""``name`` is a digest of who and of their key, ``asked`` of the request; no ``status`` while it is under way."""


@dataclass(frozen=True)
class Given:
    """An answer as it was given."""

    status: int
    media: str
    body: bytes


class Once:
    """Remembers answers in the node's own database, for all its workers."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._made = False

    def answer(self, who: str, key: str, asked: bytes, make: Callable[[], Given]) -> tuple[Given, bool]:
        """The answer to ``asked`` under ``key``, and whether it was given before.

        What ``make`` raises is no answer: the key is free again. Raises Fault if the key stood for something
        else (422), or if that request is under way (409).
        """
        name = sha256(f"{who}\0{read_key(key)}".encode()).digest()
        digest = sha256(asked).digest()
        if found := self._begin(name, digest):
            return found, True
        try:
            given = make()
        except BaseException:
            with self._ledger.writing_beside() as connection:
                connection.execute(delete(table).where(table.c.name == name))
            raise
        kept = {"status": given.status, "media": given.media, "body": given.body}
        with self._ledger.writing_beside() as connection:
            connection.execute(update(table).where(table.c.name == name).values(kept))
        return given, False

    def _begin(self, name: bytes, digest: bytes) -> Given | None:
        """Takes the key, or gives what was answered under it."""
        self._make()
        now = int(self._clock.now().timestamp() * 1000)
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
