"""A disease is data with sources, and bad data is refused with the way out."""

from dataclasses import replace

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES, discretised_gamma

COVID = DISEASES["covid-19"]


def moments(pmf):
    days = np.arange(len(pmf))
    mean = pmf @ days
    return mean, np.sqrt(pmf @ (days - mean) ** 2)


@pytest.mark.parametrize(("key", "mean", "sd"), [("covid-19", 4.7, 2.9), ("ebola", 15.3, 9.3)])
def test_generation_intervals_have_the_published_moments(key, mean, sd):
    pmf = DISEASES[key].generation_interval
    assert pmf[0] == 0 and pmf.sum() == pytest.approx(1)
    assert moments(pmf) == pytest.approx((mean, sd), rel=0.02)


@pytest.mark.parametrize("disease", DISEASES.values(), ids=lambda d: d.name)
def test_every_figure_has_a_source(disease):
    told = {name for name in vars(disease) if name not in ("name", "sources")}
    assert told == set(disease.sources)


def test_a_delay_may_fall_on_day_zero_and_keeps_its_mean():
    pmf = discretised_gamma(2.0, 1.5)
    assert pmf[0] > 0
    assert moments(pmf)[0] == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize(
    ("field", "pmf", "says"),
    [
        ("generation_interval", [0.1, 0.9], "day 0"),
        ("generation_interval", [0.0, 0.5, 0.4], "sums to 0.9"),
        ("infection_to_report", [0.5, -0.1, 0.6], "not a list of numbers"),
        ("report_to_death", [np.nan, 1.0], "not a list of numbers"),
        ("report_to_death", [], "not a list of numbers"),
    ],
)
def test_what_is_no_distribution_is_refused(field, pmf, says):
    with pytest.raises(InputError, match=says) as caught:
        replace(COVID, **{field: pmf})
    assert caught.value.field == field and caught.value.way_out


@pytest.mark.parametrize(
    ("field", "value"), [("severe_share", 1.2), ("fatality_ratio", -0.1), ("ward_days", 0)]
)
def test_shares_and_stays_are_checked(field, value):
    with pytest.raises(InputError):
        replace(COVID, **{field: value})


@pytest.mark.parametrize("arguments", [(0.5, 1.0), (3.0, 0.0)])
def test_impossible_gammas_are_refused(arguments):
    with pytest.raises(InputError, match="No gamma distribution"):
        discretised_gamma(*arguments, shift=1)
