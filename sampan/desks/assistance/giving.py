"""What have we given and been given, by whom, under which earmark, and where is it now?

Views only: each as of a day and as known on a day, with the contributions behind every figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sampan.access.session import Session
from sampan.desks.assistance.donors import sentence
from sampan.desks.assistance.lines import shown
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.contributions import Contribution, Delivery, Thanks, Use
from sampan.records.movement import Commodity
from sampan.world.accounts import Holding, balance
from sampan.world.contributions import (
    LineState,
    Progress,
    Side,
    Status,
    contribution,
    positions,
    progress,
    side,
)
from sampan.world.earmarks import earmarks
from sampan.world.parties import Known, party, recorded
from sampan.world.reciprocity import Given
from sampan.world.reciprocity import reciprocity as _reciprocity


@dataclass(frozen=True)
class Row:
    """A contribution as it stands. ``status`` speaks of its last line; ``earmark`` is its code."""

    number: str
    entry: str
    day: date
    donor: str
    donor_name: str
    donor_kind: str
    recipient: str
    recipient_name: str
    side: Side
    status: Status
    lines: tuple[LineState, ...]
    earmark: str | None
    earmark_says: str
    purpose: str
    appeal: str | None
    parent: str | None
    note: str
    thanked: bool

    @property
    def said(self) -> str:
        """What was pledged, in words, less what was cancelled."""
        return ", ".join(shown(line.kind, line.item, line.pledged) for line in self.lines)


def contributions(
    session: Session,
    *,
    only: Side | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[Row, ...]:
    """Every contribution pledged up to ``as_of``, or only those on one side of home, in the order of pledges."""
    known = progress(session.ledger, as_of=as_of, known_on=known_on)
    find = _finder(session.ledger, known_on)
    said = {code: sentence(earmark) for code, earmark in earmarks(session.ledger, known_on=known_on).items()}
    pledges = {
        entry.index: entry for entry in session.ledger.entries(kind=Contribution.kind, known_on=known_on)
    }
    rows = []
    for each in known:
        donor, recipient = find(each.donor), find(each.recipient)
        which = side(donor.partner, recipient.partner, session.home)
        if which is None or only not in (None, which):
            continue
        entry = pledges[each.entry]
        rows.append(_row(each, donor, recipient, which, entry.body, said, entry.id, entry.effective.date()))
    return tuple(rows)


def _finder(ledger: Ledger, known_on: datetime | None) -> Callable[[str], Known]:
    """Finds parties without asking the tables for each."""
    own = recorded(ledger, known_on=known_on)
    return lambda code: own[code] if code in own else party(ledger, code, known_on=known_on)


def _row(  # noqa: PLR0917 the parts of one row
    each: Progress,
    donor: Known,
    recipient: Known,
    which: Side,
    body: Mapping[str, str | None],
    said: Mapping[str, str],
    entry: str,
    day: date,
) -> Row:
    code = body["earmark"]
    return Row(
        number=each.number,
        entry=entry,
        day=day,
        donor=donor.code,
        donor_name=donor.name,
        donor_kind=donor.donor_kind,
        recipient=recipient.code,
        recipient_name=recipient.name,
        side=which,
        status=each.status,
        lines=each.lines,
        earmark=code,
        earmark_says=said.get(code or "", ""),
        purpose=body["purpose"] or "",
        appeal=body["appeal"],
        parent=body["parent"],
        note=body["note"] or "",
        thanked=each.thanked,
    )


@dataclass(frozen=True)
class Said:
    """One entry about a contribution."""

    entry: str
    day: date
    by: str
    step: str
    lines: tuple[str, ...]
    detail: str


@dataclass(frozen=True)
class Story:
    """Everything about one contribution: what was said of it, in order, and where its goods are now."""

    row: Row
    steps: tuple[Said, ...]
    whereabouts: tuple[Holding, ...]
    """Of the very lots that it brought, and of money under its earmark; empty where free money was mixed."""


def story(session: Session, number: str) -> Story:
    """One contribution from pledge to use. Raises InputError if there is none with this number."""
    contribution(session.ledger, number)
    row = next(row for row in contributions(session) if row.number == number)
    return Story(row, tuple(_steps(session, number)), whereabouts(session, number))


_STEPS = ("pledged", "committed", "delivered", "cancelled", "used", "thanked")


def _steps(session: Session, number: str) -> Iterable[Said]:
    places = {place: step for step in _STEPS for place in positions(session.ledger, number, step)}
    for place in sorted(places):
        entry = session.ledger.at(place)
        lines = entry.body.get("lines", ())
        parts = tuple(shown(line["kind"], line["item"], line["quantity"]) for line in lines)
        yield Said(
            entry.id,
            entry.effective.date(),
            entry.actor,
            places[place],
            parts,
            _detail(entry.kind, entry.body),
        )


def _detail(kind: str, body: Mapping[str, object]) -> str:
    """The word that goes with a step: where it was used, who confirmed it, how it was thanked."""
    names = {
        Use.kind: ("place", "note"),
        Thanks.kind: ("words",),
        Delivery.kind: ("confirmed", "carried_by", "note"),
    }
    said = [str(body[name]) for name in names.get(kind, ("note",)) if body.get(name)]
    return "; ".join(said)


def whereabouts(
    session: Session, number: str, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[Holding, ...]:
    """In which accounts the lots and the earmarked money that a contribution brought are, as of a day.

    Lots are named after the contribution unless the donor's own are given; two gifts of one lot under one
    earmark cannot be told apart, and are shown together.
    """
    brought: set[Commodity] = set()
    for place in positions(session.ledger, number, "delivered"):
        delivery = Delivery.read(session.ledger.at(place).body)
        brought |= {moved.commodity for moved in delivery.moved}
    traced = {what for what in brought if what.kind == "goods" or what.earmark is not None}
    return tuple(
        each
        for item in sorted({what.item for what in traced})
        for each in balance(session.ledger, item=item, as_of=as_of, known_on=known_on)
        if each.commodity in traced and each.quantity > 0
    )


@dataclass(frozen=True)
class Received:
    """A gift from abroad: how far it has come, where it was used, where the rest is, whether it was thanked."""

    row: Row
    used: tuple[tuple[str, str], ...]
    """(place, how much)"""
    whereabouts: tuple[Holding, ...]


def received(
    session: Session, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[Received, ...]:
    """What others gave us, in the order in which they pledged it."""
    uses: dict[str, list[tuple[str, str]]] = {}
    for entry in session.ledger.entries(kind=Use.kind, known_on=known_on, effective_by=_end(as_of)):
        for line in entry.body["lines"]:
            what = shown(line["kind"], line["item"], line["quantity"])
            uses.setdefault(entry.body["contribution"], []).append((entry.body["place"], what))
    return tuple(
        Received(
            row,
            tuple(uses.get(row.number, ())),
            whereabouts(session, row.number, as_of=as_of, known_on=known_on),
        )
        for row in contributions(session, only="received", as_of=as_of, known_on=known_on)
    )


def _end(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, UTC)


@dataclass(frozen=True)
class Balance:
    """What went between home and one partner: item by item, given and received."""

    partner: str
    name: str
    lines: tuple[Given, ...]


def reciprocity(
    session: Session,
    *,
    partner: str | None = None,
    monthly: bool = False,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[Balance, ...]:
    """Per partner, given and received in goods, money, services and people; ``monthly``, or over all time.

    Over all time, ``month`` is that in which the thing first went either way.
    """
    every = _reciprocity(session.ledger, session.home, as_of=as_of, known_on=known_on)
    by: dict[str, list[Given]] = {}
    for line in every:
        if partner in (None, line.partner):
            by.setdefault(line.partner, []).append(line)
    return tuple(
        Balance(code, party(session.ledger, code).name, tuple(lines) if monthly else _over_time(lines))
        for code, lines in by.items()
    )


def _over_time(lines: Iterable[Given]) -> tuple[Given, ...]:
    sums: dict[tuple[str, str], Given] = {}
    for line in lines:
        was = sums.get((line.kind, line.item))
        given, got = (was.given, was.received) if was else (0, 0)
        month = min(was.month, line.month) if was else line.month
        sums[line.kind, line.item] = Given(
            line.partner, month, line.kind, line.item, given + line.given, got + line.received
        )
    return tuple(sums[key] for key in sorted(sums))


@dataclass(frozen=True)
class OfKind:
    """What donors of one kind have delivered of one thing, and the contributions behind it."""

    donor_kind: str
    kind: str
    item: str
    donors: int
    delivered: int
    contributions: tuple[str, ...]


def by_donor_kind(
    session: Session,
    *,
    only: Side | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[OfKind, ...]:
    """What was delivered, by kind of donor and by thing, with the list behind each figure."""
    found: dict[tuple[str, str, str], list[tuple[Row, int]]] = {}
    for row in contributions(session, only=only, as_of=as_of, known_on=known_on):
        for line in row.lines:
            if line.delivered:
                found.setdefault((row.donor_kind, line.kind, line.item), []).append((row, line.delivered))
    return tuple(
        OfKind(
            *key,
            donors=len({row.donor for row, _ in rows}),
            delivered=sum(quantity for _, quantity in rows),
            contributions=tuple(row.number for row, _ in rows),
        )
        for key, rows in sorted(found.items())
    )
