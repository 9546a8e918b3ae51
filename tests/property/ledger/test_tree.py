"""Any proof verifies, any flipped bit does not; tiles hold the tree however it grew."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from sampan.ledger import merkle, tiles

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(2_000)]
SIZES = st.one_of(
    st.integers(1, 40), st.sampled_from([255, 256, 257, 511, 512, 513, 1025]), st.integers(1, 2_000)
)


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + slow_root(leaves[:k]) + slow_root(leaves[k:])).digest()


def slow_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if index < k:
        return [*slow_path(index, leaves[:k]), slow_root(leaves[k:])]
    return [*slow_path(index - k, leaves[k:]), slow_root(leaves[:k])]


def slow_proof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [slow_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if old <= k:
        return [*slow_proof(old, leaves[:k], whole), slow_root(leaves[k:])]
    return [*slow_proof(old - k, leaves[k:], False), slow_root(leaves[:k])]


def grown(batches: list[int]) -> tuple[int, dict[tiles.Place, bytes]]:
    """The tiles of a log to which so many leaves were added at a time."""
    size, kept = 0, {}
    for batch in batches:
        edge = {place: kept[place] for place in tiles.edge(size)}
        kept.update(tiles.extend(size, edge, LEAVES[size : size + batch]))
        size += batch
    return size, kept


def flipped(data: bytes, bit: int) -> bytes:
    spoilt = bytearray(data)
    spoilt[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(spoilt)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=6).filter(lambda sizes: sum(sizes) <= 2_000))
def test_tiles_hold_the_tree_however_it_grew(batches: list[int]) -> None:
    size, kept = grown(batches)
    assert kept == grown([size])[1]
    assert merkle.root(size, tiles.tree(kept.__getitem__)) == slow_root(LEAVES[:size])
    edge = {place: kept[place] for place in tiles.edge(size)}
    assert merkle.root(size, tiles.tree(edge.__getitem__)) == slow_root(LEAVES[:size])
    assert {place: len(tile) // 32 for place, tile in kept.items()} == {
        (level, number): tiles.width(level, number, size)
        for level, full, partial in tiles.widths(size)
        for number in range(full + bool(partial))
    }


@given(SIZES, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, tiles.tree(grown([size])[1].__getitem__))
    root = slow_root(LEAVES[:size])
    assert proof == slow_path(index, LEAVES[:size])
    assert merkle.verify_inclusion(LEAVES[index], index, size, proof, root)

    bit = data.draw(st.integers(0, 255))
    assert not merkle.verify_inclusion(flipped(LEAVES[index], bit), index, size, proof, root)
    assert not merkle.verify_inclusion(LEAVES[index], index, size, proof, flipped(root, bit))
    assert not merkle.verify_inclusion(LEAVES[index], index, size, [*proof, root], root)
    for other in {index - 1, index + 1, size, -1}:
        assert not merkle.verify_inclusion(LEAVES[index], other, size, proof, root)
    for place in range(len(proof)):
        spoilt = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
        assert not merkle.verify_inclusion(LEAVES[index], index, size, spoilt, root)
        assert not merkle.verify_inclusion(
            LEAVES[index], index, size, proof[:place] + proof[place + 1 :], root
        )


@given(SIZES, st.data())
def test_consistency(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    proof = merkle.consistency_proof(old, new, tiles.tree(grown([new])[1].__getitem__))
    before, after = slow_root(LEAVES[:old]), slow_root(LEAVES[:new])
    assert proof == (slow_proof(old, LEAVES[:new]) if old else [])
    assert merkle.verify_consistency(old, new, before, after, proof)

    bit = data.draw(st.integers(0, 255))
    assert not merkle.verify_consistency(old, new, flipped(before, bit), after, proof)
    assert not merkle.verify_consistency(old, new, before, after, [*proof, after])
    assert not merkle.verify_consistency(new + 1, new, before, after, proof)
    if old:
        assert not merkle.verify_consistency(old, new, before, flipped(after, bit), proof)
    for place in range(len(proof)):
        spoilt = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
        assert not merkle.verify_consistency(old, new, before, after, spoilt)
        assert not merkle.verify_consistency(old, new, before, after, proof[:place] + proof[place + 1 :])


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles(leaves: list[bytes]) -> None:
    assert tiles.unbundle(tiles.bundle(leaves)) == leaves
