"""A stranger sees what is public, and nothing else; nobody may do what their roles do not allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sampan.access.offer import Act, View
from sampan.core.problems import MEDIA
from sampan.node import DESKS, Node, desk
from sampan.web.api.examples import example
from tests.everything import asked_of
from tests.served import ADDRESS, Served

VIEWS = [(name, view) for name in DESKS for view in desk(name).views]
ACTS = [(name, act) for name in DESKS for act in desk(name).acts]


def texts(value: Any) -> Iterator[str]:
    """Every text in a body, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def secrets(node: Node) -> set[str]:
    """What only internal entries say: their ids, and every text in them that no public entry has."""
    internal: set[str] = set()
    public: set[str] = set()
    for entry in node.session.ledger.entries():
        said = {entry.id, *texts(entry.body)}
        (internal if entry.sharing == "internal" else public).update(said)
    # An internal entry that a public one cites is known to be there: its id is on the public page.
    cited = {
        ref for entry in node.session.ledger.entries() if entry.sharing == "public" for ref in entry.refs
    }
    words = {text for text in internal if text.isalpha()}  # "notice" is no secret
    return {text for text in internal - public - cited - words if len(text) > 5}


def test_there_is_something_to_leak(served: Served) -> None:
    hidden = secrets(served.node)
    assert {"Works 3", "ten are broken", "E-0001", "flight cancelled", "by telephone"} <= hidden


@pytest.mark.parametrize(("name", "view"), VIEWS, ids=lambda each: getattr(each, "name", each))
def test_a_stranger_sees_public_views_without_secrets(served: Served, name: str, view: View) -> None:
    given = asked_of(served.node, f"{name}.{view.name}")
    answer = served.client().get(f"/api/v1/{name}/{view.name}", params=_query(given))
    if view.readers == "node":
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    else:
        assert answer.status_code == 200, answer.text
    leaked = [text for text in secrets(served.node) if text in answer.text]
    assert not leaked


def _query(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, list) else str(value) for name, value in given.items()}


def test_a_stranger_does_not_learn_that_an_internal_entry_exists(served: Served) -> None:
    internal = next(e for e in served.node.session.ledger.entries() if e.sharing == "internal")
    there = served.client().get("/api/v1/exchange/public_entry", params={"entry": internal.id})
    not_there = internal.id[:-12] + "0" * 12
    nowhere = served.client().get("/api/v1/exchange/public_entry", params={"entry": not_there})
    assert there.status_code == nowhere.status_code == 422
    assert there.text.replace(internal.id, "") == nowhere.text.replace(not_there, "")


@pytest.mark.parametrize("who", [None, "viewer"])
@pytest.mark.parametrize(("name", "act"), ACTS, ids=lambda each: getattr(each, "name", each))
def test_nobody_acts_without_the_role(served: Served, name: str, act: Act, who: str | None) -> None:
    size = served.node.session.ledger.size
    answer = served.client(who).post(f"/api/v1/{name}/{act.name}", json=example(act))
    assert answer.status_code == (401 if who is None else 403)
    assert answer.headers["content-type"] == MEDIA
    grown = list(served.node.session.ledger.entries(after=size - 1))
    assert [entry.kind for entry in grown] == ([] if who is None else ["access.refusal"])


def test_a_token_that_does_not_hold_is_refused_even_where_nobody_need_be_signed_in(served: Served) -> None:
    client = served.client()
    for token in ("", "x", "sampan_" + "0" * 43, "é"):
        answer = client.get(
            "/api/v1/assistance/figures", headers={"Authorization": b"Bearer " + token.encode()}
        )
        assert answer.status_code == 401, token


def test_a_token_in_an_address_is_nobodys(served: Served) -> None:
    """What stands in an address is written into logs and histories."""
    token = served.client("officer").headers["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token", "authorization", "bearer"):
        assert served.client().get(f"/api/v1/assistance/stock?{name}={token}").status_code in (401, 422)
        with_cookie = served.client().get("/api/v1/assistance/stock", headers={"Cookie": f"{name}={token}"})
        assert with_cookie.status_code == 401


def test_a_confined_token_does_only_what_it_is_for(served: Served) -> None:
    from tests.signed import bearer

    headers = bearer(served.node, "officer", ["stock"])
    said = {"item": "ventilator", "units": 501, "reason": "home"}
    assert served.client().post("/api/v1/assistance/reserve", json=said, headers=headers).status_code == 200
    answer = served.client().post("/api/v1/assistance/enrol", json={"handle": "E-1"}, headers=headers)
    assert answer.status_code == 403
    assert "may not roster" in answer.json()["detail"]


def test_what_a_person_saw_is_kept_nowhere(served: Served) -> None:
    answer = served.client("viewer").get("/api/v1/assistance/stock")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Authorization" in answer.headers["Vary"]
    assert json.loads(answer.text)["items"]
    acted = served.client("viewer").post("/api/v1/assistance/reserve", json={})
    assert acted.headers["Cache-Control"] == "no-store"


def test_what_a_stranger_saw_is_asked_for_again(served: Served) -> None:
    """A cache in between neither tells the public what was true an hour ago, nor who has come in that nobody may."""
    shown = served.client().get("/api/v1/assistance/parties")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-cache")
    refused = served.client().get("/api/v1/assistance/stock")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "no-store")


def test_a_browser_may_look_and_acts_only_with_the_token_of_its_form(served: Served) -> None:
    from tests.signed import signed_in

    browser = signed_in(served.app, served.node, "officer", address=ADDRESS)
    assert browser.get("/api/v1/assistance/stock").status_code == 200
    said = {"item": "ventilator", "units": 502, "reason": "home"}
    forged = browser.post("/api/v1/assistance/reserve", json=said)
    assert forged.status_code == 419
    assert forged.headers["content-type"] == MEDIA
