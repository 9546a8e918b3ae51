"""The ledger lives where the operator says: in any folder, or in PostgreSQL."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sampan.core.errors import InputError, NodeError
from sampan.core.time import StandingClock
from sampan.desks.control.reports import load
from sampan.node import Node

CLOCK = StandingClock(datetime(2020, 3, 5, 12, tzinfo=UTC))
FILE = {"a_confirmed.csv": b"Province/State,Country/Region,Lat,Long,3/1/20\n,Italy,0,0,5\n"}


@pytest.mark.parametrize("name", ["an office", "office? #1", "办公室", "l'ufficio %20"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    with Node.create(tmp_path / name, home="ITA", clock=CLOCK) as node:
        load(node.session, FILE)
    with Node.open(tmp_path / name, clock=CLOCK) as node:
        assert node.session.ledger.verify().entries == 1
    assert (tmp_path / name / "ledger.sqlite").is_file()


def test_postgresql_holds_the_ledger_if_it_is_named(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    with Node.create(tmp_path / "n", home="ITA", clock=CLOCK) as node:
        entry = load(node.session, FILE).entry
    with Node.open(tmp_path / "n", clock=CLOCK) as node:
        assert node.session.ledger.get(entry).kind == "control.reports"
        assert node.session.ledger.verify().entries == 1
    assert not (tmp_path / "n" / "ledger.sqlite").exists()
    with pytest.raises(InputError):
        Node.create(tmp_path / "other", home="ITA", clock=CLOCK)
    assert not (tmp_path / "other").exists()
    monkeypatch.delenv("SAMPAN_DATABASE_URL")
    Node.create(tmp_path / "second", home="FRA", clock=CLOCK).close()
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    with pytest.raises(NodeError, match=r"of another node, sampan/ita/.* this is sampan/fra/") as caught:
        Node.open(tmp_path / "second", clock=CLOCK)
    assert "SAMPAN_DATABASE_URL" in caught.value.way_out
    assert "verify" not in str(caught.value)


def test_a_database_that_holds_no_ledger_is_not_called_damaged(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Node.create(tmp_path / "n", home="ITA", clock=CLOCK).close()
    monkeypatch.setenv("SAMPAN_DATABASE_URL", postgres_url)
    with pytest.raises(NodeError, match="There is no ledger at postgresql://") as caught:
        Node.open(tmp_path / "n", clock=CLOCK)
    assert "SAMPAN_DATABASE_URL" in caught.value.way_out
