"""The forms of a brief: what may be written into one, and the word of whoever reads it."""

from __future__ import annotations

import re

import pytest

from tests.unit.web_desk.conftest import Desk

DAY = "2020-03-26"
OPEN = re.compile(r"<details open><summary>([^<]*)</summary>")


@pytest.fixture
def drafted(desk: Desk) -> Desk:
    assert desk.send("press.draft_brief", by="press", day=DAY).status_code == 303
    return desk


def test_the_form_of_a_brief_names_its_figures_and_opens_what_is_written(drafted: Desk) -> None:
    words = {"words.headline.fr": "Dans le même bateau", "words.sections.closing.fr": "Merci"}
    assert drafted.send("press.edit_brief", by="press", day=DAY, revision="1", **words).status_code == 303
    press = drafted.browser("press")
    page = press.get(f"/en/desk/press/edit_brief?day={DAY}").text
    for name in ("{countries}", "{confirmed}", "{day:2020-03-26}", "{number:22}"):
        assert f'<code dir="ltr">{name}</code>' in page
    assert OPEN.findall(page) == ["Headline", "closing"]
    empty = press.get("/en/desk/press/edit_brief").text
    assert OPEN.findall(empty) == ["Headline"]
    assert 'value="()"' not in empty


def test_a_brief_is_agreed_to_or_sent_back_and_never_by_leaving_a_box_empty(drafted: Desk) -> None:
    form = drafted.browser("director").get(f"/en/desk/press/review_brief?day={DAY}").text
    assert re.findall(r'type="radio" name="approve" value="(\w+)" required', form) == ["yes", "no"]
    said = {"day": DAY, "revision": "1"}
    unsaid = drafted.send("press.review_brief", by="director", **said)
    assert unsaid.status_code == 422
    assert drafted.send("press.review_brief", by="director", **said, approve="no").status_code == 303
    [entry] = drafted.node.session.ledger.entries(kind="press.review")
    assert entry.body["approved"] is False
