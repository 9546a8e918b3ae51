"""In which tables do the accounts lie? Folded from the movements of every record, in the writer's transaction."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    case,
    insert,
)

from sampan.ledger.entry import Entry, milliseconds
from sampan.ledger.prepared import Prepared
from sampan.records.movement import Account, Commodity, Kind
from sampan.records.record import Record, kinds

metadata = MetaData()

names = Table(
    "account_name",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)

commodities = Table(
    "account_commodity",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("item", Text, nullable=False),
    Column("lot", Text),
    Column("expiry", String(10)),
    Column("earmark", Text),
)

movements = Table(
    "account_movement",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("moved", LargeBinary, nullable=False),
)
"""One row per entry that moves something; ``position`` is the entry's, ``day`` counts from 1 January of year 1,
``recorded`` in ms since 1970. ``moved`` holds giver, taker, commodity and quantity of each of its movements as
64-bit whole numbers, small end first: an entry's movements are only ever read together, and a million of them are
read in a second."""

MOVED = struct.Struct("<4q")

holdings = Table(
    "account_holding",
    metadata,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
    Column("commodity", BigInteger, primary_key=True, autoincrement=False),
    Column("quantity", BigInteger, nullable=False),
    Column("last_day", Integer, nullable=False),
)
"""What each account holds by all that is recorded, and the latest day on which it moved."""


@lru_cache(maxsize=65_536)
def account_id(account: Account) -> int:
    """The number under which an account stands in the tables: 63 bits of a digest, the same in every node."""
    return _number(account)


@lru_cache(maxsize=65_536)
def commodity_id(commodity: Commodity) -> int:
    """The number under which a commodity stands in the tables."""
    parts = (commodity.kind, commodity.item, commodity.lot, commodity.expiry, commodity.earmark)
    return _number("\x1f".join("" if part is None else str(part) for part in parts))


@lru_cache(maxsize=65_536)
def commodity(kind: Kind, item: str, lot: str | None, expiry: str | None, earmark: str | None) -> Commodity:
    """The commodity in a row of its table."""
    return Commodity(kind, item, lot, date.fromisoformat(expiry) if expiry else None, earmark)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def day_of(day: date) -> int:
    """The number of a calendar day in the tables."""
    return day.toordinal()


class Accounts:
    """The read model: every movement, and what each account holds."""

    name = "accounts"
    version = 2
    tables: Sequence[Table] = (names, commodities, movements, holdings)

    def apply(self, connection: Connection, entry: Entry) -> None:
        """Takes in what ``entry`` moves."""
        self.apply_all(connection, [entry])

    def apply_all(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Takes in what ``entries`` move, in their order."""
        rows: list[tuple[int, int, int, bytes]] = []
        accounts: dict[int, Account] = {}
        goods: dict[int, Commodity] = {}
        changes: dict[tuple[int, int], list[int]] = {}
        for entry in entries:
            day, packed = day_of(entry.effective.date()), []
            for moved in _record(entry).movements():
                giver, taker = account_id(moved.giver), account_id(moved.taker)
                what = commodity_id(moved.commodity)
                accounts[giver], accounts[taker] = moved.giver, moved.taker
                goods[what] = moved.commodity
                packed.append(MOVED.pack(giver, taker, what, moved.quantity))
                for key, quantity in (((giver, what), -moved.quantity), ((taker, what), moved.quantity)):
                    if change := changes.get(key):
                        change[0] += quantity
                        change[1] = max(change[1], day)
                    else:
                        changes[key] = [quantity, day]
            if packed:
                rows.append((entry.index, day, milliseconds(entry.recorded), b"".join(packed)))
        if not rows:
            return
        _ADD.run_each(connection, rows)
        name_account, name_commodity, change_holding = _ways(connection.dialect.name)
        name_account.run_each(connection, sorted(accounts.items()))
        name_commodity.run_each(connection, [_row(id, goods[id]) for id in sorted(goods)])
        change_holding.run_each(connection, [(*key, *change) for key, change in sorted(changes.items())])


_NOTHING = Record()


def _record(entry: Entry) -> Record:
    """The record in ``entry``; one that moves nothing if this Sampan does not know its kind."""
    known = kinds().get(entry.kind)
    if known is None or known.movements is Record.movements:
        return _NOTHING
    return known.read(entry.body)


def _row(id: int, what: Commodity) -> tuple[int, str, str, str | None, str | None, str | None]:
    expiry = what.expiry.isoformat() if what.expiry else None
    return id, what.kind, what.item, what.lot, expiry, what.earmark


@lru_cache
def _ways(dialect: str) -> tuple[Prepared, Prepared, Prepared]:
    """To name an account and a commodity, unless it has its name, and to change what an account holds."""
    from sqlalchemy.dialects import postgresql, sqlite

    new: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    once = (new(table).on_conflict_do_nothing(index_elements=["id"]) for table in (names, commodities))
    change = new(holdings)
    later = case(
        (change.excluded.last_day > holdings.c.last_day, change.excluded.last_day),
        else_=holdings.c.last_day,
    )
    summed = change.on_conflict_do_update(
        index_elements=["account", "commodity"],
        set_={"quantity": holdings.c.quantity + change.excluded.quantity, "last_day": later},
    )
    return tuple(Prepared(each.inline(), *each.table.c.keys()) for each in (*once, summed))  # type: ignore[return-value]


_ADD = Prepared(insert(movements).inline(), *movements.c.keys())
