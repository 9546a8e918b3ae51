"""How are a million movements summed at once? As columns in memory, read once and then only lengthened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Table, select

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
        wanted = [place for place, word in enumerate(self.words) if word in set(words)]
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
        held = self.columns
        last = int(held.position[-1]) if len(held.position) else -1
        new = _read(connection, last)
        if not len(new):
            return
        accounts = self._accounts(connection, new[:, 3:5])
        goods = self._commodities(connection, new[:, 5])
        new[:, 3:5] = _places(new[:, 3:5], self.accounts)
        new[:, 5] = _places(new[:, 5], self.commodities)
        joined = {
            name: np.concatenate([getattr(held, name), new[:, place]]) for place, name in enumerate(_FIELDS)
        }
        parted = [_parted(name) for name in accounts]
        self.columns = Columns(
            **joined,
            accounts=held.accounts + tuple(accounts),
            commodities=held.commodities + tuple(goods),
            kind=held.kind.and_then([kind for kind, _, _ in parted]),
            party=held.party.and_then([party for _, party, _ in parted]),
            batch=np.concatenate([held.batch, np.array([batch for _, _, batch in parted], np.int64)]),
            what=held.what.and_then([one.kind for one in goods]),
            item=held.item.and_then([one.item for one in goods]),
        )

    def _accounts(self, connection: Connection, ids: np.ndarray) -> list[Account]:
        unseen = set(np.unique(ids).tolist()) - self.accounts.keys()
        rows = _named(connection, tables.names, unseen)
        before = len(self.accounts)
        self.accounts.update((row.id, before + place) for place, row in enumerate(rows))
        return [row.name for row in rows]

    def _commodities(self, connection: Connection, ids: np.ndarray) -> list[Commodity]:
        unseen = set(np.unique(ids).tolist()) - self.commodities.keys()
        rows = _named(connection, tables.commodities, unseen)
        before = len(self.commodities)
        self.commodities.update((row.id, before + place) for place, row in enumerate(rows))
        return [tables.commodity(*row[1:]) for row in rows]


def _parted(name: Account) -> tuple[str, str, int]:
    """Kind, party and batch of an account; 0 where there is no batch."""
    kind, _, rest = name.partition(":")
    if kind in _OF_CONSIGNMENTS:
        return kind, recipient_of(rest), batch_of(rest)
    return kind, rest, int(rest) if kind == "batch" else 0


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


def _named(connection: Connection, table: Table, unseen: set[int]) -> list[Any]:
    """The rows of ``table`` with the ids ``unseen``, in their order."""
    query = select(table).order_by(table.c.id)
    if len(unseen) <= 500:
        query = query.where(table.c.id.in_(sorted(unseen)))
    return [row for row in connection.execute(query) if row.id in unseen]


def _places(ids: np.ndarray, places: dict[int, int]) -> np.ndarray:
    distinct, where = np.unique(ids, return_inverse=True)
    return np.array([places[id] for id in distinct.tolist()], dtype=np.int64)[where].reshape(ids.shape)


_CACHES: WeakKeyDictionary[Ledger, _Cache] = WeakKeyDictionary()


def columns(ledger: Ledger) -> Columns:
    """Every movement that ``ledger`` holds now."""
    cache = _CACHES.setdefault(ledger, _Cache())
    with cache.lock, ledger.reading() as connection:
        cache.refresh(connection)
        return cache.columns
