"""How is a consignment told to its recipient's node, and how does the recipient's word come back?

The sender writes a notice bundle; the recipient's node takes it in, signs for what has come, and writes a
receipt bundle; the sender takes that in, and its consignment is received. Files carry it all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, PeerError, Refused
from sampan.core.ids import digest
from sampan.exchange import rules
from sampan.exchange.arrivals import signed, standing
from sampan.exchange.bundle import Bundle, Item, read_bundle, write_bundle
from sampan.exchange.partners import Known, imports, of_origin, require_one_history
from sampan.exchange.rules import Verified
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.entry import Entry
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Handover, Receipt, ReceiptLine, Split
from sampan.records.exchange import GoodsReceived, Import
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
    if one.state in ("decided", "packed", "withdrawn"):
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
    entries = [entry for entry, _ in signed(session.ledger, number)]
    if not entries:
        raise Refused(f"Nothing of {number} has been signed for.", way_out="sampan bundle receive first.")
    return write_bundle(bundle_of(session.ledger, entries), packed=packed)


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


def _notice(session: Session, verified: Verified, partner: Known) -> tuple[list[Record], str, str]:
    """The notice, if any of its entries is new for this consignment."""
    notice = rules.noticed(verified, partner=partner.code, home=session.home)
    before = _before(session.ledger, verified, notice.number)
    if all(entry.id in before for entry in verified.entries):
        raise _again(before[verified.entries[-1].id])
    units = sum(line.units for line in notice.lines)
    said = f"{notice.number}: {units:,} units in {len(notice.lines)} lots are on the way"
    return [notice], notice.number, said


def _before(ledger: Ledger, verified: Verified, number: str | None = None) -> dict[str, str]:
    """Entries of this log that were taken in (for one consignment), and in which import."""
    origin = verified.checkpoint.origin
    return {
        entry: id
        for id, said in imports(ledger)
        if said.origin == origin and number in (None, said.consignment)
        for entry in said.entries
    }


def _again(entry: str) -> Refused:
    return Refused(
        f"Everything in this bundle was taken in before (entry {entry}).", way_out="Nothing is left to do."
    )


def _answers(session: Session, verified: Verified, partner: Known) -> tuple[list[Record], str, str]:
    """A receipt of ours for every one of theirs that is new."""
    before = _before(session.ledger, verified)
    answers = rules.received(verified, partner=partner.code, home_origin=session.ledger.origin)
    dated = [(entry.effective.date(), said) for entry, said in answers if entry.id not in before]
    new = [said for _, said in dated]
    if not new:
        raise _again(before[answers[-1][0].id])
    parts: dict[str, int] = {}
    receipts: list[Record] = []
    for day, said in dated:
        _require_sent(session.ledger, said, day)
        part = parts.setdefault(said.consignment, track(session.ledger, said.consignment).receipts) + 1
        parts[said.consignment] = part
        receipts.append(
            Receipt(
                consignment=said.consignment, part=part, recipient=partner.code, lines=_without_photos(said),
                note=said.note,
            )
        )  # fmt: skip
    number = new[-1].consignment
    good = sum(line.good for said in new for line in said.lines)
    claimed = sum(line.claimed for said in new for line in said.lines)
    return receipts, number, f"{number}: {partner.code} signs for {good:,} units and claims {claimed:,}"


def _without_photos(said: GoodsReceived) -> tuple[ReceiptLine, ...]:
    """Its lines as our receipt: the pictures lie at the partner's, and we cite no file that we do not hold."""
    return tuple(replace(line, photo=None) for line in said.lines)


def _require_sent(ledger: Ledger, said: GoodsReceived, day: date) -> None:
    """Nobody signs for more than was sent, for what never was, or before it left."""
    try:
        one = track(ledger, said.consignment)
    except InputError as fault:
        raise PeerError(fault.what, way_out="Ask its sender what it answers.") from None
    left = min((e.day for e in one.events if isinstance(e.record, Handover | Split)), default=day)
    if day < left:
        raise PeerError(
            f"{said.consignment} left on {left}; this receipt is of {day}.",
            way_out="Ask the recipient for the day on which it came.",
        )
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
