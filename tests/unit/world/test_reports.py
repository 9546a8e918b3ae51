from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.formats.table import Label, Mark, ReportedTable
from sampan.world.reports import Reports, interpret

NAN = float("nan")
FIRST = date(2020, 3, 1)


def table(columns: dict[Label, list[float]], marks: tuple[Mark, ...] = ()) -> ReportedTable:
    cases = np.array(list(columns.values()), dtype=float).T
    days = tuple(FIRST + timedelta(n) for n in range(len(cases)))
    return ReportedTable("jhu", days, tuple(columns), cases, np.full_like(cases, NAN), marks)


def cases(reports: Reports, code: str) -> list[float]:
    return reports.cases[:, reports.column(code)].tolist()


def test_a_country_in_parts_is_their_sum_and_its_territories_stand_apart() -> None:
    reports = interpret(
        table(
            {
                Label("China", "Hubei"): [10, 20],
                Label("China", "Beijing"): [1, 2],
                Label("China", "Unknown"): [0, 1],
                Label("China", "Hong Kong"): [5, 6],
                Label("Italy"): [7, 8],
            }
        )
    )
    assert reports.places == ("CHN", "HKG", "ITA", "CN-BJ", "CN-HB")
    assert cases(reports, "CHN") == [11, 23]
    assert cases(reports, "HKG") == [5, 6]
    assert [(aside.label.text, aside.counted_in) for aside in reports.aside] == [("Unknown, China", "CHN")]


def test_a_country_given_itself_is_not_the_sum_of_the_parts_given_too() -> None:
    reports = interpret(table({Label("China", "Hubei"): [10], Label("China"): [30]}))
    assert (cases(reports, "CHN"), cases(reports, "CN-HB")) == ([30], [10])


def test_two_labels_of_one_place_are_summed() -> None:
    reports = interpret(table({Label("Saba", None, "XC"): [1, 2], Label("Bonaire", None, "XA"): [3, 4]}))
    assert (reports.places, cases(reports, "BES")) == (("BES",), [4, 6])


def test_a_silent_part_counts_as_last_known_and_a_silent_country_is_nan() -> None:
    reports = interpret(
        table({Label("China", "Hubei"): [10, NAN, NAN, 40], Label("China", "Beijing"): [NAN, 2, NAN, 3]})
    )
    np.testing.assert_array_equal(cases(reports, "CHN"), [10, 12, NAN, 43])
    assert reports.marks == (Mark("CHN", date(2020, 3, 2), "parts carried", "cases", 10, 12),)
    assert np.isnan(reports.deaths).all()


def test_falls_are_marked_for_places_and_for_sums() -> None:
    reports = interpret(table({Label("China", "Hubei"): [10, 9], Label("China", "Beijing"): [1, 1]}))
    assert [(mark.where, mark.before, mark.after) for mark in reports.marks] == [
        ("CHN", 11, 10),
        ("CN-HB", 10, 9),
    ]


def test_marks_of_the_table_follow_their_place() -> None:
    said = (Mark("Italy", FIRST, "disagrees", "cases", 1, 2), Mark("", FIRST, "no column"))
    reports = interpret(table({Label("Italy"): [1]}, said))
    assert {(mark.where, mark.what) for mark in reports.marks} == {("ITA", "disagrees"), ("", "no column")}


def test_unknown_labels_are_set_aside_or_refused_with_their_line() -> None:
    given = table({Label("Itly", line=3): [1], Label("Spain"): [2], Label("Diamond Princess"): [3]})
    reports = interpret(given)
    assert reports.places == ("ESP",)
    assert [aside.label.text for aside in reports.aside] == ["Itly", "Diamond Princess"]
    with pytest.raises(InputError, match=r"cases\.csv, line 3: .*Itly.*Italy \(ITA\)"):
        interpret(given, strict=True, name="cases.csv")


def test_until_drops_later_days_and_places_not_heard_of_yet() -> None:
    reports = interpret(table({Label("Italy"): [1, 2, 1], Label("Spain"): [NAN, NAN, 5]}))
    early = reports.until(date(2020, 3, 2))
    assert (len(early.days), early.places, early.marks) == (2, ("ITA",), ())
    assert reports.until(date(2021, 1, 1)).places == reports.places
    with pytest.raises(InputError, match="first day is 2020-03-01"):
        reports.until(date(2020, 2, 29))


def test_a_place_that_nobody_reported_is_refused() -> None:
    with pytest.raises(InputError, match="Nothing is reported of ESP"):
        interpret(table({Label("Italy"): [1]})).column("ESP")
