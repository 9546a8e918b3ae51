"""A database that goes away for ten seconds, and comes back: clear pages meanwhile, nothing lost, nothing leaked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sampan.core.languages import LANGUAGES
from sampan.node import Node
from sampan.records.control import Vouch
from sampan.web.app import site
from sampan.web.guard import Guard
from tests.signed import PASSWORD, QUICK, accounts_of, signed_in
from tests.unit.web_access.conftest import csrf

SAYS = {
    "en": "does not answer at the moment",
    "fr": "ne répond pas",
    "es": "no responde",
    "ru": "не отвечает",
}


@contextlib.contextmanager
def away(url: str) -> Iterator[None]:
    """Cuts every connection to the database and lets nobody in while the block runs."""
    info = psycopg.conninfo.conninfo_to_dict(url)
    name = info["dbname"]
    with psycopg.connect(url, dbname="postgres", autocommit=True) as own:
        own.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        own.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            own.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@pytest.fixture
def served(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Node, Guard]]:
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    monkeypatch.setattr("sampan.web.standing.FRESH", 0.0)
    Node.create(tmp_path / "node", home="FRA").close()
    with Node.open(tmp_path / "node") as node:
        yield node, site(node, public_url="https://aid.example.org", cost=QUICK)


def test_people_are_told_and_go_on_where_they_were(served: tuple[Node, Guard], postgres_url: str) -> None:
    node, app = served
    accounts = accounts_of(node)
    accounts.set_password("officer", PASSWORD)
    officer, stranger = signed_in(app, node, "officer"), signed_in(app, node, None)
    token = csrf(officer, "/en/account")
    form = csrf(stranger, "/en/sign-in")
    known = stranger.get("/fr/brief").content
    node.session.write("load", [Vouch(place="ITA", day=node.session.today())])
    assert stranger.get("/en/ledger").status_code == 200, "it has grown since that page was made"
    said = {"csrf": form, "handle": "officer", "password": PASSWORD}
    with away(postgres_url):
        assert stranger.get("/fr/brief").content == known, "readers keep what was made"
        assert stranger.get("/healthz").status_code == 200
        assert stranger.get("/readyz").status_code == 503
        for language in LANGUAGES:
            for answer in (
                officer.get(f"/{language}/account"),
                stranger.post(f"/{language}/sign-in", data=said),
                officer.post(f"/{language}/account/sessions", data={"csrf": token, "id": "x"}),
                officer.get(f"/{language}/people"),
            ):
                assert answer.status_code == 503
                assert answer.headers["retry-after"]
                assert f'<html lang="{language}"' in answer.text
                assert SAYS.get(language, "") in answer.text
                assert ("once" in answer.text.split("<main")[1]) == (
                    language == "en" and answer.request.method == "POST"
                )
                for leaked in ("psycopg", "sampan@", "Traceback", "FATAL", "socket", PASSWORD):
                    assert leaked not in answer.text
        assert "database_up 0" not in stranger.get("/en/brief").text
    assert officer.get("/en/account").status_code == 200, "the session is what it was"
    assert stranger.get("/readyz").json()["ready"]
    assert stranger.post("/en/sign-in", data=said).status_code == 303
    assert officer.post("/en/account/sessions", data={"csrf": token, "id": "x"}).status_code == 303


def test_the_figures_say_that_it_is_away(served: tuple[Node, Guard], postgres_url: str) -> None:
    from starlette.testclient import TestClient

    _, app = served
    here = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    assert "sampan_database_up 1.0" in here.get("/metrics").text
    with away(postgres_url):
        text = here.get("/metrics").text
        assert "sampan_database_up 0.0" in text
        assert "sampan_ledger_entries" not in text
        assert "sampan_requests_total" in text
    assert "sampan_ledger_entries" in here.get("/metrics").text


def test_a_wrong_password_while_it_is_away_is_not_a_free_guess(
    served: tuple[Node, Guard], postgres_url: str
) -> None:
    """Where a failure cannot be written down, nothing is looked at."""
    node, app = served
    accounts_of(node).set_password("officer", PASSWORD)
    stranger = signed_in(app, node, None)
    form = csrf(stranger, "/en/sign-in")
    with away(postgres_url):
        for password in ("wrong", PASSWORD):
            said = {"csrf": form, "handle": "officer", "password": password}
            assert stranger.post("/en/sign-in", data=said).status_code == 503
