"""How are a figure, a day, a name and a sentence said in one language?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sampan.core.languages import Language
from sampan.core.money import Money
from sampan.desks.control.situation import PlaceSituation
from sampan.desks.press.document import Run, Runs, Target
from sampan.languages.shown import UNKNOWN
from sampan.languages.speech import speech

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Teller:
    """Says figures, days and names in one language, as runs."""

    def __init__(self, language: Language) -> None:
        self.speech = speech(language)
        self.gettext = self.speech.translations.gettext
        self.npgettext = self.speech.translations.npgettext

    def number(self, value: float | None, name: str | None = None) -> Run:
        """A count; a dash for what is not known. ``name`` is that of the figure that it is."""
        if value is None:
            return Run(UNKNOWN)
        return Run(self.speech.number(value), value=value, to=("figure", name) if name else None)

    def money(self, minor: int, currency: str, name: str | None = None) -> Run:
        """An amount of money, given in minor units."""
        amount = Money(minor, currency).amount
        return Run(
            self.speech.money(amount, currency), value=float(amount), to=("figure", name) if name else None
        )

    def change(self, value: float | None) -> Run:
        """A relative change in per cent."""
        return Run(UNKNOWN) if value is None else Run(self.speech.change(value), value=round(value, 2))

    def rate(self, value: float | None) -> Run:
        """A figure with one digit after the point."""
        return Run(UNKNOWN) if value is None else Run(self.speech.rate(value), value=round(value, 1))

    def interval(self, row: PlaceSituation) -> Runs:
        """A reproduction number and the ends of its interval."""
        between = self.sentence(
            self.gettext("%(low)s to %(high)s"), low=self.rate(row.r_low), high=self.rate(row.r_high)
        )
        begin, end = self.speech.brackets
        return (self.rate(row.r), Run(begin), *between, Run(end))

    def day(self, value: date) -> Run:
        """A day."""
        return Run(self.speech.day(value), day=value)

    def party(self, code: str) -> Run:
        """The name of a country or an organisation."""
        return Run(self.speech.party(code), to=("party", code))

    def parties(self, codes: Iterable[str]) -> Runs:
        """Names in the order in which a reader looks for them."""
        listed = [self.party(code) for code in self.speech.parties(codes)]
        commas = [Run(self.speech.comma)] * len(listed)
        pairs = [run for pair in zip(listed, commas, strict=True) for run in pair]
        return tuple(pairs[:-1]) or (Run(self.gettext("none")),)

    def counted(self, name: str | None, count: int, said: str) -> Run:
        """A figure with its noun: ``said`` is the form of the noun for this count."""
        to: tuple[Target, str] | None = ("figure", name) if name else None
        return Run(said % {"count": self.speech.number(count)}, value=count, to=to)

    def sentence(self, message: str, **parts: Run | Runs | str) -> Runs:
        """A translated ``message`` with its parts put in."""
        runs: list[Run] = []
        for place, piece in enumerate(_PLACEHOLDER.split(message)):
            part: Run | Runs | str = piece.replace("%%", "%") if place % 2 == 0 else parts[piece]
            if isinstance(part, str):
                runs += [Run(part)] if part else []
            else:
                runs += [part] if isinstance(part, Run) else part
        return tuple(runs)
