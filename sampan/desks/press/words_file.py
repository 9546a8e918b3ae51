"""How are an officer's words written in a file that is edited by hand, six languages side by side?

TOML: ``revision`` says which revision the editor began from; ``[headline]`` and ``[sections.opening]`` hold one
text a language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from sampan.core.errors import InputError
from sampan.core.languages import LANGUAGES
from sampan.desks.press.words import Spoken, Words


def write(words: Words, *, revision: int, sections: tuple[str, ...]) -> bytes:
    """The words as a file to be edited, with room for every language of every section."""
    lines = [
        "# Figures are not typed: write {countries}, {item-mask}, {paid-USD}, {day:2020-03-26} or {number:22}.",
        "# An empty line begins a new paragraph. What is left empty in all languages is not shown.",
        f"revision = {revision}",
        f"order = [{', '.join(_line(name) for name in words.order)}]",
        f"# Sections: {', '.join(sections)}",
        "",
        "[headline]",
        *_spoken(words.headline),
    ]
    for name in sections:
        lines += ["", f"[sections.{name}]", *_spoken(words.sections.get(name, {}))]
    return ("\n".join(lines) + "\n").encode()


def _spoken(spoken: Spoken) -> Iterator[str]:
    for language in LANGUAGES:
        text = spoken.get(language, "")
        yield f"{language} = {_block(text) if chr(10) in text else _line(text)}"


def _line(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    return f'"{escaped}"'


def _block(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"""', '""\\"').replace("\r", "\\r")
    if escaped.endswith('"'):
        escaped = f'{escaped[:-1]}\\"'
    return f'"""\n{escaped}"""'


def read(data: bytes, *, name: str) -> tuple[Words, int]:
    """The words in a file, and the revision that its editor began from. Raises InputError naming the place."""
    try:
        said = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"This is not TOML: {fault}.", file=name, way_out="Mend the line.") from None
    revision = said.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise InputError(
            "The file does not say which revision it was made from.",
            file=name,
            field="revision",
            way_out="Begin from: sampan brief edit DAY --out FILE",
        )
    order = said.get("order", [])
    if not isinstance(order, list) or not all(isinstance(each, str) for each in order):
        raise InputError(
            "The order is a list of sections.", file=name, field="order", way_out='order = ["received"]'
        )
    sections = _table(said.get("sections", {}), "sections", name)
    words = Words(
        headline=_read_spoken(said.get("headline", {}), "headline", name),
        sections={
            section: spoken
            for section, each in sections.items()
            if (spoken := _read_spoken(each, f"sections.{section}", name))
        },
        order=tuple(order),
    )
    if unknown := sorted(said.keys() - {"revision", "order", "headline", "sections"}):
        raise InputError(
            f'"{unknown[0]}" is nothing here.', file=name, field=unknown[0], way_out="Leave it out."
        )
    return words, revision


def _read_spoken(said: Any, where: str, name: str) -> dict[str, str]:
    table = _table(said, where, name)
    for language, text in table.items():
        if not isinstance(text, str):
            raise InputError("This is not text.", file=name, field=f"{where}.{language}", way_out="Quote it.")
    return {language: text for language, text in table.items() if text.strip()}


def _table(said: Any, where: str, name: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise InputError("This is not a table.", file=name, field=where, way_out=f"Write [{where}].")
    return said
