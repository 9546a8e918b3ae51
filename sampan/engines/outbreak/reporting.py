"""What would the world's tables show of it?

Nothing is lost on the way, only late, doubled or redefined, and each mishap is logged. Cases that are ready
wait in a pool; on day t a place works off the share

    1 − exp(−h_t n_t),   n_t ~ Gamma(mean 1)

of it, where h follows the weekday: sums are kept while days are shaped. What is worked off on silent days
goes out with the next report. The pool adds about a day to the delay from infection to report.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError
from sampan.engines.outbreak.epidemic import Truth
from sampan.engines.outbreak.scenario import Floats, Ints, Scenario

Mask = NDArray[np.bool_]

POOL = 2.0  # days' worth of cases in the pool, so that half of it is worked off on a common day
# What noise of the pace becomes in the reports, to first order. A pace 1 % up sends ELASTICITY % more; what
# was sent is missing from the pool afterwards, which adds share/(2 − share) to the variance.
SHARE = 1 / POOL
ELASTICITY = -np.log1p(-SHARE) * (1 - SHARE) / SHARE
NOISE_VARIANCE = ELASTICITY**2 * (1 + SHARE / (2 - SHARE))
WEEK = np.array(
    [-0.30, 0.00, 0.15, 0.25, 0.30, 0.10, -0.50]
)  # Monday to Sunday, a common shape of low weekends


@dataclass(frozen=True)
class Event:
    """One mishap in one place. ``kind``: dump, correction, death correction, or definition."""

    kind: str
    place: int
    day: int
    """dump: sending stops. correction: the batch enters twice. definition: the change."""
    until: int
    """dump: all is sent. correction: the batch is taken out again. definition: the last day, included."""
    cases: int
    """dump: held back and sent at once. correction: entered and taken out. definition: added in all."""


@dataclass(frozen=True, eq=False)
class Habits:
    """How each place reports, and every mishap: what a detector can be held against."""

    weekday: Floats
    """(7, places) factor by weekday, Monday first; mean 1 over the week."""
    case_k: Floats
    """(places,) negative binomial k of a day's cases."""
    death_k: Floats
    """(places,) the same for deaths."""
    silent: Mask
    """(days, places) nothing was sent that day."""
    regular: Mask
    """(7, places) weekdays on which nothing is ever sent, Monday first."""
    start: Ints
    """(places,) first day on which the place may report; 0 for all but late starters."""
    events: tuple[Event, ...]
    """By day, then place."""


@dataclass(frozen=True, eq=False)
class Reported:
    """The published tables. Flat on a silent day, as in JHU's files; it may fall where corrected."""

    cases: Ints
    """(days, places) cumulative cases."""
    deaths: Ints
    """(days, places) cumulative deaths, never above cumulative cases."""
    waiting: Ints
    """(places,) cases ready but not yet reported after the last day."""
    habits: Habits

    @property
    def new_cases(self) -> Ints:
        """(days, places) day's change; negative where a correction exceeds the day's report."""
        return np.diff(self.cases, axis=0, prepend=0)


def report(truth: Truth, *, scenario: Scenario, rng: np.random.Generator) -> Reported:
    """Pass the ready cases and deaths of ``truth`` through the scenario's habits of reporting.

    For every place, and exactly: last cumulative cases + waiting = sum of ``truth.cases`` + what the change
    of definition added. Raises InputError if truth and scenario differ in days.
    """
    days, places = truth.cases.shape
    if days != scenario.days:
        raise InputError(
            f"The truth has {days} days and the scenario {scenario.days}.",
            field="days",
            way_out="Report with the scenario that was simulated.",
        )
    weekday, regular = _weekdays(places, scenario, rng)
    case_k, death_k = (
        k * np.exp(scenario.noise_k_spread * rng.standard_normal(places))
        for k in (scenario.case_noise_k, scenario.death_noise_k)
    )
    start = _starts(truth.cases, scenario, rng)
    silent = _silences(days, regular, start, scenario, rng)
    held, dumps = _plan_dumps(silent, scenario, rng)
    pace = _pace(weekday)[_weekday_of(days, scenario)]

    cases, sent, waiting = _release(truth.cases, pace=pace, k=case_k, silent=silent, held=held, rng=rng)
    deaths, _, _ = _release(
        truth.deaths, pace=pace, k=death_k, silent=silent, held=np.zeros_like(held), rng=rng
    )
    events = [Event("dump", p, d, u, int(sent[u, p])) for p, d, u in dumps if sent[u, p] > 0]
    events += _redefine(cases, silent, scenario, rng)
    events += _correct(cases, silent, scenario, rng, kind="correction")
    events += _correct(deaths, silent, scenario, rng, kind="death correction")

    total = np.cumsum(cases, axis=0)
    habits = Habits(
        weekday=weekday,
        case_k=case_k,
        death_k=death_k,
        silent=silent,
        regular=regular,
        start=start,
        events=tuple(sorted(events, key=lambda event: (event.day, event.place, event.kind))),
    )
    return Reported(
        cases=total, deaths=np.minimum(np.cumsum(deaths, axis=0), total), waiting=waiting, habits=habits
    )


def _release(
    ready: Ints, *, pace: Floats, k: Floats, silent: Mask, held: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Day by day from pool to table: reported, of it sent by a dump (both (days, places)), still waiting.

    pace: (days, places) h of the module's equation, per day.
    held: (days, places) share of the day's ready cases kept aside by a laboratory that has stopped sending;
    they are sent on the first day on which the share is 0 again.
    """
    shape = k * NOISE_VARIANCE
    share = -np.expm1(-pace * rng.gamma(shape, 1 / shape, size=pace.shape))
    reported, sent = np.zeros_like(ready), np.zeros_like(ready)
    pool, outbox, aside = (np.zeros(ready.shape[1], dtype=np.int64) for _ in range(3))
    for day in range(len(ready)):
        kept = rng.binomial(ready[day], held[day])
        aside += kept
        sent[day] = np.where((held[day] == 0) & ~silent[day], aside, 0)
        aside -= sent[day]
        pool += ready[day] - kept
        done = rng.binomial(pool, share[day])
        pool -= done
        outbox += done
        reported[day] = np.where(silent[day], 0, outbox + sent[day])
        outbox[~silent[day]] = 0
    return reported, sent, pool + outbox + aside


def _weekdays(places: int, scenario: Scenario, rng: np.random.Generator) -> tuple[Floats, Mask]:
    """(7, places) factors with the scenario's mean swing (long-tailed between places); silent weekdays."""
    shape = WEEK[:, None] + 0.1 * rng.standard_normal((7, places))
    shape = (shape - shape.mean(axis=0)) / np.ptp(shape, axis=0)
    swing = rng.gamma(2.0, scenario.weekday_swing / 2.0, size=places)
    factor = np.maximum(1 + swing * shape, 0.05)
    regular = np.zeros((7, places), dtype=bool)
    draw = rng.random(places)
    regular[6] = draw < scenario.regular_share
    regular[5] = draw < scenario.regular_share / 2
    return factor / factor.mean(axis=0), regular


def _pace(weekday: Floats) -> Floats:
    """(7, places) h that makes steady cases come out in the pattern ``weekday``.

    The pool gains 1 − weekday a day; a day's share is its factor over the pool it meets.
    """
    gained = np.cumsum(1 - weekday, axis=0) - (1 - weekday)
    pool = POOL + gained - gained.mean(axis=0)
    return np.asarray(-np.log1p(-np.clip(weekday / pool, 0.01, 0.95)))


def _weekday_of(days: int, scenario: Scenario) -> Ints:
    return (np.arange(days) + scenario.first_weekday) % 7


def _starts(ready: Ints, scenario: Scenario, rng: np.random.Generator) -> Ints:
    """(places,) first day of reporting: 0, or for late starters 5 to 15 days after the first case."""
    places = ready.shape[1]
    late = rng.random(places) < scenario.late_share
    wait = rng.integers(5, 16, size=places)
    return np.where(late & ready.any(axis=0), (ready > 0).argmax(axis=0) + wait, 0)


def _silences(days: int, regular: Mask, start: Ints, scenario: Scenario, rng: np.random.Generator) -> Mask:
    chance = rng.random((days, len(start))) < scenario.silent_share
    return chance | regular[_weekday_of(days, scenario)] | (np.arange(days)[:, None] < start)


def _plan_dumps(
    silent: Mask, scenario: Scenario, rng: np.random.Generator
) -> tuple[Floats, list[tuple[int, int, int]]]:
    """(days, places) share held back, and (place, first day held, day sent) of every dump."""
    held, dumps = np.zeros(silent.shape), []
    free = np.zeros(silent.shape[1], dtype=np.int64)  # first day on which a place may begin another
    for day, place in np.argwhere(rng.random(silent.shape) < scenario.dump_rate):
        until = _reporting_day(silent[:, place], day + int(rng.integers(5, 15)))
        share = rng.uniform(0.4, 0.8)
        if until is None or day < free[place]:
            continue
        held[day:until, place] = share
        dumps.append((int(place), int(day), until))
        free[place] = until + 1
    return held, dumps


def _correct(
    daily: Ints, silent: Mask, scenario: Scenario, rng: np.random.Generator, *, kind: str
) -> list[Event]:
    """Enter a batch twice and take it out again later, in place: sums are kept, a day may turn negative."""
    events = []
    total = np.cumsum(daily, axis=0)
    for day, place in np.argwhere(rng.random(daily.shape) < scenario.correction_rate):
        wait, share = int(rng.integers(2, 15)), rng.uniform(0.05, 0.25)
        batch = int(share * (total[day, place] - total[max(0, day - 14), place]))
        until = _reporting_day(silent[:, place], day + wait)
        if batch < 1 or until is None or silent[day, place]:
            continue
        daily[day, place] += batch
        daily[until, place] -= batch
        events.append(Event(kind, int(place), int(day), until, batch))
    return events


def _redefine(daily: Ints, silent: Mask, scenario: Scenario, rng: np.random.Generator) -> list[Event]:
    """From one day on one place counts more people as cases, earlier ones all at once, in place."""
    days = len(daily)
    day = int(rng.integers(days // 2, max(days // 2 + 1, 3 * days // 4)))
    total = daily[: day + 1].sum(axis=0)
    worth = np.flatnonzero((total >= 200) & ~silent[day])
    place = int(rng.choice(worth)) if len(worth) else None
    if place is None or scenario.definition_change == 0:
        return []
    extra = np.rint(scenario.definition_change * daily[day:, place]).astype(np.int64)
    extra[0] = round(scenario.definition_change * float(total[place]))
    daily[day:, place] += extra
    return [Event("definition", place, day, days - 1, int(extra.sum()))]


def _reporting_day(silent: Mask, day: int) -> int | None:
    """The first day from ``day`` on which the place reports; None if the table ends before."""
    talking = np.flatnonzero(~silent[day:])
    return day + int(talking[0]) if len(talking) else None
