"""What a stranger may try: odd addresses, odd headers, odd methods. Never a fault of ours, never a leak."""

from __future__ import annotations

import csv
import io
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sampan.core.languages import LANGUAGES
from sampan.formats.spreadsheet import inert
from sampan.node import Node, memory_node
from sampan.records.control import Vouch
from sampan.web import sheets
from sampan.web.app import site
from sampan.web.guard import Guard
from sampan.web.negotiate import preferred
from tests import loops
from tests.sites import Site

NOWHERE = [
    "/nope",
    "/xx/brief",
    "/EN/brief",
    "/en/brief/",
    "/en/brief.exe",
    "/en/ledger.csv",
    "/en//brief",
    "/en/../../etc/passwd",
    "/en/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2fapp.py",
    "/static/sampan.css",
    "/en/briefs/2020-02-30",
    "/en/briefs/20200326",
    "/en/briefs/2020-W13-4",
    "/en/briefs/1999-01-01",
    "/en/briefs/9999-12-31",
    "/en/countries/ita",
    "/en/countries/WHO",
    "/en/countries/CN-HB",
    "/en/countries/%00",
    "/en/countries/ITA%0d%0aSet-Cookie:%20a=b",
    "/en/countries/<script>alert(1)</script>",
    "/en/organisations/ITA",
    "/en/batches/0",
    "/en/batches/-1",
    "/en/batches/02",
    "/en/batches/2.0",
    "/en/batches/٢",
    "/en/batches/999999999999999999999999999",
    "/en/ledger/entries/1",
    "/en/ledger/entries/' OR 1=1 --",
    "/en/ledger/entries/017116b6-a200-7417-bda3-6d5dd097f48d",
    "/en/countries/" + "A" * 5000,
    "/wp-login.php",
    "/.env",
    "/docs",
    "/openapi.json",
]


@pytest.mark.parametrize("path", NOWHERE, ids=lambda path: path[:40])
def test_what_is_not_there_is_a_page_that_says_so(visited: Site, path: str) -> None:
    answer = visited.client.get(path, headers={"Accept-Language": "fr"})
    assert answer.status_code == 404, path
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text
    assert (
        "There is no such page." if answer.url.path.startswith("/en/") else "Cette page n’existe pas."
    ) in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_figures_that_there_are_not(visited: Site) -> None:
    day = visited.parts["day"]
    for name in ("nothing", "region-0", "region-6", "item-gold", "region:Asia", "donors", "-", "item-"):
        assert visited.client.get(f"/en/briefs/{day}/figures/{name}").status_code == 404, name


def test_each_language_says_it_in_its_own_words(visited: Site) -> None:
    said = {visited.client.get(f"/{language}/nowhere").text for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    for language in LANGUAGES:
        assert f'<html lang="{language}"' in visited.client.get(f"/{language}/nowhere").text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_nothing_can_be_done_here(visited: Site, method: str) -> None:
    for path in ("/", "/en/brief", "/en/ledger", "/checkpoint"):
        assert visited.client.request(method, path, content=b"x" * 100_000).status_code == 405


def test_head_is_get_without_the_page(visited: Site) -> None:
    for path in ("/en/brief", "/en/world.csv", "/healthz", "/readyz", "/checkpoint"):
        assert visited.client.head(path).status_code == 200
    assert visited.client.head("/en/nowhere").status_code == 404


def test_a_long_question_is_refused_and_an_unknown_one_passed_over(visited: Site) -> None:
    assert visited.client.get("/en/world?" + "a" * 5000).status_code == 414
    plain = visited.client.get("/en/world").content
    assert visited.client.get("/en/world?utm_source=x&<script>=1&sort=").content == plain
    assert visited.client.get("/en/world?sort=new&sort=evil").status_code == 404


def test_the_host_that_a_stranger_claims_reaches_no_page(visited: Site) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    for path in ("/", "/en", "/en/batches", "/en/feed.atom", "/en/nowhere"):
        answer = visited.client.get(path, headers=headers)
        assert "evil" not in answer.text + str(answer.headers)
        assert "gopher" not in answer.text + str(answer.headers)


PROTECTING = {
    "content-security-policy": [
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ],
    "x-content-type-options": ["nosniff"],
    "x-frame-options": ["DENY"],
    "referrer-policy": ["no-referrer"],
    "permissions-policy": ["camera=(), geolocation=(), microphone=(), payment=(), usb=()"],
    "cross-origin-opener-policy": ["same-origin"],
    "cross-origin-resource-policy": ["same-origin"],
    "strict-transport-security": ["max-age=63072000; includeSubDomains"],
}
"""Whatever is said with every answer, once and no weaker."""


def test_every_answer_carries_the_headers_that_protect_its_reader(visited: Site) -> None:
    for path in ("/", "/en/brief", "/en/brief.json", "/nope", "/healthz", "/en/world?" + "a" * 2000):
        headers = visited.client.get(path).headers
        assert {name: headers.get_list(name) for name in PROTECTING} == PROTECTING
        assert "server" not in headers
    plain = TestClient(site(memory_node(), public_url="http://127.0.0.1:8000"))
    assert "strict-transport-security" not in plain.get("/healthz").headers


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("fr;q=0.2, ru;q=0.9", "ru"),
        ("de-DE,de;q=0.9,es;q=0.1", "es"),
        ("ar-EG", "ar"),
        ("en;q=0, fr;q=0.5", "fr"),
        ("*", "en"),
        ("fr;q=nan, es;q=0.3", "es"),
        ("fr;q=inf", "fr"),
        ("fr;q=-1", "en"),
        (";;;,,,;q=,=,\x7f", "en"),
        ("zz," * 5000 + "fr", "en"),
    ],
)
def test_the_front_door_opens_in_the_language_of_the_reader(
    visited: Site, header: str, language: str
) -> None:
    assert preferred(header) == language
    if header.isprintable():
        answer = visited.client.get("/", headers={"Accept-Language": header})
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/{language}/brief"
        assert answer.headers["vary"] == "Accept-Language"


@given(st.text(max_size=200))
def test_any_accept_language_gives_a_language(header: str) -> None:
    assert preferred(header) in LANGUAGES


def test_any_bytes_in_an_address_are_answered(visited: Site) -> None:
    """Straight into the application, as no client library would send it."""

    @settings(max_examples=60)
    @given(st.binary(max_size=60))
    def ask(data: bytes) -> None:
        assert loops.run(_ask, visited.app, data) in (200, 302, 404, 414)

    ask()


async def _ask(app: Guard, data: bytes) -> int:
    """The status with which a request is answered that has ``data`` everywhere."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/" + data.decode("latin-1"),
        "raw_path": b"/" + data,
        "query_string": data,
        "root_path": "",
        "headers": [(b"accept-language", data), (b"if-none-match", data), (b"host", data)],
        "server": ("test", 80),
        "client": ("test", 1),
    }
    await app(scope, receive, send)
    return sent[0]["status"]


def test_a_reader_who_has_the_page_is_not_sent_it_again(visited: Site) -> None:
    first = visited.client.get("/es/brief")
    etag = first.headers["etag"]
    again = visited.client.get("/es/brief", headers={"If-None-Match": f'"other", {etag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag
    assert visited.client.get("/fr/brief").headers["etag"] != etag
    assert visited.client.get("/es/brief", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "gzip;q=0.000", ""])
def test_who_takes_no_gzip_gets_none(visited: Site, accepted: str) -> None:
    answer = visited.client.get("/en/brief", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    (_, (written,)) = csv.reader(io.StringIO(sheets.write(["a"], [[cell]]).decode("utf-8-sig"), newline=""))
    assert written == f"'{cell}"


def test_cells_that_are_none_stay_what_they_are() -> None:
    cells = (-3, -0.5, "a=b", "", None)
    assert [inert(each) for each in cells[:4]] == [-3, -0.5, "a=b", ""]
    assert sheets.write("abcde", [cells]).decode("utf-8-sig").splitlines()[1] == "-3,-0.5,a=b,,"
    assert sheets.write(["a"], [["x,y"], ['say "hi"']]).decode("utf-8-sig").splitlines()[1] == '"x,y"'


def test_pages_follow_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sampan.web.standing.FRESH", 0.0)
    node = memory_node()
    client = TestClient(site(node))
    before = client.get("/en/ledger")
    assert client.get("/en/ledger").headers["etag"] == before.headers["etag"]
    node.session.write("load", [Vouch(place="ITA", day=node.session.today())])
    after = client.get("/en/ledger")
    assert after.headers["etag"] != before.headers["etag"]
    assert client.get("/en/ledger.json").json()["size"] == 1


def test_a_database_that_goes_away_for_a_while(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that were made are shown meanwhile, others say that they will be back, and nothing of why."""
    monkeypatch.setattr("sampan.web.standing.FRESH", 0.0)
    Node.create(tmp_path / "node", home="FRA").close()
    node = Node.open(tmp_path / "node")
    client = TestClient(site(node), raise_server_exceptions=False)
    cold = TestClient(site(Node.open(tmp_path / "node")), raise_server_exceptions=False)
    known = client.get("/fr/ledger").content
    file = sqlite3.connect(tmp_path / "node" / "ledger.sqlite", isolation_level=None)
    tables = [row[0] for row in file.execute("select name from sqlite_master where type = 'table'")]
    for table in tables:
        file.execute(f'alter table "{table}" rename to "away_{table}"')
    assert client.get("/fr/ledger").content == known
    assert client.get("/healthz").status_code == 200
    for asked in (client.get("/fr/ledger.json"), cold.get("/fr/brief")):
        assert asked.status_code == 503
        assert asked.headers["retry-after"]
        assert "Veuillez réessayer" in asked.text
        assert "sqlite" not in asked.text
    unready = client.get("/readyz")
    assert (unready.status_code, unready.json()) == (503, {"ready": False})
    for table in tables:
        file.execute(f'alter table "away_{table}" rename to "{table}"')
    file.close()
    assert client.get("/readyz").json() == {"ready": True, "size": 0}
    assert cold.get("/fr/brief").status_code == 200
