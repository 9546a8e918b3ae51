from __future__ import annotations

import math

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.needs.capacity import Capacity
from sampan.world.capacity import Capacities, load

FILE = b"""place,population,doctors,beds_per_1000,icu_per_cent,genexpert,manual
ITA,60000000,240000,3,10,,2
KEN,50000000,,,,180,
WLD,7000000000,1,1,1,1,1
"""


def test_a_figure_says_whether_it_is_loaded_assumed_or_not_known() -> None:
    italy = Capacities(load(FILE, name="c.csv")).of("ITA")
    assert (italy["doctors"].value, italy["doctors"].basis, italy["doctors"].assumed) == (
        240_000,
        "loaded",
        False,
    )
    assert (italy["beds"].value, italy["icu_share"].value) == (180_000, 0.1)
    assert (italy["nurses"].value, italy["nurses"].basis) == (648_000, "assumed: income group average")
    assert math.isnan(italy["genexpert"].value)
    assert italy["genexpert"].basis == "not known"


def test_codes_that_are_no_place_are_kept_aside() -> None:
    loaded = load(FILE, name="c.csv")
    assert (set(loaded.figures), loaded.aside, loaded.count) == ({"ITA", "KEN"}, ("WLD",), 7)


def test_without_files_population_is_the_packages_and_a_territory_stays_a_gap() -> None:
    nothing = Capacities()
    assert nothing.of("ITA")["population"].basis == "pypopulation: World Bank, 2019"
    assert all(math.isnan(figure.value) for figure in nothing.of("REU").values())
    assert nothing.assumed(["ITA", "REU"]) == ("ITA",)


def test_a_province_has_its_countrys_rates_if_they_are_loaded_and_else_its_income_groups() -> None:
    people = load(b"iso_3166_2,population\nCN-HB,59000000\n", name="p.csv")
    china = load(b"place,population,beds\nCHN,1000000000,5000000\n", name="c.csv")
    assert Capacities(people).of("CN-HB")["beds"].value == pytest.approx(59_000_000 * 2.9 / 1000)
    beds = Capacities(people, china).of("CN-HB")["beds"]
    assert (beds.value, beds.basis) == (295_000, "assumed: as in CHN, per head")
    assert math.isnan(Capacities(china).of("CN-HB")["beds"].value)


def test_a_later_file_wins_figure_by_figure() -> None:
    both = Capacities(load(FILE, name="c.csv"), load(b"place,doctors\nITA,1\n", name="d.csv")).of("ITA")
    assert (both["doctors"].value, both["population"].value) == (1, 60_000_000)


def test_arrays_fit_the_needs_engine_and_unknown_machines_stay_unknown() -> None:
    capacities = Capacities(load(FILE, name="c.csv"))
    arrays = capacities.arrays(["ITA", "KEN", "FRA", "REU"])
    engine = Capacity(**arrays)
    assert engine.places == 4
    assert (arrays["tests_per_week"][:2] > 0).all()
    assert np.isnan(arrays["tests_per_week"][2:]).all()
    assert np.isnan(arrays["beds"]).tolist() == [False, False, False, True]
    values, assumed = capacities.capacity_arrays(["ITA", "KEN"])["doctors"]
    assert (values.tolist(), assumed.tolist()) == ([240_000, 40_000], [False, True])


@pytest.mark.parametrize(
    ("text", "line", "field", "says", "way_out"),
    [
        ("", None, None, "empty", "again"),
        ("place,docters\nITA,1\n", 1, "docters", "not known", 'Is it "doctors"?'),
        ("doctors\n1\n", 1, None, "no column of places", "place"),
        ("place,name\nITA,Italy\n", 1, None, "no column of figures", "doctors"),
        ("place,beds,hospital_beds\nITA,1,1\n", 1, "hospital_beds", "twice", "Remove"),
        ("place,beds\nITA,1\nita,2\n", 3, None, "on line 2", "Remove"),
        ("place,beds\nITA,-1\n", 2, "beds", '"-1"', "digits"),
        ("place,beds\nITA,many\n", 2, "beds", '"many"', "digits"),
        ("place,beds\nITA,1_000\n", 2, "beds", '"1_000"', "digits"),
        ("place,beds\nITA,inf\n", 2, "beds", '"inf"', "digits"),
        ("place,icu_share\nITA,3.5\n", 2, "icu_share", "more than all", "icu_per_cent"),
        ("place,beds\nITA\n", 2, None, "1 cells", "Correct"),
        ("place,beds\nXXX,1\n", None, "place", "No row names a place", "ISO 3166"),
    ],
)
def test_a_bad_capacity_file_is_named_with_line_and_column(
    text: str, line: int | None, field: str | None, says: str, way_out: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(text.encode(), name="c.csv")
    said = caught.value
    assert (said.file, said.line, said.field) == ("c.csv", line, field)
    assert says in said.what
    assert way_out in said.way_out
