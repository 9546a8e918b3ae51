"""How does a brief become a PDF, in the script of its language?

Typst sets the document from a template that ships with Sampan; what is said goes in as data, so that no text can
become a command. Fonts are those of the machine. The same document and fonts give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from sampan.core.errors import NodeError
from sampan.core.languages import Language, direction
from sampan.core.plain import plain
from sampan.desks.press.document import Document, plain_text

_LATIN = ("Noto Sans", "DejaVu Sans", "Liberation Sans")
FONTS: Mapping[Language, Sequence[str]] = {
    "en": _LATIN,
    "fr": _LATIN,
    "es": _LATIN,
    "ru": _LATIN,
    "ar": ("Noto Sans Arabic", "Noto Naskh Arabic", "DejaVu Sans"),
    "zh": ("Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"),
}
"""Fonts that have the letters of a language, the best first."""

PACKAGES: Mapping[Language, str] = {"ar": "fonts-noto-core", "zh": "fonts-noto-cjk"}
"""What to install on Debian for the letters of a language; for the others, as for Arabic."""


class NoFont(NodeError):
    """No font on this machine has the letters of a language."""

    http_status = 501


def write(said: Document, warning: str) -> bytes:
    """The document as a PDF. Raises NoFont if none here has the letters of its language."""
    import typst

    data = plain(said) | {
        "fonts": [*fonts(said.language), *(each for each in _LATIN if each in installed())],
        "direction": direction(said.language),
        "warning": warning,
        "name": plain_text(said.title),
        "date": [said.day.year, said.day.month, said.day.day],
    }
    template = resources.files("sampan.desks.press").joinpath("templates", "brief.typ").read_bytes()
    made = typst.compile(template, format="pdf", sys_inputs={"brief": json.dumps(data)}, timestamp=0)
    assert isinstance(made, bytes)
    return made


def fonts(language: Language) -> list[str]:
    """The fonts here that have the letters of ``language``. Raises NoFont if there is none."""
    here = [each for each in FONTS[language] if each in installed()]
    if not here:
        raise NoFont(
            f"No font on this machine has the letters of this language ({language}).",
            way_out=f"Install {FONTS[language][0]} (Debian: apt install {PACKAGES.get(language, PACKAGES['ar'])}).",
            language=language,
        )
    return here


@cache
def installed() -> frozenset[str]:
    """The families of the fonts on this machine."""
    import typst

    return frozenset(str(family) for family in typst.Fonts().families())
