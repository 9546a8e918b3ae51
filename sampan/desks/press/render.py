"""How does a brief look on paper and on a screen, in each language?"""

from __future__ import annotations

from typing import Literal

from sampan.core.languages import Language
from sampan.desks.press import html, markdown, pdf
from sampan.desks.press.brief import Brief
from sampan.desks.press.document import Document
from sampan.desks.press.sections import document
from sampan.desks.press.words import NO_WORDS, Words
from sampan.languages.speech import speech

Form = Literal["html", "md"]


def render(brief: Brief, form: Form, language: Language = "en", words: Words = NO_WORDS) -> str:
    """The brief as a whole HTML page, which prints as it reads, or as Markdown."""
    said = document(brief, language, words)
    return page(said, brief.home) if form == "html" else text(said)


def page(said: Document, home: str) -> str:
    """A document as a whole HTML page of the office of ``home``."""
    return html.page(said, warning(said.language), speech(said.language).party(home))


def text(said: Document) -> str:
    """A document as Markdown."""
    return markdown.write(said, warning(said.language))


def paper(said: Document) -> bytes:
    """A document as a PDF. Raises NodeError if no font here has the letters of its language."""
    return pdf.write(said, warning(said.language))


def warning(language: Language) -> str:
    """What is said on everything that comes of an exercise."""
    return speech(language).translations.gettext("A fictional outbreak: no figure here is real.")
