"""What do situation and forecast cost, and how good are they?

``python -m bench.situation [--size tiny|small|ordinary|full] [--json]``. CPU seconds of this process on a
simulated panel of the bar's size (213 places × 330 days, artefacts included); ``ordinary`` adds coverage
and error in the six simulated worlds; ``full`` adds the scores against the hub baseline on WHO's file of
2020 in ../shared/data (left out where the folder is absent).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from sampan.engines.disease import DISEASES
from sampan.engines.evaluate import evaluate, evaluate_rt
from sampan.engines.forecast import project, project_deaths
from sampan.engines.incidence import Incidence, from_daily
from sampan.engines.renewal import fit
from sampan.engines.situation import assess, closed_form
from sampan.engines.tracker import advance, track

Row = dict[str, Any]
COVID = DISEASES["covid-19"]
PANELS = {"tiny": (10, 60), "small": (60, 120), "ordinary": (213, 330), "full": (213, 330)}
SERIES = {"tiny": 5, "small": 20, "ordinary": 200, "full": 200}
SHARED = Path(os.environ.get("SAMPAN_SHARED", Path(__file__).parents[2] / "shared"))


def panel(places: int, days: int, *, seed: int = 2020) -> np.ndarray:
    """Daily reports (days, places): waves of uneven size with weekdays, silence, bulks and corrections."""
    rng = np.random.default_rng(seed)
    growth = 0.06 * np.sin(np.arange(days)[:, None] / 30.0 + rng.uniform(0, 6, places))
    level = np.exp(rng.normal(4, 2, places) + np.cumsum(growth, axis=0))
    weekday = 1.0 - 0.3 * (np.arange(days) % 7 >= 5)
    counts = rng.poisson(level * weekday[:, None] * rng.gamma(8, 1 / 8, level.shape)).astype(float)
    silent = rng.random(counts.shape) < 0.06
    silent[-1] = False
    for day in range(days - 1):
        counts[day + 1] += np.where(silent[day], counts[day], 0.0)
        counts[day] = np.where(silent[day], 0.0, counts[day])
    bulk = rng.random(counts.shape) < 0.004
    return np.where(bulk, counts * 6, counts)


def run(size: str) -> list[Row]:
    """Every problem at one size; one row per phase."""
    places, days = PANELS[size]
    rows = _cost(f"{places} places × {days} days", panel(places, days))
    rows += _worlds(SERIES[size])
    if size == "full" and (SHARED / "data/who").is_dir():
        rows += _summer()
    return rows


def _row(problem: str, phase: str, value: float, unit: str, bar: str = "") -> Row:
    return {"problem": problem, "phase": phase, "value": value, "unit": unit, "bar": bar}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return work(), time.process_time() - start


def _cost(problem: str, counts: np.ndarray) -> list[Row]:
    incidence, clean = _timed(lambda: from_daily(counts))
    fitted, renewal = _timed(lambda: fit(incidence, disease=COVID))
    followed, tracked = _timed(lambda: track(incidence, disease=COVID, fitted=fitted))
    situation, _ = _timed(lambda: assess(incidence, disease=COVID))
    _, forecast = _timed(lambda: project(incidence, situation, disease=COVID).samples(1000, seed=1))
    _, deaths = _timed(lambda: project_deaths(incidence, incidence, disease=COVID))
    _, closed = _timed(lambda: closed_form(incidence, disease=COVID))
    _, day = _timed(lambda: _one_day(counts[-60:], followed.tracker))
    phases = [
        ("clean", clean, ""),
        ("renewal", renewal, ""),
        ("tracker and smoother", tracked, ""),
        ("forecast, 1000 paths", forecast, ""),
        ("deaths", deaths, ""),
        ("closed form (Cori)", closed, ""),
        ("full refresh", clean + renewal + tracked + forecast, "≤ 2"),
        ("one new day", day, "≤ 0.05"),
    ]
    rows = [_row(problem, phase, value, "CPU s", bar) for phase, value, bar in phases]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return [*rows, _row(problem, "peak memory", peak, "GB", "≤ 1")]


def _one_day(counts: np.ndarray, tracker: Any) -> None:
    """Clean the last two months with the new day in them, and take it in."""
    seen: Incidence = from_daily(counts)
    advance(tracker, seen.comparable[-1], covers=seen.covers[-1], read=seen.readable[-1])


def _worlds(series: int) -> list[Row]:
    scores, seconds = _timed(lambda: evaluate_rt(series=series))
    rows = []
    for row in scores:
        problem = f"R in world {row.scenario}, {series} series, lag {row.lag}"
        rows.append(_row(problem, "95 % coverage", row.coverage95, "", "0.92–0.98"))
        rows.append(_row(problem, "error of log R", row.error, ""))
    return [*rows, _row(f"six worlds, {series} series", "simulate and recover", seconds, "CPU s")]


def _summer() -> list[Row]:
    from sampan.formats import who

    table = who.read((SHARED / "data/who/WHO-COVID-19-global-data.csv").read_bytes())
    names = [label.text for label in table.labels]
    origins = [date(2020, 6, 1) + timedelta(weeks=week) for week in range(18)]
    origins = [origin for origin in origins if origin <= table.days[-1]]
    rows = []
    for target, bar in (("cases", "≤ 0.78"), ("deaths", "≤ 0.85")):
        result = evaluate(
            table.cases, names, table.days, origins, disease=COVID, target=target, deaths=table.deaths
        )
        for phase, value in result.summary.items():
            goal = bar if phase == "relative_wis" else ""
            goal = "≤ 1.0" if phase[:-1] == "relative_wis_" else goal
            goal = "0.90–0.97" if phase.startswith("coverage95") else goal
            rows.append(_row(f"WHO {target}, June to September 2020", phase, value, "", goal))
    return rows


def main() -> None:
    """Prints the rows as a table, or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.situation", description=__doc__)
    parser.add_argument("--size", choices=tuple(PANELS), default="ordinary")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = run(asked.size)
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        bar = f"  (bar {row['bar']})" if row["bar"] else ""
        print(f"{row['problem']:<44} {row['phase']:<28} {row['value']:>10.4g} {row['unit']:<8}{bar}")


if __name__ == "__main__":
    main()
