"""What may be said in public, as of which day and as known on which, and which list stands behind it?

Every figure counts names over the movements of the ledger, and gives the names with the entries of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.records.assistance.teams import Deployment
from sampan.world.account_columns import Columns, columns
from sampan.world.organisations import organisations
from sampan.world.parties import Known, of_place, recorded
from sampan.world.places import REGIONS, place, places

Stage = Literal["decided", "sent", "received"]
"""How far aid has come: promised in a batch; handed to a carrier; signed for by its recipient."""

_STAGES: Mapping[Stage, tuple[tuple[str, str, int], ...]] = {
    "decided": (("batch", "allotted", 1), ("allotted", "batch", -1)),
    "sent": (("packed", "transit", 1),),
    "received": (("transit", "received", 1), ("claim", "received", 1)),
}
"""Which movements count for a stage: kind of giver, kind of taker, and whether they add or take away."""


@dataclass(frozen=True)
class Row:
    """One name behind a figure: how much (by item, currency or skill), and the entries that say so."""

    code: str
    name: str
    amounts: Mapping[str, int]
    entries: tuple[int, ...]
    """Positions in the log."""


@dataclass(frozen=True)
class Figure:
    """A public figure: how many, and the list behind it."""

    what: str
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Figures:
    """Every public figure as of one day, as known on one moment (None: by all that is recorded)."""

    as_of: date
    known_on: datetime | None
    stage: Stage
    countries: Figure
    organisations: Figure
    regions: tuple[Figure, ...]
    items: Figure
    batches: Figure
    donors: tuple[Figure, ...]
    helped_us_countries: Figure
    helped_us_organisations: Figure
    funds: Figure
    paid: Figure
    people: Figure
    teams: Figure


NAMES = (
    "countries",
    "organisations",
    *(f"region:{name}" for name in REGIONS),
    "items",
    "batches",
    "donors",
    "helped-us-countries",
    "helped-us-organisations",
    "funds",
    "paid",
    "people",
    "teams",
)
"""What ``figure`` can be asked for; ``donors:business`` and the like count one kind of donor."""


def figure(
    session: Session,
    what: str,
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
    stage: Stage = "decided",
) -> Figure:
    """One figure by its name. Raises InputError if there is none of that name."""
    return named(session, [what], as_of=as_of, known_on=known_on, stage=stage)[0]


def named(
    session: Session,
    names: Iterable[str],
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
    stage: Stage = "decided",
) -> tuple[Figure, ...]:
    """The figures with these names; what several of them rest on is worked out once. Raises as ``figure``."""
    tally = _Tally(session, as_of=as_of or session.today(), known_on=known_on, stage=stage)
    return tuple(_named(tally, what) for what in names)


def _named(tally: _Tally, what: str) -> Figure:
    name, _, part = what.partition(":")
    known: dict[str, Callable[[], Figure]] = {
        "countries": tally.countries,
        "organisations": tally.organisations,
        "region": lambda: tally.region(part),
        "items": tally.items,
        "batches": tally.batches,
        "donors": lambda: tally.donors(part or None),
        "helped-us-countries": lambda: tally.helped_us(countries=True),
        "helped-us-organisations": lambda: tally.helped_us(countries=False),
        "funds": tally.funds,
        "paid": tally.paid,
        "people": tally.people,
        "teams": tally.teams,
    }
    if name not in known or (name == "region" and part not in REGIONS):
        raise InputError(f'There is no figure "{what}".', way_out=f"Ask for one of {', '.join(NAMES)}.")
    return known[name]()


def figures(
    session: Session,
    *,
    as_of: date | None = None,
    known_on: datetime | None = None,
    stage: Stage = "decided",
) -> Figures:
    """Every public figure at once."""
    as_of = as_of or session.today()
    tally = _Tally(session, as_of=as_of, known_on=known_on, stage=stage)
    return Figures(
        as_of,
        known_on,
        stage,
        tally.countries(),
        tally.organisations(),
        tuple(tally.region(name) for name in REGIONS),
        tally.items(),
        tally.batches(),
        tuple(tally.donors(kind) for kind in DONOR_KINDS),
        tally.helped_us(countries=True),
        tally.helped_us(countries=False),
        tally.funds(),
        tally.paid(),
        tally.people(),
        tally.teams(),
    )


DONOR_KINDS = (
    "central government",
    "local government",
    "business",
    "NGO",
    "foundation",
    "individual",
    "multilateral",
)


class _Tally:
    """Sums movements by name as of a day, as known on a moment."""

    def __init__(self, session: Session, *, as_of: date, known_on: datetime | None, stage: Stage) -> None:
        self.ledger, self.home = session.ledger, session.home
        self.as_of, self.known_on = as_of, known_on
        self.held = columns(session.ledger)
        self.at = self.held.rows(as_of=as_of, known_on=known_on)
        self.aid = _STAGES[stage]

    # Aid that home gives

    def countries(self) -> Figure:
        """Countries that were assisted."""
        return _counted("countries", [row for row in self._assisted if row.code not in organisations()])

    def organisations(self) -> Figure:
        """Organisations that were assisted."""
        return _counted("organisations", [row for row in self._assisted if row.code in organisations()])

    def region(self, name: str) -> Figure:
        """Countries of one of the five regions that were assisted."""
        mine = [x for x in self._assisted if x.code in places() and place(x.code).region == name]
        return _counted(name, mine)

    def items(self) -> Figure:
        """Kinds of goods, with how many units of each went to whom."""
        moved = self._moved(self.aid)
        found = self._sums(
            moved, self._item(moved), self.held.item.words, moved.receiver, self.held.party.words
        )
        return _counted("items", [Row(item, item, units, entries) for item, units, entries in found])

    def batches(self) -> Figure:
        """Batches, with how many units of goods went to whom."""
        moved = self._moved(self.aid)
        number = np.maximum(self.held.batch[moved.giver], self.held.batch[moved.taker])
        words = [str(each) for each in range(int(number.max(initial=0)) + 1)]
        found = self._sums(moved, number, words, moved.receiver, self.held.party.words)
        return _counted("batches", [Row(n, f"batch {n}", units, entries) for n, units, entries in found])

    @cached_property
    def _assisted(self) -> list[Row]:
        moved = self._moved(self.aid)
        return self._by_party(moved, moved.receiver)

    # Aid that home is given, and everybody who gives

    def helped_us(self, *, countries: bool) -> Figure:
        """Countries, or organisations, from which gifts have come to home, with the parties that gave."""
        merged: dict[str, list[Row]] = {}
        for row in self._given_us:
            who = self._who(row.code)
            multilateral = who.donor_kind == "multilateral"
            partner = who.code if multilateral else who.partner
            if partner != self.home and multilateral != countries:
                merged.setdefault(partner, []).append(row)
        what = "countries that helped us" if countries else "organisations that helped us"
        return _counted(what, [_merged(self._who(code), rows) for code, rows in merged.items()])

    @cached_property
    def _given_us(self) -> list[Row]:
        moved = self._moved([("donor", kind, 1) for kind in ("depot", "fund", "served", "deployed")])
        ours = self.held.kind.among(["depot", "fund"]) | self.held.party.among([self.home])
        moved = moved.where(ours[moved.taker])
        return self._by_party(moved, self.held.party.code[moved.giver])

    def donors(self, kind: str | None = None) -> Figure:
        """Everybody whose gift has come to somebody; of one kind of donor if one is named."""
        if kind is not None and kind not in DONOR_KINDS:
            raise InputError(f'"{kind}" is no kind of donor.', way_out=f"Use {', '.join(DONOR_KINDS)}.")
        mine = [row for row in self._given if kind in (None, self._who(row.code).donor_kind)]
        return _counted(kind or "donors", mine)

    @cached_property
    def _given(self) -> list[Row]:
        moved = self._moved([("donor", None, 1)])
        return self._by_party(moved, self.held.party.code[moved.giver])

    # Money and people

    def funds(self) -> Figure:
        """Funds that hold something, with how much of each currency in minor units."""
        return _counted("funds", self._holding("fund"))

    def paid(self) -> Figure:
        """Who was paid, and how much of each currency in minor units."""
        return _counted("paid", self._holding("disbursed"))

    def people(self) -> Figure:
        """Whom experts have worked for, in person-days by skill."""
        return _counted("people", self._holding("deployed"))

    def teams(self) -> Figure:
        """Teams that were sent, with how many people of each skill."""
        by = datetime.combine(self.as_of, time.max, UTC)
        sent = self.ledger.entries(kind=Deployment.kind, known_on=self.known_on, effective_by=by)
        said = ((entry.index, Deployment.read(entry.body)) for entry in sent)
        return _counted("teams", [self._team(position, team) for position, team in said])

    def _team(self, position: int, team: Deployment) -> Row:
        seats = {part.skill: part.seats for part in team.people}
        return Row(team.number, self._who(team.recipient).name, seats, (position,))

    def _holding(self, kind: str) -> list[Row]:
        """Everybody who holds something in an account of this kind."""
        moved = self._moved([(None, kind, 1), (kind, None, -1)])
        code = self.held.party.code
        return self._by_party(moved, np.where(moved.sign > 0, code[moved.taker], code[moved.giver]))

    # How it is summed

    def _moved(self, moves: Iterable[tuple[str | None, str | None, int]]) -> _Moved:
        """Movements from one kind of account to another (None: any), with +1 or −1 for each."""
        held = self.held
        rows_of, signs = [], []
        for giver, taker, sign in moves:
            rows = self.at
            for side, kind in ((held.giver, giver), (held.taker, taker)):
                if kind is not None:
                    rows = rows[held.kind.among([kind])[side[rows]]]
            rows_of.append(rows)
            signs.append(np.full(len(rows), sign))
        return _Moved(held, np.concatenate(rows_of), np.concatenate(signs))

    def _item(self, moved: _Moved) -> np.ndarray:
        return np.asarray(self.held.item.code[self.held.commodity[moved.rows]])

    def _by_party(self, moved: _Moved, whose: np.ndarray) -> list[Row]:
        """One row per party that has anything, its amounts by item."""
        held = self.held
        found = self._sums(moved, whose, held.party.words, self._item(moved), held.item.words)
        return [Row(code, self._who(code).name, amounts, entries) for code, amounts, entries in found]

    def _sums(
        self,
        moved: _Moved,
        first: np.ndarray,
        first_words: Sequence[str],
        second: np.ndarray,
        second_words: Sequence[str],
    ) -> Iterator[tuple[str, dict[str, int], tuple[int, ...]]]:
        """For every ``first`` the sums above zero by ``second``, and the entries; nothing for those without."""
        order = np.argsort(first, kind="stable")
        first, second = first[order], second[order]
        signed = (moved.sign * self.held.quantity[moved.rows])[order]
        position = self.held.position[moved.rows[order]]
        edges = np.flatnonzero(np.diff(first, prepend=-1, append=-1)).tolist()
        for start, end in pairwise(edges):
            which, place_ = np.unique(second[start:end], return_inverse=True)
            total = np.zeros(len(which), np.int64)
            np.add.at(total, place_, signed[start:end])
            amounts = {
                second_words[w]: t for w, t in zip(which.tolist(), total.tolist(), strict=True) if t > 0
            }
            if amounts:
                yield first_words[first[start]], amounts, tuple(np.unique(position[start:end]).tolist())

    def _who(self, code: str) -> Known:
        """The party with this code, as it was known then."""
        if code in organisations():
            return Known(code, organisations()[code].name(), "multilateral", code)
        return self._recorded.get(code) or _elsewhere(code)

    @cached_property
    def _recorded(self) -> Mapping[str, Known]:
        return recorded(self.ledger, known_on=self.known_on)


@dataclass(frozen=True)
class _Moved:
    """Some movements: their places among the columns, and whether each adds (1) or takes away (−1)."""

    held: Columns
    rows: np.ndarray
    sign: np.ndarray

    @property
    def giver(self) -> np.ndarray:
        return np.asarray(self.held.giver[self.rows])

    @property
    def taker(self) -> np.ndarray:
        return np.asarray(self.held.taker[self.rows])

    @property
    def receiver(self) -> np.ndarray:
        """Whom each is for: the party of the taker, or, of what is taken back, of the giver."""
        code = self.held.party.code
        return np.asarray(np.where(self.sign > 0, code[self.taker], code[self.giver]))

    def where(self, wanted: np.ndarray) -> _Moved:
        return _Moved(self.held, self.rows[wanted], self.sign[wanted])


@cache
def _elsewhere(code: str) -> Known:
    """A country or an area; a fund or another name stands for itself."""
    try:
        return of_place(code)
    except InputError:
        return Known(code, code, "central government", code)


def _merged(who: Known, rows: Sequence[Row]) -> Row:
    """What several parties of one country gave, as that country's."""
    amounts: Counter[str] = Counter()
    for row in rows:
        amounts.update(row.amounts)
    entries = sorted({entry for row in rows for entry in row.entries})
    return Row(who.code, who.name, dict(amounts), tuple(entries))


def _counted(what: str, rows: Sequence[Row]) -> Figure:
    return Figure(what, len(rows), tuple(sorted(rows, key=_by_name)))


def _by_name(row: Row) -> tuple[int, str]:
    return (int(row.code), "") if row.code.isdecimal() else (0, row.name)
