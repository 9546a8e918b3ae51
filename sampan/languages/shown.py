"""How does a figure look in a text, and in a page that machines read too?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from sampan.core.money import Money
from sampan.languages.speech import Speech

UNKNOWN = "–"


@dataclass(frozen=True)
class Shown:
    """Figures and days in one language; with ``markup``, each carries its value as ``<data>`` or ``<time>``."""

    speech: Speech
    markup: bool

    def number(self, value: float | None) -> str:
        """A count; a dash for what is not known."""
        return UNKNOWN if value is None else self.figure(value, self.speech.number(value))

    def change(self, value: float | None) -> str:
        """A relative change in per cent."""
        return UNKNOWN if value is None else self.figure(round(value, 2), self.speech.change(value))

    def rate(self, value: float | None) -> str:
        """A reproduction number."""
        return UNKNOWN if value is None else self.figure(round(value, 1), self.speech.rate(value))

    def amount(self, value: int | None, kind: str, code: str) -> str:
        """So much of a thing, in its own units: money in major ones."""
        if not value:
            return UNKNOWN if value is None else self.number(0)
        major = float(Money(value, code).amount) if kind == "money" else value
        return self.figure(major, self.speech.amount(kind, code, value))

    def day(self, value: date) -> str:
        """A day."""
        said = self.speech.day(value)
        return (
            Markup('<time datetime="{}">{}</time>').format(value.isoformat(), said) if self.markup else said
        )

    def figure(self, value: float, text: str) -> str:
        """``text``, which says ``value``."""
        return Markup('<data value="{}">{}</data>').format(value, text) if self.markup else text
