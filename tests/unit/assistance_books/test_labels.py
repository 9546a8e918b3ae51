"""GS1 labels as they are printed and scanned, and what is wrong with others."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance import depots
from sampan.formats.gs1 import Label, read_label
from sampan.node import memory_node

GTIN = "07032069804988"
"""From the documentation of the library that reads them: its check digit is right."""


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(10)L7(17)220531(37)40",
        f"(01){GTIN}(17)220531(37)40(10)L7",
        f"01{GTIN}1722053137400\x1d10L7".replace("37400", "3740"),
        f"]C101{GTIN}172205313740\x1d10L7",
    ],
)
def test_a_label_is_read_as_printed_and_as_scanned(text: str) -> None:
    assert read_label(text) == Label(GTIN, "L7", date(2022, 5, 31), 40, None, None)


def test_day_nought_is_the_last_of_the_month() -> None:
    assert read_label(f"(01){GTIN}(10)L7(17)220200").expiry == date(2022, 2, 28)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(01)07032069804989(10)L7", "misread"),
        ("(10)L7(17)220531", "names no product"),
        (f"(01){GTIN}(17)220531", "an expiry but no lot"),
        (f"(01){GTIN}(10)L7(17)221350", "no GS1 label"),
        ("(01)123(10)L7", "no GS1 label"),
        ("hello", "no GS1 label"),
        ("", "names no product"),
    ],
)
def test_what_is_no_label_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as fault:
        read_label(text)
    assert fault.value.way_out


def test_a_label_stands_for_base_units() -> None:
    with memory_node() as node:
        with pytest.raises(InputError, match=f"Nobody has said what GTIN {GTIN} is"):
            depots.scanned(node.session, f"(01){GTIN}(10)L7", 3)
        depots.name_code(node.session, GTIN, "mask", 2000)
        line = depots.scanned(node.session, f"(01){GTIN}(10)L7(17)220531", 3)
        assert (line.item, line.units, line.lot, line.expiry) == ("mask", 6000, "L7", date(2022, 5, 31))
        assert depots.scanned(node.session, f"(01){GTIN}(10)L7(37)40").units == 80_000
        with pytest.raises(InputError, match="does not say how many"):
            depots.scanned(node.session, f"(01){GTIN}(10)L7")
