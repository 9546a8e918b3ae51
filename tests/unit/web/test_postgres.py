"""The site reads from PostgreSQL as it does from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sampan.node import Node
from sampan.records.control import Vouch
from sampan.web.app import create


def test_a_node_in_postgresql_has_the_same_site(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    monkeypatch.setenv("SAMPAN_NODE", str(tmp_path / "node"))
    monkeypatch.setattr("sampan.web.standing.FRESH", 0.0)
    with Node.create(tmp_path / "node", home="FRA") as node, TestClient(create()) as client:
        assert client.get("/readyz").json() == {"ready": True, "size": 0}
        (entry,) = node.session.write("load", [Vouch(place="ITA", day=node.session.today())])
        assert client.get("/ru/ledger.json").json()["size"] == 1
        assert client.get(f"/ru/ledger/entries/{entry.id}.json").json()["holds"]
        assert client.get("/ru/brief").status_code == 200
