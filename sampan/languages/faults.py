"""How is a fault said in the reader's language?

Desks raise faults in English, with their numbers in place. What they may say is read from the source: the first
argument of a fault and its ``way_out``, as text with named gaps. What was said is held against these texts, and
the translation of the one that fits is filled with what stood in the gaps. A text that fits none stays English.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from sampan.core.files import write_whole
from sampan.core.languages import Language
from sampan.languages.catalogue import TRANSLATED, translations
from sampan.languages.extract import DATED
from sampan.world.items import items

FAULTS = frozenset(
    {"Fault", "InputError", "MovedOn", "NodeError", "PeerError", "Refused", "SampanError", "Stale"}
)
"""The names under which faults are raised: see ``core.errors``."""

PARTS = ("access", "core", "desks", "exchange", "languages", "ledger", "node.py", "records", "web", "world")
"""Where faults come from that somebody at a page may meet."""

WORDS = ("choice", "state", "step", "role", "act")
"""Contexts of words of ours that may stand in a gap: see ``terms``."""

ENOUGH = 24
"""Characters of a text beside its gaps. With fewer it would fit half of what others say, so its gaps hold little."""

_GAP = re.compile(r"%\((\w+)\)s")


def messages() -> set[str]:
    """Every text that a fault may say, with gaps as ``%(name)s``."""
    root = Path(str(resources.files("sampan")))
    files = [
        file
        for part in PARTS
        for file in ([root / part] if part.endswith(".py") else (root / part).rglob("*.py"))
    ]
    return {text for file in files for text in _in_source(file.read_text("utf-8")) if _says_something(text)}


def _says_something(text: str) -> bool:
    return not text.startswith("<") and bool(re.search(r"[A-Za-z]{2}", _GAP.sub("", text)))


def _in_source(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in FAULTS:
            for each in (*node.args[:1], *(word.value for word in node.keywords if word.arg == "way_out")):
                yield from _texts(each)
        elif isinstance(node, ast.Call) and _is_finding(node.func):
            for each in node.args[:2]:
                yield from _texts(each)
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield from (text for text in _texts(node.value) if len(_GAP.sub("", text)) >= ENOUGH)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield from (
                text for text in _texts(node.value) if text.endswith(".")
            )  # a sentence: why something is refused


def _is_finding(function: ast.expr) -> bool:
    """Whether a call notes what is wrong with a record and the way out, as ``notes.error(what, way_out, …)``."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr in ("error", "warning")
        and _name(function.value) == "notes"
    )


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(said: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, as far as the source tells; of a pair, both."""
    match said:
        case ast.Tuple(elts=both):
            for each in both:
                yield from _texts(each)
        case ast.Constant(value=str(text)):
            yield text.replace("%", "%%")
        case ast.JoinedStr(values=parts):
            yield _joined(parts)
        case ast.IfExp(body=first, orelse=second):
            yield from _texts(first)
            yield from _texts(second)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (a + b for a in _texts(left) for b in _texts(right))


def _joined(parts: list[ast.expr]) -> str:
    taken: set[str] = set()
    said = ""
    for part in parts:
        if isinstance(part, ast.Constant):
            said += str(part.value).replace("%", "%%")
        elif isinstance(part, ast.FormattedValue):
            said += f"%({_gap(part.value, taken)})s"
    return said


def _gap(value: ast.expr, taken: set[str]) -> str:
    """A name for what stands in a gap, for translators: the last word of the expression that fills it."""
    names = [
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute | ast.Name)
    ]
    name = next(
        (each for each in names if each.isidentifier() and each not in ("str", "join", "len")), "value"
    ).strip("_")
    while name in taken:
        name += "2"
    taken.add(name)
    return name


def update() -> None:
    """Brings the catalogues up to date: new texts arrive empty, those that are gone are dropped."""
    for language in TRANSLATED:
        known = {str(message.id): str(message.string) for message in _read(language) if message.id}
        fresh = Catalog(
            language, header_comment=f"# Faults in {language}.", project="Sampan", creation_date=DATED
        )
        fresh.version, fresh.msgid_bugs_address = "0.1", "none"
        fresh.last_translator, fresh.language_team, fresh.revision_date, fresh.fuzzy = (
            "none",
            "none",
            DATED,
            False,
        )
        for text in sorted(messages()):
            fresh.add(text, known.get(text, ""))
        written = io.BytesIO()
        write_po(written, fresh, width=110)
        write_whole(_path(language), written.getvalue())


def _path(language: Language) -> Path:
    return Path(str(resources.files("sampan.languages"))) / "locale" / "faults" / f"{language}.po"


def _read(language: Language) -> Catalog:
    with suppress(FileNotFoundError), _path(language).open("rb") as opened:
        return read_po(opened, locale=language)
    return Catalog(language)


@cache
def catalogue(language: Language) -> Catalog:
    """The translations of faults into ``language``."""
    return _read(language)


def said(text: str, language: Language) -> str:
    """What a fault says, in the reader's language; as it is, where nobody has translated it."""
    if language == "en" or not text:
        return text
    for pattern, translation in _patterns(language):
        found = pattern.fullmatch(text)
        if found:
            return translation % {gap: _in_gap(value, language) for gap, value in found.groupdict().items()}
    return text


def _in_gap(value: str, language: Language) -> str:
    """What stands in a gap: a kind of supply or a word of ours is translated, a number or a name is not."""
    if value in items():
        return items()[value].name(language)
    known = translations(language)
    return next((told for each in WORDS if (told := known.pgettext(each, value)) != value), value)


@cache
def _patterns(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """What may be said and how it is translated; what is told most exactly is tried first."""
    known = [
        (str(message.id), str(message.string))
        for message in catalogue(language)
        if message.id and message.string
    ]
    return [
        (_pattern(text), translation) for text, translation in sorted(known, key=_exactness, reverse=True)
    ]


def _exactness(pair: tuple[str, str]) -> tuple[int, str]:
    return len(_GAP.sub("", pair[0])), pair[0]


def _pattern(text: str) -> re.Pattern[str]:
    pieces: list[Any] = _GAP.split(text)
    gap = ".*?" if len(_GAP.sub("", text)) >= ENOUGH else "[^:;]{0,60}?"
    written = "".join(
        f"(?P<{piece}>{gap})" if at % 2 else re.escape(piece.replace("%%", "%"))
        for at, piece in enumerate(pieces)
    )
    return re.compile(written, re.DOTALL)


if __name__ == "__main__":
    update()
