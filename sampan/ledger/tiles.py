"""Where does each hash of the tree lie? In tiles 256 hashes wide (C2SP tlog-tiles).

A tile at level ``l`` holds roots of full tiles at level ``l − 1``; level 0 holds leaf hashes. Only the
last tile of a level grows. Nothing here reads or writes: tiles come from and go to the caller.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from sampan.core.errors import PeerError
from sampan.ledger import merkle
from sampan.ledger.merkle import HASH_SIZE

WIDTH = 256
HEIGHT = 8
TILE_BYTES = WIDTH * HASH_SIZE

Place = tuple[int, int]
"""Level and number of a tile."""


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, full tiles, hashes in the partial tile) for every level of a log of ``size`` entries."""
    level, hashes = 0, size
    while hashes:
        yield level, hashes // WIDTH, hashes % WIDTH
        level, hashes = level + 1, hashes // WIDTH


def width(level: int, number: int, size: int) -> int:
    """How many hashes this tile holds in a log of ``size`` entries: 0 to 256."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def edge(size: int) -> list[Place]:
    """The tiles that hold the right edge: all that an append or the root must read."""
    return [(level, full) for level, full, partial in widths(size) if partial]


def path(kind: int | str, number: int, width: int = WIDTH) -> str:
    """``tile/0/x001/x234/067`` or ``tile/entries/273.p/112``; ``kind`` is a level or ``entries``."""
    digits = [f"{number % 1000:03d}"]
    while number := number // 1000:
        digits.insert(0, f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{kind}/{'/'.join(digits)}{partial}"


def extend(size: int, edge_tiles: dict[Place, bytes], leaves: Iterable[bytes]) -> dict[Place, bytes]:
    """The tiles that change when ``leaves`` follow a log of ``size`` whose right edge is given."""
    changed: dict[Place, bytes] = {}
    level, hashes = 0, list(leaves)
    while hashes:
        number, held = divmod(size >> HEIGHT * level, WIDTH)
        before = edge_tiles[level, number] if held else b""
        data = before + b"".join(hashes)
        hashes = []
        for at in range(0, len(data), TILE_BYTES):
            tile = data[at : at + TILE_BYTES]
            changed[level, number + at // TILE_BYTES] = tile
            if len(tile) == TILE_BYTES:
                hashes.append(merkle.perfect_root(split(tile)))
        level += 1
    return changed


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def tree(read: Callable[[Place], bytes]) -> merkle.Node:
    """A tree over tiles, each read at most once."""
    held: dict[Place, bytes] = {}

    def node(height: int, place: int) -> bytes:
        level, rise = divmod(height, HEIGHT)
        number, first = divmod(place << rise, WIDTH)
        if (level, number) not in held:
            held[level, number] = read((level, number))
        return _root(held[level, number][first * HASH_SIZE : (first + (1 << rise)) * HASH_SIZE])

    return node


@lru_cache(maxsize=64)
def _root(hashes: bytes) -> bytes:
    """The root over a power of two of hashes; those of a growing tile are asked for again and again."""
    return merkle.perfect_root(split(hashes))


def bundle(leaves: Iterable[bytes]) -> bytes:
    """Leaf data as an entry bundle: each entry after its length in two bytes, big end first."""
    return b"".join(struct.pack(">H", len(data)) + data for data in leaves)


def unbundle(data: bytes) -> list[bytes]:
    """The leaf data of an entry bundle. Raises PeerError if it is cut short."""
    leaves: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise PeerError("An entry bundle is cut short.", way_out="Fetch it again.")
        leaves.append(data[at + 2 : end])
        at = end
    return leaves
