"""How are a million movements summed at once? As columns in memory, read once and then only lengthened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, select

from sampan.ledger.entry import milliseconds
from sampan.ledger.ledger import Ledger
from sampan.records.movement import Account, Commodity
from sampan.world import account_tables as tables

_FIELDS = ("position", "day", "recorded", "giver", "taker", "commodity", "quantity")


@dataclass(frozen=True)
class Columns:
    """Movements in the order of the log, one value per movement in each array (int64).

    ``giver`` and ``taker`` are places in ``accounts``, ``commodity`` in ``commodities``; ``day`` counts from
    1 January of year 1, ``recorded`` in ms since 1970 and never falls.
    """

    position: np.ndarray
    day: np.ndarray
    recorded: np.ndarray
    giver: np.ndarray
    taker: np.ndarray
    commodity: np.ndarray
    quantity: np.ndarray
    accounts: tuple[Account, ...]
    commodities: tuple[Commodity, ...]

    def rows(self, *, as_of: date | None = None, known_on: datetime | None = None) -> np.ndarray:
        """Places of the movements that were true on the day ``as_of`` and known at the moment ``known_on``."""
        end = len(self.position)
        if known_on is not None:
            end = int(np.searchsorted(self.recorded, milliseconds(known_on), side="right"))
        if as_of is None:
            return np.arange(end)
        return np.nonzero(self.day[:end] <= tables.day_of(as_of))[0]

    def of_accounts(self, wanted: Callable[[Account], bool]) -> np.ndarray:
        """(accounts,): whether each is ``wanted``."""
        return np.fromiter(map(wanted, self.accounts), bool, len(self.accounts))

    def of_commodities(self, wanted: Callable[[Commodity], bool]) -> np.ndarray:
        """(commodities,): whether each is ``wanted``."""
        return np.fromiter(map(wanted, self.commodities), bool, len(self.commodities))


class _Cache:
    """The columns of one open ledger."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.accounts: dict[int, int] = {}
        self.commodities: dict[int, int] = {}
        empty = {name: np.empty(0, np.int64) for name in _FIELDS}
        self.columns = Columns(**empty, accounts=(), commodities=())

    def refresh(self, connection: Connection) -> None:
        held = self.columns
        last = int(held.position[-1]) if len(held.position) else -1
        new = _read(connection, last)
        if not len(new):
            return
        accounts = self._names(connection, new)
        commodities = self._commodities(connection, new)
        arrays = {name: new[:, place] for place, name in enumerate(_FIELDS)}
        arrays["giver"] = _places(arrays["giver"], self.accounts)
        arrays["taker"] = _places(arrays["taker"], self.accounts)
        arrays["commodity"] = _places(arrays["commodity"], self.commodities)
        joined = {name: np.concatenate([getattr(held, name), values]) for name, values in arrays.items()}
        self.columns = Columns(
            **joined, accounts=held.accounts + accounts, commodities=held.commodities + commodities
        )

    def _names(self, connection: Connection, new: np.ndarray) -> tuple[Account, ...]:
        unseen = set(np.unique(new[:, 3:5]).tolist()) - self.accounts.keys()
        found = dict(map(tuple, _named(connection, tables.names, unseen)))
        return tuple(_numbered(found, self.accounts))

    def _commodities(self, connection: Connection, new: np.ndarray) -> tuple[Commodity, ...]:
        unseen = set(np.unique(new[:, 5]).tolist()) - self.commodities.keys()
        found = {
            id: Commodity(kind, item, lot, date.fromisoformat(expiry) if expiry else None, earmark)
            for id, kind, item, lot, expiry, earmark in _named(connection, tables.commodities, unseen)
        }
        return tuple(_numbered(found, self.commodities))


def _read(connection: Connection, after: int) -> np.ndarray:
    """(movements, 7): the fields of the movements of entries after position ``after``."""
    table = tables.movements
    query = (
        select(*(table.c[name] for name in _FIELDS))
        .where(table.c.position > after)
        .order_by(table.c.position, table.c.line)
    )
    with connection.execute(query) as result:
        rows = result.cursor.fetchall()
    return np.array(rows, dtype=np.int64).reshape(-1, len(_FIELDS))


def _named(connection: Connection, table, unseen: set[int]):  # type: ignore[no-untyped-def]
    """The rows of ``table`` with the ids ``unseen``: one by one while they are few."""
    query = select(table).order_by(table.c.id)
    if len(unseen) <= 500:
        query = query.where(table.c.id.in_(sorted(unseen)))
    return [row for row in connection.execute(query) if row.id in unseen]


def _numbered(found: dict, places: dict[int, int]) -> list:  # type: ignore[type-arg]
    """Gives what was found the next places, in the order of its id."""
    for id in found:
        places[id] = len(places)
    return list(found.values())


def _places(ids: np.ndarray, places: dict[int, int]) -> np.ndarray:
    distinct, where = np.unique(ids, return_inverse=True)
    return np.array([places[id] for id in distinct.tolist()], dtype=np.int64)[where]


_CACHES: WeakKeyDictionary[Ledger, _Cache] = WeakKeyDictionary()


def columns(ledger: Ledger) -> Columns:
    """Every movement that ``ledger`` holds now."""
    cache = _CACHES.setdefault(ledger, _Cache())
    with cache.lock, ledger.reading() as connection:
        cache.refresh(connection)
        return cache.columns
