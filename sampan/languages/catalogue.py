"""What has been translated into a language, and how is it looked up?

English is the language of the source. The other five are gettext catalogues, ``locale/<language>.po``,
which are read and compiled in memory when a language is first spoken.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib import resources

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from sampan.core.languages import LANGUAGES, Language

TRANSLATED: tuple[Language, ...] = tuple(each for each in LANGUAGES if each != "en")


def catalogue(language: Language) -> Catalog:
    """The catalogue of a language as its file says it."""
    data = resources.files("sampan.languages").joinpath("locale", f"{language}.po").read_bytes()
    return read_po(io.BytesIO(data), locale=language)


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """What looks messages up in ``language``."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
