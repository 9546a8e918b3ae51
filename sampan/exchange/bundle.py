"""What does a bundle of ledger entries look like in a file, and is it one at all?

One JSON object, perhaps compressed by gzip::

    {"sampan_bundle": 1,
     "checkpoint": "<C2SP signed note>",
     "entries": [{"index": 7, "entry": "<canonical JSON>", "proof": ["<hex>", …]}, …]}

Nothing else is in it, because nothing else is signed. Limits hold before anything is unpacked or parsed.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sampan.core.errors import PeerError
from sampan.ledger.entry import LARGEST

FORMAT = 1
LARGEST_FILE = 8 * 2**20
"""Bytes, packed and unpacked: hundreds of entries with their proofs."""
MOST_ENTRIES = 1000
LONGEST_PROOF = 64
"""Hashes: a log of 2^64 entries."""
_FIELDS = frozenset({"sampan_bundle", "checkpoint", "entries"})
_OF_ENTRY = frozenset({"index", "entry", "proof"})


@dataclass(frozen=True)
class Item:
    """One entry as it stands in the sender's log, with the proof that it does."""

    index: int
    data: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True)
class Bundle:
    """Entries of one log, and the signed head under which they are proven."""

    checkpoint: str
    items: tuple[Item, ...]


def write_bundle(bundle: Bundle, *, packed: bool = False) -> bytes:
    """The file; the same bytes every time."""
    said = {
        "sampan_bundle": FORMAT,
        "checkpoint": bundle.checkpoint,
        "entries": [
            {"index": each.index, "entry": each.data.decode(), "proof": [h.hex() for h in each.proof]}
            for each in bundle.items
        ],
    }
    data = json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"
    return gzip.compress(data, mtime=0) if packed else data


def read_bundle(data: bytes) -> Bundle:
    """The bundle in a file. Raises PeerError, saying what is wrong, if it is none or too large."""
    try:
        said = json.loads(_unpacked(data).decode())
    except (ValueError, RecursionError):
        raise _broken("it is not JSON, or was cut short") from None
    if not isinstance(said, dict) or not isinstance(said.get("sampan_bundle"), int):
        raise _broken("it is not a bundle")
    if said["sampan_bundle"] != FORMAT:
        raise PeerError(
            f"This bundle is of format {said['sampan_bundle']}; this Sampan reads {FORMAT}.",
            way_out="Upgrade Sampan, or ask for a bundle of this format.",
        )
    if extra := set(said) - _FIELDS:
        raise _broken(f"it says {min(extra)!r} too, which nothing signs: it was altered")
    checkpoint, items = said.get("checkpoint"), said.get("entries")
    if not isinstance(checkpoint, str) or not isinstance(items, list) or not items:
        raise _broken("it has no checkpoint or no entries")
    if len(items) > MOST_ENTRIES:
        raise _broken(f"it has {len(items)} entries, and {MOST_ENTRIES} are the most")
    return Bundle(checkpoint, tuple(_item(each) for each in items))


def _unpacked(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(LARGEST_FILE + 1)
        except (OSError, EOFError, zlib.error):
            raise _broken("its compression is damaged, or it was cut short") from None
    if len(data) > LARGEST_FILE:
        raise _broken(f"it is larger than {LARGEST_FILE // 2**20} MiB")
    return data


def _item(said: Any) -> Item:
    try:
        index, data, proof = said["index"], said["entry"].encode(), _hashes(said["proof"])
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _broken("an entry is malformed") from None
    if extra := set(said) - _OF_ENTRY:
        raise _broken(f"an entry says {min(extra)!r} too, which nothing signs: it was altered")
    if type(index) is not int or index < 0 or len(data) > LARGEST:
        raise _broken("an entry is malformed, or larger than an entry can be")
    return Item(index, data, proof)


def _hashes(said: Sequence[str]) -> tuple[bytes, ...]:
    found = tuple(bytes.fromhex(each) for each in said)
    if isinstance(said, str) or len(found) > LONGEST_PROOF or any(len(each) != 32 for each in found):
        raise ValueError
    return found


def _broken(what: str) -> PeerError:
    return PeerError(f"This bundle cannot be read: {what}.", way_out="Ask its sender for it again.")
