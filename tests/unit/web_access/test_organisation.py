"""Coming in through an organisation's provider: the whole way, browser and all, against a true provider."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from pyotp import TOTP
from starlette.testclient import TestClient

from sampan.access.second_factors import SecondFactors
from sampan.access.tokens import Tokens
from sampan.core.errors import Refused
from sampan.core.time import StandingClock
from sampan.node import Node
from sampan.web.app import site
from tests.provider import CLIENT, SECRET, Provider, running
from tests.signed import QUICK, accounts_of, signed_in
from tests.unit.web_access.conftest import ADDRESS, Visited, csrf

BACK = "/sign-in/organisation/back"
LATE = (303, "/fr/sign-in?refused=late")


@pytest.fixture
def organised(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Visited, Provider]]:
    """A node whose people may come in through a provider."""
    monkeypatch.setenv("SAMPAN_OIDC_SECRET", SECRET)
    with running(f"{ADDRESS}{BACK}") as provider:
        with (folder / "sampan.toml").open("a") as file:
            file.write(
                f'\n[oidc]\nname = "Ministry"\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\n'
                '[oidc.people]\n"4711" = "officer"\n"4712" = "left"\n[oidc.roles]\n"watchers" = ["viewer"]\n'
            )
        with Node.open(folder) as node:
            yield Visited(node, site(node, public_url=ADDRESS, cost=QUICK), accounts_of(node)), provider


def through(client: TestClient, next: str = "") -> tuple[int, str]:
    """What the browser is told when it comes back from the provider."""
    answer = client.get(f"/fr/sign-in/organisation?next={next}")
    assert answer.status_code == 303
    at_provider = requests.get(answer.headers["location"], allow_redirects=False, timeout=10)
    back = urlsplit(at_provider.headers["location"])
    answer = client.get(f"{back.path}?{back.query}")
    return answer.status_code, answer.headers.get("location", "")


def test_somebody_of_the_organisation_comes_in(organised: tuple[Visited, Provider]) -> None:
    here, provider = organised
    provider.user = {"sub": "4711", "name": "Never Shown"}
    client = here.browser()
    assert "Sign in with Ministry" in client.get("/en/sign-in").text
    assert through(client, "/es/brief") == (303, "/es/brief")
    page = client.get("/en/account").text
    assert "officer" in page
    assert "Never Shown" not in page
    assert "your organisation vouches for you" in page
    assert not any("journey" in cookie.name for cookie in client.cookies.jar)


def test_a_group_lets_in_under_a_pseudonym_and_makes_no_tokens(organised: tuple[Visited, Provider]) -> None:
    here, provider = organised
    provider.user = {"sub": "x", "groups": ["watchers"]}
    client = here.browser()
    assert through(client)[0] == 303
    assert "oidc-" in client.get("/en/account").text
    (account,) = [each for each in here.accounts.all() if each.handle.startswith("oidc-")]
    assert account.handle in here.browser("administrator").get("/en/people").text
    assert client.get("/en/people").status_code == 403
    with pytest.raises(Refused):
        Tokens(here.accounts).make(here.node.settings.known("officer"), "x", ["approve"])
    here.accounts.revoke(account.handle)
    assert client.get("/en/account").status_code == 401
    assert through(client) == (303, "/fr/sign-in?refused=1")


@pytest.mark.parametrize("user", [{"sub": "4711"}, {"sub": "x", "groups": ["watchers"]}])
def test_who_turned_a_second_factor_on_is_asked_for_it(
    organised: tuple[Visited, Provider], user: dict
) -> None:
    """No way of signing in is weaker than the account asks, and who comes in by a group keeps their roles."""
    here, provider = organised
    provider.user = user
    client = here.browser()
    through(client)
    handle = re.search(r"oidc-\w+|officer", client.get("/en/account").text)[0]
    factors = SecondFactors(here.accounts)
    secret = factors.offer(handle)
    codes = factors.confirm(handle, TOTP(secret).now())
    assert through(client, "/es/brief") == (303, "/fr/sign-in/code?next=%2Fes%2Fbrief")
    assert client.get("/en/account").status_code == 401
    said = {"csrf": csrf(client, "/fr/sign-in/code"), "code": codes[0], "next": "/es/brief"}
    answer = client.post("/fr/sign-in/code", data=said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/es/brief")
    assert handle in client.get("/en/account").text


@pytest.mark.parametrize("user", [{"sub": "nobody"}, {"sub": "4712"}, None])
def test_nobody_here_is_told_so(organised: tuple[Visited, Provider], user: dict | None) -> None:
    here, provider = organised
    provider.user = user
    client = here.browser()
    assert through(client) == (303, "/fr/sign-in?refused=1")
    assert "ne se porte pas garant" in client.get("/fr/sign-in?refused=1").text
    assert client.get("/en/account").status_code == 401
    assert "provider refused" in here.events()


def test_an_answer_holds_in_the_browser_that_began_and_once(organised: tuple[Visited, Provider]) -> None:
    here, provider = organised
    provider.user = {"sub": "4711"}
    mine, theirs = here.browser(), here.browser()
    answer = mine.get("/en/sign-in/organisation")
    back = urlsplit(
        requests.get(answer.headers["location"], allow_redirects=False, timeout=10).headers["location"]
    )
    path = f"{back.path}?{back.query}"
    nothing = theirs.get(path, headers={"Accept-Language": "fr"})
    assert (nothing.status_code, nothing.headers["location"]) == LATE, "a browser that began nothing"
    assert "commencé dans un autre navigateur" in theirs.get(nothing.headers["location"]).text
    theirs.get("/en/sign-in/organisation")
    assert theirs.get(path).headers["location"] == "/en/sign-in?refused=1", "another's answer"
    assert theirs.get("/en/account").status_code == 401
    assert mine.get(path).status_code == 303
    assert mine.get("/en/account").status_code == 200
    again = mine.get(path, headers={"Accept-Language": "fr"})
    assert (again.status_code, again.headers["location"]) == LATE, "once"


def test_a_journey_that_takes_too_long_or_was_tampered_with(organised: tuple[Visited, Provider]) -> None:
    here, provider = organised
    provider.user = {"sub": "4711"}
    client = here.browser()
    client.get("/en/sign-in/organisation")
    name = "__Host-sampan-journey"
    sealed = client.cookies[name]
    now = here.node.session.clock.now()
    object.__setattr__(here.node.session, "clock", StandingClock(now))
    for value in (sealed[:-8] + "AAAAAAA=", "", "x", "=" * 3000):
        other = here.browser()
        other.cookies.set(name, value)
        assert other.get(f"{BACK}?code=x&state=y").headers["location"] == "/en/sign-in?refused=late"
    late = site(here.node, public_url=ADDRESS, cost=QUICK)
    here.node.session.clock.at = now + timedelta(minutes=11)  # type: ignore[attr-defined]
    slow = signed_in(late, here.node, None)
    slow.cookies.set(name, sealed)
    assert slow.get(f"{BACK}?code=x&state=y").headers["location"] == "/en/sign-in?refused=late"


def test_the_secret_of_the_client_is_on_no_page(organised: tuple[Visited, Provider]) -> None:
    here, provider = organised
    provider.user = {"sub": "4711"}
    client = here.browser()
    answer = client.get("/en/sign-in/organisation")
    assert SECRET not in answer.headers["location"] + str(answer.headers) + client.get("/en/sign-in").text


def test_without_a_provider_there_is_no_such_page(here: Visited) -> None:
    client = here.browser()
    assert client.get("/en/sign-in/organisation").status_code == 404
    assert client.get(f"{BACK}?code=x&state=y").status_code == 404
    assert "organisation" not in client.get("/en/sign-in").text


def test_a_provider_that_is_away_leads_back_to_the_password(folder: Path) -> None:
    with running("http://127.0.0.1/back") as provider:
        issuer = provider.issuer
    with (folder / "sampan.toml").open("a") as file:
        file.write(f'\n[oidc]\nissuer = "{issuer}"\nclient_id = "{CLIENT}"\n')
    with Node.open(folder) as node:
        client = signed_in(site(node, public_url=ADDRESS, cost=QUICK), node, None)
        answer = client.get("/ar/sign-in/organisation")
        assert (answer.status_code, answer.headers["location"]) == (303, "/ar/sign-in?refused=away")
        assert "لا يستجيب" in client.get(answer.headers["location"]).text
