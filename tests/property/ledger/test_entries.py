"""The fast writer writes what the reference writes, and entries come back as they went."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from random import Random

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.core.time import StandingClock
from sampan.ledger.canonical import canonical, parsed
from sampan.ledger.entry import Draft, Entry, milliseconds, read_entry, seal
from sampan.ledger.ledger import Ledger
from tests.ledgers import KEY, NOON, ORIGIN, draft

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)
BODIES = st.dictionaries(TEXT, VALUES, max_size=6)
MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC))
SEALED = datetime(2026, 1, 1, tzinfo=UTC)


@given(VALUES)
@example({"\U0001f600": 1, "\ufb33": 2})
@example([1e-5, 1e-4, 123456.5, 1e21, 1e16, 1.5e300, -0.0, 5e-324])
@example({"\x7f\x00\u2028": '\x1f\x7f\u2029\\"/'})
def test_both_writers_write_the_same(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(
    st.dictionaries(
        st.text(st.characters(min_codepoint=0xD000, exclude_categories=["Cs"]), max_size=3), WHOLE
    )
)
def test_both_writers_sort_the_same(value: dict[str, int]) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(FLOATS)
def test_numbers_come_back(number: float) -> None:
    assert parsed(canonical(number)) == number


@given(
    VALUES,
    st.sampled_from(
        [math.nan, math.inf, -math.inf, 2**53, -(2**53), "\ud800", b"", {1: 2}, {"\udfff": 1}, {None: 1}]
    ),
)
def test_what_json_cannot_carry_is_refused(value: object, unfit: object) -> None:
    with pytest.raises(InputError):
        canonical([value, {"deep": [unfit]}])


@given(BODIES, MOMENTS, st.sampled_from(["public", "internal"]), st.lists(TEXT.filter(bool), max_size=3))
def test_an_entry_comes_back(
    body: dict[str, object], effective: datetime, sharing: str, refs: list[str]
) -> None:
    made = seal(
        Draft("a.kind", body, "someone", effective, sharing, tuple(refs)),
        index=3,
        recorded=SEALED,  # type: ignore[arg-type]
    )
    assert read_entry(3, made.bytes) == made
    assert (made.body, made.refs, made.sharing) == (body, tuple(refs), sharing)
    assert made.recorded == SEALED
    assert milliseconds(made.effective) == milliseconds(effective)
    assert made.leaf_data == (made.bytes if sharing == "public" else made.leaf_data)
    assert sharing == "public" or len(made.leaf_data) < 100


@given(st.dictionaries(TEXT.map(lambda name: "x-" + name), VALUES, min_size=1, max_size=4))
def test_unknown_fields_are_written_back(unknown: dict[str, object]) -> None:
    known = json.loads(seal(draft(), index=0, recorded=SEALED).bytes)
    written = canonical({**known, **unknown})
    entry = read_entry(0, written)
    assert entry.unknown == unknown
    assert entry.bytes == written


@settings(max_examples=20)
@given(st.lists(st.integers(0, 9), max_size=6))
def test_any_split_into_batches_is_the_same_log(batches: list[int]) -> None:
    total = sum(batches)
    roots = []
    for split in (batches, [total], [1] * total):
        with memory() as ledger:
            start = 0
            for count in split:
                ledger.append(draft(number) for number in range(start, start + count))
                start += count
            roots.append((ledger.size, ledger.root, ledger.checkpoint()))
    assert roots[0] == roots[1] == roots[2]


@given(
    st.lists(st.tuples(st.sampled_from(["a", "a.b", "a.b.c", "ab"]), st.integers(0, 5), st.integers(0, 3)))
)
def test_queries_find_what_a_slow_search_finds(made: list[tuple[str, int, int]]) -> None:
    clock = StandingClock(NOON)
    with memory(clock) as ledger:
        for kind, later, effective in made:
            clock.at = datetime(2020, 3, 1 + later, tzinfo=UTC)
            ledger.append([draft(kind=kind, effective=datetime(2020, 2, 1 + effective, tzinfo=UTC))])
        everything = list(ledger.entries())
        assert [entry.index for entry in everything] == list(range(len(made)))
        for kind in (None, "a", "a.", "a.b", "a.b.", "b"):
            for after, newest, limit in ((-1, False, None), (1, False, 2), (0, True, 3), (-1, True, 0)):
                for day in (None, datetime(2020, 3, 3, tzinfo=UTC)):
                    effective = datetime(2020, 2, 2, tzinfo=UTC) if day else None
                    found = ledger.entries(
                        kind=kind,
                        after=after,
                        known_on=day,
                        effective_by=effective,
                        newest_first=newest,
                        limit=limit,
                    )
                    slow = [e for e in everything if fits(e, kind, after, day, effective)]
                    assert list(found) == (slow[::-1] if newest else slow)[:limit]


def fits(
    entry: Entry, kind: str | None, after: int, day: datetime | None, effective: datetime | None
) -> bool:
    right_kind = kind is None or entry.kind == kind or (kind.endswith(".") and entry.kind.startswith(kind))
    known = day is None or entry.recorded <= day
    return (
        right_kind and known and entry.index > after and (effective is None or entry.effective <= effective)
    )


def memory(clock: StandingClock | None = None) -> Ledger:
    return Ledger.create(
        "sqlite://", origin=ORIGIN, key=KEY, clock=clock or StandingClock(NOON), bits=Random(7)
    )
