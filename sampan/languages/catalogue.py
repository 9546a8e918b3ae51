"""What has been translated into a language, and how is it looked up?

English is the language of the source. The other five are gettext catalogues which are read, and compiled in
memory, when a language is first spoken: ``locale/<language>.po`` for pages, ``locale/faults/<language>.po`` for
what may go wrong.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib import resources
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from sampan.core.languages import LANGUAGES, Language

TRANSLATED: tuple[Language, ...] = tuple(each for each in LANGUAGES if each != "en")


def pages_file(language: Language) -> Path:
    """Where the messages of pages and briefs are translated."""
    return Path(str(resources.files("sampan.languages"))) / "locale" / f"{language}.po"


def faults_file(language: Language) -> Path:
    """Where the texts of faults are translated."""
    return pages_file(language).parent / "faults" / f"{language}.po"


def read(file: Path, language: Language) -> Catalog:
    """A catalogue as its file says it."""
    return read_po(io.BytesIO(file.read_bytes()), locale=language)


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """What looks the messages of pages up in ``language``."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read(pages_file(language), language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
