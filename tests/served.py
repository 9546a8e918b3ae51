"""A node on which everything was done, served in this process, and clients of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from sampan.client import Remote
from sampan.node import MEMORY_PEOPLE, Node, memory_node
from sampan.web.api.app import PREFIX, Api
from sampan.web.api.rate import Rate
from sampan.web.door import Door
from sampan.web.guard import Guard
from sampan.web.who import Recognise
from tests.everything import Asked, do_everything
from tests.signed import QUICK, bearer

PEOPLE = {**MEMORY_PEOPLE, "viewer": ("viewer",)}
ADDRESS = "https://aid.example.org"
UNBOUND = Rate(10**9, 10**6)


@dataclass(frozen=True, repr=False)
class Served:
    """A node, its API, and who may ask."""

    node: Node
    app: Guard
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, handle: str | None = None) -> TestClient:
        """A program that acts for ``handle``; for nobody if None."""
        if handle and handle not in self.tokens:
            self.tokens[handle] = bearer(self.node, handle)
        headers = self.tokens[handle] if handle else {}
        return TestClient(self.app, ADDRESS, headers=headers, raise_server_exceptions=False)

    def remote(self, handle: str | None = None) -> Remote:
        """The same, as our own client."""
        return Remote(ADDRESS, http=self.client(handle))


def serve(node: Node | None = None, *, rate: Rate = UNBOUND) -> Served:
    """The API of a node, an empty one unless given, that takes as many requests as are sent."""
    node = node or memory_node(people=PEOPLE)
    app = Starlette(routes=[Mount(PREFIX, Api(node, stranger=rate, caller=rate).app())])
    door = Door(node, ADDRESS, cost=QUICK)
    return Served(node, Guard(Recognise(app, door, secure=True), secure=True))


def locally(node: Node) -> None:
    """Does everything on ``node``."""

    def ask(asked: Asked) -> object:
        counter = node.desk(asked.desk, session=node.on_behalf_of(asked.by))
        return getattr(counter, asked.act)(**asked.given)

    do_everything(ask)
