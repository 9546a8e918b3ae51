"""What does the press officer say in their own words, and are they the same words in six languages?

An officer writes a headline and paragraphs, section by section, language by language. Figures are never typed:
``{countries}`` or ``{item-mask}`` stands for a figure of the ledger, ``{day:2020-03-26}`` for a day, and
``{number:22}`` for a number that the ledger does not hold, such as a count of telephone calls; each is then
shown as readers of the language write it. So a machine can tell whether all languages say the same.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sampan.core.errors import InputError, Refused
from sampan.core.languages import LANGUAGES
from sampan.desks.press.brief import Brief
from sampan.desks.press.document import Run, Runs
from sampan.desks.press.figures import Named, figures
from sampan.desks.press.teller import Teller

Spoken = Mapping[str, str]
"""A text by language."""

LONGEST = 20_000
"""Characters of one text: a brief is read in minutes."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class Words:
    """An officer's words: a headline, paragraphs by section, and the order of sections."""

    headline: Spoken = field(default_factory=dict)
    sections: Mapping[str, Spoken] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def texts(self) -> Iterator[tuple[str, Spoken]]:
        """Every text under its name."""
        if self.headline:
            yield "headline", self.headline
        yield from self.sections.items()

    def bytes(self) -> bytes:
        """The words as JSON, to be kept: the same words, the same bytes."""
        said = {"headline": self.headline, "sections": self.sections, "order": self.order}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


NO_WORDS = Words()


def read(data: bytes) -> Words:
    """The words that ``bytes`` wrote."""
    said = json.loads(data)
    return Words(said["headline"], said["sections"], tuple(said["order"]))


def check_form(words: Words, known: Sequence[str], brief: Brief) -> None:
    """Raises InputError for a section, a language, a placeholder or a character that cannot be."""
    for name in (*words.sections, *words.order):
        if name not in known:
            raise InputError(
                f'A brief has no section "{name}".', way_out=f"It has {', '.join(known)}.", field=name
            )
    names = figures(brief)
    for name, spoken in words.texts():
        for language, text in spoken.items():
            where = f"{name}.{language}"
            if language not in LANGUAGES:
                raise InputError(
                    f'"{language}" is not a language of ours.',
                    way_out=f"Use {', '.join(LANGUAGES)}.",
                    field=where,
                )
            _check_text(text, names, where)


def _check_text(text: str, names: Mapping[str, Named], where: str) -> None:
    if len(text) > LONGEST:
        raise InputError(
            f"This text has {len(text):,} characters.", way_out=f"Keep it under {LONGEST:,}.", field=where
        )
    strange = next((each for each in text if unicodedata.category(each) in ("Cc", "Cs", "Co")), None)
    if strange not in (None, "\n", "\r", "\t") or (hidden := _overriding(text)):
        code = ord(strange if strange not in (None, "\n", "\r", "\t") else hidden)  # type: ignore[arg-type]
        raise InputError(
            f"There is a character here that cannot be printed (U+{code:04X}).",
            way_out="Paste the text without its formatting.",
            field=where,
        )
    for placeholder in _PLACEHOLDER.findall(text):
        _value(placeholder, names, where)
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        raise InputError("A brace is not closed.", way_out="Write {countries}, in one piece.", field=where)


def _overriding(text: str) -> str | None:
    """A character that makes what follows look like something else (Unicode TR 9: overrides and embeddings)."""
    return next((each for each in text if each in "\u202a\u202b\u202c\u202d\u202e"), None)


def _value(placeholder: str, names: Mapping[str, Named], where: str = "") -> Named | date | float:
    """What a placeholder stands for. Raises InputError if it stands for nothing."""
    kind, colon, rest = placeholder.partition(":")
    if not colon and kind in names:
        return names[kind]
    if kind == "day":
        try:
            return date.fromisoformat(rest)
        except ValueError:
            raise InputError(
                f'"{rest}" is not a day.', way_out="Write {day:2020-03-26}.", field=where
            ) from None
    if kind == "number" and _NUMBER.fullmatch(rest):
        return float(rest) if "." in rest else int(rest)
    raise InputError(
        f"{{{placeholder}}} stands for no figure of this brief.",
        way_out=f"Write one of {', '.join(names)}; {{day:2020-03-26}} or {{number:22}} for what is not in the ledger.",
        field=where,
    )


# Said


def said_in(spoken: Spoken, brief: Brief, teller: Teller) -> tuple[Runs, ...]:
    """The paragraphs of a text in the teller's language, with every figure put in; none where there is none."""
    text = spoken.get(teller.speech.language, "").replace("\r\n", "\n").strip()
    names = figures(brief)
    pieces = [" ".join(piece.split()) for piece in re.split(r"\n\s*\n", text)]
    return tuple(_filled(piece, names, teller) for piece in pieces if piece)


def _filled(text: str, names: Mapping[str, Named], teller: Teller) -> Runs:
    runs = []
    for place, piece in enumerate(_PLACEHOLDER.split(text)):
        if place % 2:
            runs.append(_run(piece, names, teller))
        elif piece:
            runs.append(Run(piece))
    return tuple(runs)


def _run(placeholder: str, names: Mapping[str, Named], teller: Teller) -> Run:
    match _value(placeholder, names):
        case Named(value, None):
            return teller.number(value, placeholder)
        case Named(value, str(currency)):
            return teller.money(value, currency, placeholder)
        case date() as day:
            return teller.day(day)
        case int() | float() as number:
            return teller.number(number)
    raise AssertionError(placeholder)


# Held against each other


def missing(words: Words, brief: Brief) -> tuple[str, ...]:
    """What keeps these words from being released, in sentences an officer can act on; none if nothing does."""
    names = figures(brief)
    return tuple(
        fault
        for name, spoken in words.texts()
        for fault in (*_untranslated(name, spoken), *_unequal(name, spoken), *_typed(name, spoken, names))
    )


def require_whole(words: Words, brief: Brief) -> None:
    """Raises Refused with every reason why these words cannot be released."""
    faults = missing(words, brief)
    if faults:
        raise Refused(
            "This brief is not the same in all six languages. " + " ".join(faults),
            way_out="Edit it: sampan brief edit.",
            faults=faults,
        )


def _untranslated(name: str, spoken: Spoken) -> Iterator[str]:
    lacking = [language for language in LANGUAGES if not spoken.get(language, "").strip()]
    if lacking and len(lacking) < len(LANGUAGES):
        yield f"{name} is missing in {', '.join(lacking)}."


def _unequal(name: str, spoken: Spoken) -> Iterator[str]:
    """Figures that are said in one language and not, or not as often, in another."""
    said = {
        language: Counter(_PLACEHOLDER.findall(text)) for language, text in spoken.items() if text.strip()
    }
    every = set().union(*said.values()) if said else set()
    for placeholder in sorted(every):
        counts = {language: found[placeholder] for language, found in said.items()}
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{language} {count}" for language, count in sorted(counts.items()))
            yield f"{name} says {{{placeholder}}} not equally often: {told}."


def _typed(name: str, spoken: Spoken, names: Mapping[str, Named]) -> Iterator[str]:
    for language, text in spoken.items():
        for number in typed_numbers(text):
            same = next(
                (each for each, figure in names.items() if str(figure.value) == _digits(number)), None
            )
            if same:
                instead = f"{{{same}}}"
                yield f"{name}.{language} has a number typed by hand, {number}: write {instead}."
                continue
            counted, dated = f"{{number:{_digits(number) or '…'}}}", "{day:…}"
            yield f"{name}.{language} has a number typed by hand, {number}: write {counted} or {dated}."


_CHINESE = re.compile(r"[一二三四五六七八九两〇零][十百千万亿]")
_DIGITS = re.compile(r"[\d\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u218b\u2460-\u24ff][\d.,٬٫]*")
_NAMING = re.compile(
    r"([A-Za-z\u00c0-\u024f\u0370-\u052f][-\u2010-\u2013.]?|[\u0620-\u064a][-\u2010-\u2013])$"
)


def typed_numbers(text: str) -> tuple[str, ...]:
    """Numbers in ``text`` that stand for themselves, in the digits of any script.

    A number that ends a name, as in COVID-19, H1N1 or B.1.1.7, is none; Chinese numerals are one from ten on.
    Numbers written out in the letters of an alphabet cannot be told from words, and are not found.
    """
    bare = _PLACEHOLDER.sub(" ", text)
    found = [match.group() for match in _CHINESE.finditer(bare)]
    for match in _DIGITS.finditer(bare):
        if not _NAMING.search(bare[: match.start()]):
            found.append(match.group().strip(".,"))
    return tuple(found)


def _digits(number: str) -> str:
    """``١١٥`` and ``1,150`` as ``115`` and ``1150``; empty if it is more than digits and their marks."""
    kept = "".join(each for each in number if each not in ",.\u00a0\u202f'٬٫")
    if not kept or not all(unicodedata.category(each) == "Nd" for each in kept):
        return ""
    return "".join(str(unicodedata.digit(each)) for each in kept)
