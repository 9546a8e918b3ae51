"""Which of our languages does a reader prefer?"""

from __future__ import annotations

from sampan.core.languages import LANGUAGES, Language

DEFAULT: Language = "en"


def preferred(accepted: str) -> Language:
    """The language that an Accept-Language header likes best (RFC 9110 §12.5.4); English if it likes none.

    ``zh-TW`` and ``pt-BR`` are looked up by their first part. What cannot be read is passed over.
    """
    best, weight = DEFAULT, 0.0
    for offer in accepted[:500].split(","):
        tag, _, said = offer.partition(";")
        language = _known(tag)
        if language and _weight(said) > weight:
            best, weight = language, _weight(said)
    return best


def _known(tag: str) -> Language | None:
    first = tag.strip().lower().partition("-")[0]
    return next((each for each in LANGUAGES if each == first), None)


def _weight(said: str) -> float:
    name, _, value = said.replace(" ", "").partition("=")
    if not name:
        return 1.0
    try:
        return min(1.0, max(0.0, float(value))) if name == "q" else 0.0
    except ValueError:
        return 0.0
