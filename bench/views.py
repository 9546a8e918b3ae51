"""How fast is every view of every desk, when the ledger is large and somebody has just written?

``python -m bench views --size tiny|small|ordinary|full``. The year of aid of ``bench assistance`` (which see), asked
over the API in this process, as a person of the node sees it. Each is asked once that does not count, so that
the process has read the accounts; then an entry is written before every request, so that no answer is kept. Lists are
asked for by the page. Time is CPU time of this process, from the request to the last byte,
at the 95th percentile (the nearest rank). Views that need figures or a plan, of which this year has none, are left
out, as are files, which are as long as the year.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator
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
from sampan.web.api.app import PREFIX, Api
from sampan.web.api.rate import Rate
from sampan.web.door import Door
from sampan.web.who import Recognise

#: size → (entries, requests of each view)
SIZES = {"tiny": (600, 2), "small": (5_000, 5), "ordinary": (30_000, 10), "full": (200_000, 20)}
BAR = 300

ASKED: dict[str, dict[str, str]] = {
    "assistance.contribution": {"number": "C-0"},
    "assistance.account": {"account": "received:ITA"},
    "assistance.accounts": {"account": "depot:"},
    "assistance.consignment": {"number": "1-AFG"},
    "assistance.figure": {"what": "countries"},
    "press.evidence": {"name": "countries", "day": "2020-06-30"},
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
        client, found = _client(node), []
        for name, given in _views():
            _taken(node, client, name, given)
            taken = sorted(_taken(node, client, name, given) for _ in range(times))
            found.append((taken[math.ceil(0.95 * times) - 1], name))
        return [row(problem, name, 1000 * taken, "CPU ms", f"≤ {BAR}") for taken, name in sorted(found)[::-1]]


def _views() -> Iterator[tuple[str, dict[str, str]]]:
    for where in DESKS:
        for view in desk(where).views:
            name = f"{where}.{view.name}"
            must = [p for p in view.signature.parameters.values() if p.default is p.empty]
            if not view.media and (name in ASKED or not must):
                yield name, ASKED.get(name, {})


def _taken(node: Node, client: TestClient, name: str, given: dict[str, Any]) -> float:
    """Seconds of CPU for one view, after somebody has written."""
    node.assistance.reserve("ventilator", 10, reason="home's own need")
    begun = time.process_time()
    answer = client.get(f"{PREFIX}/{name.replace('.', '/')}", params=given)
    taken = time.process_time() - begun
    assert answer.status_code in (200, 422), (name, answer.text)
    return taken


def _client(node: Node) -> TestClient:
    door, rate = Door(node, "https://bench.example"), Rate(10**9, 10**6)
    app = Starlette(routes=[Mount(PREFIX, Api(node, stranger=rate, caller=rate).app())])
    token = Tokens(door.accounts).make(node.session.person, "bench", [])
    headers = {"Authorization": f"Bearer {token}"}
    return TestClient(Recognise(app, door, secure=True), "https://bench.example", headers=headers)
