from __future__ import annotations

import pytest

from sampan.formats.table import Label
from sampan.world.labels import resolve_label


@pytest.mark.parametrize(
    ("label", "code"),
    [
        (Label("Italy"), "ITA"),
        (Label("US"), "USA"),
        (Label("Korea, South"), "KOR"),
        (Label("Burma"), "MMR"),
        (Label("Taiwan*"), "TWN"),
        (Label("Cote d'Ivoire"), "CIV"),
        (Label("Congo (Kinshasa)"), "COD"),
        (Label("Congo (Brazzaville)"), "COG"),
        (Label("Holy See"), "VAT"),
        (Label("West Bank and Gaza"), "PSE"),
        (Label("Hubei", None, "CN"), "CHN"),
        (Label("China", "Hubei"), "CN-HB"),
        (Label("China", "Inner Mongolia"), "CN-NM"),
        (Label("China", "CN-XZ"), "CN-XZ"),
        (Label("China", "Hong Kong"), "HKG"),
        (Label("China", "Macau"), "MAC"),
        (Label("Australia", "New South Wales"), "AU-NSW"),
        (Label("Canada", "Quebec"), "CA-QC"),
        (Label("US", "Georgia"), "US-GA"),
        (Label("US", "Puerto Rico"), "PRI"),
        (Label("France", "France"), "FRA"),
        (Label("France", "Reunion"), "REU"),
        (Label("France", "St Martin"), "MAF"),
        (Label("Netherlands", "Sint Maarten"), "SXM"),
        (Label("Netherlands", "Bonaire, Sint Eustatius and Saba"), "BES"),
        (Label("United Kingdom", "Falkland Islands (Islas Malvinas)"), "FLK"),
        (Label("Denmark", "Greenland"), "GRL"),
        (Label("Namibia"), "NAM"),
        (Label("Mainland China", "Hubei"), "CN-HB"),
        (Label("US", "Virgin Islands"), "VIR"),
        (Label("France", "Fench Guiana"), "GUF"),
        (Label("Democratic_Republic_of_the_Congo"), "COD"),
        (Label("Bonaire", None, "XA"), "BES"),
        (Label("Kosovo[1]", None, "XK"), "XKX"),
        (Label("occupied Palestinian territory, including east Jerusalem", None, "PS"), "PSE"),
        (Label("Greece", None, "EL"), "GRC"),
        (Label("Taiwan", None, "CNG1925"), "TWN"),
        (Label("Kosovo", None, "OWID_KOS"), "XKX"),
        (Label("United_States_of_America"), "USA"),
        (Label("", None, "ITA"), "ITA"),
    ],
    ids=lambda each: each.text if isinstance(each, Label) else each,
)
def test_a_place_is_known_in_every_sources_spelling(label: Label, code: str) -> None:
    meaning = resolve_label(label)
    assert (meaning.code, meaning.why, meaning.known) == (code, "", True)


@pytest.mark.parametrize(
    ("label", "counted_in"),
    [
        (Label("Diamond Princess"), None),
        (Label("MS Zaandam"), None),
        (Label("Canada", "Grand Princess"), "CAN"),
        (Label("Canada", "Recovered"), None),
        (Label("Canada", "Repatriated Travellers"), "CAN"),
        (Label("China", "Unknown"), "CHN"),
        (Label("United Kingdom", "Channel Islands"), None),
        (Label("World", None, "OWID_WRL"), None),
        (Label("High income", None, "OWID_HIC"), None),
        (Label("Africa", None, "OWID_AFR"), None),
        (Label("Other"), None),
        (Label("England"), None),
        (Label("US", "Wuhan Evacuee"), "USA"),
        (Label("Cases_on_an_international_conveyance_Japan", None, "N/A"), None),
        (Label("Summer Olympics 2020"), None),
    ],
    ids=lambda each: each.text if isinstance(each, Label) else str(each),
)
def test_what_is_no_place_is_said_to_be_none_and_where_its_people_count(
    label: Label, counted_in: str | None
) -> None:
    meaning = resolve_label(label)
    assert (meaning.code, meaning.counted_in, meaning.known) == (None, counted_in, True)
    assert meaning.why


def test_an_unknown_label_gets_the_nearest_name() -> None:
    country, area = resolve_label(Label("Itly")), resolve_label(Label("China", "Hubie"))
    assert (country.code, country.known, area.counted_in, area.known) == (None, False, "CHN", False)
    assert country.why == 'There is no place "Itly". Did you mean Italy (ITA)?'
    assert area.why.startswith('China has no area "Hubie". Did you mean Hubei (CN-HB)')
