"""Is the log what was signed? Everything is derived again from the bytes, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import Row

from sampan.core.errors import NodeError, PeerError, SampanError
from sampan.ledger import merkle, rows, tiles
from sampan.ledger.checkpoint import Checkpoint, open_checkpoint
from sampan.ledger.entry import LARGEST, Entry, leaf_data, milliseconds, read_entry
from sampan.ledger.signing import VerifierKey
from sampan.ledger.store import Store
from sampan.ledger.verification import Fault, Verification

_COLUMNS = ("id", "kind", "effective", "recorded")


class _Bad(Exception):
    def __init__(self, what: str, index: int | None = None, id: object = None) -> None:
        super().__init__(what)
        self.fault = Fault(what, index, id if isinstance(id, str) else None)


def audit(
    log: Store, verifier: VerifierKey, progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Reads every entry, tile and signature. Raises NodeError only if the store does not answer at all."""
    head = log.head()
    signed = _signed(head, verifier)
    size = signed.size if isinstance(signed, Checkpoint) else head.size
    derived = _Derived(log, size)
    try:
        for done in _walk(log, derived):
            if progress:
                progress(done, size)
        _check_head(signed, derived)
        _check_surroundings(log)
    except _Bad as bad:
        return Verification(derived.size, derived.root, bad.fault)
    return Verification(derived.size, derived.root, None)


def _signed(head: rows.Head, verifier: VerifierKey) -> Checkpoint | _Bad:
    """What was signed, or what is wrong with it: to be said after the entries have been looked at."""
    try:
        checkpoint = open_checkpoint(head.checkpoint, verifier)
    except PeerError as fault:
        what = fault.what[:1].lower() + fault.what[1:].removesuffix(".")
        return _Bad(f"its checkpoint does not hold, for {what}")
    if checkpoint.size != head.size:
        return _Bad(f"its head says {head.size} entries where {checkpoint.size} were signed")
    return checkpoint


def _walk(log: Store, derived: _Derived) -> Iterator[int]:
    """Checks the entries a page at a time; yields how many have been checked."""
    before: datetime | None = None
    for start in range(0, derived.expected, rows.PAGE):
        end = min(start + rows.PAGE, derived.expected)
        found = _rows(log, start, end)
        for index in range(start, end):
            row = next(found, None)
            if row is None or row.position != index:
                raise _Bad("is missing", index)
            entry = _read_row(index, row)
            derived.add(entry, row.id)
            _check_columns(entry, row)
            if before and entry.recorded < before:
                raise _Bad("says it was recorded before the one in front of it", index, entry.id)
            before = entry.recorded
        yield end


def _rows(log: Store, start: int, end: int) -> Iterator[Row[Any]]:
    """The rows of a page; where the page cannot be read as a whole, row by row until one fails."""
    try:
        yield from _read(log, start, end)
        return
    except NodeError as fault:
        log.head()
        if end - start == 1:
            raise _Bad(f"cannot be read: {fault.what}", start) from fault
    for index in range(start, end):
        yield from _rows(log, index, index + 1)


def _read(log: Store, start: int, end: int) -> list[Row[Any]]:
    with log.reading() as connection:
        return rows.stored(connection, start, end)


def _read_row(index: int, row: Row[Any]) -> Entry:
    try:
        entry = read_entry(index, row.data)
        same = entry.bytes == row.data
    except ValueError as fault:
        raise _Bad(f"is no entry: {fault}", index, row.id) from None
    except SampanError as fault:
        raise _Bad(f"is no entry: {fault.what}", index, row.id) from None
    if not same or len(row.data) > LARGEST:
        raise _Bad("is not written as entries are (RFC 8785)", index, row.id)
    return entry


def _check_columns(entry: Entry, row: Row[Any]) -> None:
    """What the row repeats from its entry, which has been seen to be the one that was signed."""
    kept = (row.id, row.kind, row.effective, row.recorded)
    meant = (entry.id, entry.kind, milliseconds(entry.effective), milliseconds(entry.recorded))
    if kept != meant:
        column = next(name for name, a, b in zip(_COLUMNS, kept, meant, strict=True) if a != b)
        raise _Bad(f"stands in a row whose {column} is not its own", entry.index, entry.id)


class _Derived:
    """The tree as the entries make it, held against the tiles as they are kept."""

    def __init__(self, log: Store, expected: int) -> None:
        self.expected = expected
        self.size = 0
        self._log = log
        self._open: list[list[bytes]] = []
        self._kept: dict[int, tuple[int, list[bytes]]] = {}

    def add(self, entry: Entry, id: object) -> None:
        """Takes in the next entry. ``id`` names it in the row, should its own bytes be wrong."""
        leaf = merkle.leaf_hash(leaf_data(entry.bytes, entry.sharing))
        if self._stored(0, self.size) != leaf:
            raise _Bad("does not fit its leaf in the tree: one of them was altered", self.size, id)
        full = self._push(leaf)
        self.size += 1
        for level, hash in enumerate(full, start=1):
            self._check_above(level, hash)

    def _push(self, leaf: bytes) -> list[bytes]:
        """Adds a leaf; returns the roots of the tiles that it filled, lowest first."""
        full: list[bytes] = []
        hash = leaf
        for level in range(len(self._open) + 1):
            if level == len(self._open):
                self._open.append([])
            self._open[level].append(hash)
            if len(self._open[level]) < tiles.WIDTH:
                break
            hash, self._open[level] = merkle.perfect_root(self._open[level]), []
            full.append(hash)
        return full

    def _check_above(self, level: int, hash: bytes) -> None:
        last = self.size - 1
        span = tiles.WIDTH**level
        if self._stored(level, last // span) != hash:
            raise _Bad(
                f"begins a stretch, up to {last}, whose hash at level {level} of the tree was altered",
                last // span * span,
            )

    def _stored(self, level: int, place: int) -> bytes | None:
        """The hash at ``place`` of ``level`` as it is kept; one tile per level is held."""
        number, at = divmod(place, tiles.WIDTH)
        if self._kept.get(level, (-1, []))[0] != number:
            self._kept[level] = number, self._fetch(level, number)
        hashes = self._kept[level][1]
        return hashes[at] if at < len(hashes) else None

    def _fetch(self, level: int, number: int) -> list[bytes]:
        try:
            with self._log.reading() as connection:
                found = rows.read_tiles(connection, [(level, number)])
        except NodeError as fault:
            raise _Bad(
                f"has its place in tile {number} of level {level}, which cannot be read: {fault.what}",
                number * tiles.WIDTH ** (level + 1),
            ) from fault
        return tiles.split(found.get((level, number), b""))

    @property
    def root(self) -> bytes:
        """The root over the entries that were checked."""
        edge = {
            (level, (self.size >> tiles.HEIGHT * level) // tiles.WIDTH): b"".join(hashes)
            for level, hashes in enumerate(self._open)
        }
        return merkle.root(self.size, tiles.tree(edge.__getitem__))


def _check_head(signed: Checkpoint | _Bad, derived: _Derived) -> None:
    if isinstance(signed, _Bad):
        raise signed
    if signed.root != derived.root:
        raise _Bad("its entries do not add up to the root that was signed")


def _check_surroundings(log: Store) -> None:
    """Nothing lies beside the log that does not belong to it, and the database can find all of it."""
    try:
        with log.reading() as connection:
            if rows.strays(connection):
                raise _Bad("rows lie outside the log that was signed")
            size = rows.read_head(connection).size
            for found, meant in zip_longest(rows.tile_sizes(connection), _tile_sizes(size)):
                if found != meant:
                    raise _Bad(f"its tiles are not those of {size} entries: {found} where {meant} belongs")
            wrong = rows.index_fault(connection)
    except NodeError as fault:
        raise _Bad(f"it cannot be read whole: {fault.what}") from fault
    if wrong:
        raise _Bad(f"the database file is damaged: {wrong}")


def _tile_sizes(size: int) -> Iterator[tuple[int, int, int]]:
    for level, full, partial in tiles.widths(size):
        yield from ((level, number, tiles.TILE_BYTES) for number in range(full))
        if partial:
            yield level, full, partial * merkle.HASH_SIZE
