"""A long list makes only the rows that are looked at, and is otherwise a list."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sampan.core.plain import plain
from sampan.core.rows import Rows
from sampan.web.desk.showing import View, shown


@dataclass(frozen=True)
class Row:
    """One row."""

    number: int


def rows(asked: list[tuple[int, int]], size: int = 1000) -> Rows[Row]:
    """Rows that note which of them were made."""

    def make(begin: int, end: int) -> list[Row]:
        asked.append((begin, end))
        return [Row(number) for number in range(begin, end)]

    return Rows(size, make)


def test_it_is_a_list_like_any_other() -> None:
    some, same = rows([], 7), [Row(number) for number in range(7)]
    assert some == same and same == some and some != same[:6] and some != [Row(1)] * 7
    assert (len(some), bool(some), bool(rows([], 0))) == (7, True, False)
    for part in (
        slice(2, 5),
        slice(None, None, -1),
        slice(6, 1, -2),
        slice(9, 12),
        slice(-3, None),
        slice(0, 0),
    ):
        assert some[part] == same[part]
    assert (some[0], some[-1], list(some)) == (Row(0), Row(6), same)
    assert plain(some) == plain(same)
    with pytest.raises(IndexError):
        _ = some[7]


@pytest.mark.parametrize(
    ("view", "made", "first"),
    [
        (View(begin=200, most=100), (200, 300), 200),
        (View(begin=950, most=100), (950, 1000), 950),
        (View(newest_first=True, most=100), (900, 1000), 999),
        (View(newest_first=True, begin=950, most=100), (0, 50), 49),
    ],
)
def test_a_page_makes_its_own_rows(view: View, made: tuple[int, int], first: int) -> None:
    asked: list[tuple[int, int]] = []
    (table,) = shown(rows(asked), view).tables
    assert asked == [made]
    assert (table.total, table.rows[0][0].value) == (1000, first)
