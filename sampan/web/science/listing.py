"""Which pages about genomes are there, for strangers and for staff alike?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sampan.web.asked import Asked
from sampan.web.science import primers, registry, sheets, views
from sampan.web.science.asking import FIELDS, Wrong
from sampan.web.science.sight import Sight
from sampan.web.science.views import Answered
from sampan.web.sheets import Sheet


@dataclass(frozen=True)
class GenomePage:
    """One of them: its path after the root of its kind, what it shows, and what its address may ask."""

    path: str
    view: Callable[[Sight, Asked], Answered]
    template: str
    sheet: Sheet
    query: tuple[str, ...] = ()

    def answer(self, sight: Sight, asked: Asked) -> Answered:
        """What it shows of the virus that ``sight`` looks at, and which others there are to choose from."""
        it = replace(self.view(sight, asked), virus=sight.virus, viruses=sight.viruses)
        if sight.asked in ("", sight.virus):
            return it
        wrong = Wrong(
            "virus", f'There are no genomes of "{sight.asked[:60]}" to search.', "Choose one of the list."
        )
        return replace(it, asked=replace(it.asked, wrong=(wrong,)))


GENOME_PAGES = (
    GenomePage("", views.front, "science.html", sheets.of_front, ("virus",)),
    GenomePage("/search", views.searched, "science_search.html", sheets.of_search, (*FIELDS, "from")),
    GenomePage(
        "/mutations",
        views.mutations,
        "science_mutations.html",
        sheets.of_mutations,
        (*FIELDS, "level", "least"),
    ),
    GenomePage(
        "/course", views.courses, "science_course.html", sheets.of_courses, (*FIELDS, "mutation", "level")
    ),
    GenomePage("/map", views.genome_map, "science_map.html", sheets.of_map, (*FIELDS, "least")),
    GenomePage("/lineages", views.shares, "science_lineages.html", sheets.of_shares, FIELDS),
    GenomePage("/primers", primers.watch, "science_primers.html", sheets.of_primers, (*FIELDS, "threshold")),
    GenomePage("/works", registry.registry, "science_registry.html", sheets.of_registry),
)
WORK_PAGE = GenomePage("/works/{work}", registry.registered, "science_work.html", sheets.of_registered)
"""One work or set, by its number."""
