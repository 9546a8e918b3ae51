"""Numbers, days and names as readers of each language write them."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError
from sampan.core.languages import LANGUAGES, parse_language
from sampan.languages.speech import speech


@pytest.mark.parametrize(
    ("language", "number", "change", "rate", "day"),
    [
        ("en", "1,934,500", "+484%", "2.8", "26 March 2020"),
        ("fr", "1\u202f934\u202f500", "+484\u00a0%", "2,8", "26 mars 2020"),
        ("es", "1.934.500", "+484\u00a0%", "2,8", "26 de marzo de 2020"),
        ("ru", "1\u00a0934\u00a0500", "+484\u00a0%", "2,8", "26 марта 2020 года"),
        ("zh", "1,934,500", "+484%", "2.8", "2020年3月26日"),
        ("ar", "1,934,500", "\u200e+484%", "2.8", "26 مارس 2020"),
    ],
)
def test_as_cldr_writes_them(language: str, number: str, change: str, rate: str, day: str) -> None:
    spoken = speech(language)
    assert spoken.number(1_934_500) == number
    assert spoken.change(4.84) == change
    assert spoken.rate(2.84) == rate
    assert spoken.day(date(2020, 3, 26)) == day


def test_signs() -> None:
    spoken = speech("en")
    assert (spoken.change(-0.5), spoken.change(0.0), spoken.change(0.001)) == ("-50%", "0%", "0%")
    assert speech("ar").change(-0.5).startswith("\u200e-")


def test_the_first_of_a_month() -> None:
    assert [speech(each).day(date(2020, 3, 1)) for each in ("fr", "es")] == [
        "1er mars 2020",
        "1 de marzo de 2020",
    ]


def test_names() -> None:
    assert {speech(each).party("ITA") for each in LANGUAGES} == {
        *("إيطاليا", "意大利", "Italy", "Italie", "Италия", "Italia")
    }
    assert speech("fr").party("WHO") == "Organisation mondiale de la Santé"
    assert speech("zh").party("CN-HB") == "中国湖北省"
    assert speech("en").party("a firm") == "a firm"
    assert speech("ru").term("rising", "phase") == "рост"


def test_an_exercise_is_not_called_by_the_names_of_real_things() -> None:
    wild = "COVID-19 (2020, wild type)"
    for language in LANGUAGES:
        spoken = speech(language)
        assert spoken.figures("jhu", exercise=False) == "jhu"
        assert spoken.disease(wild, exercise=False) == spoken.term(wild, "disease")
        assert spoken.figures("jhu", exercise=True).replace("JHU", "").strip()
        assert spoken.disease(wild, exercise=True) != spoken.term(wild, "disease")
    assert speech("en").figures("jhu", exercise=True) == (
        "figures of the exercise, in the layout of the files of JHU"
    )
    assert (
        speech("en").disease(wild, exercise=True)
        == f"fictional; its parameters are assumed to be those of: {wild}"
    )


def test_lists_stand_in_the_order_in_which_a_reader_looks() -> None:
    codes = ["SWE", "ESP", "CIV", "ETH", "DEU"]
    assert speech("fr").parties(codes) == ["DEU", "CIV", "ESP", "ETH", "SWE"]
    assert speech("zh").parties(["ESP", "ITA", "FRA", "DEU"]) == ["DEU", "FRA", "ESP", "ITA"]


def test_a_language_is_named_by_its_tag() -> None:
    assert parse_language(" FR ") == "fr"
    with pytest.raises(InputError, match="ar, zh, en, fr, ru, es"):
        parse_language("de")
