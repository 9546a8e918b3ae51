"""What is written is read back, and no damage to a file does worse than an InputError."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.core.errors import InputError
from sampan.formats import jhu
from sampan.formats.read import read_any
from sampan.formats.table import Label, ReportedTable, falls, known_before, last_known

names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
counts = st.one_of(st.just(float("nan")), st.integers(0, 10**10).map(float))


@st.composite
def tables(draw: st.DrawFn) -> ReportedTable:
    first = draw(st.dates(date(2000, 1, 1), date(2060, 1, 1)))
    days = tuple(first + timedelta(n) for n in range(draw(st.integers(1, 5))))
    places = draw(st.lists(st.tuples(names, st.none() | names), min_size=1, max_size=5, unique_by=_text))
    labels = tuple(Label(country, province, line=n + 2) for n, (country, province) in enumerate(places))
    cells = st.lists(counts, min_size=len(days) * len(labels), max_size=len(days) * len(labels))
    cases, deaths = (np.array(draw(cells)).reshape(len(days), len(labels)) for _ in range(2))
    return ReportedTable("jhu", days, labels, cases, deaths)


def _text(place: tuple[str, str | None]) -> str:
    return Label(*place).text


@given(tables())
def test_a_table_written_as_jhu_is_read_back(table: ReportedTable) -> None:
    again = jhu.read(*jhu.write(table))
    assert (again.days, again.labels) == (table.days, table.labels)
    np.testing.assert_array_equal(again.cases, table.cases)
    np.testing.assert_array_equal(again.deaths, table.deaths)


@given(tables(), st.integers(0, 4))
def test_a_file_cut_to_a_day_says_what_the_whole_file_says_up_to_it(table: ReportedTable, day: int) -> None:
    last = table.days[min(day, len(table.days) - 1)]
    confirmed, _ = jhu.write(table)
    cut = jhu.read(jhu.until(confirmed, last))
    assert cut.days == tuple(each for each in table.days if each <= last)
    np.testing.assert_array_equal(cut.cases, table.cases[: len(cut.days)])
    assert jhu.until(confirmed, table.days[-1]) == confirmed


@given(st.lists(st.one_of(st.just(float("nan")), st.integers(0, 9).map(float)), min_size=1, max_size=12))
def test_falls_are_those_that_a_slow_reader_finds(column: list[float]) -> None:
    days = [date(2020, 1, 1) + timedelta(n) for n in range(len(column))]
    last, expected, known, before = float("nan"), [], [], []
    for day, value in zip(days, column, strict=True):
        before.append(last)
        if value < last:
            expected.append((day, last, value))
        last = last if np.isnan(value) else value
        known.append(last)
    values = np.array(column)[:, None]
    found = falls(values, days=days, where=["X"], measure="cases")
    assert [(mark.day, mark.before, mark.after) for mark in found] == expected
    np.testing.assert_array_equal(last_known(values)[:, 0], known)
    np.testing.assert_array_equal(known_before(values)[:, 0], before)


WHOLE = {
    "jhu": 'Province/State,Country/Region,Lat,Long,1/22/20,1/23/20\nHubei,China,30,112,1,2\n,"Korea, South",1,1,,9\n',
    "who": "Date_reported,Country_code,Country,WHO_region,New_cases,Cumulative_cases,New_deaths,Cumulative_deaths\n"
    "2020-01-03,IT,Italy,EURO,0,1,0,0\n2020-01-04,IT,Italy,EURO,1,2,-1,0\n",
    "owid": "iso_code,location,date,total_cases,new_cases,total_deaths\nITA,Italy,2020-03-01,1.0,,3\n",
    "ecdc": "dateRep,cases,deaths,countriesAndTerritories,geoId\n01/03/2020,1,0,Italy,IT\n",
    "hxl": "a,b,c\n#date,#country+name,#affected+infected\n2020-03-01,Italy,3\n",
    "linelist": "country,onset,report,outcome,outcome_date\nItaly,2020-03-01,2020-03-03,died,2020-03-09\n",
}


@pytest.mark.parametrize("form", WHOLE)
@given(data=st.data())
@settings(max_examples=150)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(form: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[form].encode())
    for _ in range(data.draw(st.integers(1, 4), label="damages")):
        at = data.draw(st.integers(0, len(damaged)), label="at")
        kind = data.draw(st.sampled_from(["change", "insert", "remove", "cut"]), label="kind")
        piece = data.draw(
            st.binary(min_size=1, max_size=3) | st.sampled_from([b'"', b",", b"\n", b"\0", b"-", b"9" * 9])
        )
        if kind == "insert":
            damaged[at:at] = piece
        elif kind == "change":
            damaged[at : at + len(piece)] = piece
        elif kind == "remove":
            del damaged[at : at + len(piece)]
        else:
            del damaged[at:]
    try:
        table = read_any({f"{form}.csv": bytes(damaged)})
    except InputError as said:
        assert said.file == f"{form}.csv"
        assert said.way_out
        return
    for values in (table.cases, table.deaths):
        assert not (values < 0).any()
        assert not np.isinf(values).any()
