"""How are a million movements summed at once? As columns in memory, read once and then only lengthened."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Select, Table, select

from sampan.core.portions import MOST
from sampan.ledger.entry import milliseconds
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.consignments import batch_of, recipient_of
from sampan.records.movement import Account, Commodity
from sampan.world import account_tables as tables

_FIELDS = ("position", "day", "recorded", "giver", "taker", "commodity", "quantity")

_OF_CONSIGNMENTS = frozenset({"allotted", "packed", "transit", "claim"})


def _none() -> np.ndarray:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Coded:
    """Words as numbers: ``code[i]`` is the place in ``words`` of the i-th thing's word."""

    words: tuple[str, ...] = ()
    code: np.ndarray = field(default_factory=_none)

    def and_then(self, words: Sequence[str]) -> Coded:
        """The same, with more things at the end."""
        places = {word: place for place, word in enumerate(dict.fromkeys([*self.words, *words]))}
        new = np.fromiter((places[word] for word in words), np.int64, len(words))
        return Coded(tuple(places), np.concatenate([self.code, new]))

    def among(self, words: Iterable[str]) -> np.ndarray:
        """(things,): whether each has one of ``words``."""
        words = set(words)
        wanted = [place for place, word in enumerate(self.words) if word in words]
        return np.isin(self.code, wanted)


@dataclass(frozen=True)
class Columns:
    """Movements in the order of the log, one value per movement in each array (int64).

    ``giver`` and ``taker`` are places in ``accounts``, ``commodity`` in ``commodities``; ``day`` counts from
    1 January of year 1, ``recorded`` in ms since 1970 and never falls. ``kind``, ``party`` and ``batch`` have
    one value per account: a consignment's accounts are of its recipient and batch, another's party is what
    follows the colon. ``what`` and ``item`` have one per commodity: its kind, and its item.
    """

    position: np.ndarray = field(default_factory=_none)
    day: np.ndarray = field(default_factory=_none)
    recorded: np.ndarray = field(default_factory=_none)
    giver: np.ndarray = field(default_factory=_none)
    taker: np.ndarray = field(default_factory=_none)
    commodity: np.ndarray = field(default_factory=_none)
    quantity: np.ndarray = field(default_factory=_none)
    accounts: tuple[Account, ...] = ()
    commodities: tuple[Commodity, ...] = ()
    kind: Coded = Coded()
    party: Coded = Coded()
    batch: np.ndarray = field(default_factory=_none)
    what: Coded = Coded()
    item: Coded = Coded()

    def rows(self, *, as_of: date | None = None, known_on: datetime | None = None) -> np.ndarray:
        """Places of the movements that were true on the day ``as_of`` and known at the moment ``known_on``."""
        end = len(self.position)
        if known_on is not None:
            end = int(np.searchsorted(self.recorded, milliseconds(known_on), side="right"))
        if as_of is None:
            return np.arange(end)
        return np.nonzero(self.day[:end] <= tables.day_of(as_of))[0]

    def changes(self, account: Account, commodity: Commodity) -> dict[date, int]:
        """By how much each day changes what ``account`` holds of ``commodity``."""
        if account not in self.accounts or commodity not in self.commodities:
            return {}
        me, what = self.accounts.index(account), self.commodities.index(commodity)
        found: dict[date, int] = defaultdict(int)
        for side, sign in ((self.taker, 1), (self.giver, -1)):
            rows = np.flatnonzero((side == me) & (self.commodity == what))
            for day, quantity in zip(self.day[rows].tolist(), self.quantity[rows].tolist(), strict=True):
                found[date.fromordinal(day)] += sign * quantity
        return found

    def of_accounts(self, wanted: Callable[[Account], bool]) -> np.ndarray:
        """(accounts,): whether each is ``wanted``."""
        return np.fromiter(map(wanted, self.accounts), bool, len(self.accounts))

    def of_commodities(self, wanted: Callable[[Commodity], bool]) -> np.ndarray:
        """(commodities,): whether each is ``wanted``."""
        return np.fromiter(map(wanted, self.commodities), bool, len(self.commodities))


class _Cache:
    """The columns of one open ledger, and the places of what the tables name by number."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.accounts: dict[int, int] = {}
        self.commodities: dict[int, int] = {}
        self.columns = Columns()

    def refresh(self, connection: Connection) -> None:
        """Takes in what was recorded since."""
        held = self.columns
        new = _read(connection, int(held.position[-1]) if len(held.position) else -1)
        if not len(new.position):
            return
        accounts = self._accounts(connection, np.union1d(new.giver, new.taker))
        goods = self._commodities(connection, np.unique(new.commodity))
        arrays = vars(new) | {
            "giver": _places(new.giver, self.accounts),
            "taker": _places(new.taker, self.accounts),
            "commodity": _places(new.commodity, self.commodities),
        }
        parted = [_parted(name) for name in accounts]
        self.columns = Columns(
            **{name: np.concatenate([getattr(held, name), arrays[name]]) for name in _FIELDS},
            accounts=held.accounts + tuple(accounts),
            commodities=held.commodities + tuple(goods),
            kind=held.kind.and_then([kind for kind, _, _ in parted]),
            party=held.party.and_then([party for _, party, _ in parted]),
            batch=np.concatenate([held.batch, np.array([batch for _, _, batch in parted], np.int64)]),
            what=held.what.and_then([one.kind for one in goods]),
            item=held.item.and_then([one.item for one in goods]),
        )

    def _accounts(self, connection: Connection, ids: np.ndarray) -> list[Account]:
        rows = _named(connection, tables.names, ids, self.accounts)
        return [name for _, name in rows]

    def _commodities(self, connection: Connection, ids: np.ndarray) -> list[Commodity]:
        rows = _named(connection, tables.commodities, ids, self.commodities)
        return [tables.commodity(*said) for _, *said in rows]


def _parted(name: Account) -> tuple[str, str, int]:
    """Kind, party and batch of an account; 0 where there is no batch."""
    kind, _, rest = name.partition(":")
    if kind in _OF_CONSIGNMENTS:
        return kind, recipient_of(rest), batch_of(rest)
    return kind, rest, batch_of(rest) if kind == "batch" else 0


@dataclass(frozen=True)
class _New:
    """Movements as the tables have them: accounts and commodities by their numbers there."""

    position: np.ndarray
    day: np.ndarray
    recorded: np.ndarray
    giver: np.ndarray
    taker: np.ndarray
    commodity: np.ndarray
    quantity: np.ndarray


def _read(connection: Connection, after: int) -> _New:
    """The movements of entries after position ``after``."""
    table = tables.movements.c
    query = select(table.position, table.day, table.recorded, table.moved)
    rows = _rows(connection, query.where(table.position > after).order_by(table.position))
    position, day, recorded, packed = zip(*rows, strict=True) if rows else ((), (), (), ())
    moved = np.frombuffer(b"".join(packed), "<i8").astype(np.int64).reshape(-1, 4)
    many = np.fromiter(map(len, packed), np.int64, len(packed)) // tables.MOVED.size
    each = (np.repeat(np.array(column, np.int64), many) for column in (position, day, recorded))
    return _New(*each, *moved.T)


def _rows(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """The rows as the driver gives them, which is several times sooner than one by one."""
    with connection.execute(query) as result:
        return list(result.cursor.fetchall())


def _named(
    connection: Connection, table: Table, ids: np.ndarray, places: dict[int, int]
) -> list[tuple[Any, ...]]:
    """The rows of ``table`` with those ``ids`` that have no place yet; each is given the next."""
    unseen = set(ids.tolist()) - places.keys()
    query = select(table)
    if len(unseen) <= MOST:
        query = query.where(table.c.id.in_(sorted(unseen)))
    rows = [row for row in _rows(connection, query) if row[0] in unseen]
    before = len(places)
    places.update((row[0], before + place) for place, row in enumerate(rows))
    return rows


def _places(ids: np.ndarray, places: dict[int, int]) -> np.ndarray:
    distinct, where = np.unique(ids, return_inverse=True)
    return np.array([places[id] for id in distinct.tolist()], dtype=np.int64)[where]


_CACHES: WeakKeyDictionary[Ledger, _Cache] = WeakKeyDictionary()


def columns(ledger: Ledger, connection: Connection | None = None) -> Columns:
    """Every movement that ``ledger`` holds now; read on ``connection`` by who is in the middle of a write."""
    cache = _CACHES.setdefault(ledger, _Cache())
    with cache.lock, nullcontext(connection) if connection is not None else ledger.reading() as at:
        cache.refresh(at)
        return cache.columns
