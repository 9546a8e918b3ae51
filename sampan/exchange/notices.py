"""How is a consignment told to its recipient's node, and how does the recipient's word come back?

The sender writes a notice bundle; the recipient's node takes it in, signs for what has come, and writes a
receipt bundle; the sender takes that in, and its consignment is received. Files carry it all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, PeerError, Refused
from sampan.core.ids import digest
from sampan.exchange import rules
from sampan.exchange.bundle import Bundle, Item, read_bundle, write_bundle
from sampan.exchange.partners import Known, imports, of_origin, require_one_history
from sampan.exchange.rules import Verified
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Handover, Receipt, ReceiptLine
from sampan.records.exchange import GoodsReceived, Import, Notice
from sampan.records.movement import Commodity
from sampan.records.record import Record
from sampan.world.accounts import held_now
from sampan.world.consignments import track


@dataclass(frozen=True)
class Taken:
    """What an import did: ``number`` as this node calls the consignment, entries written, and words."""

    partner: str
    what: str
    number: str
    entries: tuple[str, ...]
    said: str


def export_notice(session: Session, number: str, *, packed: bool = False) -> bytes:
    """The notice of a consignment that has left, for its recipient's node.

    Raises InputError if there is no such consignment, Refused if it has not left.
    """
    one = track(session.ledger, number)
    kinds = {kind.kind for kind in rules.NOTICE_KINDS}
    entries = [session.ledger.at(event.position) for event in one.events if event.record.kind in kinds]
    if not any(entry.kind == Handover.kind and entry.body["lines"] for entry in entries):
        raise Refused(
            f"{number} is {one.state}: there is nothing to announce.",
            way_out="Hand it over to its carrier first.",
        )
    return write_bundle(bundle_of(session.ledger, entries), packed=packed)


def export_receipt(session: Session, number: str, *, packed: bool = False) -> bytes:
    """Everything that home has signed for of the notice ``number`` (``CHN/4-ITA``), for its sender's node.

    Raises InputError if there is no such notice, Refused if nothing was signed for.
    """
    standing(session.ledger, number)
    signed = [entry for entry, said in _signed(session.ledger, number)]
    if not signed:
        raise Refused(f"Nothing of {number} has been signed for.", way_out="sampan bundle receive first.")
    return write_bundle(bundle_of(session.ledger, signed), packed=packed)


def bundle_of(ledger: Ledger, entries: Iterable[Entry]) -> Bundle:
    """Public entries with their proofs under the present head of the log."""
    note = ledger.checkpoint()
    size = open_checkpoint(note, ledger.verifier).size
    shown = tuple(entries)
    assert all(entry.sharing == "public" for entry in shown)
    return Bundle(
        note,
        tuple(Item(each.index, each.bytes, tuple(ledger.inclusion(each.index, size))) for each in shown),
    )


def take_in(session: Session, data: bytes, *, day: date | None = None) -> Taken:
    """Verifies a bundle and writes what it means: a notice of goods for home, or a receipt of home's.

    All or nothing. Raises PeerError if it was altered, cut short, is too large or does not hold; Refused if
    no partner has its key, or all of it was taken in before. Every such attempt is recorded.
    """
    session.require("receive")
    try:
        bundle = read_bundle(data)
        partner = of_origin(session.ledger, rules.claimed_origin(bundle))
        verified = rules.verify(bundle, partner.key)
        return _take_in(session, verified, partner, digest(data), day)
    except Refused as fault:
        raise session.refused("receive", fault) from None
    except PeerError as fault:
        session.refused("receive", Refused(f"Bundle {digest(data)[:16]}: {fault.what}"))
        raise


def _take_in(session: Session, verified: Verified, partner: Known, name: str, day: date | None) -> Taken:
    said = ""
    number = ""

    def decide() -> list[Record]:
        nonlocal said, number
        require_one_history(session.ledger, partner.code, verified.checkpoint)
        _require_new(session.ledger, verified, partner)
        answers = any(entry.kind == GoodsReceived.kind for entry in verified.entries)
        understood = _answers if answers else _notice
        taken, number, said = understood(session, verified, partner)
        head = verified.checkpoint
        return [
            *taken,
            Import(
                partner=partner.code,
                what="receipt" if answers else "notice",
                consignment=number,
                origin=head.origin,
                size=head.size,
                root=head.root.hex(),
                digest=name,
                entries=tuple(entry.id for entry in verified.entries),
            ),
        ]

    speaking = session.on_behalf_of(replace(session.person, party=partner.code))  # by proof, not by claim
    written = speaking.decide("receive", decide, effective=day)
    kind = Import.read(written[-1].body).what
    return Taken(partner.code, kind, number, tuple(entry.id for entry in written), said)


def _require_new(ledger: Ledger, verified: Verified, partner: Known) -> None:
    before = {
        (said.origin, entry): id for id, said in imports(ledger) if said.partner == partner.code
        for entry in said.entries
    }  # fmt: skip
    found = [before.get((verified.checkpoint.origin, entry.id)) for entry in verified.entries]
    if all(found):
        raise Refused(
            f"Everything in this bundle was taken in before (entry {found[-1]}).",
            way_out="Nothing is left to do.",
        )


def _notice(session: Session, verified: Verified, partner: Known) -> tuple[list[Record], str, str]:
    notice = rules.noticed(verified, partner=partner.code, home=session.home)
    units = sum(line.units for line in notice.lines)
    said = f"{notice.number}: {units:,} units in {len(notice.lines)} lots are on the way"
    return [notice], notice.number, said


def _answers(session: Session, verified: Verified, partner: Known) -> tuple[list[Record], str, str]:
    """A receipt of ours for every one of theirs that is new."""
    before = {entry for _, said in imports(session.ledger) for entry in said.entries}
    answers = rules.received(verified, partner=partner.code, home_origin=session.ledger.origin)
    new = [said for entry, said in answers if entry.id not in before]
    parts: dict[str, int] = {}
    receipts: list[Record] = []
    for said in new:
        _require_sent(session.ledger, said)
        part = parts.setdefault(said.consignment, track(session.ledger, said.consignment).receipts) + 1
        parts[said.consignment] = part
        receipts.append(
            Receipt(
                consignment=said.consignment, part=part, recipient=partner.code, lines=said.lines, note=said.note
            )
        )  # fmt: skip
    number = new[-1].consignment
    good = sum(line.good for said in new for line in said.lines)
    claimed = sum(line.claimed for said in new for line in said.lines)
    return receipts, number, f"{number}: {partner.code} signs for {good:,} units and claims {claimed:,}"


def _require_sent(ledger: Ledger, said: GoodsReceived) -> None:
    """Nobody signs for more than was sent, or for what never was."""
    try:
        track(ledger, said.consignment)
    except InputError as fault:
        raise PeerError(fault.what, way_out="Ask its sender what it answers.") from None
    carried = held_now(ledger, f"transit:{said.consignment}")
    for line in said.lines:
        held = carried.get(line.commodity(), 0)
        if line.good + line.claimed > held:
            raise PeerError(
                f"{said.consignment} still carries {held:,} {line.item} of lot {line.lot}; this receipt says "
                f"{line.good + line.claimed:,}.",
                way_out="Ask the recipient to count again.",
                held=held,
            )


# At the recipient's


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


def _signed(ledger: Ledger, number: str) -> list[tuple[Entry, GoodsReceived]]:
    return [
        (entry, said)
        for entry in ledger.entries(kind=GoodsReceived.kind)
        for said in [GoodsReceived.read(entry.body)]
        if f"{said.partner}/{said.consignment}" == number
    ]


def _left(ledger: Ledger, notice: Notice) -> dict[Commodity, int]:
    left = {line.commodity(): line.units for line in notice.lines}
    for _, said in _signed(ledger, notice.number):
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
) -> Taken:
    """Signs, at the recipient's, for what has come of a notice: all as good, unless it was ``counted``.

    Raises Refused for more than was announced and is not signed for yet, InputError for a lot that was not,
    or for damage without a reason.
    """

    def decide() -> list[Record]:
        there = standing(session.ledger, number)
        lines = tuple(_line(there, each) for each in counted) if counted is not None else _all(there)
        if not lines:
            raise Refused(f"All of {number} has been signed for.", way_out="A receipt is not written twice.")
        part = len(_signed(session.ledger, number)) + 1
        notice = there.notice
        return [
            GoodsReceived(
                partner=notice.partner, origin=notice.origin, consignment=notice.consignment, part=part,
                lines=lines, depot=depot, note=note,
            )
        ]  # fmt: skip

    (entry,) = session.decide("receive", decide, effective=day)
    said = GoodsReceived.read(entry.body)
    good, claimed = sum(line.good for line in said.lines), sum(line.claimed for line in said.lines)
    return Taken(
        said.partner, "signed", number, (entry.id,), f"{good:,} units good, {claimed:,} damaged or missing"
    )


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
