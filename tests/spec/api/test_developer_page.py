"""The developer's page shows what really runs."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

import sampan
from sampan import client
from sampan.node import Node
from tests.served import ADDRESS, Served, serve

PAGE = (Path(__file__).parents[3] / "docs" / "developer.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of the page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_blocks_of_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "node"
    Node.create(folder, home="CHN").close()
    with Node.open(folder) as node:
        served = serve(node)
        http = served.client("officer")
        monkeypatch.setattr(sampan, "connect", partial(_connect, http))
        known: dict[str, object] = {"folder": folder, "url": ADDRESS, "token": "not needed: the line has it"}
        found = blocks("python")
        assert len(found) == 4
        for block in found:
            exec(compile(block, "docs/developer.md", "exec"), known)


def _connect(http: object, url: str, *, token: str) -> client.Remote:
    remote = client.Remote(url, http=http)  # type: ignore[arg-type]
    remote.close = lambda: None  # type: ignore[method-assign]
    return remote


def test_the_problem_is_one(served: Served) -> None:
    (block,) = blocks("json")
    answer = served.client("viewer").get("/api/v1/assistance/contribution", params={"number": "C-9"})
    assert answer.json() == json.loads(block)


def test_the_requests_are_ones(served: Served) -> None:
    got, posted = blocks("http")
    client_ = served.client("officer")
    assert client_.get(got.split()[1]).status_code == 200
    head, _, body = posted.partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[2:])
    stale = client_.post(head.split()[1], content=body, headers=headers)
    assert stale.status_code == 412, "the ledger has another size than the page's"
    del headers["If-Match"]
    headers["Idempotency-Key"] = '"another"'
    assert client_.post(head.split()[1], content=body, headers=headers).status_code == 200


def test_the_page_of_the_api_and_its_description_are_served(served: Served) -> None:
    page = served.client().get("/api/v1/")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert "<script" not in page.text
    for word in ("problem-stale", "assistance_pledge", "control_situation", "Anybody may read it."):
        assert word in page.text
    described = served.client().get("/api/v1/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert described["paths"]["/api/v1/assistance/pledge"]["post"]["security"] == [{"token": []}]
    assert served.client().post("/api/v1/openapi.json").status_code == 405


def test_the_site_has_the_api() -> None:
    from starlette.testclient import TestClient

    from sampan.node import memory_node
    from sampan.web.app import site
    from tests.signed import QUICK

    answer = TestClient(site(memory_node(), cost=QUICK)).get("/api/v1/exchange/checkpoint")
    assert answer.json()["size"] == 0
    assert "Content-Security-Policy" in answer.headers
