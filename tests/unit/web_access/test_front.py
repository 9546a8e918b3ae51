"""The documented front before a real site: what it keeps, and what it must never keep."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import uvicorn

from bench.web import DOCUMENT, configuration
from sampan.node import Node
from sampan.web.app import site
from sampan.web.wire import Careful
from tests.signed import PASSWORD, QUICK, accounts_of


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def front(folder: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of nginx before a site, and the folder of the node behind."""
    if not shutil.which("nginx"):
        pytest.skip("there is no nginx here")
    behind, port = free_port(), free_port()
    node = Node.open(folder)
    accounts_of(node).set_password("officer", PASSWORD)
    app = site(node, public_url=f"http://127.0.0.1:{port}", cost=QUICK)
    options = {"forwarded_allow_ips": ["127.0.0.1"], "http": Careful, "log_config": None, "access_log": False}
    server = uvicorn.Server(uvicorn.Config(app, port=behind, **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    (tmp_path / "cache").mkdir()
    tmp_path.chmod(0o755)
    file = tmp_path / "nginx.conf"
    file.write_text(configuration(DOCUMENT.read_text("utf-8"), tmp_path, port, behind))
    nginx = subprocess.Popen(["nginx", "-c", str(file), "-e", str(tmp_path / "error.log")])
    for _ in range(200):
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok:
                break
        except requests.RequestException:
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", folder
    nginx.terminate()
    nginx.wait(10)
    server.should_exit = True
    thread.join(15)


def test_what_one_person_sees_is_kept_for_nobody(front: tuple[str, Path]) -> None:
    address, folder = front
    browser, stranger = requests.Session(), requests.Session()
    token = re.search(r'name="csrf" value="(\w+)"', browser.get(f"{address}/en/sign-in").text)[1]
    other = re.search(r'name="csrf" value="(\w+)"', stranger.get(f"{address}/en/sign-in").text)[1]
    assert token != other, "a form is one browser's"
    said = {"csrf": token, "handle": "officer", "password": PASSWORD, "next": "/en/account"}
    page = browser.post(f"{address}/en/sign-in", data=said).text
    assert "officer" in page
    for _ in range(3):
        assert browser.get(f"{address}/en/account").status_code == 200
        answer = stranger.get(f"{address}/en/account")
        assert answer.status_code == 401
        assert "officer" not in answer.text
    public = stranger.get(f"{address}/en/brief")
    for who in (browser, stranger, requests):
        again = who.get(f"{address}/en/brief")
        assert again.content == public.content
        assert "set-cookie" not in again.headers
    assert requests.get(f"{address}/metrics").status_code == 404
    with Node.open(folder) as node:
        kept = accounts_of(node).happened()
    assert {each.network for each in kept if each.event == "signed in"} == {"127.0.0.0/24"}


def test_a_public_page_is_kept_and_the_form_of_one_browser_is_not(front: tuple[str, Path]) -> None:
    address, _ = front
    first = requests.get(f"{address}/en/brief")
    second = requests.get(f"{address}/en/brief")
    assert second.headers["x-request-id"] == first.headers["x-request-id"], "it was kept"
    assert (
        requests.get(f"{address}/en/sign-in").headers["x-request-id"]
        != (requests.get(f"{address}/en/sign-in").headers["x-request-id"])
    )
