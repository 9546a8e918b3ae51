"""What people change about their own way in, and an administrator about that of others."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from pyotp import TOTP

from sampan.access.second_factors import SecondFactors
from sampan.core.languages import LANGUAGES
from sampan.records.access import Refusal
from tests.signed import PASSWORD, bearer
from tests.unit.web_access.conftest import Visited, csrf

NEW = "another lamp in the boat"


def test_a_changed_password_keeps_this_browser_and_ends_the_others(here: Visited) -> None:
    here.settle("officer")
    mine, other = here.browser("officer"), here.browser("officer")
    token = csrf(mine, "/en/account")
    said = {"csrf": token, "old": "wrong", "password": NEW, "again": NEW}
    wrong = mine.post("/en/account/password", data=said)
    assert wrong.status_code == 401
    assert "This does not let anybody in." in wrong.text
    weak = mine.post("/en/account/password", data=said | {"old": PASSWORD, "password": "x", "again": "x"})
    assert weak.status_code == 422
    assert 'id="password-wrong"' in weak.text
    assert other.get("/en/account").status_code == 200
    assert mine.post("/en/account/password", data=said | {"old": PASSWORD}).status_code == 303
    assert mine.get("/en/account").status_code == 200
    assert other.get("/en/account").status_code == 401


def test_an_account_shows_what_happened_at_it(here: Visited) -> None:
    here.settle("officer")
    mine, thief = here.browser("officer"), here.browser()
    said = {"csrf": csrf(thief, "/en/sign-in"), "handle": "officer", "password": "a guess"}
    assert thief.post("/en/sign-in", data=said).status_code == 401
    page = mine.get("/en/account").text
    for event in ("wrong password", "signed in", "password changed"):
        assert event in page.lower()
    assert "192.0.2.0/24" in page, "from where"
    assert "wrong password" not in here.browser("director").get("/en/account").text.lower()


def test_the_second_factor_is_turned_on_and_off(here: Visited) -> None:
    here.settle("officer")
    client = here.browser("officer")
    token = csrf(client, "/en/account")
    assert client.post("/en/account/second-factor", data={"csrf": token, "old": "x"}).status_code == 401
    page = client.post("/en/account/second-factor", data={"csrf": token, "old": PASSWORD}).text
    secret = re.search(r'Key: <code class="secret">(\w+)</code>', page)[1]
    assert "<svg" in page
    wrong = client.post("/en/account/second-factor/code", data={"csrf": token, "code": "000000"})
    assert wrong.status_code == 422
    assert 'name="code"' in wrong.text, "the phone has the key: another try"
    assert secret not in wrong.text + client.get("/en/account").text, (
        "what a thief of the session may ask for"
    )
    right = client.post(
        "/en/account/second-factor/code", data={"csrf": token, "code": TOTP(secret).at(here.clock.at)}
    )
    assert right.status_code == 200
    codes = re.findall(r"<li><code>([A-Z2-9-]+)</code></li>", right.text)
    assert len(codes) == 10
    after = client.get("/en/account").text
    assert codes[0] not in after
    assert secret not in after
    twice = client.post("/en/account/second-factor/code", data={"csrf": token, "code": "000000"})
    assert twice.status_code == 303
    assert SecondFactors(here.accounts).on("officer")
    client.post("/en/account/second-factor/off", data={"csrf": token, "old": PASSWORD})
    assert not SecondFactors(here.accounts).on("officer")


def test_a_second_factor_that_was_offered_is_confirmed_soon_or_never(here: Visited) -> None:
    here.settle("officer")
    client, factors = here.browser("officer"), SecondFactors(here.accounts)
    said = {"csrf": csrf(client, "/en/account"), "code": ""}
    for late, on in ((timedelta(minutes=10), False), (timedelta(minutes=10, seconds=-1), True)):
        secret = factors.offer("officer")
        here.clock.at += late
        said["code"] = TOTP(secret).at(here.clock.at)
        client.post("/en/account/second-factor/code", data=said)
        assert factors.on("officer") is on


def test_a_token_is_shown_once_and_a_form_sent_twice_makes_one(here: Visited) -> None:
    here.settle("officer")
    client = here.browser("officer")
    said = {
        "csrf": csrf(client, "/en/account"),
        "old": PASSWORD,
        "name": "import <b>",
        "days": "30",
        "act": "load",
    }
    made = client.post("/en/account/tokens", data=said)
    secret = re.search(r"sampan_[\w-]+", made.text)[0]
    assert made.headers["cache-control"] == "no-store"
    again = client.post("/en/account/tokens", data=said)
    assert again.status_code == 422
    assert "There is a token of this name already." in again.text
    assert 'value="import &lt;b&gt;"' in again.text, "what was typed is kept"
    page = client.get("/en/account").text
    assert secret not in page
    assert "import &lt;b&gt;" in page
    program = here.browser()
    headers = {"Authorization": f"Bearer {secret}"}
    assert program.get("/en/account", headers=headers).status_code == 401, "a token opens no account"
    (id,) = re.findall(r'name="id" value="([\w-]+)"><button>End it', page)
    client.post("/en/account/tokens/revoke", data={"csrf": said["csrf"], "id": id})
    assert "import &lt;b&gt;" not in client.get("/en/account").text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "\x00"}, 422),
        ({"days": "0"}, 422),
        ({"days": "x"}, 422),
        ({"days": "٣"}, 422),
        ({"days": "9" * 100}, 422),
        ({"act": "approve"}, 403),
        ({"act": "fly"}, 403),
        ({"old": ""}, 401),
    ],
)
def test_what_makes_no_token(here: Visited, changed: dict[str, str], status: int) -> None:
    here.settle("officer")
    client = here.browser("officer")
    said = {"csrf": csrf(client, "/en/account"), "old": PASSWORD, "name": "import", "days": "30"}
    answer = client.post("/fr/account/tokens", data=said | changed)
    assert answer.status_code == status
    assert "sampan_" not in answer.text
    assert 'role="alert"' in answer.text


def test_a_file_in_place_of_words(here: Visited) -> None:
    client = here.browser("officer")
    token = csrf(client, "/en/account")
    answer = client.post(
        "/en/account/tokens", data={"csrf": token, "days": "1"}, files={"name": ("x.txt", b"words")}
    )
    assert answer.status_code in (400, 419)


def test_without_a_password_one_must_have_come_in_lately(here: Visited) -> None:
    client = here.browser("officer")  # invited only, so no password
    token = csrf(client, "/en/account")
    said = {"csrf": token, "name": "import", "days": "30"}
    assert "sampan_" in client.post("/en/account/tokens", data=said).text
    here.clock.at = here.clock.at.replace(minute=11)
    late = client.post("/en/account/tokens", data=said | {"name": "other"})
    assert late.status_code == 422
    assert "within ten minutes" in late.text


# People


def test_an_administrator_sees_people_and_revokes(here: Visited) -> None:
    here.settle("officer")
    boss, officer = here.browser("administrator"), here.browser("officer")
    page = boss.get("/en/people").text
    assert "director" in page
    assert "Revoke the access of officer" in page
    answer = boss.post("/en/people/revoke", data={"csrf": csrf(boss, "/en/people"), "handle": "officer"})
    assert answer.status_code == 303
    assert officer.get("/en/account").status_code == 401
    assert "revoked" in boss.get("/en/people").text
    assert "invitation" not in re.findall(r'href="([^"]+)"', page), "an administrator cannot invite"


@pytest.mark.parametrize("handle", ["officer", "director", "press", "italy", "stranger"])
def test_nobody_else_does_and_trying_is_in_the_ledger(here: Visited, handle: str) -> None:
    client = here.browser(handle)
    assert client.get("/ar/people").status_code == 403
    token = csrf(client, "/en/account")
    answer = client.post("/en/people/revoke", data={"csrf": token, "handle": "administrator"})
    assert answer.status_code == 403
    tried = [entry for entry in here.node.session.ledger.entries(kind=Refusal.kind) if entry.actor == handle]
    assert len(tried) == 2
    assert tried[0].body["act"] == "administer"
    assert tried[0].sharing == "internal"


def test_a_token_of_an_administrator_revokes_nobody(here: Visited) -> None:
    program = here.browser()
    headers = bearer(here.node, "administrator")
    for answer in (
        program.get("/en/people", headers=headers),
        program.post("/en/people/revoke", headers=headers, data={"handle": "officer"}),
        program.post("/en/account/tokens", headers=headers, data={"name": "more", "days": "1"}),
    ):
        assert answer.status_code in (401, 419)


def test_revoking_somebody_who_is_not_there(here: Visited) -> None:
    boss = here.browser("administrator")
    answer = boss.post(
        "/en/people/revoke", data={"csrf": csrf(boss, "/en/people"), "handle": "' OR 1=1 --\x00"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_the_language_of_its_address(here: Visited, language: str) -> None:
    here.settle("officer")
    boss = here.browser("administrator")
    stranger = here.browser()
    for client, path, status in (
        (stranger, f"/{language}/sign-in", 200),
        (stranger, f"/{language}/account", 401),
        (stranger, f"/{language}/invitation/x", 404),
        (boss, f"/{language}/account", 200),
        (boss, f"/{language}/people", 200),
    ):
        answer = client.get(path)
        assert answer.status_code == status
        assert f'<html lang="{language}"' in answer.text
        if language != "en":
            for english in ("Sign in", "My account", "Second factor", "Handle", "Please"):
                assert english not in unescape(answer.text), (path, english)
