"""Who is signed in, since when, and until when?

A session is 256 random bits in a cookie, kept here as a digest. It is over after half an hour in which nothing
was asked, after twelve hours in any case (OWASP ASVS 3.3.2), when its owner signs out or changes the password,
and when it is revoked. A new one is made whenever somebody signs in, so none can be planted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, insert, select, update

from sampan.access.accounts import Accounts, moment
from sampan.access.people import Person, somebody
from sampan.access.schema import accounts as account_table
from sampan.access.schema import sessions
from sampan.access.secrets import digest, new_secret
from sampan.access.trail import Event, forget, note

IDLE = 30 * 60_000
LONGEST = 12 * 3_600_000
WAITS = 5 * 60_000
"""Milliseconds: without a request, in all, and for the second factor after the password."""

NOTED = 60_000
"""How exactly it is known when a session was last used: one write a minute at most."""


@dataclass(frozen=True)
class SignedIn:
    """A session, as its owner sees it."""

    id: str
    handle: str
    begun: datetime
    seen: datetime


@dataclass(frozen=True)
class Waiting:
    """Somebody whose second factor is still to come, and the roles for which an organisation vouched, if one did."""

    handle: str
    roles: Sequence[str] | None


class SignIns:
    """The sessions of a node's accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def begin(
        self, handle: str, *, address: str, waits: bool = False, roles: Sequence[str] | None = None
    ) -> str:
        """The secret of a new session. It ``waits`` if the second factor is still to come.

        ``roles`` are those of somebody for whom an organisation vouches and whom the settings do not name. Raises
        NotLetIn if their access was revoked since they proved who they are.
        """
        secret, now = new_secret(), self._accounts.now()
        with self._accounts.writing() as connection:
            self._accounts.require_open(connection, handle)
            over = sessions.c.begun < now - LONGEST
            connection.execute(delete(sessions).where(over | (sessions.c.seen < now - IDLE)))
            forget(connection, now)
            connection.execute(
                insert(sessions).values(
                    digest=digest(secret),
                    id=str(uuid4()),
                    handle=handle,
                    roles=None if roles is None else json.dumps(list(roles)),
                    waits=waits,
                    begun=now,
                    seen=now,
                )
            )
            if not waits:
                note(connection, now, "signed in", handle=handle, address=address)
                seen = update(account_table).where(account_table.c.handle == handle)
                connection.execute(seen.values(seen=now))
        return secret

    def who(self, secret: str) -> tuple[Person, SignedIn] | None:
        """Whose session this is, and which; None if it is none, waits, is over, or its owner left."""
        row, now = self._row(secret), self._accounts.now()
        if row is None or row.waits:
            return None
        if not _holds(row, now, IDLE, LONGEST):
            self.end(row.id, "expired session")
            return None
        person = self._person(row)
        if person is None:
            return None
        if row.seen < now - NOTED:
            with self._accounts.writing() as connection:
                connection.execute(update(sessions).where(sessions.c.id == row.id).values(seen=now))
        return person, _shown(row)

    def waiting(self, secret: str) -> Waiting | None:
        """Whose second factor this session waits for; None if for nobody's."""
        row = self._row(secret)
        waits = row is not None and row.waits and _holds(row, self._accounts.now(), WAITS, WAITS)
        return Waiting(row.handle, _roles(row)) if row is not None and waits else None

    def end_by_secret(self, secret: str, event: Event = "signed out") -> None:
        """Ends the session that somebody brings, if it is one."""
        row = self._row(secret)
        if row is not None:
            self.end(row.id, event)

    def end(self, id: str, event: Event, *, handle: str | None = None) -> bool:
        """Ends a session, of ``handle`` if that is told; says whether there was one."""
        with self._accounts.writing() as connection:
            row = connection.execute(select(sessions).where(sessions.c.id == id)).first()
            if row is None or handle not in (None, row.handle):
                return False
            connection.execute(delete(sessions).where(sessions.c.id == id))
            if not row.waits:
                note(connection, self._accounts.now(), event, handle=row.handle)
        return True

    def of(self, handle: str) -> tuple[SignedIn, ...]:
        """The sessions of somebody, the newest first."""
        now = self._accounts.now()
        mine = select(sessions).where(sessions.c.handle == handle, ~sessions.c.waits)
        with self._accounts.reading() as connection:
            rows = connection.execute(mine.order_by(sessions.c.begun.desc())).all()
        return tuple(_shown(row) for row in rows if _holds(row, now, IDLE, LONGEST))

    def _person(self, row: Row[Any]) -> Person | None:
        """Whose session it is, by the settings as they are; None if they name nobody of the handle, or of the roles."""
        roles = _roles(row)
        if roles is None:
            return self._accounts.people(row.handle)
        return somebody(row.handle, roles) if self._accounts.given.issuperset(roles) else None

    def _row(self, secret: str) -> Row[Any] | None:
        with self._accounts.reading() as connection:
            return connection.execute(select(sessions).where(sessions.c.digest == digest(secret))).first()


def _holds(row: Row[Any], now: int, idle: int, longest: int) -> bool:
    return bool(row.seen >= now - idle and row.begun >= now - longest)


def _roles(row: Row[Any]) -> Sequence[str] | None:
    return None if row.roles is None else tuple(json.loads(row.roles))


def _shown(row: Row[Any]) -> SignedIn:
    return SignedIn(row.id, row.handle, moment(row.begun), moment(row.seen))
