"""How is a fault said in the reader's language?

Desks raise faults in English, with their numbers in place. What was said is held against the texts that the
source has (``fault_texts``), and the translation of the one that fits is filled with what stood in the gaps: kinds
of supply, places, words of ours, numbers and days as the reader says them, texts of ours, and lists of all these.
What stands in quotation marks or brackets was typed by somebody, and stays. A text that fits none stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache

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

MOST, DEEPEST = 12, 4
"""Texts of ours one after the other, and one within another: whatever somebody typed is looked through quickly."""

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


def _said(text: str, language: Language, deep: int = 0) -> str | None:
    """One text of ours in ``language``, or several one after the other; None if it is none."""
    if deep > DEEPEST:
        return None
    parts = [text] if _fitting(text, language) else _parted(text, language)
    told = [_filled(part, language, deep) for part in parts]
    return ("" if language == "zh" else " ").join(told) if told else None


def _parted(text: str, language: Language) -> Sequence[str]:
    """The texts of ours that ``text`` is made of, the longest that fits first; nothing if it is of others."""
    ends = [found.end() for found in re.finditer(r"[.?:](?= )", text)] if len(text) <= LONGEST else []
    if not 0 < len(ends) < MOST:
        return ()
    begins = [0, *(end + 1 for end in ends)]
    rest: dict[int, Sequence[str]] = {}
    for begin in reversed(begins):  # each from the last on, so that none is parted twice
        parts = (
            (text[begin:end], rest.get(end + 1, ()))
            for end in (len(text), *reversed(ends))
            if end > begin and (end == len(text) or end + 1 in rest)
        )
        if found := next(((first, *more) for first, more in parts if _fitting(first, language)), None):
            rest[begin] = found
    return rest.get(0, ())


def _filled(text: str, language: Language, deep: int) -> str:
    """The translation of a text of ours, filled with what stands in its gaps."""
    fitting = _fitting(text, language)
    assert fitting is not None
    translation, gaps = fitting
    as_typed = "sampan " in text  # a command takes days and numbers as they are
    return translation % {
        gap: value
        if not value or text[:start].endswith(TYPED)
        else _in_gap(value, language, as_typed=as_typed, deep=deep + 1)
        for gap, (start, value) in gaps.items()
    }


Gaps = Mapping[str, tuple[int, str]]
"""Where what is filled in begins, and what it is."""


def _fitting(text: str, language: Language) -> tuple[str, Gaps] | None:
    """The translation of the text that ``text`` is, as it stands in the catalogue, and what is filled in."""
    for known in _known_texts(language):
        gaps = known.gaps_in(text)
        if gaps is not None:
            return known.translation, gaps
    return None


def _in_gap(value: str, language: Language, *, as_typed: bool, deep: int) -> str:
    """What stands in a gap, in the reader's language; as it is, where it is none of what we know."""
    return _known(value, language, as_typed=as_typed, deep=deep) or value


def _known(value: str, language: Language, *, as_typed: bool, deep: int) -> str | None:
    spoken = speech(language)
    found = _word(value, spoken) or (None if as_typed else _figure(value, spoken))
    if found is None and (named := _DETAILED.fullmatch(value)) and (name := _word(named[1], spoken, "limit")):
        code = _CODE.fullmatch(named[2])
        details = named[2] if code else _in_gap(named[2], language, as_typed=as_typed, deep=deep + 1)
        found = spoken.beside(name, details)
    listed = found or (_listed(value, language, as_typed=as_typed, deep=deep) if deep <= DEEPEST else None)
    return listed or _said(value, language, deep)


def _word(value: str, spoken: Speech, context: str = "") -> str | None:
    """A kind of supply, a party by its English name, or a word of ours (of ``context``, if of several); or None."""
    if value in items():
        return spoken.item(value)
    if code := known_by_name(value):
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
        with suppress(ValueError):  # what somebody typed may look like a day and be none
            return spoken.day(date.fromisoformat(value))
    if (counted := _COUNTED.fullmatch(value)) and counted[2] in items():
        return f"{_figure(counted[1], spoken) or counted[1]} × {spoken.item(counted[2])}"
    return None


def _listed(value: str, language: Language, *, as_typed: bool, deep: int) -> str | None:
    """A list of things that we know, and of codes, as the reader writes lists; None if it is none."""
    spoken = speech(language)
    parts = re.split("(; )" if "; " in value else f"({_PARTED})", value)
    if len(parts) < 2:
        return None
    told = []
    for part in parts[::2]:
        known = _known(part, language, as_typed=as_typed, deep=deep + 1)
        if not (known or _CODE.fullmatch(part)):
            return None
        told.append(known or part)
    if "; " in value or any(sign in each for each in told for sign in ",，،"):
        return spoken.semicolon.join(told)
    between = parts[1::2] if language == "en" else [spoken.comma] * (len(told) - 1)
    return "".join(part for pair in zip(told, [*between, ""], strict=True) for part in pair)


def known_by_name(name: str) -> str | None:
    """The code of a country, an area or an organisation by its English name; None if nobody is called so."""
    return _codes().get(name) or area_names("CHN").get(fold(name))


@cache
def _codes() -> Mapping[str, str]:
    """The codes of countries and organisations by their English names."""
    return {each.name(): code for known in (places(), organisations()) for code, each in known.items()}


@dataclass(frozen=True)
class _Text:
    """A text of ours: what it says around its gaps, their names, and what it says in another language.

    It is looked for piece by piece, each where it first stands. As a regular expression it would be tried in every
    way in which what somebody typed may be parted, and a long word could keep everybody else waiting.
    """

    pieces: Sequence[str]
    names: Sequence[str]
    little: bool
    """Whether its gaps hold little."""
    translation: str

    def gaps_in(self, text: str) -> Gaps | None:
        """What stands in the gaps; None if this is not what ``text`` says."""
        last, at = len(text) - len(self.pieces[-1]), len(self.pieces[0])
        if not self.names:
            return {} if text == self.pieces[0] else None
        if at > last or not (text.startswith(self.pieces[0]) and text.endswith(self.pieces[-1])):
            return None
        gaps: dict[str, tuple[int, str]] = {}
        for name, piece in zip(self.names[:-1], self.pieces[1:-1], strict=True):
            end = text.find(piece, at, last)
            if end < 0:
                return None
            gaps[name], at = (at, text[at:end]), end + len(piece)
        gaps[self.names[-1]] = at, text[at:last]
        fits = not self.little or all(_LITTLE.fullmatch(value) for _, value in gaps.values())
        return gaps if fits else None


_LITTLE = re.compile("[^:;]{0,60}|[^:;.]{61,400}")


@cache
def _known_texts(language: Language) -> Sequence[_Text]:
    """What may be said and how it is translated; what is told most exactly is tried first."""
    source = read(faults_file(TRANSLATED[0] if language == "en" else language), language)
    known = {str(each.id): str(each.id if language == "en" else each.string) for each in source if each.id}
    return [_text(text, known[text]) for text in sorted(known, key=_exactness, reverse=True) if known[text]]


def _exactness(text: str) -> tuple[int, str]:
    return len(outside_gaps(text)), text


def _text(text: str, translation: str) -> _Text:
    parts = [part.replace("%%", "%") for part in GAP.split(text)]
    return _Text(parts[::2], parts[1::2], len(outside_gaps(text)) < ENOUGH, translation)
