"""How are figures of several things drawn beside each other, so that they also print, and need no colour?

Bars from left to right in every language, each part of them filled in its own way: whole, hatched, outlined.
The same figures stand in the table beside the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from markupsafe import Markup

from sampan.web.names import LINE, label, lines

Fill = Literal["whole", "hatched", "outlined", "crossed"]

WIDTH, LEFT, RIGHT = 720, 214, 590
ROW, BAR = 30, 20
MOST_LETTERS = 26
"""Letters of a line beside a bar."""


@dataclass(frozen=True)
class Bar:
    """One thing: its name, its lanes one below the other, each of parts side by side, and what is said at its end.

    ``top`` is what a whole bar stands for; ``mark`` is drawn as a line across the lanes.
    """

    name: str
    lanes: tuple[tuple[tuple[Fill, float], ...], ...]
    said: str
    top: float
    mark: float | None = None


@dataclass(frozen=True)
class Picture:
    """The inside of a drawing, and how high it is; all are 720 wide."""

    svg: Markup
    height: int


def picture(bars: Sequence[Bar]) -> Picture:
    """The bars below each other."""
    names = [lines(bar.name, MOST_LETTERS) for bar in bars]
    ends = list(accumulate(max(ROW, LINE * len(name) + 6) for name in names)) or [ROW]
    parts = [
        part
        for bar, name, end, top in zip(bars, names, ends, [0, *ends], strict=False)
        for part in _drawn(bar, name, (top + end - ROW) // 2 + 4)
    ]
    return Picture(Markup("").join(parts), ends[-1] + 6)


def _drawn(bar: Bar, name: list[str], y: int) -> list[Markup]:
    high = BAR / max(1, len(bar.lanes))
    parts = [label(LEFT - 8, y + 15, name, "end"), label(RIGHT + 6, y + 15, bar.said, "start")]
    parts.append(Markup('<path class="axis" d="M{} {}v{}"/>').format(LEFT, y - 2, BAR + 4))
    for at, lane in enumerate(bar.lanes):
        x = float(LEFT)
        for fill, value in lane:
            wide = _wide(value, bar.top)
            if wide > 0:
                parts.append(box(fill, x, y + at * high, wide, high - (1 if len(bar.lanes) > 1 else 0)))
            x += wide
    if bar.mark is not None:
        x = LEFT + _wide(bar.mark, bar.top)
        parts.append(Markup('<path class="mark" d="M{} {}v{}"/>').format(round(x, 1), y - 2, BAR + 4))
    return parts


def _wide(value: float, top: float) -> float:
    return (RIGHT - LEFT) * min(1.0, max(0.0, value / top)) if top > 0 else 0.0


def box(fill: Fill, x: float, y: float, wide: float, high: float) -> Markup:
    """A rectangle, filled in one of the ways."""
    hatch = Markup(' fill="url(#{})"').format(fill) if fill in ("hatched", "crossed") else ""
    return Markup('<path class="part {}"{} d="M{} {}h{}v{}h-{}z"/>').format(
        fill, hatch, round(x, 1), round(y, 1), round(wide, 1), round(high, 1), round(wide, 1)
    )
