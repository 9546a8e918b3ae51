"""A bad file is answered with its name, the line, the column and the way out; nothing else happens."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from sampan.core.errors import InputError
from sampan.formats.csvfile import check_form
from sampan.formats.read import read_any
from sampan.formats.table import check_size

JHU = "Province/State,Country/Region,Lat,Long,1/22/20,1/23/20,1/24/20\n"
WHO = (
    "Date_reported,Country_code,Country,WHO_region,New_cases,Cumulative_cases,New_deaths,Cumulative_deaths\n"
)
OWID = "iso_code,continent,location,date,total_cases,new_cases,total_deaths,new_deaths\n"
ECDC = "dateRep,day,month,year,cases,deaths,countriesAndTerritories,geoId,countryterritoryCode\n"
HXL = "Day,Place,Ill\n#date,#country+name,#affected+infected\n"
LIST = "id,country,onset,report,outcome,outcome_date\n"


@dataclass(frozen=True)
class Bad:
    what: str
    data: str | bytes
    line: int | None
    field: str | None
    says: str
    way_out: str


CASES = [
    Bad("an empty file", "", None, None, "empty", "again"),
    Bad("only blank lines", "\n\n\n", None, None, "empty", "again"),
    Bad("a web page", "<!DOCTYPE html><html>404</html>", None, None, "web page", "raw CSV"),
    Bad("a workbook", b"PK\x03\x04abc", None, None, "Excel", "CSV"),
    Bad("UTF-16", "a,b\n1,2\n".encode("utf-16"), None, None, "UTF-16", "UTF-8"),
    Bad("an unknown table", "a,b,c\n1,2,3\n", 1, None, "none of the known formats", "HXL"),
    Bad("a header alone", JHU, None, None, "no places", "again"),
    Bad(
        "a renamed column",
        JHU.replace("Lat", "Latitude") + ",Italy,0,0,1,2,3\n",
        1,
        "Lat",
        '"Latitude"',
        "unchanged",
    ),
    Bad("a column removed", JHU.replace("Lat,", "") + ",Italy,0,1,2,3\n", 1, "Lat", '"Long"', "unchanged"),
    Bad(
        "no dated columns",
        "Province/State,Country/Region,Lat,Long\n,Italy,1,1\n",
        1,
        None,
        "no dated",
        "again",
    ),
    Bad(
        "a day that is none",
        JHU.replace("1/23/20", "31/1/20") + ",Italy,0,0,1,2,3\n",
        1,
        "31/1/20",
        "not a day",
        "month/day",
    ),
    Bad(
        "a day out of order",
        JHU.replace("1/24/20", "1/21/20") + ",Italy,0,0,1,2,3\n",
        1,
        "1/21/20",
        "after 1/23/20",
        "ascend",
    ),
    Bad(
        "a day twice",
        JHU.replace("1/24/20", "1/23/20") + ",Italy,0,0,1,2,3\n",
        1,
        "1/23/20",
        "twice",
        "ascend",
    ),
    Bad(
        "a mistyped year",
        JHU.replace("1/24/20", "1/24/2120") + ",Italy,0,0,1,2,3\n",
        1,
        None,
        "100 years",
        "year",
    ),
    Bad(
        "a row twice",
        JHU + ",Italy,0,0,1,2,3\n,Spain,0,0,1,2,3\n,Italy,0,0,1,2,3\n",
        4,
        None,
        "on line 2",
        "Remove",
    ),
    Bad("a row without a country", JHU + "Hubei,,0,0,1,2,3\n", 2, "Country/Region", "no country", "Name it"),
    Bad("a negative count", JHU + ",Italy,0,0,1,-2,3\n", 2, "1/23/20", "-2", "Empty"),
    Bad("a fraction", JHU + ",Italy,0,0,1,2.5,3\n", 2, "1/23/20", "fraction", "whole"),
    Bad("grouped thousands", JHU + ',Italy,0,0,1,"1,234",3\n', 2, "1/23/20", '"1,234"', "separators"),
    Bad("thousands by spaces", JHU + ",Italy,0,0,1,1 234,3\n", 2, "1/23/20", '"1 234"', "separators"),
    Bad("underscores", JHU + ",Italy,0,0,1,1_234,3\n", 2, "1/23/20", '"1_234"', "whole"),
    Bad("a formula", JHU + ",Italy,0,0,1,=A1+1,3\n", 2, "1/23/20", "=A1+1", "formula"),
    Bad("a word", JHU + ",Italy,0,0,1,many,3\n", 2, "1/23/20", '"many"', "whole"),
    Bad("infinity", JHU + ",Italy,0,0,1,inf,3\n", 2, "1/23/20", '"inf"', "whole"),
    Bad("foreign digits", JHU + ",Italy,0,0,1,١٢,3\n", 2, "1/23/20", "not a count", "whole"),
    Bad("too many people", JHU + ",Italy,0,0,1,99999999999,3\n", 2, "1/23/20", "more people", "again"),
    Bad("a short row", JHU + ",Italy,0,0,1\n,Spain,0,0,1,2,3\n", 2, None, "5 cells", "Correct"),
    Bad("a cut download", JHU + ",Italy,0,0,1,2,3\n,Spain,0,0,1,2", 3, None, "6 cells", "cut download"),
    Bad("a cut quote", JHU + ',Italy,0,0,1,2,3\n,"Korea, So', 3, None, "told apart", "quote"),
    Bad(
        "semicolons",
        WHO.replace(",", ";") + "2020-01-03;IT;Italy;EURO;0;0;0;0\n",
        1,
        None,
        "semicolons",
        "commas",
    ),
    Bad(
        "Latin-1",
        (JHU + ",Italy,0,0,1,2,3\n,Curaçao,0,0,1,2,3\n").encode("latin-1"),
        3,
        None,
        "0xe7",
        "UTF-8",
    ),
    Bad(
        "a lost WHO column",
        WHO.replace("Country,", "Land,") + "2020-01-03,IT,Italy,EURO,0,0,0,0\n",
        1,
        None,
        '"Country"',
        "right one",
    ),
    Bad(
        "a WHO day",
        WHO + "2020-01-03,IT,Italy,EURO,0,0,0,0\n03/01/2020,IT,Italy,EURO,0,0,0,0\n",
        3,
        "Date_reported",
        "03/01/2020",
        "2020-03-26",
    ),
    Bad(
        "a WHO row twice",
        WHO + "2020-01-03,IT,Italy,EURO,0,0,0,0\n" * 2,
        3,
        None,
        "Italy on 2020-01-03",
        "Remove",
    ),
    Bad("a WHO count", WHO + "2020-01-03,IT,Italy,EURO,0,0,0,x\n", 2, "Cumulative_deaths", '"x"', "whole"),
    Bad(
        "a WHO total below zero",
        WHO + "2020-01-03,IT,Italy,EURO,0,-1,0,0\n",
        2,
        "Cumulative_cases",
        "below zero",
        "Empty",
    ),
    Bad("a WHO row of nowhere", WHO + "2020-01-03,,,EURO,0,1,0,0\n", 2, None, "no place", "country"),
    Bad(
        "a WHO year",
        WHO
        + "2020-01-03,IT,Italy,EURO,0,1,0,0\n2020-01-04,IT,Italy,EURO,0,1,0,0\n2120-01-05,IT,Italy,EURO,0,1,0,0\n",
        4,
        None,
        "100 years",
        "year",
    ),
    Bad("WHO without rows", WHO, None, None, "no rows", "again"),
    Bad(
        "an OWID fraction",
        OWID + "ITA,Europe,Italy,2020-03-01,1.5,1,0,0\n",
        2,
        "total_cases",
        "fraction",
        "whole",
    ),
    Bad(
        "an ECDC day",
        ECDC + "2020-03-01,1,3,2020,1,0,Italy,IT,ITA\n",
        2,
        "dateRep",
        "2020-03-01",
        "26/03/2020",
    ),
    Bad(
        "an ECDC sum below zero",
        ECDC + "01/03/2020,1,3,2020,-1,0,Italy,IT,ITA\n",
        2,
        "cases",
        "below zero",
        "Empty",
    ),
    Bad(
        "HXL without a day", HXL.replace("#date", "#geo") + "2020-03-01,Italy,3\n", 2, "#date", "#date", "Tag"
    ),
    Bad(
        "HXL without counts",
        HXL.replace("+infected", "") + "2020-03-01,Italy,3\n",
        2,
        "#affected+infected",
        "tagged",
        "Tag",
    ),
    Bad(
        "HXL without places",
        HXL.replace("#country+name", "#org") + "2020-03-01,Italy,3\n",
        2,
        "#country+name",
        "tagged",
        "Tag",
    ),
    Bad("a line list's day", LIST + "7,Italy,2020-03-01,soon,,\n", 2, "report", "not a day", "2020-03-26"),
    Bad(
        "a report before onset",
        LIST + "7,Italy,2020-03-05,2020-03-01,,\n",
        2,
        None,
        "before the onset",
        "Correct",
    ),
    Bad(
        "a line list without reports",
        LIST + "7,Italy,2020-03-05,,,\n",
        None,
        "report",
        "day of report",
        "Fill",
    ),
]


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.what)
def test_a_bad_file_is_named_with_line_column_and_way_out(bad: Bad) -> None:
    data = bad.data if isinstance(bad.data, bytes) else bad.data.encode()
    with pytest.raises(InputError) as caught:
        read_any({"figures.csv": data})
    said = caught.value
    assert (said.file, said.line, said.field) == ("figures.csv", bad.line, bad.field)
    assert bad.says in said.what
    assert bad.way_out in said.way_out


def test_a_file_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match=r"big\.csv: The file holds 1,001 bytes; at most 1,000 are read"):
        check_form(b"a" * 1001, name="big.csv", limit=1000)


@pytest.mark.parametrize(
    ("data", "line"),
    [(JHU.encode() + b"," * 2**21, 2), (b"1/22/20," * 2**18, 1), (b"\0" * 2**21, 1)],
    ids=["row", "header", "zeros"],
)
def test_a_line_without_end_is_refused_before_it_is_cut_into_cells(data: bytes, line: int) -> None:
    with pytest.raises(InputError, match="longer than 1,048,576 characters") as caught:
        read_any({"figures.csv": data})
    assert (caught.value.file, caught.value.line) == ("figures.csv", line)


def test_more_figures_than_the_memory_should_hold_are_refused() -> None:
    check_size(days=9_000, labels=1_000, name="figures.csv")
    with pytest.raises(InputError, match=r"1,200 places over 9,000 days"):
        check_size(days=9_000, labels=1_200, name="figures.csv")


@pytest.mark.full
def test_a_file_of_200_megabytes_is_read_within_a_gigabyte() -> None:
    script = """
import resource
from datetime import date, timedelta
from sampan.formats.who import read
days = [(date(2000, 1, 1) + timedelta(n)).isoformat() for n in range(9_000)]
rows = "".join(f"{day},C%d,Country number %d,EURO,9,{9 * n},1,{n}\\n" for n, day in enumerate(days, 1))
head = "Date_reported,Country_code,Country,WHO_region,New_cases,Cumulative_cases,New_deaths,Cumulative_deaths\\n"
data = (head + "".join(rows.replace("%d", str(place)) for place in range(440))).encode()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
table = read(data)
print(len(data), table.cases.shape, len(table.marks), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    size, days, places, marks, grown = (int(each) for each in re.findall(r"\d+", done.stdout))
    assert (size > 200_000_000, days, places, marks) == (True, 9_000, 440, 0)
    assert grown < 1_000_000, "kilobytes"


def test_a_line_lists_message_never_quotes_a_cell() -> None:
    with pytest.raises(InputError) as caught:
        read_any({"list.csv": (LIST + "7,Italy,2020-03-01,Maria Rossi,,\n").encode()})
    assert "Maria" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "No file"),
        ({"a.csv": JHU, "b.csv": JHU}, "one of confirmed cases"),
        ({"deaths.csv": JHU}, "one of confirmed cases"),
        ({"recovered.csv": JHU}, "recovered"),
        ({"a.csv": JHU, "b.csv": WHO}, "2 files"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(files: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_any({name: (text + ",Italy,0,0,1,2,3\n").encode() for name, text in files.items()})
