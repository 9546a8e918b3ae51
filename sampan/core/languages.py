"""In which languages does the office speak, and which way do they run?"""

from __future__ import annotations

from typing import Literal

Language = Literal["ar", "zh", "en", "fr", "ru", "es"]

LANGUAGES: tuple[Language, ...] = ("ar", "zh", "en", "fr", "ru", "es")
"""The six official languages of the United Nations, as BCP 47 tags, in the UN's own order."""


def direction(language: Language) -> Literal["rtl", "ltr"]:
    """The base direction of a page in ``language``."""
    return "rtl" if language == "ar" else "ltr"
