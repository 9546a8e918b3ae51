"""Which public pages are there, and how does each become HTML, JSON, CSV, Markdown or a feed?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from sampan.core.languages import Language
from sampan.core.plain import plain
from sampan.desks.control.situation import PlaceSituation, SituationReport
from sampan.desks.press import html, render
from sampan.desks.press.brief import Brief
from sampan.desks.press.sections import document
from sampan.languages.pages import environment
from sampan.languages.speech import speech
from sampan.web import chart, proofs, sheets, views
from sampan.web.asked import Asked
from sampan.web.assets import ASSETS
from sampan.web.links import Here, Links
from sampan.web.standing import Standing
from sampan.world.items import items
from sampan.world.places import REGIONS


@dataclass(frozen=True)
class Page:
    """One page: its path after the language, what it shows, and the forms that it can take."""

    path: str
    view: Callable[[Standing, Asked], Any]
    template: str
    sheet: sheets.Sheet | None = None
    query: tuple[str, ...] = ()
    markdown: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        """What may follow its path after a point."""
        return ("json", *(["csv"] if self.sheet else []), *(["md"] if self.markdown else []))


PAGES = (
    Page("/brief", views.newest_brief, "brief.html", sheets.of_brief, markdown=True),
    Page("/briefs", views.briefs, "briefs.html", sheets.of_briefs),
    Page("/briefs/{day}", views.brief_of, "brief.html", sheets.of_brief, markdown=True),
    Page("/briefs/{day}/figures/{name}", views.figure, "figure.html", sheets.of_evidence),
    Page("/world", views.world, "world.html", sheets.of_situation, query=("sort", "region")),
    Page("/countries/{code}", views.country, "party.html", sheets.of_party),
    Page("/organisations/{code}", views.organisation, "party.html", sheets.of_party),
    Page("/batches", views.batches, "batches.html", sheets.of_batches),
    Page("/batches/{number}", views.batch, "batch.html", sheets.of_batch),
    Page("/ledger", proofs.ledger, "ledger.html"),
    Page("/ledger/entries/{id}", proofs.entry, "entry.html"),
)

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}


def render_page(page: Page, form: str, standing: Standing, asked: Asked, here: Here) -> bytes:
    """The page in one form. Raises NotFound if there is nothing at this address."""
    result = page.view(standing, asked)
    if form == "json":
        return json.dumps(plain(result), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if form == "csv" and page.sheet:
        return sheets.write(*page.sheet(result, speech(here.language)))
    if form == "md":
        return render.render(result, "md", here.language).encode()
    return _html(
        page.template, standing, here, asked=asked, it=result, **_beside(result, asked, here.language)
    )


def feed(standing: Standing, site: str, language: Language) -> bytes:
    """The newest briefs and batches as an Atom feed (RFC 4287)."""
    here = Here(site, language, "/feed.atom", {}, ())
    days = dict(list(standing.days.items())[:20])
    return _html("feed.xml", standing, here, days=days, batches=views.batches(standing, {})[:20])


def sorry(
    standing: Standing | None, site: str, language: Language, status: int, *, wanted: str | None = None
) -> bytes:
    """The page that says what went wrong, and leads to the sign-in and back to what was ``wanted``."""
    here = Here(site, language, "/brief", {}, ())
    return _html("sorry.html", standing, here, status=status, wanted=wanted)


def _html(template: str, standing: Standing | None, here: Here, **said: Any) -> bytes:
    text = templates(here.language).get_template(template)
    return text.render(
        standing=standing, here=here, links=Links(here.language), assets=ASSETS, **said
    ).encode()


def _beside(result: Any, asked: Asked, language: Language) -> dict[str, Any]:
    """What a template needs beside the result: the sentences of a brief, a picture, rows in a reader's order."""
    if isinstance(result, Brief):
        return {"brief": result, "body": html.body(document(result, language), Links(language))}
    if isinstance(result, views.Party) and result.course:
        return {"picture": chart.fan(result.course, speech(language))}
    if isinstance(result, SituationReport):
        return {"rows": _in_order(result.rows, asked, language)}
    return {}


def _in_order(rows: Sequence[PlaceSituation], asked: Asked, language: Language) -> Sequence[PlaceSituation]:
    """Rows as a reader of the language wants them: by name, the order depends on it."""
    if asked.get("sort") != "name":
        return rows
    spoken = speech(language)
    return sorted(rows, key=lambda row: spoken.collated(spoken.party(row.place)))


TONGUES = {"ar": "العربية", "zh": "中文", "en": "English", "fr": "Français", "ru": "Русский", "es": "Español"}
"""What each language calls itself."""


@cache
def templates(language: Language) -> jinja2.Environment:
    """The templates of the site and of the brief."""
    made = environment(jinja2.PackageLoader("sampan.web"), language)
    made.globals |= {"REGIONS": REGIONS, "ITEMS": items(), "TONGUES": TONGUES}
    return made
