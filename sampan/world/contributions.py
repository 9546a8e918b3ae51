"""What has been pledged, committed and delivered, by whom and to whom, as of a day and as known on a day?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Select, func, select

from sampan.core.errors import InputError
from sampan.core.portions import portions
from sampan.ledger.entry import Entry, milliseconds, read_entry
from sampan.ledger.ledger import Ledger
from sampan.ledger.schema import entries as log
from sampan.records.assistance.contributions import Contribution, GiftKind
from sampan.world.contribution_tables import names, steps

Side = Literal["given", "received", "domestic"]
Status = Literal[
    "pledged",
    "partly committed",
    "committed",
    "partly delivered",
    "paid, not confirmed",
    "delivered",
    "cancelled",
    "closed",
]
"""``closed``: delivered in part, and the rest cancelled."""


@dataclass(frozen=True)
class LineState:
    """How far one line of a contribution has come, in its own units. Cancelled amounts are taken off."""

    kind: GiftKind
    item: str
    pledged: int
    committed: int
    delivered: int
    used: int
    cancelled: int
    paid: int = 0
    """Paid out by home, and not confirmed by its recipient: not among what is delivered."""

    @property
    def out(self) -> int:
        """What has left the donor: delivered, or paid and not confirmed."""
        return self.delivered + self.paid

    @property
    def open(self) -> int:
        """Pledged, and not yet binding."""
        return self.pledged - self.committed

    @property
    def due(self) -> int:
        """Binding, and not yet there."""
        return self.committed - self.out

    @property
    def holds(self) -> bool:
        """Whether nothing has come further than the step before it."""
        in_order = 0 <= self.used <= self.delivered <= self.out <= self.committed <= self.pledged
        return in_order and self.cancelled >= 0


@dataclass(frozen=True)
class Progress:
    """A contribution and how far it has come. ``entry`` is the position of its pledge in the log."""

    number: str
    entry: int
    donor: str
    recipient: str
    appeal: str | None
    lines: tuple[LineState, ...]
    thanked: bool

    @property
    def status(self) -> Status:
        """Where it stands as a whole; a contribution of several lines is only as far as the last of them."""
        if not any(line.pledged for line in self.lines):
            return "cancelled"
        if all(line.delivered == line.pledged for line in self.lines):
            return "closed" if any(line.cancelled for line in self.lines) else "delivered"
        if any(line.delivered for line in self.lines):
            return "partly delivered"
        if any(line.paid for line in self.lines):
            return "paid, not confirmed"
        if all(line.committed == line.pledged for line in self.lines):
            return "committed"
        return "partly committed" if any(line.committed for line in self.lines) else "pledged"


@dataclass
class _Sums:
    """What one contribution's rows add up to, by line in the order of the pledge."""

    entry: int
    donor: str
    recipient: str
    appeal: str | None
    lines: dict[tuple[GiftKind, str], dict[str, int]] = field(default_factory=dict)
    thanked: bool = False


@dataclass(frozen=True)
class Pledge:
    """A contribution of which something was said. ``entry`` is the position of its pledge in the log."""

    number: str
    entry: int
    donor: str
    recipient: str


def pledges(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[Pledge, ...]:
    """Every contribution by its pledge's place in the log."""
    c = steps.c
    query: Select[Any] = select(c.contribution, c.pledge, c.donor, c.recipient).distinct().order_by(c.pledge)
    with ledger.reading() as connection:
        rows = connection.execute(_within(query, as_of, known_on)).all()
    return tuple(Pledge(*row) for row in rows)


def progress(
    ledger: Ledger,
    numbers: Sequence[str] | None = None,
    *,
    appeal: str | None = None,
    answers_only: bool = False,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[Progress, ...]:
    """How far every contribution has come, by its pledge's place in the log.

    Or only those with ``numbers``, those that answer ``appeal``, or with ``answers_only`` any appeal.
    """
    query = _within(_SUMS, as_of, known_on)
    if appeal is not None:
        query = query.where(steps.c.appeal == appeal)
    if answers_only:
        query = query.where(steps.c.appeal.is_not(None))
    queries = [query]
    if numbers is not None:
        queries = [query.where(steps.c.contribution.in_(some)) for some in portions(numbers)]
    with ledger.reading() as connection:
        rows = [row for each in queries for row in connection.execute(each)]
    found: dict[str, _Sums] = {}
    for row in rows:
        sums = found.setdefault(row.contribution, _Sums(row.pledge, row.donor, row.recipient, row.appeal))
        sums.thanked |= row.step == "thanked"
        if row.kind:
            sums.lines.setdefault((row.kind, row.item), defaultdict(int))[row.step] += int(row.quantity)
    made = (_progress(number, sums) for number, sums in found.items())
    return tuple(sorted(made, key=lambda each: each.entry))


_EACH = (
    steps.c.contribution,
    steps.c.pledge,
    steps.c.donor,
    steps.c.recipient,
    steps.c.appeal,
    steps.c.step,
    steps.c.kind,
    steps.c.item,
)
_SUMS: Select[Any] = (
    select(*_EACH, func.sum(steps.c.quantity).label("quantity"))
    .group_by(*_EACH)
    .order_by(steps.c.pledge, func.min(steps.c.position), func.min(steps.c.part))
)


def _within(query: Select[Any], as_of: date | None, known_on: datetime | None) -> Select[Any]:
    if as_of is not None:
        query = query.where(steps.c.effective <= milliseconds(datetime.combine(as_of, time.max, UTC)))
    if known_on is not None:
        query = query.where(steps.c.recorded <= milliseconds(known_on))
    return query


def _progress(number: str, sums: _Sums) -> Progress:
    lines = tuple(line_state(kind, item, said) for (kind, item), said in sums.lines.items())
    return Progress(number, sums.entry, sums.donor, sums.recipient, sums.appeal, lines, sums.thanked)


@dataclass(frozen=True)
class Came:
    """How much of one thing has come of one contribution."""

    contribution: str
    donor: str
    recipient: str
    kind: GiftKind
    item: str
    quantity: int


def delivered(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[Came, ...]:
    """What has come, of each contribution and thing, in the order of pledges."""
    c = steps.c
    what = (c.contribution, c.donor, c.recipient, c.kind, c.item)
    query: Select[Any] = select(*what, func.sum(c.quantity).label("quantity")).where(
        c.step.in_(["delivered", "confirmed"])
    )
    query = query.group_by(c.pledge, *what).order_by(c.pledge, c.kind, c.item)
    with ledger.reading() as connection:
        rows = connection.execute(_within(query, as_of, known_on)).all()
    return tuple(
        Came(row.contribution, row.donor, row.recipient, row.kind, row.item, int(row.quantity))
        for row in rows
    )


def line_state(kind: GiftKind, item: str, said: Mapping[str, int]) -> LineState:
    """The state that the sums of the steps of one line make."""
    cancelled = said.get("cancelled", 0)
    return LineState(
        kind,
        item,
        pledged=said.get("pledged", 0) - cancelled,
        committed=said.get("committed", 0) - said.get("released", 0),
        delivered=said.get("delivered", 0) + said.get("confirmed", 0),
        paid=said.get("paid", 0) - said.get("confirmed", 0),
        used=said.get("used", 0),
        cancelled=cancelled,
    )


@dataclass(frozen=True)
class Stepped:
    """One line of one step, on its day."""

    day: date
    step: str
    kind: GiftKind
    item: str
    quantity: int


def history(ledger: Ledger, number: str) -> tuple[Stepped, ...]:
    """Every line of every step of a contribution, in the order of the log."""
    c = steps.c
    query = (
        select(c.effective, c.step, c.kind, c.item, c.quantity)
        .where(c.contribution == number)
        .order_by(c.position, c.part)
    )
    with ledger.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(Stepped(_day(row.effective), row.step, row.kind, row.item, row.quantity) for row in rows)


def positions(ledger: Ledger, number: str, step: str) -> tuple[int, ...]:
    """Where in the log the entries stand that say this step of a contribution."""
    query = select(steps.c.position).where(steps.c.contribution == number, steps.c.step == step).distinct()
    with ledger.reading() as connection:
        return tuple(connection.scalars(query.order_by(steps.c.position)))


def said_of(ledger: Ledger, numbers: Sequence[str], step: str) -> list[Entry]:
    """The entries that say this step of any of these contributions, in the order of the log."""
    c = steps.c
    found: list[tuple[int, bytes]] = []
    with ledger.reading() as connection:
        for some in portions(numbers):
            mine = select(c.position).where(c.contribution.in_(some), c.step == step)
            query = select(log.c.position, log.c.data).where(log.c.position.in_(mine))
            found += [(row.position, row.data) for row in connection.execute(query)]
    return [read_entry(position, data) for position, data in sorted(found)]


def carried(ledger: Ledger, item: str, *, by: str | None = None, to: str | None = None) -> int:
    """How much of ``item`` deliveries say came by one consignment or deployment, or by any to one recipient."""
    c = steps.c
    query = select(func.sum(c.quantity)).where(
        c.carried_by.is_not(None) if by is None else c.carried_by == by,
        c.item == item,
        c.step == "delivered",
    )
    if to is not None:
        query = query.where(c.recipient == to)
    with ledger.reading() as connection:
        return int(connection.scalar(query) or 0)


def _day(effective: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=effective)).date()


def by_day(steps: Iterable[Stepped]) -> Mapping[date, tuple[LineState, ...]]:
    """How far each line had come at the end of every day on which something was said of it."""
    sums: dict[tuple[GiftKind, str], dict[str, int]] = {}
    found: dict[date, tuple[LineState, ...]] = {}
    for each in sorted(steps, key=lambda stepped: stepped.day):
        if each.kind:
            sums.setdefault((each.kind, each.item), defaultdict(int))[each.step] += each.quantity
        found[each.day] = tuple(line_state(kind, item, said) for (kind, item), said in sums.items())
    return found


def position_of(ledger: Ledger, kind: str, code: str) -> int | None:
    """Where the newest entry of ``kind`` with this code or number stands in the log; None if there is none."""
    query = select(func.max(names.c.position)).where(names.c.kind == kind, names.c.code == code)
    with ledger.reading() as connection:
        found = connection.scalar(query)
    return None if found is None else int(found)


def count_of(ledger: Ledger, kind: str) -> int:
    """How many entries of ``kind`` carry a code or a number."""
    with ledger.reading() as connection:
        query = select(func.count()).select_from(names).where(names.c.kind == kind)
        return int(connection.scalar(query) or 0)


def contribution(ledger: Ledger, number: str) -> Contribution:
    """The pledge with this number. Raises InputError if there is none."""
    position = position_of(ledger, Contribution.kind, number)
    if position is None:
        raise InputError(
            f"There is no contribution {number}.", way_out="See: sampan contribution list", field="number"
        )
    return Contribution.read(ledger.at(position).body)


def side(donor: str, recipient: str, home: str) -> Side | None:
    """Which side of the books it stands on, by the partners of both; None if home has no part in it."""
    if donor == home:
        return "domestic" if recipient == home else "given"
    return "received" if recipient == home else None
