"""Which bytes does a JSON value have? Exactly one sequence: RFC 8785 (JCS).

``rfc8785`` is the reference and writes whatever is unusual. Python's own encoder, in C, writes the same
bytes several times faster for everything that two rules do not separate: JCS sorts keys by UTF-16 and
Python by code point (they part only beyond U+D7FF), and JCS writes numbers as ECMAScript does (they part
for whole-valued, tiny and huge floats). A property test holds the two writers equal.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sampan.core.errors import InputError

JSON = None | bool | int | float | str | list[Any] | tuple[Any, ...] | Mapping[str, Any]
"""What may stand in a body: numbers a double can hold exactly, text, lists, and mappings with text keys."""

WHOLE_LIMIT = 2**53 - 1
DEEPEST = 64

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


_ALWAYS_PLAIN = frozenset({str, bool, type(None)})


class _Unfit(Exception):
    """A value that JSON cannot carry, and the path to it, gathered on the way up."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.path: list[str] = []


def canonical(value: object) -> bytes:
    """The canonical bytes of ``value``. Raises InputError, naming the field, if JSON cannot carry it."""
    try:
        plain = _is_plain(value, DEEPEST)
        return _encode(value).encode() if plain else _reference(value)
    except _Unfit as fault:
        field = ".".join(reversed(fault.path)) or None
        raise InputError(
            f"{fault}, so it cannot be recorded.", field=field, way_out="Write it another way."
        ) from None
    except ValueError:
        raise InputError(
            "The text holds half a character (a lone surrogate), so it cannot be recorded.",
            way_out="Read the text again as UTF-8.",
        ) from None


def parsed(data: bytes) -> Any:
    """The value that canonical bytes stand for. Raises ValueError if they are not JSON.

    JCS writes every double without an exponent up to 10^21, so a long row of digits is a double.
    """
    text = data.decode()
    return (_DECODER if _LONG.search(text) else _QUICK_DECODER).decode(text)


def _whole(digits: str) -> int | float:
    value = int(digits)
    return value if -WHOLE_LIMIT <= value <= WHOLE_LIMIT else float(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_whole, parse_constant=_no_constant)
_QUICK_DECODER = json.JSONDecoder(parse_constant=_no_constant)
_LONG = re.compile(r"[0-9]{16}")
"""Without a row of 16 digits, no number is beyond the limit."""


def _is_plain(value: object, depth: int) -> bool:
    """Whether Python's encoder writes ``value`` as JCS does. Raises _Unfit for what JSON cannot carry."""
    kind = type(value)
    if kind in _ALWAYS_PLAIN or isinstance(value, str):
        return True
    if kind is int:
        return _is_exact(value)  # type: ignore[arg-type]
    if kind is float:
        return _is_plain_float(value)  # type: ignore[arg-type]
    if not depth:
        raise _Unfit(f"This is nested more than {DEEPEST} deep")
    if kind is dict:
        return _are_plain_keys(value) & _are_plain(value.items(), depth - 1)  # type: ignore
    if kind is list or kind is tuple:
        return _are_plain(enumerate(value), depth - 1)  # type: ignore[arg-type]
    raise _Unfit(f"A {kind.__name__} is not JSON")


def _are_plain(items: Iterable[tuple[object, object]], depth: int) -> bool:
    plain = True
    for name, item in items:
        kind = type(item)
        if kind not in _ALWAYS_PLAIN and not (kind is int and -WHOLE_LIMIT <= item <= WHOLE_LIMIT):  # type: ignore[operator]
            try:
                plain &= _is_plain(item, depth)
            except _Unfit as fault:
                fault.path.append(str(name))
                raise
    return plain


def _are_plain_keys(keys: Iterable[object]) -> bool:
    try:
        together = "".join(keys)  # type: ignore[arg-type]
    except TypeError:
        wrong = next(key for key in keys if not isinstance(key, str))
        raise _Unfit(f"The key {wrong!r} is not text") from None
    return together.isascii() or max(together) < "\ud800"


def _is_exact(value: int) -> bool:
    if not -WHOLE_LIMIT <= value <= WHOLE_LIMIT:
        raise _Unfit(f"{value} is beyond ±(2^53 − 1), where JSON numbers lose their last digits")
    return True


def _is_plain_float(value: float) -> bool:
    if not math.isfinite(value):
        raise _Unfit(f"{value} is not a number that JSON knows")
    return not value.is_integer() and abs(value) >= 1e-4


def _reference(value: object) -> bytes:
    import rfc8785

    return rfc8785.dumps(value)  # type: ignore[arg-type]
