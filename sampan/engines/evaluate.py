"""How good would these estimates have been, and how good are they where the truth is known?

Replays forecasts on past days with only what was known then, scores them beside the hub baseline, and runs
the estimator of R on simulated worlds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError
from sampan.engines import scenarios, score
from sampan.engines.disease import Disease
from sampan.engines.forecast import project, project_deaths
from sampan.engines.incidence import from_cumulative, from_daily
from sampan.engines.situation import LEVELS as R_LEVELS
from sampan.engines.situation import MEDIAN, assess

Array = npt.NDArray[np.float64]
Column = npt.NDArray[np.generic]

WEEKS = 4
LEAST_TOTAL = {"cases": 100.0, "deaths": 10.0}  # people reported so far; smaller places are not scored
SIZE_BORDERS = (10.0, 100.0, 1000.0, 10000.0, 100000.0)  # people reported in the week before the origin
RT_ENDS = (95, 110, 125, 140, 155)  # last days on which R is estimated in the simulated worlds


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Forecasts and their scores.

    forecasts: columns place, origin, horizon (weeks), target (last day of the week), quantile, value.
    scores: one row per place, origin and horizon, columns place, origin, horizon, size (people in the week
        before), truth, wis, log_wis, in50, in95 and the same of the baseline with ``baseline_`` before it;
        NaN in truth and scores where the week is not over.
    summary: relative_wis, relative_log_wis, relative_wis_geometric (mean over places), by horizon
        relative_wis_1 …, coverage50, coverage95, baseline_coverage95, and by size class coverage95_size_0 …;
        count: number of scored weeks.
    """

    forecasts: Mapping[str, Column]
    scores: Mapping[str, Column]
    summary: Mapping[str, float]


def evaluate(
    cumulative: Array,
    places: Sequence[str],
    dates: Sequence[date],
    origins: Sequence[date],
    *,
    disease: Disease,
    target: str = "cases",
    deaths: Array | None = None,
    weeks: int = WEEKS,
    baseline_draws: int = 2000,
) -> Evaluation:
    """Forecast from every origin with the totals known on it, and score what has since been reported.

    cumulative: cases so far, (days, places), NaN where unpublished; one row per date, days in a row. origins:
    last days of data. target: "cases" or "deaths"; deaths then gives their totals, same shape. The truth of a
    week is the difference of totals as they stand in the table. Places with fewer than LEAST_TOTAL people
    by the origin are left out. Raises InputError for origins outside the dates or an unknown target.
    """
    _check(cumulative, places, dates, origins=origins, target=target, deaths=deaths)
    totals = cumulative if target == "cases" or deaths is None else deaths
    known = _carried(totals)
    rows, values = [], []
    for origin in origins:
        day = (origin - dates[0]).days
        seen = from_cumulative(cumulative[: day + 1])
        if target == "cases":
            forecast = project(seen, assess(seen, disease=disease), disease=disease, weeks=weeks)
        else:
            dead = from_cumulative(totals[: day + 1])
            forecast = project_deaths(seen, dead, disease=disease, weeks=weeks)
        for place in np.flatnonzero(known[day] >= LEAST_TOTAL[target]).tolist():
            quantiles = forecast.quantiles[place]
            base = score.hub_baseline(_weeks_to(known, day, place), weeks=weeks, draws=baseline_draws)
            rows += _score_place(known[:, place], place, day, quantiles, base)
            values.append(quantiles)
    return _evaluation(rows, values, places=places, dates=dates, weeks=weeks)


def _check(
    cumulative: Array,
    places: Sequence[str],
    dates: Sequence[date],
    *,
    origins: Sequence[date],
    target: str,
    deaths: Array | None,
) -> None:
    if target not in LEAST_TOTAL or (target == "deaths" and deaths is None):
        raise InputError(
            f"Cannot evaluate {target!r} with the tables given.",
            way_out='Ask for "cases", or for "deaths" with their table.',
        )
    if cumulative.shape != (len(dates), len(places)) or (
        deaths is not None and deaths.shape != cumulative.shape
    ):
        raise InputError(
            f"The table is {cumulative.shape}; there are {len(dates)} dates and {len(places)} places.",
            way_out="Give one row per date and one column per place.",
        )
    if any(later - earlier != timedelta(days=1) for earlier, later in pairwise(dates)):
        raise InputError("The dates are not days in a row.", way_out="Leave a missing day's row empty (NaN).")
    outside = [origin for origin in origins if not dates[0] + timedelta(days=13) <= origin <= dates[-1]]
    if outside or not origins:
        raise InputError(
            f"Origin {outside[0]} is outside the data." if outside else "No origin was given.",
            way_out=f"Choose days from {dates[0] + timedelta(days=13)} to {dates[-1]}.",
        )


def _carried(totals: Array) -> Array:
    """Totals with unpublished days at the last one published, 0 before the first."""
    row = np.maximum.accumulate(np.where(np.isnan(totals), -1, np.arange(len(totals))[:, None]), axis=0)
    return np.where(row < 0, 0.0, np.take_along_axis(totals, np.maximum(row, 0), axis=0))


def _weeks_to(known: Array, day: int, place: int) -> Array:
    """Weekly counts of one place up to ``day``, oldest first."""
    return np.diff(known[day % 7 : day + 1 : 7, place], prepend=0.0)


def _score_place(
    known: Array, place: int, day: int, quantiles: Array, base: Array
) -> list[tuple[float, ...]]:
    rows = []
    for week in range(len(quantiles)):
        end = day + 7 * (week + 1)
        truth = known[end] - known[end - 7] if end < len(known) else np.nan
        scored: list[float] = []
        for forecast in (quantiles[week], base[week]):
            scored += [float(score.wis(forecast, truth)), float(score.log_wis(forecast, truth))]
            scored += [float(score.covered(forecast, truth, central=c)) for c in (0.5, 0.95)]
        rows.append((place, day, week + 1, known[day] - known[max(day - 7, 0)], truth, *scored))
    return rows


SCORED = ("wis", "log_wis", "in50", "in95")
COLUMNS = ("place", "origin", "horizon", "size", "truth", *SCORED, *(f"baseline_{name}" for name in SCORED))


def _evaluation(
    rows: list[tuple[float, ...]],
    values: list[Array],
    *,
    places: Sequence[str],
    dates: Sequence[date],
    weeks: int,
) -> Evaluation:
    table = np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))
    scores: dict[str, Column] = {name: table[:, column] for column, name in enumerate(COLUMNS)}
    place, origin, horizon = (table[:, column].astype(np.int64) for column in range(3))
    names, calendar = np.array(places, dtype=np.str_), np.array(dates, dtype="datetime64[D]")
    scores |= {"place": names[place], "origin": calendar[origin], "horizon": horizon}
    levels = len(score.HUB_LEVELS)
    target = calendar[0] + (origin + 7 * horizon).astype("timedelta64[D]")
    forecasts: dict[str, Column] = {
        "place": np.repeat(names[place], levels),
        "origin": np.repeat(calendar[origin], levels),
        "horizon": np.repeat(horizon, levels),
        "target": np.repeat(target, levels),
        "quantile": np.tile(np.array(score.HUB_LEVELS), len(table)),
        "value": np.concatenate([v.ravel() for v in values]) if values else np.zeros(0),
    }
    return Evaluation(forecasts, scores, _summary(table, weeks))


def _summary(table: Array, weeks: int) -> dict[str, float]:
    column = dict(zip(COLUMNS, table[np.isfinite(table[:, 4])].T, strict=True))
    if not len(column["truth"]):
        return {"count": 0.0}
    ours, base = column["wis"], column["baseline_wis"]
    out = {"count": float(len(ours)), "relative_wis": _ratio(ours, base)}
    out["relative_log_wis"] = _ratio(column["log_wis"], column["baseline_log_wis"])
    out["relative_wis_geometric"] = _geometric(column["place"], ours, base)
    for week in range(1, weeks + 1):
        at = column["horizon"] == week
        if at.any():
            out[f"relative_wis_{week}"] = _ratio(ours[at], base[at])
    out["coverage50"], out["coverage95"] = float(column["in50"].mean()), float(column["in95"].mean())
    out["baseline_coverage95"] = float(column["baseline_in95"].mean())
    size = np.digitize(column["size"], SIZE_BORDERS)
    for group in np.unique(size):
        out[f"coverage95_size_{group}"] = float(column["in95"][size == group].mean())
    return out


def _ratio(ours: Array, base: Array) -> float:
    return float(ours.mean() / base.mean()) if base.mean() > 0 else float("nan")


def _geometric(place: Array, ours: Array, base: Array) -> float:
    index = np.unique(place, return_inverse=True)[1]
    sums = np.bincount(index, ours), np.bincount(index, base)
    both = (sums[0] > 0) & (sums[1] > 0)
    return float(np.exp(np.mean(np.log(sums[0][both] / sums[1][both])))) if both.any() else float("nan")


@dataclass(frozen=True)
class RtScore:
    """How R was recovered in one scenario at one lag (days before the last).

    coverage95: share of true R inside the 95 % interval. error: mean absolute error of log R. width: median
    width of the interval of log R. non_finite: estimates that were not a number. count: estimates scored.
    """

    scenario: str
    lag: int
    coverage95: float
    error: float
    width: float
    non_finite: int
    count: int


def evaluate_rt(
    *, series: int = 200, seed: int = 2020, names: Sequence[str] = tuple(scenarios.SCENARIOS)
) -> list[RtScore]:
    """Simulate and recover R in the scenarios ``names``, at lags 0 and 7 of five last days each.

    Series with fewer than ten cases in the last 14 days are not scored.
    """
    out = []
    for name in names:
        rng = np.random.default_rng([seed, ord(name)])
        world = scenarios.simulate(name, series=series, seed=rng)
        found: dict[int, list[Array]] = {0: [], 7: []}
        for days in RT_ENDS:
            counts, share = scenarios.report(world, days=days, seed=rng)
            situation = assess(from_daily(counts), disease=world.disease, reported_share=share)
            scored = counts[-14:].sum(axis=0) >= 10.0
            for lag, parts in found.items():
                estimate = np.log(situation.r[[0, MEDIAN, len(R_LEVELS) - 1], days - 1 - lag])
                parts.append(np.vstack([np.log(world.r[days - 1 - lag]), estimate])[:, scored])
        out += [_rt_score(name, lag, np.concatenate(parts, axis=1)) for lag, parts in found.items()]
    return out


def _rt_score(name: str, lag: int, parts: Array) -> RtScore:
    truth, low, middle, high = parts
    return RtScore(
        scenario=name,
        lag=lag,
        coverage95=float(((low <= truth) & (truth <= high)).mean()),
        error=float(np.abs(middle - truth).mean()),
        width=float(np.median(high - low)),
        non_finite=int((~np.isfinite(parts)).any(axis=0).sum()),
        count=parts.shape[1],
    )
