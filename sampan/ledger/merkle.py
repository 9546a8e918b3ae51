"""Is this entry in the log, and is this log the continuation of that one?

RFC 6962 §2.1 and RFC 9162 §2.1: hashing of leaves and nodes, inclusion and consistency proofs, and their
verification. Rules only: nothing here reads or writes. A tree is given as ``node(height, place)``, the
hash of the perfect subtree over leaves ``place·2^height`` up to ``(place + 1)·2^height``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """MTH of one leaf: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """MTH of two subtrees: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


def root(size: int, node: Node) -> bytes:
    """MTH(D[0:size]); the hash of nothing for an empty tree."""
    return _range_root(0, size, node) if size else EMPTY_ROOT


def _range_root(start: int, end: int, node: Node) -> bytes:
    """MTH(D[start:end]), where ``start`` is a multiple of the largest power of two under the length."""
    split = _split(end - start)
    if split * 2 == end - start or end - start == 1:
        height = (end - start).bit_length() - 1
        return node(height, start >> height)
    return node_hash(_range_root(start, start + split, node), _range_root(start + split, end, node))


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (1 for 1)."""
    return 1 << max(0, (size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[0:size]) of RFC 9162 §2.1.3.1, lowest sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"entry {index} is not among {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_root(middle, end, node))
            end = middle
        else:
            proof.append(_range_root(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """PROOF(old, D[0:new]) of RFC 9162 §2.1.4.1; empty when ``old`` is nothing or everything."""
    if not 0 <= old <= new:
        raise ValueError(f"a log of {new} entries does not continue one of {old}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_root(middle, end, node))
            end = middle
        else:
            proof.append(_range_root(start, middle, node))
            start, whole = middle, False
    if not whole:
        proof.append(_range_root(start, end, node))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows the leaf hash at ``index`` under ``root`` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, seen = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            seen = node_hash(sibling, seen)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            seen = node_hash(seen, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and seen == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the new tree only added to the old one (RFC 9162 §2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    return _climb(old, new, old_root, new_root, proof)


def _climb(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    seen_old = seen_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            seen_old, seen_new = node_hash(sibling, seen_old), node_hash(sibling, seen_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            seen_new = node_hash(seen_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and seen_old == old_root and seen_new == new_root
