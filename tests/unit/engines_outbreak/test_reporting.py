"""The published tables: every habit one at a time, on figures large enough to see it plainly."""

from __future__ import annotations

import dataclasses

import numpy as np

from sampan.engines.outbreak import Reported, Scenario, Truth, report, simulate

PLAIN = {
    "weekday_swing": 0.0,
    "silent_share": 0.0,
    "regular_share": 0.0,
    "late_share": 0.0,
    "dump_rate": 0.0,
    "correction_rate": 0.0,
    "definition_change": 0.0,
    "case_noise_k": 1e9,
    "death_noise_k": 1e9,
}


def steady(
    *, cases: int = 2000, days: int = 120, places: int = 40, **habits: float
) -> tuple[Truth, Reported]:
    """The same number of cases ready every day in every place, reported with these habits only."""
    scenario = Scenario(days=days, **{**PLAIN, **habits})  # type: ignore[arg-type]
    truth = simulate(np.full(places, 1e6), 0, scenario=scenario, rng=np.random.default_rng(1))
    shape = (days, places)
    truth = dataclasses.replace(truth, cases=np.full(shape, cases), deaths=np.full(shape, cases // 50))
    return truth, report(truth, scenario=scenario, rng=np.random.default_rng(2))


def test_same_seed_same_tables_and_another_seed_others() -> None:
    truth = simulate(np.full(50, 1e7), 0, scenario=Scenario(), rng=np.random.default_rng(1))
    one, two, other = (report(truth, scenario=Scenario(), rng=np.random.default_rng(s)) for s in (5, 5, 6))
    assert one.cases.tobytes() == two.cases.tobytes()
    assert one.deaths.tobytes() == two.deaths.tobytes()
    assert one.habits.events == two.habits.events
    assert not np.array_equal(one.cases, other.cases)


def test_without_habits_the_tables_follow_the_truth() -> None:
    _, told = steady()
    assert abs(told.new_cases[10:].mean() - 2000) < 5
    assert np.abs(told.new_cases[10:] - 2000).max() < 250  # binomial only
    assert not told.habits.silent.any()
    assert told.habits.events == ()


def test_a_silent_day_is_flat_and_comes_with_the_next_report() -> None:
    _, told = steady(silent_share=0.05)
    new, silent = told.new_cases, told.habits.silent
    assert np.all(new[silent] == 0)
    alone = silent[20:-1] & ~silent[19:-2] & ~silent[21:]
    after = new[21:][alone]
    assert len(after) > 50
    assert abs(after.mean() - 4000) < 100


def test_some_places_never_report_on_sunday_and_some_of_them_not_on_saturday() -> None:
    _, told = steady(regular_share=0.5, places=200)
    regular = told.habits.regular
    assert 70 < regular[6].sum() < 130
    assert 0 < regular[5].sum() < regular[6].sum()
    assert not regular[:5].any()
    weekday = (np.arange(120) + 2) % 7
    assert np.array_equal(told.habits.silent, regular[weekday])


def test_a_late_starter_begins_with_everything_so_far() -> None:
    _, told = steady(late_share=1.0)
    start = told.habits.start
    assert start.min() >= 5 and start.max() <= 15
    for place, day in enumerate(start):
        assert told.cases[day - 1, place] == 0
        assert told.new_cases[day, place] > 2000 * (day - 2)


def test_a_dump_is_a_shortfall_and_then_the_logged_number() -> None:
    _, told = steady(dump_rate=0.01)
    dumps = [e for e in told.habits.events if e.kind == "dump"]
    assert len(dumps) > 20
    for event in dumps:
        assert 5 <= event.until - event.day <= 14
        assert told.new_cases[event.until, event.place] > event.cases
        if event.until - event.day > 8:
            assert told.new_cases[event.day + 5 : event.until, event.place].mean() < 1500


def test_a_correction_adds_up_to_nothing_and_can_turn_a_day_negative() -> None:
    _, told = steady(correction_rate=0.01)
    events = [e for e in told.habits.events if e.kind == "correction"]
    assert len(events) > 20
    plain = told.new_cases.copy()
    for event in events:
        plain[event.day, event.place] -= event.cases
        plain[event.until, event.place] += event.cases
    assert np.abs(plain[10:] - 2000).max() < 250
    assert (told.new_cases < 0).any()
    assert any(e.kind == "death correction" for e in told.habits.events)


def test_a_change_of_definition_is_one_jump_in_one_place() -> None:
    _, told = steady(definition_change=0.4)
    (event,) = told.habits.events
    assert event.kind == "definition"
    before = told.cases[event.day - 1, event.place]
    jump = told.new_cases[event.day, event.place]
    assert abs(jump - 2000 - 0.4 * (before + 2000)) < 300
    after = told.new_cases[event.day + 1 :, event.place].mean()
    assert abs(after - 2800) < 50


def test_nothing_happens_where_there_was_nobody() -> None:
    scenario = Scenario(seeds=0, days=30)
    truth = simulate(np.full(10, 1e6), 0, scenario=scenario, rng=np.random.default_rng(1))
    told = report(truth, scenario=scenario, rng=np.random.default_rng(2))
    assert told.cases.sum() == told.deaths.sum() == told.waiting.sum() == 0
    assert told.habits.events == ()
    assert np.isnan(truth.r_of_reports).all()
