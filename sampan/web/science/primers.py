"""Do the primers and probes that are watched still fit, by month and place?

What is watched is public. Staff may hold a file of their own against the genomes, which is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sampan.desks.science.primers import OligoFit, read_oligos, watched
from sampan.desks.science.watching import oligos_of
from sampan.engines.genome_search.oligos import Oligo
from sampan.web.asked import Asked
from sampan.web.science.asking import asking
from sampan.web.science.sight import Sight
from sampan.web.science.views import Answered, common, counted

THRESHOLDS = ("0.01", "0.05", "0.1", "0.25")


@dataclass(frozen=True)
class OligoSum:
    """One oligo over all months and places. No share, where it covers no genome."""

    oligo: str
    letters: str
    begin: int
    forward: bool
    covered: int
    mismatched: int
    near: int
    share: float | None
    worst: float | None
    """The largest share of a month, all places together."""
    months: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Watch(Answered):
    """How well oligos fit: each over all, then each by month and place, the worst first."""

    threshold: float = 0.05
    oligos: tuple[OligoSum, ...] = ()
    rows: tuple[OligoFit, ...] = ()


def watch(sight: Sight, asked: Asked, *, file: tuple[str, bytes] | None = None) -> Watch:
    """The watched oligos, or those of ``file``. Raises InputError if a file does not hold."""
    threshold = float(asked["threshold"]) if asked.get("threshold") in THRESHOLDS else 0.05
    look = sight.look
    if look is None:
        return Watch(threshold=threshold)
    ask = asking(look, asked, more=("threshold",))
    if ask.wrong:
        return Watch(**common(look, ask), threshold=threshold)
    layout = look.genomes.index.layout
    oligos = read_oligos(file[1], layout, name=file[0]) if file else oligos_of(sight.session, sight.virus)
    rows = watched(look, ask.query, oligos, by=("month", "country")).rows
    return Watch(
        **common(look, ask, counted(look, ask.query)),
        threshold=threshold,
        oligos=tuple(_sum(each, [row for row in rows if row.oligo == each.name]) for each in oligos),
        rows=tuple(sorted(rows, key=lambda row: (-row.share, -row.covered, row.oligo, row.labels))),
    )


def _sum(oligo: Oligo, rows: Sequence[OligoFit]) -> OligoSum:
    covered, mismatched = sum(row.covered for row in rows), sum(row.mismatched for row in rows)
    by_month: dict[str, tuple[int, int]] = {}
    for row in rows:
        of, bad = by_month.get(row.labels[0], (0, 0))
        by_month[row.labels[0]] = of + row.covered, bad + row.mismatched
    months = tuple((month, bad / of) for month, (of, bad) in sorted(by_month.items()))
    return OligoSum(
        oligo=oligo.name,
        letters=oligo.letters,
        begin=oligo.begin,
        forward=oligo.forward,
        covered=covered,
        mismatched=mismatched,
        near=sum(row.near for row in rows),
        share=mismatched / covered if covered else None,
        worst=max((share for _, share in months), default=None),
        months=months,
    )
