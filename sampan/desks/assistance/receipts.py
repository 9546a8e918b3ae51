"""What has the recipient signed for, and what does the recipient claim?

Nothing counts as delivered until the recipient says so, line by line, in as many parts as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import func, select

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.core.quantities import whole
from sampan.desks.assistance.done import Done
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Receipt, ReceiptLine, SettledLine, Settlement
from sampan.records.assistance.consignments import recipient_of
from sampan.records.movement import Account, Commodity
from sampan.records.record import Record
from sampan.world.accounts import balance, held_now
from sampan.world.consignment_tables import events
from sampan.world.consignments import track


@dataclass(frozen=True)
class Found:
    """What the recipient found of one lot (``lot`` None: the only one of its item), in base units.

    ``photo`` is a picture of the damage, kept among the blobs.
    """

    item: str
    good: int = 0
    damaged: int = 0
    missing: int = 0
    lot: str | None = None
    expiry: date | None = None
    reason: str = ""
    photo: bytes | None = None


@dataclass(frozen=True)
class Signed:
    """A receipt as it was written: what is good, what is claimed, and what is still on the way."""

    consignment: str
    part: int
    entry: str
    good: int
    claimed: int
    outstanding: int


@dataclass(frozen=True)
class Claim:
    """Units of one lot that the recipient of a consignment should have had and has not."""

    consignment: str
    item: str
    lot: str | None
    earmark: str | None
    units: int


def receive(
    session: Session, number: str, found: Sequence[Found], *, note: str = "", day: date | None = None
) -> Signed:
    """Signs for what has come of a consignment, as its recipient.

    Damaged and missing units open a claim; what is neither good, damaged nor missing is still on the way.
    Raises Refused if the person does not speak for the recipient (and records the attempt), if the
    consignment has not left, or if it carries less than this receipt says.
    """
    session.require("receive")
    _require_recipient(session, number)
    photos = [session.keep("photo", one.photo).digest if one.photo else None for one in found]

    def records() -> list[Record]:
        carried = held_now(session.ledger, f"transit:{number}")
        if not carried:
            raise _nothing_there(session, number)
        lines = [
            _line(number, one, carried, photo) for one, photo in zip(found, photos, strict=True) if _any(one)
        ]
        if not lines:
            raise InputError("This receipt says nothing.", way_out="Say what has come, line by line.")
        return [
            Receipt(
                consignment=number,
                part=1 + _parts(session.ledger, number),
                recipient=recipient_of(number),
                lines=tuple(lines),
                note=note,
            )
        ]

    (entry,) = session.decide("receive", records, effective=day)
    written = Receipt.read(entry.body)
    return Signed(
        number,
        written.part,
        entry.id,
        sum(line.good for line in written.lines),
        sum(line.claimed for line in written.lines),
        sum(held_now(session.ledger, f"transit:{number}").values()),
    )


def receive_all(session: Session, number: str, *, note: str = "", day: date | None = None) -> Signed:
    """Signs for everything that is still on the way as good."""
    carried = held_now(session.ledger, f"transit:{number}")
    found = [
        Found(item=what.item, lot=what.lot, expiry=what.expiry, good=units) for what, units in carried.items()
    ]
    return receive(session, number, found, note=note, day=day)


def _require_recipient(session: Session, number: str) -> None:
    recipient = recipient_of(number)
    speaks_for = session.person.party or session.home
    if speaks_for != recipient:
        fault = Refused(
            f'{number} is for {recipient}; "{session.person.handle}" speaks for {speaks_for}.',
            way_out=f"{recipient} signs for it: as a receiver here, or by a receipt from its own node.",
            consignment=number,
            recipient=recipient,
        )
        raise session.refused("receive", fault)


def _nothing_there(session: Session, number: str) -> Refused:
    state = track(session.ledger, number).state
    if state == "received":
        return Refused(
            f"All of {number} has been signed for.",
            way_out="Its receipts stand; a claim is settled, not undone.",
        )
    return Refused(f"{number} is {state}: it has not left.", way_out="Sign for it when it has come.")


def _any(one: Found) -> bool:
    for what in ("good", "damaged", "missing"):
        whole(getattr(one, what), what=f"{what} {one.item}")
    return bool(one.good or one.damaged or one.missing)


def _line(number: str, one: Found, carried: dict[Commodity, int], photo: str | None) -> ReceiptLine:
    """The line, with lot, expiry and earmark as they were sent; ``carried`` is lessened by it."""
    what = _lot(number, one, carried)
    said = one.good + one.damaged + one.missing
    if said > carried[what]:
        raise Refused(
            f"{number} still carries {carried[what]:,} {one.item}{f' of lot {what.lot}' if what.lot else ''};"
            f" this receipt says {said:,}.",
            way_out="Count again; what was not sent cannot be received here.",
            held=carried[what],
            asked=said,
        )
    if (one.damaged or one.missing) and not one.reason.strip():
        raise InputError(
            f"{one.damaged + one.missing:,} {one.item} are damaged or missing, and nobody says why.",
            way_out="Give a reason for the line.",
            field="reason",
        )
    carried[what] -= said
    return ReceiptLine(
        item=what.item,
        lot=what.lot,
        expiry=what.expiry,
        earmark=what.earmark,
        good=one.good,
        damaged=one.damaged,
        missing=one.missing,
        reason=one.reason,
        photo=photo,
    )


def _lot(number: str, one: Found, carried: dict[Commodity, int]) -> Commodity:
    """The lot that the recipient means. Raises InputError if it was not sent, or could be several."""
    mine = [what for what in carried if what.item == one.item]
    fits = [what for what in mine if one.lot in (None, what.lot) and one.expiry in (None, what.expiry)]
    with_some = [what for what in fits if carried[what]] or fits
    if len(with_some) == 1:
        return with_some[0]
    sent = ", ".join(f"{w.lot or 'no lot'}{f' (expires {w.expiry})' if w.expiry else ''}" for w in mine)
    asked = f" lot {one.lot}" if one.lot else ""
    if not fits:
        raise InputError(
            f"{number} carries no {one.item}{asked}{f' that expires {one.expiry}' if one.expiry else ''}.",
            way_out=f"It carries {sent}." if sent else "Sign for what was sent.",
            field="lot",
        )
    raise InputError(
        f"{number} carries {one.item} in several lots.", way_out=f"Name one of {sent}.", field="lot"
    )


def _parts(ledger: Ledger, number: str) -> int:
    """How many receipts have been written for a consignment."""
    query = select(func.count()).where(events.c.consignment == number, events.c.kind == Receipt.kind)
    with ledger.reading() as connection:
        return int(connection.scalar(query) or 0)


def claims(
    ledger: Ledger, *, as_of: date | None = None, known_on: datetime | None = None
) -> tuple[Claim, ...]:
    """Every open claim, lot by lot."""
    return tuple(
        Claim(
            one.account.removeprefix("claim:"),
            one.commodity.item,
            one.commodity.lot,
            one.commodity.earmark,
            one.quantity,
        )
        for one in balance(ledger, account="claim:", as_of=as_of, known_on=known_on)
    )


def settle(
    session: Session,
    number: str,
    item: str,
    units: int,
    outcome: Literal["found", "lost", "returned"],
    *,
    reason: str,
    lot: str | None = None,
    depot: str = "home",
    day: date | None = None,
) -> Done:
    """Says what became of claimed units. That they were found after all, only the recipient can say."""
    act: Literal["receive", "consign"] = "receive" if outcome == "found" else "consign"
    session.require(act)
    if outcome == "found":
        _require_recipient(session, number)

    def records() -> list[Record]:
        claim: Account = f"claim:{number}"
        open_ = held_now(session.ledger, claim)
        fits = [what for what in open_ if what.item == item and lot in (None, what.lot)]
        if len(fits) != 1:
            listed = _listed(open_.items()) or "nothing"
            raise InputError(f"{number} has {listed} claimed.", way_out="Name one of these.", field="lot")
        line = SettledLine(
            item=item,
            lot=fits[0].lot,
            expiry=fits[0].expiry,
            earmark=fits[0].earmark,
            units=whole(units, what=item, at_least=1),
            outcome=outcome,
        )
        return [Settlement(consignment=number, lines=(line,), depot=depot, reason=reason)]

    (entry,) = session.decide(act, records, effective=day)
    return Done(number, (entry.id,), f"{units:,} {item} of {number} are {outcome}")


def _listed(lots: Iterable[tuple[Commodity, int]]) -> str:
    return ", ".join(f"{units:,} {what.item} of lot {what.lot}" for what, units in lots)
