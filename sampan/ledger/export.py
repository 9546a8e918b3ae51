"""How does anybody else check the log? From plain files, laid out as C2SP tlog-tiles.

``checkpoint``, ``tile/<level>/<number>`` and ``tile/entries/<number>`` may be served as they lie. Public
entries are in the bundles whole, internal ones as salted commitments. Files are written once and the
checkpoint last, so an export that was cut off, or is repeated, only adds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sampan.core.files import write_whole
from sampan.ledger import rows, tiles
from sampan.ledger.damage import damaged, read_row
from sampan.ledger.merkle import HASH_SIZE
from sampan.ledger.query import Query
from sampan.ledger.store import Store


def export(log: Store, folder: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Writes the log as of now. Raises NodeError if the disk refuses, or the log is damaged."""
    head = log.head()
    for level, full, partial in tiles.widths(head.size):
        for number in range(full + bool(partial)):
            width = tiles.width(level, number, head.size)
            _keep(folder / tiles.path(level, number, width), _tile(log, level, number, width))
            if level == 0:
                _keep(folder / tiles.path("entries", number, width), _bundle(log, number, width))
                if progress:
                    progress(number * tiles.WIDTH + width, head.size)
    write_whole(folder / "checkpoint", head.checkpoint.encode())


def _keep(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        write_whole(path, data)


def _tile(log: Store, level: int, number: int, width: int) -> bytes:
    with log.reading() as connection:
        data = rows.read_tiles(connection, [(level, number)]).get((level, number), b"")
    if len(data) < width * HASH_SIZE:
        raise damaged(f"tile {number} of level {level} is missing or cut short")
    return data[: width * HASH_SIZE]


def _bundle(log: Store, number: int, width: int) -> bytes:
    start = number * tiles.WIDTH
    with log.reading() as connection:
        found = rows.page(connection, Query(after=start - 1, before=start + width), width)
    if len(found) != width:
        raise damaged(f"some entry from {start} to {start + width - 1} is missing")
    return tiles.bundle(read_row(row).leaf_data for row in found)
