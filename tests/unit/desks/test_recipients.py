"""Who may be assisted: states with their territories, and organisations for their members."""

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance.recipients import code_of, countries, home_places, pools
from sampan.world.organisations import organisations

REPORTED = ("CHN", "HKG", "MAC", "TWN", "FRA", "REU", "GLP", "ITA", "COK", "NGA", "VNM", "CN-HB")


def test_a_territory_is_helped_through_its_state_and_is_no_further_country() -> None:
    found = {one.code: one.places for one in countries(REPORTED, "CHN")}
    assert found == {
        "COK": ("COK",),
        "FRA": ("FRA", "REU", "GLP"),
        "ITA": ("ITA",),
        "NGA": ("NGA",),
        "VNM": ("VNM",),
    }


def test_home_meets_its_own_need_and_its_areas_are_not_counted_twice() -> None:
    assert home_places(REPORTED, "CHN") == ("CHN", "HKG", "MAC", "TWN")
    assert "ITA" not in {one.code for one in countries(REPORTED, "ITA")}


def test_organisations_stock_for_their_members_with_reports() -> None:
    found = {one.code: one for one in pools(REPORTED, "CHN", share=0.05, worldwide=["NGA"])}
    assert found["EU"].places == ("FRA", "ITA")
    assert found["AU"].places == ("NGA",)
    assert found["WHO"].places == ("NGA",)
    assert all(one.share == 0.05 for one in found.values())


def test_home_is_no_member_that_its_own_gifts_reach() -> None:
    found = {one.code: one for one in pools(REPORTED, "ITA", share=0.05, worldwide=[])}
    assert found["EU"].places == ("FRA",)


@pytest.mark.parametrize(("said", "means"), [("Italy", "ITA"), ("ita", "ITA"), ("eu", "EU"), ("WHO", "WHO")])
def test_people_say_names_or_codes(said: str, means: str) -> None:
    assert code_of(said) == means


def test_every_organisation_is_found_by_its_name() -> None:
    for organisation in organisations().values():
        assert code_of(organisation.name("en")) == organisation.code


def test_nobody_by_that_name() -> None:
    with pytest.raises(InputError, match="Did you mean"):
        code_of("Itly")
