"""Somebody who signs here for another country sees what the public sees, and of the rest what is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from sampan.access.offer import View
from sampan.access.reach import is_open
from sampan.core.errors import Refused
from sampan.node import DESKS, desk
from tests.everything import asked_of
from tests.served import PEOPLE, Served, locally, memory_node, serve
from tests.signed import QUICK, signed_in

CLOSED = [
    (name, view)
    for name in DESKS
    for view in desk(name).views
    if view.readers == "node" and not is_open(view.name)
]


@cache
def _done() -> Served:
    node = memory_node(people=PEOPLE)
    locally(node)
    return serve(node)


@pytest.fixture
def served() -> Served:
    return _done()


@pytest.fixture
def app(served: Served) -> Iterator[object]:
    from sampan.web.app import site

    yield site(served.node, public_url="https://aid.example.org", cost=QUICK)


@pytest.mark.parametrize(("name", "view"), CLOSED, ids=lambda each: getattr(each, "name", each))
def test_what_only_the_people_of_the_node_read(served: Served, name: str, view: View) -> None:
    given = asked_of(served.node, f"{name}.{view.name}")
    said = {word: value if isinstance(value, list) else str(value) for word, value in given.items()}
    assert served.client("serbia").get(f"/api/v1/{name}/{view.name}", params=said).status_code == 403
    counter = served.node.desk(name, session=served.node.on_behalf_of("serbia"))
    with pytest.raises(Refused):
        getattr(counter, view.name)(**given)


def test_consignments_are_shown_to_their_recipient(served: Served) -> None:
    rows = served.client("italy").get("/api/v1/assistance/consignments").json()
    assert {row["recipient"] for row in rows} == {"ITA"}
    assert served.client("serbia").get("/api/v1/assistance/consignments").json() != rows
    for view in ("consignment", "epcis"):
        address = f"/api/v1/assistance/{view}?number=1-ITA"
        assert served.client("italy").get(address).status_code == 200
        assert served.client("serbia").get(address).status_code == 403
    assert served.client("italy").get("/api/v1/assistance/epcis").status_code == 403
    assert served.client("serbia").get("/api/v1/assistance/consignments?recipient=ITA").status_code == 403
    assert all(
        row["consignment"].endswith("-SRB")
        for row in served.client("serbia").get("/api/v1/assistance/claims").json()
    )


@pytest.mark.parametrize("first", ["officer", "serbia"])
def test_what_one_was_shown_is_not_shown_to_another(served: Served, app, first: str) -> None:
    readers = {who: signed_in(app, served.node, who) for who in ("officer", "serbia")}
    order = [first, *({"officer", "serbia"} - {first})]
    pages = {who: readers[who].get("/en/desk/assistance/consignments").text for who in order}
    assert "1-ITA" in pages["officer"]
    assert "1-ITA" not in pages["serbia"]


@pytest.mark.parametrize(
    "path",
    [
        "assistance/stock",
        "assistance/approve",
        "assistance/pack?number=1-ITA",
        "assistance/receive?number=1-ITA",
        "exchange/entries.json",
        "exchange/sign_for",
        "press/edit_brief?day=2020-03-26",
    ],
)
def test_pages_of_the_desks(served: Served, app, path: str) -> None:
    serbia = signed_in(app, served.node, "serbia")
    answer = serbia.get(f"/fr/desk/{path}")
    assert answer.status_code == 403
    assert "1-ITA" not in answer.text
    assert serbia.get("/fr/desk").headers["location"] == "/fr/desk/assistance/consignments"
    assert serbia.get("/fr/desk/assistance/receive").status_code == 200


def test_every_way_that_is_shown_is_open(served: Served, app) -> None:
    serbia = signed_in(app, served.node, "serbia")
    ways, seen = {"/en/desk"}, set()
    while ways - seen:
        seen.add(way := min(ways - seen))
        answer = serbia.get(way, follow_redirects=True)
        assert answer.status_code == 200, way
        ways |= set(re.findall(r'href="(/en/desk[^"?#]*)', answer.text))
    assert "/en/desk/receipts" in seen
    assert not seen & {"/en/desk/stock", "/en/desk/assistance/accounts", "/en/desk/exchange/entries"}


def test_a_form_about_what_is_anothers_tells_nothing(served: Served, app) -> None:
    from tests.unit.web_access.conftest import csrf

    serbia = signed_in(app, served.node, "serbia")
    form = {"csrf": csrf(serbia, "/en/account"), "number": "1-ITA", "more": "found"}
    answer = serbia.post("/en/desk/assistance/receive", data=form)
    assert answer.status_code == 403
    assert "1-ITA" not in answer.text
    assert serbia.post("/en/desk/assistance/receive", data={**form, "csrf": "x"}).status_code == 419


def test_home_gives_its_own_word(served: Served) -> None:
    size = served.node.session.ledger.size
    answer = served.client("italy").post("/api/v1/exchange/sign_for", json={"number": "ITA/1-CHN"})
    assert answer.status_code == 403
    kinds = [entry.kind for entry in served.node.session.ledger.entries(after=size - 1)]
    assert set(kinds) <= {"access.refusal"}


def test_home_alone_writes_what_home_received(served: Served) -> None:
    from sampan.records.exchange import GoodsReceived

    said = GoodsReceived(partner="ITA", origin="x", consignment="9-CHN", part=1, lines=(), gift="x")
    with pytest.raises(Refused, match="cannot give the word of CHN"):
        served.node.on_behalf_of("italy").write("receive", [said])
