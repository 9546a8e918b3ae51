"""Coming in, going out, and what happens to whoever tries it otherwise."""

from __future__ import annotations

import re

import pytest
from pyotp import TOTP
from starlette.testclient import TestClient

from sampan.access.second_factors import SecondFactors
from sampan.access.sign_ins import IDLE, SignIns
from sampan.core.languages import LANGUAGES
from sampan.web.inside import DESK, within
from tests.signed import PASSWORD, signed_in
from tests.unit.web_access.conftest import ADDRESS, Visited, csrf

SESSION = "__Host-sampan"


def sign_in(client: TestClient, handle: str = "officer", password: str = PASSWORD, **more: str):
    token = csrf(client, "/en/sign-in")
    said = {"csrf": token, "handle": handle, "password": password, "next": ""} | more
    return client.post("/en/sign-in", data=said)


def test_handle_and_password_let_in_and_lead_on(here: Visited) -> None:
    here.settle("officer")
    client = here.browser()
    answer = sign_in(client, next="/fr/brief?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/brief?x=1")
    written = answer.headers.get_list("set-cookie")[0]
    assert written.startswith(f"{SESSION}=")
    for said in ("; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"):
        assert said in written
    assert "domain" not in written.lower()
    assert client.get("/en/account").status_code == 200
    assert here.events()[0] == "signed in"


def test_without_tls_the_cookie_has_another_name(here: Visited) -> None:
    from sampan.web.app import site
    from tests.signed import QUICK

    here.settle("officer")
    plain = signed_in(site(here.node, cost=QUICK), here.node, None, address="http://127.0.0.1:8000")
    written = sign_in(plain).headers.get_list("set-cookie")[0]
    assert written.startswith("sampan=")
    assert "; Secure" not in written


@pytest.mark.parametrize(
    ("handle", "password"),
    [("officer", "wrong"), ("nobody", PASSWORD), ("", ""), ("officer\x00", "x" + PASSWORD)],
)
def test_what_does_not_let_in_says_the_same_of_everybody(here: Visited, handle: str, password: str) -> None:
    here.settle("officer")
    client = here.browser()
    answer = sign_in(client, handle, password)
    assert answer.status_code == 401
    assert "This does not let anybody in." in answer.text
    assert SESSION not in client.cookies
    assert password not in answer.text or not password


def test_a_handle_typed_is_shown_again_as_text(here: Visited) -> None:
    answer = sign_in(here.browser(), '"><script>alert(1)</script>', "x")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_too_many_attempts_wait_in_every_language(here: Visited) -> None:
    here.settle("officer")
    client = here.browser()
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 401
    for language in LANGUAGES:
        token = csrf(client, f"/{language}/sign-in")
        answer = client.post(
            f"/{language}/sign-in", data={"csrf": token, "handle": "officer", "password": PASSWORD}
        )
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "1"
        assert 'role="alert"' in answer.text
    here.clock.at = here.clock.at.replace(minute=1)
    assert sign_in(client).status_code == 303


def test_a_form_needs_the_token_of_its_page(here: Visited) -> None:
    here.settle("officer")
    client, other = here.browser(), here.browser()
    said = {"handle": "officer", "password": PASSWORD}
    theirs = csrf(other, "/en/sign-in")
    csrf(client, "/en/sign-in")
    for token in ({}, {"csrf": ""}, {"csrf": theirs}, {"csrf": "é"}):
        answer = client.post("/zh/sign-in", data=said | token)
        assert answer.status_code == 419
        assert "表单已过期" in answer.text
    assert "form expired" in here.events()
    assert "signed in" not in here.events()


def test_a_form_from_another_site_is_turned_away_whatever_it_carries(here: Visited) -> None:
    here.settle("officer")
    client = here.browser("officer")
    token = csrf(client, "/en/account")
    for site in ("cross-site", "same-site"):
        answer = client.post("/en/sign-out", data={"csrf": token}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 419
    assert client.get("/en/account").status_code == 200


def test_a_browser_without_cookies_is_told_so(here: Visited) -> None:
    here.settle("officer")
    client = here.browser()
    token = csrf(client, "/en/sign-in")
    client.cookies.clear()
    answer = client.post("/en/sign-in", data={"csrf": token, "handle": "officer", "password": PASSWORD})
    assert answer.status_code == 419


def test_a_session_is_new_whenever_somebody_signs_in(here: Visited) -> None:
    here.settle("officer")
    client = here.browser()
    client.cookies.set(SESSION, "planted by somebody else", domain="aid.example.org", path="/")
    sign_in(client)
    first = [cookie.value for cookie in client.cookies.jar if cookie.name == SESSION][-1]
    assert first != "planted by somebody else"
    old = here.browser()
    old.cookies.set(SESSION, first)
    assert old.get("/en/account").status_code == 200
    again = here.browser()
    again.cookies.set(SESSION, first)
    token = csrf(again, "/en/account")
    again.post("/en/sign-in", data={"csrf": token, "handle": "officer", "password": PASSWORD})
    assert old.get("/en/account").status_code == 401


def test_signing_out_ends_the_session_everywhere_it_was_copied_to(here: Visited) -> None:
    client = here.browser("officer")
    stolen = here.browser()
    stolen.cookies.set(SESSION, client.cookies[SESSION])
    assert stolen.get("/en/account").status_code == 200
    assert client.get("/en/sign-out").status_code == 405
    answer = client.post("/en/sign-out", data={"csrf": csrf(client, "/en/account")})
    assert answer.status_code == 303
    assert f"{SESSION}=; " in str(answer.headers.get_list("set-cookie"))
    assert stolen.get("/en/account").status_code == 401


def test_an_idle_session_is_over_and_its_page_leads_back(here: Visited) -> None:
    client = here.browser("officer")
    token = csrf(client, "/en/account")
    here.clock.at = here.clock.at.replace(hour=12 + IDLE // 3_600_000 + 1)
    answer = client.get("/ru/account")
    assert answer.status_code == 401
    assert "/ru/sign-in?next=%2Fru%2Faccount" in answer.text
    assert "войдите в систему" in answer.text
    assert client.post("/en/account/tokens", data={"csrf": token, "name": "x", "days": "1"}).status_code in (
        401,
        419,
    )


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example",
        "https://evil.example/en/brief",
        "/\\evil.example",
        "/en/../../evil",
        "/en/brief\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/xx/brief",
        "/en//evil.example",
        "/en/brief#" + "a" * 600,
        "/en/%2e%2e/x",
        "",
        None,
    ],
)
def test_nobody_is_led_away(here: Visited, next: str | None) -> None:
    assert within(next, "en") == f"/en{DESK}"


# The second factor


def test_the_second_factor_is_asked_for_and_holds(here: Visited) -> None:
    here.settle("officer")
    totp = TOTP(SecondFactors(here.accounts).offer("officer"))
    SecondFactors(here.accounts).confirm("officer", totp.at(here.clock.at))
    here.clock.at = here.clock.at.replace(minute=5)
    client = here.browser()
    answer = sign_in(client, next="/en/people")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/sign-in/code?next=%2Fen%2Fpeople")
    assert client.get("/en/account").status_code == 401, "half a sign-in is none"
    token = csrf(client, answer.headers["location"])
    wrong = client.post("/en/sign-in/code", data={"csrf": token, "code": "000000", "next": "/en/people"})
    assert wrong.status_code == 401
    assert client.post("/en/sign-in/code", data={"code": "000000"}).status_code == 419
    half = client.cookies[SESSION]
    right = client.post(
        "/en/sign-in/code", data={"csrf": token, "code": totp.at(here.clock.at), "next": "/en/people"}
    )
    assert (right.status_code, right.headers["location"]) == (303, "/en/people")
    assert client.cookies[SESSION] != half
    assert client.get("/en/account").status_code == 200


def test_the_second_page_without_the_first_leads_to_it(here: Visited) -> None:
    answer = here.browser().get("/ar/sign-in/code")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/sign-in")


# Invitations


def test_an_invited_person_chooses_a_password_and_is_in(here: Visited) -> None:
    secret = here.accounts.invite("officer")
    client = here.browser()
    path = f"/en/invitation/{secret}"
    token = csrf(client, path)
    for said, why in (
        ({"password": "short", "again": "short"}, "12 to 128"),
        ({"password": PASSWORD, "again": "other"}, "not the same"),
        ({"password": "password1234", "again": "password1234"}, "anybody would try"),
    ):
        answer = client.post(path, data=said | {"csrf": token})
        assert answer.status_code == 422
        assert why in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert said["password"] not in answer.text
    assert client.post(path, data={"csrf": token, "password": PASSWORD, "again": PASSWORD}).status_code == 303
    assert "officer" in client.get("/en/account").text
    assert here.browser().get(path).status_code == 404
    again = client.post(
        path, data={"csrf": csrf(client, "/en/account"), "password": PASSWORD, "again": PASSWORD}
    )
    assert again.status_code == 404


def test_what_is_no_invitation(here: Visited) -> None:
    for secret in ("x", "a" * 5000, "%00", "<script>"):
        answer = here.browser().get(f"/es/invitation/{secret}")
        assert answer.status_code == 404
        assert "Esta invitación ya no es válida" in answer.text


# What a stranger may learn from how long it takes


def test_an_unknown_handle_takes_as_long_as_a_known_one() -> None:
    """With a password that is right or wrong, the work of the hash is done once; of strangers, too."""
    from statistics import median
    from time import process_time

    from sampan.access.accounts import Accounts, NotLetIn
    from sampan.access.secrets import Cost
    from sampan.node import memory_node

    node = memory_node()
    accounts = Accounts(
        node.session.ledger,
        node.session.clock,
        node.settings.known,
        cost=Cost(rounds=2, memory_kib=16_384, lanes=1),
    )
    accounts.set_password("officer", PASSWORD)
    took: dict[str, list[float]] = {"officer": [], "stranger": [], "director": [], "nobody": []}
    for number in range(7):
        for handle, times in took.items():
            begun = process_time()
            with pytest.raises(NotLetIn):
                accounts.prove(handle, "wrong", f"10.{number}.{len(handle)}.1")
            times.append(process_time() - begun)
    known = median(took["officer"])
    for handle in ("stranger", "director", "nobody"):
        assert 0.7 < median(took[handle]) / known < 1.4, took
    node.close()


def test_sessions_of_one_are_not_of_another(here: Visited) -> None:
    here.settle("officer")
    mine, theirs = here.browser("officer"), here.browser("director")
    (session,) = SignIns(here.accounts).of("director")
    token = csrf(mine, "/en/account")
    mine.post("/en/account/sessions", data={"csrf": token, "id": session.id})
    assert theirs.get("/en/account").status_code == 200
    assert not re.search(session.id, mine.get("/en/account").text)
    assert ADDRESS.startswith("https")


def test_a_browser_that_keeps_no_cookies_is_told_that_forms_need_one(here: Visited) -> None:
    browser = here.browser()
    said = {"csrf": csrf(browser, "/en/sign-in"), "handle": "officer", "password": "x"}
    browser.cookies.clear()
    answer = browser.post("/en/sign-in", data=said)
    assert answer.status_code == 419
    assert "does not keep our cookie" in answer.text
