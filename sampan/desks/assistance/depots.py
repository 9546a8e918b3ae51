"""What lies in our depots, by lot and expiry, what of it is home's, and what did a count find?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sampan.access.session import Session
from sampan.core.errors import InputError, clause
from sampan.core.quantities import whole
from sampan.core.rows import Rows
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.stock import DEPOT
from sampan.desks.assistance.stock_lists import line_of, lot_line
from sampan.formats.gs1 import read_label
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import (
    CountLine,
    Expiry,
    ItemCode,
    LotLine,
    Production,
    Reserve,
    StockCount,
    Transfer,
)
from sampan.records.movement import Commodity
from sampan.records.record import Record
from sampan.world.accounts import Holding, balance
from sampan.world.assisted import outstanding
from sampan.world.earmarks import find_earmark
from sampan.world.items import item as find_item
from sampan.world.places import is_place, place


@dataclass(frozen=True)
class LotOnHand:
    """Units of one lot in one depot."""

    depot: str
    item: str
    lot: str | None
    expiry: date | None
    earmark: str | None
    units: int
    expired: bool


@dataclass(frozen=True)
class ItemOnHand:
    """One item in one depot: all of it, what has expired, what is kept for home, and what may leave."""

    depot: str
    item: str
    at_hand: int
    expired: int
    reserve: int
    free: int


def produce(
    session: Session,
    lines: Sequence[LotLine],
    *,
    source: str,
    depot: str = DEPOT,
    day: date | None = None,
) -> Done:
    """Takes what works have delivered into a depot. ``source`` says whose figure it is."""
    _check(session, lines)
    if not source.strip():
        raise InputError("Nobody is named as the source.", way_out="Name the works, or its feed: --source.")
    when = day or session.today()
    for line in lines:
        if line.expiry is not None and line.expiry < when:
            raise InputError(
                f"{_named(line.commodity())} expired on {line.expiry}.",
                way_out="Read the label again; what is past its day is not taken in.",
                field="expiry",
            )
    record = Production(depot=depot, lines=tuple(lines), source=source)
    (entry,) = session.write("stock", [record], effective=day)
    return _done(entry.id, depot, f"{_sum(lines):,} units came into {depot} from {source}")


def count(
    session: Session,
    found: Sequence[tuple[LotLine, str]],
    *,
    depot: str = DEPOT,
    whole_depot: bool = False,
    reason: str = "",
    day: date | None = None,
) -> Done:
    """Sets the books to what people found, lot by lot; each line has its reason if it differs.

    ``whole_depot``: lots that nobody found are counted as none, for ``reason``. All in base units. Raises
    InputError for a difference without a reason.
    """
    _check(session, [line for line, _ in found])

    def records() -> list[Record]:
        booked = _booked(session.ledger, depot, day or session.today())
        said = {line.commodity(): (line.units, reason) for line, reason in found}
        if whole_depot:
            said |= {what: (0, reason) for what in booked if what not in said}
        lines = [_counted(what, booked.get(what, 0), *said[what]) for what in said]
        return [StockCount(depot=depot, lines=tuple(lines))]

    (entry,) = session.decide("stock", records, effective=day)
    counted = StockCount.read(entry.body)
    differ = [line for line in counted.lines if line.difference]
    lots = f"{len(counted.lines)} lot{'' if len(counted.lines) == 1 else 's'}"
    differing = f"{len(differ)} differ{'s' if len(differ) == 1 else ''}"
    return _done(entry.id, depot, f"{lots} counted in {depot}, {differing}")


def adjust(
    session: Session, lot: LotLine, change: int, *, reason: str, depot: str = DEPOT, day: date | None = None
) -> Done:
    """Counts one lot as ``change`` more (or, below zero, less) than the books have. ``lot.units`` is ignored.

    The lot's name will do: expiry and earmark are those in the books if there is only one such lot.
    """
    _check(session, [lot])

    def records() -> list[Record]:
        books = _booked(session.ledger, depot, day or session.today())
        same = [what for what in books if (what.item, what.lot) == (lot.item, lot.lot)]
        what = same[0] if len(same) == 1 and lot.expiry is None else lot.commodity()
        booked = books.get(what, 0)
        if booked + change < 0:
            raise InputError(
                f"{depot} holds {booked:,} {_named(what)}; {-change:,} cannot be taken off.",
                way_out=f"Take off {booked:,} or fewer."
                if booked
                else "Name the lot that there is, or a later day.",
                held=booked,
                asked=-change,
            )
        return [StockCount(depot=depot, lines=(_counted(what, booked, booked + change, reason),))]

    (entry,) = session.decide("stock", records, effective=day)
    line = StockCount.read(entry.body).lines[0]
    return _done(entry.id, depot, f"{_named(lot.commodity())}: {line.booked:,} became {line.counted:,}")


def _counted(what: Commodity, booked: int, counted: int, reason: str) -> CountLine:
    if counted != booked and booked and not reason.strip():
        raise InputError(
            f"{_named(what)}: the books have {booked:,}, {counted:,} were found, and nobody says why.",
            way_out="Give a reason for every line that differs.",
            field="reason",
            booked=booked,
            counted=counted,
        )
    return CountLine(
        item=what.item,
        lot=what.lot,
        expiry=what.expiry,
        earmark=what.earmark,
        booked=booked,
        counted=counted,
        reason=reason,
    )


def expire(session: Session, *, depot: str = DEPOT, day: date | None = None) -> Done:
    """Takes every lot that is past its day out of a depot. Raises InputError if there is none."""
    when = day or session.today()

    def records() -> list[Record]:
        gone = [lot for lot in on_hand(session.ledger, depot=depot, as_of=when) if lot.expired]
        if not gone:
            raise InputError(f"Nothing in {depot} has expired by {when}.", way_out="Nothing needs doing.")
        lines = tuple(
            LotLine(item=x.item, lot=x.lot, expiry=x.expiry, earmark=x.earmark, units=x.units) for x in gone
        )
        return [Expiry(depot=depot, lines=lines)]

    (entry,) = session.decide("stock", records, effective=day)
    lines = Expiry.read(entry.body).lines
    return _done(entry.id, depot, f"{_sum(lines):,} units in {len(lines)} lots had expired")


def move(
    session: Session,
    goods: Sequence[LotLine],
    *,
    depot: str,
    to: str,
    reason: str,
    day: date | None = None,
) -> Done:
    """Takes goods from one of our depots to another: the lots that are named, or those that expire first.

    What is past its day stays. Raises InputError for the same depot twice, more than there is, or no reason.
    """
    _check(session, goods)
    if depot == to:
        raise InputError(f"{depot} is where they are.", way_out="Name another depot with --to.", field="to")
    if not reason.strip():
        raise InputError("Nobody says why.", way_out="Give a reason: the plan, the call.", field="reason")
    when = day or session.today()

    def records() -> list[Record]:
        lots = [lot for lot in on_hand(session.ledger, depot=depot, as_of=when) if not lot.expired]
        lines = tuple(line for wanted in goods for line in _picked(wanted, lots, depot))
        return [Transfer(depot=depot, to=to, lines=lines, reason=reason)]

    (entry,) = session.decide("stock", records, effective=day)
    lines = Transfer.read(entry.body).lines
    lots = f"{len(lines)} lot{'' if len(lines) == 1 else 's'}"
    return _done(entry.id, to, f"{_sum(lines):,} units in {lots} went from {depot} to {to}")


def _picked(wanted: LotLine, lots: Sequence[LotOnHand], depot: str) -> list[LotLine]:
    """Whole or part lots of what is wanted, those that expire first in front."""
    left, lines = wanted.units, []
    for lot in lots:
        if lot.item == wanted.item and wanted.lot in (None, lot.lot) and left > 0:
            units = min(left, lot.units)
            left -= units
            lines.append(
                LotLine(item=lot.item, lot=lot.lot, expiry=lot.expiry, earmark=lot.earmark, units=units)
            )
    if left > 0:
        raise InputError(
            f"{depot} holds {wanted.units - left:,} {_named(wanted.commodity())} in date; "
            f"{wanted.units:,} cannot be taken.",
            way_out=f"Take {wanted.units - left:,} or fewer."
            if wanted.units > left
            else "Nothing of it is there to take: choose another depot, or another item.",
            held=wanted.units - left,
            asked=wanted.units,
        )
    return lines


def reserve(
    session: Session, item: str, units: int, *, reason: str, depot: str = DEPOT, day: date | None = None
) -> Done:
    """Keeps ``units`` of an item in a depot for home, in place of what was kept before."""
    code = find_item(item).code
    record = Reserve(depot=depot, item=code, units=whole(units, what=code), reason=reason)
    (entry,) = session.write("stock", [record], effective=day)
    return _done(entry.id, depot, f"{units:,} {code} in {depot} are kept for home")


def name_code(session: Session, gtin: str, item: str, units: int) -> Done:
    """Says which item, and how many base units of it, carry a GTIN on their label."""
    label = read_label(f"(01){gtin.zfill(14)}")
    record = ItemCode(gtin=label.gtin, item=find_item(item).code, units=whole(units, what=item, at_least=1))
    (entry,) = session.write("stock", [record])
    return Done(label.gtin, (entry.id,), f"{label.gtin} is {units:,} {record.item}")


def scanned(session: Session, text: str, count: int | None = None) -> LotLine:
    """The lot, and the base units, that a label on ``count`` packs stands for.

    Raises InputError if nobody has said what carries its GTIN.
    """
    label = read_label(text)
    known = {
        record.gtin: record
        for entry in session.ledger.entries(kind=ItemCode.kind)
        for record in [ItemCode.read(entry.body)]
    }
    if label.gtin not in known:
        raise InputError(
            f"Nobody has said what GTIN {label.gtin} is.",
            way_out=f"Say it once: sampan stock code {label.gtin} ITEM UNITS.",
        )
    code = known[label.gtin]
    return line_of(label, item=code.item, units_each=code.units, count=count)


def on_hand(
    ledger: Ledger,
    *,
    depot: str | None = None,
    item: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[LotOnHand, ...]:
    """Every lot at hand, as ``lots_on_hand`` has them."""
    return tuple(lots_on_hand(ledger, depot=depot, item=item, as_of=as_of, known_on=known_on))


def lots_on_hand(
    ledger: Ledger,
    *,
    depot: str | None = None,
    item: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[LotOnHand]:
    """Lots at hand by depot and item, those that expire first in front, made as they are looked at.

    ``as_of`` None counts all that is recorded.
    """
    found = balance(
        ledger,
        account=f"depot:{depot}" if depot else "depot:",
        kind="goods",
        item=item,
        as_of=as_of,
        known_on=known_on,
    )
    return Rows(len(found), lambda begin, end: [_lot(one, as_of) for one in found[begin:end]])


def _lot(one: Holding, as_of: date | None) -> LotOnHand:
    what = one.commodity
    expired = bool(as_of and what.expiry and what.expiry < as_of)
    depot = one.account.removeprefix("depot:")
    return LotOnHand(depot, what.item, what.lot, what.expiry, what.earmark, one.quantity, expired)


def items_on_hand(
    ledger: Ledger,
    *,
    depot: str | None = None,
    as_of: date,
    known_on: datetime | None = None,
) -> tuple[ItemOnHand, ...]:
    """Every item at hand, with home's reserve shown apart."""
    lots = on_hand(ledger, depot=depot, as_of=as_of, known_on=known_on)
    return by_item(lots, reserves(ledger, as_of=as_of, known_on=known_on), depot=depot)


def by_item(
    lots: Sequence[LotOnHand], kept: Mapping[tuple[str, str], int], *, depot: str | None = None
) -> tuple[ItemOnHand, ...]:
    """The same of these lots, and of what is ``kept`` for home. ``free`` is never below zero."""
    sums: dict[tuple[str, str], list[int]] = {key: [0, 0] for key in _keys(lots, kept, depot)}
    for lot in lots:
        sums[lot.depot, lot.item][0] += lot.units
        sums[lot.depot, lot.item][1] += lot.units * lot.expired
    return tuple(
        ItemOnHand(*key, all_, gone, kept.get(key, 0), max(0, all_ - gone - kept.get(key, 0)))
        for key, (all_, gone) in sums.items()
    )


def _keys(
    lots: Sequence[LotOnHand], kept: Iterable[tuple[str, str]], depot: str | None
) -> Iterable[tuple[str, str]]:
    """Depot and item of whatever lies there, and of what is kept though none of it is left."""
    yield from ((lot.depot, lot.item) for lot in lots)
    yield from (key for key in kept if depot in (None, key[0]))


def reserves(ledger: Ledger, *, as_of: date, known_on: datetime | None = None) -> dict[tuple[str, str], int]:
    """Units kept for home by depot and item, as last said."""
    said = [
        (entry.effective, Reserve.read(entry.body))
        for entry in ledger.entries(kind=Reserve.kind, known_on=known_on)
        if entry.effective.date() <= as_of
    ]
    said.sort(key=lambda each: each[0])
    return {(record.depot, record.item): record.units for _, record in said}


def _booked(ledger: Ledger, depot: str, day: date) -> dict[Commodity, int]:
    held = balance(ledger, account=f"depot:{depot}", kind="goods", as_of=day)
    return {one.commodity: one.quantity for one in held}


def _check(session: Session, lines: Sequence[LotLine]) -> None:
    """Every line is of a known item, has its lot if it has an expiry, and an earmark that there is."""
    for line in lines:
        lot_line(line.item, line.units, lot=line.lot, expiry=line.expiry, least=0)
        if line.earmark is not None:
            find_earmark(session.ledger, line.earmark)


def _sum(lines: Sequence[LotLine]) -> int:
    return sum(line.units for line in lines)


def _named(what: Commodity) -> str:
    return clause(f"{what.item} of lot {what.lot}") if what.lot else what.item


def _done(entry: str, depot: str, said: str) -> Done:
    return Done(depot, (entry,), said)


def plannable(ledger: Ledger, *, as_of: date) -> dict[str, dict[str, int]]:
    """Units by item that a plan may give away, for every depot in the books, the main one first: what is free,
    less what is promised and not packed yet. An item of which the books know nothing is not among them.

    A promise names no depot: it is kept from the main one as far as that goes, then from the others; stores of
    provinces (``CN-HB``) promise nothing.
    """
    rows = items_on_hand(ledger, as_of=as_of)
    left = outstanding(ledger, as_of=as_of)
    found: dict[str, dict[str, int]] = {}
    for row in sorted(rows, key=lambda row: (row.depot != DEPOT, row.depot)):
        kept = 0 if is_province(row.depot) else min(row.free, left.get(row.item, 0))
        left[row.item] = left.get(row.item, 0) - kept
        found.setdefault(row.depot, {})[row.item] = row.free - kept
    return found


def is_province(depot: str) -> bool:
    """Whether a depot bears the code of a first-level area: it is that province's own store."""
    return is_place(depot) and place(depot).parent is not None
