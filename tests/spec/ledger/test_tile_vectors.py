"""The examples of C2SP tlog-tiles: paths, and the tiles of a tree of 70,000 entries."""

from __future__ import annotations

import pytest

from sampan.core.errors import PeerError
from sampan.ledger import tiles

PATHS = {
    (0, 0, 256): "tile/0/000",
    (0, 999, 256): "tile/0/999",
    (0, 1000, 256): "tile/0/x001/000",
    (1, 1234067, 256): "tile/1/x001/x234/067",
    (0, 273, 112): "tile/0/273.p/112",
    ("entries", 1234067, 1): "tile/entries/x001/x234/067.p/1",
}

LEVELS = {
    0: [],
    1: [(0, 0, 1)],
    255: [(0, 0, 255)],
    256: [(0, 1, 0), (1, 0, 1)],
    70_000: [(0, 273, 112), (1, 1, 17), (2, 0, 1)],
}


@pytest.mark.parametrize(("kind", "number", "width"), PATHS)
def test_path(kind: int | str, number: int, width: int) -> None:
    assert tiles.path(kind, number, width) == PATHS[kind, number, width]


@pytest.mark.parametrize("size", LEVELS)
def test_tiles_of_a_tree(size: int) -> None:
    assert list(tiles.widths(size)) == LEVELS[size]
    for level, full, partial in LEVELS[size]:
        assert tiles.width(level, full, size) == partial
        assert tiles.width(level, full + 1, size) == 0


def test_bundle() -> None:
    written = tiles.bundle([b"abc", b"", b"x" * 65_535])
    assert written[:7] == b"\x00\x03abc\x00\x00"
    assert tiles.unbundle(written) == [b"abc", b"", b"x" * 65_535]


@pytest.mark.parametrize("cut", [1, 4, 6])
def test_a_bundle_cut_short(cut: int) -> None:
    with pytest.raises(PeerError):
        tiles.unbundle(tiles.bundle([b"abc", b"def"])[:-cut])
