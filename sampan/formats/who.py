"""What does WHO's file of daily counts say?

One row per country and day, with new and cumulative counts. https://covid19.who.int/data,
WHO-COVID-19-global-data.csv. Three states of it are known: with a space after each comma of the header
(2020), with a time after each day (summer 2020), and weekly with empty cells between (from 2023).
"""

from __future__ import annotations

from datetime import date

from sampan.formats.csvfile import column, first_row, optional_column
from sampan.formats.long import Layout, Measure
from sampan.formats.long import read as read_long
from sampan.formats.table import ReportedTable

NAME = "WHO-COVID-19-global-data.csv"


def read(data: bytes, *, name: str = NAME) -> ReportedTable:
    """The file as a table of WHO's cumulative counts; raises InputError for anything else.

    Namibia's code NA is empty in some published states of the file: its label then has none.
    """
    header = first_row(data, name=name)

    def find(*names: str) -> int:
        return column(header, names, name=name)

    layout = Layout(
        "who",
        header,
        day=find("Date_reported"),
        country=find("Country"),
        code=find("Country_code"),
        cases=Measure("cases", find("Cumulative_cases"), optional_column(header, ["New_cases"])),
        deaths=Measure("deaths", find("Cumulative_deaths"), optional_column(header, ["New_deaths"])),
        read_day=_day,
    )
    return read_long(data, layout, name=name)


def _day(text: str) -> date:
    """``2020-03-26``, or the same with a time after it."""
    return date.fromisoformat(text.partition("T")[0])
