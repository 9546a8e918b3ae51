"""Does a bundle hold, and what does it say? Rules only: no disk, no network, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sampan.core.errors import InputError, NodeError, PeerError
from sampan.exchange.bundle import Bundle, Item
from sampan.ledger import merkle
from sampan.ledger.checkpoint import Checkpoint, open_checkpoint
from sampan.ledger.entry import Entry, leaf_data, read_entry
from sampan.ledger.signing import VerifierKey
from sampan.records.assistance import Consignment, Handover, LotLine, Progress, ReceiptLine, Split
from sampan.records.assistance.consignments import recipient_of
from sampan.records.exchange import GoodsReceived, Notice
from sampan.records.movement import Commodity
from sampan.records.record import Record, read_record
from sampan.world.items import items

NOTICE_KINDS = (Consignment, Split, Handover, Progress)
"""What a consignment notice is made of: public entries, and no more than the recipient needs."""


@dataclass(frozen=True)
class Verified:
    """Entries that are proven to stand in the log of whoever holds the key, under its signed head."""

    checkpoint: Checkpoint
    entries: tuple[Entry, ...]


def claimed_origin(bundle: Bundle) -> str:
    """Whose log the bundle says it is from: to look for the key, and not to be believed before ``verify``."""
    return bundle.checkpoint.partition("\n")[0]


def verify(bundle: Bundle, key: VerifierKey) -> Verified:
    """The entries of a bundle, once its signature and every proof hold under ``key``. Raises PeerError."""
    checkpoint = open_checkpoint(bundle.checkpoint, key)
    if checkpoint.origin != key.name:
        raise _false(f"its key is that of {key.name}, its log is {checkpoint.origin}")
    entries = tuple(_proven(item, checkpoint) for item in bundle.items)
    if len({entry.index for entry in entries}) < len(entries):
        raise _false("an entry is in it twice")
    return Verified(checkpoint, tuple(sorted(entries, key=lambda entry: entry.index)))


def _proven(item: Item, checkpoint: Checkpoint) -> Entry:
    try:
        entry = read_entry(item.index, item.data)
        same = entry.bytes == item.data
    except (ValueError, RecursionError, InputError):
        raise _false(f"entry {item.index} is no ledger entry") from None
    if not same:
        raise _false(f"entry {item.index} is not written canonically")
    leaf = merkle.leaf_hash(leaf_data(item.data, entry.sharing))
    if not merkle.verify_inclusion(leaf, item.index, checkpoint.size, item.proof, checkpoint.root):
        raise _false(f"entry {item.index} is not in the log that was signed")
    return entry


def records(entries: Iterable[Entry], kinds: tuple[type[Record], ...]) -> list[Record]:
    """The records of these kinds among the entries. Raises PeerError for one that does not hold."""
    names = {kind.kind for kind in kinds}
    try:
        return [read_record(entry.kind, entry.body) for entry in entries if entry.kind in names]
    except (InputError, NodeError) as fault:
        raise _false(f"one of its records does not hold: {fault.what}") from fault


def noticed(verified: Verified, *, partner: str, home: str) -> Notice:
    """The notice that a partner's entries give to home: the lots that are with the carrier.

    Raises PeerError if they speak of no consignment or of several, of one for somebody else, of one that has
    not left, or of more than was promised.
    """
    said = records(verified.entries, NOTICE_KINDS)
    number = _number(said)
    if recipient_of(number) != home:
        raise _false(f"consignment {number} is for {recipient_of(number)}, and this node is {home}")
    carried = _held(said, f"transit:{number}")
    if unknown := {what.item for what in carried} - set(items()):
        raise _false(f"there is no item {min(unknown)}")
    promised = {what.item: units for what, units in _held(said, f"allotted:{number}").items()}
    for what in {lot.item for lot in carried}:
        units = sum(count for lot, count in carried.items() if lot.item == what)
        if units > promised.get(what, 0):
            raise _false(f"{number} promises {promised.get(what, 0):,} {what} and carries {units:,}")
    if not carried:
        raise _false(f"consignment {number} has not left")
    lines = tuple(
        LotLine(item=lot.item, lot=lot.lot, expiry=lot.expiry, earmark=lot.earmark, units=units)
        for lot, units in carried.items()
    )
    return Notice(
        partner=partner, origin=verified.checkpoint.origin, consignment=number, lines=lines,
        left=_left_on(verified.entries),
    )  # fmt: skip


def _left_on(entries: Iterable[Entry]) -> date | None:
    """The day of the first handover."""
    return min((e.effective.date() for e in entries if e.kind in (Handover.kind, Split.kind)), default=None)


def _number(said: list[Record]) -> str:
    """The one consignment that all entries speak of: it was handed over, or split from one that had been."""
    numbers = {r.consignment for r in said if isinstance(r, Handover | Progress)}
    numbers = numbers or {r.into for r in said if isinstance(r, Split) and r.held == "transit"}
    if len(numbers) != 1:
        raise _false(f"it speaks of {len(numbers)} consignments that have left, not of one")
    return numbers.pop()


def _held(said: list[Record], account: str) -> dict[Commodity, int]:
    """What an account holds after all that is said."""
    held: dict[Commodity, int] = defaultdict(int)
    try:
        movements = [moved for record in said for moved in record.movements()]
    except InputError as fault:
        raise _false(fault.what) from fault
    for moved in movements:
        if account in (moved.giver, moved.taker):
            held[moved.commodity] += moved.quantity * (1 if moved.taker == account else -1)
    return {what: units for what, units in held.items() if units > 0}


def received(
    verified: Verified, *, partner: str, home_origin: str
) -> tuple[tuple[Entry, GoodsReceived], ...]:
    """What a partner's entries say has come of home's consignments, in the order in which they were written.

    Raises PeerError if there is none, or one answers another node, or is not for this partner, or speaks of
    a negative number of goods.
    """
    found = tuple(
        (entry, record)
        for entry in verified.entries
        for record in records([entry], (GoodsReceived,))
        if isinstance(record, GoodsReceived)
    )
    if not found:
        raise _false("it holds neither a notice nor a receipt")
    for _, said in found:
        if said.origin != home_origin:
            raise _false(f"its receipt answers {said.origin}, and this log is {home_origin}")
        if recipient_of(said.consignment) != partner:
            raise _false(
                f"consignment {said.consignment} is for {recipient_of(said.consignment)}, not {partner}"
            )
        if not said.lines or any(min(_counts(line)) < 0 or not any(_counts(line)) for line in said.lines):
            raise _false("its receipt counts what cannot be counted")
    return found


def _counts(line: ReceiptLine) -> tuple[int, int, int]:
    return line.good, line.damaged, line.missing


def _false(what: str) -> PeerError:
    return PeerError(f"This bundle does not hold: {what}.", way_out="Take nothing from it; ask its sender.")
