"""How does a brief look on paper and on a screen, in each language?"""

from __future__ import annotations

from functools import cache, partial
from typing import Literal, Protocol

import jinja2
from markupsafe import Markup

from sampan.core.languages import Language
from sampan.desks.press.brief import Brief
from sampan.desks.press.sentences import Sentences
from sampan.languages.pages import environment
from sampan.languages.shown import Shown
from sampan.languages.speech import speech

Form = Literal["html", "md"]


class Links(Protocol):
    """Where a page leads from a brief; a brief in a file leads nowhere."""

    def figure(self, day: str, name: str) -> str:
        """To the list behind a figure."""

    def party(self, code: str) -> str:
        """To a country or an organisation."""

    def batch(self, number: int) -> str:
        """To a batch."""

    def entry(self, id: str) -> str:
        """To an entry of the ledger."""


def render(brief: Brief, form: Form, language: Language = "en") -> str:
    """The brief as a whole HTML page, which prints as it reads, or as Markdown."""
    page = _templates(language).get_template(f"brief.{form}")
    return page.render(brief=brief, links=None, said=sentences(brief, language, markup=form == "html"))


def sentences(brief: Brief, language: Language, *, markup: bool, links: Links | None = None) -> Sentences:
    """The sentences of ``brief``, as the template ``brief_body.html`` wants them beside it."""
    named = partial(_linked, links, brief.day.isoformat()) if links else _plain
    return Sentences(brief, Shown(speech(language), markup), named)


def loader() -> jinja2.BaseLoader:
    """The templates of a brief, for a site that shows briefs among its other pages."""
    return jinja2.PackageLoader("sampan.desks.press")


def _plain(name: str, shown: str) -> str:  # noqa: ARG001
    return shown


def _linked(links: Links, day: str, name: str, shown: str) -> str:
    return Markup('<a href="{}">{}</a>').format(links.figure(day, name), shown)


@cache
def _templates(language: Language) -> jinja2.Environment:
    return environment(loader(), language)
