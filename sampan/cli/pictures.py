"""What does it look like? Pictures of results, as SVG or PNG, that print in black and white too."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sampan.core.errors import InputError
from sampan.core.files import write_whole

if TYPE_CHECKING:
    from sampan.desks.assistance.plan import Decision
    from sampan.desks.control.course import Course

INK, ACCENT, QUIET, WARN = "#1b1f24", "#0b5c7a", "#8a949e", "#8a1c1c"
BANDS = ((0.025, 0.975, 0.18), (0.1, 0.9, 0.28), (0.25, 0.75, 0.4))
"""Lower and upper level of each band, and how dark it is."""

FORMS = (".svg", ".png")


def check_form(file: Path | None) -> None:
    """Raises InputError, before anything is computed, for a picture that cannot be written."""
    if file is not None and file.suffix not in FORMS:
        raise InputError(f"A picture cannot be written as {file.name}.", way_out=f"Use {' or '.join(FORMS)}.")


def fan(course: Course, file: Path) -> None:
    """The fan chart of a place: reports as bars, odd days marked, R below, the weeks ahead as a fan."""
    figure, (upper, lower) = _figure(2, heights=(3, 1.4))
    _reports(upper, course)
    _weeks_ahead(upper, course)
    _reproduction(lower, course)
    _titled(figure, upper, f"{course.name}: new reported cases a day", exercise=course.exercise)
    upper.set_ylim(0, _ceiling(course))
    upper.legend(loc="upper left", frameon=False, fontsize=8)
    _save(figure, file)


def _figure(rows: int, *, heights: tuple[float, ...]) -> Any:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update(
        {"svg.hashsalt": "sampan", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    )
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5.4), layout="constrained")
    return figure, np.atleast_1d(figure.subplots(rows, 1, sharex=True, height_ratios=heights))


def _reports(axes: Any, course: Course) -> None:
    ordinary = ~course.odd
    axes.bar(_on(course, ordinary), course.reported[ordinary], color=QUIET, width=0.9, label="reported")
    if course.odd.any():
        axes.bar(
            _on(course, course.odd),
            course.reported[course.odd],
            color="none",
            edgecolor=WARN,
            hatch="////",
            width=0.9,
            label="corrected or anomalous",
        )
    for low, high, dark in BANDS:
        axes.fill_between(
            course.days, _level(course, low), _level(course, high), color=ACCENT, alpha=dark, lw=0
        )
    axes.plot(
        course.days, _level(course, 0.5), color=ACCENT, lw=1.2, label="infections that will be reported"
    )


def _on(course: Course, mask: Any) -> list[Any]:
    return [day for day, on in zip(course.days, mask, strict=True) if on]


def _level(course: Course, level: float) -> Any:
    return course.infections[course.levels.index(level)]


def _weeks_ahead(axes: Any, course: Course) -> None:
    """Weekly cases as a daily mean, so that they stand beside the daily reports; scenario weeks are hatched."""
    at = {round(level, 3): index for index, level in enumerate(course.forecast_levels)}
    for week, start in enumerate(course.week_starts):
        calibrated = week < course.calibrated_weeks
        for low, high, dark in BANDS:
            lower, upper = (course.weekly[week, at[level]] / 7 for level in (low, high))
            axes.fill_between(
                [start, start + timedelta(days=7)],
                lower,
                upper,
                color=INK,
                alpha=dark,
                lw=0,
                hatch=None if calibrated else "..",
            )
        axes.hlines(
            course.weekly[week, at[0.5]] / 7,
            start,
            start + timedelta(days=7),
            color=INK,
            lw=1.4,
            ls="-" if calibrated else ":",
            label={0: "forecast, daily mean", course.calibrated_weeks: "scenario range"}.get(week),
        )


def _reproduction(axes: Any, course: Course) -> None:
    for low, high, dark in BANDS:
        axes.fill_between(
            course.days,
            course.r[course.levels.index(low)],
            course.r[course.levels.index(high)],
            color=ACCENT,
            alpha=dark,
            lw=0,
        )
    axes.plot(course.days, course.r[course.levels.index(0.5)], color=ACCENT, lw=1.2)
    axes.axhline(1, color=INK, lw=0.8, ls="--")
    axes.set_ylabel("R")
    axes.set_ylim(0, min(8, float(np.nanmax(course.r[:, -60:])) * 1.1))


def _ceiling(course: Course) -> float:
    """Room for the reports and most of the fan; an extreme upper tail may leave the picture."""
    at = [round(level, 3) for level in course.forecast_levels].index(0.9)
    reports = np.nan_to_num(course.used)
    return 1.15 * max(
        1.0, float(reports.max()), float((course.weekly[: course.calibrated_weeks, at] / 7).max())
    )


def coverage(decision: Decision, item: str, file: Path, *, exercise: bool, most: int = 40) -> None:
    """The share of need met by recipient, before (open) and after (filled) the plan, those left shortest first."""
    lines = sorted((c for c in decision.coverage if c.item == item), key=lambda c: c.after)[:most]
    figure, (axes,) = _figure(1, heights=(1,))
    figure.set_size_inches(8, 1.2 + 0.19 * len(lines))
    rows = range(len(lines))
    axes.hlines(rows, [c.before for c in lines], [c.after for c in lines], color=QUIET, lw=1.5)
    axes.plot([c.before for c in lines], rows, "o", mfc="white", mec=QUIET, ms=5, ls="", label="before")
    axes.plot([c.after for c in lines], rows, "o", color=ACCENT, ms=5, ls="", label="after")
    axes.set_yticks(rows, [c.name for c in lines])
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    title = f"Expected share of need for {item} that is met, plan of {decision.day}"
    _titled(figure, axes, title, exercise=exercise)
    _save(figure, file)


def _titled(figure: Any, axes: Any, title: str, *, exercise: bool) -> None:
    axes.set_title(title, loc="left", fontweight="bold")
    if exercise:
        figure.text(0.99, 0.985, "EXERCISE", ha="right", va="top", color=WARN, fontweight="bold")


def _save(figure: Any, file: Path) -> None:
    drawn = io.BytesIO()
    metadata = {"Date": None} if file.suffix == ".svg" else None
    figure.savefig(drawn, format=file.suffix[1:], dpi=150, metadata=metadata)
    write_whole(file, drawn.getvalue())
