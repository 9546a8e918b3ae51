"""What stands behind a figure of the brief: which list, and which entries of the ledger?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.figures import figure
from sampan.desks.control.situation import Assessed, PlaceSituation, situation
from sampan.world.assisted import confirmed
from sampan.world.consignments import track
from sampan.world.items import items
from sampan.world.places import REGIONS, place


@dataclass(frozen=True)
class Line:
    """One name in the list: a party, a batch or a consignment, what it counts for, and its public entries."""

    code: str
    amounts: Mapping[str, int]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """A figure of the brief of ``day``, and the list that it counts or sums."""

    day: date
    name: str
    of: str
    """What the lines are: ``party``, ``batch`` or ``consignment``."""
    count: int
    lines: tuple[Line, ...]


def evidence(session: Session, name: str, *, day: date, assessed: Assessed | None = None) -> Evidence:
    """The list behind the figure ``name`` of the brief of ``day``. Raises InputError if there is none such."""
    known: dict[str, Callable[[], Evidence]] = {
        "countries": partial(_counted, session, name, "countries", day),
        "organisations": partial(_counted, session, name, "organisations", day),
        "batches": partial(_counted, session, name, "batches", day),
        "confirmed": partial(_confirmed, session, day),
    }
    for number, region in enumerate(REGIONS, 1):
        known[f"region-{number}"] = partial(_counted, session, name, f"region:{region}", day)
    for code in items():
        known[f"item-{code}"] = partial(_units, session, name, code, day)
    if assessed is not None:
        known |= {each: partial(_reported, assessed, session.home, each, day) for each in REPORTED}
    if name not in known:
        raise InputError(f'The brief has no figure "{name}".', way_out=f"It has {', '.join(known)}.")
    return known[name]()


def _counted(session: Session, name: str, what: str, day: date) -> Evidence:
    found = figure(session, what, as_of=day)
    lines = tuple(Line(row.code, row.amounts, _ids(session, row.entries)) for row in found.rows)
    return Evidence(day, name, "batch" if what == "batches" else "party", found.count, lines)


def _units(session: Session, name: str, item: str, day: date) -> Evidence:
    """Units of one item by recipient, out of the lists of countries and organisations."""
    lines = tuple(
        Line(line.code, {item: line.amounts[item]}, line.entries)
        for what in ("countries", "organisations")
        for line in _counted(session, name, what, day).lines
        if item in line.amounts
    )
    return Evidence(day, name, "party", sum(line.amounts[item] for line in lines), lines)


def _confirmed(session: Session, day: date) -> Evidence:
    """Consignments that their recipients have signed for, with everything that was recorded of each."""
    lines = []
    for number in confirmed(session.ledger, as_of=day):
        followed = track(session.ledger, number, as_of=day)
        units: dict[str, int] = {}
        for lot in followed.lots:
            units[lot.commodity.item] = units.get(lot.commodity.item, 0) + lot.good
        positions = tuple(event.position for event in followed.events)
        lines.append(Line(number, units, _ids(session, positions)))
    return Evidence(day, "confirmed", "consignment", len(lines), tuple(lines))


def _ids(session: Session, positions: tuple[int, ...]) -> tuple[str, ...]:
    entries = (session.ledger.at(position) for position in positions)
    return tuple(entry.id for entry in entries if entry.sharing == "public")


REPORTED: Mapping[str, Callable[[PlaceSituation], int]] = {
    "reporting": lambda row: bool(row.total_cases),
    "cases": lambda row: row.total_cases or 0,
    "deaths": lambda row: row.total_deaths or 0,
    "new-cases": lambda row: row.new_cases or 0,
    "rising": lambda row: row.phase == "rising",
    "falling": lambda row: row.phase == "falling",
}
"""What each country counts for in a figure of the epidemic."""


def _reported(assessed: Assessed, home: str, name: str, day: date) -> Evidence:
    """A figure of the epidemic by country; all of it comes from one entry, the figures as they were read."""
    of, abroad_only = REPORTED[name], name in ("rising", "falling")
    rows = [
        row
        for row in situation(assessed).rows
        if place(row.place).parent is None and not (abroad_only and row.place == home) and of(row)
    ]
    entry = (assessed.known.entry.id,)
    key = "countries" if name in ("reporting", "rising", "falling") else name
    lines = tuple(Line(row.place, {key: int(of(row))}, entry) for row in rows)
    return Evidence(day, name, "party", sum(int(of(row)) for row in rows), lines)
