"""People who are signed in, for tests that visit a site as one of them."""

from __future__ import annotations

from collections.abc import Collection

from starlette.testclient import TestClient

from sampan.access.accounts import Accounts
from sampan.access.people import Act
from sampan.access.secrets import Cost
from sampan.access.sign_ins import SignIns
from sampan.access.tokens import Tokens
from sampan.node import Node
from sampan.web.guard import Guard
from sampan.web.who import Cookies

QUICK = Cost(rounds=1, memory_kib=8, lanes=1)
"""A cost of hashing for tests: strong enough for nobody."""

PASSWORD = "kettle orange boat lamp"


def accounts_of(node: Node) -> Accounts:
    """The accounts of a node, at the cost of a test."""
    return Accounts(node.session.ledger, node.session.clock, node.settings.known, cost=QUICK)


def bearer(node: Node, handle: str, acts: Collection[Act] | None = None) -> dict[str, str]:
    """The header of a program that acts for ``handle``: with all that they may do, unless ``acts`` says less."""
    person = node.settings.person(handle)
    tokens = Tokens(accounts_of(node))
    made = tokens.make(person, f"test {len(tokens.of(handle))}", person.acts if acts is None else acts)
    return {"Authorization": f"Bearer {made}"}


def signed_in(
    app: Guard, node: Node, handle: str | None, *, address: str = "https://aid.example.org"
) -> TestClient:
    """A browser in which ``handle`` is signed in; in which nobody is, for None. ``address`` is the site's."""
    client = TestClient(app, base_url=address, follow_redirects=False, raise_server_exceptions=False)
    if handle is not None:
        accounts = accounts_of(node)
        accounts.invite(handle)
        secret = SignIns(accounts).begin(handle, address="192.0.2.1")
        client.cookies.set(Cookies(address.startswith("https:")).session, secret)
    return client
