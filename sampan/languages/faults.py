"""How is a fault said in the reader's language?

Desks raise faults in English, with their numbers in place. What was said is held against the texts that the
source has (``fault_texts``), and the translation of the one that fits is filled with what stood in the gaps. A text
that fits none stays English.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sampan.core.languages import Language
from sampan.languages.catalogue import faults_file, read
from sampan.languages.fault_texts import ENOUGH, GAP, outside_gaps
from sampan.languages.speech import speech
from sampan.world.items import items

WORDS = ("choice", "state", "step", "role", "act")
"""Contexts of words of ours that may stand in a gap: see ``terms``."""


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
    spoken = speech(language)
    return next((told for each in WORDS if (told := spoken.term(value, each)) != value), value)


@cache
def _patterns(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """What may be said and how it is translated; what is told most exactly is tried first."""
    known = [
        (str(message.id), str(message.string))
        for message in read(faults_file(language), language)
        if message.id and message.string
    ]
    return [
        (_pattern(text), translation) for text, translation in sorted(known, key=_exactness, reverse=True)
    ]


def _exactness(pair: tuple[str, str]) -> tuple[int, str]:
    return len(outside_gaps(pair[0])), pair[0]


def _pattern(text: str) -> re.Pattern[str]:
    pieces: list[Any] = GAP.split(text)
    gap = ".*?" if len(outside_gaps(text)) >= ENOUGH else "[^:;]{0,60}?"
    written = "".join(
        f"(?P<{piece}>{gap})" if at % 2 else re.escape(piece.replace("%%", "%"))
        for at, piece in enumerate(pieces)
    )
    return re.compile(written, re.DOTALL)
