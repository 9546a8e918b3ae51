"""Which public pages are there, and how does each become HTML, JSON, CSV, Markdown or a feed?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

import jinja2

from sampan.access.session import Session
from sampan.core.languages import Language
from sampan.core.plain import plain
from sampan.desks.control.situation import PlaceSituation, SituationReport
from sampan.desks.press import html
from sampan.desks.press.document import plain_text
from sampan.languages.pages import environment
from sampan.languages.speech import speech
from sampan.web import batches, briefs, chart, flow, partners, proofs, sheets, situation, tiles, timeline
from sampan.web.asked import Asked
from sampan.web.assets import ASSETS
from sampan.web.briefs import BriefPage
from sampan.web.desk import ways_out
from sampan.web.links import Here, Links, OfRelease
from sampan.web.science import beside, pictures, sight
from sampan.web.science.listing import GENOME_PAGES, WORK_PAGE, GenomePage
from sampan.web.science.views import Answered
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
    files: tuple[Literal["md", "pdf"], ...] = ()
    mark: Callable[[Session], str] | None = None
    """Of what its answers depend on beside the ledger, if on anything: another mark, other answers."""

    @property
    def forms(self) -> tuple[str, ...]:
        """What may follow its path after a point."""
        return ("json", *(["csv"] if self.sheet else []), *self.files)


def _of_genomes(one: GenomePage) -> Page:
    """A page about genomes: what anybody may see of them today."""
    return Page(
        f"{beside.PUBLIC}{one.path}",
        lambda standing, asked: one.answer(sight.of_public(standing.session, asked.get("virus", "")), asked),
        one.template,
        one.sheet,
        query=one.query,
        mark=sight.mark,
    )


PAGES = (
    Page("/brief", briefs.newest_brief, "brief.html", sheets.of_brief, files=("md", "pdf")),
    Page("/briefs", briefs.briefs, "briefs.html", sheets.of_briefs),
    Page("/briefs/{day}", briefs.brief_of, "brief.html", sheets.of_brief, files=("md", "pdf")),
    Page(
        "/briefs/{day}/versions/{version}",
        briefs.version_of,
        "brief.html",
        sheets.of_brief,
        files=("md", "pdf"),
    ),
    Page(
        "/briefs/{day}/figures/{name}",
        briefs.figure,
        "figure.html",
        sheets.of_evidence,
        query=("version", "from"),
    ),
    Page("/world", situation.world, "world.html", sheets.of_situation, query=("sort", "region")),
    Page("/countries/{code}", partners.country, "party.html", sheets.of_party),
    Page("/organisations/{code}", partners.organisation, "party.html", sheets.of_party),
    Page("/batches", batches.batches, "batches.html", sheets.of_batches),
    Page("/batches/{number}", batches.batch, "batch.html", sheets.of_batch, query=("item",)),
    Page("/consignments/{number}", batches.consignment, "consignment.html", sheets.of_consignment),
    Page("/ledger", proofs.ledger, "ledger.html"),
    Page("/ledger/entries/{id}", proofs.entry, "entry.html"),
    *(_of_genomes(each) for each in (*GENOME_PAGES, WORK_PAGE)),
)

TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "atom": "application/atom+xml; charset=utf-8",
}


def render_page(page: Page, form: str, standing: Standing, asked: Asked, here: Here) -> bytes:
    """The page in one form. Raises NotFound if there is nothing at this address."""
    result = page.view(standing, asked)
    if form != "html" and isinstance(result, Answered) and result.fault:
        raise result.fault
    if form == "json":
        said = result.json if isinstance(result, BriefPage) else plain(result)
        return json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if form == "csv" and page.sheet:
        return sheets.write(*page.sheet(result, speech(here.language)))
    if form in ("md", "pdf"):
        return briefs.as_file(standing, result, "md" if form == "md" else "pdf", here.language)
    said = (
        beside.beside(result, speech(here.language))
        if isinstance(result, Answered)
        else _beside(standing, result, asked, here.language)
    )
    return _html(page.template, here, **_of(standing), asked=asked, it=result, **said)


def feed(standing: Standing, site: str, language: Language) -> bytes:
    """The newest briefs and batches as an Atom feed (RFC 4287)."""
    here = Here(site, language, "/feed.atom", {}, ())
    told = [each for each in briefs.briefs(standing, {}) if each.released or not standing.releases]
    told, sent = told[:20], batches.batches(standing, {})[:20]
    return _html("feed.xml", here, **_of(standing), told=told, batches=sent)


def sorry(
    site: str, language: Language, status: int, *, exercise: bool, wanted: str | None = None, **allowed: int
) -> bytes:
    """The page that says what went wrong, and leads to the sign-in and back to what was ``wanted``: None for a form.

    ``allowed``: how many megabytes ``most_form`` and ``most_field`` may have, for a form that was too large.
    """
    here = Here(site, language, "/brief", {}, ())
    return _html("sorry.html", here, status=status, exercise=exercise, wanted=wanted, **allowed)


def _of(standing: Standing) -> dict[str, Any]:
    return {"standing": standing, "exercise": standing.exercise}


def _html(template: str, here: Here, **said: Any) -> bytes:
    text = templates(here.language).get_template(template)
    return text.render(here=here, links=Links(here.language), assets=ASSETS, **said).encode()


def _beside(standing: Standing, result: Any, asked: Asked, language: Language) -> dict[str, Any]:
    """What a template needs beside the result: a brief as it is said, a picture, rows in a reader's order."""
    spoken = speech(language)
    match result:
        case BriefPage():
            return _said(standing, result, language)
        case partners.Party() if result.course:
            return {"picture": chart.fan(result.course, spoken)}
        case SituationReport():
            picture = tiles.world(standing.report or result, spoken, Links(language))
            return {"rows": _in_order(result.rows, asked, language), "picture": picture}
        case batches.BatchView() if result.flows:
            wanted = next((each for each in result.flows if each.item == asked.get("item")), result.flows[0])
            return {"flow": wanted, "picture": flow.picture(wanted, spoken, standing.session.home)}
        case batches.ConsignmentView():
            return {"picture": timeline.picture(result, spoken)}
    return {}


def _said(standing: Standing, page: BriefPage, language: Language) -> dict[str, Any]:
    said = briefs.document_of(standing, page, language)
    links = OfRelease(language, page.version) if page.version else Links(language)
    return {"heading": plain_text(said.title), "body": html.body(said, links), "release": page.release}


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
    made.filters |= {
        "fault": partial(ways_out.on_page, spoken=speech(language)),
        "share": partial(pictures.share, speech(language)),
    }
    made.globals |= {"REGIONS": REGIONS, "ITEMS": items(), "TONGUES": TONGUES}
    return made
