"""What an office assumes is read with care, and every figure says on what it rests."""

import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import default, read
from sampan.desks.assistance.needs import ITEMS
from sampan.world.items import items
from sampan.world.places import REGIONS


def test_what_ships_speaks_of_every_item_and_region() -> None:
    given = default()
    assert set(given.supply) == set(given.harm) == set(ITEMS) <= set(items())
    assert tuple(given.lanes) == REGIONS


def test_only_what_was_announced_with_a_source_is_called_announced() -> None:
    for item, supply in default().supply.items():
        for figure, basis in supply.basis.items():
            assert basis in ("announced", "assumption")
            if basis == "announced":
                assert supply.source, f"{item} {figure} needs its source"
            else:
                assert f"{item} {figure}" in default().assumed


def test_the_masks_are_those_that_were_announced() -> None:
    """116 million a day on 29 February 2020 (National Development and Reform Commission, 2 March 2020)."""
    masks = default().supply["mask"]
    assert masks.production == 7 * 116_000_000
    assert masks.basis["production"] == "announced"


def test_for_another_home_supply_is_scaled_and_nothing_stays_announced() -> None:
    halved = default().for_home(500, 1000)
    for item, supply in halved.supply.items():
        assert supply.production == round(default().supply[item].production / 2)
        assert set(supply.basis.values()) == {"assumption"}


def test_the_printed_text_reads_back_as_itself() -> None:
    assert read(default().text, name="mine.toml") == default()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("home_cover = 0.95", "home_cover = 95", "share"),
        ("home_cover = 0.95", 'home_cover = "high"', "home_cover"),
        ("home_cover = 0.95", "", "home_cover"),
        ("minimum_cartons = 2", "minimum_cartons = 1.5", "whole"),
        ("stock = 500\n", "stock = -500\n", "negative"),
        ("stock = 500\n", "stock = inf\n", "number"),
        ("export_share = 0.05", "export_share = true", "export_share"),
        ("weeks = 2,", "weeks = nan,", "weeks"),
        ("[lanes]", "[lanes", "TOML"),
    ],
)
def test_what_does_not_hold_is_named(old: str, new: str, says: str) -> None:
    text = default().text.decode()
    assert old in text
    with pytest.raises(InputError, match=says) as fault:
        read(text.replace(old, new).encode(), name="mine.toml")
    assert fault.value.file == "mine.toml"
    assert fault.value.way_out
