"""What stands behind a figure of the brief: which list, and which entries of the ledger?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Literal

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.core.rows import Rows
from sampan.desks.assistance.figures import Stage, figure
from sampan.desks.control.situation import Assessed, PlaceSituation, situation
from sampan.desks.press.beyond_goods import paid, received
from sampan.desks.press.cited import public_ids
from sampan.desks.press.registered import gathered
from sampan.desks.press.told import Told
from sampan.world.assisted import confirmed
from sampan.world.consignments import Tracked, tracked
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
    of: Literal["party", "batch", "consignment", "team", "text"]
    """What the lines are."""
    count: int
    lines: Sequence[Line]
    currency: str | None = None
    """In whose minor units it counts, if it is money."""


def evidence(
    session: Session,
    name: str,
    *,
    day: date,
    known_on: datetime | None = None,
    assessed: Assessed | None = None,
) -> Evidence:
    """The list behind the figure ``name`` of the brief of ``day``. Raises InputError if there is none such."""
    looking = _Looking(session, name, day, known_on)
    known = {**looking.offered(), **(looking.reported(assessed) if assessed else {})}
    if name in known:
        return known[name]()
    rare = looking.rare()
    if name not in rare:
        listed = ", ".join((*known, *rare))
        raise InputError(f'The brief has no figure "{name}".', way_out=f"It has {listed}.")
    return rare[name]()


@dataclass(frozen=True)
class _Looking:
    """For the list behind one figure, as of a day, as known on a moment."""

    session: Session
    name: str
    day: date
    known_on: datetime | None

    def offered(self) -> dict[str, Callable[[], Evidence]]:
        """Every figure of assistance that there may be, by name."""
        known: dict[str, Callable[[], Evidence]] = {
            "countries": partial(self._list, "countries"),
            "organisations": partial(self._list, "organisations"),
            "batches": partial(self._list, "batches", of="batch"),
            "confirmed": self._confirmed,
            "teams": partial(self._list, "teams", of="team"),
            "experts": self._experts,
            "helped-us-countries": partial(self._list, "helped-us-countries"),
            "helped-us-organisations": partial(self._list, "helped-us-organisations"),
        }
        for number, region in enumerate(REGIONS, 1):
            known[f"region-{number}"] = partial(self._list, f"region:{region}")
        for code in items():
            known[f"item-{code}"] = partial(self._sum, code, ("countries", "organisations"))
            known[f"delivered-{code}"] = partial(
                self._sum, code, ("countries", "organisations"), stage="received"
            )
            known[f"received-{code}"] = partial(self._sum, code, _HELPED_US)
        return known

    def rare(self) -> Mapping[str, Callable[[], Evidence]]:
        """Those whose very names depend on what has happened: money by currency, and what other desks tell."""
        told = gathered(self.session, as_of=self.day, known_on=self.known_on)
        of_desks = {each.name: partial(self._of_desk, each) for desk in told.values() for each in desk}
        return {**self._money(), **of_desks}

    def _money(self) -> Mapping[str, Callable[[], Evidence]]:
        got = received(self.session, as_of=self.day, known_on=self.known_on)
        out = {each.currency for each in paid(self.session, as_of=self.day, known_on=self.known_on)}
        back = {each.currency for each in got.money} if got else set()
        return {f"paid-{code}": partial(self._sum, code, ("paid",), currency=code) for code in out} | {
            f"received-{code}": partial(self._sum, code, _HELPED_US, currency=code) for code in back
        }

    def _list(
        self, what: str, of: Literal["party", "batch", "team"] = "party", stage: Stage = "decided"
    ) -> Evidence:
        found = figure(self.session, what, as_of=self.day, known_on=self.known_on, stage=stage)
        public = public_ids(self.session.ledger, (each for row in found.rows for each in row.entries))
        lines = tuple(Line(row.code, row.amounts, _known(row.entries, public)) for row in found.rows)
        return Evidence(self.day, self.name, of, found.count, lines)

    def _experts(self) -> Evidence:
        listed = self._list("teams", of="team")
        return replace(listed, count=sum(sum(line.amounts.values()) for line in listed.lines))

    def _sum(
        self, code: str, lists: tuple[str, ...], currency: str | None = None, stage: Stage = "decided"
    ) -> Evidence:
        """How much of one thing, by party, out of one or more lists."""
        lines = tuple(
            Line(line.code, {code: line.amounts[code]}, line.entries)
            for what in lists
            for line in self._list(what, stage=stage).lines
            if code in line.amounts
        )
        total = sum(line.amounts[code] for line in lines)
        return Evidence(self.day, self.name, "party", total, lines, currency)

    def _confirmed(self) -> Evidence:
        """Consignments that their recipients have signed for, with everything that was recorded of each."""
        known_on = self.known_on or self.session.known_now()
        numbers = confirmed(self.session.ledger, as_of=self.day, known_on=known_on)

        def made(begin: int, end: int) -> list[Line]:
            some = tracked(self.session.ledger, numbers[begin:end], as_of=self.day, known_on=known_on)
            public = public_ids(self.session.ledger, (each.position for one in some for each in one.events))
            return [_signed_for(one, public) for one in some]

        return Evidence(self.day, "confirmed", "consignment", len(numbers), Rows(len(numbers), made))

    def _of_desk(self, told: Told) -> Evidence:
        lines = tuple(Line(what, {"count": count}, entries) for what, count, entries in told.lines)
        return Evidence(self.day, self.name, "text", told.count, lines)

    def reported(self, assessed: Assessed) -> Mapping[str, Callable[[], Evidence]]:
        """The figures of the epidemic."""
        return {name: partial(self._reported, assessed) for name in REPORTED}

    def _reported(self, assessed: Assessed) -> Evidence:
        """A figure of the epidemic by country; all of it comes from one entry, the figures as they were read."""
        of, home = REPORTED[self.name], self.session.home
        at_home = self.name.startswith("home-")
        abroad_only = self.name in ("rising", "falling")
        rows = [
            row
            for row in situation(assessed).rows
            if place(row.place).parent is None
            and not (abroad_only and row.place == home)
            and not (at_home and row.place != home)
            and of(row)
        ]
        entry = (assessed.known.entry.id,)
        what = self.name.removeprefix("home-")
        key = "countries" if what in ("reporting", "rising", "falling") else what
        lines = tuple(Line(row.place, {key: int(of(row))}, entry) for row in rows)
        return Evidence(self.day, self.name, "party", sum(int(of(row)) for row in rows), lines)


def _signed_for(one: Tracked, public: Mapping[int, str | None]) -> Line:
    """A consignment, what of it was signed for as good, and its public entries."""
    units: dict[str, int] = {}
    for lot in one.lots:
        units[lot.commodity.item] = units.get(lot.commodity.item, 0) + lot.good
    return Line(one.number, units, _known([event.position for event in one.events], public))


def _known(positions: Sequence[int], public: Mapping[int, str | None]) -> tuple[str, ...]:
    """The ids of those entries that are public."""
    return tuple(id for id in (public[position] for position in positions) if id is not None)


_HELPED_US = ("helped-us-countries", "helped-us-organisations")

REPORTED: Mapping[str, Callable[[PlaceSituation], int]] = {
    "reporting": lambda row: bool(row.total_cases),
    "cases": lambda row: row.total_cases or 0,
    "deaths": lambda row: row.total_deaths or 0,
    "new-cases": lambda row: row.new_cases or 0,
    "rising": lambda row: row.phase == "rising",
    "falling": lambda row: row.phase == "falling",
    "home-new-cases": lambda row: row.new_cases or 0,
    "home-cases": lambda row: row.total_cases or 0,
    "home-deaths": lambda row: row.total_deaths or 0,
}
"""What each country counts for in a figure of the epidemic."""
