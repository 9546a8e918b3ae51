"""Forecasts of 2020 with only what was known then, against the hub baseline."""

from datetime import date, timedelta

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES
from sampan.engines.evaluate import evaluate
from sampan.engines.forecast import project
from sampan.engines.incidence import from_cumulative
from sampan.engines.situation import assess
from sampan.formats import jhu, who

COVID = DISEASES["covid-19"]


@pytest.fixture(scope="module")
def table(shared):
    return who.read((shared / "data/who/WHO-COVID-19-global-data.csv").read_bytes())


def run(table, origins, target="cases", **options):
    places = [label.text for label in table.labels]
    return evaluate(
        table.cases, places, table.days, origins, disease=COVID, target=target, deaths=table.deaths, **options
    )


def test_three_origins_beat_the_baseline_and_say_how(table):
    origins = [date(2020, 6, 1), date(2020, 7, 13), date(2020, 8, 24)]
    result = run(table, origins, baseline_draws=500)
    assert result.summary["relative_wis"] < 0.9
    assert 0.88 <= result.summary["coverage95"] <= 0.98
    rows = len(result.scores["truth"])
    assert len(result.forecasts["value"]) == 23 * rows
    first = {name: column[0] for name, column in result.forecasts.items()}
    assert first["target"] == first["origin"] + np.timedelta64(7, "D") and first["quantile"] == 0.01


def test_the_future_does_not_leak(table):
    day = date(2020, 7, 13)
    until = (day - table.days[0]).days + 1
    whole = run(table, [day], baseline_draws=50)
    places = [label.text for label in table.labels]
    cut = evaluate(table.cases[:until], places, table.days[:until], [day], disease=COVID, baseline_draws=50)
    assert (whole.forecasts["value"] == cut.forecasts["value"]).all()
    assert cut.summary == {"count": 0.0} and np.isnan(cut.scores["truth"]).all()


def test_a_young_epidemic_is_forecast_modestly(shared):
    confirmed = (shared / "data/jhu" / jhu.CONFIRMED).read_bytes()
    march = jhu.read(confirmed)
    origins = [date(2020, 3, 9), date(2020, 3, 16), date(2020, 3, 23)]
    places = [label.text for label in march.labels]
    result = evaluate(march.cases, places, march.days, origins, disease=COVID, baseline_draws=200)
    assert result.summary["relative_wis"] < 0.65 and result.summary["coverage95"] > 0.9
    day = march.days.index(date(2020, 3, 26)) + 1
    seen = from_cumulative(march.cases[:day])
    forecast = project(seen, assess(seen, disease=COVID), disease=COVID)
    assert forecast.calibrated_weeks == 2
    median = forecast.quantiles[places.index("US"), :, 11]
    assert (median[1:] > 0.85 * median[:-1]).all(), "nothing known that week ended the growth"
    assert forecast.quantiles[places.index("Hubei, China"), 0, 16] < 50, "one case that week"


@pytest.mark.full
@pytest.mark.parametrize(("target", "bar"), [("cases", 0.78), ("deaths", 0.85)])
def test_the_summer_of_2020(table, target, bar):
    origins = [date(2020, 6, 1) + timedelta(weeks=week) for week in range(18)]
    summary = run(table, [o for o in origins if o <= table.days[-1]], target, baseline_draws=1000).summary
    assert summary["relative_wis"] <= bar
    assert all(summary[f"relative_wis_{week}"] <= 1.0 for week in range(1, 5))
    sizes = [value for name, value in summary.items() if name.startswith("coverage95_size")]
    assert min(sizes) >= 0.89


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"origins": []}, "No origin"),
        ({"origins": [date(2021, 1, 1)]}, "outside the data"),
        ({"target": "beds"}, "Cannot evaluate"),
    ],
)
def test_bad_questions_are_refused(table, change, says):
    arguments = {"origins": [date(2020, 6, 1)], "target": "cases"} | change
    with pytest.raises(InputError, match=says):
        run(table, arguments["origins"], arguments["target"])
