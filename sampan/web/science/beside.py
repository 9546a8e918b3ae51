"""What does a page about genomes need beside its answer: pictures, addresses, and the frame that it stands in?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sampan.languages.speech import Speech
from sampan.web.links import Links
from sampan.web.science import pictures
from sampan.web.science.primers import FEW, THRESHOLDS, Watch
from sampan.web.science.views import (
    LEAST,
    LISTED,
    MOST_MUTATIONS,
    Answered,
    Courses,
    Front,
    GenomeMap,
    Searched,
    Shares,
    Stem,
)

PUBLIC, DESK = "/science", "/desk/genomes"
"""Under which the pages are, of strangers and of staff."""

SHOWN_FIRST = 10
"""Rows of a count on the overview before the others fold."""

MOST_WATCHED = 200
"""Rows of the primer watch on a page; its file has all."""


def beside(it: Answered, spoken: Speech, root: str = PUBLIC) -> dict[str, Any]:
    """All of it, for the pages under ``root``."""
    links = Links(spoken.language)
    return {
        "root": root,
        "frame": "base.html" if root == PUBLIC else "desk.html",
        "picture": _picture(it, spoken, links, root),
        "line_sign": pictures.line_sign,
        "band_sign": pictures.band_sign,
        "patterns": pictures.patterns,
        "other_band": len(pictures.HATCHES) - 1,
        "FEW": FEW,
        "LEAST": LEAST,
        "LISTED": LISTED,
        "MOST_MUTATIONS": MOST_MUTATIONS,
        "MOST_WATCHED": MOST_WATCHED,
        "SHOWN_FIRST": SHOWN_FIRST,
        "THRESHOLDS": THRESHOLDS,
        "worst": worst(it) if isinstance(it, Watch) else (),
    }


def worst(it: Watch) -> list[Any]:
    """The oligos that are drawn: those that fit worst, of those that anything is known of."""
    known = [each for each in it.oligos if each.worst is not None]
    return sorted(known, key=lambda each: (-(each.worst or 0), each.oligo))[: len(pictures.MARKS)]


def _picture(it: Answered, spoken: Speech, links: Links, root: str) -> Any:
    match it:
        case Front() | Searched():
            return pictures.bars(it.months, spoken)
        case Courses():
            series = [(each.mutation, {row.labels[0]: row.share for row in each.rows}) for each in it.courses]
            return pictures.lines(series, spoken)
        case GenomeMap():
            return pictures.genome(it, spoken, _to_course(it, links, root))
        case Shares():
            return pictures.bands(it, spoken)
        case Watch():
            drawn = [(each.oligo, dict(each.months)) for each in worst(it)]
            return pictures.lines(drawn, spoken, threshold=it.threshold)
    return None


def _to_course(it: GenomeMap, links: Links, root: str) -> Callable[[Stem], str]:
    words: Mapping[str, str] = {name: word for name, word in it.asked.words.items() if word}
    return lambda stem: links.to(f"{root}/course", **words, mutation=stem.mutation)
