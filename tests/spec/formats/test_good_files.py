"""A small file in, a small table out, for each format; absent is NaN and corrections are kept."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sampan.formats.read import read_any
from sampan.formats.table import Mark, ReportedTable

NAN = float("nan")


def only(text: str | bytes, name: str = "figures.csv") -> ReportedTable:
    return read_any({name: text if isinstance(text, bytes) else text.encode()})


def series(table: ReportedTable, label: int = 0) -> tuple[list[float], list[float]]:
    return table.cases[:, label].tolist(), table.deaths[:, label].tolist()


JHU = """Province/State,Country/Region,Lat,Long,1/30/20,1/31/20,2/1/20
Hubei,China,30.9,112.2,10,8,
,"Korea, South",36,128,1,2.0,3
"""


def test_jhu_counts_are_kept_a_blank_is_nan_and_a_fall_is_marked() -> None:
    table = only(JHU)
    assert table.days == (date(2020, 1, 30), date(2020, 1, 31), date(2020, 2, 1))
    assert [(label.text, label.line) for label in table.labels] == [("Hubei, China", 2), ("Korea, South", 3)]
    np.testing.assert_array_equal(table.cases, [[10, 1], [8, 2], [NAN, 3]])
    assert np.isnan(table.deaths).all()
    assert table.marks == (Mark("Hubei, China", date(2020, 1, 31), "falls", "cases", 10.0, 8.0),)


@pytest.mark.parametrize("change", ["bom", "crlf", "cr", "quotes", "blank lines", "wide years"])
def test_jhu_is_read_the_same_however_it_is_saved(change: str) -> None:
    saved = {
        "bom": "\ufeff" + JHU,
        "crlf": JHU.replace("\n", "\r\n"),
        "cr": JHU.replace("\n", "\r"),
        "quotes": JHU.replace("Hubei", '"Hubei"').replace("10,8", '"10","8"'),
        "blank lines": JHU.replace("Hubei", "\nHubei") + "\n",
        "wide years": JHU.replace("/20", "/2020"),
    }[change]
    table, plain = only(saved), only(JHU)
    assert table.days == plain.days
    np.testing.assert_array_equal(table.cases, plain.cases)


def test_jhu_deaths_may_have_other_days_and_places() -> None:
    deaths = "Province/State,Country/Region,Lat,Long,2/1/20,2/2/20\n,Spain,0,0,5,6\nHubei,China,0,0,1,2\n"
    table = read_any({"confirmed.csv": JHU.encode(), "deaths.csv": deaths.encode()})
    assert [label.text for label in table.labels] == ["Hubei, China", "Korea, South", "Spain"]
    np.testing.assert_array_equal(table.deaths[:, 0], [NAN, NAN, 1, 2])
    np.testing.assert_array_equal(table.deaths[:, 2], [NAN, NAN, 5, 6])
    np.testing.assert_array_equal(table.cases[:, 2], [NAN] * 4)


def test_jhu_says_which_days_have_no_column_and_that_the_last_line_may_be_cut() -> None:
    table = only(JHU.replace("1/31/20", "1/31/20").replace("2/1/20", "2/2/20").removesuffix("\n"))
    np.testing.assert_array_equal(table.cases[:, 1], [1, 2, NAN, 3])
    assert [(mark.what, mark.day) for mark in table.marks if mark.what != "falls"] == [
        ("no column", date(2020, 2, 1)),
        ("cut?", date(2020, 2, 2)),
    ]


WHO_HEAD = (
    "Date_reported,Country_code,Country,WHO_region,New_cases,Cumulative_cases,New_deaths,Cumulative_deaths\n"
)


@pytest.mark.parametrize("header", [WHO_HEAD, WHO_HEAD.replace(",", ", ")], ids=["plain", "spaces"])
@pytest.mark.parametrize("time", ["", "T00:00:00Z"])
def test_who_days_without_a_row_are_nan(header: str, time: str) -> None:
    rows = f"2020-03-01{time},IT,Italy,EURO,5,5,0,0\n2020-03-03{time},IT,Italy,EURO,,9,1,1\n"
    table = only(header + rows + f"2020-03-03{time},,Namibia,AFRO,2,2,,\n")
    assert [(label.country, label.code) for label in table.labels] == [("Italy", "IT"), ("Namibia", None)]
    np.testing.assert_array_equal(table.cases, [[5, NAN], [NAN, NAN], [9, 2]])
    np.testing.assert_array_equal(table.deaths, [[0, NAN], [NAN, NAN], [1, NAN]])
    assert table.marks == ()


def test_who_contradicting_itself_is_marked_and_its_total_kept() -> None:
    table = only(WHO_HEAD + "2020-03-01,IT,Italy,EURO,5,5,0,0\n2020-03-02,IT,Italy,EURO,9,12,0,0\n")
    assert series(table)[0] == [5, 12]
    assert table.marks == (Mark("Italy", date(2020, 3, 2), "disagrees", "cases", 9.0, 7.0),)


def test_owid_is_read_in_each_of_its_layouts() -> None:
    complete = "iso_code,location,date,total_cases,new_cases,total_deaths\nITA,Italy,2020-03-01,1e+05,,3.0\n"
    compact = "country,date,total_cases,total_deaths,code\nItaly,2020-03-01,100000,3,ITA\n"
    full = "date,location,new_cases,new_deaths,total_cases,total_deaths\n2020-03-01,Italy,,,100000,3\n"
    for text in (complete, compact, full):
        table = only(text)
        assert (table.source, table.labels[0].country, series(table)) == ("owid", "Italy", ([100_000], [3]))


def test_ecdc_new_counts_become_running_sums_and_a_negative_one_a_fall() -> None:
    head = "dateRep,day,month,year,cases,deaths,countriesAndTerritories,geoId,countryterritoryCode\r\n"
    rows = "04/03/2020,4,3,2020,5,0,Spain,ES,ESP\r\n03/03/2020,3,3,2020,-2,1,Spain,ES,ESP\r\n"
    table = only("\ufeff" + head + rows + "01/03/2020,1,3,2020,7,1,Spain,ES,ESP\r\n")
    np.testing.assert_array_equal(table.cases[:, 0], [7, NAN, 5, 10])
    np.testing.assert_array_equal(table.deaths[:, 0], [1, NAN, 2, 2])
    assert [(mark.what, mark.before, mark.after) for mark in table.marks] == [("falls", 7, 5)]


def test_hxl_is_read_by_its_tags_whatever_the_columns_are_called() -> None:
    table = only(
        "Situation report\n"
        "Wann,Wo,Teil,Krank,Tot\n"
        "#date+reported,#country+code+v_iso3,#adm1+name,#affected+infected+new,#affected+killed\n"
        "2020-03-01,CHN,Hubei,3,\n"
        "2020-03-02,CHN,Hubei,4,2\n".replace("Situation report\n", "Situation report,,,,\n")
    )
    assert (table.labels[0].code, table.labels[0].province, table.labels[0].line) == ("CHN", "Hubei", 4)
    assert table.cases[:, 0].tolist() == [3, 7]
    np.testing.assert_array_equal(table.deaths[:, 0], [NAN, 2])


def test_a_line_list_is_counted_by_day_of_report_and_of_death() -> None:
    table = only(
        "id,country,province,date_onset,date_report,outcome,date_outcome\n"
        "1,China,Hubei,2020-01-01,2020-01-03,Died,2020-01-06\n"
        "2,China,Hubei,,2020-01-03,recovered,2020-01-05\n"
        "3,China,Hubei,2020-01-02,2020-01-05,,\n"
        "4,China,Hubei,2020-01-02,,,\n"
    )
    assert table.source == "linelist"
    assert series(table) == ([2, 2, 3, 3], [0, 0, 0, 1])
