"""What has the recipient signed for, and what does the recipient claim?

Nothing counts as delivered until the recipient says so, line by line, in as many parts as it takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, bindparam, select

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused, clause
from sampan.core.quantities import whole
from sampan.core.rows import Rows
from sampan.desks.assistance.done import Done
from sampan.desks.assistance.recipients import code_of
from sampan.ledger.ledger import Ledger
from sampan.ledger.prepared import Prepared
from sampan.records.assistance import Receipt, ReceiptLine, SettledLine, Settlement
from sampan.records.assistance.consignments import recipient_of
from sampan.records.movement import Account, Commodity
from sampan.records.record import Record
from sampan.world.accounts import Holding, balance, held_by, held_now
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
    """Which receipt of the consignment it is, from 1."""
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


@dataclass(frozen=True)
class Note:
    """One goods received note, as its recipient writes it."""

    number: str
    found: tuple[Found, ...]
    words: str = ""


def receive(
    session: Session, number: str, found: Sequence[Found], *, note: str = "", day: date | None = None
) -> Signed:
    """Signs for what has come of a consignment, as its recipient.

    Damaged and missing units open a claim; what is neither good, damaged nor missing is still on the way.
    Raises Refused if the person does not speak for the recipient (and records the attempt), if the
    consignment has not left, or if it carries less than this receipt says.
    """
    return receive_many(session, [Note(number, tuple(found), note)], day=day)[0]


def receive_many(session: Session, notes: Sequence[Note], *, day: date | None = None) -> tuple[Signed, ...]:
    """Signs for several consignments at once: all of it is written, or nothing."""
    session.require("receive")
    wanted = list(dict.fromkeys(note.number for note in notes))
    for number in wanted:
        _require_recipient(session, number)
    photos = {
        one.photo: session.keep("photo", one.photo).digest
        for note in notes
        for one in note.found
        if one.photo is not None
    }
    left: dict[str, int] = {}
    written: list[Receipt] = []

    def records() -> list[Record]:
        with session.ledger.reading() as connection:
            held = held_by(session.ledger, [f"transit:{number}" for number in wanted], connection)
            parts = _parts(connection, wanted)
        on_the_way = _carried(session, wanted, held)
        written.clear()
        for note in notes:
            lines = on_the_way[note.number].sign(note.found, photos)
            parts[note.number] += 1
            written.append(
                Receipt(
                    consignment=note.number,
                    part=parts[note.number],
                    recipient=recipient_of(note.number),
                    lines=tuple(lines),
                    note=note.words,
                )
            )
        left.update((number, carried.left) for number, carried in on_the_way.items())
        return list(written)

    entries = session.decide("receive", records, effective=day)
    return tuple(_signed(receipt, entry.id, left) for receipt, entry in zip(written, entries, strict=True))


def _signed(written: Receipt, entry: str, left: Mapping[str, int]) -> Signed:
    good, claimed = (sum(getattr(line, what) for line in written.lines) for what in ("good", "claimed"))
    return Signed(written.consignment, written.part, entry, good, claimed, left[written.consignment])


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


def _carried(
    session: Session, wanted: Sequence[str], held: Mapping[str, dict[Commodity, int]]
) -> dict[str, _Carried]:
    """What each consignment still carries. Raises Refused for one that carries nothing."""
    for number in wanted:
        if f"transit:{number}" not in held:
            raise _nothing_there(session, number)
    return {number: _Carried(number, held[f"transit:{number}"]) for number in wanted}


class _Carried:
    """The lots of one consignment that nobody has signed for yet."""

    def __init__(self, number: str, lots: dict[Commodity, int]) -> None:
        self.number, self.lots = number, lots
        self.by_name: dict[tuple[str, str | None], list[Commodity]] = {}
        for what in lots:
            self.by_name.setdefault((what.item, what.lot), []).append(what)

    @property
    def left(self) -> int:
        """Units still on the way."""
        return sum(self.lots.values())

    def sign(self, found: Sequence[Found], photos: Mapping[bytes, str]) -> list[ReceiptLine]:
        """The lines of a receipt, with lot, expiry and earmark as they were sent; lessens what is left."""
        lines = [self._line(one, photos.get(one.photo or b"")) for one in found if _any(one)]
        if not lines:
            raise InputError("This receipt says nothing.", way_out="Say what has come, line by line.")
        return lines

    def _line(self, one: Found, photo: str | None) -> ReceiptLine:
        what = self._lot(one)
        left, said = self.lots[what], one.good + one.damaged + one.missing
        if said > left:
            raise Refused(
                f"{self.number} still carries {left:,} {one.item} of lot {what.lot}; this receipt says {said:,}."
                if what.lot
                else f"{self.number} still carries {left:,} {one.item}; this receipt says {said:,}.",
                way_out="Count again; what was not sent cannot be received here.",
                held=left,
                asked=said,
            )
        if said > one.good and not one.reason.strip():
            raise InputError(
                f"{said - one.good:,} {one.item} are damaged or missing, and nobody says why.",
                way_out="Give a reason for the line.",
                field="reason",
            )
        self.lots[what] = left - said
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

    def _lot(self, one: Found) -> Commodity:
        """The lot that the recipient means. Raises InputError if it was not sent, or could be several."""
        if one.lot is not None:
            named = self.by_name.get((one.item, one.lot), [])
        else:
            named = [what for what in self.lots if what.item == one.item]
        fits = [what for what in named if one.expiry in (None, what.expiry)]
        if len(fits) > 1:
            fits = [what for what in fits if self.lots[what]] or fits
        if len(fits) == 1:
            return fits[0]
        raise self._no_such_lot(one, several=bool(fits))

    def _no_such_lot(self, one: Found, *, several: bool) -> InputError:
        mine = [what for what in self.lots if what.item == one.item]
        sent = ", ".join(_told(x) for x in mine)
        if several:
            return InputError(
                f"{self.number} carries {one.item} in several lots.",
                way_out=f"Name one of {sent}.",
                field="lot",
            )
        asked = f"{one.item} {_told(one)}" if one.lot or one.expiry else one.item
        return InputError(
            f"{self.number} carries no {asked}.",
            way_out=f"It carries {sent}." if sent else "Sign for what was sent.",
            field="lot",
        )


def _told(lot: Commodity | Found) -> str:
    """A lot and its day of expiry, as far as they are said."""
    name = clause(f"lot {lot.lot}") if lot.lot else clause("no lot")
    return clause(f"{name} (expires {lot.expiry})") if lot.expiry else name


def _any(one: Found) -> bool:
    """Whether the line says anything. Raises InputError unless its numbers are whole, from 0."""
    for what in (one.good, one.damaged, one.missing):
        if type(what) is not int or what < 0:
            whole(what, what=one.item)
    return bool(one.good or one.damaged or one.missing)


def _parts(connection: Connection, wanted: Sequence[str]) -> Counter[str]:
    """How many receipts have been written for each of these consignments."""
    said = {number: _SAID.run(connection, number) for number in wanted}
    return Counter({number: sum(kind == Receipt.kind for (kind,) in kinds) for number, kinds in said.items()})


_SAID = Prepared(select(events.c.kind).where(events.c.consignment == bindparam("of")), "of")
"""The kinds are looked at here: asked for one kind, the database would start with all receipts that there are."""


def claims(
    ledger: Ledger,
    *,
    recipient: str | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> Sequence[Claim]:
    """Every open claim, or those of one recipient, lot by lot."""
    party = code_of(recipient) if recipient else None
    held = balance(ledger, account="claim:", party=party, as_of=as_of, known_on=known_on)
    return Rows(len(held), lambda begin, end: [_claim(one) for one in held[begin:end]])


def _claim(held: Holding) -> Claim:
    what = held.commodity
    return Claim(held.account.removeprefix("claim:"), what.item, what.lot, what.earmark, held.quantity)


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
            listed = _listed(open_.items())
            if not listed:
                raise InputError(f"Nothing of {number} is claimed.", way_out="Look which claims are open.")
            raise InputError(f"Claimed of {number}: {listed}.", way_out="Name one of these.", field="lot")
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
    return ", ".join(
        clause(f"{units:,} {what.item} of lot {what.lot}") if what.lot else f"{units:,} {what.item}"
        for what, units in lots
    )
