"""How is a fault said in the reader's language?

Desks raise faults in English, with their numbers in place. What was said is held against the texts that the
source has (``fault_texts``), and the translation of the one that fits is filled with what stood in the gaps: kinds
of supply, places, words of ours, numbers and days as the reader says them, texts of ours, and lists of all these.
What stands in quotation marks or brackets was typed by somebody, and stays. A text that fits none stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sampan.core.languages import Language
from sampan.languages.catalogue import TRANSLATED, faults_file, read
from sampan.languages.choices import CHOICES
from sampan.languages.fault_texts import ENOUGH, GAP, outside_gaps
from sampan.languages.speech import Speech, speech
from sampan.languages.terms import TERMS
from sampan.world.items import items
from sampan.world.organisations import organisations
from sampan.world.places import area_names, fold, is_place, places

WORDS = ("state", "step", "role", "act", "limit", "unit", "region")
"""Contexts of words of ours that may stand in a gap, beside choices: see ``terms``."""

TYPED = ('"', "[", "= ")
"""What stands before something that is written so in a file or a form, and so stays as it is."""

LONGEST = 2_000
"""Characters of a fault that is looked through for texts of ours, one after the other."""

_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COUNTED = re.compile(r"([\d,]+) (\w+)")
_DETAILED = re.compile(r"([^();]+) \(([^()]+)\)")
_PARTED = "; |, | or | and "
_BETWEEN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_CODE = re.compile(r"…|[A-Z0-9][A-Z0-9./:-]*")


def said(text: str, language: Language) -> str:
    """What a fault says, in the reader's language; as it is, where nobody has translated it."""
    told = _said(text, language) or text
    return _BETWEEN_CHINESE.sub("", told) if language == "zh" else told


def _said(text: str, language: Language) -> str | None:
    """One text of ours in ``language``, or several one after the other; None if it is none."""
    if (whole := _whole(text, language)) or len(text) > LONGEST:
        return whole
    for end in reversed([found.end() for found in re.finditer(r"[.?:](?= )", text)]):
        first = _whole(text[:end], language)
        if first and (rest := _said(text[end + 1 :], language)):
            return f"{first}{'' if language == 'zh' else ' '}{rest}"
    return None


def _whole(text: str, language: Language) -> str | None:
    for pattern, translation in _patterns(language):
        if found := pattern.fullmatch(text):
            as_typed = "sampan " in text  # a command takes days and numbers as they are
            return translation % {
                gap: value
                if not value or text[: found.start(gap)].endswith(TYPED)
                else _in_gap(value, language, as_typed=as_typed)
                for gap, value in found.groupdict().items()
            }
    return None


def _in_gap(value: str, language: Language, *, as_typed: bool) -> str:
    """What stands in a gap, in the reader's language; as it is, where it is none of what we know."""
    return _known(value, language, as_typed=as_typed) or value


def _known(value: str, language: Language, *, as_typed: bool) -> str | None:
    spoken = speech(language)
    found = _word(value, spoken) or (None if as_typed else _figure(value, spoken))
    if found is None and (named := _DETAILED.fullmatch(value)) and (name := _word(named[1], spoken, "limit")):
        code = _CODE.fullmatch(named[2])
        details = named[2] if code else _in_gap(named[2], language, as_typed=as_typed)
        found = f"{name}（{details}）" if language == "zh" else f"{name} ({details})"
    return found or _listed(value, language, as_typed=as_typed) or _said(value, language)


def _word(value: str, spoken: Speech, context: str = "") -> str | None:
    """A kind of supply, a party by its English name, or a word of ours (of ``context``, if of several); or None."""
    if value in items():
        return spoken.item(value)
    if code := _codes().get(value) or area_names("CHN").get(fold(value)):
        return spoken.party(code)
    if value in CHOICES:
        return spoken.term(CHOICES[value], "choice")
    said_in = [each for each in (context, *WORDS) if value in TERMS.get(each, ())]
    return spoken.term(value, said_in[0]) if said_in else None


def _figure(value: str, spoken: Speech) -> str | None:
    """A number, a day, so many of a kind of supply, or a party by its code; None if it is neither."""
    if value in organisations() or (_CODE.fullmatch(value) and is_place(value)):
        return spoken.party(value)
    if _NUMBER.fullmatch(value):
        return spoken.number(float(value.replace(",", "")))
    if _DAY.fullmatch(value):
        return spoken.day(date.fromisoformat(value))
    if (counted := _COUNTED.fullmatch(value)) and counted[2] in items():
        return f"{_figure(counted[1], spoken) or counted[1]} × {spoken.item(counted[2])}"
    return None


def _listed(value: str, language: Language, *, as_typed: bool) -> str | None:
    """A list of things that we know, and of codes, as the reader writes lists; None if it is none."""
    spoken = speech(language)
    parts = re.split("(; )" if "; " in value else f"({_PARTED})", value)
    if len(parts) < 2:
        return None
    told = [
        _known(part, language, as_typed=as_typed) or (part if _CODE.fullmatch(part) else "")
        for part in parts[::2]
    ]
    if not all(told):
        return None
    if "; " in value or any(sign in each for each in told for sign in ",，،"):
        return spoken.semicolon.join(told)
    between = parts[1::2] if language == "en" else [spoken.comma] * (len(told) - 1)
    return "".join(part for pair in zip(told, [*between, ""], strict=True) for part in pair)


@cache
def _codes() -> Mapping[str, str]:
    """The codes of countries and organisations by their English names."""
    return {each.name(): code for known in (places(), organisations()) for code, each in known.items()}


@cache
def _patterns(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """What may be said and how it is translated; what is told most exactly is tried first."""
    source = read(faults_file(TRANSLATED[0] if language == "en" else language), language)
    known = {str(each.id): str(each.id if language == "en" else each.string) for each in source if each.id}
    return [
        (_pattern(text), known[text]) for text in sorted(known, key=_exactness, reverse=True) if known[text]
    ]


def _exactness(text: str) -> tuple[int, str]:
    return len(outside_gaps(text)), text


def _pattern(text: str) -> re.Pattern[str]:
    pieces: list[Any] = GAP.split(text)
    gap = ".*?" if len(outside_gaps(text)) >= ENOUGH else "(?:[^:;]{0,60}?|[^:;.]{61,400}?)"
    written = "".join(
        f"(?P<{piece}>{gap})" if at % 2 else re.escape(piece.replace("%%", "%"))
        for at, piece in enumerate(pieces)
    )
    return re.compile(written, re.DOTALL)
