"""A PostgreSQL that is stopped as a process can be: it keeps its connections open, and says nothing.

Nobody waits for it for ever, readers keep what was made, and what was asked meanwhile is done once or not at all.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from sampan.core.errors import NodeError
from sampan.ledger.ledger import Ledger
from sampan.ledger.postgres import Patient, Pool, open_engine
from sampan.node import Node
from sampan.web.app import site
from sampan.web.guard import Guard
from tests.ledgers import KEY, ORIGIN, drafts
from tests.signed import QUICK, signed_in

PATIENCE = 1.0
LONGEST = 6.0
"""Seconds: the patience, a second in which the server may give up, two for a new connection, and a busy machine."""

APPEAL = "/en/desk/assistance/record_appeal"
SAID = {"requester": "Italy", "lines.0.what": "mask", "lines.0.quantity": "200 000"}


class Server:
    """The processes of a PostgreSQL, which can be stopped and let go on."""

    def __init__(self, socket: Path) -> None:
        self._postmaster = int((socket.parent / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        for each in self._processes():
            os.kill(each, signal.SIGSTOP)

    def go_on(self) -> None:
        for each in self._processes():
            os.kill(each, signal.SIGCONT)

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children").read_text()
        return [self._postmaster, *map(int, children.split())]

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.go_on()


@pytest.fixture
def server(postgres_server: Path) -> Iterator[Server]:
    made = Server(postgres_server)
    yield made
    made.go_on()


@pytest.fixture
def served(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Node, Guard]]:
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    monkeypatch.setattr("sampan.web.standing.FRESH", 0.0)
    monkeypatch.setattr("sampan.web.standing.BRIEFLY", 1.0)
    Node.create(tmp_path / "node", home="FRA").close()
    with Node.open(tmp_path / "node", patience=PATIENCE) as node:
        yield node, site(node, public_url="https://aid.example.org", cost=QUICK)


def timed(client: TestClient, path: str, **form: Any) -> tuple[float, Any]:
    """How many seconds an answer took, and the answer."""
    begun = time.monotonic()
    answer = client.post(path, **form) if form else client.get(path)
    return time.monotonic() - begun, answer


def back(client: TestClient) -> None:
    """Waits until the site has noticed that the server goes on."""
    until = time.monotonic() + 5
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.05)


def fields(client: TestClient) -> dict[str, str]:
    """An appeal, on a form that was asked for."""
    page = client.get(APPEAL).text
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf", "once")}
    return {**hidden, **SAID}


def test_nobody_waits_for_ever_and_nothing_is_lost(served: tuple[Node, Guard], server: Server) -> None:
    node, app = served
    officer, stranger = signed_in(app, node, "officer"), signed_in(app, node, None)
    known, form = stranger.get("/fr/brief").content, fields(officer)
    with server.stopped(), ThreadPoolExecutor(8) as pool:
        asked = [
            *(pool.submit(timed, stranger, "/fr/brief") for _ in range(3)),
            pool.submit(timed, officer, APPEAL),
            pool.submit(timed, officer, APPEAL, data=form),
            pool.submit(timed, stranger, "/en/batches"),
            pool.submit(timed, stranger, "/readyz"),
        ]
        answers = [each.result() for each in asked]
        for seconds, answer in answers[:3]:
            assert seconds < 3, "what was made is there for readers"
            assert answer.content == known
        for seconds, answer in answers[3:]:
            assert seconds < LONGEST
            assert answer.status_code == 503
        for path in ("/fr/brief", "/ar/batches", "/en/desk"):
            seconds, answer = timed(officer if "desk" in path else stranger, path)
            assert answer.status_code == (200 if "brief" in path else 503)
            if "brief" in path:
                assert seconds < 1, "once it is known to be silent nobody waits to see it again"
    back(stranger)
    assert officer.post(APPEAL, data=form).status_code == 303
    assert officer.post(APPEAL, data=form).status_code == 303
    assert stranger.get("/en/batches").status_code == 200
    assert len(list(node.session.ledger.entries(kind="assistance.appeal"))) == 1
    assert node.session.ledger.verify().ok


@pytest.mark.parametrize(
    ("last", "status", "said"),
    [("INSERT INTO ledger_entry", 409, "has been written"), ("INSERT INTO api_answer", 303, "")],
)
def test_what_was_kept_though_nobody_heard_so_is_not_done_again(
    served: tuple[Node, Guard], server: Server, last: str, status: int, said: str
) -> None:
    """The server is stopped as the form's entries, or its key, are about to be kept: it keeps them when it goes on."""
    node, app = served
    officer = signed_in(app, node, "officer")
    form = fields(officer)
    engine = node.session.ledger._store._engine
    writes: list[bool] = []

    def seen(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if last in statement:
            writes.append(True)

    def stop(_connection: Connection) -> None:
        if writes:
            server.stop()

    event.listen(engine, "before_cursor_execute", seen)
    event.listen(engine, "commit", stop)
    seconds, answer = timed(officer, APPEAL, data=form)
    event.remove(engine, "before_cursor_execute", seen)
    event.remove(engine, "commit", stop)
    server.go_on()
    assert (answer.status_code, writes) == (503, [True])
    assert seconds < LONGEST
    back(officer)
    again = officer.post(APPEAL, data=form)
    assert again.status_code == status
    assert said in again.text
    assert len(list(node.session.ledger.entries(kind="assistance.appeal"))) == 1


def test_who_holds_the_log_too_long_is_not_waited_for(place: str | Path) -> None:
    """Another process is stopped in the midst of writing: on either store, others are told so."""
    Ledger.create(place, origin=ORIGIN, key=KEY).close()
    with Ledger.open(place, key=KEY, patience=1.0) as ledger, Ledger.open(place, key=KEY) as other:

        def held(_connection: Connection) -> None:
            begun = time.monotonic()
            with pytest.raises(NodeError, match="is held by another process"):
                ledger.append(drafts(1))
            assert 0.5 < time.monotonic() - begun < LONGEST
            assert ledger.size == 0, "reading goes on"

        other.append(drafts(1), check=held)
        ledger.append(drafts(1))
        assert (ledger.size, ledger.verify().ok) == (2, True)


def test_a_pool_that_was_made_anew_is_found_silent_too(postgres_url: str) -> None:
    """After all connections were let go of, SQLAlchemy keeps those to come in another pool."""
    engine = open_engine(make_url(postgres_url), PATIENCE)
    engine.dispose()
    assert isinstance(engine.pool, Pool)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, Patient)
        driver.patience = 0.05
        with pytest.raises(OperationalError, match="nothing was heard"):
            connection.execute(text("SELECT pg_sleep(1)"))
    assert engine.pool.silent
    with engine.connect():
        assert not engine.pool.silent
    engine.dispose()
