from __future__ import annotations

import pycountry
import pytest

from sampan.core.errors import InputError
from sampan.core.languages import LANGUAGES
from sampan.world import tables
from sampan.world.places import (
    INCOME_GROUPS,
    REGIONS,
    WHO_REGIONS,
    find,
    fold,
    place,
    places,
    subdivisions,
)


def test_every_country_of_iso_3166_1_and_kosovo_is_there() -> None:
    assert set(places()) == {country.alpha_3 for country in pycountry.countries} | {"XKX"}


@pytest.mark.parametrize(
    ("kind", "groups"), [("who_region", WHO_REGIONS), ("region", REGIONS), ("income_group", INCOME_GROUPS)]
)
def test_each_table_of_groups_names_known_places_once(kind: str, groups: tuple[str, ...]) -> None:
    listed = [code for codes in tables.toml("places")[kind].values() for code in codes.split()]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) <= set(places())
    assert set(tables.toml("places")[kind]) == set(groups)


def test_places_without_a_region_have_no_residents_of_their_own() -> None:
    assert [code for code, each in places().items() if each.region is None] == ["ATA"]
    empty = {"ATA", "ATF", "BVT", "ESH", "HMD", "IOT", "SGS", "UMI"}
    assert {code for code, each in places().items() if each.who_region is None} == empty


def test_every_country_is_named_in_the_six_languages() -> None:
    for each in places().values():
        assert all(each.name(language) for language in LANGUAGES), each.code
    assert [place("EGY").name(language) for language in LANGUAGES] == [
        "مصر", "埃及", "Egypt", "Égypte", "Египет", "Egipto",
    ]  # fmt: skip


def test_a_population_that_no_package_knows_stays_a_gap() -> None:
    assert place("REU").population is None
    assert place("XKX").population == 1_794_248
    assert sum(each.population is None for each in places().values()) == 34


def test_chinese_provinces_are_named_in_the_six_languages() -> None:
    provinces = subdivisions("CHN")
    assert len(provinces) == 31
    assert not {"CN-HK", "CN-MO", "CN-TW"} & set(provinces)
    hubei = provinces["CN-HB"]
    assert [hubei.name(language) for language in LANGUAGES] == [
        "خوبي", "湖北省", "Hubei", "Hubei", "Хубэй", "Hubei",
    ]  # fmt: skip
    assert (hubei.parent, hubei.region, hubei.who_region, hubei.population) == ("CHN", "Asia", "WPRO", None)
    for language in LANGUAGES:
        assert len({each.name(language) for each in provinces.values()}) == 31, language


def test_areas_of_other_countries_are_named_as_in_iso_3166_2() -> None:
    assert place("AU-NSW").name("fr") == "New South Wales"
    assert all(area.parent == "AUS" for area in subdivisions("AUS").values())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ITA", "ITA"), ("it", "ITA"), ("Italy", "ITA"), ("Italia", "ITA"), ("意大利", "ITA"), ("إيطاليا", "ITA"),
        ("cote d'ivoire", "CIV"), ("Côte d’Ivoire", "CIV"), ("Burma", "MMR"), ("cn-hb", "CN-HB"), ("湖北省", "CN-HB"),
        ("Taiwan*", "TWN"), ("Turkey", "TUR"), ("Türkiye", "TUR"), (" United   States ", "USA"), ("Kosovo[1]", "XKX"),
    ],
)  # fmt: skip
def test_a_place_is_found_by_code_or_by_name_in_any_language(text: str, code: str) -> None:
    assert find(text).code == code


def test_every_place_is_found_by_its_codes_and_by_its_name_in_each_language() -> None:
    for code, each in places().items():
        written = [code, code.lower(), each.alpha2, *(each.name(language) for language in LANGUAGES)]
        assert {find(text).code for text in written} == {code}


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Itly", "Did you mean Italy (ITA)?"),
        ("Gemany", "Germany (DEU)"),
        ("Xyzzyx", "ISO 3166 code"),
        ("", "ISO 3166"),
    ],
)
def test_an_unknown_place_is_answered_with_the_nearest(text: str, suggestion: str) -> None:
    with pytest.raises(InputError) as caught:
        find(text)
    assert caught.value.what == f'There is no place "{text}".'
    assert suggestion in caught.value.way_out


@pytest.mark.parametrize("code", ["ita", "CN-HK", "CN-XX", "XX", "", "Italy"])
def test_place_takes_exact_codes_only(code: str) -> None:
    with pytest.raises(InputError):
        place(code)


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert fold("  Côte d’Ivoire ") == fold("COTE D'IVOIRE") == "cote d ivoire"
