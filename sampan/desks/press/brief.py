"""What do we tell the public today, and which entry says so?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.desks.control.situation import Assessed, PlaceSituation, situation
from sampan.world.assisted import Sent, confirmed, sent
from sampan.world.items import item as find_item
from sampan.world.organisations import organisations
from sampan.world.places import REGIONS, place


@dataclass(frozen=True)
class Counted:
    """A public figure with the list behind it: what is counted, how many, and who, by English name and by code."""

    what: str
    count: int
    names: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ItemTotal:
    """Units of one item sent, to how many recipients."""

    item: str
    name: str
    unit: str
    units: int
    recipients: int


@dataclass(frozen=True)
class BatchLine:
    """One batch: when it was decided, and whom it serves."""

    number: int
    day: date
    recipients: int
    first_time: int
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Outbreak:
    """The situation at home and abroad, on the last day of the figures."""

    last_day: date
    r_day: date
    source: str
    entry: str
    countries_reporting: int
    cases: int
    deaths: int
    new_cases: int
    rising: int
    falling: int
    hardest_hit: tuple[PlaceSituation, ...]
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
    batches: tuple[BatchLine, ...]
    confirmed_by_recipient: int
    ledger_size: int
    checkpoint: str


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
    consignments = sent(session.ledger, as_of=day, known_on=known_on)
    codes = sorted({one.recipient for one in consignments})
    countries = [code for code in codes if code not in organisations()]
    return Brief(
        day=day,
        home=session.home,
        home_name=place(session.home).name("en"),
        exercise=exercise or bool(assessed and assessed.known.record.exercise),
        outbreak=_outbreak(assessed, session.home) if assessed else None,
        countries=_counted("countries", countries),
        organisations=_counted("organisations", [c for c in codes if c in organisations()]),
        regions=tuple(
            _counted(region, [c for c in countries if place(c).region == region]) for region in REGIONS
        ),
        items=_items(consignments),
        batches=_batches(consignments),
        confirmed_by_recipient=len(confirmed(session.ledger, as_of=day, known_on=known_on)),
        ledger_size=session.ledger.size,
        checkpoint=session.ledger.checkpoint(),
    )


def _name(code: str) -> str:
    known = organisations()
    return known[code].name("en") if code in known else place(code).name("en")


def _counted(what: str, codes: Sequence[str]) -> Counted:
    listed = sorted(codes, key=_name)
    return Counted(what, len(codes), tuple(_name(code) for code in listed), tuple(listed))


def _items(consignments: Sequence[Sent]) -> tuple[ItemTotal, ...]:
    units: Counter[str] = Counter()
    recipients: dict[str, set[str]] = {}
    for one in consignments:
        units.update(one.units)
        for code in one.units:
            recipients.setdefault(code, set()).add(one.recipient)
    return tuple(
        ItemTotal(code, find_item(code).name("en"), find_item(code).unit, units[code], len(recipients[code]))
        for code in units
    )


def _batches(consignments: Sequence[Sent]) -> tuple[BatchLine, ...]:
    seen: set[str] = set()
    lines = []
    for number in sorted({one.batch for one in consignments}):
        batch = [one for one in consignments if one.batch == number]
        served = {one.recipient for one in batch}
        entries = tuple(one.entry for one in batch)
        lines.append(BatchLine(number, batch[0].day, len(served), len(served - seen), entries))
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
        hardest_hit=tuple(abroad[:8]),
        home=next((row for row in national if row.place == home), None),
    )
