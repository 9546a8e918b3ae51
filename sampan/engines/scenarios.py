"""What would the reports look like if the truth were known?

Six simulated worlds in which estimators of R are tried: from clean counts to delayed, noisy, dumped,
corrected and truncated ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES, Disease, discretised_gamma

Array = npt.NDArray[np.float64]

DAYS = 160
TURNS = (40, 80, 120)  # days on which R starts to move to its next level, each up to five days off
LEVELS = (1.6, 0.75, 1.3, 0.85)  # of R
TURNING_DAYS = 7  # days that each move takes
LEAD = 60  # days of growth before the first day
WEEKDAYS = (1.15, 1.1, 1.1, 1.05, 1.05, 0.85, 0.7)
TRUNCATION_DAYS = 2.0  # of the last day's reports, 1 - exp(-1 / 2) are in


@dataclass(frozen=True)
class Scenario:
    """One simulated world. mean: infections per day; dispersion: size k of daily reports, None for exact."""

    name: str
    mean: float = 1000.0
    dispersion: float | None = 10.0
    delayed: bool = False
    artefacts: bool = False
    truncated: bool = False


SCENARIOS = {
    "A": Scenario("clean, 1000 a day", dispersion=None),
    "B": Scenario("low counts, 8 a day", mean=8.0, dispersion=None),
    "C": Scenario("negative binomial k = 10 and weekdays"),
    "D": Scenario("C with silent days, a backlog and a correction", artefacts=True),
    "E": Scenario("C with a delay of 8 days", delayed=True),
    "F": Scenario("E with D's artefacts and right truncation", delayed=True, artefacts=True, truncated=True),
}


@dataclass(frozen=True, eq=False)
class World:
    """A simulated epidemic: r (days, series) the truth, due (days, series) people to be reported per day."""

    scenario: Scenario
    disease: Disease
    r: Array
    due: Array


def simulate(scenario: str, *, series: int, seed: int | np.random.Generator) -> World:
    """Renewal epidemics of one scenario: infections are Poisson around R times the infectious pressure."""
    if scenario not in SCENARIOS or series < 1:
        raise InputError(
            f"No scenario {scenario!r} with {series} series.",
            way_out=f"Choose among {', '.join(SCENARIOS)} and at least one series.",
        )
    rng, chosen = np.random.default_rng(seed), SCENARIOS[scenario]
    delay = discretised_gamma(8.0, 4.0) if chosen.delayed else np.array([1.0])
    disease = replace(
        DISEASES["covid-19"],
        generation_interval=discretised_gamma(4.7, 2.9, shift=1),
        infection_to_report=delay,
    )
    r = _wandering_r(rng, series)
    expected = _epidemic(r, 1.0, disease, None)
    infections = _epidemic(r, chosen.mean / expected[LEAD:].mean(axis=0), disease, rng)
    due = sum(share * infections[LEAD - lag : LEAD + DAYS - lag] for lag, share in enumerate(delay))
    return World(chosen, disease, r, np.asarray(due, dtype=np.float64))


def report(world: World, *, days: int, seed: int | np.random.Generator) -> tuple[Array, Array]:
    """Daily reports as they stood after ``days`` days, (days, series), and the share already in, (days,)."""
    rng, scenario = np.random.default_rng(seed), world.scenario
    share = np.ones(days)
    if scenario.truncated:
        share = 1.0 - np.exp(-np.arange(days, 0, -1) / TRUNCATION_DAYS)
    mean = world.due[:days] * share[:, None]
    if scenario.dispersion is None:
        return mean.copy(), share
    weekday = np.array(WEEKDAYS)[np.arange(days) % 7] / np.mean(WEEKDAYS)
    gamma = rng.gamma(scenario.dispersion, 1.0 / scenario.dispersion, mean.shape)
    counts = rng.poisson(mean * weekday[:, None] * gamma).astype(np.float64)
    if scenario.artefacts:
        _disturb(counts, world.due, rng)
    return counts, share


def _wandering_r(rng: np.random.Generator, series: int) -> Array:
    turns = np.array(TURNS)[:, None] + rng.integers(-5, 6, (len(TURNS), series))
    moved = np.clip((np.arange(DAYS)[:, None, None] - turns) / TURNING_DAYS, 0.0, 1.0)
    steps = np.diff(np.log(LEVELS))
    return np.asarray(np.exp(np.log(LEVELS[0]) + np.einsum("dts,t->ds", moved, steps)), dtype=np.float64)


def _epidemic(r: Array, start: float | Array, disease: Disease, rng: np.random.Generator | None) -> Array:
    """Infections per day with LEAD days before, (LEAD + days, series); without rng the expected course."""
    weights = disease.generation_interval[1:]
    lead = np.exp(0.1 * np.arange(-LEAD, 0))[:, None] * np.ones(r.shape[1]) * start
    infections = np.vstack([lead, np.zeros(r.shape)])
    for day in range(LEAD, len(infections)):
        pressure = weights[::-1] @ infections[day - len(weights) : day]
        mean = r[day - LEAD] * pressure
        infections[day] = mean if rng is None else rng.poisson(mean)
    return infections


def _disturb(counts: Array, due: Array, rng: np.random.Generator) -> None:
    """Silent days counted on the next, one backlog of eight days' worth and one correction of three, in place."""
    days, series = counts.shape
    for place in range(series):
        for day in np.flatnonzero(rng.random(days - 1) < 0.05):
            counts[day + 1, place] += counts[day, place]
            counts[day, place] = 0.0
        backlog, correction = rng.integers(20, days - 5, 2)
        counts[backlog, place] += np.round(8.0 * due[backlog, place])
        counts[correction, place] -= np.round(3.0 * due[correction, place])
