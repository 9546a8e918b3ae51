"""How long will stock last: what of an item stays in date week by week, beside home's reserve and what is promised?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from sampan.desks.assistance.depots import LotOnHand
from sampan.desks.assistance.lists import Stock
from sampan.languages.speech import Speech
from sampan.web import chart
from sampan.web.desk.bars import Fill, Picture, box
from sampan.web.names import label

WEEKS = 12
WIDTH, LEFT, RIGHT, TOP, HIGH = 720, 100, 712, 12, 190


@dataclass(frozen=True)
class Week:
    """What is in date on the first day of a week, less what was promised; and what of it expires within the week."""

    first: date
    left: int
    promised: int
    expiring: int


def weeks(lots: Iterable[LotOnHand], today: date, promised: int) -> tuple[Week, ...]:
    """The coming weeks, if nothing comes in and what is promised leaves: lots go out as they expire."""
    good = [lot for lot in lots if not lot.expired]
    found = []
    for at in range(WEEKS):
        first = today + timedelta(days=7 * at)
        last = first + timedelta(days=6)
        there = [lot for lot in good if lot.expiry is None or lot.expiry >= first]
        units = sum(lot.units for lot in there)
        going = sum(lot.units for lot in there if lot.expiry is not None and lot.expiry <= last)
        found.append(Week(first, max(0, units - promised), min(units, promised), going))
    return tuple(found)


def reserve_of(stock: Stock, item: str) -> int:
    """What is kept of an item for home, in all depots."""
    return sum(one.reserve for one in stock.items if one.item == item)


def picture(found: Sequence[Week], reserve: int, speech: Speech) -> Picture:
    """A column for each week: free to plan with, expiring within the week, promised on top; the reserve as a line."""
    top = chart.round_up(max(2, reserve, *(week.left + week.promised for week in found)))
    wide = (RIGHT - LEFT) / len(found)
    parts = [
        Markup('<path class="axis" d="M{} {}H{}"/>').format(LEFT, TOP + HIGH, RIGHT),
        *(_tick(top * share, top, speech) for share in (0.0, 0.5, 1.0)),
    ]
    for at, week in enumerate(found):
        x, y = LEFT + at * wide + 4, float(TOP + HIGH)
        expiring = min(week.expiring, week.left)
        stacked: tuple[tuple[Fill, int], ...] = (
            ("whole", week.left - expiring),
            ("crossed", expiring),
            ("outlined", week.promised),
        )
        for fill, units in stacked:
            high = HIGH * units / top
            y -= high
            if high > 0:
                parts.append(box(fill, x, y, wide - 8, high))
        if at % 2 == 0:
            parts.append(label(x + wide / 2 - 4, TOP + HIGH + 18, speech.short_day(week.first), "middle"))
    line = round(TOP + HIGH - HIGH * reserve / top, 1)
    if reserve:
        parts.append(Markup('<path class="mark" d="M{} {}H{}"/>').format(LEFT, line, RIGHT))
    return Picture(Markup("").join(parts), TOP + HIGH + 28)


def _tick(units: float, top: float, speech: Speech) -> Markup:
    y = round(TOP + HIGH - HIGH * units / top, 1)
    return Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, y, RIGHT) + label(
        LEFT - 6, y + 4, speech.number(round(units)), "end"
    )
