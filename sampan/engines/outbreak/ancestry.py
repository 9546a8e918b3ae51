"""Whose samples are read, and from whom did each of these people catch it, back to where all began?

The epidemic knows how many were infected where and when, not by whom; what it knows decides how likely each ancestor
is. Somebody infected on day t caught it at home or travelled, as the people found there that day did; a traveller's
place is drawn by those expected to leave it, Λ_q R_q control_q kernel_qp of ``epidemic``; the day on which the
infector was infected by w_s I_{t−s}, which is the renewal equation read backwards; and the infector among the people
of that day by how much each infects, a Gamma with the scenario's dispersion k. Two samples meet where they draw one
person. Those infected by the animal source meet there: a few strains that parted before the outbreak.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc

from sampan.core.errors import InputError
from sampan.engines.outbreak.epidemic import SEED_DAYS, Truth
from sampan.engines.outbreak.reporting import Reported
from sampan.engines.outbreak.scenario import Floats, Ints, Scenario, waiting_days

ROOT = 0
"""The node from which all descend."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Who is sampled, and how long it takes. Chosen, so that two months of an exercise have something to tell."""

    share: float = 0.02
    """Of the cases reported in a week, how many are sequenced, at most ``weekly``."""
    weekly: int = 14
    """Genomes a week that the laboratories can read."""
    delay_days: tuple[float, float] = (9.0, 4.0)
    """Mean and sd, days from the sample to its genome (Gamma)."""
    strains: int = 3
    """Strains of the animal source."""
    source_days: int = 100
    """Days before day 0 at which the strains had one ancestor."""


@dataclass(frozen=True, eq=False)
class Samples:
    """All of shape (samples,): index of the place; days of infection, of the sample and of its genome."""

    place: Ints
    infected: Ints
    taken: Ints
    ready: Ints


@dataclass(frozen=True, eq=False)
class Tree:
    """Who descends from whom, parents first. Node ROOT is its own parent."""

    parent: Ints
    """(nodes,) the node each descends from."""
    day: Ints
    """(nodes,) day of infection, or of parting at the source; before day 0 at the source."""
    place: Ints
    """(nodes,) where they were found; -1 at the source."""
    tips: Ints
    """(samples,) the node of each sample."""


def sample(
    truth: Truth, reported: Reported, *, scenario: Scenario, sampling: Sampling, rng: np.random.Generator
) -> Samples:
    """Samples week by week, among the places in proportion to the cases that each reported."""
    delay = scenario.report_delay
    turnaround = waiting_days(*sampling.delay_days, first=2)
    rows = []
    for week in range(len(truth.cases) // 7):
        days = slice(7 * week, 7 * week + 7)
        cases = np.maximum(reported.new_cases[days].sum(axis=0), 0)
        there = truth.cases[: days.stop][-14:]
        cases = np.where(there.any(axis=0), cases, 0)
        wanted = min(sampling.weekly, round(sampling.share * float(cases.sum())))
        if not wanted:
            continue
        for place in np.repeat(np.arange(len(cases)), rng.multinomial(wanted, cases / cases.sum())):
            first = days.stop - len(there)
            taken = first + _drawn(there[:, place], rng)
            past = truth.infections[max(0, taken - len(delay) + 1) : taken + 1, place][::-1]
            infected = taken - _drawn(past * delay[: len(past)], rng)
            rows.append((place, infected, taken, taken + 2 + _drawn(turnaround, rng)))
    return Samples(*np.array(rows, np.int64).reshape(-1, 4).T)


def ancestry(
    truth: Truth,
    samples: Samples,
    *,
    kernel: ArrayLike,
    origin: int,
    scenario: Scenario,
    sampling: Sampling,
    rng: np.random.Generator,
) -> Tree:
    """The tree of the samples.

    kernel: (places, places) with which the epidemic was made. origin: index of the place where it began.
    Raises InputError if the kernel is none of these places.
    """
    chances = np.asarray(kernel, dtype=np.float64)
    if chances.shape != (truth.infections.shape[1],) * 2:
        raise InputError("This kernel is of other places.", field="kernel", way_out="Give that of the truth.")
    past = _Past(truth, chances, origin, scenario, sampling, rng)
    each = zip(samples.place.tolist(), samples.infected.tolist(), strict=True)
    tips = [past.node(past.somebody(day, place)) for place, day in each]
    return past.tree(tips)


Person = tuple[int, int, int]
"""Day of infection, place, and which of those: the lower the number, the more they infect."""


@dataclass
class _Past:
    """Looks up who infected whom; nobody is asked twice."""

    truth: Truth
    kernel: Floats
    origin: int
    scenario: Scenario
    sampling: Sampling
    rng: np.random.Generator
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    """Parent, day and place of each node."""
    known: dict[Person, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.generation = self.scenario.generation
        first = -self.sampling.source_days
        self.rows.append((ROOT, first, -1))
        partings = np.sort(self.rng.integers(first, -7, self.sampling.strains))
        self.rows += [(ROOT, int(day), -1) for day in partings]

    def somebody(self, day: int, place: int) -> Person:
        """One of those infected then and there, as likely as they infect."""
        k = self.scenario.dispersion
        rank = gammaincc(k, self.rng.gamma(k + 1))
        return day, place, int(rank * int(self.truth.infections[day, place]))

    def node(self, person: Person) -> int:
        """The node of somebody; those before them are looked up on the way."""
        line = []
        while person not in self.known:
            line.append(person)
            before = self._infector(*person[:2])
            if before is None:
                parent = 1 + int(self.rng.integers(self.sampling.strains))
                break
            person = before
        else:
            parent = self.known[person]
        for one in reversed(line):
            self.rows.append((parent, one[0], one[1]))
            parent = self.known[one] = len(self.rows) - 1
        return parent

    def _infector(self, day: int, place: int) -> Person | None:
        """Who infected somebody; None if the animal source did."""
        number = self.rng.random() * float(self.truth.infections[day, place])
        if number >= self.truth.imported[day, place]:
            return self._caught(day, place)
        if place == self.origin and day < SEED_DAYS and number < self._seeded(day):
            return None
        weights = self._pressure(day) * self.truth.r[day] * self.truth.control[day] * self.kernel[:, place]
        return self._caught(day, _drawn(weights, self.rng))

    def _seeded(self, day: int) -> int:
        """How many the animal source infected that day."""
        each, left = divmod(self.scenario.seeds, SEED_DAYS)
        return each + (day < left)

    def _caught(self, day: int, place: int) -> Person:
        recent = self._recent(day)[:, place] * self.generation[: min(day, len(self.generation))]
        return self.somebody(day - 1 - _drawn(recent, self.rng), place)

    def _recent(self, day: int) -> Ints:
        """(days, places) infections of yesterday, of the day before, …: of those who infect now."""
        return self.truth.infections[max(0, day - len(self.generation)) : day][::-1]

    def _pressure(self, day: int) -> Floats:
        recent = self._recent(day)
        return np.asarray(self.generation[: len(recent)] @ recent)

    def tree(self, tips: list[int]) -> Tree:
        parent, day, place = np.array(self.rows, np.int64).T
        return Tree(parent, day, place, np.array(tips, np.int64))


def _drawn(weights: NDArray[np.generic], rng: np.random.Generator) -> int:
    """An index, as likely as its weight."""
    reached = np.cumsum(np.asarray(weights, dtype=np.float64))
    return int(np.searchsorted(reached, rng.random() * reached[-1], side="right"))
