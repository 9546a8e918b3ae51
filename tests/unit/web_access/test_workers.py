"""Several workers over PostgreSQL: whoever signed in at one is signed in at all, and they count and wait together."""

from __future__ import annotations

import re
import signal
import sys
import time
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
import requests

from sampan.node import Node
from tests.signed import PASSWORD, accounts_of
from tests.unit.web.test_serve import free_port


def test_workers_share_sessions_waits_and_figures(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    folder = tmp_path / "node"
    with Node.create(folder, home="FRA") as node:
        accounts_of(node).set_password("officer", PASSWORD)
    port = free_port()
    command = [sys.executable, "-c", "from sampan.cli.main import run; run()", "serve", "--node", str(folder)]
    more = ["--port", str(port), "--workers", "2", "--log-format", "json"]
    serving = Popen([*command, *more], stderr=PIPE, text=True)
    site = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{site}/healthz")
        browser = requests.Session()
        form = re.search(r'name="csrf" value="(\w+)"', browser.get(f"{site}/en/sign-in").text)[1]
        said = {"csrf": form, "handle": "officer", "password": PASSWORD, "next": "/en/account"}
        assert browser.post(f"{site}/en/sign-in", data=said, timeout=30).status_code == 200
        jar = browser.cookies.get_dict()
        seen = [requests.get(f"{site}/en/account", cookies=jar, timeout=30).status_code for _ in range(16)]
        assert seen == [200] * 16
        figures = requests.get(f"{site}/metrics", timeout=30).text
        counted = re.search(
            r'requests_total\{method="GET",route="/\{language\}/account",status="200"\} ([\d.]+)', figures
        )
        assert float(counted[1]) == 17, "both workers' requests, whichever answers"
        asked = requests.get(f"{site}/api/v1/press/briefs", timeout=30)
        assert asked.headers["RateLimit-Policy"] == '"default";q=60;w=12', "half of what a stranger may ask"
        wrong = {**said, "handle": "director", "password": "not this one"}
        tried = [
            requests.post(f"{site}/en/sign-in", data=wrong, cookies=_stranger(site, wrong), timeout=30)
            for _ in range(7)
        ]
        assert [each.status_code for each in tried].count(429) >= 1, "they count failures together"
    finally:
        serving.send_signal(signal.SIGTERM)
        _, log = serving.communicate(timeout=60)
    assert '"route": "/{language}/account"' in log
    assert "officer" not in log
    assert "127.0.0.1" not in log.replace(f"127.0.0.1:{port}", "")
    assert "Traceback" not in log


def _stranger(site: str, said: dict[str, str]) -> dict[str, str]:
    """The cookies of another browser, whose form ``said`` becomes. A new connection may come to either worker."""
    browser = requests.Session()
    said["csrf"] = re.search(r'name="csrf" value="(\w+)"', browser.get(f"{site}/en/sign-in").text)[1]
    return browser.cookies.get_dict()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    pytest.fail("nobody answers")
