"""A stranger, a viewer and an officer visit every page there is, by every method. Nothing breaks, nothing leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount

from tests.signed import bearer
from tests.unit.web_access.conftest import Visited, csrf

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
ODD = [
    "x",
    "1",
    "../../etc/passwd",
    "%00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\u202e",
    "-1",
    "A" * 3000,
]

INSIDE = ["/account", "/people"]
"""Pages of one person, beside those of desks."""


def inner(app: object) -> FastAPI:
    """The application inside what stands before it."""
    while not isinstance(app, FastAPI):
        app = app._app  # type: ignore[attr-defined]
    return app


def addresses(routes: list[BaseRoute], before: str = "") -> dict[str, set[str]]:
    """Every address, and the methods that are answered there."""
    found: dict[str, set[str]] = {}
    for route in routes:
        if isinstance(route, Mount):
            found |= addresses(route.routes, before + route.path)
        elif hasattr(route, "path"):
            path = (before + route.path).replace("{language}", "fr")
            found.setdefault(path, set()).update(route.methods or METHODS)
    return found


def asked(paths: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Methods and addresses: with everything odd in them where they are answered, with one thing where not."""
    odd = cycle(ODD)
    for path, answered in paths.items():
        for method in METHODS:
            words = ODD if "{" in path and method in answered else [next(odd)]
            yield from ((method, re.sub(r"\{[^}]+\}", lambda _, word=word: word, path)) for word in words)


@pytest.mark.no_cover  # the pages' own tests count what answers
@pytest.mark.parametrize(
    "handle", [None, "stranger", "officer"], ids=["a stranger", "a viewer", "an officer"]
)
def test_every_address_by_every_method(here: Visited, handle: str | None) -> None:
    client = here.browser(handle)
    paths = addresses(inner(here.app).routes)
    assert len(paths) > 30
    size = here.node.session.ledger.size
    for method, path in asked(paths):
        answer = client.request(method, path)
        assert answer.status_code < 500, (method, path[:100], answer.text[:500])
        assert "Traceback" not in answer.text
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<script>alert" not in answer.text
        assert "sqlite" not in answer.text.lower() or path.startswith("/api")
        if handle is None and method not in ("GET", "HEAD"):
            # 303 leads to the sign-in
            assert answer.status_code in (303, 400, 401, 403, 404, 405, 415, 419, 422, 429), (method, path)
    assert {entry.kind for entry in [*here.node.session.ledger.entries()][size:]} <= {"access.refusal"}


@pytest.mark.parametrize("path", INSIDE)
def test_pages_of_one_person_are_no_strangers(here: Visited, path: str) -> None:
    answer = here.browser().get(f"/en{path}")
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]
    assert "officer" not in answer.text


def test_public_pages_are_the_same_for_everybody_and_set_no_cookie(here: Visited) -> None:
    """So that what a cache keeps of them may be shown to anybody."""
    stranger, officer, boss = here.browser(), here.browser("officer"), here.browser("administrator")
    expired = here.browser()
    expired.cookies.set("__Host-sampan", "not a session")
    pages = [
        "/en/brief",
        "/en/briefs",
        "/en/batches",
        "/en/ledger",
        "/en/brief.json",
        "/en/feed.atom",
        "/checkpoint",
    ]
    pages = [path for path in pages if stranger.get(path).status_code == 200]
    assert len(pages) >= 5
    for path in pages:
        plain = stranger.get(path)
        for other in (officer, boss, expired):
            seen = other.get(path)
            assert seen.content == plain.content
            for name in ("cache-control", "vary", "etag"):
                assert seen.headers.get(name) == plain.headers.get(name)
        assert plain.headers["cache-control"].startswith("public")
        assert "cookie" not in plain.headers["vary"].lower()
        assert "set-cookie" not in plain.headers
        assert officer.get(path, headers={"Authorization": "Bearer nonsense"}).content == plain.content


def test_what_depends_on_who_asks_is_never_kept(here: Visited) -> None:
    here.settle("officer")
    for client in (here.browser(), here.browser("officer")):
        for path in ("/en/sign-in", "/en/account", "/en/people"):
            answer = client.get(path)
            assert answer.headers["cache-control"] == "no-store"
            assert "cookie" in answer.headers.get("vary", "").lower()


def test_pages_inside_need_no_scripts_and_frame_nobody(here: Visited) -> None:
    for client, path in ((here.browser(), "/en/sign-in"), (here.browser("administrator"), "/en/people")):
        answer = client.get(path)
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", answer.text, re.S)
        assert all(not inside.strip() for inside in scripts)
        assert " onclick=" not in answer.text
        assert "javascript:" not in answer.text
        assert "style=" not in re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.S)
        assert answer.headers["x-frame-options"] == "DENY"
        assert "form-action 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer sampan_" + "x" * 43,
        "Basic b2ZmaWNlcjp4",
        "bearer\tx",
        "Bearer é",
    ],
)
def test_tokens_that_hold_nothing(here: Visited, header: str) -> None:
    answer = here.browser().get("/en/account", headers={"Authorization": header.encode()})
    assert answer.status_code == 401


def test_expired_and_revoked_tokens(here: Visited) -> None:
    headers = bearer(here.node, "officer")
    client = here.browser()
    assert client.get("/en/account", headers=headers).status_code == 401
    assert here.accounts.happened()[0].event == "token made"
    here.clock.at = here.clock.at.replace(year=2021)
    client.get("/en/account", headers=headers)
    assert here.accounts.happened()[0].event == "expired token"


def test_a_cookie_alone_makes_nobody_anybody_on_a_method_that_changes_things(here: Visited) -> None:
    """The rule on which handlers rest that others write."""
    from starlette.requests import Request

    from sampan.web.who import FormExpired, person_of

    client = here.browser("officer")
    token = csrf(client, "/en/account")
    seen: list[object] = []

    async def handler(request: Request):
        from starlette.responses import PlainTextResponse

        try:
            seen.append(person_of(request))
        except FormExpired as fault:
            seen.append(type(fault))
        return PlainTextResponse("done")

    inner(here.app).add_route("/test/only", handler, ["GET", "POST"])
    client.get("/test/only")
    client.post("/test/only")
    client.post("/test/only", headers={"X-CSRF-Token": "0" * 64})
    client.post("/test/only", headers={"X-CSRF-Token": token})
    here.browser().post("/test/only", headers=bearer(here.node, "officer"))
    assert [getattr(each, "handle", each) for each in seen] == [
        "officer",
        FormExpired,
        FormExpired,
        "officer",
        "officer",
    ]
