"""Every transcript beside this file is typed at the command line, and what comes back must be what it says.

A transcript is a text file: ``# prose``, ``$ command``, then what the command prints, stdout and stderr
together; ``[n]`` on a line of its own is the exit code where it is not 0. ``…`` stands for anything
within a line, and ``…`` alone for any number of lines. Each runs in an empty folder; ``$SHARED``,
``$EXERCISE`` (an exercise made beforehand) and ``$NODE`` (a node on which it is loaded) may be used.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sampan.cli.main import run

HERE = Path(__file__).parent
TRANSCRIPTS = sorted(HERE.glob("*.txt"))


@dataclass(frozen=True)
class Command:
    """One command of a transcript, and what it must print."""

    line: int
    text: str
    prints: tuple[str, ...]
    code: int


def commands(transcript: str) -> Iterator[Command]:
    """The commands of a transcript, in order."""
    blocks = re.split(r"^(?=\$ )", transcript, flags=re.MULTILINE)
    line = 1
    for block in blocks:
        if block.startswith("$ "):
            first, *rest = block.rstrip("\n").split("\n")
            rest = [text for text in rest if not re.match(r"# \S", text)]
            while rest and not rest[-1].strip():
                rest.pop()
            code = int(rest.pop()[1:-1]) if rest and re.fullmatch(r"\[\d+\]", rest[-1]) else 0
            yield Command(line, first[2:], tuple(rest), code)
        line += block.count("\n")


def type_in(command: str, variables: dict[str, str]) -> tuple[str, int]:
    """What the command prints, and its exit code. Understands ``cp``, ``printf … > file``, ``>>`` and ``sampan``."""
    words = [_filled(word, variables) for word in shlex.split(command)]
    if words[0] != "sampan":
        return _shell(words)
    said = io.StringIO()
    before = sys.argv
    sys.argv = words
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            run()
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    finally:
        sys.argv = before
    return said.getvalue(), code


def _filled(word: str, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        word = word.replace(f"${name}", value)
    return word


def _shell(words: list[str]) -> tuple[str, int]:
    if words[0] == "cp":
        source, target = map(Path, words[1:])
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        return "", 0
    if words[0] == "printf" and words[2] in (">", ">>"):
        with Path(words[3]).open("wb" if words[2] == ">" else "ab") as file:
            file.write(words[1].encode().decode("unicode_escape").encode("latin-1"))
        return "", 0
    if words[0] == "ls":
        return "".join(f"{path.name}\n" for path in sorted(Path(words[1]).iterdir())), 0
    raise AssertionError(f"a transcript cannot say {words[0]}")


def matches(said: list[str], wanted: list[str]) -> bool:
    """Whether the lines ``said`` are those ``wanted``, where ``…`` stands for anything."""
    if not wanted:
        return not said
    if wanted[0] == "…":
        return any(matches(said[skipped:], wanted[1:]) for skipped in range(len(said) + 1))
    if not said:
        return False
    pattern = ".*".join(re.escape(part) for part in wanted[0].split("…"))
    return re.fullmatch(pattern, said[0].rstrip()) is not None and matches(said[1:], wanted[1:])


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(
    transcript: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    text = transcript.read_text("utf-8")
    variables = {name: str(request.getfixturevalue(name.lower())) for name in NAMES if f"${name}" in text}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("SAMPAN_NODE", raising=False)
    monkeypatch.setenv("SAMPAN_REFERENCES", str(tmp_path / "references"))
    found = list(commands(text))
    assert found, "a transcript has at least one command"
    for command in found:
        said, code = type_in(command.text, variables)
        shown = f"{transcript.name}:{command.line}: $ {command.text}\n{said}[{code}]"
        lines = [line.rstrip() for line in said.rstrip("\n").split("\n")] if said.strip() else []
        assert code == command.code, shown
        assert matches(lines, list(command.prints)), f"{shown}\nwanted:\n" + "\n".join(command.prints)


NAMES = ("SHARED", "EXERCISE", "NODE")


@pytest.fixture(scope="session")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exercise in it."""
    folder = tmp_path_factory.mktemp("made") / "exercise"
    _quietly(f"sampan exercise make --out {shlex.quote(str(folder))}")
    return folder


@pytest.fixture(scope="session")
def loaded(exercise: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node of China in which the exercise is loaded, and a forecast published."""
    folder = tmp_path_factory.mktemp("loaded") / "node"
    place = shlex.quote(str(folder))
    _quietly(f"sampan init --node {place} --home CHN --exercise")
    _quietly(f"sampan load jhu --node {place} {shlex.quote(str(exercise))}")
    _quietly(f"sampan forecast --publish --node {place}")
    return folder


@pytest.fixture
def node(loaded: Path, tmp_path: Path) -> Path:
    """The same, to write in."""
    return Path(shutil.copytree(loaded, tmp_path / "a node"))


def _quietly(command: str) -> None:
    said, code = type_in(command, {})
    assert code == 0, said
