"""What was said of a gift from pledge to use, and where are its goods and its money now?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sampan.access.session import Session
from sampan.core.rows import Rows
from sampan.desks.assistance.giving import Row, on_side, rows
from sampan.desks.assistance.lines import shown
from sampan.records.assistance.contributions import Delivery, Thanks, Use
from sampan.records.movement import Commodity
from sampan.world.accounts import Holding, holders
from sampan.world.contributions import contribution, positions, said_of


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
    (row,) = rows(session, [number])
    return Story(row, tuple(_steps(session, number)), whereabouts(session, number))


_STEPS = ("pledged", "committed", "paid", "confirmed", "delivered", "cancelled", "used", "thanked")


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
    return _held(session, [number], as_of=as_of, known_on=known_on).get(number, ())


def _held(
    session: Session, numbers: Sequence[str], *, as_of: date | None, known_on: datetime | None
) -> Mapping[str, tuple[Holding, ...]]:
    """The same of many, by their numbers."""
    brought: dict[str, set[Commodity]] = {}
    steps = (said_of(session.ledger, numbers, step) for step in ("paid", "delivered"))
    for entry in (entry for entries in steps for entry in entries):
        moved = (each.commodity for each in Delivery.read(entry.body).moved)
        traced = {what for what in moved if what.kind == "goods" or what.earmark is not None}
        brought.setdefault(entry.body["contribution"], set()).update(traced)
    every = frozenset[Commodity]().union(*brought.values())
    holding: dict[Commodity, list[Holding]] = {}
    for each in holders(session.ledger, every, as_of=as_of, known_on=known_on):
        if each.quantity > 0:
            holding.setdefault(each.commodity, []).append(each)
    return {
        number: tuple(sorted((each for what in whats for each in holding.get(what, ())), key=_by_item))
        for number, whats in brought.items()
    }


def _by_item(holding: Holding) -> tuple[str, str, date, str]:
    what = holding.commodity
    return what.item, holding.account, what.expiry or date.max, what.lot or ""


@dataclass(frozen=True)
class Received:
    """A gift from abroad: how far it has come, where it was used, where the rest is, whether it was thanked."""

    row: Row
    used: tuple[tuple[str, str], ...]
    """(place, how much)"""
    whereabouts: tuple[Holding, ...]


def received(
    session: Session, *, as_of: date | None = None, known_on: datetime | None = None
) -> Sequence[Received]:
    """What others gave us, how far it has come, where it is used, and whether we have thanked."""
    known_on = known_on or session.known_now()
    found = on_side(session, only="received", as_of=as_of, known_on=known_on)
    return Rows(
        len(found),
        lambda begin, end: _received(session, found[begin:end], as_of=as_of, known_on=known_on),
    )


def _received(
    session: Session, numbers: Sequence[str], *, as_of: date | None, known_on: datetime
) -> tuple[Received, ...]:
    """These gifts from abroad: quick for a few of many."""
    by = _end(as_of)
    uses: dict[str, list[tuple[str, str]]] = {}
    for entry in said_of(session.ledger, numbers, "used"):
        if (by is None or entry.effective <= by) and entry.recorded <= known_on:
            for line in entry.body["lines"]:
                what = shown(line["kind"], line["item"], line["quantity"])
                uses.setdefault(entry.body["contribution"], []).append((entry.body["place"], what))
    held = _held(session, numbers, as_of=as_of, known_on=known_on)
    return tuple(
        Received(row, tuple(uses.get(row.number, ())), held.get(row.number, ()))
        for row in rows(session, numbers, as_of=as_of, known_on=known_on)
    )


def _end(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, UTC)
