"""How fast is every view of every desk, when the ledger is large and somebody has just written?

``python -m bench views --size tiny|small|ordinary|full``. The year of aid of ``bench assistance`` (which see), asked
over the API and as a page in this process, as a person of the node sees it. Each is asked once that does not count, so
that the process has read the accounts; then goods come into a depot before every request, so that no answer is kept.
Lists are asked for by the page. Time is CPU time of this process, from the request to the last byte,
at the 95th percentile (the nearest rank) of the requests of each view, and of all. Views that need figures or a plan,
of which this year has none, are left out, as are files, which are as long as the year.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from bench.assistance import DAYS, FIRST, KEY, Row, fill, row
from sampan.access.people import Person
from sampan.access.session import Session
from sampan.access.settings import Settings
from sampan.access.tokens import Tokens
from sampan.core.time import StandingClock
from sampan.ledger.blobs import Blobs
from sampan.ledger.ledger import Ledger
from sampan.node import DESKS, Node, desk, read_models
from sampan.records.assistance import LotLine
from sampan.web.api.app import PREFIX, Api
from sampan.web.api.rate import Rate
from sampan.web.app import settle, site
from sampan.web.door import Door
from sampan.web.who import Recognise

#: size → (entries, requests of each view)
SIZES = {"tiny": (600, 2), "small": (5_000, 5), "ordinary": (30_000, 10), "full": (200_000, 20)}
BAR = 300
ADDRESS = "https://bench.example"

ASKED: dict[str, dict[str, str]] = {
    "assistance.contribution": {"number": "C-0"},
    "assistance.account": {"account": "depot:home"},
    "assistance.consignment": {"number": "1-AFG"},
    "assistance.figure": {"what": "countries"},
    "press.evidence": {"name": "confirmed", "day": "2020-06-30"},
    "exchange.consistency": {"old": "100", "new": "500"},
    "exchange.entry": {"entry": "77"},
}
"""What is asked of the views that must be told which. Other views with such an argument are left out."""


def run(size: str) -> list[Row]:
    """One row for each view, the slowest first."""
    entries, times = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        clock, place = StandingClock(FIRST), Path(folder) / "ledger.sqlite"
        with Ledger.create(place, origin=KEY.name, key=KEY, clock=clock, read_models=read_models()) as ledger:
            fill(ledger, clock, entries)
        return measure(place, f"views, {entries:,} entries", times)


def measure(place: Path, problem: str, times: int) -> list[Row]:
    """The views over the ledger at ``place``."""
    clock = StandingClock(FIRST + timedelta(days=DAYS + 2))
    with Ledger.open(place, key=KEY, clock=clock, read_models=read_models()) as ledger:
        officer = Person("officer", ("officer",))
        session = Session(ledger, Blobs(f"memory://{id(ledger)}"), clock, "CHN", officer)
        node = Node(Path(), Settings("CHN", KEY.name), session)
        clients = {"API": _client(node), "page": _browser(node)}
        settle()
        found: list[tuple[float, str]] = []
        for where, name, given in ((where, *view) for view in _views() for where in clients):
            _taken(node, clients[where], where, name, given)
            taken = [_taken(node, clients[where], where, name, given) for _ in range(times)]
            found.append((_late(taken), f"{where} {name}"))
        every = row(problem, "95 % of all", 1000 * _late([taken for taken, _ in found]), "CPU ms", f"≤ {BAR}")
        return [
            every,
            *(row(problem, name, 1000 * taken, "CPU ms", f"≤ {BAR}") for taken, name in sorted(found)[::-1]),
        ]


def _late(taken: Sequence[float]) -> float:
    """The 95th percentile, by the nearest rank."""
    return sorted(taken)[math.ceil(0.95 * len(taken)) - 1]


def _views() -> Iterator[tuple[str, dict[str, str]]]:
    for where in DESKS:
        for view in desk(where).views:
            name = f"{where}.{view.name}"
            must = [p for p in view.signature.parameters.values() if p.default is p.empty]
            if not view.media and (name in ASKED or not must):
                yield name, ASKED.get(name, {})


def _taken(node: Node, client: TestClient, where: str, name: str, given: dict[str, Any]) -> float:
    """Seconds of CPU for one view, after somebody has written."""
    node.assistance.produce([LotLine(item="ventilator", units=10)], source="Works 3")
    begun = time.process_time()
    path = name.replace(".", "/")
    answer = client.get(f"{PREFIX}/{path}" if where == "API" else f"/en/desk/{path}", params=given)
    taken = time.process_time() - begun
    assert answer.status_code in (200, 422), (name, answer.text)
    return taken


def _client(node: Node) -> TestClient:
    """A program that asks as often as it likes."""
    door, rate = Door(node, ADDRESS), Rate(10**9, 10**6)
    app = Starlette(routes=[Mount(PREFIX, Api(node, stranger=rate, caller=rate).app())])
    return TestClient(Recognise(app, door, secure=True), ADDRESS, headers=_signed(node, door, "API"))


def _browser(node: Node) -> TestClient:
    """A browser in which the same person is signed in."""
    return TestClient(
        site(node, public_url=ADDRESS), ADDRESS, headers=_signed(node, Door(node, ADDRESS), "page")
    )


def _signed(node: Node, door: Door, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {Tokens(door.accounts).make(node.session.person, name, [])}"}
