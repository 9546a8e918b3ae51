"""What is a genome called, for ever, so that a slip of the pen is seen?

``CHNQT_00001232.2`` is the second version of the 123rd genome of one node: the **prefix** is the home's code and two
letters that tell apart the nodes of one home, then a serial number, then a check character. The check is that of
ISO/IEC 7064, MOD 37-2, over prefix and number: every single wrong character and every two exchanged ones are found.
A number whose check character would be ``*`` is never given, so an accession is letters and digits throughout.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from sampan.core.errors import InputError

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
"""The characters of MOD 37-2, each worth its place; the last only ever checks."""

DIGITS = 7
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SHAPE = re.compile(r"([A-Z0-9]{2,11}[A-Z])_?([0-9]{7,12})([A-Z0-9])(?:\.([1-9][0-9]{0,4}))?")


def check_character(text: str) -> str:
    """The character that follows ``text`` (capitals and digits). Source: ISO/IEC 7064:2003, pure system MOD 37-2."""
    rest = 0
    for sign in text:
        rest = (rest + SIGNS.index(sign)) * 2 % 37
    return SIGNS[(38 - rest) % 37]


def holds(text: str) -> bool:
    """Whether the last character of ``text`` is the check of those before it."""
    return text[-1:] == check_character(text[:-1])


def prefix_of(home: str, origin: str) -> str:
    """The prefix of the node with this home and this log: ``CHNQT``."""
    told = hashlib.sha256(origin.encode()).digest()
    code = "".join(sign for sign in home.upper() if sign in SIGNS[:36])
    return code + _LETTERS[told[0] % 24] + _LETTERS[told[1] % 24]


def numbered(prefix: str, serial: int) -> str | None:
    """The accession with this serial number, without a version; None if the number is never given."""
    body = f"{serial:0{DIGITS}d}"
    check = check_character(prefix + body)
    return None if check == "*" else f"{prefix}_{body}{check}"


def accessions(prefix: str, *, after: int) -> Iterator[tuple[int, str]]:
    """Serial numbers greater than ``after`` with their accessions, without end."""
    serial = after
    while True:
        serial += 1
        if made := numbered(prefix, serial):
            yield serial, made


def read_accession(text: str) -> tuple[str, int | None]:
    """The accession that somebody wrote, and its version if they wrote one.

    Raises InputError if it has not the shape of one, or its check character does not fit.
    """
    said = _SHAPE.fullmatch(text.strip().upper())
    if said is None:
        raise InputError(
            f'"{text[:40]}" is no accession of a Sampan node.',
            way_out="Write it as CHNQT_00001232 or CHNQT_00001232.2.",
        )
    prefix, serial, check, version = said.groups()
    if not holds(prefix + serial + check):
        raise InputError(
            f'"{text[:40]}" has a slip in it: its check character does not fit.',
            way_out="Compare it with where you have it from, sign by sign.",
        )
    return f"{prefix}_{serial}{check}", int(version) if version else None


def looks_like_one(text: str) -> bool:
    """Whether ``text`` has the shape of an accession, right or wrong."""
    return _SHAPE.fullmatch(text.strip().upper()) is not None
