"""Bad input gives a documented answer or a clear error, never NaN."""

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.burden import occupancy
from sampan.engines.disease import DISEASES
from sampan.engines.forecast import project, project_deaths
from sampan.engines.incidence import from_cumulative, from_daily
from sampan.engines.situation import assess, closed_form

COVID = DISEASES["covid-19"]
DAYS = 60
WORLDS = {
    "all zero": np.zeros(DAYS),
    "one case ever": np.eye(DAYS)[20],
    "starts yesterday": np.r_[np.zeros(DAYS - 1), 7.0],
    "a month of silence": np.r_[np.full(30, 50.0), np.full(30, np.nan)],
    "never published": np.full(DAYS, np.nan),
    "a thousand million a day": np.full(DAYS, 1e9),
    "a fall below all": np.r_[np.full(DAYS - 1, 3.0), -1e6],
    "one day on, one day off": np.tile([0.0, 500.0], DAYS // 2),
}


def whole(counts):
    incidence = from_daily(np.asarray(counts))
    situation = assess(incidence, disease=COVID)
    return incidence, situation, project(incidence, situation, disease=COVID)


@pytest.mark.parametrize("counts", WORLDS.values(), ids=WORLDS.keys())
def test_every_series_gets_an_answer(counts):
    incidence, situation, forecast = whole(counts)
    for part in (situation.r, situation.growth, situation.infections, forecast.quantiles, incidence.used):
        assert np.isfinite(part).all()
        assert (
            np.diff(part, axis=-1 if part is forecast.quantiles else 0) >= 0
        ).all() or part is incidence.used
    assert ((situation.p_growing >= 0) & (situation.p_growing <= 1)).all()
    assert (forecast.quantiles >= 0).all() and (situation.r > 0).all()
    assert np.isfinite(closed_form(incidence, disease=COVID)).all()


@pytest.mark.parametrize("days", [1, 2, 8])
def test_short_series_get_an_answer(days):
    _, situation, forecast = whole(np.full(days, 5.0))
    assert np.isfinite(situation.r).all() and np.isfinite(forecast.quantiles).all()


def test_places_without_cases_say_so_and_are_wide():
    _, situation, _ = whole(np.stack([WORLDS["all zero"], WORLDS["one case ever"]], axis=1))
    assert situation.phase.tolist() == ["no recent cases"] * 2
    assert (np.log(situation.r[-1, -1] / situation.r[0, -1]) > 1).all()


def test_neighbours_do_not_break_each_other():
    _, situation, forecast = whole(np.stack(list(WORLDS.values()), axis=1))
    assert np.isfinite(situation.r).all() and np.isfinite(forecast.quantiles).all()


def test_deaths_without_cases():
    cases, deaths = from_daily(np.zeros(DAYS)), from_daily(np.full(DAYS, 2.0))
    forecast = project_deaths(cases, deaths, disease=COVID)
    assert np.isfinite(forecast.quantiles).all() and forecast.quantiles[0, 0, 11] > 1


def test_deaths_of_other_places_are_refused():
    with pytest.raises(InputError, match="same days and places"):
        project_deaths(from_daily(np.zeros(9)), from_daily(np.zeros(8)), disease=COVID)


@pytest.mark.parametrize("weeks", [0, 53, -1])
def test_a_horizon_outside_a_year_is_refused(weeks):
    incidence = from_cumulative(np.arange(40.0))
    with pytest.raises(InputError, match="1 to 52 weeks"):
        project(incidence, assess(incidence, disease=COVID), disease=COVID, weeks=weeks)


def test_a_year_ahead_is_possible_and_marked():
    incidence = from_daily(np.full(90, 40.0))
    forecast = project(incidence, assess(incidence, disease=COVID), disease=COVID, weeks=52)
    assert forecast.quantiles.shape == (1, 52, 23)
    assert forecast.calibrated_weeks == 2, "one place alone teaches too little for more"
    assert np.isfinite(forecast.quantiles).all()


def test_a_wrong_share_is_refused():
    with pytest.raises(InputError, match="severe_share"):
        occupancy(np.ones((3, 1)), np.ones((2, 1, 1)), disease=COVID, severe_share=1.5)
