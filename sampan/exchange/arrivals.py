"""What have partners announced to home, and what of it has home signed for?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Commitment, Contribution, Delivery, ReceiptLine
from sampan.records.assistance.contributions import Line
from sampan.records.exchange import GoodsReceived, Notice
from sampan.records.movement import Commodity
from sampan.records.record import Record
from sampan.world.contributions import position_of

_DEPOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True)
class SignedFor:
    """What home has just signed for: the entry, and units."""

    number: str
    entry: str
    good: int
    claimed: int


@dataclass(frozen=True)
class Standing:
    """A notice as it stands: what was announced, and what of each lot has not been signed for."""

    notice: Notice
    left: dict[Commodity, int]


def notices(ledger: Ledger) -> tuple[Standing, ...]:
    """Every notice that home was given."""
    newest = {
        said.number: said for entry in ledger.entries(kind=Notice.kind) for said in [Notice.read(entry.body)]
    }
    return tuple(Standing(said, _left(ledger, said)) for said in newest.values())


def standing(ledger: Ledger, number: str) -> Standing:
    """The notice with home's number. Raises InputError if there is none."""
    for each in notices(ledger):
        if each.notice.number == number:
            return each
    raise InputError(f"There is no notice {number}.", way_out="sampan bundle notices shows those that came.")


def signed(ledger: Ledger, number: str) -> list[tuple[Entry, GoodsReceived]]:
    """Every receipt of home's for the notice with this number, in order."""
    return [
        (entry, said)
        for entry in ledger.entries(kind=GoodsReceived.kind)
        for said in [GoodsReceived.read(entry.body)]
        if f"{said.partner}/{said.consignment}" == number
    ]


def _left(ledger: Ledger, notice: Notice) -> dict[Commodity, int]:
    left = {line.commodity(): line.units for line in notice.lines}
    for _, said in signed(ledger, notice.number):
        for line in said.lines:
            left[line.commodity()] = left.get(line.commodity(), 0) - line.good - line.claimed
    return left


@dataclass(frozen=True)
class Counted:
    """What home found of one lot; ``lot`` None where the item came in one lot only."""

    item: str
    good: int = 0
    damaged: int = 0
    missing: int = 0
    lot: str | None = None
    reason: str = ""


def receive(
    session: Session,
    number: str,
    counted: Sequence[Counted] | None = None,
    *,
    depot: str = "home",
    note: str = "",
    day: date | None = None,
) -> SignedFor:
    """Signs, at the recipient's, for what has come of a notice: all as good, unless it was ``counted``.

    Raises Refused for more than was announced and is not signed for yet, InputError for a lot that was not,
    for damage without a reason, or for a day before it left.
    """
    if not _DEPOT.fullmatch(depot):
        raise InputError(f'"{depot}" is no name for a depot.', way_out="Use letters, digits and dashes.")

    on = day or session.today()

    def decide() -> list[Record]:
        there = standing(session.ledger, number)
        if there.notice.left is not None and on < there.notice.left:
            raise InputError(
                f"{number} left on {there.notice.left}; it cannot have come on {on}.",
                way_out=f"Name {there.notice.left} or a later day.",
                field="date",
            )
        lines = tuple(_line(there, each) for each in counted) if counted is not None else _all(there)
        if not lines:
            raise Refused(f"All of {number} has been signed for.", way_out="A receipt is not written twice.")
        notice = there.notice
        said = GoodsReceived(
            partner=notice.partner, origin=notice.origin, consignment=notice.consignment,
            part=len(signed(session.ledger, number)) + 1, lines=lines, depot=depot, note=note,
            gift=number if session.person.may("contribute") else None,
        )  # fmt: skip
        return [said, *(_as_gift(session, notice, said) if said.gift else ())]

    entry, *_ = session.decide("receive", decide, effective=day)
    said = GoodsReceived.read(entry.body)
    good, claimed = sum(line.good for line in said.lines), sum(line.claimed for line in said.lines)
    return SignedFor(number, entry.id, good, claimed)


def _as_gift(session: Session, notice: Notice, said: GoodsReceived) -> list[Record]:
    """The same as a contribution of the partner's: what was announced binds, what is good was delivered.

    So it is among what we received, is thanked for, used and given back like any other gift.
    """
    moved = said.into_depot()
    delivery = Delivery(
        contribution=notice.number,
        lines=_sums((m.commodity.item, m.quantity) for m in moved),
        moved=moved,
        carried_by=notice.number,
    )
    steps: list[Record] = [delivery] if moved else []
    if position_of(session.ledger, Contribution.kind, notice.number) is None:
        goods = _sums((line.item, line.units) for line in notice.lines)
        pledge = Contribution(
            number=notice.number, donor=notice.partner, recipient=session.home, lines=goods,
            note=f"consignment {notice.consignment} of its node",
        )  # fmt: skip
        steps = [pledge, Commitment(contribution=notice.number, lines=goods), *steps]
    return steps


def _sums(goods: Iterable[tuple[str, int]]) -> tuple[Line, ...]:
    """Lines of a gift of goods, by item."""
    sums: Counter[str] = Counter()
    for item, units in goods:
        sums[item] += units
    return tuple(Line(kind="goods", item=item, quantity=units) for item, units in sums.items())


def _all(there: Standing) -> tuple[ReceiptLine, ...]:
    return tuple(_as_line(what, good=units) for what, units in there.left.items() if units > 0)


def _line(there: Standing, each: Counted) -> ReceiptLine:
    fits = [what for what in there.left if what.item == each.item and each.lot in (None, what.lot)]
    if len(fits) != 1:
        lots = ", ".join(f"{what.item} of lot {what.lot}" for what in there.left)
        raise InputError(
            f"{there.notice.number} has {len(fits)} lots of {each.item} like this.",
            way_out=f"Name one of {lots}.",
            field="lot",
        )
    said = each.good + each.damaged + each.missing
    if min(each.good, each.damaged, each.missing) < 0 or not said:
        raise InputError("A line counts at least one unit, and none below zero.", way_out="Count again.")
    if (each.damaged or each.missing) and not each.reason.strip():
        raise InputError(
            f"{each.damaged + each.missing:,} {each.item} are damaged or missing, and nobody says why.",
            way_out="Give a reason.", field="reason",
        )  # fmt: skip
    if said > there.left[fits[0]]:
        raise Refused(
            f"{there.left[fits[0]]:,} {each.item} are left to sign for; this says {said:,}.",
            way_out="Count again; what was not announced cannot be received here.",
            held=there.left[fits[0]],
        )
    return _as_line(fits[0], good=each.good, damaged=each.damaged, missing=each.missing, reason=each.reason)


def _as_line(
    what: Commodity, *, good: int, damaged: int = 0, missing: int = 0, reason: str = ""
) -> ReceiptLine:
    return ReceiptLine(
        item=what.item, lot=what.lot, expiry=what.expiry, earmark=what.earmark, good=good,
        damaged=damaged, missing=missing, reason=reason,
    )  # fmt: skip
