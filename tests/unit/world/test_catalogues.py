from __future__ import annotations

import pytest

from sampan.core.errors import InputError
from sampan.core.languages import LANGUAGES
from sampan.world.items import item, items
from sampan.world.organisations import organisation, organisations
from sampan.world.places import REGIONS, places


def test_organisations_have_stable_identifiers_names_and_their_number_of_members() -> None:
    members = {code: len(each.members) for code, each in organisations().items() if each.members}
    assert members == {"WHO": 194, "EU": 27, "AU": 55, "ASEAN": 10}
    assert organisation("WHO").identifier == "XM-DAC-928"
    identifiers = [each.identifier for each in organisations().values()]
    assert len(set(identifiers)) == len(identifiers)
    for each in organisations().values():
        assert all(each.name(language) for language in LANGUAGES)
        assert set(each.members) <= set(places())
        assert len(set(each.members)) == len(each.members)
        assert each.region in (None, *REGIONS)
        assert bool(each.members) == bool(each.members_source)


def test_members_of_a_regional_organisation_lie_in_its_region() -> None:
    elsewhere = {
        code: {member for member in each.members if places()[member].region != each.region}
        for code, each in organisations().items()
        if each.region
    }
    assert elsewhere == {"EU": {"CYP"}, "AU": set(), "ASEAN": set()}


def test_the_five_kinds_of_supply_have_names_units_packs_and_a_basis_for_each_figure() -> None:
    assert list(items()) == ["test_kit", "mask", "protective_suit", "thermometer_gun", "ventilator"]
    for each in items().values():
        assert all(each.name(language) for language in LANGUAGES)
        assert isinstance(each.pack, int)
        assert min(each.pack, each.volume_m3, each.weight_kg) > 0
        assert 5 < each.weight_kg / each.volume_m3 < 1000, (
            "no freight is lighter than foam or heavier than water"
        )
        assert set(each.basis) == {"pack", "volume_m3", "weight_kg"}
        assert set(each.substitutes) <= set(items())


def test_unknown_codes_are_answered_with_those_known() -> None:
    with pytest.raises(InputError, match="Did you mean mask"):
        item("masks")
    with pytest.raises(InputError, match="Known are test_kit"):
        item("zzz")
    with pytest.raises(InputError, match="Known are WHO"):
        organisation("NATO")
