"""Every act and view has a page; a form keeps what was typed, says what is wrong beside the field, and acts once."""

from __future__ import annotations

import re

import pytest

from sampan.access.offer import Act
from sampan.core.languages import LANGUAGES
from sampan.languages.extract import messages
from sampan.node import DESKS, desk
from sampan.records.access import Refusal
from sampan.web.desk import words
from sampan.web.desk.menu import FOR_PROGRAMS, SECTIONS, offers
from sampan.web.desk.questions import Question, questions
from tests.signed import signed_in
from tests.unit.web_desk.conftest import Desk, found

APPEAL = {"requester": "Italy", "lines.0.what": "mask", "lines.0.quantity": "200 000"}


def kinds(handle: Desk, kind: str) -> int:
    return len(list(handle.node.session.ledger.entries(kind=kind)))


# Nothing is left out


def test_every_act_and_view_stands_in_one_section() -> None:
    offered = {f"{name}.{offer.name}" for name in DESKS for offer in desk(name).offers.values()}
    placed = [key for section in SECTIONS for key in (*section.views, *section.acts)]
    assert len(placed) == len(set(placed))
    assert offered == set(placed) | FOR_PROGRAMS
    assert not set(placed) & FOR_PROGRAMS


def test_everything_has_a_name_for_people() -> None:
    def words_of(asked: tuple[Question, ...]) -> set[str]:
        return {each.word for each in asked} | {word for each in asked for word in words_of(each.parts)}

    assert set(words.OFFERS) == set(offers())
    assert set(words.SECTIONS) == {section.name for section in SECTIONS}
    for placed in offers().values():
        assert words_of(questions(placed.offer)) <= set(words.FIELDS), placed.key
        for each in questions(placed.offer):
            assert set(each.choices) <= set(words.CHOICES), (placed.key, each.word)
    for (key, _), (target, word) in words.LEADS.items():
        assert key in offers()
        assert word in offers()[target].offer.signature.parameters


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_on_an_empty_node(desk: Desk, language: str) -> None:
    """No link leads to an error: where there is nothing to see yet, the page says what comes first."""
    client = desk.browser("viewer")
    assert client.get(f"/{language}/desk").status_code == 200
    for placed in offers().values():
        answer = client.get(f"/{language}{placed.path}")
        assert answer.status_code == 200, placed.key
        assert 'role="alert"' not in answer.text, placed.key
        assert "<h1>" in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_a_stranger_is_led_to_the_sign_in_and_sees_nothing(desk: Desk) -> None:
    client = desk.browser(None)
    for path in ("/desk", "/desk/stock", *(placed.path for placed in offers().values())):
        answer = client.get(f"/en{path}")
        assert answer.status_code == 401, path
        assert "/en/sign-in" in answer.text
        assert '<form method="post" action="/en/desk' not in answer.text


@pytest.mark.parametrize("path", ["/desk/nothing", "/desk/assistance/nothing", "/desk/assistance/stock.exe"])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.browser().get(f"/en{path}").status_code == 404


# Acts


def test_an_act_is_written_and_the_reader_is_shown_what_it_was_about(desk: Desk) -> None:
    answer = desk.send("assistance.record_appeal", **APPEAL)
    assert answer.status_code == 303, answer.text
    page = desk.browser().get(answer.headers["location"])
    assert page.status_code == 200
    assert "A-0001" in page.text
    assert 'role="status"' in page.text
    assert 'data value="200000"' in page.text
    [entry] = desk.node.session.ledger.entries(kind="assistance.appeal")
    assert entry.actor == "officer"
    assert entry.body["requester"] == "ITA"


def test_a_form_that_is_sent_twice_acts_once(desk: Desk) -> None:
    fields = desk.form("assistance.record_appeal") | APPEAL
    path = "/en/desk/assistance/record_appeal"
    first, second = (desk.browser().post(path, data=fields) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert kinds(desk, "assistance.appeal") == 1


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    wrong = {**APPEAL, "lines.0.quantity": "many", "note": "by <b>telephone</b>"}
    answer = desk.send("assistance.record_appeal", **wrong)
    assert answer.status_code == 422
    assert 'id="lines.0.quantity-wrong"' in answer.text
    assert 'aria-invalid="true" aria-describedby="lines.0.quantity-wrong' in answer.text
    for typed in ('value="Italy"', 'value="many"', "by &lt;b&gt;telephone&lt;/b&gt;"):
        assert typed in answer.text, typed
    assert kinds(desk, "assistance.appeal") == 0
    again = {"csrf": found(answer.text, "csrf"), "once": found(answer.text, "once"), **APPEAL}
    assert desk.browser().post("/en/desk/assistance/record_appeal", data=again).status_code == 303


def test_more_lines_can_be_asked_for_and_nothing_is_written(desk: Desk) -> None:
    answer = desk.send("assistance.record_appeal", **APPEAL, more="lines")
    assert answer.status_code == 200
    assert 'name="lines.5.what"' in answer.text
    assert 'value="200 000"' in answer.text
    assert kinds(desk, "assistance.appeal") == 0


def test_whoever_may_not_is_refused_and_that_is_recorded(desk: Desk) -> None:
    page = desk.browser("viewer").get("/en/desk/assistance/appeals")
    assert "not with your role" in page.text
    answer = desk.send("assistance.record_appeal", by="viewer", **APPEAL)
    assert answer.status_code == 403
    assert kinds(desk, "assistance.appeal") == 0
    assert kinds(desk, Refusal.kind) == 1


def test_a_form_without_its_token_does_nothing(desk: Desk) -> None:
    fields = desk.form("assistance.record_appeal") | APPEAL
    answer = desk.browser().post("/en/desk/assistance/record_appeal", data={**fields, "csrf": "0" * 64})
    assert answer.status_code == 419
    assert kinds(desk, "assistance.appeal") == 0


def test_a_file_is_handed_in_with_its_name(desk: Desk) -> None:
    letter = {"document": ("letter.pdf", b"%PDF-1.7 a letter", "application/pdf")}
    answer = desk.send("assistance.record_appeal", **APPEAL, handed_in=letter)
    assert answer.status_code == 303, answer.text
    [entry] = desk.node.session.ledger.entries(kind="assistance.appeal")
    assert entry.body["document"]["name"] == "letter.pdf"
    assert desk.node.session.blobs.has(str(entry.body["document"]["digest"]))


def test_money_is_written_with_its_currency(desk: Desk) -> None:
    given = {"donor": "CHN", "recipient": "WHO", "lines.0.what": "USD", "lines.0.quantity": "20000000.00"}
    answer = desk.send("assistance.pledge", **given)
    assert answer.status_code == 303, answer.text
    [entry] = desk.node.session.ledger.entries(kind="assistance.contribution")
    assert entry.body["lines"][0]["quantity"] == 2_000_000_000


def test_stock_is_counted_and_a_receipt_begins_with_what_the_consignment_carries(desk: Desk) -> None:
    lots = {"lots.0.item": "mask", "lots.0.lot": "L1", "lots.0.expiry": "2022-05-31", "lots.0.units": "10000"}
    assert desk.send("assistance.count_stock", **lots).status_code == 303
    wanted = {
        "lines.0.recipient": "Italy",
        "lines.0.item": "mask",
        "lines.0.units": "1000",
        "reason": "asked",
    }
    assert desk.send("assistance.propose_batch", **wanted).status_code == 303
    assert desk.send("assistance.approve", by="officer").status_code == 403
    assert desk.send("assistance.approve", by="director").status_code == 303
    assert desk.send("assistance.pack", number="1-ITA").status_code == 303
    way = {"mode": "air", "carrier": "A", "waybill": "W-1", "origin": "Beijing", "destination": "Rome"}
    assert desk.send("assistance.hand_over", number="1-ITA", **way).status_code == 303
    form = desk.browser().get("/en/desk/assistance/receive?number=1-ITA").text
    assert 'name="found.0.good"' in form
    assert 'value="1000"' in form
    assert 'value="2022-05-31"' in form


# Views


def test_a_view_is_json_too(desk: Desk) -> None:
    desk.send("assistance.record_appeal", **APPEAL)
    said = desk.browser().get("/en/desk/assistance/appeals.json").json()
    assert [row["number"] for row in said] == ["A-0001"]


def test_a_form_that_comes_when_the_session_is_over_keeps_what_was_typed(desk: Desk) -> None:
    client, path = desk.browser(), "/en/desk/assistance/record_appeal"
    typed = desk.form("assistance.record_appeal") | APPEAL | {"note": "line one\nline <two>"}
    client.cookies.clear()
    late = client.post(path, data=typed)
    assert late.status_code == 419
    assert "line one\nline &lt;two&gt;" in late.text
    again = signed_in(desk.app, desk.node, "officer").post(path, data=typed)
    assert again.status_code == 419
    assert "line one\nline &lt;two&gt;</textarea>" in again.text
    assert kinds(desk, "assistance.appeal") == 0, "nothing is done on a form whose token does not hold"
    body = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\n+2AA-\r\n--x--\r\n'
    half = {"content-type": "multipart/form-data; boundary=x; charset=utf-7"}
    assert client.post(path, content=body, headers=half).status_code == 419, "half a sign is no fault of ours"


def test_a_page_in_another_language_is_asked_the_same(desk: Desk) -> None:
    page = desk.browser().get("/en/desk/assistance/stock?look=mask&self=1&path=2&done=yes").text
    assert 'href="/ar/desk/assistance/stock?look=mask&amp;self=1&amp;path=2"' in page


def test_where_there_is_nothing_yet_the_page_leads_to_what_comes_first(desk: Desk) -> None:
    firsts = {
        "science/search": "science/submit_genomes",
        "assistance/statement": "assistance/open_fund",
        "assistance/need": "control/load_figures",
    }
    for view, act in firsts.items():
        page = desk.browser().get(f"/en/desk/{view}").text
        assert f'href="/en/desk/{act}' in page.partition("<h1>")[2].partition("<details")[0], view
    assert desk.browser().get("/en/desk/science/search?virus=no").status_code == 422
    public = desk.browser(None)
    behind = re.findall(r'href="(/en/briefs/[^"]*/figures/[^"]*)"', public.get("/en/brief").text)
    assert behind
    assert {public.get(path).status_code for path in behind} == {200}


def test_a_part_of_a_list_says_that_it_is_one(desk: Desk) -> None:
    desk.send("assistance.record_appeal", **APPEAL)
    part = desk.browser().get("/en/desk/assistance/appeals?state=verified&as_of=2020-03-26").text
    assert "Shown: State: <b>verified</b> · As of: <b><time" in part
    assert '<a href="/en/desk/assistance/appeals">Show all</a>' in part
    assert "Shown:" not in desk.browser().get("/en/desk/assistance/appeals?state=").text
    account = desk.browser().get("/fr/desk/assistance/account?account=depot:home").text
    assert "<b><bdi>Dépôt national</bdi></b>" in account
    assert "Tout afficher" not in account, "there is no statement of all accounts"


def test_a_question_that_cannot_be_answered_says_why(desk: Desk) -> None:
    answer = desk.browser().get("/en/desk/assistance/appeal?number=A-9")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="A-9"' in answer.text


def test_a_file_comes_as_a_file(desk: Desk) -> None:
    shown = desk.browser().get("/en/desk/assistance/flows_hxl")
    assert shown.headers["content-type"].startswith("text/html")
    answer = desk.browser().get("/en/desk/assistance/flows_hxl?go=1")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="flows_hxl.csv"'
    assert answer.content.startswith(b"#") or b"#date" in answer.content


def test_names_from_outside_are_text_and_no_markup(desk: Desk) -> None:
    evil = '<script>alert(1)</script>"onload="x'
    answer = desk.send(
        "assistance.record_party", code="FIRM-1", name=evil, donor_kind="business", country="FRA"
    )
    assert answer.status_code == 303, answer.text
    for path in ("parties", "pledge"):
        assert "<script>alert" not in desk.browser().get(f"/en/desk/assistance/{path}").text


@pytest.mark.parametrize("key", sorted(offers()))
def test_no_form_breaks_on_nonsense(desk: Desk, key: str) -> None:
    """Whatever is written into every field, the answer is a page."""
    placed = offers()[key]
    nonsense = {}
    for each in questions(placed.offer):
        places = [f"{each.word}.0.{part.word}" for part in each.parts] or [each.word]
        nonsense |= dict.fromkeys(places, "\u202e☃ 'x' -1e999 {{7*7}}")
    if isinstance(placed.offer, Act):
        answer = desk.send(key, **nonsense)
    else:
        answer = desk.browser().get(f"/en{placed.path}", params={**nonsense, "go": "1"})
    assert answer.status_code in (200, 403, 404, 422), answer.status_code


def test_every_name_for_people_reaches_the_translators() -> None:
    found = {(message.context, message.id) for message in messages() if message.id}
    tables = {
        "section": words.SECTIONS,
        "offer": words.OFFERS,
        "field": words.FIELDS,
        "choice": words.CHOICES,
    }
    for context, table in tables.items():
        assert {(context, word) for word in table.values()} <= found, context


def test_whoever_agrees_to_a_brief_reads_it_first(desk: Desk) -> None:
    assert desk.send("press.draft_brief", by="press", day="2020-03-26").status_code == 303
    asked = {"day": "2020-03-26", "revision": "1", "words.headline.fr": "Dans le même bateau"}
    assert desk.send("press.edit_brief", by="press", **asked).status_code == 303
    director = desk.browser("director")
    way = re.search(r'href="/en(/desk/press/brief_standing\?day=2020-03-26)"', director.get("/en/desk").text)
    assert way, "what waits leads to the words"
    assert "Dans le même bateau" in director.get(f"/fr{way[1]}").text
    assert "Recipients have confirmed" in director.get(f"/en{way[1]}").text
    form = director.get("/en/desk/press/review_brief?day=2020-03-26").text
    assert "headline is missing in ar, zh, en, ru, es." in form
    assert "is missing in" not in director.get("/fr/desk/press/review_brief?day=2020-03-26").text


def test_a_thousand_with_a_point_is_not_one(desk: Desk) -> None:
    lot = {"lots.0.item": "mask", "lots.0.lot": "L1", "lots.0.units": "20.000"}
    counted = desk.send("assistance.count_stock", language="es", **lot)
    appeal = {"requester": "Italy", "lines.0.what": "mask", "lines.0.quantity": "20.000"}
    asked = desk.send("assistance.record_appeal", language="es", **appeal)
    assert (counted.status_code, asked.status_code) == (422, 422)


def test_arabic_digits_are_read_in_every_field_of_a_form(desk: Desk) -> None:
    lots = {"lots.0.item": "mask", "lots.0.lot": "L1", "lots.0.units": "٣٬٠٠٠", "lots.0.expiry": "۲۰۳۲-۰۵-۳۱"}
    assert desk.send("assistance.count_stock", language="ar", **lots).status_code == 303
    [entry] = desk.node.session.ledger.entries(kind="assistance.count")
    assert (entry.body["lines"][0]["counted"], entry.body["lines"][0]["expiry"]) == (3000, "2032-05-31")
    mixed = desk.send("assistance.count_stock", language="ar", **lots | {"lots.0.units": "٣000"})
    assert mixed.status_code == 422
    assert "mixes" not in mixed.text, "said in Arabic"
