"""What is picked for a consignment, what is split off, and what is taken back before it left?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, clause
from sampan.desks.assistance.batches import next_number
from sampan.desks.assistance.depots import LotOnHand, on_hand, reserves
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.stock import DEPOT
from sampan.records.assistance import (
    ConsignmentLine,
    LotLine,
    Packing,
    Split,
    Unpacking,
    Withdrawal,
)
from sampan.records.assistance.consignments import MOVES, State
from sampan.records.movement import Commodity
from sampan.world.consignments import LotState, Tracked, numbers, track
from sampan.world.earmarks import earmarks, why_not


def require_move(one: Tracked, to: State, *, day: date) -> None:
    """Lets a consignment become ``to`` on ``day``, or raises Refused naming what it can become.

    Nothing happens before what was done last.
    """
    if to not in MOVES[one.state]:
        raise Refused(
            f"{one.number} is {one.state}; it cannot become {to}.",
            way_out=f"From here it can become {' or '.join(MOVES[one.state])}."
            if MOVES[one.state]
            else "Nothing comes after this.",
            consignment=one.number,
            state=one.state,
        )
    last = max(event.day for event in one.events)
    if day < last:
        raise InputError(
            f"{one.number} was {one.state} on {last}; it cannot become {to} on {day}.",
            way_out=f"Name {last} or a later day.",
            field="date",
        )


def pack(
    session: Session,
    number: str,
    *,
    lots: Sequence[LotLine] = (),
    depot: str = DEPOT,
    day: date | None = None,
) -> Done:
    """Picks what a consignment promises: first expired first out, unless ``lots`` are named.

    Raises Refused if the depot has too little that has not expired, is not kept for home and may go to this
    recipient by its earmark; nothing is picked then.
    """
    when = day or session.today()

    def records() -> list[Packing]:
        one = track(session.ledger, number)
        require_move(one, "packed", day=when)
        shelf = _Shelf(session, one, depot, when)
        lines = shelf.named(lots) if lots else shelf.first_expired()
        return [Packing(consignment=number, depot=depot, lines=tuple(lines))]

    (entry,) = session.decide("consign", records, effective=day)
    lines = Packing.read(entry.body).lines
    packed = f"{len(lines)} lot is" if len(lines) == 1 else f"{len(lines)} lots are"
    return Done(number, (entry.id,), f"{sum(x.units for x in lines):,} units in {packed} packed")


class _Shelf:
    """What a depot may give to one consignment on one day."""

    def __init__(self, session: Session, one: Tracked, depot: str, day: date) -> None:
        self.one, self.depot, self.day = one, depot, day
        self.lots = on_hand(session.ledger, depot=depot, as_of=day)
        self.kept = reserves(session.ledger, as_of=day)
        self.earmarks = earmarks(session.ledger)
        self.asked = {line.item: line.units for line in one.promised}

    def first_expired(self) -> list[LotLine]:
        """Lots for everything that is promised, in the order in which they expire, earmarked ones first."""
        picked: list[LotLine] = []
        for item, asked in self.asked.items():
            usable = [lot for lot in self.lots if lot.item == item and not self._why_not(lot)]
            self._require(item, asked, sum(lot.units for lot in usable))
            left = asked
            for lot in sorted(usable, key=_expires):
                if left:
                    take = min(left, lot.units)
                    picked.append(_line(lot, take))
                    left -= take
        return picked

    def named(self, lots: Sequence[LotLine]) -> list[LotLine]:
        """The lots that were asked for by name, if they are there, fit, and are what is promised."""
        found: list[LotLine] = []
        for asked in lots:
            lot = self._find(asked)
            if why := self._why_not(lot):
                raise Refused(
                    f"Lot {lot.lot} of {lot.item} cannot go to {self.one.recipient}. {why}",
                    way_out=self._others(lot) or "Use another item.",
                    lot=lot.lot,
                )
            if asked.units > lot.units:
                raise Refused(
                    f"{self.depot} holds {lot.units:,} {lot.item} of lot {lot.lot}; this takes {asked.units:,}.",
                    way_out=f"Take {lot.units:,} or fewer."
                    + (f" {others}" if (others := self._others(lot)) else ""),
                    held=lot.units,
                    asked=asked.units,
                )
            found.append(_line(lot, asked.units))
        self._require_promised(found)
        for item, units in self.asked.items():
            mine = [lot for lot in self.lots if lot.item == item and not self._why_not(lot)]
            self._require(item, units, sum(lot.units for lot in mine))
        return found

    def _find(self, asked: LotLine) -> LotOnHand:
        fits = [lot for lot in self.lots if lot.item == asked.item and lot.lot == asked.lot]
        fits = [lot for lot in fits if asked.earmark in (None, lot.earmark)]
        if not fits:
            raise InputError(
                f"{self.depot} holds no lot {asked.lot} of {asked.item}.",
                way_out=self._others(asked) or "Use another item.",
            )
        return fits[0]

    def _why_not(self, lot: LotOnHand) -> str | None:
        """Why a lot may not go to this recipient; None if it may."""
        if lot.expired:
            return f"It expired on {lot.expiry}."
        earmark = self.earmarks.get(lot.earmark) if lot.earmark else None
        return why_not(earmark, self.one.recipient, lot.item) if earmark else None

    def _others(self, but: LotOnHand | LotLine) -> str:
        """Which other lots of the same item may go, in a sentence; nothing if none may."""
        fit = [x for x in self.lots if x.item == but.item and x.lot != but.lot and not self._why_not(x)]
        lots = ", ".join(clause(f"{x.units:,} of lot {x.lot}") for x in sorted(fit, key=_expires))
        return clause(f"There is {lots}.") if lots else ""

    def _require(self, item: str, asked: int, usable: int) -> None:
        """Home's reserve stays, and there is enough of the rest."""
        kept = self.kept.get((self.depot, item), 0)
        at_hand = sum(lot.units for lot in self.lots if lot.item == item)
        free = max(0, usable - kept)
        if asked <= free:
            return
        barred = [x for x in self.lots if x.item == item and self._why_not(x)]
        why = [clause(f"Lot {x.lot} may not go. {self._why_not(x)}") for x in barred]
        raise Refused(
            " ".join(
                [
                    clause(
                        f"{self.depot} can give {free:,} {item} to {self.one.number}, which asks for {asked:,}: "
                        f"{at_hand:,} are at hand, {at_hand - usable:,} may not go, {kept:,} are kept for home."
                    ),
                    *why,
                ]
            ),
            way_out=f"Split {asked - free:,} off, or record what came in since."
            if free
            else "Record what came in since, or withdraw the consignment.",
            held=free,
            asked=asked,
            item=item,
        )

    def _require_promised(self, lines: Iterable[LotLine]) -> None:
        picked: dict[str, int] = {}
        for line in lines:
            picked[line.item] = picked.get(line.item, 0) + line.units
        if picked == self.asked:
            return
        item = min(x for x in {*picked, *self.asked} if picked.get(x, 0) != self.asked.get(x, 0))
        raise Refused(
            f"{self.one.number} promises {self.asked.get(item, 0):,} {item}; {picked.get(item, 0):,} were named.",
            way_out="Name as many as are promised; what shall come later is split off first.",
            asked=self.asked.get(item, 0),
            named=picked.get(item, 0),
        )


def _expires(lot: LotOnHand) -> tuple[date, bool, str]:
    return lot.expiry or date.max, lot.earmark is None, lot.lot or ""


def _line(lot: LotOnHand, units: int) -> LotLine:
    return LotLine(item=lot.item, lot=lot.lot, expiry=lot.expiry, earmark=lot.earmark, units=units)


def as_line(what: Commodity, units: int) -> LotLine:
    """A lot of a consignment, as a line of so many units."""
    return LotLine(item=what.item, lot=what.lot, expiry=what.expiry, earmark=what.earmark, units=units)


def unpack(
    session: Session, number: str, *, reason: str, depot: str = DEPOT, day: date | None = None
) -> Done:
    """Puts everything that was packed back into a depot; the promise stands."""

    def records() -> list[Unpacking]:
        one = track(session.ledger, number)
        require_move(one, "decided", day=day or session.today())
        lines = tuple(as_line(lot.commodity, lot.packed) for lot in one.lots if lot.packed)
        return [Unpacking(consignment=number, depot=depot, lines=lines, reason=reason)]

    (entry,) = session.decide("consign", records, effective=day)
    return Done(number, (entry.id,), f"{number} is back in {depot}")


def withdraw(session: Session, number: str, *, reason: str, day: date | None = None) -> Done:
    """Takes a promise back before anything was packed. On an earlier ``day`` it is a correction: it never was."""

    def records() -> list[Withdrawal]:
        one = track(session.ledger, number)
        require_move(one, "withdrawn", day=max(event.day for event in one.events))
        promised = min(event.day for event in one.events)
        if day is not None and day < promised:
            raise InputError(
                f"{number} was promised on {promised}; it cannot be withdrawn on {day}.",
                way_out=f"Name {promised} or a later day.",
                field="date",
            )
        return [Withdrawal(consignment=number, lines=one.promised, reason=reason)]

    (entry,) = session.decide("consign", records, effective=day)
    return Done(number, (entry.id,), f"{number} is withdrawn")


@dataclass(frozen=True)
class Parted:
    """The consignment that was split, and its new part."""

    number: str
    into: str
    units: Mapping[str, int]
    entry: str


def split(
    session: Session, number: str, off: Mapping[str, int], *, reason: str, day: date | None = None
) -> Parted:
    """Makes ``off`` (units by item) a consignment of its own: what the carrier left behind, or comes later.

    Nothing vanishes: promise and lots go over to the new number, latest expiry first. Raises Refused if that is
    more than there is, or all of it.
    """

    def records() -> list[Split]:
        one = track(session.ledger, number)
        if one.state in ("received", "withdrawn"):
            raise Refused(f"{number} is {one.state}.", way_out="There is nothing left to split.")
        held = "transit" if any(lot.transit for lot in one.lots) else "packed"
        _require_part(one, off, held)
        lots = [] if one.state == "decided" else _latest(one.lots, off, held)
        into = next_number(one.batch, one.recipient, numbers(session.ledger, batch=one.batch))
        return [
            Split(
                consignment=number,
                into=into,
                lines=tuple(ConsignmentLine(item=item, units=units) for item, units in sorted(off.items())),
                lots=tuple(lots),
                held="transit" if held == "transit" else "packed",
                state=one.state,
                reason=reason,
            )
        ]

    (entry,) = session.decide("consign", records, effective=day)
    return Parted(number, str(entry.body["into"]), dict(off), entry.id)


def _require_part(one: Tracked, off: Mapping[str, int], held: str) -> None:
    has = {line.item: line.units for line in one.promised}
    if one.state != "decided":
        has = {}
        for lot in one.lots:
            has[lot.commodity.item] = has.get(lot.commodity.item, 0) + int(getattr(lot, held))
    for item, units in off.items():
        if not 0 < units <= has.get(item, 0):
            raise Refused(
                f"{one.number} holds {has.get(item, 0):,} {item}; {units:,} cannot be split off.",
                way_out="Split off less.",
                held=has.get(item, 0),
                asked=units,
            )
    if not off or all(off.get(item, 0) == units for item, units in has.items()):
        raise Refused(f"This leaves nothing of {one.number}.", way_out="Split off a part of it.")


def _latest(lots: Sequence[LotState], off: Mapping[str, int], held: str) -> list[LotLine]:
    """Lots for what is split off: those that expire last."""
    taken: list[LotLine] = []
    left = dict(off)
    for lot in sorted(
        lots, key=lambda x: (x.commodity.expiry or date.max, x.commodity.lot or ""), reverse=True
    ):
        take = min(left.get(lot.commodity.item, 0), int(getattr(lot, held)))
        if take:
            taken.append(as_line(lot.commodity, take))
            left[lot.commodity.item] -= take
    return taken
