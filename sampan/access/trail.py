"""Who was let in, and who was not? Written down without anything personal.

A handle is kept only if somebody here bears it: what a stranger types there may be anything, a password included.
Of an address its network is kept. What a known person tried and may not do is an entry of the ledger (Refusal).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from sqlalchemy import Connection, delete, func, insert, select

from sampan.access.schema import trail
from sampan.access.throttle import network

Event = Literal[
    "signed in",
    "signed out",
    "wrong password",
    "wrong code",
    "throttled",
    "no account",
    "revoked account",
    "wrong invitation",
    "wrong token",
    "expired token",
    "expired session",
    "recovery code",
    "password changed",
    "second factor on",
    "second factor off",
    "token made",
    "token revoked",
    "session revoked",
    "invited",
    "revoked",
    "provider refused",
    "form expired",
]

KEPT_FOR = 400 * 86_400_000
"""Milliseconds: a year, and a month to look at it."""


@dataclass(frozen=True)
class Happened:
    """One line of the trail."""

    at: datetime
    event: Event
    handle: str | None
    network: str | None


def note(
    connection: Connection, now: int, event: Event, *, handle: str | None = None, address: str = ""
) -> None:
    """Writes down what happened. ``handle`` is somebody's who has an account, or None."""
    place = network(address) if address else None
    connection.execute(insert(trail).values(at=now, event=event, handle=handle, network=place))


def note_once_a_minute(
    connection: Connection, now: int, event: Event, *, address: str, handle: str | None = None
) -> None:
    """As ``note``, but of one network once a minute: whoever knocks without pause shall not fill the disk."""
    lately = select(trail.c.number).where(
        trail.c.at > now - 60_000, trail.c.event == event, trail.c.network == network(address)
    )
    if connection.scalar(lately.limit(1)) is None:
        note(connection, now, event, handle=handle, address=address)


def forget(connection: Connection, now: int) -> None:
    """Lets go of what happened longer ago than ``KEPT_FOR``."""
    connection.execute(delete(trail).where(trail.c.at < now - KEPT_FOR))


def read(connection: Connection, *, handle: str | None = None, limit: int = 100) -> tuple[Happened, ...]:
    """What happened last, the newest first; of one person if ``handle`` says so."""
    asked = select(trail).order_by(trail.c.number.desc()).limit(limit)
    if handle is not None:
        asked = asked.where(trail.c.handle == handle)
    return tuple(
        Happened(datetime.fromtimestamp(row.at / 1000, UTC), row.event, row.handle, row.network)
        for row in connection.execute(asked)
    )


def counts(connection: Connection) -> Mapping[str, int]:
    """How often each event happened."""
    asked = select(trail.c.event, func.count()).group_by(trail.c.event)
    found = {row.event: row[1] for row in connection.execute(asked)}
    return {event: found.get(event, 0) for event in get_args(Event)}
