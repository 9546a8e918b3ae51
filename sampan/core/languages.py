"""In which languages does the office speak, and which way do they run?"""

from __future__ import annotations

from typing import Literal

from sampan.core.errors import InputError

Language = Literal["ar", "zh", "en", "fr", "ru", "es"]

LANGUAGES: tuple[Language, ...] = ("ar", "zh", "en", "fr", "ru", "es")
"""The six official languages of the United Nations, as BCP 47 tags, in the UN's own order."""


def direction(language: Language) -> Literal["rtl", "ltr"]:
    """The base direction of a page in ``language``."""
    return "rtl" if language == "ar" else "ltr"


def parse_language(text: str) -> Language:
    """The language that a person named by its tag. Raises InputError if it is none of the six."""
    found = next((each for each in LANGUAGES if each == text.strip().lower()), None)
    if found is None:
        raise InputError(f'"{text}" is none of our languages.', way_out=f"Use {', '.join(LANGUAGES)}.")
    return found
