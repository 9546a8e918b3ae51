"""Which texts may a fault say? They are read from the source.

A fault says its first argument and its ``way_out``; what is wrong with a record is noted with both, as
``notes.error(what, way_out, …)``; a rule yields what it finds, or gives back a sentence. Of each the text is
taken as far as the source tells it, with what is filled in as ``%(name)s``. What is filled in may be a text of its
own: it is marked as a ``clause``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

FAULTS = frozenset(
    {
        *("Blocked", "Fault", "FormExpired", "InputError", "MovedOn", "NoFont", "NodeError", "NotLetIn"),
        *("NotSignedIn", "Overtaken", "PeerError", "Refused", "SampanError", "Stale", "TooOften"),
        "_wrong",
    }
)
"""The names under which faults are raised: see ``core.errors``."""

PARTS_OF_FAULTS = frozenset({"clause", "damaged", "_broken", "_false", "_Unfit"})
"""What marks a part of a fault that is a text of its own, to be translated by itself."""

READ = (
    "csvfile",
    "fasta",
    "genome_metadata",
    "gs1",
    "hxl",
    "jhu",
    "linelist",
    "medicines",
    "packed",
    "parameters",
    "read",
    "table",
)
"""Formats of the files that somebody hands in at a page."""

PARTS = (
    *("access", "core", "desks", "exchange", "languages", "ledger", "node.py", "records", "web", "world"),
    *(f"formats/{name}.py" for name in READ),
    *(f"engines/genome_search/{name}.py" for name in ("columns", "grammar", "layout")),
    *("engines/forecast.py", "engines/needs/parameters.py"),
)
"""Where faults come from that somebody at a page may meet."""

GAP = re.compile(r"%\((\w+)\)s")
"""Where something is filled in."""

ENOUGH = 24
"""Characters of a text beside its gaps. With fewer it would fit half of what others say, so its gaps hold little."""


def outside_gaps(text: str) -> str:
    """What a text says whatever stands in its gaps."""
    return GAP.sub("", text)


def messages() -> set[str]:
    """Every text that a fault may say."""
    root = Path(str(resources.files("sampan")))
    files = [
        file
        for part in PARTS
        for file in ([root / part] if part.endswith(".py") else (root / part).rglob("*.py"))
    ]
    return {text for file in files for text in _in_source(file.read_text("utf-8")) if _says_something(text)}


def _says_something(text: str) -> bool:
    return not text.startswith("<") and bool(re.search(r"[A-Za-z]{2}", outside_gaps(text)))


def _in_source(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in FAULTS:
            for each in (
                *node.args[:2],  # of a request, its status comes first
                *(word.value for word in node.keywords if word.arg == "way_out"),
            ):
                yield from _texts(each)
        elif isinstance(node, ast.Call) and _name(node.func) in PARTS_OF_FAULTS:
            yield from _texts(node.args[0])
        elif isinstance(node, ast.Call) and _is_finding(node.func):
            for each in node.args[:2]:
                yield from _texts(each)
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield from (text for text in _texts(node.value) if len(outside_gaps(text)) >= ENOUGH)
        elif isinstance(node, ast.Return) and node.value is not None:
            # a sentence: why something is refused
            yield from (text for text in _texts(node.value) if text.endswith("."))


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
        case ast.BoolOp(values=each_or_else):
            for each in each_or_else:
                yield from _texts(each)
        case ast.IfExp(body=first, orelse=second):
            yield from _texts(first)
            yield from _texts(second)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            more = list(_texts(right)) or [""]
            yield from ((a + b).strip() for a in _texts(left) for b in more)


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
