"""A country is the sum of its parts, as a slow reader would add them up, in whatever order they stand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sampan.formats.table import Label, ReportedTable
from sampan.world.reports import interpret

PROVINCES = ("Hubei", "Beijing", "Tibet", "Unknown")
count = st.one_of(st.just(float("nan")), st.integers(0, 100).map(float))


def table(columns: dict[str, list[float]], order: list[str]) -> ReportedTable:
    values = np.array([columns[name] for name in order]).T
    days = tuple(date(2020, 1, 1) + timedelta(n) for n in range(len(values)))
    return ReportedTable("jhu", days, tuple(Label("China", name) for name in order), values, values.copy())


@given(
    st.lists(st.tuples(*[count] * len(PROVINCES)), min_size=1, max_size=8),
    st.permutations(PROVINCES),
    st.data(),
)
def test_a_country_is_the_sum_of_its_parts_as_last_known(
    rows: list[tuple[float, ...]], order: list[str], data: st.DataObject
) -> None:
    columns = {name: [row[n] for row in rows] for n, name in enumerate(PROVINCES)}
    reports = interpret(table(columns, order))
    expected, known = [], dict.fromkeys(PROVINCES, 0.0)
    for row in rows:
        heard = {name: value for name, value in zip(PROVINCES, row, strict=True) if not np.isnan(value)}
        known |= heard
        expected.append(sum(known.values()) if heard else float("nan"))
    np.testing.assert_array_equal(reports.cases[:, reports.column("CHN")], expected)
    np.testing.assert_array_equal(reports.deaths, reports.cases)
    assert reports.places == ("CHN", "CN-BJ", "CN-HB", "CN-XZ")

    day = data.draw(st.sampled_from(reports.days))
    early = reports.until(day)
    for code in early.places:
        np.testing.assert_array_equal(
            early.cases[:, early.column(code)], reports.cases[: len(early.days), reports.column(code)]
        )
