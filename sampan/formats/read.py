"""Which of the known formats is this file, and what does it say?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from sampan.core.errors import InputError
from sampan.formats import hxl, jhu, linelist
from sampan.formats.csvfile import first_row, optional_column
from sampan.formats.table import ReportedTable

FORMATS = ("jhu", "who", "owid", "ecdc", "hxl", "linelist")

_SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("jhu", ("Province/State", "Country/Region", "Lat")),
    ("who", ("Date_reported", "Cumulative_cases")),
    ("owid", ("date", "total_cases")),
    ("ecdc", ("dateRep", "countriesAndTerritories")),
)
"""Columns by which each format is known; HXL is known by its tags, a line list by its days per person."""


def sniff(data: bytes, *, name: str) -> str:
    """The format of a file, one of FORMATS. Raises InputError if it is none of them."""
    if hxl.tag_row(data, name=name) is not None:
        return "hxl"
    header = first_row(data, name=name)
    for form, signs in _SIGNS:
        if all(optional_column(header, [sign]) is not None for sign in signs):
            return form
    if all(optional_column(header, names) is not None for names in (linelist.COUNTRY, linelist.REPORT)):
        return "linelist"
    if optional_column(header, ["Country/Region"]) is not None or "Province_State" in header:
        return "jhu"
    raise InputError(
        "This is none of the known formats.",
        file=name,
        line=1,
        way_out=f"Its columns begin with {', '.join(header[:4])[:80]}. Known are JHU's global time series, WHO's and "
        "ECDC's daily counts, Our World in Data, HXL-tagged CSV and line lists; tag your own table with HXL hashtags.",
    )


def read_any(files: Mapping[str, bytes]) -> ReportedTable:
    """The table in one file of any known format, or in JHU's pair of confirmed and deaths, by file name.

    Raises InputError if the files are of no known format or do not belong together.
    """
    if not files:
        raise InputError("No file is given.", way_out="Name one.")
    forms = {name: sniff(data, name=name) for name, data in files.items()}
    if set(forms.values()) == {"jhu"}:
        return _read_jhu(files)
    if len(files) > 1:
        raise InputError(
            f"{len(files)} files are given ({', '.join(f'{name}: {form}' for name, form in forms.items())}).",
            way_out="Load one file at a time; only JHU's confirmed and deaths belong together.",
        )
    name, form = next(iter(forms.items()))
    read: Callable[..., ReportedTable] = import_module(f"sampan.formats.{form}").read
    return read(files[name], name=name)


def _read_jhu(files: Mapping[str, bytes]) -> ReportedTable:
    """One file is confirmed cases unless it is called otherwise; of two, one must be called deaths."""
    deaths = [name for name in files if "death" in name.casefold()]
    others = [name for name in files if name not in deaths]
    recovered = [name for name in others if "recovered" in name.casefold()]
    if recovered:
        raise InputError("Counts of the recovered are not used.", file=recovered[0], way_out="Leave it out.")
    if len(others) != 1 or len(deaths) > 1:
        raise InputError(
            f"Of JHU's files one of confirmed cases is needed, and at most one of deaths; given: {', '.join(files)}.",
            way_out=f'Call them as JHU does: "{jhu.CONFIRMED}" and "{jhu.DEATHS}".',
        )
    if not deaths:
        return jhu.read(files[others[0]], name=others[0])
    return jhu.read(files[others[0]], files[deaths[0]], name=others[0], deaths_name=deaths[0])
