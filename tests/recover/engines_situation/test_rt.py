"""R is recovered where the truth is known, and stays plausible on the days that broke other tools."""

import numpy as np
import pytest

from sampan.engines.disease import DISEASES
from sampan.engines.evaluate import evaluate_rt
from sampan.engines.incidence import from_cumulative
from sampan.engines.renewal import fit
from sampan.engines.situation import MEDIAN, assess
from sampan.engines.tracker import track
from sampan.formats import jhu, who

COVID = DISEASES["covid-19"]

# mean absolute error of log R at lags 0 and 7 of the best of four public methods on like simulations
BEST_PUBLIC = {
    ("A", 0): 0.057, ("A", 7): 0.037, ("B", 0): 0.156, ("B", 7): 0.123, ("C", 0): 0.089, ("C", 7): 0.055,
    ("D", 0): 0.121, ("D", 7): 0.078, ("E", 0): 0.164, ("E", 7): 0.115, ("F", 0): 0.182, ("F", 7): 0.137,
}  # fmt: skip


@pytest.fixture(scope="module")
def jhu_file(shared):
    return jhu.read((shared / "data/jhu/time_series_covid19_confirmed_global.csv").read_bytes())


@pytest.fixture(scope="module")
def who_file(shared):
    return who.read((shared / "data/who/WHO-COVID-19-global-data.csv").read_bytes())


def test_six_worlds_small():
    for row in evaluate_rt(series=30, seed=1):
        assert row.non_finite == 0
        assert 0.88 <= row.coverage95 <= 1.0, row
        assert row.error <= 1.1 * BEST_PUBLIC[row.scenario, row.lag], row


@pytest.mark.full
def test_six_worlds():
    for row in evaluate_rt(series=200):
        assert 0.92 <= row.coverage95 <= 0.98, row
        assert row.error <= BEST_PUBLIC[row.scenario, row.lag], row


def test_every_place_of_the_real_files_gets_an_answer(jhu_file, who_file):
    for table in (jhu_file, who_file):
        incidence = from_cumulative(table.cases)
        situation = assess(incidence, disease=COVID)
        for part in (situation.r, situation.growth, situation.infections, situation.p_growing):
            assert np.isfinite(part).all()
        followed = track(incidence, disease=COVID, fitted=fit(incidence, disease=COVID))
        assert np.isfinite(followed.r).all() and np.isfinite(followed.evidence).all()


@pytest.mark.parametrize(
    ("source", "place", "day"),
    [("jhu", "Hubei, China", "2020-02-14"), ("who", "France", "2020-05-30"), ("who", "Spain", "2020-08-20")],
)
def test_days_that_broke_other_tools(source, place, day, jhu_file, who_file):
    table = jhu_file if source == "jhu" else who_file
    column = [label.text for label in table.labels].index(place)
    at = [str(d) for d in table.days].index(day)
    for known in (table.cases[: at + 1], table.cases):
        situation = assess(from_cumulative(known), disease=COVID)
        assert 0.4 <= situation.r[MEDIAN, at, column] <= 1.5
        assert situation.flagged[at, column]


def test_hubeis_change_of_definition_is_detected(jhu_file):
    column = [label.text for label in jhu_file.labels].index("Hubei, China")
    incidence = from_cumulative(jhu_file.cases)
    marked = {str(jhu_file.days[day]) for day in np.flatnonzero(incidence.anomaly[:, column])}
    assert {"2020-02-13", "2020-02-14"} <= marked
    assert incidence.silent[[str(d) for d in jhu_file.days].index("2020-02-12"), column]


def test_turkeys_change_of_definition_is_no_explosion(who_file):
    column = [label.text for label in who_file.labels].index("Türkiye")
    at = [str(d) for d in who_file.days].index("2020-08-03")
    situation = assess(from_cumulative(who_file.cases[: at + 1]), disease=COVID)
    assert situation.r[MEDIAN, at, column] < 1.3
