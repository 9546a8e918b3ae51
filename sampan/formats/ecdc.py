"""What does the European Centre for Disease Prevention and Control's daily file say?

One row per place and day with new cases and deaths, latest day first, days as day/month/year.
https://www.ecdc.europa.eu/en/publications-data (daily to 14 December 2020; European countries later).
"""

from __future__ import annotations

from datetime import date, datetime

from sampan.formats.csvfile import column, first_row, optional_column
from sampan.formats.long import Layout, Measure
from sampan.formats.long import read as read_long
from sampan.formats.table import ReportedTable

NAME = "ecdc.csv"


def read(data: bytes, *, name: str = NAME) -> ReportedTable:
    """The file as a table of running sums of its new cases and deaths; raises InputError for anything else.

    A negative new count is a correction: it stays, and the cumulative count falls. Where
    the code is "N/A" the name says what it is.
    """
    header = first_row(data, name=name)

    def find(*names: str) -> int:
        return column(header, names, name=name)

    layout = Layout(
        "ecdc",
        header,
        day=find("dateRep"),
        country=find("countriesAndTerritories"),
        code=optional_column(header, ["countryterritoryCode", "geoId"]),
        cases=Measure("cases", new=find("cases")),
        deaths=Measure("deaths", new=find("deaths")),
        read_day=_day,
        day_example="26/03/2020",
    )
    return read_long(data, layout, name=name)


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()
