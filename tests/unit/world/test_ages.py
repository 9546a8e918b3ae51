from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.world.ages import BANDS, HEADER, load

ITALY = "ITA," + ",".join(str(1000 + band) for band in range(17))


def file(*rows: str, header: str = ",".join(HEADER)) -> bytes:
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


def test_every_place_has_its_people_by_band_and_other_codes_are_kept_aside() -> None:
    found = load(file(ITALY, ITALY.replace("ITA", "CHI")), name="a.csv")
    assert list(found.people) == ["ITA"]
    np.testing.assert_array_equal(found.people["ITA"], 1000 + np.arange(17))
    assert found.aside == ("CHI",)
    assert (len(BANDS), BANDS[0], BANDS[15:]) == (17, "0-4", ("75-79", "80+"))


@pytest.mark.parametrize(
    ("data", "line", "field", "says"),
    [
        (file(ITALY, header=",".join(HEADER).replace("5-9", "5-10")), 1, "5-10", "5-9"),
        (file(ITALY, header=",".join(HEADER[:-1])), 1, "", "80+"),
        (file(ITALY, header=",".join(HEADER) + ",all"), 1, "all", "not known"),
        (file(ITALY, "", ITALY), 4, None, "already on line 2"),
        (file(ITALY.replace("1003", "")), 2, "15-19", "not a number of people"),
        (file(ITALY.replace("1003", "-3")), 2, "15-19", "not a number of people"),
        (file(ITALY.replace("1003", "1.5")), 2, "15-19", "fraction"),
        (file(ITALY.replace("1003", "many")), 2, "15-19", "not a count"),
        (file(ITALY.removesuffix(",1016")), 2, None, "17 cells"),
        (file("ITA" + ",0" * 17), 2, None, "Nobody"),
        (file(ITALY.replace("ITA", "XXX")), None, "iso3", "No row names a place"),
        (file(), None, "iso3", "No row names a place"),
    ],
)
def test_what_does_not_hold_is_named_by_its_line(
    data: bytes, line: int | None, field: str | None, says: str
) -> None:
    with pytest.raises(InputError, match=says.replace("+", r"\+")) as fault:
        load(data, name="a.csv")
    assert (fault.value.line, fault.value.field, fault.value.file) == (line, field, "a.csv")
    assert fault.value.way_out


def test_the_shared_file_is_read_in_place(shared: Path) -> None:
    path = shared / "facts" / "age_structure.csv"
    found = load(path.read_bytes(), name=path.name)
    with path.open() as text:
        total = {row[0]: sum(map(int, row[1:])) for row in list(csv.reader(text))[1:]}
    assert set(total) == set(found.people) | set(found.aside)
    assert found.aside == ("CHI",)
    assert all(people.sum() == total[code] for code, people in found.people.items())
