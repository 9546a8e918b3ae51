"""How does a brief look as Markdown, for a letter, a chat or a terminal?"""

from __future__ import annotations

from collections.abc import Sequence

from sampan.desks.press.document import (
    Block,
    Document,
    Names,
    Paragraph,
    Part,
    Runs,
    Table,
    Tiles,
    Verbatim,
)


def write(said: Document, warning: str) -> str:
    """The brief as Markdown; ``warning`` is the sentence that goes with an exercise."""
    banner = f"{said.exercise} – {said.exercise} – {said.exercise}" if said.exercise else ""
    pieces = [
        *([f"**{banner}: {warning}**"] if banner else []),
        f"# {_text(said.title)}",
        said.subtitle,
        *(piece for part in said.parts for piece in _part(part)),
        *([f"**{banner}**"] if banner else []),
    ]
    return "\n\n".join(pieces) + "\n"


def _part(part: Part) -> list[str]:
    heading = [f"## {_text(part.heading)}"] if part.heading else []
    return [*heading, *(_block(block) for block in part.blocks)]


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs, tone):
            return f"**{_text(runs)}**" if tone == "lead" else _text(runs)
        case Tiles(heads, tiles):
            rows = [(_cell(label), _cell(run.text)) for run, label in tiles]
            return _table(heads, ("", "n"), rows)
        case Table():
            return _captioned(block)
        case Names(head, names):
            return f"**{_text(head)}**: {_text(names)}"
        case Verbatim(_, text):
            return f"```\n{text.rstrip()}\n```"


def _captioned(said: Table) -> str:
    """A table under its caption; of one without rows, only what is said of that."""
    if not said.rows:
        return f"{said.caption}: {said.empty}"
    rows = [tuple(_cell(_text(cell)) for cell in row) for row in said.rows]
    heads = tuple(column.text for column in said.columns)
    return f"{said.caption}:\n\n{_table(heads, tuple(column.kind for column in said.columns), rows)}"


def _table(heads: tuple[str, ...], kinds: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    rule = "|".join("---:" if kind == "n" else "---" for kind in kinds)
    lines = [" | ".join(_cell(head) for head in heads), *(" | ".join(row) for row in rows)]
    return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])


def _text(runs: Runs) -> str:
    return "".join(f"`{run.text}`" if run.tone == "code" else _plain(run.text) for run in runs)


def _plain(text: str) -> str:
    """Text without what Markdown would take for markup."""
    for mark in "\\`*_[]<>":
        text = text.replace(mark, f"\\{mark}")
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
