"""Whatever the knobs: people are counted once, and nothing but a change of definition adds a case."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.engines.outbreak import Reported, Scenario, Truth, report, simulate

share = st.floats(0.0, 1.0)
rare = st.floats(0.0, 0.2)

scenarios = st.builds(
    Scenario,
    days=st.integers(1, 60),
    seeds=st.integers(0, 3000),
    r0=st.floats(0.0, 5.0),
    dispersion=st.floats(0.05, 100.0),
    trip_chance=rare,
    home_trip_chance=rare,
    ascertainment=share,
    fatality=share,
    silent_share=share,
    regular_share=share,
    late_share=share,
    dump_rate=rare,
    correction_rate=rare,
    definition_change=share,
    weekday_swing=st.floats(0.0, 2.0),
    first_weekday=st.integers(0, 6),
    case_noise_k=st.floats(0.5, 100.0),
)
populations = st.lists(st.floats(1.0, 1e8) | st.just(float("nan")), min_size=1, max_size=8)


def outbreak(population: list[float], scenario: Scenario, seed: int) -> tuple[Truth, Reported]:
    rng = np.random.default_rng(seed)
    truth = simulate(population, 0, scenario=scenario, rng=rng, home=range(len(population) // 2))
    return truth, report(truth, scenario=scenario, rng=rng)


@given(populations, scenarios, st.integers(0, 2**32))
@settings(max_examples=150)
def test_people_are_counted_once(population: list[float], scenario: Scenario, seed: int) -> None:
    truth, _ = outbreak(population, scenario, seed)
    assert np.all(truth.imported >= 0)
    assert np.all(truth.imported <= truth.infections)
    assert truth.infections.sum() <= truth.population.sum()
    infected, ready, dead = (np.cumsum(x, axis=0) for x in (truth.infections, truth.cases, truth.deaths))
    assert np.all(ready <= infected)
    assert np.all(dead <= ready)
    assert np.all(truth.r >= 0)
    assert np.all((truth.control >= 0) & (truth.control <= 1))


@given(populations, scenarios, st.integers(0, 2**32))
@settings(max_examples=150)
def test_what_is_reported_plus_what_waits_is_what_was_ready(
    population: list[float], scenario: Scenario, seed: int
) -> None:
    truth, told = outbreak(population, scenario, seed)
    redefined = np.zeros(len(population), dtype=np.int64)
    for event in told.habits.events:
        if event.kind == "definition":
            redefined[event.place] += event.cases
    assert np.array_equal(told.cases[-1] + told.waiting, truth.cases.sum(axis=0) + redefined)
    assert np.all(told.waiting >= 0)


@given(populations, scenarios, st.integers(0, 2**32))
@settings(max_examples=150)
def test_the_tables_are_tables_and_every_fall_is_logged(
    population: list[float], scenario: Scenario, seed: int
) -> None:
    _, told = outbreak(population, scenario, seed)
    new = told.new_cases
    assert np.all(told.cases >= 0) and np.all(told.deaths >= 0)
    assert np.all(told.deaths <= told.cases)
    assert np.all(new[told.habits.silent] == 0)
    falls = {(int(d), int(p)) for d, p in np.argwhere(new < 0)}
    assert falls <= {(e.until, e.place) for e in told.habits.events if e.kind == "correction"}
