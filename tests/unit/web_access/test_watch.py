"""What the site tells whoever runs it, and that it tells nothing of its readers."""

from __future__ import annotations

import json
import logging
import re

import pytest
from starlette.testclient import TestClient

from sampan.web.app import site
from sampan.web.watch import JsonLines, TextLines
from tests.signed import PASSWORD, QUICK
from tests.unit.web_access.conftest import Visited, csrf

LOCAL = ("127.0.0.1", 50_000)


def local(here: Visited, **more: str) -> TestClient:
    return TestClient(here.app, base_url="http://127.0.0.1:8000", client=LOCAL, headers=more)


def figure(text: str, name: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def test_figures_by_pattern_of_address(here: Visited) -> None:
    here.settle("officer")
    client = here.browser("officer")
    client.get("/en/countries/NOWHERE?secret=1")
    client.get("/wp/login/a/b/c.php")
    client.request("BREW", "/en/brief")
    client.get("/en/people")
    text = local(here).get("/metrics").text
    assert (
        figure(text, 'sampan_requests_total{method="GET",route="/{language}/countries/{code}",status="404"}')
        == 1
    )
    assert figure(text, 'sampan_requests_total{method="GET",route="none",status="404"}') == 1
    assert figure(text, 'sampan_requests_total{method="other"') == 1
    assert figure(text, 'sampan_request_seconds_count{route="/{language}/people"}') == 1
    assert figure(text, "sampan_ledger_entries") == 1
    assert figure(text, "sampan_refusals_total") == 1
    assert figure(text, "sampan_database_up") == 1
    assert figure(text, 'sampan_door_total{event="password changed"}') == 1
    for private in ("NOWHERE", "secret", "officer", "login", "BREW"):
        assert private not in text


def test_a_name_that_a_stranger_chose_adds_no_figure(here: Visited) -> None:
    client = here.browser()
    for number in range(50):
        client.get(f"/{number}/{number}")
    text = local(here).get("/metrics").text
    assert text.count("sampan_requests_total{") < 5


@pytest.mark.parametrize(
    ("headers", "base", "client"),
    [
        ({}, "https://aid.example.org", LOCAL),
        ({}, "http://127.0.0.1:8000", ("192.0.2.1", 1)),
        ({"X-Forwarded-For": "127.0.0.1"}, "http://127.0.0.1:8000", LOCAL),
        ({"Forwarded": "for=127.0.0.1"}, "http://127.0.0.1:8000", LOCAL),
        ({"Via": "1.1 proxy"}, "http://127.0.0.1:8000", LOCAL),
        ({"Authorization": "Bearer guess"}, "https://aid.example.org", ("192.0.2.1", 1)),
    ],
)
def test_to_everybody_else_there_is_no_such_page(here: Visited, headers, base, client) -> None:
    answer = TestClient(here.app, base_url=base, client=client).get("/metrics", headers=headers)
    assert answer.status_code == 404
    assert "sampan_requests" not in answer.text


def test_with_a_token_it_is_asked_for_from_elsewhere_and_only_so(
    here: Visited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPAN_METRICS_TOKEN", "a long secret")
    app = site(here.node, public_url="https://aid.example.org", cost=QUICK)
    far = TestClient(app, base_url="https://aid.example.org", client=("192.0.2.1", 1))
    assert far.get("/metrics", headers={"Authorization": "Bearer a long secret"}).status_code == 200
    assert far.get("/metrics", headers={"Authorization": "Bearer a long secre"}).status_code == 404
    assert TestClient(app, base_url="http://127.0.0.1", client=LOCAL).get("/metrics").status_code == 404


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger="sampan")
    return lambda form: [form.format(record) for record in caplog.records if record.name.startswith("sampan")]


def test_a_line_for_each_request_and_nothing_of_who_asked(here: Visited, lines) -> None:
    here.settle("officer")
    client = here.browser()
    token = csrf(client, "/en/sign-in")
    answer = client.post(
        "/en/sign-in?campaign=x",
        data={"csrf": token, "handle": "officer", "password": PASSWORD},
        headers={"User-Agent": "Reader/1", "Referer": "https://elsewhere.example"},
    )
    said = [json.loads(line) for line in lines(JsonLines())]
    assert said[-1]["route"] == "/{language}/sign-in"
    assert said[-1]["status"] == 303
    assert said[-1]["method"] == "POST"
    assert said[-1]["request"] == answer.headers["x-request-id"]
    assert set(said[-1]) == {"time", "level", "request", "method", "route", "status", "ms"}
    for text in (*lines(JsonLines()), *lines(TextLines())):
        for private in ("officer", PASSWORD, token, "campaign", "Reader", "elsewhere", "testclient"):
            assert private not in text


def test_a_line_cannot_be_forged_from_outside(here: Visited, lines) -> None:
    here.browser().get("/en/x%0a%7b%22level%22:%22forged%22%7d", headers={"X-Request-Id": "forged"})
    for form in (JsonLines(), TextLines()):
        for line in lines(form):
            assert "\n" not in line
            assert "forged" not in line


def test_of_a_fault_its_kind_and_place_are_logged_and_not_what_it_says() -> None:
    try:
        raise ValueError("the password was kettle")
    except ValueError as fault:
        record = logging.LogRecord(
            "sampan", logging.ERROR, "", 0, "failed", (), (type(fault), fault, fault.__traceback__)
        )
    said = json.loads(JsonLines().format(record))
    assert said["fault"]["type"] == "ValueError"
    assert any("test_watch.py" in each for each in said["fault"]["at"])
    for form in (JsonLines(), TextLines()):
        assert "kettle" not in form.format(record)


def test_every_request_has_a_number_of_its_own(here: Visited) -> None:
    client = here.browser()
    numbers = {client.get("/healthz").headers["x-request-id"] for _ in range(5)}
    assert len(numbers) == 5
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in numbers)
