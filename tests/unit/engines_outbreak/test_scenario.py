"""The knobs: what is refused, and that waiting times are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.outbreak import Scenario
from sampan.engines.outbreak.scenario import waiting_days


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 0},
        {"days": -3},
        {"days": 8.5},
        {"r0": float("nan")},
        {"trip_chance": 1.5},
        {"dispersion": 0.0},
        {"first_weekday": 7},
        {"reaction_days": (9.0, -1.0)},
        {"control_strength": (0.5, 1.2)},
    ],
)
def test_a_wrong_knob_is_named(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        Scenario(**wrong)  # type: ignore[arg-type]
    assert caught.value.field == next(iter(wrong))
    assert caught.value.way_out


@pytest.mark.parametrize(("mean", "sd"), [(4.7, 2.9), (8.0, 3.5), (20.0, 10.0)])
def test_a_waiting_time_has_the_mean_and_sd_it_was_given(mean: float, sd: float) -> None:
    chance = waiting_days(mean, sd, first=0)
    day = np.arange(len(chance))
    assert chance.sum() == pytest.approx(1.0)
    assert chance @ day == pytest.approx(mean, rel=0.02)
    assert np.sqrt(chance @ (day - chance @ day) ** 2) == pytest.approx(sd, rel=0.05)


def test_nobody_infects_on_the_day_of_being_infected() -> None:
    generation = Scenario().generation
    assert generation @ np.arange(1, len(generation) + 1) == pytest.approx(4.7, rel=0.03)
    assert len(waiting_days(0.2, 0.1, first=1)) >= 1


def test_trips_of_both_kinds_are_at_most_certain() -> None:
    with pytest.raises(InputError, match="trip_chance"):
        Scenario(trip_chance=0.5, home_trip_chance=0.6)


def test_a_waiting_time_without_spread_is_refused() -> None:
    with pytest.raises(InputError, match="sd 0"):
        waiting_days(5.0, 0.0, first=0)
