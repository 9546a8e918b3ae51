"""What does an Our World in Data file of COVID-19 figures say?

One row per place and day. Three published layouts are known: the complete file (``iso_code``,
``location``), the compact one of 2024 (``country``, ``code``) and ``full_data.csv`` (``location`` only).
https://github.com/owid/covid-19-data. Sums of places (World, High income) are rows like any other here.
"""

from __future__ import annotations

from sampan.formats.csvfile import column, first_row, optional_column
from sampan.formats.long import Layout, Measure
from sampan.formats.long import read as read_long
from sampan.formats.table import ReportedTable

NAME = "owid-covid-data.csv"


def read(data: bytes, *, name: str = NAME) -> ReportedTable:
    """The file as a table of its total cases and deaths; raises InputError for anything else."""
    header = first_row(data, name=name)

    def find(*names: str) -> int:
        return column(header, names, name=name)

    layout = Layout(
        "owid",
        header,
        day=find("date"),
        country=find("location", "country"),
        code=optional_column(header, ["iso_code", "code"]),
        cases=Measure("cases", find("total_cases"), optional_column(header, ["new_cases"])),
        deaths=Measure("deaths", find("total_deaths"), optional_column(header, ["new_deaths"])),
    )
    return read_long(data, layout, name=name)
