"""An exercise is repeatable, marked, and reads as real files do."""

from datetime import date

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.desks.control.exercise import MARK, make
from sampan.engines.outbreak import Scenario
from sampan.formats.read import read_any
from sampan.world.places import english_names, fold, places, subdivisions
from sampan.world.reports import interpret


def _of_one_name() -> list[str]:
    """Homes with an area that is called as another of its areas or as any country is: Luxembourg in Luxembourg."""
    found = []
    for home in places():
        names = [fold(area.name()) for area in subdivisions(home).values()]
        if len(set(names)) < len(names) or english_names().keys() & names:
            found.append(home)
    return found


def test_the_same_seed_gives_the_same_bytes_and_another_another() -> None:
    assert make(home="CHN", seed=1).files == make(home="CHN", seed=1).files
    assert make(home="CHN", seed=1).truth_file() == make(home="CHN", seed=1).truth_file()
    assert make(home="CHN", seed=1).files != make(home="CHN", seed=2).files


def test_every_file_says_that_it_is_an_exercise() -> None:
    assert all(name.startswith(MARK) for name in make(home="ITA", seed=1).files)


@pytest.mark.parametrize("home", ["CHN", "ITA", "KEN", "SGP"])
def test_the_ordinary_reader_reads_it_and_nothing_is_kept_aside(home: str) -> None:
    exercise = make(home=home, seed=3)
    reports = interpret(read_any(exercise.files))
    assert reports.aside == ()
    assert set(exercise.places) <= set(reports.places)
    for index, code in enumerate(exercise.places):
        np.testing.assert_array_equal(
            reports.cases[:, reports.column(code)], exercise.reported.cases[:, index]
        )


def test_home_is_given_by_its_areas_and_sums_to_itself() -> None:
    exercise = make(home="CHN", seed=3)
    reports = interpret(read_any(exercise.files))
    areas = [i for i, code in enumerate(exercise.places) if code.startswith("CN-")]
    assert len(areas) == 31
    np.testing.assert_array_equal(
        reports.cases[:, reports.column("CHN")], exercise.reported.cases[:, areas].sum(axis=1)
    )


@pytest.mark.parametrize("home", _of_one_name())
def test_areas_are_told_apart_from_places_of_the_same_name(home: str) -> None:
    exercise = make(home=home, seed=3, scenario=Scenario(days=21))
    reports = interpret(read_any(exercise.files))
    assert len(set(exercise.places)) == len(exercise.places)
    assert {home, *exercise.places} == set(reports.places)
    for index, code in enumerate(exercise.places):
        read = reports.cases[:, reports.column(code)]
        np.testing.assert_array_equal(read, exercise.reported.cases[:, index], err_msg=code)
    own = [code for code in exercise.places if code == home or code not in places()]
    here = exercise.reported.cases[:, [exercise.places.index(code) for code in own]].sum(axis=1)
    np.testing.assert_array_equal(reports.cases[:, reports.column(home)], here)


def test_the_days_are_those_asked_for() -> None:
    exercise = make(home="CHN", seed=3, first_day=date(2030, 5, 1))
    assert interpret(read_any(exercise.files)).days[0] == date(2030, 5, 1)
    assert exercise.last_day == interpret(read_any(exercise.files)).days[-1]


def test_an_area_is_no_home() -> None:
    with pytest.raises(InputError, match="not a country"):
        make(home="CN-HB")
