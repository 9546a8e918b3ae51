"""The checklist of security names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
SAID = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.findall(r"`((?:unit|property|spec|faults|pages)/[\w/]+\.py)(?:::(\w+))?`", SAID)


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 80
    for file, name in NAMED:
        path = ROOT / "tests" / file
        assert path.is_file(), file
        there = {
            node.name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        assert any(each.startswith("test_") for each in there), file
        assert not name or name in there, f"{file}::{name}"


def test_every_line_names_a_test_or_says_why_not() -> None:
    lines = [line for line in SAID.splitlines() if re.match(r"\| \d+\.\d+\.\d+", line)]
    assert len(lines) > 90
    for line in lines:
        assert "`" in line.rpartition(" | ")[2] or "not applicable: " in line or "**" in line, line


def test_every_chapter_is_there() -> None:
    assert [int(number) for number in re.findall(r"^## V(\d+) ", SAID, re.MULTILINE)] == list(range(1, 15))
