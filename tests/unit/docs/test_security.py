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


MAKE_CODE = frozenset({"eval", "exec", "compile", "__import__", "from_string", "system", "popen"})
MODULES_THAT_DO = frozenset({"pickle", "marshal", "shelve", "yaml", "xml.sax", "xml.dom"})
OURS = {("engines/needs/explain.py", "eval"), ("desks/press/pdf.py", "compile")}
"""Formulas that stand in the table beside it; the template of the brief, which is given what it shows as data."""


def test_no_code_is_made_from_what_somebody_says() -> None:
    """Nothing is run, unpickled or taken for a template but what stands in the source."""
    found = set()
    for file in (ROOT / "sampan").rglob("*.py"):
        name = file.relative_to(ROOT / "sampan").as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            found |= {(name, each) for each in _made_of(node)}
    assert found == OURS


def _made_of(node: ast.AST) -> set[str]:
    match node:
        case ast.Call(func=ast.Name(id=called)):
            return {called} & MAKE_CODE
        case ast.Call(func=ast.Attribute(attr=called, value=ast.Name(id=of)), keywords=said):
            shell = {"shell" for each in said if each.arg == "shell"}
            return shell | ({called} & MAKE_CODE if of != "re" else set())
        case ast.Import(names=names):
            return {each.name for each in names} & MODULES_THAT_DO
        case ast.ImportFrom(module=module):
            return {module or ""} & MODULES_THAT_DO
    return set()
