"""Which programs may act for somebody, within which acts, and until when?

An API token is 256 random bits behind a prefix by which scanners find tokens that were published by mistake. It is
shown once and kept as a digest. It allows what its owner may do at that moment, and of that only the acts it names.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, insert, select, update

from sampan.access.accounts import Accounts, moment
from sampan.access.people import Act, Person
from sampan.access.schema import tokens
from sampan.access.secrets import digest, new_secret
from sampan.access.trail import Event, note, note_once_a_minute
from sampan.core.errors import InputError, Refused

PREFIX = "sampan_"
DAYS, MOST_DAYS = 90, 366
MOST = 50
"""Tokens of one person."""

NOTED = 60_000
"""How exactly it is known when a token was last used (ms)."""


@dataclass(frozen=True)
class Token:
    """A token, as its owner sees it."""

    id: str
    handle: str
    name: str
    acts: tuple[Act, ...]
    made: datetime
    until: datetime
    used: datetime | None


class Tokens:
    """The API tokens of a node's accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def make(self, person: Person, name: str, acts: Collection[Act], *, days: int = DAYS) -> str:
        """A new token of ``person``, to be shown once. Without acts it may only read.

        Raises InputError if the name is empty, too long or taken, or the days are too many; Refused for an act
        that the person may not do, or a person whom the settings do not name; NotLetIn if their access was revoked.
        """
        name = " ".join(name.split())
        self._require_makable(person, name, acts, days)
        secret, now = new_secret(PREFIX), self._accounts.now()
        with self._accounts.writing() as connection:
            self._accounts.require_open(connection, person.handle)
            mine = connection.execute(select(tokens.c.name).where(tokens.c.handle == person.handle)).scalars()
            names = set(mine)
            if name in names or len(names) >= MOST:
                raise InputError(
                    "There is a token of this name already, or there are too many.",
                    way_out="Choose another name, or revoke one.",
                    field="name",
                    code="name-taken",
                )
            connection.execute(
                insert(tokens).values(
                    digest=digest(secret),
                    id=str(uuid4()),
                    handle=person.handle,
                    name=name,
                    acts=json.dumps(sorted(acts)),
                    made=now,
                    until=now + int(timedelta(days=days).total_seconds() * 1000),
                )
            )
            note(connection, now, "token made", handle=person.handle)
        return secret

    def who(self, secret: str, address: str) -> tuple[Person, Token] | None:
        """For whom a token acts, confined to its acts; None if it is none, expired, or its owner left."""
        if not secret.startswith(PREFIX):
            return None
        with self._accounts.reading() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == digest(secret))).first()
        if row is None:
            self._note("wrong token", None, address)
            return None
        person, now = self._accounts.people(row.handle), self._accounts.now()
        if person is None or row.until <= now:
            self._note("expired token", row.handle, address)
            return None
        if row.used is None or row.used < now - NOTED:
            with self._accounts.writing() as connection:
                connection.execute(update(tokens).where(tokens.c.id == row.id).values(used=now))
        token = _shown(row)
        return replace(person, only=frozenset(token.acts)), token

    def of(self, handle: str) -> tuple[Token, ...]:
        """Somebody's tokens, by name."""
        mine = select(tokens).where(tokens.c.handle == handle).order_by(tokens.c.name)
        with self._accounts.reading() as connection:
            return tuple(map(_shown, connection.execute(mine).all()))

    def revoke(self, handle: str, id: str) -> bool:
        """Ends a token of somebody's at once; says whether there was one. ``id`` may be its name."""
        with self._accounts.writing() as connection:
            which = (tokens.c.handle == handle) & ((tokens.c.id == id) | (tokens.c.name == id))
            gone = bool(connection.execute(delete(tokens).where(which)).rowcount)
            if gone:
                note(connection, self._accounts.now(), "token revoked", handle=handle)
        return gone

    def _require_makable(self, person: Person, name: str, acts: Collection[Act], days: int) -> None:
        if not 0 < len(name) <= 100 or not name.isprintable():
            raise InputError(
                "A token needs a name of 1 to 100 signs.", way_out="Name it.", field="name", code="name"
            )
        if not 1 <= days <= MOST_DAYS:
            raise InputError(
                f"A token lasts 1 to {MOST_DAYS} days.", way_out="Choose fewer.", field="days", code="days"
            )
        if beyond := set(acts) - set(person.acts):
            raise Refused(
                f'"{person.handle}" may not {min(beyond)}.', way_out="Leave it out.", act=min(beyond)
            )
        if self._accounts.people(person.handle) is None:
            raise Refused(
                f'"{person.handle}" is not named in sampan.toml.', way_out="Add the handle to [people]."
            )

    def _note(self, event: Event, handle: str | None, address: str) -> None:
        with self._accounts.writing() as connection:
            note_once_a_minute(connection, self._accounts.now(), event, handle=handle, address=address)


def _shown(row: Row[Any]) -> Token:
    used = None if row.used is None else moment(row.used)
    acts = tuple(json.loads(row.acts))
    return Token(row.id, row.handle, row.name, acts, moment(row.made), moment(row.until), used)
