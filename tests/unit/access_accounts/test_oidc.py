"""Whom an organisation's provider vouches for: against a true provider, over HTTP, with keys of its own."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import OctKey

from sampan.access.answers import MOST_BYTES
from sampan.access.oidc import Journey, Organisation
from sampan.access.oidc import Provider as Client
from sampan.core.errors import InputError, PeerError
from tests.provider import CLIENT, SECRET, Provider, running

DISCOVERY = "/.well-known/openid-configuration"
REDIRECT = "https://aid.example.org/sign-in/organisation/back"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running(REDIRECT) as started:
        yield started


def client(provider: Provider, secret: str | None = SECRET, **said: object) -> Client:
    described = {"issuer": provider.issuer, "client_id": CLIENT, "people": {"4711": "officer"}} | said
    return Client(Organisation.read(described, None), redirect=REDIRECT, secret=secret)


def asked(journey: Journey) -> str:
    """The query with which a browser comes back."""
    answer = requests.get(journey.address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(REDIRECT)
    return urlsplit(answer.headers["location"]).query


def now(later: float = 0) -> int:
    return int((time.time() + later) * 1000)


def test_somebody_whom_the_provider_knows_is_who_the_settings_say(provider: Provider) -> None:
    provider.user = {"sub": "4711", "name": "Never in our log"}
    here = client(provider)
    journey = here.journey()
    said = parse_qs(urlsplit(journey.address).query)
    assert said["code_challenge_method"] == ["S256"]
    assert said["response_type"] == ["code"]
    assert said["redirect_uri"] == [REDIRECT]
    assert said["nonce"] == [journey.nonce]
    assert SECRET not in journey.address
    assert journey.verifier not in journey.address
    vouched = here.arrive(journey, asked(journey), now())
    assert (vouched.handle, vouched.roles) == ("officer", None)


def test_a_group_gives_roles_to_a_pseudonym(provider: Provider) -> None:
    provider.user = {"sub": "1", "groups": ["staff", "aid", 3], "email": "a@example.org"}
    here = client(provider, roles={"aid": ["officer"], "board": ["approver"]})
    journey = here.journey()
    vouched = here.arrive(journey, asked(journey), now())
    assert vouched.roles == ("officer",)
    assert vouched.handle.startswith("oidc-")
    assert "example" not in vouched.handle
    again = here.journey()
    assert here.arrive(again, asked(again), now()) == vouched


@pytest.mark.parametrize(
    "user",
    [
        {"sub": "1"},
        {"sub": "4711x"},
        {"sub": "1", "groups": "aid"},
        {"sub": ["4711"]},
        {"sub": "1", "groups": ["aid", "rome"]},
    ],
)
def test_nobody_here(provider: Provider, user: dict) -> None:
    provider.user = user
    here = client(provider, roles={"aid": ["officer"], "rome": ["receiver:ITA"]})
    journey = here.journey()
    with pytest.raises(PeerError):
        here.arrive(journey, asked(journey), now())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": ["somebody else"]},
        {"aud": ["somebody else"], "azp": CLIENT},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "of another sign-in"},
        {"exp": 1},
        {"iat": int(time.time()) + 3600},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"exp": "soon"},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_one_wrong_claim_and_nobody_comes_in(provider: Provider, claims: dict) -> None:
    provider.user = {"sub": "4711"}
    provider.claims = claims
    here = client(provider)
    journey = here.journey()
    with pytest.raises(PeerError):
        here.arrive(journey, asked(journey), now())


def test_a_token_that_is_signed_by_nobody_or_by_a_shared_secret(provider: Provider) -> None:
    provider.user = {"sub": "4711"}
    for algorithm, key in (("none", None), ("HS256", OctKey.import_key(SECRET.encode() * 2))):
        provider.algorithm = algorithm
        if key:
            provider.signing_key = lambda key=key: key
        here = client(provider)
        journey = here.journey()
        with pytest.raises(PeerError):
            here.arrive(journey, asked(journey), now())


def test_keys_that_the_provider_changed_are_asked_for_again(provider: Provider) -> None:
    provider.user = {"sub": "4711"}
    here = client(provider)
    first = here.journey()
    here.arrive(first, asked(first), now())
    provider.new_keys()
    second = here.journey()
    assert here.arrive(second, asked(second), now()).handle == "officer"
    provider.new_keys(publish=False)
    third = here.journey()
    with pytest.raises(PeerError):
        here.arrive(third, asked(third), now())


def test_an_answer_holds_once_and_for_its_own_journey(provider: Provider) -> None:
    provider.user = {"sub": "4711"}
    here = client(provider)
    mine, theirs = here.journey(), here.journey()
    answer = asked(mine)
    for wrong in (
        Journey(mine.address, theirs.state, mine.nonce, mine.verifier),
        Journey(mine.address, mine.state, mine.nonce, theirs.verifier),
    ):
        with pytest.raises(PeerError):
            here.arrive(wrong, answer, now())
    answer = asked(mine)
    with pytest.raises(PeerError):
        here.arrive(Journey(mine.address, mine.state, theirs.nonce, mine.verifier), answer, now())
    answer = asked(mine)
    here.arrive(mine, answer, now())
    with pytest.raises(PeerError):
        here.arrive(mine, answer, now())


@pytest.mark.parametrize(
    "answer", ["", "code=x", "error=access_denied&state={state}", "code=x&state={state}", "%00"]
)
def test_answers_that_are_none(provider: Provider, answer: str) -> None:
    here = client(provider)
    journey = here.journey()
    with pytest.raises(PeerError):
        here.arrive(journey, answer.format(state=journey.state), now())


def test_somebody_who_declined(provider: Provider) -> None:
    provider.user = None
    here = client(provider)
    journey = here.journey()
    with pytest.raises(PeerError):
        here.arrive(journey, asked(journey), now())


def test_the_wrong_client_secret_and_none(provider: Provider) -> None:
    provider.user = {"sub": "4711"}
    for secret in ("wrong", None):
        here = client(provider, secret)
        journey = here.journey()
        with pytest.raises(PeerError):
            here.arrive(journey, asked(journey), now())


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_discovery_that_does_not_hold(provider: Provider, metadata: dict) -> None:
    provider.metadata = metadata
    with pytest.raises(PeerError):
        client(provider).journey()


def test_a_discovery_that_leads_elsewhere_or_does_not_end(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is followed to an address that the settings do not name, and nothing is unpacked beyond its bound."""
    usual = provider.answer
    known = usual("GET", DISCOVERY, {}, {})[1]
    long = known + b" " * MOST_BYTES
    for said in (
        (302, b"", [("Location", f"{provider.issuer}/elsewhere")]),
        (200, long, []),
        (200, gzip.compress(long), [("Content-Encoding", "gzip")]),
        (200, known, []),
    ):
        elsewhere = {DISCOVERY: said, "/elsewhere": (200, known, [])}
        monkeypatch.setattr(
            provider,
            "answer",
            lambda method, path, *more, at=elsewhere: at.get(path) or usual(method, path, *more),
        )
        if said[1] == known:
            assert client(provider).journey()
        else:
            with pytest.raises(PeerError):
                client(provider).journey()


@pytest.mark.parametrize("address", ["/token", "/keys"])
def test_what_the_provider_answers_is_read_no_further_than_its_bound(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """All else about the answer holds: it is only too long, as it comes or unpacked."""
    provider.user, usual = {"sub": "4711"}, provider.answer
    sent = (b"", False)

    def answer(method: str, path: str, *said: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
        status, body, headers = usual(method, path, *said)
        more, packed = sent
        if path != address:
            return status, body, headers
        if packed:
            return status, gzip.compress(body + more), [*headers, ("Content-Encoding", "gzip")]
        return status, body + more, headers

    monkeypatch.setattr(provider, "answer", answer)
    for sent in ((b"", True), (b" " * MOST_BYTES, False), (b" " * MOST_BYTES, True)):
        here = client(provider)
        journey = here.journey()
        query = asked(journey)
        if sent[0]:
            with pytest.raises(PeerError):
                here.arrive(journey, query, now())
        else:
            assert here.arrive(journey, query, now()).handle == "officer"


def test_a_provider_that_is_not_there() -> None:
    with running(REDIRECT) as provider:
        here = client(provider)
    with pytest.raises(PeerError):
        here.journey()


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"issuer": "https://id.example.org"},
        {"issuer": "http://id.example.org", "client_id": "sampan"},
        {"issuer": "ftp://id.example.org", "client_id": "sampan"},
        {"issuer": "https://id.example.org", "client_id": "sampan", "people": ["officer"]},
        {"issuer": "https://id.example.org", "client_id": "sampan", "roles": {"aid": 3}},
        {"issuer": "https://id.example.org", "client_id": "sampan", "roles": {"aid": "viewer"}},
        {"issuer": "https://id.example.org", "client_id": "sampan", "roles": {"aid": ["king"]}},
        {"issuer": "https://id.example.org", "client_id": "sampan", "audience": "x"},
        "https://id.example.org",
    ],
)
def test_settings_that_are_not_enough(said: object) -> None:
    with pytest.raises(InputError):
        Organisation.read(said, None)
