"""How fast is any public figure, and how fast are receipts posted, when the ledger is large?

``python -m bench assistance --size tiny|small|ordinary|full``. A year of aid: consignments decided, packed,
handed over, on their way and signed for in parts, production and gifts. On SQLite in a temporary folder, and on
the empty PostgreSQL database that ``SAMPAN_BENCH_DATABASE`` names, if it does. A cold figure opens the ledger,
asks, and has nothing in memory; a warm one asks again for other days. Receipts of 50 lines are posted through
the desk's own act with every check, one in a write and 50 in a write. Time is CPU time of this process, and by
the clock, which also counts the disk, the database server and whoever else uses the machine.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sampan.access.people import Person
from sampan.access.session import Session
from sampan.core.time import StandingClock
from sampan.desks.assistance.figures import NAMES, figure
from sampan.desks.assistance.receipts import Found, Note, receive_many
from sampan.ledger.blobs import Blobs
from sampan.ledger.entry import Draft
from sampan.ledger.ledger import Ledger
from sampan.ledger.signing import SigningKey
from sampan.node import read_models
from sampan.records.assistance import (
    Consignment,
    ConsignmentLine,
    Contribution,
    Delivery,
    Handover,
    Line,
    LotLine,
    Packing,
    Production,
    Progress,
    Receipt,
    ReceiptLine,
)
from sampan.records.movement import Commodity, Movement
from sampan.records.record import Record
from sampan.world.places import places

Row = dict[str, Any]

KEY = SigningKey.from_seed("bench.example/aid", bytes(32))
FIRST = datetime(2020, 1, 6, 12, tzinfo=UTC)
DAYS = 360
ITEMS = ("mask", "test_kit", "protective_suit", "thermometer_gun", "ventilator")
BATCH = 1_000

#: size → (entries, figures asked warm of each name, receipts posted)
SIZES = {
    "tiny": (600, 2, 3),
    "small": (5_000, 5, 50),
    "ordinary": (30_000, 10, 200),
    "full": (200_000, 10, 1_000),
}
LINES = 50
TOGETHER = 50


def run(size: str) -> list[Row]:
    """One row per store and phase, each beside its bar."""
    entries, asked, receipts = SIZES[size]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        stores: dict[str, str | Path] = {"SQLite": Path(folder) / "ledger.sqlite"}
        if address := os.environ.get("SAMPAN_BENCH_DATABASE"):
            stores["PostgreSQL"] = address
        for name, place in stores.items():
            rows += measure(place, f"aid, {name}, {entries:,} entries", entries, asked, receipts)
    return rows


def measure(place: str | Path, problem: str, entries: int, asked: int, receipts: int) -> list[Row]:
    """The phases of one problem on one store."""
    clock = StandingClock(FIRST)
    begun = time.process_time()
    with Ledger.create(place, origin=KEY.name, key=KEY, clock=clock, read_models=read_models()) as ledger:
        fill(ledger, clock, entries)
        numbers = ready_to_sign(ledger, clock, receipts)
    rows = [row(problem, "fill", entries / (time.process_time() - begun), "entries/CPU s")]
    watch = Watch()
    with Ledger.open(place, key=KEY, clock=clock, read_models=read_models()) as ledger:
        session = Session(ledger, Blobs("memory://bench"), clock, "CHN", Person("officer", ("officer",)))
        figure(session, "countries", as_of=(FIRST + timedelta(days=DAYS // 2)).date())
        rows.append(row(problem, "figure, cold", watch.cpu, "CPU s", "≤ 2"))
        rows.append(row(problem, "figure, cold", watch.clock, "s by the clock"))
        name, cpu, clocked = slowest(session, asked)
        rows.append(row(problem, f"slowest warm: {name}", 1000 * cpu, "CPU ms", "≤ 100"))
        rows.append(row(problem, "slowest warm", 1000 * clocked, "ms by the clock"))
        italy = session.on_behalf_of(Person("italy", ("receiver",), "ITA"))
        rows += post(italy, problem, numbers[::2], 1) + post(italy, problem, numbers[1::2], TOGETHER)
    return rows


class Watch:
    """Seconds since it was made: of this process, and by the clock, which also counts the disk and others."""

    def __init__(self) -> None:
        self._cpu, self._clock = time.process_time(), time.perf_counter()

    @property
    def cpu(self) -> float:
        return time.process_time() - self._cpu

    @property
    def clock(self) -> float:
        return time.perf_counter() - self._clock


def post(session: Session, problem: str, numbers: list[str], together: int) -> list[Row]:
    """Signs for these consignments, so many in one write."""
    lines = tuple(Found(ITEMS[0], good=10, lot=f"R{line}") for line in range(LINES))
    watch = Watch()
    for start in range(0, len(numbers), together):
        receive_many(session, [Note(number, lines) for number in numbers[start : start + together]])
    phase = f"receipts, {LINES} lines, by {together}"
    return [
        row(problem, phase, len(numbers) / watch.cpu, "/CPU s", "≥ 300"),
        row(problem, phase, len(numbers) / watch.clock, "/s by the clock"),
    ]


def row(problem: str, phase: str, value: float, unit: str, bar: str = "") -> Row:
    return {"problem": problem, "phase": phase, "value": value, "unit": unit, "bar": bar}


def slowest(session: Session, asked: int) -> tuple[str, float, float]:
    """The figure that takes longest over random days as of and as known on; its seconds of CPU and by the clock."""
    random = Random(1)
    worst = ("", 0.0, 0.0)
    for name in NAMES:
        for _ in range(asked):
            as_of = FIRST + timedelta(days=random.randrange(DAYS))
            known_on = as_of + timedelta(days=random.randrange(20))
            watch = Watch()
            figure(session, name, as_of=as_of.date(), known_on=known_on)
            worst = max(worst, (name, watch.cpu, watch.clock), key=lambda each: each[1])
    return worst


def fill(ledger: Ledger, clock: StandingClock, entries: int) -> None:
    """Writes a year of aid in the order of its days, a thousand entries at a time."""
    year = aid(Random(20200326), entries)
    for start in range(0, entries, BATCH):
        drafts = [next(year) for _ in range(min(BATCH, entries - start))]
        clock.at = max(draft.effective for draft in drafts) + timedelta(hours=1)
        ledger.append(drafts)


def aid(random: Random, entries: int) -> Iterator[Draft]:
    """Entries without end, as the desk writes them."""
    countries = [code for code, place in places().items() if not place.territory_of and code != "CHN"]
    number = 0
    while True:
        at = FIRST + timedelta(days=min(DAYS, DAYS * number * 7 // entries))
        batch, recipient = 1 + number // 90, countries[number % len(countries)]
        part = number // len(countries) % 1000
        name = f"{batch}-{recipient}.{number}" if part else f"{batch}-{recipient}"
        yield from (draft(record, at) for record in consignment(random, name, batch, recipient, number))
        if number % 5 == 0:
            yield from (draft(record, at) for record in gift(random, countries, number))
        number += 1


def draft(record: Record, at: datetime) -> Draft:
    return Draft(record.kind, record.body(), "officer", at, record.sharing)


def consignment(random: Random, name: str, batch: int, recipient: str, number: int) -> Iterator[Record]:
    """Seven entries: made, promised, packed, handed over, arrived, and signed for in two parts."""
    items = random.sample(ITEMS, 3)
    lots = tuple(
        LotLine(
            item=item, lot=f"L{number // 20}-{item}", expiry=date(2022, 1, 1), units=random.randrange(2, 5000)
        )
        for item in items
    )
    yield Production(depot="home", lines=lots, source="Works 1")
    lines = tuple(ConsignmentLine(item=lot.item, units=lot.units) for lot in lots)
    yield Consignment(batch=batch, recipient=recipient, lines=lines, number=name)
    yield Packing(consignment=name, depot="home", lines=lots)
    yield Handover(
        consignment=name,
        leg=1,
        mode="air",
        carrier="CA",
        waybill=f"999-{number:08}",
        origin="PVG",
        destination="FCO",
        lines=lots,
    )
    yield Progress(consignment=name, state="arrived", place="FCO")
    for part, parts in enumerate((lots[:2], lots[2:]), start=1):
        signed = tuple(
            ReceiptLine(item=x.item, lot=x.lot, expiry=x.expiry, good=x.units - 1, damaged=1, reason="wet")
            for x in parts
        )
        yield Receipt(consignment=name, part=part, recipient=recipient, lines=signed)


def gift(random: Random, countries: list[str], number: int) -> Iterator[Record]:
    """A pledge and its delivery into the depot."""
    donor, units = random.choice(countries), random.randrange(1, 9) * 1000
    lines = (Line(kind="goods", item="mask", quantity=units),)
    yield Contribution(number=f"C-{number}", donor=donor, recipient="CHN", lines=lines)
    came = Movement(f"donor:{donor}", "depot:home", Commodity("goods", "mask", f"C-{number}"), units)
    yield Delivery(contribution=f"C-{number}", lines=lines, moved=(came,))


def ready_to_sign(ledger: Ledger, clock: StandingClock, receipts: int) -> list[str]:
    """Consignments of 50 lots in the carrier's hands; their numbers."""
    at = FIRST + timedelta(days=DAYS)
    lots = tuple(LotLine(item=ITEMS[0], lot=f"R{line}", units=10) for line in range(LINES))
    promise = (ConsignmentLine(item=ITEMS[0], units=10 * LINES),)
    clock.at = max(clock.at, at)
    names = [f"9999-ITA.{number}" for number in range(2, receipts + 2)]
    work: list[Callable[[str], Record]] = [
        lambda _: Production(depot="home", lines=lots, source="Works 1"),
        lambda name: Consignment(batch=9999, recipient="ITA", lines=promise, number=name),
        lambda name: Packing(consignment=name, depot="home", lines=lots),
        lambda name: Handover(
            consignment=name,
            leg=1,
            mode="air",
            carrier="CA",
            waybill=f"W-{name}",
            origin="PVG",
            destination="FCO",
            lines=lots,
        ),
    ]
    for start in range(0, len(names), 100):
        ledger.append([draft(make(name), at) for name in names[start : start + 100] for make in work])
    return names
