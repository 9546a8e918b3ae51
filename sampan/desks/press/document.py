"""What does a brief consist of, whatever it is written on?

A document is one brief in one language: sections of blocks, blocks of runs. A run that is a figure carries its
value beside its text, so that a machine can hold six languages against each other, and a page, a Markdown file
and a PDF are written from the same words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from sampan.core.languages import Language
from sampan.core.plain import plain

Target = Literal["figure", "party", "batch", "entry"]


@dataclass(frozen=True)
class Run:
    """A stretch of text. ``value`` is the figure that it says, ``day`` the day; ``to`` where it leads."""

    text: str
    value: float | None = None
    day: date | None = None
    to: tuple[Target, str] | None = None
    tone: Literal["", "quiet", "code", "foreign"] = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """Running text; the lead of the brief, plain, or said quietly."""

    runs: Runs
    tone: Literal["", "lead", "quiet"] = ""
    block: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Tiles:
    """A few large figures, each with what it counts. ``heads`` name the two where they stand in a table."""

    heads: tuple[str, str]
    tiles: tuple[tuple[Run, str], ...]
    block: Literal["tiles"] = "tiles"


@dataclass(frozen=True)
class Column:
    """The head of a column: of words, of numbers, or of a figure with its interval."""

    text: str
    kind: Literal["", "n", "interval"] = ""


@dataclass(frozen=True)
class Table:
    """A table whose first column heads its rows; ``empty`` is said where it has none."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Runs, ...], ...]
    empty: str = ""
    block: Literal["table"] = "table"


@dataclass(frozen=True)
class Names:
    """A list of names behind a figure, under what it lists."""

    head: Runs
    names: Runs
    open: bool = True
    block: Literal["names"] = "names"


@dataclass(frozen=True)
class Verbatim:
    """Text for machines, kept as it is."""

    label: str
    text: str
    block: Literal["verbatim"] = "verbatim"


Block = Paragraph | Tiles | Table | Names | Verbatim


@dataclass(frozen=True)
class Part:
    """A section of a document under its heading; the opening has none."""

    name: str
    heading: Runs
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """One brief in one language."""

    language: Language
    day: date
    title: Runs
    subtitle: str
    exercise: str
    """The warning that every page of an exercise bears; empty where the figures are real."""
    parts: tuple[Part, ...]

    def runs(self) -> Iterator[Run]:
        """Every run, in the order in which it is read."""
        yield from self.title
        for part in self.parts:
            yield from part.heading
            for block in part.blocks:
                yield from _runs(block)

    def figures(self) -> tuple[tuple[str, float], ...]:
        """Every figure with where it leads, in one order for all languages."""
        said = ((":".join(run.to or ()), run.value) for run in self.runs() if run.value is not None)
        return tuple(sorted((to, value) for to, value in said if value is not None))

    def bytes(self) -> bytes:
        """The document as JSON, to be kept. Fields that say nothing are left out."""
        return json.dumps(_bare(plain(self)), ensure_ascii=False, separators=(",", ":")).encode()


def read(data: bytes) -> Document:
    """The document that ``bytes`` wrote."""
    found: Document = _adapter().validate_json(data)
    return found


def plain_text(runs: Runs) -> str:
    """What a reader reads."""
    return "".join(run.text for run in runs)


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Document)


def _runs(block: Block) -> Iterator[Run]:
    match block:
        case Paragraph():
            yield from block.runs
        case Tiles():
            yield from (run for run, _ in block.tiles)
        case Table():
            yield from (run for row in block.rows for cell in row for run in cell)
        case Names():
            yield from (*block.head, *block.names)


_SAYS_NOTHING = ("value", "day", "to", "tone")


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _bare(each)
            for key, each in value.items()
            if key not in _SAYS_NOTHING or each not in (None, "")
        }
    return [_bare(each) for each in value] if isinstance(value, list) else value
