"""Is every file that the ledger cites still beside it, as it was?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sampan.core.errors import NodeError
from sampan.ledger.blobs import Blobs
from sampan.ledger.ledger import Ledger
from sampan.records.control import Snapshot

_SNAPSHOT = {field.name for field in dataclasses.fields(Snapshot)}
_PHOTO = "photo"
"""A picture of what was damaged is cited by its digest alone."""


@dataclass(frozen=True)
class Cited:
    """A file and the first entry that cites it."""

    index: int
    id: str
    name: str
    digest: str


def cited(ledger: Ledger) -> list[Cited]:
    """Every file that entries of ``ledger`` cite, once each, in the order of the log."""
    found: dict[str, Cited] = {}
    for entry in ledger.entries():
        for name, digest in _named(entry.body):
            found.setdefault(digest, Cited(entry.index, entry.id, name, digest))
    return list(found.values())


def require_cited(ledger: Ledger, blobs: Blobs, progress: Callable[[int, int], None] | None = None) -> int:
    """Reads every file that the ledger cites, and returns how many there are.

    Raises NodeError if one is missing or altered, with the ``index`` and ``id`` of the first entry that
    cites it and the ``name`` that it had.
    """
    files = cited(ledger)
    for done, file in enumerate(files, start=1):
        try:
            blobs.get(file.digest)
        except NodeError as fault:
            raise NodeError(
                f'Entry {file.index} ({file.id}) cites "{file.name}". {fault.what}',
                way_out=fault.way_out,
                index=file.index,
                id=file.id,
                name=file.name,
                digest=file.digest,
            ) from fault
        if progress:
            progress(done, len(files))
    return len(files)


def _named(value: object) -> Iterator[tuple[str, str]]:
    """Name and digest of every file in a body, at any depth, whether this Sampan knows the field or not."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _named(part)
    elif isinstance(value, Mapping):
        if value.keys() >= _SNAPSHOT and _is_digest(value["digest"]):
            yield str(value["name"]), value["digest"]
        if _is_digest(value.get(_PHOTO)):
            yield _PHOTO, value[_PHOTO]
        for part in value.values():
            yield from _named(part)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
