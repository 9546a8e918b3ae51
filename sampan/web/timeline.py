"""How is the way of a consignment drawn: what was said of it on which day?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from sampan.languages.speech import Speech
from sampan.web.batches import ConsignmentView, Step

WIDTH, HEIGHT, LEFT, RIGHT, BASE = 720, 96, 60, 660, 40

SIGNS = {
    "decided": "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    "handed to carrier": "m-6-6h12v12h-12z",
    "received": "m0-8 8 8-8 8-8-8z",
}
"""Shapes of the steps that matter most; all others are a short stroke."""


def picture(view: ConsignmentView, speech: Speech) -> Markup:
    """Days from left to right, a sign for each step; the days are written where there is room."""
    if not view.steps:
        return Markup("")
    parts = [Markup(f'<path class="axis" d="M{LEFT} {BASE}H{RIGHT}"/>')]
    last = -1000.0
    for step, x in zip(view.steps, _places(view.steps), strict=True):
        parts.append(
            Markup(f'<path class="{_class(step)}" d="M{x} {BASE}{SIGNS.get(step.step, "m0-6v12")}"/>')
        )
        if x - last >= 80:
            parts.append(
                Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    x, BASE + 32, speech.short_day(step.day)
                )
            )
            last = x
    return Markup("").join(parts)


def _class(step: Step) -> str:
    return "done" if step.step == "received" else "step"


def _places(steps: Sequence[Step]) -> list[float]:
    """Where each step stands; those of one day a little apart."""
    first, days = steps[0].day, max(1, (steps[-1].day - steps[0].day).days)
    seen: dict[date, int] = {}
    found = []
    for step in steps:
        again = seen[step.day] = seen.get(step.day, -1) + 1
        found.append(round(LEFT + (RIGHT - LEFT) * (step.day - first).days / days + 14 * again, 1))
    return found
