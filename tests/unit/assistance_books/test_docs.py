"""The table of states in the documentation is the one that the desk keeps to."""

from __future__ import annotations

import re
from pathlib import Path

from sampan.records.assistance.consignments import MOVES

PAGE = Path(__file__).parents[3] / "docs" / "books.md"


def test_the_page_has_the_table_of_moves() -> None:
    section = PAGE.read_text("utf-8").partition("| can become |")[2].partition("Nobody")[0]
    rows = re.findall(r"^\| ([a-z ]+) \| (.+) \|$", section, flags=re.MULTILINE)
    assert {state: tuple(to.split(", ")) if to != "–" else () for state, to in rows} == dict(MOVES)
