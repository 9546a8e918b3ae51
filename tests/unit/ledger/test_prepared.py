"""Statements that are made once: on both kinds of database, with values that are anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, bindparam, insert, select, update

from sampan.ledger.prepared import Prepared
from sampan.ledger.store import Store

THINGS = Table(
    "thing",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("data", LargeBinary),
)
ADD = Prepared(insert(THINGS).inline(), *THINGS.c.keys())
RENAME = Prepared(
    update(THINGS).where(THINGS.c.id == bindparam("of")).values(name=bindparam("said")), "said", "of"
)
FIND = Prepared(select(THINGS.c.id, THINGS.c.data).where(THINGS.c.name == bindparam("called")), "called")


def test_rows_come_back_as_they_went(place: str | Path) -> None:
    """``'); --`` and a per cent sign are values like any other; nothing at all is run for no rows."""
    store = Store(place, patience=10)
    odd = "50 % of '); DROP TABLE thing; --"
    try:
        with store.writing() as connection:
            THINGS.create(connection)
            ADD.run_each(connection, [])
            ADD.run_each(connection, [(1, odd, b"\x00%s"), (2, None, b"")])
            assert FIND.run(connection, odd) == [(1, b"\x00%s")]
            assert RENAME.run(connection, "two", 2) == []
            assert FIND.run(connection, "two") == [(2, b"")]
    finally:
        store.close()


def test_a_statement_whose_values_are_named_in_another_order_is_our_own_mistake(tmp_path: Path) -> None:
    store = Store(tmp_path / "ledger.sqlite", patience=10)
    wrong = Prepared(insert(THINGS).inline(), "name", "id", "data")
    with store.writing() as connection, pytest.raises(AssertionError):
        wrong.run_each(connection, [("one", 1, b"")])
    store.close()
