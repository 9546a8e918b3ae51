"""The README shows what the demo really prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sampan.cli.demo import _show
from tests.replays import Ran

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_block_in_the_readme_is_what_the_demo_prints(
    exercise: Ran, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line by line and in order; a line ``…`` stands for lines that are left out."""
    assert exercise.exercise is not None
    _show(exercise.replay, exercise.exercise)
    printed = [line.rstrip() for line in capsys.readouterr().out.split("\n")]
    block = re.search(r"<!-- demo -->\n```\n(.*?)```\n<!-- /demo -->", README, re.DOTALL)
    assert block, "the README has a block between <!-- demo --> and <!-- /demo -->"
    at = 0
    for line in block.group(1).rstrip("\n").split("\n"):
        if line.strip() == "…":
            continue
        assert line.rstrip() in printed[at:], f"the demo does not print: {line}"
        at += printed[at:].index(line.rstrip()) + 1
