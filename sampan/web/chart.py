"""How is the course of a place drawn, so that it also prints, and reads in any language?

Inline SVG without scripts and without styles of its own: the style sheet of the site gives the classes their
colours. Time runs from left to right in every language, as on charts everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from markupsafe import Markup

from sampan.desks.control.course import Course
from sampan.languages.speech import Speech

WIDTH, HEIGHT = 720, 340
LEFT, RIGHT, TOP, BOTTOM = 96, 8, 14, 34
PAST = 70
"""Days of the past that are shown."""


@dataclass(frozen=True)
class _Frame:
    """Where a day and a number of people a day lie on the picture."""

    first: date
    days: int
    top: float

    def x(self, day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / self.days, 1)

    def y(self, people: float) -> float:
        share = min(1.0, max(0.0, people / self.top))
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 1)


def fan(course: Course, speech: Speech) -> Markup:
    """Reports as bars, infections that will be reported as a line, the weeks ahead as a fan of daily means."""
    past = min(PAST, len(course.days))
    first = course.days[-past]
    weeks = course.week_starts
    frame = _Frame(first, past + 7 * len(weeks), round_up(_highest(course, past)))
    parts = [*_grid(frame, speech), *_bars(course, past, frame), _curve(course, past, frame)]
    parts += _weeks(course, frame)
    now = frame.x(course.days[-1] + timedelta(days=1))
    parts.append(f'<path class="now" d="M{now} {TOP}V{HEIGHT - BOTTOM}"/>')
    parts += _months(frame, speech)
    return Markup("".join(parts))


def _highest(course: Course, past: int) -> float:
    """Room for the reports and most of the fan; an extreme upper tail may leave the picture."""
    at = [round(level, 3) for level in course.forecast_levels].index(0.75)
    ahead = course.weekly[: max(1, course.calibrated_weeks), at] / 7
    return max(1.0, float(np.nan_to_num(course.used[-past:]).max()), float(np.nan_to_num(ahead).max()))


def round_up(count: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(count))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= count)


def _grid(frame: _Frame, speech: Speech) -> Iterator[str]:
    steps = 5 if frame.top % 5 == 0 or frame.top < 5 else 4
    for step in range(steps + 1):
        people = frame.top * step / steps
        y = frame.y(people)
        yield f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        if people == int(people):
            yield f'<text class="tick" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{speech.number(int(people))}</text>'


def _bars(course: Course, past: int, frame: _Frame) -> Iterator[str]:
    width = round((WIDTH - LEFT - RIGHT) / frame.days * 0.8, 1)
    for kind, wanted in (("reported", ~course.odd), ("odd", course.odd)):
        bars = [
            f"M{frame.x(day)} {HEIGHT - BOTTOM}V{frame.y(people)}h{width}V{HEIGHT - BOTTOM}z"
            for day, people, on in zip(
                course.days[-past:], course.reported[-past:], wanted[-past:], strict=True
            )
            if on and people > 0
        ]
        if bars:
            yield f'<path class="{kind}" d="{"".join(bars)}"/>'


def _curve(course: Course, past: int, frame: _Frame) -> str:
    middle = course.infections[course.levels.index(0.5)][-past:]
    points = [
        f"{frame.x(day)} {frame.y(people)}"
        for day, people in zip(course.days[-past:], middle, strict=True)
        if math.isfinite(people)
    ]
    return f'<path class="curve" d="M{"L".join(points)}"/>' if points else ""


def _weeks(course: Course, frame: _Frame) -> Iterator[str]:
    at = {round(level, 3): index for index, level in enumerate(course.forecast_levels)}
    for week, start in enumerate(course.week_starts):
        left, right = frame.x(start), frame.x(start + timedelta(days=7))
        value = {level: frame.y(course.weekly[week, index] / 7) for level, index in at.items()}
        for kind, low, high in (("wide", 0.025, 0.975), ("narrow", 0.25, 0.75)):
            shape = f"M{left} {value[high]}H{right}V{value[low]}H{left}z"
            if week < course.calibrated_weeks:
                yield f'<path class="{kind}" d="{shape}"/>'
            elif kind == "wide":
                yield f'<path class="scenario" d="{shape}"/>'
        yield f'<path class="middle" d="M{left} {value[0.5]}H{right}"/>'


def _months(frame: _Frame, speech: Speech) -> Iterator[str]:
    base = HEIGHT - BOTTOM
    yield f'<path class="axis" d="M{LEFT} {base}H{WIDTH - RIGHT}"/>'
    days = (frame.first + timedelta(days=each) for each in range(frame.days - 6))
    for day in (day for day in days if day.day == 1):
        x = frame.x(day)
        yield f'<path class="axis" d="M{x} {base}v5"/>'
        yield f'<text class="tick" x="{x}" y="{base + 22}" text-anchor="middle">{speech.short_day(day)}</text>'
