"""Too much, too long, too slow, and not what it says it is: over a real connection where that matters."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from sampan.node import Node
from sampan.web import bounds, wire
from sampan.web.app import site
from tests import loops
from tests.signed import QUICK
from tests.unit.web_access.conftest import Visited, csrf

HALF = b'Content-Disposition: form-data; name="csrf"\r\n\r\n+2AA-'
"""A field with half of a sign, which UTF-7 can say and nothing can write down."""

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_strangers_form_is_a_mebibyte_at_most(here: Visited) -> None:
    client = here.browser()
    token = csrf(client, "/en/sign-in")
    body = f"csrf={token}&handle=officer&password=x&next=".encode()
    for language, said in (("en", "larger than what we take"), ("ru", "больше, чем мы принимаем")):
        path = f"/{language}/sign-in"
        answer = client.post(path, content=body + b"a" * bounds.STRANGERS, headers=FORM)
        assert answer.status_code == 413
        assert said in answer.text
        assert re.search(r"\b1.(MB|МБ).*\b1.(MB|МБ)", answer.text), "how much a form and a field may hold"

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 65_536

    assert client.post("/en/sign-in", content=endless(), headers=FORM).status_code == 413
    long = {name: (None, value) for name, value in {"csrf": token, "handle": "a" * 2**21}.items()}
    officer = here.browser("officer")
    for answer in (
        officer.post("/en/account/tokens", files=long),
        officer.post("/en/account/tokens", data={"csrf": token, "name": "a" * 2**21}),
    ):
        assert answer.status_code == 413
        assert re.search(r"\b32.MB.*\b1.MB", answer.text)
        assert "is still in the page before" in answer.text
    assert client.post("/en/sign-in", content=body, headers=FORM).status_code == 401
    assert client.post("/en/sign-in", content=body, headers=FORM | {"Content-Length": "x"}).status_code < 500


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00%ZZ%=&&&===;;csrf"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(5000))),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 1000),
        ("multipart/form-data; boundary=x", b"--x"),
        ("multipart/form-data; boundary=x; charset=utf-7", b"--x\r\n" + HALF + b"\r\n--x--\r\n"),
        ("application/json", b'{"csrf": 1}'),
        ("text/plain", b"handle=officer"),
        ("", b"\x00" * 1000),
        ("multipart/form-data; boundary=" + "x" * 5000, b""),
    ],
)
def test_a_body_that_is_not_what_it_says(here: Visited, type: str, body: bytes) -> None:
    for handle in (None, "officer"):
        client = here.browser(handle)
        for path in ("/en/sign-in", "/en/sign-out", "/en/account/tokens", "/en/people/revoke"):
            answer = client.post(path, content=body, headers={"Content-Type": type})
            assert answer.status_code in (400, 413, 419), (path, answer.status_code)
            assert "Traceback" not in answer.text


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A site on a real socket, less patient than in service."""
    monkeypatch.setattr(wire, "PATIENCE", 0.5)
    monkeypatch.setattr(bounds, "PIECE", 0.5)
    with _serving(tmp_path) as address:
        yield address


@contextlib.contextmanager
def _serving(folder: Path, **options: object) -> Iterator[tuple[str, int]]:
    Node.create(folder / "node", home="FRA").close()
    app = site(Node.open(folder / "node"), cost=QUICK)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        app, port=port, http=wire.Careful, ws="none", log_config=None, access_log=False, **options
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield "127.0.0.1", port
    server.should_exit = True
    thread.join(15)


def tell(address: tuple[str, int], *pieces: bytes, wait: float = 5.0) -> bytes:
    """What comes back, once the connection is closed or nothing more comes."""
    with socket.create_connection(address, timeout=wait) as line:
        came = b""
        with contextlib.suppress(OSError):
            for piece in pieces:
                line.sendall(piece)
            while more := line.recv(65_536):
                came += more
        return came


HEAD = b"GET /en/sign-in HTTP/1.1\r\nHost: x\r\n"
LAST = b"Connection: close\r\n\r\n"


def test_a_head_that_is_too_large_or_never_ends(served: tuple[str, int]) -> None:
    assert tell(served, HEAD + LAST).startswith(b"HTTP/1.1 200")
    large = tell(served, HEAD, b"A: " + b"a" * wire.MOST_HEAD + b"\r\n", LAST)
    assert large.startswith(b"HTTP/1.1 431")
    many = tell(served, HEAD, b"".join(b"A%d: b\r\n" % number for number in range(5000)), LAST)
    assert many.startswith(b"HTTP/1.1 431")
    for endless in (HEAD + b"A: ", b"GET /"):
        came = tell(served, endless, *[b"a" * 65_536] * 20)
        assert came == b"" or came.startswith(b"HTTP/1.1 431")
    assert tell(served, HEAD + LAST).startswith(b"HTTP/1.1 200"), "it goes on"


def test_a_large_body_may_come_in_one_piece_with_its_head(served: tuple[str, int]) -> None:
    body = b"handle=" + b"x" * 240_000
    head = b"POST /en/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n" % len(body)
    said = head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n" + body
    assert tell(served, said).startswith(b"HTTP/1.1 419")


def test_a_head_or_a_body_that_does_not_come(served: tuple[str, int]) -> None:
    begun = time.monotonic()
    for nothing in (b"", HEAD, b"G"):
        assert tell(served, nothing).startswith(b"HTTP/1.1 408")
    late = tell(
        served,
        b"POST /fr/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 100\r\n" + LAST,
        b"csrf=",
    )
    assert late.startswith(b"HTTP/1.1 408")
    assert b"pris trop de temps" in late
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /en/brief HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /en/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"POST /en/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /en/brief HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /en/\x00brief HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_ends_the_connection(served: tuple[str, int], raw: bytes) -> None:
    came = tell(served, raw)
    assert b" 200 " not in came.split(b"\r\n")[0]
    assert b"Traceback" not in came
    assert came.count(b"HTTP/1.1 2") == 0


def test_what_a_proxy_says_is_believed_only_of_one_that_is_trusted(tmp_path: Path) -> None:
    """The address decides how long a stranger waits, so nobody may choose their own."""
    body = b"handle=officer&password=wrong&csrf="

    def networks(folder: Path) -> set[str | None]:
        with Node.open(folder / "node") as node:
            from tests.signed import accounts_of

            return {each.network for each in accounts_of(node).happened()}

    for name, options in (
        ("nobody", {"proxy_headers": False}),
        ("proxy", {"forwarded_allow_ips": ["127.0.0.1"]}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        with _serving(folder, **options) as address:
            tell(
                address,
                b"POST /en/sign-in HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.77\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                + f"Content-Length: {len(body)}\r\n".encode()
                + LAST
                + body,
            )
            time.sleep(0.3)
        expected = {"nobody": "127.0.0.0/24", "proxy": "198.51.100.0/24"}[name]
        assert networks(folder) == {expected}


def test_a_crowd_at_the_door_keeps_no_reader_waiting(here: Visited, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes a few threads at a time, and none of those that read the ledger for everybody else."""
    import anyio

    from sampan.access.secrets import AT_ONCE
    from sampan.web.door import Door

    door = Door(here.node, "", cost=QUICK)
    running, most, read = 0, 0, []

    def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.05)
        running -= 1

    async def crowd() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(60):
                group.start_soon(door.hashing, slow)
            await anyio.sleep(0.05)
            begun = time.monotonic()
            await anyio.to_thread.run_sync(lambda: read.append(here.node.session.ledger.size))
            read.append(time.monotonic() - begun)

    loops.run(crowd)
    assert most == AT_ONCE
    assert read[1] < 0.5
