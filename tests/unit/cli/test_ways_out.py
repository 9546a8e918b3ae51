"""A way out that names a command names one that there is, with options that it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sampan
from sampan.cli.catalogue import COMMANDS
from sampan.cli.main import command

SAID = re.compile(r"\bsampan ([a-z]+)((?: (?:--)?[a-z][a-z-]*)*)")
ROOT = Path(sampan.__file__).parent


def texts(node: ast.AST) -> Iterator[str]:
    """What an expression may say; a gap is three dots."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        case ast.IfExp():
            yield from texts(node.body)
            yield from texts(node.orelse)
        case ast.BinOp():
            yield "".join((*texts(node.left), *texts(node.right)))


def ways_out() -> Iterator[tuple[str, str]]:
    """Every text that names a command, and where it is written."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for word in node.keywords:
                    if word.arg == "way_out":
                        yield from ((file.relative_to(ROOT).as_posix(), text) for text in texts(word.value))


SAYING = sorted({(file, text) for file, text in ways_out() if SAID.search(text)})


def test_there_are_such() -> None:
    assert len(SAYING) > 40


@pytest.mark.parametrize(("file", "text"), SAYING)
def test_the_command_is_one_that_there_is(file: str, text: str) -> None:
    for name, rest in SAID.findall(text):
        assert name in COMMANDS, f"{file}: {text}"
        found: Any = command(name)
        words = rest.split()
        while words and getattr(found, "commands", None):
            assert words[0] in found.commands, f"{file}: {text}"
            found = found.commands[words.pop(0)]
        options = {option for parameter in found.params for option in parameter.opts}
        for word in words:
            assert not word.startswith("--") or word in options, f"{file}: {text}"
