"""What do we tell the public today, and which entry says so?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

import numpy as np

from sampan.access.session import Session
from sampan.desks.control.situation import Assessed, PlaceSituation, situation
from sampan.desks.press.beyond_goods import MoneyTotal, Received, Teams, delivered, paid, received, teams
from sampan.desks.press.counted import Counted, ItemTotal, counted, item_totals
from sampan.desks.press.registered import gathered
from sampan.desks.press.told import Told
from sampan.ledger.ledger import Ledger
from sampan.world.assisted import Promised, confirmed, ids_at, promised
from sampan.world.organisations import organisations
from sampan.world.places import REGIONS, place

SHOWN = 8
"""Places in a list of the hardest hit."""

ENOUGH = 50
"""New cases in a week from which a rate by population is shown: below, a handful of reports is a high rate."""


@dataclass(frozen=True)
class BatchLine:
    """One batch: when it was decided, and whom it serves."""

    number: int
    """Number of the batch."""
    day: date
    recipients: int
    """How many it serves."""
    first_time: int
    """Recipients of it that no batch had served before."""
    entries: tuple[str, ...]


@dataclass(frozen=True)
class HardHit:
    """A place with its new cases of seven days for every 100,000 residents."""

    row: PlaceSituation
    per_100_000: float


@dataclass(frozen=True)
class Outbreak:
    """The situation at home and abroad, on the last day of the figures."""

    last_day: date
    r_day: date
    """Last day that the reports can speak of: R and phase are of the infections of that day (ISO 8601)."""
    source: str
    entry: str
    countries_reporting: int
    """Countries that have reported a case."""
    cases: int
    deaths: int
    new_cases: int
    rising: int
    """Countries abroad where infections rise."""
    falling: int
    """Countries abroad where infections fall."""
    most_new_cases: tuple[PlaceSituation, ...]
    """Abroad, by the number of new cases in seven days: large countries come first."""
    hardest_hit: tuple[HardHit, ...]
    """Abroad, by new cases for the number of residents, of places that reported ENOUGH of them."""
    home: PlaceSituation | None


@dataclass(frozen=True)
class Brief:
    """One day's brief. Every figure is a query over the ledger as of ``day``, as known on ``known_on``."""

    day: date
    home: str
    home_name: str
    exercise: bool
    outbreak: Outbreak | None
    countries: Counted
    organisations: Counted
    regions: tuple[Counted, ...]
    items: tuple[ItemTotal, ...]
    """Units decided, by item."""
    batches: tuple[BatchLine, ...]
    confirmed_by_recipient: int
    """Consignments for which a recipient has signed."""
    ledger_size: int
    checkpoint: str
    delivered: tuple[ItemTotal, ...] = ()
    """Units for which recipients have signed, by item."""
    paid: tuple[MoneyTotal, ...] = ()
    teams: Teams | None = None
    received: Received | None = None
    more: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)
    """What other desks have to tell, by the name of their section: see ``registered``."""


def brief(
    session: Session,
    *,
    day: date | None = None,
    known_on: datetime | None = None,
    assessed: Assessed | None = None,
    exercise: bool = False,
) -> Brief:
    """The brief as of ``day`` (today unless told). ``assessed`` is the situation to report, if there is one."""
    day = day or session.today()
    consignments = promised(session.ledger, as_of=day, known_on=known_on)
    codes = sorted(set(consignments.recipients))
    countries = [code for code in codes if code not in organisations()]
    return Brief(
        day=day,
        home=session.home,
        home_name=place(session.home).name("en"),
        exercise=exercise or bool(assessed and assessed.known.record.exercise),
        outbreak=_outbreak(assessed, session.home) if assessed else None,
        countries=counted("countries", countries),
        organisations=counted("organisations", [c for c in codes if c in organisations()]),
        regions=tuple(
            counted(region, [c for c in countries if place(c).region == region]) for region in REGIONS
        ),
        items=_items(consignments),
        batches=_batches(session.ledger, consignments),
        confirmed_by_recipient=len(confirmed(session.ledger, as_of=day, known_on=known_on)),
        ledger_size=session.ledger.size,
        checkpoint=session.ledger.checkpoint(),
        delivered=delivered(session, as_of=day, known_on=known_on),
        paid=paid(session, as_of=day, known_on=known_on),
        teams=teams(session, as_of=day, known_on=known_on),
        received=received(session, as_of=day, known_on=known_on),
        more=gathered(session, as_of=day, known_on=known_on),
    )


def _items(consignments: Promised) -> tuple[ItemTotal, ...]:
    """Totals by item, in the order in which the items were first promised."""
    words = consignments.held.item.words
    items, first = np.unique(consignments.item, return_index=True)
    units: dict[str, int] = {}
    recipients: dict[str, list[int]] = {}
    for item in items[np.argsort(first)].tolist():
        mine = consignments.item == item
        units[words[item]] = int(consignments.units[mine].sum())
        recipients[words[item]] = np.unique(consignments.party[consignments.of[mine]]).tolist()
    return item_totals(units, recipients)


def _batches(ledger: Ledger, consignments: Promised) -> tuple[BatchLine, ...]:
    ids = ids_at(ledger, consignments.position)
    order = np.argsort(consignments.batch, kind="stable")
    edges = np.flatnonzero(np.diff(consignments.batch[order], prepend=-1, append=-1)).tolist()
    seen: set[int] = set()
    lines = []
    for start, end in pairwise(edges):
        mine = order[start:end]
        served = set(consignments.party[mine].tolist())
        entries = tuple(ids[position] for position in consignments.position[mine].tolist())
        number, day = int(consignments.batch[mine[0]]), date.fromordinal(int(consignments.day[mine[0]]))
        lines.append(BatchLine(number, day, len(served), len(served - seen), entries))
        seen |= served
    return tuple(lines)


def _outbreak(assessed: Assessed, home: str) -> Outbreak:
    report = situation(assessed)
    national = [row for row in report.rows if place(row.place).parent is None]
    abroad = [row for row in national if row.place != home]
    return Outbreak(
        last_day=report.last_day,
        r_day=report.r_day,
        source=report.source,
        entry=report.entry,
        countries_reporting=sum(1 for row in national if row.total_cases),
        cases=sum(row.total_cases or 0 for row in national),
        deaths=sum(row.total_deaths or 0 for row in national),
        new_cases=sum(row.new_cases or 0 for row in national),
        rising=sum(1 for row in abroad if row.phase == "rising"),
        falling=sum(1 for row in abroad if row.phase == "falling"),
        most_new_cases=tuple(abroad[:SHOWN]),
        hardest_hit=_hardest_hit(abroad),
        home=next((row for row in national if row.place == home), None),
    )


def _hardest_hit(rows: Sequence[PlaceSituation]) -> tuple[HardHit, ...]:
    found = []
    for row in rows:
        residents = place(row.place).population
        if residents and (row.new_cases or 0) >= ENOUGH:
            found.append(HardHit(row, round((row.new_cases or 0) / residents * 100_000, 1)))
    return tuple(sorted(found, key=lambda each: (-each.per_100_000, each.row.name))[:SHOWN])
