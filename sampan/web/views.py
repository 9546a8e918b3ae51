"""What do the pages of briefs, places and batches show? One result for a page, its JSON and its CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sampan.core.errors import InputError
from sampan.desks.control.course import Course, course
from sampan.desks.control.forecast import Week
from sampan.desks.control.forecast import view as forecast_view
from sampan.desks.control.situation import ORDERS, Assessed, PlaceSituation, SituationReport
from sampan.desks.press.brief import Brief
from sampan.desks.press.evidence import Evidence, evidence
from sampan.engines.forecast import Forecast
from sampan.ledger.entry import Entry
from sampan.records.assistance import Batch
from sampan.web.asked import Asked, NotFound
from sampan.web.standing import Standing
from sampan.world.assisted import Sent
from sampan.world.consignments import track
from sampan.world.organisations import organisations
from sampan.world.places import REGIONS, places

# Briefs


@dataclass(frozen=True)
class BriefDay:
    """A day of which there is a brief, with what it counts."""

    day: date
    countries: int
    organisations: int
    batches: int


def newest_brief(standing: Standing, asked: Asked) -> Brief:  # noqa: ARG001
    """The newest brief."""
    return standing.brief(standing.newest_day)


def brief_of(standing: Standing, asked: Asked) -> Brief:
    """The brief of a day."""
    return standing.brief(_day(standing, asked["day"]))


def briefs(standing: Standing, asked: Asked) -> tuple[BriefDay, ...]:  # noqa: ARG001
    """Every brief there is, the newest first."""
    return tuple(_brief_day(standing, day) for day in standing.days)


def _brief_day(standing: Standing, day: date) -> BriefDay:
    by_then = [one for one in standing.consignments if one.day <= day]
    recipients = {one.recipient for one in by_then}
    helped = len(recipients & organisations().keys())
    return BriefDay(day, len(recipients) - helped, helped, len({one.batch for one in by_then}))


def figure(standing: Standing, asked: Asked) -> Evidence:
    """The list behind a figure of a brief."""
    day = _day(standing, asked["day"])
    try:
        return evidence(standing.session, asked["name"], day=day, assessed=standing.assessed(day))
    except InputError:
        raise NotFound from None


def _day(standing: Standing, text: str) -> date:
    """A day of which there is a brief."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if day not in standing.days or day.isoformat() != text:
        raise NotFound
    return day


# The situation


def world(standing: Standing, asked: Asked) -> SituationReport | None:
    """The situation of every country and territory, most new cases first unless asked otherwise."""
    order, region = asked.get("sort", "new"), asked.get("region")
    if order not in ORDERS or region not in (None, *map(str, range(1, len(REGIONS) + 1))):
        raise NotFound
    if standing.report is None:
        return None
    wanted = REGIONS[int(region) - 1] if region else None
    rows = [row for row in standing.report.rows if row.place in places() and wanted in (None, row.region)]
    rows.sort(key=lambda row: (ORDERS[order](row), row.name))
    return replace(standing.report, rows=tuple(rows))


@dataclass(frozen=True)
class Shipment:
    """One consignment: for whom, what is in it, how far it has come, and the entry that decided it."""

    number: str
    batch: int
    day: date
    recipient: str
    state: str
    units: Mapping[str, int]
    entry: str


@dataclass(frozen=True)
class Party:
    """A country or an organisation: its situation and its weeks ahead, where reported, and what was sent to it."""

    code: str
    population: int | None
    region: str | None
    last_day: date | None
    r_day: date | None
    source: str | None
    entry: str | None
    situation: PlaceSituation | None
    weeks: tuple[Week, ...]
    areas: tuple[PlaceSituation, ...]
    shipments: tuple[Shipment, ...]
    course: Course | None


def country(standing: Standing, asked: Asked) -> Party:
    """A country, by its ISO 3166-1 alpha-3 code."""
    if asked["code"] not in places():
        raise NotFound
    return _party(standing, asked["code"])


def organisation(standing: Standing, asked: Asked) -> Party:
    """An organisation, by its code."""
    if asked["code"] not in organisations():
        raise NotFound
    return _party(standing, asked["code"])


def _party(standing: Standing, code: str) -> Party:
    here = places().get(code)
    bare = Party(
        code=code,
        population=here.population if here else None,
        region=here.region if here else organisations()[code].region,
        last_day=None,
        r_day=None,
        source=None,
        entry=None,
        situation=None,
        weeks=(),
        areas=(),
        shipments=_shipments(standing, [one for one in standing.consignments if one.recipient == code]),
        course=None,
    )
    report = standing.report
    row = next((row for row in report.rows if row.place == code), None) if report else None
    return bare if row is None else _with_situation(standing, bare, row)


def _with_situation(standing: Standing, party: Party, row: PlaceSituation) -> Party:
    report, now, ahead = standing.report, standing.now, standing.forecast
    assert report is not None and now is not None and ahead is not None
    prefix = f"{places()[party.code].alpha2}-"
    return replace(
        party,
        last_day=report.last_day,
        r_day=report.r_day,
        source=report.source,
        entry=report.entry,
        situation=row,
        weeks=forecast_view(now, ahead, places=[party.code]).rows,
        areas=tuple(each for each in report.rows if each.place.startswith(prefix)),
        course=_course(now, ahead, party.code),
    )


def _course(now: Assessed, ahead: Forecast, code: str) -> Course | None:
    try:
        return course(now, ahead, code)
    except InputError:
        return None


# Batches


@dataclass(frozen=True)
class BatchLine:
    """One batch in the list of all."""

    number: int
    day: date
    consignments: int
    recipients: int
    entry: str


@dataclass(frozen=True)
class BatchView:
    """One batch: who gets what, and how far each consignment has come."""

    number: int
    day: date
    entry: str
    plan: str
    units: Mapping[str, int]
    shipments: tuple[Shipment, ...]


def batches(standing: Standing, asked: Asked) -> tuple[BatchLine, ...]:  # noqa: ARG001
    """Every batch, the newest first."""
    lines = []
    for entry in standing.session.ledger.entries(kind=Batch.kind, newest_first=True):
        number = int(entry.body["number"])
        mine = [one for one in standing.consignments if one.batch == number]
        recipients = {one.recipient for one in mine}
        lines.append(BatchLine(number, entry.effective.date(), len(mine), len(recipients), entry.id))
    return tuple(lines)


def batch(standing: Standing, asked: Asked) -> BatchView:
    """One batch, by its number."""
    wanted = asked["number"]
    for entry in standing.session.ledger.entries(kind=Batch.kind):
        if str(entry.body["number"]) == wanted:
            return _batch(standing, entry)
    raise NotFound


def _batch(standing: Standing, entry: Entry) -> BatchView:
    number = int(entry.body["number"])
    shipments = _shipments(standing, [one for one in standing.consignments if one.batch == number])
    units: dict[str, int] = {}
    for item, count in (pair for one in shipments for pair in one.units.items()):
        units[item] = units.get(item, 0) + count
    return BatchView(number, entry.effective.date(), entry.id, str(entry.body["plan"]), units, shipments)


def _shipments(standing: Standing, consignments: list[Sent]) -> tuple[Shipment, ...]:
    return tuple(
        Shipment(
            one.number,
            one.batch,
            one.day,
            one.recipient,
            track(standing.session.ledger, one.number).state,
            one.units,
            one.entry,
        )
        for one in consignments
    )
