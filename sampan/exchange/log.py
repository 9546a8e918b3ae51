"""What may others see of the log, and what does a stranger need to check an entry without us?"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sampan.core.errors import InputError
from sampan.ledger.checkpoint import open_checkpoint
from sampan.ledger.entry import Entry, Sharing
from sampan.ledger.ledger import Ledger

MOST = 1_000
"""Entries in one answer."""


@dataclass(frozen=True)
class Head:
    """The head of the log: what it is called, how long it is, its root, and the key that signs it."""

    origin: str
    size: int
    root: str
    checkpoint: str
    key: str


@dataclass(frozen=True)
class LogEntry:
    """One entry as people read it: when it is true, when it was written, by whom, what it rests on and says."""

    index: int
    id: str
    kind: str
    effective: datetime
    """Moment at which it became true in the world (ISO 8601, UTC)."""
    recorded: datetime
    """Moment at which it was written (ISO 8601, UTC)."""
    actor: str
    sharing: Sharing
    refs: tuple[str, ...]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """An entry, and the proof that it is in the log.

    ``data`` are the bytes of the leaf as text; hashes are hexadecimal; ``inclusion`` is the proof of RFC 9162
    §2.1.3, lowest sibling first, against the root of ``checkpoint``.
    """

    entry: LogEntry
    data: str
    leaf_hash: str
    inclusion: tuple[str, ...]
    checkpoint: str


def checkpoint(ledger: Ledger) -> Head:
    """The head of the log, signed, as other people's verifiers check it."""
    note = ledger.checkpoint()
    head = open_checkpoint(note, ledger.verifier)
    root = base64.b64encode(head.root).decode()
    return Head(head.origin, head.size, root, note, str(ledger.verifier))


def consistency(ledger: Ledger, old: int, new: int) -> tuple[str, ...]:
    """The proof that the log of ``new`` entries only added to that of ``old`` (RFC 9162 §2.1.4)."""
    return tuple(step.hex() for step in ledger.consistency(old, new))


def published(
    ledger: Ledger, *, kind: str | None = None, after: int = -1, limit: int = 100
) -> tuple[LogEntry, ...]:
    """Public entries in the order of the log, at most ``limit`` of them, from the position behind ``after``.

    ``kind`` is one kind, or with a dot at its end all that begin so. Of internal entries nothing is said.
    """
    _check(limit)
    found = (entry for entry in ledger.entries(kind=kind, after=after) if entry.sharing == "public")
    return tuple(_plain(entry) for entry, _ in zip(found, range(limit), strict=False))


def public_entry(ledger: Ledger, entry: str) -> Shown:
    """A public entry, by its id, with its proof. Of internal entries it is not even said that they exist."""
    found = ledger.get(entry)
    if found.sharing != "public":
        raise InputError(f"There is no entry {entry} in this ledger.", way_out="See `sampan ledger log`.")
    return _shown(ledger, found)


def entries(
    ledger: Ledger,
    *,
    kind: str | None = None,
    after: int = -1,
    limit: int = 100,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[LogEntry, ...]:
    """Entries in the order of the log, internal ones too, at most ``limit``, from behind the position ``after``.

    ``kind`` is one kind, or with a dot at its end all that begin so.
    """
    _check(limit)
    by = None if as_of is None else datetime.combine(as_of, time.max, UTC)
    found = ledger.entries(kind=kind, after=after, known_on=known_on, effective_by=by, limit=limit)
    return tuple(_plain(entry) for entry in found)


def entry(ledger: Ledger, entry: str) -> Shown:
    """An entry, by its id or by its number in the log, with its proof."""
    number = entry.isascii() and entry.isdigit() and len(entry) < 16
    return _shown(ledger, ledger.at(int(entry)) if number else ledger.get(entry))


def _check(limit: int) -> None:
    if not 1 <= limit <= MOST:
        raise InputError(f"{limit} at once cannot be.", way_out=f"Ask for 1 to {MOST}.", field="limit")


def _shown(ledger: Ledger, found: Entry) -> Shown:
    note = ledger.checkpoint()
    size = open_checkpoint(note, ledger.verifier).size
    proof = tuple(step.hex() for step in ledger.inclusion(found.index, size))
    return Shown(_plain(found), found.leaf_data.decode(), found.leaf_hash.hex(), proof, note)


def _plain(entry: Entry) -> LogEntry:
    return LogEntry(
        entry.index,
        entry.id,
        entry.kind,
        entry.effective,
        entry.recorded,
        entry.actor,
        entry.sharing,
        entry.refs,
        entry.body,
    )
