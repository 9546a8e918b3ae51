"""A real server on this machine, sending what public servers send on bad days."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sampan.core.errors import InputError, PeerError
from sampan.formats.fetch import ADDRESSES, fetch

TABLE = b"a,b\n" + b"1,2\n" * 50_000
SHA256 = hashlib.sha256(TABLE).hexdigest()


class Server(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 the test reads it

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = {
            "/empty.csv": b"",
            "/page.csv": b"\n<!DOCTYPE html><html></html>",
            "/other.csv": b"a,b\n3,4\n",
        }.get(self.path, TABLE)
        self.send_response(404 if self.path == "/none.csv" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/cut.csv" else body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    Server.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_table_comes_whole_is_kept_and_tells_its_progress(address: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    data = fetch(f"{address}/a.csv?x=1", cache=tmp_path / "a b", progress=lambda *so_far: told.append(so_far))
    assert data == TABLE
    assert [each.name for each in (tmp_path / "a b").iterdir()] == ["a.csv"]
    assert told[-1] == (len(TABLE), len(TABLE))


def test_with_its_checksum_a_kept_copy_is_used_and_without_it_the_address_is_asked_again(
    address: str, tmp_path: Path
) -> None:
    for _ in range(2):
        assert fetch(f"{address}/a.csv", cache=tmp_path, sha256=SHA256) == TABLE
    assert Server.asked == ["/a.csv"]
    fetch(f"{address}/a.csv", cache=tmp_path)
    assert Server.asked == ["/a.csv", "/a.csv"]


@pytest.mark.parametrize(
    ("path", "says"),
    [("none", "404"), ("empty", "nothing"), ("page", "web page"), ("cut", "not to its end")],
)
def test_what_is_no_table_is_refused_and_the_kept_copy_stays(
    address: str, tmp_path: Path, path: str, says: str
) -> None:
    (tmp_path / f"{path}.csv").write_bytes(b"the copy of yesterday")
    with pytest.raises(PeerError, match=says) as caught:
        fetch(f"{address}/{path}.csv", cache=tmp_path)
    assert caught.value.way_out
    assert [each.name for each in tmp_path.iterdir()] == [f"{path}.csv"]
    assert (tmp_path / f"{path}.csv").read_bytes() == b"the copy of yesterday"


def test_other_bytes_than_expected_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="another file"):
        fetch(f"{address}/other.csv", cache=tmp_path, sha256=SHA256)
    assert not list(tmp_path.iterdir())


def test_a_download_stops_at_the_limit(address: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than 100,000 bytes"):
        fetch(f"{address}/a.csv", cache=tmp_path, limit=100_000)
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="cannot be read"):
        fetch("http://127.0.0.1:9/a.csv", cache=tmp_path)


def test_only_web_addresses_are_fetched(tmp_path: Path) -> None:
    for address in ("/etc/passwd", "file:///etc/passwd", "ftp://example.org/a.csv"):
        with pytest.raises(InputError, match="no address"):
            fetch(address, cache=tmp_path)


def test_jhu_has_a_pair_of_addresses() -> None:
    confirmed, deaths = ADDRESSES["jhu"]
    assert confirmed.endswith("time_series_covid19_confirmed_global.csv")
    assert deaths.endswith("time_series_covid19_deaths_global.csv")
