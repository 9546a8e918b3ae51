"""Whatever is sent, the answer is one clear problem, nothing is written, and the node goes on."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from sampan.core.problems import MEDIA
from sampan.web.api.reading import LARGEST_BODY, LONGEST_QUERY
from tests import loops
from tests.served import Served

PLEDGE = "/api/v1/assistance/pledge"
RESERVE = "/api/v1/assistance/reserve"
JSON = {"Content-Type": "application/json"}


def _problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that was answered, which has every member that it should have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "way_out"} <= problem.keys()
    assert problem["status"] == status
    assert problem["type"].startswith("/api/v1/#problem-")
    assert problem["detail"].endswith((".", "?", "。")) and problem["way_out"]
    return problem


@pytest.fixture
def unchanged(served: Served) -> Any:
    """The node, on which nothing must have been written when the test ends."""
    size = served.node.session.ledger.size
    yield served
    grown = [entry.kind for entry in served.node.session.ledger.entries(after=size - 1)]
    assert set(grown) <= {"access.refusal"}


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "no JSON": (b"{", 422),
    "a list": (b"[]", 422),
    "a number": (b"1", 422),
    "null": (b"null", 422),
    "not UTF-8": (b'{"item": "\xff"}', 422),
    "UTF-16": ('{"item": "mask"}'.encode("utf-16"), 422),
    "a byte order mark": (b'\xef\xbb\xbf{"item":"mask","units":1,"reason":"x"}', 422),
    "NaN": (b'{"item":"mask","units":NaN,"reason":"x"}', 422),
    "Infinity": (b'{"item":"mask","units":Infinity,"reason":"x"}', 422),
    "1e400": (b'{"item":"mask","units":1e400,"reason":"x"}', 422),
    "a fraction": (b'{"item":"mask","units":1.5,"reason":"x"}', 422),
    "a text for a number": (b'{"item":"mask","units":"1","reason":"x"}', 422),
    "true for a number": (b'{"item":"mask","units":true,"reason":"x"}', 422),
    "2**53": (b'{"item":"mask","units":9007199254740992,"reason":"x"}', 422),
    "a huge number": (b'{"item":"mask","units":1%s,"reason":"x"}' % (b"0" * 100_000), 422),
    "less than none": (b'{"item":"mask","units":-1,"reason":"x"}', 422),
    "nested deep": (b'{"item":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 422),
    "a lone surrogate": (b'{"item":"\\ud800","units":1,"reason":"x"}', 422),
    "a NUL": (b'{"item":"mask","units":1,"reason":"a\\u0000b"}', 422),
    "an order turned round": ('{"item":"mask","units":1,"reason":"\u202e001"}'.encode(), 422),
    "no sign at all": ('{"item":"mask","units":1,"reason":"\ufffe"}'.encode(), 422),
    "an escape": (b'{"item":"mask","units":1,"reason":"\\u001b[31m"}', 422),
    "another name": (b'{"item":"mask","units":1,"reason":"x","__class__":"x"}', 422),
    "a long text": (b'{"item":"mask","units":1,"reason":"%s"}' % (b"x" * 20_001), 422),
    "no such item": (b'{"item":"maskk","units":1,"reason":"x"}', 422),
    "a day to come": (b'{"item":"mask","units":1,"reason":"x","day":"2031-01-01"}', 422),
    "the year 1": (b'{"item":"mask","units":1,"reason":"x","day":"0001-01-01"}', 422),
    "the year 9999": (b'{"item":"mask","units":1,"reason":"x","day":"9999-12-31"}', 422),
    "no day": (b'{"item":"mask","units":1,"reason":"x","day":"2020-02-30"}', 422),
    "a number of seconds": (b'{"item":"mask","units":1,"reason":"x","day":1583366400}', 422),
}


@pytest.mark.parametrize("name", list(BODIES))
def test_a_body_that_does_not_hold(unchanged: Served, name: str) -> None:
    body, status = BODIES[name]
    _problem(unchanged.client("officer").post(RESERVE, content=body, headers=JSON), status)


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\ufffe", "\n", "\u200b", "\u2067"])
def test_a_sheet_brings_in_no_sign_that_a_form_would_not_take(unchanged: Served, sign: str) -> None:
    form = {"code": "X-1", "name": f"Red {sign}Cross", "donor_kind": "NGO", "country": "FRA"}
    problem = _problem(unchanged.client("officer").post("/api/v1/assistance/record_party", json=form), 422)
    assert problem["field"] == "name"
    sheet = f'code,name,donor_kind,country,day\r\nX-1,"Red {sign}Cross",NGO,FRA,2020-02-01\r\n'.encode()
    said = {"name": "parties", "data": b64encode(sheet).decode(), "file": "parties.csv"}
    problem = _problem(unchanged.client("officer").post("/api/v1/assistance/bring_in_sheet", json=said), 422)
    assert problem["detail"].startswith(
        "This text holds a control" if sign in "\x00\x1b\u202e\ufffe" else "This name"
    )


def test_the_field_that_does_not_hold_is_named(unchanged: Served) -> None:
    line = {"kind": "goods", "item": "mask", "quantity": 5}
    said = {"donor": "CHN", "recipient": "ITA", "lines": [line, {**line, "quantity": "many"}]}
    problem = _problem(unchanged.client("officer").post(PLEDGE, json=said), 422)
    assert problem["field"] == "lines.1.quantity"
    problem = _problem(unchanged.client("officer").post(PLEDGE, json={"donor": "CHN", "lines": []}), 422)
    assert (problem["field"], problem["detail"]) == ("recipient", "This is missing.")


@pytest.mark.parametrize("quantity", [0, -5, -(2**53) + 1])
@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("pledge", {"donor": "CHN", "recipient": "ITA", "lines": [{"kind": "goods", "item": "mask"}]}),
        ("record_appeal", {"requester": "SRB", "lines": [{"kind": "goods", "item": "mask"}]}),
        ("commit", {"number": "C-0002", "lines": [{"kind": "goods", "item": "mask"}]}),
        ("cancel", {"number": "C-0002", "note": "x", "lines": [{"kind": "goods", "item": "mask"}]}),
        ("deliver", {"number": "C-0002", "arrivals": [{"kind": "goods", "item": "mask"}]}),
        ("use", {"number": "C-0002", "place": "CN-HB", "arrivals": [{"kind": "goods", "item": "mask"}]}),
    ],
)
def test_less_than_something_is_nothing(
    unchanged: Served, act: str, said: dict[str, Any], quantity: int
) -> None:
    name = "lines" if "lines" in said else "arrivals"
    said = {**said, name: [{**said[name][0], "quantity": quantity}]}
    _problem(unchanged.client("officer").post(f"/api/v1/assistance/{act}", json=said), 422)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("produce", {"lines": [{"item": "mask", "units": -5}], "source": "x"}),
        ("count_stock", {"lots": [{"item": "mask", "units": -5}], "reason": "x"}),
        ("adjust_stock", {"lot": {"item": "mask", "units": 1}, "change": -(2**53) + 1, "reason": "x"}),
        ("name_code", {"gtin": "07032069804988", "item": "mask", "units": 0}),
        ("pack", {"number": "1-ITA.2", "lots": [{"item": "mask", "units": -5, "lot": "L7"}]}),
        ("split", {"number": "1-ITA.2", "off": {"mask": -5}, "reason": "x"}),
        ("propose_batch", {"lines": [{"recipient": "ITA", "item": "mask", "units": -5}], "reason": "x"}),
        ("receive", {"number": "1-ITA.2", "found": [{"item": "mask", "good": -5}]}),
        ("settle", {"number": "1-ITA", "item": "mask", "units": -5, "outcome": "lost", "reason": "x"}),
        ("propose_plan", {"stock": {"mask": -5}}),
        ("request_team", {"recipient": "ITA", "wanted": [{"skill": "epidemiology", "seats": -3}],
                          "start": "2020-03-30", "days": 5}),
        ("request_team", {"recipient": "ITA", "wanted": [{"skill": "epidemiology", "seats": 3}],
                          "start": "2020-03-30", "days": -5}),
        ("report_team", {"number": "T-0001", "day": "2020-03-25", "outpatients": -5}),
        ("set_budget", {"code": "relief", "first_day": "2021-01-01", "last_day": "2021-02-01",
                        "lines": [{"earmark": None, "amount": {"minor": -5, "currency": "USD"}}]}),
        ("exchange_money", {"code": "relief", "sold": {"minor": -5, "currency": "USD"},
                            "rate": {"base": "USD", "quote": "EUR", "rate": "1", "day": "2020-03-01", "source": "x"}}),
        ("send_teams", {"rest_days": -5}),
    ],
)  # fmt: skip
def test_less_than_nothing_is_no_number(unchanged: Served, act: str, said: dict[str, Any]) -> None:
    answer = unchanged.client("officer").post(f"/api/v1/assistance/{act}", json=said)
    assert answer.status_code in (422, 403), answer.text
    assert answer.json()["way_out"]


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "goods", "item": "USD", "quantity": 5},
        {"kind": "goods", "item": "unicorn", "quantity": 5},
        {"kind": "money", "item": "ZZZ", "quantity": 5},
        {"kind": "money", "item": "mask", "quantity": 5},
        {"kind": "services", "item": "", "quantity": 5},
        {"kind": "people", "item": "../../etc", "quantity": 5},
    ],
)
def test_what_is_no_such_thing_is_not_promised(unchanged: Served, line: dict[str, Any]) -> None:
    client = unchanged.client("officer")
    said = {"donor": "CHN", "recipient": "ITA", "lines": [line]}
    _problem(client.post(PLEDGE, json=said), 422)
    _problem(client.post("/api/v1/assistance/record_appeal", json={"requester": "SRB", "lines": [line]}), 422)


@pytest.mark.parametrize(
    "cited",
    [
        {"name": "x", "digest": "0" * 64, "size": 1},
        {"name": "x", "digest": "../../../etc/passwd", "size": 1},
        {"name": "x", "digest": "", "size": 1},
    ],
)
def test_a_document_that_is_not_kept_is_not_cited(unchanged: Served, cited: dict[str, Any]) -> None:
    line = {"kind": "goods", "item": "mask", "quantity": 5}
    said = {"donor": "CHN", "recipient": "ITA", "lines": [line], "document": cited}
    problem = _problem(unchanged.client("officer").post(PLEDGE, json=said), 422)
    assert "document" in problem["detail"] or "digest" in problem["detail"]


QUERIES = {
    "another name": ("stock", "bogus=1"),
    "twice": ("stock", "item=mask&item=mask"),
    "no day": ("stock", "as_of=2020-02-30"),
    "no moment": ("stock", "known_on=2020-03-26T12:00:00"),
    "a NUL": ("stock", "item=%00"),
    "a huge number": ("consignments", "batch=" + "9" * 4400),
    "a negative limit": ("consignments", "limit=-1"),
    "no limit": ("consignments", "limit=0"),
    "a number after": ("consignments", "after=1"),
    "no stage": ("figures", "stage=lost"),
    "the year 1": ("figures", "as_of=0001-01-01"),
}


@pytest.mark.parametrize("name", list(QUERIES))
def test_a_query_that_does_not_hold(unchanged: Served, name: str) -> None:
    view, query = QUERIES[name]
    _problem(unchanged.client("viewer").get(f"/api/v1/assistance/{view}?{query}"), 422)


def test_a_request_that_cannot_be_taken(unchanged: Served) -> None:
    client = unchanged.client("officer")
    _problem(client.get(f"/api/v1/assistance/stock?item={'x' * LONGEST_QUERY}"), 414)
    _problem(client.post(RESERVE, content=b"x=1", headers={"Content-Type": "text/plain"}), 415)
    _problem(client.post(RESERVE, content=b"{}", headers={"Content-Type": ""}), 415)
    _problem(client.post(RESERVE, content=b" " * (LARGEST_BODY + 1), headers=JSON), 413)
    lying = {**JSON, "Content-Length": "9" * 30}
    _problem(client.post(RESERVE, content=b"{}", headers=lying), 413)


def test_a_body_of_unknown_length_is_not_read_for_ever(unchanged: Served) -> None:
    client, read, said = unchanged.client("officer"), 0, []
    token = client.headers["Authorization"].encode()
    headers = [(b"content-type", b"application/json"), (b"authorization", token), (b"host", b"x")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": RESERVE,
        "raw_path": RESERVE.encode(),
        "root_path": "",
        "headers": headers,
        "query_string": b"",
        "client": ("192.0.2.1", 1),
        "scheme": "https",
        "server": ("x", 443),
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
    }

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 2**20
        assert read <= 2 * LARGEST_BODY, "the node reads on"
        return {"type": "http.request", "body": b" " * 2**20, "more_body": True}

    async def send(message: Any) -> None:
        said.append(message)

    loops.run(unchanged.app, scope, receive, send)
    assert said[0]["status"] == 413
    assert read <= LARGEST_BODY + 2**21


@pytest.mark.parametrize(
    "path",
    ["/x", "/assistance", "/assistance/", "/assistance/nonsense", "/nonsense/stock", "/assistance/__init__",
     "/assistance/stock/x", "/assistance/Stock", "/%2e%2e/x", "/assistance/%00", "/assistance/st%C3%B6ck"],
)  # fmt: skip
def test_what_there_is_not(unchanged: Served, path: str) -> None:
    _problem(unchanged.client("officer").get(f"/api/v1{path}"), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_view_is_got(unchanged: Served, method: str) -> None:
    answer = unchanged.client("officer").request(method, "/api/v1/assistance/stock")
    _problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD"


def test_an_act_is_posted(unchanged: Served) -> None:
    answer = unchanged.client("officer").get("/api/v1/assistance/pledge")
    _problem(answer, 405)
    assert answer.headers["Allow"] == "POST"


def test_text_of_any_tongue_is_kept_as_it_is(served: Served) -> None:
    reason = "前线需要 · для больницы · \u200fاحتياجات المنزل\u200f · é e\u0301 · 𓀀 · \n two lines"
    client = served.client("officer")
    said = {"item": "ventilator", "units": 500, "reason": reason}
    answer = client.post(RESERVE, content=json.dumps(said, ensure_ascii=False).encode(), headers=JSON)
    assert answer.status_code == 200
    (entry,) = answer.json()["entries"]
    body = client.get("/api/v1/exchange/entry", params={"entry": entry}).json()["entry"]["body"]
    assert body["reason"] == reason


def test_a_mistake_of_ours_is_a_problem_too_and_says_nothing_of_where(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret place")

    monkeypatch.setattr("sampan.web.api.answering.arguments.from_texts", broken)
    answer = served.client("viewer").get("/api/v1/assistance/stock", params={"item": "thermometer_gun"})
    problem = _problem(answer, 500)
    assert "secret" not in json.dumps(problem)
    assert "secret place" in caplog.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [("fr, en;q=0.5", "Utilisez\u00a0: non affecté"), ("zh-CN", "请使用："), ("de", "Use unearmarked, ")],
)
def test_what_is_wrong_is_told_in_the_language_that_is_asked_for(
    unchanged: Served, asked: str, told: str
) -> None:
    body = {"code": "E-1", "donor": "ITA", "level": "none"}
    answer = unchanged.client("officer").post(
        "/api/v1/assistance/record_earmark", json=body, headers={"Accept-Language": asked}
    )
    assert _problem(answer, 422)["way_out"].startswith(told)
    assert "Accept-Language" in answer.headers["Vary"]
