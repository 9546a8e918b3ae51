"""What changed between two analyses of the same sequences?

A new version of the engine or of a reference may say something else. Every call names both, so the rows can be set
side by side.
"""

from __future__ import annotations

import pyarrow as pa

from sampan.engines.genome.columns import SCHEMA

COMPARED = tuple(
    name for name in SCHEMA.names if name not in {"name", "sequence_sha256", "engine", "reference"}
)
"""Columns that are held against each other."""

CHANGES = pa.schema(
    [
        ("name", pa.string()),
        ("sequence_sha256", pa.string()),
        ("column", pa.string()),
        ("before", pa.string()),
        ("after", pa.string()),
    ]
)


def compare(old: pa.Table, new: pa.Table, *, columns: tuple[str, ...] = COMPARED) -> pa.Table:
    """What ``new`` says otherwise than ``old``, one row a change, in the order of ``new``.

    Rows belong together by name and SHA-256 of the sequence, so an order of their own is no change. A sequence that
    only one of them has is a change of the column "sequence". Of a list, only what differs is told.
    """
    before = {key: index for index, key in enumerate(_keys(old))}
    keys = _keys(new)
    changes: list[tuple[str, str, str, str | None, str | None]] = []
    shared = [(before[key], index, key) for index, key in enumerate(keys) if key in before]
    left = pa.array([one[0] for one in shared], pa.int64())
    right = pa.array([one[1] for one in shared], pa.int64())
    for column in columns:
        was, now = old[column].take(left).to_pylist(), new[column].take(right).to_pylist()
        for (_, _, key), one, other in zip(shared, was, now, strict=True):
            if not _same(one, other):
                changes.append((*key, column, *_told(one, other)))
    there = set(keys)
    changes += [(*key, "sequence", None, "analysed") for key in keys if key not in before]
    changes += [(*key, "sequence", "analysed", None) for key in before if key not in there]
    place = {key: index for index, key in enumerate([*keys, *before])}
    changes.sort(key=lambda change: place[change[0], change[1]])
    return pa.Table.from_pylist(
        [dict(zip(CHANGES.names, change, strict=True)) for change in changes], CHANGES
    )


def _keys(table: pa.Table) -> list[tuple[str, str]]:
    return list(zip(table["name"].to_pylist(), table["sequence_sha256"].to_pylist(), strict=True))


def _same(one: object, other: object) -> bool:
    """Whether two values are equal; scores are to what a float of 32 bits tells."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-4 * max(1.0, abs(one))
    return one == other


def _told(one: object, other: object) -> tuple[str | None, str | None]:
    if isinstance(one, list) and isinstance(other, list):
        lost, gained = [x for x in one if x not in other], [x for x in other if x not in one]
        if lost or gained:
            return _text(lost), _text(gained)
    return _text(one), _text(other)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ",".join(_word(one) for one in value)
    return str(value)


def _word(value: object) -> str:
    if isinstance(value, dict):
        span = f"{value['begin']}-{value['end']}"
        return f"{value['cds']}:{span}" if "cds" in value else span
    return str(value)
