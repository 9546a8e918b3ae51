"""How does one language say a number, a day, a place, a word of ours, a list?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent, get_currency_name

from sampan.core.languages import Language, direction
from sampan.core.money import Money
from sampan.languages.catalogue import translations
from sampan.world.items import item
from sampan.world.organisations import organisations
from sampan.world.places import alpha2_codes, fold, places, subdivisions
from sampan.world.skills import SKILLS

LEFT_TO_RIGHT = "\u200e"
"""Keeps a sign before its number where words run from right to left (CLDR does the same)."""

ISOLATE, END_ISOLATE = "\u2067", "\u2069"
"""Words between them run from right to left, whatever runs around them (Unicode TR 9)."""

DAY = {"en": "d MMMM y", "ru": "d MMMM y 'года'"}
"""Where CLDR's long date does not do: a Russian one ends with a full stop, and so would every sentence twice."""


class Speech:
    """One language, as readers of it write. Numbers are grouped and pointed as CLDR says."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self.translations = translations(language)
        self._ltr = LEFT_TO_RIGHT if direction(language) == "rtl" else ""
        self.comma = {"zh": "、", "ar": "، "}.get(language, ", ")
        self.semicolon = {"zh": "；", "ar": "؛ ", "fr": "\u202f; "}.get(language, "; ")
        self.colon = {"zh": "：", "fr": "\u00a0: "}.get(language, ": ")
        self.brackets = ("（", "）") if language == "zh" else (" (", ")")

    def number(self, value: float) -> str:
        """``115``, ``122,434,000``; digits after the point as they are given."""
        return format_decimal(value, locale=self.locale)

    def rate(self, value: float) -> str:
        """A reproduction number, or another rate: one digit after the point."""
        return format_decimal(value, "#,##0.0", locale=self.locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """``USD 20,000,000`` or ``20 000 000 USD``: the ISO 4217 code on the side where the language has it."""
        said = format_decimal(amount, "#,##0.00" if amount % 1 else "#,##0", locale=self.locale)
        if self.language in ("fr", "ru", "es"):
            return f"{said}\u00a0{currency}"
        return f"{self._ltr}{currency}\u00a0{said}"

    def currency(self, code: str) -> str:
        """The name of a currency, with its code."""
        return self.beside(str(get_currency_name(code, locale=self.locale)), code)

    def beside(self, name: str, detail: str) -> str:
        """A name with a detail of it in brackets."""
        begin, end = self.brackets
        return f"{name}{begin}{detail}{end}"

    def change(self, value: float) -> str:
        """A relative change in whole per cent, with its sign; zero has none."""
        pattern = self.locale.percent_formats[None].pattern
        signed = f"+{pattern};-{pattern}" if round(value, 2) else pattern
        return self._ltr + format_decimal(value, signed, locale=self.locale)

    def percent(self, value: float) -> str:
        """A share in whole per cent."""
        return format_percent(value, locale=self.locale)

    def day(self, value: date) -> str:
        """``26 March 2020``; the first of a month is an ordinal in French."""
        first = self.language == "fr" and value.day == 1
        pattern = "'1er' MMMM y" if first else DAY.get(self.language, "long")
        return format_date(value, pattern, locale=self.locale)

    def short_day(self, value: date) -> str:
        """Day and month, for the axis of a chart, which runs from left to right: ``26 Mar``."""
        said = format_date(
            value, "d MMM" if self.language == "en" else _day_and_month(self.locale), locale=self.locale
        )
        return f"{ISOLATE}{said}{END_ISOLATE}" if self._ltr else said

    def term(self, word: str, context: str) -> str:
        """A word of ours out of a record: see ``terms``."""
        return self.translations.pgettext(context, word)

    def figures(self, source: str, *, exercise: bool) -> str:
        """Whose figures they are: of a source, or of an exercise in the layout of that source's files."""
        if not exercise:
            return source
        said = self.translations.gettext("figures of the exercise, in the layout of the files of %(source)s")
        return said % {"source": source.upper()}

    def disease(self, name: str, *, exercise: bool) -> str:
        """A disease; in an exercise it is fictional, and it is said whose parameters are assumed for it."""
        told = self.term(name, "disease")
        if not exercise:
            return told
        said = self.translations.gettext("fictional; its parameters are assumed to be those of: %(disease)s")
        return said % {"disease": told}

    def counted(self, words: tuple[str, str], count: float, context: str) -> str:
        """What stands beside a count, in the form that the count asks for: see ``terms.npgettext``."""
        return self.translations.npgettext(context, *words, self.counting(count))

    def counting(self, count: float) -> int:
        """A whole number that takes the same form as ``count``: after a fraction each language has its own."""
        if count == int(count) or self.language == "fr":
            return int(count)
        return 100 if self.language == "ar" else 2

    def party(self, code: str) -> str:
        """The name of a country, an area with its country, or an organisation; of a code of none, the code."""
        if code in organisations():
            return organisations()[code].name(self.language)
        country = country_of(code)
        if country is None:
            return _place_name(code, self.language) or code
        of = {"area": _place_name(code, self.language), "country": self.party(country)}
        return self.translations.pgettext("place", "%(area)s, %(country)s") % of

    def named(self, code: str, recorded: str) -> str:
        """The name of a party: of a place or an organisation in this language, of others as it was recorded."""
        said = self.party(code)
        return recorded if said == code else said

    def thing(self, kind: str, code: str) -> str:
        """What a gift consists of: an item, a currency, a skill, or a service in the words of who recorded it."""
        if kind == "goods":
            return self.item(code)
        if kind == "money":
            return self.currency(code)
        return self.term(SKILLS.get(code, code), "skill") if kind in ("people", "person-days") else code

    def amount(self, kind: str, code: str, quantity: int) -> str:
        """So much of a thing: money with its currency, everything else as a number."""
        return self.money(Money(quantity, code).amount, code) if kind == "money" else self.number(quantity)

    def item(self, code: str) -> str:
        """The name of a kind of supply."""
        return item(code).name(self.language)

    def parties(self, codes: Iterable[str]) -> list[str]:
        """``codes`` in the order in which a reader looks for their names."""
        return sorted(codes, key=lambda code: self.collated(self.party(code)))

    def collated(self, name: str) -> bytes:
        """A key to sort names by. Chinese by sound: GB 18030 keeps GB 2312's order of common characters."""
        return name.encode("gb18030", "replace") if self.language == "zh" else fold(name).encode()


def three_digits(value: float | Decimal) -> float:
    """A whole number as it is, any other to three digits that count."""
    return int(value) if value == int(value) else float(f"{value:.3g}")


def _day_and_month(locale: Locale) -> str:
    return str(locale.datetime_skeletons["MMMd"].pattern)


@cache
def country_of(code: str) -> str | None:
    """The country of a first-level area; None for anything else."""
    country = alpha2_codes().get(code.partition("-")[0])
    return country if country and code in subdivisions(country) else None


@cache
def _place_name(code: str, language: Language) -> str | None:
    country = country_of(code)
    known = subdivisions(country) if country else places()
    return known[code].name(language) if code in known else None


@cache
def speech(language: Language) -> Speech:
    """The speech of a language, made once."""
    return Speech(language)
