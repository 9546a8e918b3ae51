"""An aid desk at which anybody tries anything, and the power fails: for the test of balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, Table, select

from sampan.access.session import Session
from sampan.access.settings import Settings
from sampan.core.errors import SampanError
from sampan.core.time import StandingClock
from sampan.desks.assistance import batches, depots, journeys, packing, receipts
from sampan.desks.assistance.proposals import propose_by_hand
from sampan.desks.assistance.stock_lists import lot_line
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.node import MEMORY_PEOPLE, Node, read_models
from sampan.records.assistance import LotLine
from sampan.records.movement import Account, Commodity, may_owe
from sampan.records.record import read_record
from sampan.world.account_tables import commodities, commodity, holdings, names
from sampan.world.accounts import balance
from sampan.world.consignments import numbers
from tests.ledgers import KEY, ORIGIN

FIRST = date(2020, 3, 1)
ITEMS = ("mask", "ventilator")
LOTS = ("A", "B", None)
RECIPIENTS = ("ITA", "SRB")
PEOPLE = ("officer", "director", "deputy", "italy", "serbia", "stranger")


Books = dict[tuple[Account, Commodity], int]


class PowerCut(Exception):
    """The power fails in the middle of a write."""


class Fuse:
    """A read model without tables that blows when it was told to: the whole write must be gone."""

    name = "fuse"
    version = 1
    tables: tuple[Table, ...] = ()

    def __init__(self) -> None:
        self.blows = False

    def apply(self, connection: Connection, entry: Entry) -> None:
        if self.blows:
            self.blows = False
            raise PowerCut


class Desk:
    """A node in memory with a fuse, and every act that people there may try."""

    def __init__(self, random: Random) -> None:
        self.random, self.fuse = random, Fuse()
        self.clock = StandingClock(datetime(2020, 3, 26, 12, tzinfo=UTC))
        ledger = Ledger.create(
            "sqlite://", origin=ORIGIN, key=KEY, clock=self.clock, read_models=[*read_models(), self.fuse]
        )
        settings = Settings("CHN", ORIGIN, MEMORY_PEOPLE)
        blobs = Blobs(f"memory://desk{random.random()}")
        session = Session(ledger, blobs, self.clock, "CHN", settings.person("officer"))
        self.node = Node(Path(), settings, session)
        self.ledger = ledger
        self.plans: list[str] = []

    # What people try

    def attempt(self) -> str:
        """One random act by one random person on one random day; says how it ended."""
        act = self.random.choice(self._acts())
        self.fuse.blows = self.random.random() < 0.07
        try:
            act()
        except PowerCut:
            return "cut"
        except SampanError:
            return "refused"
        finally:
            self.fuse.blows = False
        return "done"

    def _acts(self) -> list[Callable[[], object]]:
        often = [self._produce, self._propose, self._approve, self._pack, self._hand_over, self._receive]
        rest = [self._count, self._adjust, self._expire, self._reserve, self._withdraw, self._unpack]
        return often * 3 + rest + [self._split, self._settle, self._progress]

    def _who(self, right: str) -> Session:
        """Mostly the person with the right."""
        handle = right if self.random.random() < 0.85 else self.random.choice(PEOPLE)
        return self.node.on_behalf_of(handle)

    def _day(self) -> date:
        return FIRST + timedelta(days=self.random.choice((0, 5, 5, 10, 10, 10, 20)))

    def _units(self) -> int:
        return self.random.choice((0, 1, 7, 50, 50, 100, 400))

    def _item(self) -> str:
        return self.random.choice(ITEMS)

    def _number(self) -> str:
        known = numbers(self.ledger)
        return self.random.choice(known[-6:]) if known else "1-ITA"

    def _line(self, least: int = 1) -> LotLine:
        lot = self.random.choice(LOTS)
        expiry = FIRST + timedelta(days=12) if lot == "B" else None
        return lot_line(self._item(), self._units(), lot=lot, expiry=expiry, least=least)

    def _produce(self) -> None:
        line = replace(self._line(), units=self.random.choice((50, 400, 400, 2000)))
        depots.produce(self._who("officer"), [line], source="Works", day=self._day())

    def _count(self) -> None:
        found = [(self._line(0), self.random.choice(("", "recount")))]
        depots.count(
            self._who("officer"), found, whole_depot=self.random.random() < 0.2, reason="x", day=self._day()
        )  # type: ignore[arg-type]

    def _adjust(self) -> None:
        change = self.random.choice((-400, -7, -1, 1, 30))
        depots.adjust(self._who("officer"), self._line(), change, reason="recount", day=self._day())

    def _expire(self) -> None:
        depots.expire(self._who("officer"), day=self._day())

    def _reserve(self) -> None:
        depots.reserve(self._who("officer"), self._item(), self._units(), reason="home", day=self._day())

    def _propose(self) -> None:
        wanted = [
            (recipient, item, self._units() or 3)
            for recipient in RECIPIENTS
            for item in ITEMS
            if self.random.random() < 0.4
        ]
        day = max(self._day(), FIRST + timedelta(days=10))  # batches follow each other
        self.plans.append(propose_by_hand(self._who("officer"), wanted, reason="appeal", day=day))

    def _approve(self) -> None:
        plan = self.random.choice(self.plans[-3:]) if self.plans else None
        part = self.random.choice(((), (), ("ITA",), ("SRB",)))
        batches.approve(self._who("director"), plan, recipients=part)

    def _pack(self) -> None:
        lots = [self._line()] if self.random.random() < 0.2 else []
        packing.pack(self._who("officer"), self._number(), lots=lots, day=self._day())

    def _unpack(self) -> None:
        packing.unpack(self._who("officer"), self._number(), reason="no flight", day=self._day())

    def _withdraw(self) -> None:
        packing.withdraw(self._who("officer"), self._number(), reason="declined", day=self._day())

    def _split(self) -> None:
        off = {self._item(): self._units()}
        packing.split(self._who("officer"), self._number(), off, reason="no room", day=self._day())

    def _hand_over(self) -> None:
        journeys.hand_over(
            self._who("officer"),
            self._number(),
            mode="air",
            carrier="CA",
            waybill=str(self.random.randrange(10_000)),
            origin="PVG",
            destination="FCO",
            day=self._day(),
        )

    def _progress(self) -> None:
        state = self.random.choice(("in transit", "arrived", "cleared"))
        journeys.progress(self._who("officer"), self._number(), state, place="X", day=self._day())  # type: ignore[arg-type]

    def _receive(self) -> None:
        number = self._number()
        session = self._who("italy" if "ITA" in number else "serbia")
        if self.random.random() < 0.4:
            receipts.receive_all(session, number, day=self._day())
            return
        found = receipts.Found(
            self._item(),
            good=self._units(),
            damaged=self.random.choice((0, 0, 3)),
            missing=self.random.choice((0, 0, 2)),
            lot=self.random.choice(LOTS),
            reason=self.random.choice(("", "wet")),
        )
        receipts.receive(session, number, [found], day=self._day())

    def _settle(self) -> None:
        number = self._number()
        outcome = self.random.choice(("found", "lost", "returned"))
        session = self._who("officer" if outcome != "found" else "italy")
        units = self.random.choice((1, 2, 5))
        receipts.settle(session, number, self._item(), units, outcome, reason="x", day=self._day())  # type: ignore[arg-type]

    # What must hold

    def books(self) -> Books:
        """What every account holds, as the desk sees it."""
        return {(one.account, one.commodity): one.quantity for one in balance(self.ledger)}

    def kept(self) -> Books:
        """What every account holds, by the table that cover is asked of."""
        held = holdings.c
        goods = [commodities.c[name] for name in ("kind", "item", "lot", "expiry", "earmark")]
        query = (
            select(names.c.name, held.quantity, *goods)
            .join(names, names.c.id == held.account)
            .join(commodities, commodities.c.id == held.commodity)
            .where(held.quantity != 0)
        )
        with self.ledger.reading() as connection:
            rows = connection.execute(query).all()
        return {(row.name, commodity(*row[2:])): row.quantity for row in rows}

    def replayed(self) -> Books:
        """The slow oracle: the whole log, record by record; on no day is an account below zero."""
        by_day: dict[tuple[Account, Commodity], dict[date, int]] = defaultdict(lambda: defaultdict(int))
        for entry in self.ledger.entries():
            for moved in read_record(entry.kind, entry.body).movements():
                day = entry.effective.date()
                by_day[moved.giver, moved.commodity][day] -= moved.quantity
                by_day[moved.taker, moved.commodity][day] += moved.quantity
        for (account, what), changes in by_day.items():
            left = 0
            for day in sorted(changes):
                left += changes[day]
                assert left >= 0 or may_owe(account), f"{account} held {left} {what} on {day}"
        return {key: sum(changes.values()) for key, changes in by_day.items() if sum(changes.values())}


def unbalanced(books: Books) -> Iterator[str]:
    """Commodities whose sum is not zero, and accounts below zero that may not be."""
    sums: dict[Commodity, int] = defaultdict(int)
    for (account, what), quantity in books.items():
        sums[what] += quantity
        if quantity < 0 and not may_owe(account):
            yield f"{account} holds {quantity} {what}"
    yield from (f"{what} sums to {total}" for what, total in sums.items() if total)
