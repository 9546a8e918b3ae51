"""What does somebody ask who writes ``S:N501Y & !S:69- & date=2021-03 & place=ITA``?

The grammar, from loose to tight::

    question  = both ("|" both)*                       or: OR
    both      = single ("&" single)*                   or: AND
    single    = "!" single | "(" question ")" | MAYBE(question) | EXACT(question)      or: NOT
              | "[" ("exactly-")? N "-of:" question ("," question)* "]" | field | change
    field     = NAME ("=" | ">=" | "<=" | ">" | "<") value ("|" value)*    without blanks; "quoted" if it has some
    change    = A23063T | 23063T | 23063 | 23063. | 21765- | 21765-21770 | S:N501Y | S:501 | S:69- | S:69-70
              | ins_22204:GAGC?GAA | ins_S:214:EPE

``.`` is the reference's own letter, ``-`` a deletion, ``*`` a stop, ``?`` in an insertion any run of letters.
A bare position asks for any change there. A wrong question is told where it is wrong, and the way out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sampan.core.errors import InputError
from sampan.engines.genome_search.columns import FIRST, LAST, read_date
from sampan.engines.genome_search.expression import (
    All,
    Changed,
    Dated,
    Deleted,
    Everything,
    Exact,
    Expression,
    Inserted,
    Letter,
    Maybe,
    Not,
    Some,
    Within,
)
from sampan.engines.genome_search.layout import AMBIGUOUS, GENOME, Layout, Track

MOST_LETTERS = 10_000
"""Of a question. A longer one is a mistake or an attack."""

DEEPEST = 50
"""Brackets within brackets."""

MOST_PARTS = 1_000
"""Changes, values of fields and positions of ranges in one question."""

MOST_COUNTED = 100
"""Parts of an n-of."""

LONGEST_VALUE = 200

Names = Callable[[str], frozenset[str]]
"""What a field's value stands for: the words that fit. Raises InputError if there is no such value."""


def as_written(value: str) -> frozenset[str]:
    """The value itself, whatever it is."""
    return frozenset({value})


@dataclass(frozen=True)
class Grammar:
    """What may be asked: of this reference, by these fields. ``dates`` are fields too, with spans of days."""

    layout: Layout
    fields: Mapping[str, Names] = field(default_factory=dict)
    dates: tuple[str, ...] = ("date",)

    def read(self, text: str) -> Expression:
        """The question that ``text`` asks; nothing at all asks for everything.

        Raises InputError that says where it is wrong and what would be right.
        """
        if len(text) > MOST_LETTERS:
            raise InputError(
                f"The question has {len(text)} characters; {MOST_LETTERS} are the most.",
                field="query",
                way_out="Ask in parts, or by lineage.",
            )
        if not text.strip():
            return Everything()
        return _Reader(self, text).whole()


_BLANK = re.compile(r"\s*")
_OR, _AND, _NOT = (re.compile(each, re.I) for each in (r"\|\|?|or\b", r"&&?|and\b", r"!|not\b"))
_WORD = re.compile(r"(maybe|exact)\s*\(", re.I)
_COUNTED = re.compile(r"\[\s*(exactly-)?([0-9]{1,4})-of\s*:", re.I)
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*)\s*(>=|<=|=|<|>)\s*")
_VALUE = re.compile(r'"([^"]*)"|([^\s&|!()\[\],"]+)')
_INSERTION = re.compile(r"ins_(?:([^\s:&|!()\[\],]+):)?([0-9]{1,9}):([A-Za-z*?]+)", re.I)
_CHANGE = re.compile(
    r"(?:([A-Za-z][\w.'-]*):)?([A-Za-z*]?)([0-9]{1,9})(?:-([0-9]{1,9})-?|([A-Za-z.*-]))?(?![\w.*?:-])"
)
_TOKEN = re.compile(r"[^\s&|()\[\],]+|.")


class _Reader:
    """Reads one question from left to right."""

    def __init__(self, grammar: Grammar, text: str) -> None:
        self.grammar = grammar
        self.text = text
        self.at = 0
        self.depth = 0
        self.parts = 0

    def whole(self) -> Expression:
        found = self._question()
        if self.at < len(self.text):
            if (closing := self.text[self.at]) in ")]":
                raise self._wrong(f'There is a "{closing}" too many.', "Take it away, or open it.")
            raise self._wrong("Two parts stand side by side.", "Join them with & or |.")
        return found

    def _question(self) -> Expression:
        parts = [self._both()]
        while self._take(_OR):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Some(1, tuple(parts))

    def _both(self) -> Expression:
        parts = [self._single()]
        while self._take(_AND):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _single(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._wrong(f"More than {DEEPEST} brackets stand within each other.", "Ask more simply.")
        try:
            return self._bracketed() or self._leaf()
        finally:
            self.depth -= 1

    def _bracketed(self) -> Expression | None:
        if self._take(_NOT):
            return Not(self._single())
        if word := self._take(_WORD):
            inner = self._question()
            self._close(")")
            return Maybe(inner) if word[1].lower() == "maybe" else Exact(inner)
        if self._take(_BRACKET):
            inner = self._question()
            self._close(")")
            return inner
        if counted := self._take(_COUNTED):
            return self._counted(int(counted[2]), exactly=bool(counted[1]))
        return None

    def _counted(self, least: int, *, exactly: bool) -> Expression:
        begin = self.at
        parts = [self._question()]
        while self._take(_COMMA):
            parts.append(self._question())
        self._close("]")
        if not (least <= len(parts) <= MOST_COUNTED and (least or exactly)):
            self.at = begin
            raise self._wrong(
                f"{least} of {len(parts)} parts are asked for.",
                f"Ask for 1 to {min(len(parts), MOST_COUNTED)} of them; {MOST_COUNTED} parts are the most.",
            )
        return Some(least, tuple(parts), exactly)

    def _leaf(self) -> Expression:
        self._count(1)
        begin = self._skip()
        for form, read in (
            (_INSERTION, self._insertion), (_FIELD, self._field), (_CHANGE, self._change),
        ):  # fmt: skip
            if found := self._take(form):
                try:
                    return read(found)
                except InputError as fault:
                    if fault.field == "query":
                        raise
                    self.at = begin
                    raise self._wrong(fault.what, fault.way_out) from None
        raise self._no_leaf()

    def _count(self, parts: int) -> None:
        """Counts what is asked: changes, values, and each position of a range."""
        self.parts += parts
        if self.parts > MOST_PARTS:
            raise self._wrong(f"There are more than {MOST_PARTS} parts.", "Ask in parts, or by lineage.")

    def _no_leaf(self) -> InputError:
        if self.at >= len(self.text):
            return self._wrong(
                "The question ends where a part is missing.", "Write a change or a field there."
            )
        token = _TOKEN.match(self.text, self.at)
        said = token[0] if token else ""
        return self._wrong(
            f'"{said[:40]}" is no part of a question.',
            "Write a change, as A23063T, S:N501Y, S:69-, 21765-21770 or ins_22204:GAG?, "
            f"or a field, as {', '.join([*self.grammar.dates, *self.grammar.fields])} = value.",
        )

    def _field(self, found: re.Match[str]) -> Expression:
        name, sign = found[1].lower(), found[2]
        values = [self._value()]
        while self.text[self.at : self.at + 1] == "|" and _VALUE.match(self.text, self.at + 1):
            self.at += 1
            self._count(1)
            values.append(self._value())
        if name in self.grammar.dates:
            spans = [_dated(name, sign, value) for value in values]
            return spans[0] if len(spans) == 1 else Some(1, tuple(spans))
        if name not in self.grammar.fields:
            known = [*self.grammar.dates, *self.grammar.fields]
            near = difflib.get_close_matches(name, known, n=1)
            raise InputError(
                f'There is no field "{name}".',
                way_out=f"Did you mean {near[0]}?"
                if near
                else f"Choose one of the fields {', '.join(known)}.",
            )
        if sign != "=":
            raise InputError(f'"{name}" cannot be more or less.', way_out=f"Use the sign =, as {name}=value.")
        words = [self.grammar.fields[name](value) for value in values]
        return Within(name, frozenset().union(*words))

    def _value(self) -> str:
        found = _VALUE.match(self.text, self.at)
        if found is None:
            raise self._wrong(
                "A value is missing.", 'Write it behind the sign, in "quotes" if it has blanks.'
            )
        value = found[1] if found[1] is not None else found[2]
        if len(value) > LONGEST_VALUE:
            raise self._wrong(f"A value has more than {LONGEST_VALUE} characters.", "Shorten it.")
        self.at = found.end()
        return value

    def _insertion(self, found: re.Match[str]) -> Expression:
        layout = self.grammar.layout
        track = layout.track(found[1] or GENOME)
        pattern = re.sub(r"\?+", "?", found[3].upper())
        allowed = "ACDEFGHIKLMNPQRSTVWXY*?" if track.name else f"ACGTN{AMBIGUOUS}?"
        if wrong := set(pattern) - set(allowed):
            raise InputError(_no_letter(min(wrong), track), way_out="Use letters, and ? for any run of them.")
        return Inserted(layout.site(track, max(int(found[2]), 1)), pattern)

    def _change(self, found: re.Match[str]) -> Expression:
        layout = self.grammar.layout
        track = layout.track(found[1] or GENOME)
        site = layout.site(track, int(found[3]))
        before, after, last = found[2].upper(), (found[5] or "").upper(), found[4]
        if before and before != layout.letter(site):
            there = layout.letter(site)
            raise InputError(
                f"{found[0]}: the reference has {there} there, not {before}.",
                way_out=f"Write {found[0].upper().replace(before + found[3], there + found[3])}, "
                "or leave the first letter out.",
            )
        if last is not None:
            self._count(max(int(last) - int(found[3]), 0))
            return _deletion(layout, track, site, int(last))
        if not after:
            return Changed(site)
        return Letter(site, _symbol(track, layout.letter(site) if after == "." else after))

    def _skip(self) -> int:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at

    def _take(self, form: re.Pattern[str]) -> re.Match[str] | None:
        """What stands next, past blanks, if it has this form; blanks behind it are past too, but of a value."""
        self._skip()
        found = form.match(self.text, self.at)
        if found:
            self.at = found.end()
            if form is not _FIELD:
                self._skip()
        return found

    def _close(self, bracket: str) -> None:
        self._skip()
        if self.text[self.at : self.at + 1] != bracket:
            raise self._wrong(f'A "{bracket}" is missing here.', f'Close it with "{bracket}".')
        self.at += 1
        self._skip()

    def _wrong(self, what: str, way_out: str) -> InputError:
        near = self.text[max(self.at - 12, 0) : self.at + 12]
        return InputError(
            f'{what} Look at character {self.at + 1} ("{near}").',
            field="query",
            way_out=way_out,
            position=self.at + 1,
        )


_BRACKET, _COMMA = re.compile(r"\("), re.compile(",")


def _symbol(track: Track, symbol: str) -> str:
    """``symbol`` if the track may have it. Raises InputError if not."""
    allowed = "ACDEFGHIKLMNPQRSTVWXY*-" if track.name else f"ACGTN{AMBIGUOUS}-"
    if not track.name and symbol == "U":
        return "T"
    if symbol not in allowed:
        raise InputError(
            _no_letter(symbol, track), way_out=f"Use one of {allowed}, or . for the reference's."
        )
    return symbol


def _no_letter(symbol: str, track: Track) -> str:
    """What is said of a sign that the track cannot have."""
    if track.name:
        return f'"{symbol}" is no amino acid of {track.name}.'
    return f'"{symbol}" is no nucleotide.'


def _deletion(layout: Layout, track: Track, site: int, last: int) -> Expression:
    """A range of positions, all deleted."""
    end = layout.site(track, last) + 1
    if end <= site:
        raise InputError(
            "A range ends at or after its begin.", way_out="Write the lower one first, as 21765-21770."
        )
    if not track.name:
        return Deleted(site, end)
    return All(tuple(Letter(each, "-") for each in range(site, end)))


def _dated(name: str, sign: str, value: str) -> Expression:
    """The span of days that ``=2020-03``, ``=2020-03..2020-05``, ``>=2020-03-05`` or ``<2021`` names."""
    first, dots, last = value.partition("..")
    if dots and sign != "=":
        raise InputError("A span of days goes with = alone.", way_out=f"Write {name}={value}.")
    begin, _ = read_date(first) if first else (None, None)
    _, end = read_date(last or first) if last or not dots else (None, None)
    low = begin.toordinal() if begin else FIRST
    high = end.toordinal() if end else LAST
    if low > high:
        raise InputError("The span ends before it begins.", way_out="Write the earlier day first.")
    spans = {
        "=": (low, high),
        ">=": (low, LAST),
        "<=": (FIRST, high),
        ">": (high + 1, LAST),
        "<": (FIRST, low - 1),
    }
    return Dated(name, *spans[sign])
