"""A node that the first Sampan with a site made opens in this one, and nothing that it recorded is lost."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from sampan.core.time import StandingClock
from sampan.desks.assistance.plan import read_plan
from sampan.node import Node
from sampan.records.assistance import LotLine, Plan

CLOCK = StandingClock(datetime(2020, 3, 5, 12, tzinfo=UTC))

LOG = """
CREATE TABLE ledger_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT ledger_version_pkc PRIMARY KEY (version_num));
CREATE TABLE ledger_entry (
    position INTEGER NOT NULL, id VARCHAR(36) NOT NULL, kind VARCHAR(200) NOT NULL, effective BIGINT NOT NULL,
    recorded BIGINT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (position), UNIQUE (id));
CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, position);
CREATE TABLE ledger_tile (
    level INTEGER NOT NULL, number BIGINT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (level, number));
CREATE TABLE ledger_head (
    id INTEGER NOT NULL, size BIGINT NOT NULL, checkpoint TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE ledger_read_model (
    name VARCHAR(200) NOT NULL, version INTEGER NOT NULL, applied BIGINT NOT NULL, PRIMARY KEY (name));
INSERT INTO ledger_version VALUES ('0001');
"""
"""The log's own tables as that Sampan made them: c31194b, of November 2026."""

FOLDED = """
CREATE TABLE account_name (id BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));
CREATE TABLE account_commodity (
    id BIGINT NOT NULL, kind VARCHAR(20) NOT NULL, item TEXT NOT NULL, lot TEXT, expiry VARCHAR(10),
    earmark TEXT, PRIMARY KEY (id));
CREATE TABLE account_movement (
    position BIGINT NOT NULL, line INTEGER NOT NULL, day INTEGER NOT NULL, recorded BIGINT NOT NULL,
    giver BIGINT NOT NULL, taker BIGINT NOT NULL, commodity BIGINT NOT NULL, quantity BIGINT NOT NULL,
    PRIMARY KEY (position, line));
CREATE TABLE account_holding (
    account BIGINT NOT NULL, commodity BIGINT NOT NULL, quantity BIGINT NOT NULL, last_day INTEGER NOT NULL,
    PRIMARY KEY (account, commodity));
CREATE TABLE consignment_event (
    position BIGINT NOT NULL, consignment TEXT NOT NULL, kind TEXT NOT NULL, effective BIGINT NOT NULL,
    recorded BIGINT NOT NULL, waybill TEXT, PRIMARY KEY (position, consignment));
INSERT INTO ledger_read_model VALUES ('accounts', 1, 2), ('consignments', 1, 2);
"""
"""Its read models: what they hold is made anew from the log, whatever it was."""

PLAN = {
    "day": "2020-03-05",
    "policy": "solidarity",
    "lines": [
        {
            "recipient": "ITA",
            "name": "Italy",
            "region": "EURO",
            "item": "mask",
            "week": 1,
            "units": 2000,
            "cartons": 1,
            "next_pack": 1.0,
            "last_pack": 2.0,
            "price": 1.5,
            "chance_short": 0.1,
            "binding": ["stock"],
        }
    ],
    "home": [{"item": "mask", "reserve": 10, "at_hand": 5000, "left": 3000, "covered": True}],
    "coverage": [{"recipient": "ITA", "name": "Italy", "item": "mask", "before": 0.1, "after": 0.5}],
    "conflicts": [],
    "objective": 1.0,
    "lower_bound": 1.0,
    "nothing_sent": 2.0,
    "assumptions": [],
}
"""The table of a plan of then: no grounds, no transfers, and less about home."""


def made_then(folder: Path) -> None:
    """A node with two entries, in the tables of then."""
    file = folder / "ledger.sqlite"
    with Node.create(folder, home="FRA", clock=CLOCK) as node:
        node.assistance.produce([LotLine(item="mask", units=5000)], source="Works 1")
        table = node.session.keep("plan.json", json.dumps(PLAN).encode())
        plan = Plan(
            day=date(2020, 3, 5),
            weeks=8,
            policy="solidarity",
            recipients=1,
            lines=1,
            objective=1.0,
            lower_bound=1.0,
            table=table,
        )
        node.session.write("plan", [plan], effective=plan.day)
    with closing(sqlite3.connect(file)) as today:
        kept = {
            table: today.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in ("ledger_entry", "ledger_tile", "ledger_head")
        }
    for each in folder.glob("ledger.sqlite*"):
        each.unlink()
    with closing(sqlite3.connect(file)) as then:
        then.executescript(LOG + FOLDED)
        for table, rows in kept.items():
            then.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
        then.commit()


def test_it_is_brought_up_to_date_and_goes_on(tmp_path: Path) -> None:
    made_then(tmp_path / "n")
    with Node.open(tmp_path / "n", clock=CLOCK) as node:
        ledger = node.session.ledger
        assert ledger.verify().entries == 2
        ledger.verify_models()
        assert [(held.item, held.at_hand) for held in node.assistance.stock().items] == [("mask", 5000)]
        node.assistance.produce([LotLine(item="mask", units=1)], source="Works 1")
        assert ledger.verify().entries == 3


def test_its_plans_are_read_and_what_they_did_not_say_is_not_nought(tmp_path: Path) -> None:
    made_then(tmp_path / "n")
    with Node.open(tmp_path / "n", clock=CLOCK) as node:
        [entry] = node.session.ledger.entries(kind=Plan.kind)
        plan = read_plan(node.session, Plan.read(entry.body))
    assert [(line.recipient, line.grounds) for line in plan.lines] == [("ITA", ())]
    assert [(line.reserve, line.need, line.produced) for line in plan.home] == [(10, None, None)]


def test_the_first_tables_of_the_log_stay_what_they_were(tmp_path: Path) -> None:
    """Whoever changes them writes another migration, or the nodes that there are would be left behind."""
    Node.create(tmp_path / "n", home="FRA", clock=CLOCK).close()
    with (
        closing(sqlite3.connect(tmp_path / "n" / "ledger.sqlite")) as now,
        closing(sqlite3.connect(":memory:")) as then,
    ):
        then.executescript(LOG)
        for (table,) in then.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            asked = f"SELECT name, type, pk FROM pragma_table_info('{table}')"
            assert now.execute(asked).fetchall() == then.execute(asked).fetchall(), table
