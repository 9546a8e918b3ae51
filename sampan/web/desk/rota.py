"""Which team is where, and when? A line for each, over the weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from sampan.desks.assistance.teams import TeamRow
from sampan.languages.speech import Speech
from sampan.web.desk.bars import MOST_LETTERS, Fill, Picture, box
from sampan.web.names import label, lines

WIDTH, LEFT, RIGHT, ROW, HEAD = 720, 214, 712, 30, 26
FILLS: dict[str, Fill] = {"planned": "outlined", "deployed": "whole", "returned": "hatched"}
MOST = 25


def picture(rows: Sequence[TeamRow], today: date, speech: Speech) -> Picture:
    """A bar from the first day of each team to its last, with the day that it is; the latest teams, if many."""
    shown = sorted(rows, key=lambda row: (row.start, row.number))[-MOST:]
    if not shown:
        return Picture(Markup(""), 1)
    first = min(row.start for row in shown)
    days = max(1, (max([today, *(row.last for row in shown)]) - first).days + 1)

    def x(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * (day - first).days / days

    high = HEAD + ROW * len(shown)
    parts = [_mark(x(day), high, speech.short_day(day)) for day in _mondays(first, days)]
    for at, row in enumerate(shown):
        y = HEAD + at * ROW + 5
        name = lines(f"{row.number} {speech.party(row.recipient)}", MOST_LETTERS)
        parts.append(label(LEFT - 8, y + 15, name, "end"))
        parts.append(
            box(FILLS[row.state], x(row.start), y, x(row.last + timedelta(days=1)) - x(row.start), 20)
        )
    parts.append(Markup('<path class="mark" d="M{} {}V{}"/>').format(round(x(today), 1), HEAD - 4, high))
    return Picture(Markup("").join(parts), high + 6)


def _mondays(first: date, days: int) -> list[date]:
    """Mondays, as many as there is room to name."""
    every = max(1, days // 49 + 1)
    start = first + timedelta(days=-first.weekday() % 7)
    found = [start + timedelta(days=7 * at) for at in range(days // 7 + 1)]
    return [day for day in found if (day - first).days < days][::every]


def _mark(x: float, high: int, text: str) -> Markup:
    return Markup('<path class="grid" d="M{0} {1}V{2}"/>').format(round(x, 1), HEAD - 4, high) + label(
        x, HEAD - 10, text, "middle"
    )
