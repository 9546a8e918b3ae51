"""Who has the means to sign in here, and does what they bring hold?

The people of ``sampan.toml`` are who works here and what each of them may do. An account adds the means to sign
in to one of them: a password, a second factor, or an invitation to choose them. Somebody who is taken out of
``sampan.toml`` cannot sign in, whatever they have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from sampan.access import schema
from sampan.access.people import Person
from sampan.access.schema import accounts, invitations, recovery_codes, sessions, tokens
from sampan.access.secrets import (
    Cost,
    Passwords,
    Sealed,
    digest,
    new_secret,
    require_strong,
)
from sampan.access.throttle import Throttle
from sampan.access.trail import Event, Happened, counts, note, note_once_a_minute, read
from sampan.core.errors import InputError, Refused
from sampan.core.time import Clock
from sampan.ledger.ledger import Ledger

INVITED_FOR = 72 * 3_600_000
"""Milliseconds for which an invitation holds."""

People = Callable[[str], Person | None]
"""Who works here under a handle, by the settings; None if nobody does."""


class TooOften(Refused):
    """Too many failures: nothing is looked at until ``seconds`` have passed."""

    http_status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many attempts.", way_out=f"Wait {seconds} seconds, then try again.")
        self.seconds = seconds


class NotLetIn(Refused):
    """What was brought does not hold. Says the same whatever was wrong."""

    http_status = 401


@dataclass(frozen=True)
class Account:
    """What may be shown of an account."""

    handle: str
    password: bool
    second_factor: bool
    made: datetime
    seen: datetime | None
    revoked: bool
    invited: bool
    sessions: int
    tokens: int


class Accounts:
    """The accounts of a node, in its own database."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        people: People,
        *,
        given: Collection[str] = (),
        cost: Cost = Cost(),  # noqa: B008
    ) -> None:
        """``given`` are the roles that an organisation's groups give, as the settings have it."""
        schema.bring_up(ledger)
        self.reading = ledger.reading
        self.writing = ledger.writing_beside
        self.people = people
        self.given = frozenset(given)
        self._clock = clock
        self._passwords = Passwords(cost)
        self.throttle = Throttle(ledger.secret("throttle"))
        self.factors = Sealed(ledger.secret("second factor"))
        """Seals the secrets of second factors."""
        self.journeys = Sealed(ledger.secret("journey"))
        """Seals what a browser carries to an organisation's provider and back."""

    def now(self) -> int:
        """The present moment in ms since 1970."""
        return int(self._clock.now().timestamp() * 1000)

    # Who has an account

    def invite(self, handle: str) -> str:
        """The secret of a one-time invitation: whoever brings it may choose the password of ``handle``.

        Makes the account if need be; opens it again if it was revoked. An earlier invitation no longer holds.
        Raises Refused if nobody of that handle works here.
        """
        self._require_person(handle)
        secret = new_secret()
        with self.writing() as connection:
            self._make(connection, handle)
            connection.execute(delete(invitations).where(invitations.c.handle == handle))
            connection.execute(
                insert(invitations).values(
                    digest=digest(secret), handle=handle, until=self.now() + INVITED_FOR
                )
            )
            note(connection, self.now(), "invited", handle=handle)
        return secret

    def invited(self, secret: str) -> str | None:
        """Whom an invitation is for; None if it is none, used, or too old."""
        with self.reading() as connection:
            row = _find(connection, invitations, digest=digest(secret))
        known = row is not None and row.until > self.now() and self.people(row.handle)
        return str(row.handle) if row is not None and known else None

    def accept(self, secret: str, password: str) -> str:
        """Sets the password that an invited person chose, and gives their handle. The invitation is used up.

        Raises NotLetIn if the invitation does not hold, InputError if the password is weak.
        """
        handle = self.invited(secret)
        if handle is None:
            raise self.not_let_in("wrong invitation")
        require_strong(password, handle)
        kept = self._passwords.hashed(password)
        with self.writing() as connection:
            if not connection.execute(
                delete(invitations).where(invitations.c.digest == digest(secret))
            ).rowcount:
                raise _not_let_in()
            self._set_password(connection, handle, kept)
        return handle

    def set_password(self, handle: str, password: str) -> None:
        """Gives ``handle`` this password, on the word of whoever runs the node. Ends every session of theirs.

        Raises Refused if nobody of that handle works here, InputError if the password is weak.
        """
        self._require_person(handle)
        require_strong(password, handle)
        kept = self._passwords.hashed(password)
        with self.writing() as connection:
            self._make(connection, handle)
            self._set_password(connection, handle, kept)

    def change_password(self, handle: str, old: str, new: str, address: str) -> None:
        """Changes somebody's own password. Ends every session of theirs. Raises as ``prove`` and ``accept`` do."""
        self.prove(handle, old, address)
        require_strong(new, handle)
        kept = self._passwords.hashed(new)
        with self.writing() as connection:
            self.require_open(connection, handle)
            self._set_password(connection, handle, kept)

    def revoke(self, handle: str) -> None:
        """Takes every means to sign in from ``handle``, and ends their sessions and tokens at once.

        Somebody who works here may have tokens, or be vouched for, before they have an account: it is made, and
        revoked. Raises InputError if there is neither.
        """
        with self.writing() as connection:
            if self.people(handle):
                self._make(connection, handle)
            gone = (
                update(accounts)
                .where(accounts.c.handle == handle)
                .values(revoked=self.now(), password=None, totp=None, totp_offered=None)
            )
            if not connection.execute(gone).rowcount:
                raise InputError(f'"{handle}" has no account here.', way_out="See `sampan account list`.")
            for table in (sessions, tokens, invitations, recovery_codes):
                connection.execute(delete(table).where(table.c.handle == handle))
            note(connection, self.now(), "revoked", handle=handle)

    def all(self) -> tuple[Account, ...]:
        """Every account, by handle."""
        with self.reading() as connection:
            per = {table: _counted(connection, table) for table in (sessions, tokens, invitations)}
            rows = connection.execute(select(accounts).order_by(accounts.c.handle)).all()
        return tuple(self._account(row, per) for row in rows)

    def of(self, handle: str) -> Account | None:
        """The account of ``handle``, if there is one."""
        return next((account for account in self.all() if account.handle == handle), None)

    def happened(self, handle: str | None = None, *, limit: int = 100) -> tuple[Happened, ...]:
        """What happened at the door last, the newest first."""
        with self.reading() as connection:
            return read(connection, handle=handle, limit=limit)

    def counted(self) -> dict[str, int]:
        """How often each event happened at the door."""
        with self.reading() as connection:
            return dict(counts(connection))

    # Proving who one is

    def prove(self, handle: str, password: str, address: str) -> None:
        """Lets somebody go on who knows the password of ``handle``.

        Raises TooOften before anything is looked at, NotLetIn if the password is wrong or nobody has it: in the
        same words and the same time.
        """
        self.enter(handle, address)
        kept = self._kept(handle)
        if not self._passwords.fits(kept, password):
            raise self.not_let_in(self._why(handle), handle=handle, address=address)
        outdated = kept is not None and self._passwords.outdated(kept)
        renewed = self._passwords.hashed(password) if outdated else kept
        with self.writing() as connection:
            self.throttle.forgive(connection, handle, address)
            if renewed != kept:
                same = update(accounts).where(accounts.c.handle == handle, accounts.c.password == kept)
                connection.execute(same.values(password=renewed))

    def vouched(self, handle: str) -> None:
        """Lets somebody go on for whom an organisation vouches. Raises NotLetIn if their access was revoked."""
        if self.row(handle, "revoked"):
            raise self.not_let_in("revoked account", handle=handle)
        with self.writing() as connection:
            self._make(connection, handle)

    def not_let_in(self, event: Event, *, handle: str | None = None, address: str = "") -> NotLetIn:
        """The refusal to raise, after it has been written down."""
        with self.writing() as connection:
            known = handle is not None and _find(connection, accounts, handle=handle) is not None
            note(connection, self.now(), event, handle=handle if known else None, address=address)
        return _not_let_in()

    def enter(self, handle: str, address: str) -> None:
        """Counts an attempt, before anything is looked at. Raises TooOften if it must wait."""
        with self.writing() as connection:
            wait = self.throttle.enter(connection, handle, address, self.now())
            if wait:
                note_once_a_minute(connection, self.now(), "throttled", address=address)
        if wait:
            raise TooOften(wait)

    def require_open(self, connection: Connection, handle: str) -> None:
        """Lets something be made for ``handle`` on ``connection``, unless their access was revoked meanwhile.

        The row is held until it is made, so that whoever revokes finds it. Raises NotLetIn.
        """
        asked = select(accounts.c.revoked).where(accounts.c.handle == handle).with_for_update()
        if connection.scalar(asked) is not None:
            raise _not_let_in()

    def row(self, handle: str, column: str) -> Any:
        """What an account has in one column; None where there is no account."""
        with self.reading() as connection:
            return connection.scalar(select(accounts.c[column]).where(accounts.c.handle == handle))

    def change(self, handle: str, connection: Connection | None = None, **values: object) -> None:
        """Changes columns of an account, on ``connection`` if one is given."""
        change = update(accounts).where(accounts.c.handle == handle).values(**values)
        if connection is not None:
            connection.execute(change)
            return
        with self.writing() as own:
            own.execute(change)

    # Within

    def _kept(self, handle: str) -> str | None:
        """The hash of somebody's password; None for a stranger, and for somebody who no longer works here."""
        return self.row(handle, "password") if self.people(handle) else None

    def _why(self, handle: str) -> Event:
        if self.row(handle, "made") is None:
            return "no account"
        return "revoked account" if self.row(handle, "revoked") else "wrong password"

    def _require_person(self, handle: str) -> None:
        if self.people(handle) is None:
            raise Refused(
                f'Nobody called "{handle}" works at this node.',
                way_out="Add the name to [people] in sampan.toml first.",
            )

    def _make(self, connection: Connection, handle: str) -> None:
        opened = update(accounts).where(accounts.c.handle == handle).values(revoked=None)
        if not connection.execute(opened).rowcount:
            connection.execute(insert(accounts).values(handle=handle, totp_step=0, made=self.now()))

    def _set_password(self, connection: Connection, handle: str, kept: str) -> None:
        self.change(handle, connection, password=kept)
        connection.execute(delete(sessions).where(sessions.c.handle == handle))
        note(connection, self.now(), "password changed", handle=handle)

    def _account(self, row: Row[Any], per: dict[Table, dict[str, int]]) -> Account:
        count = partial(_count, per, row.handle)
        return Account(
            handle=row.handle,
            password=row.password is not None,
            second_factor=row.totp is not None,
            made=moment(row.made),
            seen=None if row.seen is None else moment(row.seen),
            revoked=row.revoked is not None,
            invited=bool(count(invitations)),
            sessions=count(sessions),
            tokens=count(tokens),
        )


def moment(ms: int) -> datetime:
    """The moment at ``ms`` since 1970."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _find(connection: Connection, table: Table, **key: object) -> Row[Any] | None:
    return connection.execute(select(table).filter_by(**key)).first()


def _counted(connection: Connection, table: Table) -> dict[str, int]:
    asked = select(table.c.handle, func.count()).group_by(table.c.handle)
    return {row.handle: row[1] for row in connection.execute(asked)}


def _count(per: dict[Table, dict[str, int]], handle: str, table: Table) -> int:
    return per[table].get(handle, 0)


def _not_let_in() -> NotLetIn:
    return NotLetIn("This does not let anybody in.", way_out="Check what you typed, and try again.")
