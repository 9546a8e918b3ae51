"""What would it be like? A fictional outbreak over the real places of the world, to train and to test with.

The figures come out in the layout of JHU's files, so the ordinary reader reads them; every file name
begins with EXERCISE, and the truth is kept apart.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from sampan.core.errors import InputError
from sampan.engines.outbreak import Reported, Scenario, Truth, report, simulate
from sampan.formats import jhu
from sampan.formats.table import Label, ReportedTable, day_range
from sampan.world.labels import resolve_label
from sampan.world.places import Place, find, places, subdivisions

MARK = "EXERCISE"
FIRST_DAY = date(2031, 1, 1)
SEED = 20310101


@dataclass(frozen=True)
class Exercise:
    """A fictional outbreak: the files as a desk would be given them, and the truth behind them."""

    files: dict[str, bytes]
    places: tuple[str, ...]
    first_day: date
    truth: Truth
    reported: Reported
    scenario: Scenario

    @property
    def last_day(self) -> date:
        """The last day of the figures."""
        return self.first_day + timedelta(len(self.truth.r) - 1)

    def truth_file(self) -> bytes:
        """What really happened, as a NumPy archive: kept apart from the figures, for the debriefing."""
        written = io.BytesIO()
        np.savez_compressed(
            written,
            places=np.array(self.places),
            first_day=np.array(self.first_day.isoformat()),
            infections=self.truth.infections,
            r=self.truth.r,
            cases=self.truth.cases,
            deaths=self.truth.deaths,
        )
        return written.getvalue()


def make(
    *, home: str, seed: int = SEED, first_day: date = FIRST_DAY, scenario: Scenario | None = None
) -> Exercise:
    """An outbreak that begins in one of home's areas. The same arguments give the same bytes.

    Raises InputError if ``home`` is no country.
    """
    country = find(home)
    if country.parent is not None:
        raise InputError(f"{country.name('en')} is not a country.", way_out=f"Use {country.parent}.")
    scenario = scenario or Scenario(first_weekday=first_day.weekday())
    rng = np.random.default_rng(seed)
    areas = _areas(country) or [country]
    abroad = [p for p in places().values() if p.code != country.code and p.population is not None]
    population = np.concatenate([_split(country.population, len(areas), rng), [p.population for p in abroad]])
    home_indices = range(len(areas))
    truth = simulate(
        population, int(np.argmax(population[: len(areas)])), scenario=scenario, rng=rng, home=home_indices
    )
    reported = report(truth, scenario=scenario, rng=rng)
    everywhere = [*areas, *abroad]
    labels = tuple(_label(place, country, line) for line, place in enumerate(everywhere, start=2))
    days = day_range(first_day, first_day + timedelta(scenario.days - 1))
    confirmed, deaths = jhu.write(
        ReportedTable("jhu", days, labels, reported.cases.astype(float), reported.deaths.astype(float))
    )
    files = {f"{MARK}_{jhu.CONFIRMED}": confirmed, f"{MARK}_{jhu.DEATHS}": deaths}
    return Exercise(files, tuple(p.code for p in everywhere), first_day, truth, reported, scenario)


def _split(population: int | None, areas: int, rng: np.random.Generator) -> np.ndarray:
    """Fictional populations of home's areas, which add up to home's."""
    shares = rng.dirichlet(np.full(areas, 3.0))
    return shares * (population or 1_000_000 * areas)


def _areas(country: Place) -> list[Place]:
    """Home's areas, without those that are read as a country or territory beside home, and so stand abroad."""
    abroad = places().keys() - {country.code}
    return [
        area
        for area in subdivisions(country.code).values()
        if resolve_label(Label(country.name("en"), area.name("en"))).code not in abroad
    ]


def _label(place: Place, country: Place, line: int) -> Label:
    """By its name; by its code an area whose name is read as another place: Luxembourg in Luxembourg."""
    if place.parent is None:
        return Label(place.name("en"), None, None, line)
    named = Label(country.name("en"), place.name("en"), None, line)
    return named if resolve_label(named).code == place.code else replace(named, province=place.code)
