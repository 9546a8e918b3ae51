"""The epidemic: repeatable, honest about the unknown, and shaped as an exercise needs it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.outbreak import Scenario, Truth, simulate
from sampan.engines.outbreak.travel import arrivals, chooser, gravity

HOME = range(31)


def world(seed: int = 0) -> np.ndarray:
    """31 areas of a large home country and 254 places of every size, some of unknown population."""
    rng = np.random.default_rng(seed)
    areas = rng.lognormal(np.log(4e7), 0.7, 31)
    abroad = np.minimum(rng.lognormal(np.log(5e6), 2.0, 254), 1.4e9)
    abroad[::9] = np.nan
    return np.concatenate([areas, abroad])


def run(seed: int = 7, **knobs: object) -> Truth:
    scenario = Scenario(**knobs)  # type: ignore[arg-type]
    return simulate(world(), 12, scenario=scenario, rng=np.random.default_rng(seed), home=HOME)


def bytes_of(truth: Truth) -> list[bytes]:
    return [np.ascontiguousarray(value).tobytes() for value in vars(truth).values()]


def test_same_seed_same_bytes_and_another_seed_another_outbreak() -> None:
    assert bytes_of(run(7)) == bytes_of(run(7))
    assert not np.array_equal(run(7).infections, run(8).infections)


def test_an_unknown_population_is_filled_and_marked_by_the_default() -> None:
    assert np.isnan(world()[31])
    assert run(missing_population=123_456.0).population[31] == 123_456.0


@pytest.mark.parametrize("seed", range(4))
def test_by_default_home_falls_while_the_world_rises(seed: int) -> None:
    cases = run(seed).cases
    home, abroad = cases[:, :31].sum(axis=1), cases[:, 31:]
    assert 20 <= home.argmax() <= 40
    assert home[-7:].sum() < 0.1 * home[home.argmax() - 3 : home.argmax() + 4].sum()
    assert home.sum() > 5_000
    weekly = abroad.sum(axis=1)[: 12 * 7].reshape(12, 7).sum(axis=1)
    assert np.all(np.diff(weekly[4:]) > 0)
    places = [int((abroad[: day + 1].sum(axis=0) > 0).sum()) for day in (55, 76)]
    assert places[0] < 160 and places[1] >= 140
    assert 100_000 < abroad.sum() < 3_000_000


def test_control_comes_on_the_given_day_with_the_given_strength() -> None:
    day, strength = np.full(3, np.nan), np.full(3, np.nan)
    day[1], strength[1] = 10.0, 0.6
    truth = simulate(
        [1e7, 1e7, 1e7],
        0,
        scenario=Scenario(days=40, ramp_days=5),
        rng=np.random.default_rng(1),
        control_day=day,
        control_strength=strength,
    )
    assert truth.control_start[1] == 10
    assert truth.control[9, 1] == 1.0
    assert truth.control[10, 1] == pytest.approx(1 - 0.6 / 5)
    assert truth.control[14:, 1] == pytest.approx(0.4)


def test_shares_given_for_some_places_leave_the_others_to_the_scenario() -> None:
    given = np.array([np.nan, 1.0])
    truth = simulate(
        [1e6, 1e6], 0, scenario=Scenario(), rng=np.random.default_rng(1), ascertainment=given, fatality=given
    )
    assert truth.ascertainment[1] == 1.0
    assert 0 < truth.ascertainment[0] < 1
    assert truth.fatality[1] == 1.0


def test_without_travel_nobody_else_is_infected() -> None:
    truth = simulate(
        [1e7, 1e7], 1, scenario=Scenario(), rng=np.random.default_rng(3), travel=np.zeros((2, 2))
    )
    assert truth.infections[:, 0].sum() == 0
    assert truth.infections[:, 1].sum() > Scenario().seeds


def test_everyone_who_leaves_arrives_and_only_where_the_kernel_allows() -> None:
    kernel = np.array([[0, 0.1, 0], [0.05, 0, 0.15], [0, 0, 0]])
    arrived = arrivals(np.array([1000, 4000, 0]), chooser(kernel), np.random.default_rng(0))
    assert arrived.sum() == 5000
    assert arrived[1] == 1000
    assert arrived[0] == pytest.approx(1000, abs=120)


def test_near_places_draw_more_travellers_where_coordinates_are_known() -> None:
    position = [[0.0, 0.0], [0.0, 9.0], [0.0, 90.0], [np.nan, np.nan]]
    scenario = Scenario(distance_scale_km=1000.0)
    row = gravity(np.full(4, 1e7), np.zeros(4, dtype=bool), scenario, position)[0]
    assert row[1] / row[2] == pytest.approx((1 + 10.0075) / (1 + 1.00075), rel=1e-3)  # 111.195 km a degree
    assert row[2] < row[3] < row[1]  # unknown is middling
    nowhere = np.full((4, 2), np.nan)
    plain = gravity(np.full(4, 1e7), np.zeros(4, dtype=bool), scenario, nowhere)[0]
    assert plain[1:] == pytest.approx(scenario.trip_chance / 3)


def test_a_traveller_is_counted_once_where_found_and_stays_home_under_control() -> None:
    kernel, control_day = np.array([[0, 1.0], [0, 0]]), np.array([0.0, np.nan])
    scenario = Scenario(r0=5.0, seeds=7000, ramp_days=1, days=20)

    def leave_from_first(strength: float) -> Truth:
        return simulate(
            [1e8, 1e8],
            0,
            scenario=scenario,
            rng=np.random.default_rng(2),
            travel=kernel,
            control_day=control_day,
            control_strength=[strength, 0.0],
        )

    free = leave_from_first(0.0)
    assert free.infections[:, 0].sum() == 7000  # the seeds; all whom they infect are found in the other place
    half = leave_from_first(0.5)
    left, stayed = half.imported[:, 1].sum(), half.infections[:, 0].sum() - 7000
    assert left / (left + stayed) == pytest.approx(0.5, abs=0.02)


def test_home_areas_share_travel_beside_trips_abroad() -> None:
    home = np.array([True, True, True, False, False])
    scenario = Scenario(trip_chance=0.01, home_trip_chance=0.2)
    kernel = gravity(np.array([1e6, 4e6, 1e6, 9e6, 1e6]), home, scenario, None)
    assert kernel[:3, :3].sum(axis=1) == pytest.approx(0.2)
    assert kernel[:3, 3:].sum(axis=1) == pytest.approx(0.01)
    assert kernel[3:].sum(axis=1) == pytest.approx(0.01)
    assert kernel[0, 1] == pytest.approx(2 * kernel[0, 2])  # four times the people, exponent one half
    assert not kernel.diagonal().any()


def test_a_tiny_place_runs_out_of_people() -> None:
    scenario = Scenario(seeds=300, alarm_infections=10**9)
    truth = simulate([2000.0], 0, scenario=scenario, rng=np.random.default_rng(4))
    before = np.cumsum(truth.infections, axis=0) - truth.infections
    assert 1000 < truth.infections.sum() <= 2000
    assert truth.r == pytest.approx(truth.r[0] * (1 - before / 2000))


def test_an_absurd_r_infects_everyone_and_no_more() -> None:
    truth = simulate([1e6, 1e6], 0, scenario=Scenario(r0=1e30, trip_chance=0.9), rng=np.random.default_rng(4))
    assert 1.9e6 < truth.infections.sum() <= 2e6


def test_one_place_on_one_day_is_still_an_exercise() -> None:
    truth = simulate([5.0], 0, scenario=Scenario(days=1, seeds=70), rng=np.random.default_rng(4))
    assert truth.infections.tolist() == [[5]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"population": [[1.0]]}, "population"),
        ({"population": [100.0, 0.0]}, "population"),
        ({"population": [100.0, np.inf]}, "population"),
        ({"origin": 5}, "origin"),
        ({"home": [-1]}, "origin"),
        ({"travel": np.ones((3, 2))}, "travel"),
        ({"travel": [[0, 2.0], [0, 0]]}, "travel"),
        ({"travel": [[0, np.nan], [0, 0]]}, "travel"),
        ({"position": [1.0, 2.0]}, "position"),
        ({"ascertainment": [0.5]}, "ascertainment"),
        ({"fatality": [0.5, 3.0]}, "fatality"),
        ({"control_strength": [0.5, -0.1]}, "control_strength"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(wrong: dict[str, object], field: str) -> None:
    arguments: dict[str, object] = {"population": [1e6, 1e6], "origin": 0} | wrong
    with pytest.raises(InputError) as caught:
        simulate(
            arguments.pop("population"),  # type: ignore[arg-type]
            arguments.pop("origin"),  # type: ignore[arg-type]
            scenario=Scenario(days=10),
            rng=np.random.default_rng(0),
            **arguments,  # type: ignore[arg-type]
        )
    assert caught.value.field == field


def test_the_world_for_a_quarter_is_quick() -> None:
    run(1)  # imports
    began = time.process_time()
    run(2)
    assert time.process_time() - began < 0.5  # 0.05 s measured; generous for a busy machine
