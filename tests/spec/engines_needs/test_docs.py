"""The page for the reader says what the tables say."""

from __future__ import annotations

import re
from pathlib import Path

from sampan.engines.needs.parameters import load, number

PAGE = Path(__file__).parents[3] / "docs" / "needs.md"


def test_every_parameter_stands_on_the_page_with_its_value_unit_and_source() -> None:
    rows = {
        cells[0].strip("`"): cells
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if len(cells := [cell.strip() for cell in line.strip("|").split(" | ")]) == 6
        and cells[0].startswith("`")
    }
    parameters = {name: fact for name, fact in load().facts.items() if not re.search("[:=]", name)}
    assert set(rows) == set(parameters)
    for name, fact in parameters.items():
        _, value, unit, meaning, source, version = rows[name]
        assert number(value) == fact.value, name
        assert (unit, meaning, source, version) == (fact.unit, fact.meaning, fact.source, fact.version), name


def test_the_tests_that_the_page_names_are_there() -> None:
    named = re.findall(r"`(test_\w+)…?`", PAGE.read_text(encoding="utf-8"))
    code = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tests = [name for name in named if name != "test_kit"]
    assert len(tests) > 10
    assert not [name for name in tests if f"def {name}" not in code]
