"""An act is done once, as seen, and a list is read without gaps: whatever happens on the line or beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sampan.client import Remote
from sampan.core.errors import InputError, NotSignedIn, PeerError, Refused
from sampan.core.problems import MEDIA, Fault
from sampan.desks.assistance.planning import Wanted
from sampan.node import Node, memory_node
from sampan.records.assistance import LotLine
from sampan.web.api.problems import body
from sampan.web.api.rate import Buckets, Rate
from tests.served import ADDRESS, PEOPLE, Served, serve

MASKS = {"lines": [{"item": "mask", "units": 100}], "source": "Works 1"}
PRODUCE = "/api/v1/assistance/produce"
STOCK = "/api/v1/assistance/stock"


@pytest.fixture
def fresh() -> Served:
    """A node on which nothing has happened."""
    return serve()


def _at_hand(served: Served) -> int:
    items = served.client("viewer").get(STOCK).json()["items"]
    return sum(int(item["at_hand"]) for item in items)


# Once


def test_the_same_key_and_request_are_answered_alike_and_done_once(fresh: Served) -> None:
    client = fresh.client("officer")
    first, second = (client.post(PRODUCE, json=MASKS, headers={"Idempotency-Key": '"k1"'}) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert _at_hand(fresh) == 100
    bare = client.post(PRODUCE, json=MASKS, headers={"Idempotency-Key": "k1"})
    assert bare.content == first.content


def test_the_same_key_for_another_request_is_refused(fresh: Served) -> None:
    client, key = fresh.client("officer"), {"Idempotency-Key": "k1"}
    assert client.post(PRODUCE, json=MASKS, headers=key).status_code == 200
    other = client.post(PRODUCE, json={**MASKS, "source": "Works 2"}, headers=key)
    elsewhere = client.post("/api/v1/assistance/expire", json={}, headers=key)
    assert [other.status_code, elsewhere.status_code] == [422, 422]
    assert "another request" in other.json()["detail"]
    assert _at_hand(fresh) == 100


def test_a_key_is_its_owners(fresh: Served) -> None:
    key = {"Idempotency-Key": "k1"}
    said = {"name": "paper.txt", "data": "AA=="}
    answer = fresh.client("officer").post("/api/v1/assistance/keep_document", json=said, headers=key)
    assert answer.status_code == 200
    theirs = fresh.client("administrator").post("/api/v1/assistance/keep_document", json=said, headers=key)
    assert theirs.status_code == 403


def test_what_was_refused_is_refused_alike_under_its_key(fresh: Served) -> None:
    client, key = fresh.client("officer"), {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/assistance/expire", json={}, headers=key)
    lots = {
        "lines": [{"item": "mask", "units": 9, "lot": "L9", "expiry": "2020-03-01"}],
        "source": "x",
        "day": "2020-02-01",
    }
    assert client.post(PRODUCE, json=lots).status_code == 200
    assert first.status_code == 422
    assert client.post("/api/v1/assistance/expire", json={}, headers=key).content == first.content
    assert client.post("/api/v1/assistance/expire", json={}).status_code == 200


@pytest.mark.parametrize("key", ["", '"', "a" * 201, '"a', "é", "a b", "\t"])
def test_a_key_that_cannot_be_read_is_refused(fresh: Served, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = fresh.client("officer").post(PRODUCE, json=MASKS, headers=headers)
    assert answer.status_code == 400
    assert _at_hand(fresh) == 0


def test_twenty_at_once_under_one_key_are_done_once(tmp_path: Path) -> None:
    with Node.create(tmp_path / "node", home="CHN") as node:
        served = serve(node)
        client = served.client("officer")
        begin = threading.Barrier(20)

        def send(_: int) -> int:
            begin.wait()
            return client.post(PRODUCE, json=MASKS, headers={"Idempotency-Key": "k1"}).status_code

        with ThreadPoolExecutor(20) as pool:
            codes = set(pool.map(send, range(20)))
        assert codes <= {200, 409} and 200 in codes
        assert node.assistance.stock().items[0].at_hand == 100


def test_an_answer_outlives_the_process(tmp_path: Path) -> None:
    answers = []
    for _ in range(2):
        with (Node.open if answers else _created)(tmp_path / "node") as node:
            client = serve(node).client("officer")
            answers.append(client.post(PRODUCE, json=MASKS, headers={"Idempotency-Key": "k1"}).content)
    assert answers[0] == answers[1]


def _created(folder: Path) -> Node:
    return Node.create(folder, home="CHN")


def test_the_client_sends_again_where_the_line_breaks_and_it_is_done_once(fresh: Served) -> None:
    inner = fresh.client("officer")
    sent: list[str] = []

    def flaky(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.headers["Idempotency-Key"])
        answer = inner.post(
            request.url.path, content=request.content, headers={**request.headers, **inner.headers}
        )
        if len(sent) < 3:
            raise httpx2.ReadError("the line broke after the node had answered")
        return httpx2.Response(answer.status_code, content=answer.content, headers=dict(answer.headers))

    remote = Remote(ADDRESS, http=httpx2.Client(transport=httpx2.MockTransport(flaky)))
    done = remote.assistance.produce([LotLine(item="mask", units=100)], source="Works 1")
    assert done.said.startswith("100 units")
    assert len(sent) == 3 and len(set(sent)) == 1
    assert _at_hand(fresh) == 100


def test_a_node_that_never_answers_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)

    def dead(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody is there")

    remote = Remote(ADDRESS, http=httpx2.Client(transport=httpx2.MockTransport(dead)))
    with pytest.raises(PeerError, match="does not answer"):
        remote.assistance.figures()
    page = httpx2.MockTransport(lambda request: httpx2.Response(200, text="<html>"))
    with pytest.raises(PeerError, match="not what this Sampan knows"):
        Remote(ADDRESS, http=httpx2.Client(transport=page)).exchange.checkpoint()
    with pytest.raises(InputError, match="no address"):
        Remote("aid.example.org")


def _between(served: Served, look: Callable[[httpx2.Request], httpx2.Response | None]) -> httpx2.Client:
    """A line to the node on which ``look`` sees each request first, and may answer it."""
    inner = served.client("officer")

    def carry(request: httpx2.Request) -> httpx2.Response:
        if early := look(request):
            return early
        headers = {**request.headers, **inner.headers}
        answer = inner.request(request.method, str(request.url), content=request.content, headers=headers)
        kept = {name: said for name, said in answer.headers.items() if name != "content-encoding"}
        return httpx2.Response(answer.status_code, content=answer.content, headers=kept, request=request)

    return httpx2.Client(transport=httpx2.MockTransport(carry))


def test_what_is_under_way_is_asked_for_again(fresh: Served) -> None:
    sent: list[str] = []

    def look(request: httpx2.Request) -> httpx2.Response | None:
        sent.append(request.headers["Idempotency-Key"])
        if len(sent) > 1:
            return None
        fault = Fault(409, "A request with this key is under way.", way_out="Ask again.")
        return httpx2.Response(
            409, content=body(fault, PRODUCE, "en"), headers={"Retry-After": "0", "Content-Type": MEDIA}
        )

    remote = Remote(ADDRESS, http=_between(fresh, look))
    assert remote.assistance.produce([LotLine(item="mask", units=100)], source="Works 1").entries
    assert len(sent) == 2 and len(set(sent)) == 1


def test_who_is_told_to_come_back_later_than_they_wait_is_told_so(fresh: Served) -> None:
    busy = body(Fault(429, "Too many requests.", way_out="Wait 90 s, then go on."), PRODUCE, "en")
    answer = httpx2.Response(429, content=busy, headers={"Retry-After": "90", "Content-Type": MEDIA})
    with pytest.raises(Fault, match="Wait 90 s") as caught:
        Remote(ADDRESS, http=_between(fresh, lambda _: answer)).assistance.figures()
    assert caught.value.http_status == 429


def test_what_the_client_has_seen_is_not_sent_again(fresh: Served) -> None:
    asked: list[str | None] = []
    remote = Remote(
        ADDRESS, http=_between(fresh, lambda request: asked.append(request.headers.get("if-none-match")))
    )
    assert remote.assistance.stock() == remote.assistance.stock()
    assert remote.assistance.parties() == remote.assistance.parties() == ()
    assert asked[0] is None and asked[1] is not None
    fresh.node.assistance.produce([LotLine(item="mask", units=100)], source="Works 1")
    assert remote.assistance.stock().items[0].free == 100


def test_a_list_that_changes_while_it_is_read_is_begun_again(
    fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sampan.client.AT_ONCE", 2)
    node, begun = fresh.node, []
    for number in range(5):
        node.assistance.produce([LotLine(item="mask", units=100)], source="Works 1")
        node.assistance.propose_batch([Wanted("ITA", "mask", 1 + number)], reason="x")

    def look(request: httpx2.Request) -> None:
        begun.append("cursor" not in request.url.params)
        if len(begun) == 2:
            node.assistance.produce([LotLine(item="mask", units=1)], source="Works 1")

    read = Remote(ADDRESS, http=_between(fresh, look)).assistance.batches()
    assert read == node.assistance.batches() and len(read) == 5
    assert begun == [True, False, True, False, False]


# As seen


def test_an_act_with_if_match_is_done_only_if_nobody_has_written_since(fresh: Served) -> None:
    client = fresh.client("officer")
    seen = client.get(STOCK).headers["ETag"]
    assert client.post(PRODUCE, json=MASKS, headers={"If-Match": seen}).status_code == 200
    late = client.post(PRODUCE, json=MASKS, headers={"If-Match": seen})
    assert late.status_code == 412
    assert late.json()["facts"] == {"size": 0}
    assert _at_hand(fresh) == 100
    now = client.get(STOCK).headers["ETag"]
    assert (
        client.post("/api/v1/assistance/count_stock", json=_counted(), headers={"If-Match": now}).status_code
        == 200
    )
    assert client.post(PRODUCE, json=MASKS, headers={"If-Match": "*"}).status_code == 200
    assert client.post(PRODUCE, json=MASKS, headers={"If-Match": "nonsense"}).status_code == 422


def _counted() -> dict[str, Any]:
    return {"lots": [{"item": "mask", "units": 90}], "reason": "wet"}


def test_a_fault_comes_back_as_the_exception_that_it_was(fresh: Served) -> None:
    remote = fresh.remote("officer")
    with pytest.raises(InputError, match="There is no contribution C-9") as caught:
        remote.assistance.contribution("C-9")
    with pytest.raises(InputError) as here:
        fresh.node.assistance.contribution("C-9")
    assert (caught.value.what, caught.value.way_out, caught.value.field) == (
        here.value.what,
        here.value.way_out,
        here.value.field,
    )
    with pytest.raises(Refused, match="may not approve"):
        remote.assistance.approve()
    for desk in (remote.assistance, fresh.node.assistance):
        with pytest.raises(InputError) as told:
            desk.enrol_sheet("roster.csv", b"handle;skills")
        assert (told.value.file, told.value.line) == ("roster.csv", 1)


@pytest.mark.parametrize("token", ["sampan_" + "0" * 43, "x"])
def test_a_token_that_does_not_hold_says_how_to_make_another(fresh: Served, token: str) -> None:
    remote = Remote(ADDRESS, token=token, http=fresh.client())
    with pytest.raises(NotSignedIn, match="sampan account token create") as caught:
        remote.assistance.stock()
    assert isinstance(caught.value, Refused) and caught.value.http_status == 401
    with pytest.raises(NotSignedIn, match="API token"):
        fresh.remote().assistance.stock()


def test_what_has_not_changed_is_not_sent_again(fresh: Served) -> None:
    client = fresh.client("officer")
    first = client.get(STOCK)
    again = client.get(STOCK, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    client.post(PRODUCE, json=MASKS)
    changed = client.get(STOCK, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


# Lists


def test_a_list_is_read_without_gaps_while_others_write() -> None:
    served = serve()
    remote, client = served.remote("officer").assistance, served.client()
    for number in range(7):
        remote.record_party(f"FRA-{number}", name=f"Office {number}", donor_kind="NGO", country="FRA")
    served.node.session.clock.set_to(served.node.session.today(), 13)  # type: ignore[attr-defined]
    answer = client.get("/api/v1/assistance/parties", params={"limit": 3})
    codes = [row["code"] for row in answer.json()]
    pages = 1
    while following := answer.links.get("next"):
        served.node.session.clock.set_to(served.node.session.today(), 13 + pages)  # type: ignore[attr-defined]
        remote.record_party(f"ITA-{pages}", name=f"New {pages}", donor_kind="NGO", country="ITA")
        answer = client.get(following["url"])
        codes += [row["code"] for row in answer.json()]
        pages += 1
    assert codes == [f"FRA-{number}" for number in range(7)]
    assert pages == 3
    assert len(remote.parties()) == 9


def test_a_list_that_cannot_say_what_was_known_says_that_it_changed(fresh: Served) -> None:
    client = fresh.client("officer")
    for number in range(3):
        wanted = [{"recipient": "ITA", "item": "mask", "units": 1 + number}]
        client.post(PRODUCE, json=MASKS)
        assert client.post(
            "/api/v1/assistance/propose_batch", json={"lines": wanted, "reason": "x"}
        ).is_success
    first = client.get("/api/v1/assistance/batches", params={"limit": 2})
    assert len(first.json()) == 2
    assert len(client.get(first.links["next"]["url"]).json()) == 1
    client.post(PRODUCE, json=MASKS)
    assert client.get(first.links["next"]["url"]).status_code == 409


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "W10", "WzFd", "WzEsMl0=", "eyJhIjoxfQ", "A" * 4000, "WzEsIngiLG51bGxd"]
)
def test_a_cursor_that_is_none_of_ours_is_refused(fresh: Served, cursor: str) -> None:
    answer = fresh.client().get("/api/v1/assistance/parties", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["field"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "-1", "5001", "1e3", "x", "", "٣", "9" * 5000])
def test_a_page_of_no_length_is_refused(fresh: Served, limit: str) -> None:
    assert fresh.client().get("/api/v1/assistance/parties", params={"limit": limit}).status_code == 422


def test_a_view_that_ends_its_own_pages_links_to_the_next(served: Served) -> None:
    client, numbers = served.client("viewer"), []
    answer = client.get("/api/v1/assistance/consignments", params={"limit": 1})
    while True:
        numbers += [row["number"] for row in answer.json()]
        if "next" not in answer.links:
            break
        answer = client.get(answer.links["next"]["url"])
    whole = served.node.assistance.consignments()
    assert numbers == [row.number for row in whole]
    assert len(numbers) == 4
    indices = [
        row["index"] for row in client.get("/api/v1/exchange/entries", params={"limit": 5, "after": 4}).json()
    ]
    assert indices == [5, 6, 7, 8, 9]


def test_the_list_behind_a_figure_is_read_to_its_end(served: Served) -> None:
    client, said = served.client(), {"name": "countries", "day": "2020-03-26", "limit": 1}
    answer = client.get("/api/v1/press/evidence", params=said)
    lines = answer.json()["lines"]
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"])
        lines += answer.json()["lines"]
    assert tuple(line["code"] for line in lines) == served.node.press.brief().countries.codes
    assert len(lines) == answer.json()["count"] > 1


# In an exercise


def test_an_exercise_ahead_of_the_clock_is_read_as_of_its_own_days() -> None:
    node = memory_node(people=PEOPLE)
    node.session = replace(node.session, exercise=True)
    ahead = date(2031, 3, 4)
    served = serve(node)
    node.assistance.record_party("FRA-1", name="Office", donor_kind="NGO", country="FRA")
    node.assistance.produce([LotLine(item="mask", units=100)], source="Works 1", day=ahead)
    assert served.client("viewer").get(STOCK).json()["as_of"] == "2031-03-04"
    assert served.remote("viewer").assistance.stock() == node.assistance.stock()
    assert node.assistance.figures().as_of == node.press.brief().day == ahead
    done = served.client("officer").post(PRODUCE, json=MASKS).json()
    assert node.session.ledger.get(done["entries"][0]).effective.date() == ahead
    assert len(served.remote("viewer").assistance.parties()) == 1
    assert node.session.on_behalf_of(node.session.person).today() == ahead


# Rate


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    served = serve(rate=Rate(5, 0.5))
    client = served.client()
    answers = [client.get("/api/v1/exchange/checkpoint") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[0].headers["RateLimit"] == '"default";r=4;t=2'
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=5;w=10'
    last = answers[-1]
    assert last.headers["Retry-After"] == "2"
    assert last.headers["content-type"] == "application/problem+json"
    assert served.client("officer").get("/api/v1/exchange/checkpoint").status_code == 200, (
        "a token has its own"
    )


def test_several_workers_together_grant_no_more_than_one_would() -> None:
    whole = Rate(120, 10)
    for workers in (1, 2, 8):
        share = whole.of_one(workers)
        assert whole.burst <= share.burst * workers < whole.burst + workers
        assert share.per_second * workers == whole.per_second


def test_a_bucket_fills_again_and_the_oldest_are_forgotten() -> None:
    now = [0.0]
    buckets, rate = Buckets(lambda: now[0]), Rate(2, 1)
    assert [buckets.take("a", rate)[0] for _ in range(3)] == [True, True, False]
    now[0] = 1.0
    assert [buckets.take("a", rate)[0] for _ in range(2)] == [True, False]
    for each in range(10_000):
        buckets.take(f"other {each}", rate)
    assert buckets.take("a", rate)[0], "forgotten"
