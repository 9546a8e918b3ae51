"""An officer's words hold no typed figure, and the same figures in every language."""

from __future__ import annotations

import pytest

from sampan.core.errors import InputError, Refused
from sampan.core.languages import LANGUAGES
from sampan.desks.press import asked
from sampan.desks.press.document import plain_text
from sampan.desks.press.sections import SECTIONS, document
from sampan.desks.press.words import Words, check_form, missing, require_whole, typed_numbers
from sampan.node import Node
from tests.unit.desks_press.conftest import DAY, everywhere


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("We have sent 115 people.", ("115",)),
        ("COVID-19, H1N1, B.1.1.7, كوفيد-19 and Т-34", ()),
        ("On 26 March 2020", ("26", "2020")),
        ("{number:22} calls, {countries} countries", ()),
        ("١١٥ دولة", ("١١٥",)),
        ("و115 دولة", ("115",)),
        ("截至3月26日，COVID-19援助115国", ("3", "26", "115")),
        ("援助八十九国", ("八十",)),
        ("万一、统一、一起、千万", ()),
        ("20 000 000 долларов", ("20", "000", "000")),
        ("1,150.5 units, 3½ and ⑨", ("1,150.5", "3", "½", "⑨")),
    ],
)
def test_numbers_typed_by_hand_are_found(text: str, typed: tuple[str, ...]) -> None:
    found = typed_numbers(text)
    assert sorted("".join(found)) == sorted("".join(typed)), found


def test_figures_are_put_in_as_each_language_writes_them(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    words = Words(
        sections={"opening": everywhere("{paid-USD}; {item-mask}; {day:2020-03-05}; {number:1500}")}
    )
    said = {each: document(brief, each, words) for each in LANGUAGES}
    opening = {each: plain_text(said[each].parts[0].blocks[0].runs) for each in LANGUAGES}
    assert opening["en"] == "USD\u00a020,000,000; 42,000; 5 March 2020; 1,500"
    assert opening["fr"] == "20\u202f000\u202f000\u00a0USD; 42\u202f000; 5 mars 2020; 1\u202f500"
    assert len({said[each].figures() for each in LANGUAGES}) == 1
    first = said["en"].parts[0].blocks[0].runs[0]
    assert first.to == ("figure", "paid-USD")
    assert first.value == 20_000_000


def test_a_language_that_lacks_a_text_is_named(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    words = Words(headline={"en": "Together", "fr": "Ensemble"})
    assert missing(words, brief) == ("headline is missing in ar, zh, ru, es.",)
    with pytest.raises(Refused, match="missing in ar"):
        require_whole(words, brief)
    require_whole(Words(), brief)


def test_a_figure_that_only_some_languages_say_is_named(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    spoken = everywhere("{countries}") | {"ru": "{countries} {countries}"}
    assert "ru 2" in missing(Words(sections={"closing": spoken}), brief)[0]


def test_a_typed_figure_is_told_its_name(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    masks = missing(Words(headline=everywhere("42,000 masks")), brief)
    assert len(masks) == 6
    assert "write {item-mask}." in masks[0]
    calls = missing(Words(headline=everywhere("26 calls")), brief)
    assert "{number:26} or {day:…}" in calls[0]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (Words(sections={"weather": {"en": "x"}}), 'no section "weather"'),
        (Words(order=("weather",)), 'no section "weather"'),
        (Words(headline={"de": "x"}), '"de" is not a language'),
        (Words(headline={"en": "{nothing}"}), "stands for no figure"),
        (Words(headline={"en": "{number:1e9}"}), "stands for no figure"),
        (Words(headline={"en": "{day:2020-02-30}"}), "not a day"),
        (Words(headline={"en": "{countries"}), "not closed"),
        (Words(headline={"en": "a\u202eb"}), "U\\+202E"),
        (Words(headline={"en": "a\x00b"}), "U\\+0000"),
        (Words(headline={"en": "x" * 20_001}), "20,001 characters"),
    ],
)
def test_what_no_brief_can_hold_is_refused(node: Node, words: Words, what: str) -> None:
    with pytest.raises(InputError, match=what):
        check_form(words, SECTIONS, asked.brief(node.session, day=DAY))


def test_markup_stays_text(node: Node) -> None:
    from sampan.desks.press import render

    words = Words(
        headline=everywhere("<script>alert()</script>"), sections={"opening": everywhere("[a](b) *c*")}
    )
    brief = asked.brief(node.session, day=DAY)
    assert "<script" not in render.render(brief, "html", "fr", words)
    assert "\\[a\\](b) \\*c\\*" in render.render(brief, "md", "es", words)


def test_sections_stand_as_an_officer_orders_them(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    said = document(brief, "en", Words(order=("received", "assistance")))
    assert [part.name for part in said.parts][:2] == ["received", "assistance"]
    assert said.parts[-1].name == "source"
