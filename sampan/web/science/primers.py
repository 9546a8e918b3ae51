"""Do the primers and probes that are watched still fit, by month and place?

What is watched is public. Staff may hold a file of their own against the genomes, which is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sampan.desks.science.primers import OligoFit, read_oligos, watched
from sampan.desks.science.watching import oligos_of
from sampan.engines.genome_search.oligos import Oligo
from sampan.web.asked import Asked
from sampan.web.science.asking import asking
from sampan.web.science.sight import Sight
from sampan.web.science.views import Answered, common, counted

THRESHOLDS = ("0.01", "0.05", "0.1", "0.25")

FEW = 5
"""Covered genomes under which a share tells nothing: one of one is 100 per cent."""

Sign = Literal["look", "few", "fits"]
"""Whether a share calls for a look, is of too few genomes to tell, or is small."""


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
    """The largest share of a month, all places together; of months with enough genomes to tell, if there are any."""
    worst_covered: int
    """The genomes of that month which it covers."""
    months: tuple[tuple[str, float], ...]


@dataclass(frozen=True, kw_only=True)
class Watch(Answered):
    """How well oligos fit: each over all, then each by month and place, the worst first."""

    threshold: float = 0.05
    oligos: tuple[OligoSum, ...] = ()
    rows: tuple[OligoFit, ...] = ()

    def sign(self, share: float, covered: int) -> Sign:
        """What a share of so many genomes says."""
        if covered < FEW:
            return "few"
        return "look" if share >= self.threshold else "fits"


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
        rows=tuple(sorted(rows, key=lambda row: _urgency(row, threshold))),
    )


def _urgency(row: OligoFit, threshold: float) -> tuple[bool, bool, float, int, str, tuple[str, ...]]:
    """Where a row stands in the list: what is of too few genomes never before what is of enough."""
    return row.share < threshold, row.covered < FEW, -row.share, -row.covered, row.oligo, row.labels


def _sum(oligo: Oligo, rows: Sequence[OligoFit]) -> OligoSum:
    covered, mismatched = sum(row.covered for row in rows), sum(row.mismatched for row in rows)
    by_month: dict[str, tuple[int, int]] = {}
    for row in rows:
        of, bad = by_month.get(row.labels[0], (0, 0))
        by_month[row.labels[0]] = of + row.covered, bad + row.mismatched
    months = tuple((month, bad / of) for month, (of, bad) in sorted(by_month.items()))
    worst = max(((of >= FEW, bad / of, of) for of, bad in by_month.values()), default=None)
    return OligoSum(
        oligo=oligo.name,
        letters=oligo.letters,
        begin=oligo.begin,
        forward=oligo.forward,
        covered=covered,
        mismatched=mismatched,
        near=sum(row.near for row in rows),
        share=mismatched / covered if covered else None,
        worst=worst[1] if worst else None,
        worst_covered=worst[2] if worst else 0,
        months=months,
    )
