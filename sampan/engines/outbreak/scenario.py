"""What kind of outbreak is it, and how badly is it reported?

Every knob of an exercise with its unit and default. The disease is fictional. Where a default has a
source it stands beside it; the others were set so that a default run over the world resembles the first
quarter of 2020: home peaks and falls, about 150 other places follow, half a million cases are reported.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """The knobs of an exercise. A share is between 0 and 1; "days" are whole days after day 0."""

    # --- the outbreak
    days: int = 84
    """Days simulated and reported. Day 0 is the first."""
    seeds: int = 1200
    """People infected at the origin from outside (an animal source), spread evenly over days 0 to 6."""
    r0: float = 2.3
    """People infected by one person before any control, all else susceptible; median over places."""
    r0_spread: float = 0.06
    """Standard deviation between places of log r0."""
    dispersion: float = 0.4
    """k of the negative binomial number of people infected by one person; small k, few infect many."""
    generation_days: tuple[float, float] = (4.7, 2.9)
    """Mean and sd, days from infecting to infecting. Source: Nishiura 2020, serial interval of COVID-19."""
    missing_population: float = 100_000.0
    """People, used where the population is NaN (unknown is not zero; mostly small territories)."""

    # --- travel
    trip_chance: float = 0.0015
    """Chance that a person infected here is found, infectious, in a place abroad."""
    home_trip_chance: float = 0.03
    """The same for another of home's own areas."""
    attraction: float = 0.5
    """Exponent of the destination's population in the gravity kernel."""
    distance_scale_km: float = 2000.0
    """Attraction falls as 1/(1 + distance/scale), where coordinates are given."""

    # --- control
    home_control_day: int = 20
    """Day on which home's control begins, in all its areas."""
    home_control_strength: float = 0.85
    """Share by which home's control, in full, lowers transmission and travel."""
    alarm_infections: int = 1500
    """Elsewhere: infections in all, after which a place decides to act."""
    reaction_days: tuple[float, float] = (9.0, 4.0)
    """Mean and sd over places (Gamma), days from alarm to the beginning of control."""
    control_strength: tuple[float, float] = (0.5, 0.85)
    """Elsewhere: least and greatest share by which control, in full, lowers transmission (uniform)."""
    ramp_days: int = 8
    """Days from the beginning of control to its full strength, linear."""

    # --- from infection to a case and a death
    ascertainment: float = 0.3
    """Share of the infected who ever become cases; median over places."""
    ascertainment_spread: float = 0.5
    """Standard deviation between places of logit(ascertainment)."""
    report_delay_days: tuple[float, float] = (8.0, 3.5)
    """Mean and sd, days from infection to the case being ready to report."""
    fatality: float = 0.03
    """Share of cases who die; median over places."""
    fatality_spread: float = 0.3
    """Standard deviation between places of logit(fatality)."""
    death_delay_days: tuple[float, float] = (9.0, 5.0)
    """Mean and sd, days from being ready to report to death."""

    # --- habits of reporting. Rates after 215 real national series of 2020: 6.7 % silent days, 24 of 177
    # places with a regularly silent weekday, weekday swing 0.43 of the mean, k about 10, 1.6 % spikes.
    first_weekday: int = 2
    """Weekday of day 0; Monday is 0."""
    case_noise_k: float = 10.0
    """Negative binomial k of a day's cases round their mean; median over places."""
    death_noise_k: float = 27.0
    """The same for deaths."""
    noise_k_spread: float = 0.6
    """Standard deviation between places of log k."""
    weekday_swing: float = 0.43
    """Mean over places of (best weekday − worst weekday) / mean, on days that are not silent."""
    silent_share: float = 0.025
    """Chance that a place reports nothing on a day; what was ready comes with the next report."""
    regular_share: float = 0.13
    """Share of places that never report on Sunday; half of them not on Saturday either."""
    late_share: float = 0.1
    """Share of places that begin to report only 5 to 15 days after their first case was ready."""
    dump_rate: float = 0.012
    """Chance per place and day that a laboratory stops sending, to send all at once 5 to 14 days later."""
    correction_rate: float = 0.003
    """Chance per place and day that a batch is entered twice, and taken out again 2 to 14 days later."""
    definition_change: float = 0.4
    """Size of the one change of definition: the share of earlier cases added at once in one place, and of
    later cases added every day. 0: no change."""

    def __post_init__(self) -> None:
        for name in _SHARES:
            _between(name, getattr(self, name), 0.0, 1.0)
        _between("trip_chance + home_trip_chance", self.trip_chance + self.home_trip_chance, 0.0, 1.0)
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type == "int" and not isinstance(value, int):
                raise InputError(
                    f"{field.name} is {value}.", field=field.name, way_out="Give a whole number."
                )
            if not np.all(np.isfinite(value)) or np.any(np.asarray(value) < 0):
                raise InputError(
                    f"{field.name} is {value}.", field=field.name, way_out="Give a finite number, at least 0."
                )
        for name in (
            "days",
            "dispersion",
            "case_noise_k",
            "death_noise_k",
            "missing_population",
            "ramp_days",
        ):
            if getattr(self, name) == 0:
                raise InputError(f"{name} is 0.", field=name, way_out="Give a number above 0.")
        _between("first_weekday", self.first_weekday, 0, 6)
        _between("control_strength", max(self.control_strength), 0.0, 1.0)

    @property
    def generation(self) -> Floats:
        """(days,) chance that infecting happens 1, 2, … days after being infected; sums to 1."""
        return waiting_days(*self.generation_days, first=1)

    @property
    def report_delay(self) -> Floats:
        """(days,) chance of 0, 1, … days from infection to a case ready to report; sums to 1."""
        return waiting_days(*self.report_delay_days, first=0)

    @property
    def death_delay(self) -> Floats:
        """(days,) chance of 0, 1, … days from case to death; sums to 1."""
        return waiting_days(*self.death_delay_days, first=0)


_SHARES = (
    "trip_chance",
    "home_trip_chance",
    "home_control_strength",
    "ascertainment",
    "fatality",
    "silent_share",
    "regular_share",
    "late_share",
    "dump_rate",
    "correction_rate",
    "definition_change",
)


def _between(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InputError(f"{name} is {value}.", field=name, way_out=f"Give a number from {least} to {most}.")


def waiting_days(mean: float, sd: float, *, first: int) -> Floats:
    """A Gamma waiting time in whole days: chance of ``first``, ``first + 1``, … days, cut at mean + 5 sd.

    A time is rounded to the nearest day; what falls before ``first`` is spread over the rest.
    """
    from scipy.special import gammainc

    if mean <= 0 or sd <= 0:
        raise InputError(
            f"A waiting time has mean {mean} and sd {sd} days.", way_out="Both must be above 0 days."
        )
    last = max(first + 1, int(np.ceil(mean + 5 * sd)))
    edges = np.maximum(np.arange(first, last + 2) - 0.5, 0.0)
    cumulative = gammainc((mean / sd) ** 2, edges * mean / sd**2)
    chance = np.diff(cumulative)
    return np.asarray(chance / chance.sum(), dtype=np.float64)
