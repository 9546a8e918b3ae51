"""Who is infected where and when, in truth?

A stochastic renewal process in every place at once, joined by travel. On day t a place has infectious
pressure Λ_t = Σ_s w_s I_{t−s} (Fraser 2007, PLoS ONE 2:e758, eq. 2) and people there infect

    J_t ~ Poisson(G),  G ~ Gamma(shape k Λ_t, scale R_t / k),   R_t = R0 · control_t · susceptible_t / N

so that over a whole course each person infects a negative binomial number with mean R and dispersion k
(Lloyd-Smith 2005, Nature 438:355), because the daily Gamma shares of one person add up to one Gamma.
Some of the J_t are found in another place: the travellers. They are counted once, where they are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sampan.core.errors import InputError
from sampan.engines.outbreak.scenario import Floats, Ints, Scenario
from sampan.engines.outbreak.travel import arrivals, chooser, given_kernel, gravity

SEED_DAYS = 7


@dataclass(frozen=True, eq=False)
class Truth:
    """What really happened. All of shape (days, places) unless said otherwise; nothing is missing."""

    infections: Ints
    """People infected that day and found in this place (travellers and the first seeds included)."""
    imported: Ints
    """Of those, people infected elsewhere: travellers, and the seeds at the origin."""
    r: Floats
    """Instantaneous reproduction number of people who are infectious in this place that day."""
    r_of_reports: Floats
    """Mean of ``r`` over the days on which the cases expected to be ready today were infected: what an
    estimator that reads reports without undoing their delay is looking at. NaN where none is expected."""
    control: Floats
    """Factor on transmission, 1 before control."""
    cases: Ints
    """Ascertained infections by the day on which they are ready to report."""
    deaths: Ints
    """Deaths among cases, by day of death; never before the case is ready to report."""
    population: Floats
    """(places,) people, missing ones filled."""
    ascertainment: Floats
    """(places,) share of the infected who become cases."""
    fatality: Floats
    """(places,) share of cases who die."""
    control_start: Floats
    """(places,) first day of control; inf where it never began."""


def simulate(
    population: ArrayLike,
    origin: int,
    *,
    scenario: Scenario,
    rng: np.random.Generator,
    home: Sequence[int] = (),
    position: ArrayLike | None = None,
    travel: ArrayLike | None = None,
    control_day: ArrayLike | None = None,
    control_strength: ArrayLike | None = None,
    ascertainment: ArrayLike | None = None,
    fatality: ArrayLike | None = None,
) -> Truth:
    """One outbreak, drawn from ``rng``: the same arguments and generator state give the same bytes.

    population: (places,) people; NaN is unknown and becomes ``scenario.missing_population``.
    origin: index of the place where it begins.
    home: indices of the areas of the home country, which share travel and an early control.
    position: (places, 2) latitude and longitude in degrees; NaN is unknown (middling distance).
    travel: (places, places) chance that a person infected in the row is found in the column, in place of
        the gravity kernel; the diagonal is ignored and rows must sum to at most 1.
    control_day, control_strength, ascertainment, fatality: (places,) day and shares that override the
        scenario's; NaN leaves that place to the scenario.

    Raises InputError if a shape, an index or a share does not fit.
    """
    people = _people(population, scenario)
    area = _home(len(people), origin, home)
    kernel = gravity(people, area, scenario, position)
    if travel is not None:
        kernel = given_kernel(travel, len(people))
    temper = _draw_temper(area, scenario, rng)
    temper = replace(
        temper,
        start=_given("control_day", control_day, temper.start, share=False),
        strength=_given("control_strength", control_strength, temper.strength),
        found=_given("ascertainment", ascertainment, temper.found),
        dying=_given("fatality", fatality, temper.dying),
    )
    infections, imported, r, control, start = _spread(
        people, origin, temper, kernel, scenario=scenario, rng=rng
    )
    cases = _wait(rng.binomial(infections, temper.found), scenario.report_delay, rng)
    deaths = _wait(rng.binomial(cases, temper.dying), scenario.death_delay, rng)
    return Truth(
        infections=infections,
        imported=imported,
        r=r,
        r_of_reports=_seen_late(r, infections, scenario.report_delay),
        control=control,
        cases=cases,
        deaths=deaths,
        population=people,
        ascertainment=temper.found,
        fatality=temper.dying,
        control_start=start,
    )


@dataclass(frozen=True, eq=False)
class _Temper:
    """How each place differs from the next, all (places,)."""

    r0: Floats
    start: Floats  # first day of control; inf: on alarm
    reaction: Floats  # days from alarm to control
    strength: Floats
    found: Floats
    dying: Floats


def _draw_temper(area: NDArray[np.bool_], scenario: Scenario, rng: np.random.Generator) -> _Temper:
    places = len(area)
    weakest, strongest = sorted(scenario.control_strength)
    own_strength = rng.uniform(weakest, strongest, size=places)
    return _Temper(
        r0=scenario.r0 * np.exp(scenario.r0_spread * rng.standard_normal(places)),
        start=np.where(area, float(scenario.home_control_day), np.inf),
        reaction=_gamma(*scenario.reaction_days, size=places, rng=rng),
        strength=np.where(area, scenario.home_control_strength, own_strength),
        found=_logit_normal(scenario.ascertainment, scenario.ascertainment_spread, size=places, rng=rng),
        dying=_logit_normal(scenario.fatality, scenario.fatality_spread, size=places, rng=rng),
    )


def _spread(
    people: Floats,
    origin: int,
    temper: _Temper,
    kernel: Floats,
    *,
    scenario: Scenario,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Day after day: infectious pressure, control, people infected, and where they are found."""
    days, places = scenario.days, len(people)
    infections = np.zeros((days, places), dtype=np.int64)
    imported = np.zeros((days, places), dtype=np.int64)
    r, control = np.empty((days, places)), np.empty((days, places))
    backwards = scenario.generation[::-1]
    leaving = np.minimum(kernel.sum(axis=1), 1.0)  # a row of ones may sum to a hair above
    choices = chooser(kernel)
    start, susceptible = temper.start, people.copy()
    total = np.zeros(places)
    for day in range(days):
        start = np.where(np.isinf(start) & (total >= scenario.alarm_infections), day + temper.reaction, start)
        control[day] = 1 - temper.strength * np.clip((day - start + 1) / scenario.ramp_days, 0.0, 1.0)
        r[day] = temper.r0 * control[day] * susceptible / people
        past = infections[max(0, day - len(backwards)) : day]
        pressure = backwards[len(backwards) - len(past) :] @ past
        mean = rng.gamma(scenario.dispersion * pressure, r[day] / scenario.dispersion)
        # A mean beyond twice the susceptible infects them all just as well, and stays within Poisson's range.
        caught = np.minimum(rng.poisson(np.minimum(mean, 2 * susceptible)), susceptible.astype(np.int64))
        seeded = _seeded(day, origin, susceptible - caught, scenario)
        gone = rng.binomial(caught, leaving * control[day])
        imported[day] = seeded + arrivals(gone, choices, rng)
        infections[day] = caught - gone + imported[day]
        susceptible -= caught + seeded
        total += infections[day]
    return infections, imported, r, control, start


def _seeded(day: int, origin: int, susceptible: Floats, scenario: Scenario) -> Ints:
    """(places,) the first infected, at the origin: the scenario's number over the first days."""
    seeded = np.zeros(len(susceptible), dtype=np.int64)
    if day < SEED_DAYS:
        due = scenario.seeds // SEED_DAYS + (day < scenario.seeds % SEED_DAYS)
        seeded[origin] = min(due, int(susceptible[origin]))
    return seeded


def _wait(counts: Ints, delay: Floats, rng: np.random.Generator) -> Ints:
    """Each person moves 0, 1, … days later by chance ``delay``; those past the last day drop out."""
    days = len(counts)
    moved, left = np.zeros_like(counts), counts
    due = np.minimum(delay / np.cumsum(delay[::-1])[::-1], 1.0)  # of those still waiting, who moves today
    for wait, chance in enumerate(due[:days]):
        now = rng.binomial(left, chance)
        moved[wait:] += now[: days - wait]
        left = left - now
    return moved


def _seen_late(r: Floats, infections: Ints, delay: Floats) -> Floats:
    """Σ_s d_s I_{t−s} R_{t−s} / Σ_s d_s I_{t−s}: R at the time of infection, by day ready to report."""
    days = len(r)
    weighted, weight = np.zeros_like(r), np.zeros_like(r)
    for wait, chance in enumerate(delay[:days]):
        weighted[wait:] += chance * (infections * r)[: days - wait]
        weight[wait:] += chance * infections[: days - wait]
    return np.divide(weighted, weight, out=np.full_like(r, np.nan), where=weight > 0)


def _people(population: ArrayLike, scenario: Scenario) -> Floats:
    people = np.array(population, dtype=np.float64)
    if people.ndim != 1 or people.size == 0:
        raise InputError(
            f"population has shape {people.shape}.", field="population", way_out="Give one number per place."
        )
    people[np.isnan(people)] = scenario.missing_population
    if not np.all(np.isfinite(people) & (people >= 1)):
        raise InputError(
            f"Place {int(np.argmax(~(np.isfinite(people) & (people >= 1))))} has a population below 1.",
            field="population",
            way_out="Leave the place out, or give NaN if its population is unknown.",
        )
    return people


def _home(places: int, origin: int, home: Sequence[int]) -> NDArray[np.bool_]:
    index = np.asarray([origin, *home], dtype=np.int64)
    if np.any((index < 0) | (index >= places)):
        raise InputError(
            f"origin and home name a place outside 0 to {places - 1}.",
            field="origin",
            way_out="Give indices into population.",
        )
    mask = np.zeros(places, dtype=bool)
    mask[index[1:]] = True
    return mask


def _given(name: str, value: ArrayLike | None, default: Floats, *, share: bool = True) -> Floats:
    """The caller's value where there is one, else the scenario's."""
    if value is None:
        return default
    given = np.asarray(value, dtype=np.float64)
    if given.shape != default.shape:
        raise InputError(
            f"{name} has shape {given.shape}.", field=name, way_out=f"Give one per place: {default.shape}."
        )
    if share and np.any((given < 0) | (given > 1)):
        raise InputError(
            f"{name} holds a share outside 0 to 1.", field=name, way_out="Use NaN where unknown."
        )
    return np.asarray(np.where(np.isnan(given), default, given))


def _gamma(mean: float, sd: float, *, size: int, rng: np.random.Generator) -> Floats:
    if sd == 0 or mean == 0:
        return np.full(size, mean)
    return np.asarray(rng.gamma((mean / sd) ** 2, sd**2 / mean, size=size))


def _logit_normal(median: float, spread: float, *, size: int, rng: np.random.Generator) -> Floats:
    """Shares with the given median whose logits have sd ``spread``; a median of 0 or 1 stays there."""
    odds = np.exp(spread * rng.standard_normal(size))
    return np.asarray(median * odds / (median * odds + (1 - median)))
