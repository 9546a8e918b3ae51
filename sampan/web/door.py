"""Whom does the site let in? The accounts, sessions and tokens of its node, and the node on their behalf."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync

from sampan.access.accounts import Accounts
from sampan.access.oidc import Provider, client_secret
from sampan.access.people import Person
from sampan.access.second_factors import SecondFactors
from sampan.access.secrets import AT_ONCE, Cost
from sampan.access.session import Session
from sampan.access.sign_ins import SignIns
from sampan.access.tokens import Tokens
from sampan.access.trail import Event, note_once_a_minute
from sampan.core.errors import NodeError
from sampan.node import Node
from sampan.web.who import Caller

T = TypeVar("T")

BACK = "/sign-in/organisation/back"
"""Where a provider sends browsers back to: the address that is registered with it."""

_HASHING: RunVar[CapacityLimiter] = RunVar("sampan.web.door hashing")


class Door:
    """Knows the people of one node. Where its database may only be read, nobody can sign in."""

    def __init__(self, node: Node, site: str, *, cost: Cost = Cost()) -> None:  # noqa: B008
        self._node = node
        organisation = node.settings.oidc
        self.provider = (
            Provider(organisation, redirect=f"{site}{BACK}", secret=client_secret()) if organisation else None
        )
        self._accounts: Accounts | None = None
        self._fault: NodeError | None = None
        try:
            self._accounts = Accounts(
                node.session.ledger,
                node.session.clock,
                node.settings.known,
                given=organisation.given if organisation else (),
                cost=cost,
            )
        except NodeError as fault:
            self._fault = fault

    @property
    def accounts(self) -> Accounts:
        """The accounts. Raises NodeError if there can be none."""
        if self._accounts is None:
            assert self._fault is not None
            raise self._fault
        return self._accounts

    @property
    def sign_ins(self) -> SignIns:
        """The sessions."""
        return SignIns(self.accounts)

    @property
    def second_factors(self) -> SecondFactors:
        """The second factors."""
        return SecondFactors(self.accounts)

    @property
    def tokens(self) -> Tokens:
        """The API tokens."""
        return Tokens(self.accounts)

    async def hashing(self, work: Callable[..., T], *said: object) -> T:
        """What ``work`` gives, which hashes passwords: a few at a time, so that no other work waits for threads."""
        try:
            few = _HASHING.get()
        except LookupError:
            _HASHING.set(few := CapacityLimiter(AT_ONCE))
        return await run_sync(partial(work, *said), limiter=few)

    def by_session(self, secret: str) -> Caller | None:
        """Whose session this is; None if it is none, or over."""
        found = self.sign_ins.who(secret) if self._accounts else None
        return Caller(found[0], "cookie", secret, found[1].id) if found else None

    def by_token(self, secret: str, address: str) -> Caller | None:
        """Whose API token this is; None if it is none, expired or revoked."""
        found = self.tokens.who(secret, address) if self._accounts else None
        return Caller(found[0], "token", "", found[1].id) if found else None

    def session(self, person: Person) -> Session:
        """The node on behalf of ``person``."""
        return self._node.session.on_behalf_of(person)

    def noted(self, event: Event, address: str) -> None:
        """Writes down that something was turned away."""
        if self._accounts:
            with self._accounts.writing() as connection:
                note_once_a_minute(connection, self._accounts.now(), event, address=address)
