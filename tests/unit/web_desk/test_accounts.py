"""Pages say what an account of the books is, with its code small beside it, and of which country a province is."""

from __future__ import annotations

import inspect
import re

import pytest

from sampan.core.languages import LANGUAGES
from sampan.languages.speech import speech
from sampan.records import movement
from sampan.records.movement import Account
from sampan.web.desk import accounts
from tests.everything import figures
from tests.unit.web_desk.conftest import Desk

NAMES = {"CHN-MOF": "Ministry of Finance", "fund:who": "WHO fund"}


def test_every_kind_of_account_has_a_name() -> None:
    table = inspect.getsource(movement).split("====\n")[1].rpartition("\n")[0]
    named = [re.sub("<.*?>", "", line.partition("  ")[0]) for line in table.splitlines()]
    assert {kind for each in named for kind in re.findall("[a-z]+", each)} == set(accounts.ACCOUNTS)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("depot:home", "Home depot"),
        ("depot:CN-HB", "Depot: Hubei, China"),
        ("depot:Port <1>", "Depot: Port &lt;1&gt;"),
        ("donor:CHN-MOF", "Donor: Ministry of Finance"),
        ("fund:who", "Fund: WHO fund"),
        ("transit:4-ITA.b", "On the way to Italy: consignment 4-ITA.b"),
        ("loss", "Lost"),
    ],
)
def test_an_account_is_called_what_it_is(account: Account, said: str) -> None:
    told = accounts.said(account, speech("en"), NAMES)
    assert re.sub("</?bdi>", "", told) == said


def test_pages_show_names_and_the_code_small(desk: Desk) -> None:
    lots = {"lots.0.item": "mask", "lots.0.lot": "L1", "lots.0.expiry": "2022-05-31", "lots.0.units": "10000"}
    assert desk.send("assistance.count_stock", **lots).status_code == 303
    page = desk.browser().get("/en/desk/assistance/accounts").text
    assert '<bdi>Home depot</bdi></a> <code class="small quiet">depot:home</code>' in page
    shown = desk.browser().get("/fr/desk/assistance/stock").text
    assert "Dépôt national" in shown
    assert "depot:home" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_is_named_with_its_country(language: str) -> None:
    spoken = speech(language)
    said = spoken.party("CN-HB")
    assert spoken.party("CHN") in said
    assert len(said) > len(spoken.party("CHN")) + 1
    assert spoken.party("GE") == "GE", "a code of no place stays as it is"


def test_a_part_of_a_country_stands_apart_from_countries(desk: Desk) -> None:
    files = figures()
    name = next(name for name in files if "confirmed" in name)
    files[name] += b"Hubei,China,0,0," + b",".join(b"%d" % (10 * day) for day in range(60)) + b"\n"
    desk.node.desk("control").load_figures(files=files)
    page = desk.browser().get("/en/desk/control/situation").text
    assert re.findall(r'<tr class="area"><th scope="row"><a [^>]*>([^<]*)<', page) == ["Hubei, China"]
    assert "counted in the country’s total too" in page
    alone = desk.browser().get("/en/desk/control/situation?places=ITA")
    assert alone.status_code == 200
    assert "counted in the country’s total too" not in alone.text
