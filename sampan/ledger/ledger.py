"""What has been recorded, and what more shall be? The node's memory: append only, signed, never lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sampan.core.errors import InputError, MovedOn, NodeError, PeerError
from sampan.core.ids import SYSTEM_BITS, Bits
from sampan.core.time import Clock, SystemClock
from sampan.ledger import merkle
from sampan.ledger.checkpoint import Checkpoint, read_checkpoint
from sampan.ledger.damage import damaged
from sampan.ledger.entry import Draft, Entry, seal
from sampan.ledger.query import Query
from sampan.ledger.read_model import ReadModel
from sampan.ledger.signing import SigningKey, VerifierKey, check_name, signers
from sampan.ledger.verification import Verification

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sampan.ledger.end import End
    from sampan.ledger.store import Store

PATIENCE = 60.0
"""Seconds to wait for the store, which somebody else may be writing to, unless told otherwise."""

BESIDE: ContextVar[Callable[[Connection], None] | None] = ContextVar("sampan.ledger beside", default=None)
"""What else is written with each batch, in the same transaction, on behalf of whoever called for the batch."""

Progress = Callable[[int, int], None]
"""Told (entries done, entries in all) from time to time."""


class Ledger:
    """An open ledger. Several processes may hold the same one open and append to it."""

    def __init__(
        self,
        store: Store,
        *,
        key: SigningKey | None,
        verifier: VerifierKey,
        clock: Clock | None,
        bits: Bits,
        read_models: Sequence[ReadModel],
    ) -> None:
        self._store = store
        self._key = key
        self._verifier = verifier
        self._clock = clock or SystemClock()
        self._bits = bits
        self._models = tuple(read_models)
        self._end: End | None = None
        self._newest = (-1, 0)
        """The last position up to which ``newest`` has looked, and what it found, in ms since 1970."""
        self._level_models()

    @classmethod
    def create(
        cls,
        place: str | Path,
        *,
        origin: str,
        key: SigningKey,
        clock: Clock | None = None,
        bits: Bits = SYSTEM_BITS,
        read_models: Sequence[ReadModel] = (),
    ) -> Ledger:
        """Makes an empty ledger at ``place``: a file, or an SQLAlchemy URL for SQLite or PostgreSQL.

        Raises InputError if there is one already, NodeError if the store cannot be written.
        """
        from sampan.ledger.store import Store

        empty = Checkpoint(check_name(origin), 0, merkle.EMPTY_ROOT)
        with _let_go_on_fault(Store(place, patience=PATIENCE)) as store:
            store.create(key.sign(empty.text))
            return cls(store, key=key, verifier=key.verifier, clock=clock, bits=bits, read_models=read_models)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        key: SigningKey | None = None,
        verifier: VerifierKey | None = None,
        clock: Clock | None = None,
        bits: Bits = SYSTEM_BITS,
        read_models: Sequence[ReadModel] = (),
        patience: float = PATIENCE,
    ) -> Ledger:
        """Opens the ledger at ``place``: with ``key`` to append, with only ``verifier`` to read.

        Tables of an older Sampan are brought up to date, and changed read models made again. Nobody waits for
        the store much longer than ``patience`` seconds. Raises NodeError if there is no ledger, if a newer Sampan
        or another node made it, or it cannot be read.
        """
        from sampan.ledger.store import Store

        verifier = verifier or (key.verifier if key else None)
        if verifier is None:
            raise TypeError("a ledger is opened with a key or with a verifier")
        with _let_go_on_fault(Store(place, patience=patience)) as store:
            store.require()
            _require_own(store, verifier)
            return cls(store, key=key, verifier=verifier, clock=clock, bits=bits, read_models=read_models)

    def close(self) -> None:
        """Lets go of the store."""
        self._store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def append(
        self,
        drafts: Iterable[Draft],
        *,
        expecting: int | None = None,
        check: Callable[[Connection], None] | None = None,
    ) -> tuple[Entry, ...]:
        """Seals ``drafts`` and adds them, whole or not at all; when it returns they are on the disk.

        ``expecting`` is the size that the caller saw: if somebody has appended since, nothing is added.
        ``check`` may look at the read models, which then hold all that is in the log, while nobody else can
        write; if it raises, nothing is added. Raises InputError for a draft that cannot be recorded, MovedOn
        if the log has moved on, NodeError if this ledger was opened without its key, or the store fails.
        """
        from sampan.ledger import end as log_end
        from sampan.ledger import standing

        if self._key is None:
            raise NodeError("This ledger was opened to read only.", way_out="Open it with its signing key.")
        drafts = tuple(drafts)
        entries: tuple[Entry, ...] = ()
        try:
            with self._store.writing() as connection:
                end = log_end.find_end(connection, self._key.verifier, self._end)
                _expect(expecting, end.checkpoint.size)
                standing.catch_up(connection, self._models, end.checkpoint.size)
                if check:
                    check(connection)
                entries = self._seal(drafts, end)
                if entries:
                    end = log_end.carry_on(connection, end, entries, self._key)
                    standing.take_in(connection, self._models, entries)
                    if beside := BESIDE.get():
                        beside(connection)
            self._end = end
        except NodeError:
            if not entries or not self._landed(entries[0]):
                raise
        return entries

    def _seal(self, drafts: Sequence[Draft], end: End) -> tuple[Entry, ...]:
        """Time never runs backwards in the log, whatever the clock says."""
        recorded = self._clock.now()
        if end.recorded:
            recorded = max(recorded, end.recorded)
        return tuple(
            seal(draft, index=end.checkpoint.size + place, recorded=recorded, bits=self._bits)
            for place, draft in enumerate(drafts)
        )

    def _landed(self, entry: Entry) -> bool:
        """Whether a batch was kept although the store reported a fault, as when a line breaks at the end.

        The lock on the head waits for a commit that is still under way.
        """
        from sampan.ledger import rows

        try:
            with self._store.writing() as connection:
                rows.read_head(connection, lock=True)
                return rows.find(connection, id=entry.id) is not None
        except NodeError:
            return False

    # Reading

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on which to query the tables of read models."""
        with self._store.reading() as connection:
            yield connection

    @contextlib.contextmanager
    def writing_beside(self) -> Iterator[Connection]:
        """A connection on which to write tables that lie beside the log and are no part of it.

        All that is written on it is kept when the block ends, or nothing. Raises NodeError if it cannot be.
        """
        with self._store.writing() as connection:
            yield connection

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose that nobody knows who lacks the node's key. Raises NodeError without it."""
        if self._key is None:
            raise NodeError("This ledger was opened to read only.", way_out="Open it with its signing key.")
        return self._key.derive(purpose)

    @property
    def verifier(self) -> VerifierKey:
        """The public key that others check this log with."""
        return self._verifier

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._head().origin

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._store.head().size

    @property
    def root(self) -> bytes:
        """The Merkle root over all entries."""
        return self._head().root

    def checkpoint(self) -> str:
        """The head of the log as a signed note (C2SP tlog-checkpoint)."""
        return self._store.head().checkpoint

    def _head(self) -> Checkpoint:
        try:
            return read_checkpoint(self.checkpoint().rpartition("\n\n")[0] + "\n")
        except PeerError:
            raise damaged("its checkpoint cannot be read") from None

    def get(self, id: str) -> Entry:
        """The entry with this id. Raises InputError if there is none."""
        return self._store.entry(id=id)

    def at(self, index: int) -> Entry:
        """The entry at this position. Raises InputError if the log is not that long."""
        return self._store.entry(position=index)

    def entries(
        self,
        *,
        kind: str | None = None,
        after: int = -1,
        known_on: datetime | None = None,
        effective_by: datetime | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries in the order of the log, page by page, so that memory stays flat.

        ``kind`` is one kind, or with a dot at its end all that begin so. ``after`` is a position.
        ``known_on`` keeps what was recorded by then, ``effective_by`` what was true by then; both include
        the moment itself. Entries that are appended meanwhile are not among them.
        """
        query = Query(kind, after, self.size, known_on, effective_by, newest_first)
        return self._store.entries(query, limit)

    def newest(self) -> datetime | None:
        """The latest moment at which any entry is true or was recorded; None while there is none."""
        from sampan.ledger import rows

        last, moment = self._newest
        with self._store.reading() as connection:
            if found := rows.newest(connection, last):
                self._newest = last, moment = found[0], max(moment, found[1])
        return None if last < 0 else datetime.fromtimestamp(moment / 1000, UTC)

    # Proving

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that entry ``index`` is in the log of ``size`` entries (RFC 9162 §2.1.3)."""
        size = self._within(size)
        if not 0 <= index < size:
            raise InputError(f"Entry {index} is not among the first {size}.", way_out="Ask for a later size.")
        with self._store.tree(size) as tree:
            return merkle.inclusion_proof(index, size, tree)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the log of ``new`` entries only added to that of ``old`` (RFC 9162 §2.1.4)."""
        new = self._within(new)
        if not 0 <= old <= new:
            raise InputError(f"A log of {new} entries does not continue one of {old}.", way_out="Swap them.")
        with self._store.tree(new) as tree:
            return merkle.consistency_proof(old, new, tree)

    def _within(self, size: int | None) -> int:
        held = self.size
        if size is not None and size > held:
            raise InputError(f"The log holds {held} entries, not {size}.", way_out="Ask for a smaller size.")
        return held if size is None else size

    def verify(self, progress: Progress | None = None) -> Verification:
        """Derives everything again from the bytes. Raises NodeError, naming the first bad entry, if it fails.

        The error carries ``index`` and ``id`` of the entry, or None where the fault is in no single one.
        """
        found = self.audit(progress)
        if found.fault:
            raise NodeError(
                str(found.fault),
                way_out="Stop writing, put back the last backup, and find out who or what changed it.",
                index=found.fault.index,
                id=found.fault.id,
            )
        return found

    def audit(self, progress: Progress | None = None) -> Verification:
        """What ``verify`` finds, as a result: for those who want to look at a damaged ledger."""
        from sampan.ledger.audit import audit

        return audit(self._store, self._verifier, progress)

    def export(self, folder: Path, progress: Progress | None = None) -> None:
        """Writes the log as files that anybody can verify (C2SP tlog-tiles); internal entries stay hidden."""
        from sampan.ledger.export import export

        export(self._store, folder, progress)

    # Read models

    def rebuild(self, progress: Progress | None = None) -> None:
        """Drops the read models and makes them again from the log."""
        from sampan.ledger import standing

        with self._store.writing() as connection:
            standing.rebuild(connection, self._models, progress)

    def verify_models(self, progress: Progress | None = None) -> None:
        """Folds the log again and holds the read models against it.

        Raises NodeError, with the ``model`` that departs from the log. ``verify`` says whether the log is sound.
        """
        from sampan.ledger.folding import require_folded

        require_folded(self._store, self._models, progress)

    def _level_models(self) -> None:
        from sampan.ledger import standing

        with self._store.reading() as connection:
            level = not self._models or standing.are_level(connection, self._models)
        if not level:
            with self._store.writing() as connection:
                standing.level(connection, self._models)


def _require_own(store: Store, verifier: VerifierKey) -> None:
    """Raises NodeError for the sound ledger of another node. What is damaged may be opened, to be looked at."""
    note = store.head().checkpoint
    owner = note.partition("\n")[0]
    try:
        names = signers(note)
    except PeerError:
        return
    if verifier.name not in names and owner in names:
        raise NodeError(
            f"The ledger {store.name} is that of another node, {owner}; this is {verifier.name}.",
            way_out="There is nothing to repair: open the folder of that node, or give this one its own ledger again"
            " (ledger.sqlite in its folder, or what SAMPAN_DATABASE_URL names).",
            owner=owner,
        )


def _expect(expecting: int | None, size: int) -> None:
    if expecting is not None and expecting != size:
        raise MovedOn(
            f"The log has moved on: it holds {size} entries, not {expecting}.",
            way_out="Read what was added, then decide again.",
            expected=expecting,
            size=size,
        )


@contextlib.contextmanager
def _let_go_on_fault(store: Store) -> Iterator[Store]:
    try:
        yield store
    except BaseException:
        store.close()
        raise
