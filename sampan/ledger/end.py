"""Where does the log end, and how is it carried on? Only what our own key signed is ever continued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sampan.core.errors import NodeError, PeerError
from sampan.ledger import merkle, rows, tiles
from sampan.ledger.checkpoint import Checkpoint, open_checkpoint
from sampan.ledger.damage import damaged, read_row
from sampan.ledger.entry import Entry, leaf_data
from sampan.ledger.signing import SigningKey, VerifierKey


@dataclass(frozen=True)
class End:
    """The signed head, the tiles at the right edge, and when the last entry was recorded."""

    note: str
    checkpoint: Checkpoint
    edge: dict[tiles.Place, bytes]
    recorded: datetime | None


def find_end(connection: Connection, verifier: VerifierKey, known: End | None) -> End:
    """The end of the log, locked and seen to hold; ``known`` is taken as it is if nothing came after it."""
    head = rows.read_head(connection, lock=True)
    if known and known.note == head.checkpoint and known.checkpoint.size == head.size:
        return known
    try:
        checkpoint = open_checkpoint(head.checkpoint, verifier)
    except PeerError as fault:
        raise NodeError(
            f"The head of the ledger does not fit this key: {fault.what}",
            way_out="Use the key made with this ledger; if it is, run `sampan ledger verify`.",
        ) from fault
    if checkpoint.size != head.size:
        raise damaged(f"its head says {head.size} entries where {checkpoint.size} were signed")
    edge = rows.read_tiles(connection, tiles.edge(head.size))
    if _root(head.size, edge) != checkpoint.root:
        raise damaged("its tiles do not add up to the signed root")
    return End(head.checkpoint, checkpoint, edge, _last_recorded(connection, head.size))


def _last_recorded(connection: Connection, size: int) -> datetime | None:
    if not size:
        return None
    row = rows.find(connection, position=size - 1)
    if row is None:
        raise damaged(f"entry {size - 1}, its last, is missing")
    return read_row(row).recorded


def carry_on(connection: Connection, end: End, entries: tuple[Entry, ...], key: SigningKey) -> End:
    """Writes ``entries`` after ``end``, with the tiles that they change and a new signed head."""
    leaves = [merkle.leaf_hash(leaf_data(entry.bytes, entry.sharing)) for entry in entries]
    changed = tiles.extend(end.checkpoint.size, end.edge, leaves)
    size = end.checkpoint.size + len(entries)
    reached = {**end.edge, **changed}
    edge = {place: reached[place] for place in tiles.edge(size)}
    signed = Checkpoint(end.checkpoint.origin, size, _root(size, edge))
    note = key.sign(signed.text)
    rows.write_entries(connection, entries)
    rows.write_tiles(connection, changed, known=end.edge)
    rows.write_head(connection, rows.Head(size, note))
    return End(note, signed, edge, entries[-1].recorded)


def _root(size: int, edge: dict[tiles.Place, bytes]) -> bytes:
    """The root from the tiles at the right edge: every perfect subtree of it is made of their hashes."""
    try:
        return merkle.root(size, tiles.tree(edge.__getitem__))
    except (KeyError, IndexError):
        raise damaged("a tile at its edge is missing or cut short") from None
