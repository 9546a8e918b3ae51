"""A brief as a PDF, and an officer's words as a file that is edited by hand."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampan.core.errors import InputError, NodeError
from sampan.core.languages import LANGUAGES
from sampan.desks.press import asked, document, pdf, render, words_file
from sampan.desks.press.brief import Outbreak
from sampan.desks.press.sections import SECTIONS
from sampan.desks.press.sections import document as say
from sampan.desks.press.words import Words
from sampan.desks.press.words import read as read_words
from sampan.node import Node
from tests.unit.desks_press.conftest import DAY, everywhere

texts = st.text(
    st.sampled_from(string.ascii_letters + " \n\"\\'#={}[]é中عربي"), min_size=1, max_size=60
).filter(str.strip)
spoken = st.dictionaries(st.sampled_from(LANGUAGES), texts, max_size=3)


@given(
    spoken, st.dictionaries(st.sampled_from(SECTIONS), spoken.filter(bool), max_size=3), st.integers(1, 99)
)
def test_words_come_back_from_a_file_as_they_were(headline: dict, sections: dict, revision: int) -> None:
    words = Words(headline, sections, ("received",))
    written = words_file.write(words, revision=revision, sections=SECTIONS)
    assert words_file.read(written, name="x.toml") == (words, revision)
    assert read_words(words.bytes()) == words


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("revision = ", "not TOML"),
        ("order = []", "which revision"),
        ("revision = true", "which revision"),
        ("revision = 1\norder = 'x'", "list of sections"),
        ("revision = 1\nheadline = 3", "not a table"),
        ("revision = 1\n[headline]\nen = 3", "not text"),
        ("revision = 1\n[sections]\nopening = 3", "not a table"),
        ("revision = 1\nweather = 1", '"weather" is nothing here'),
    ],
)
def test_a_file_that_cannot_be_read_is_named(text: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        words_file.read(text.encode(), name="x.toml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_is_the_same_bytes_each_time_and_has_its_own_letters(node: Node, language: str) -> None:
    if not set(pdf.FONTS[language]) & pdf.installed():
        pytest.skip(f"no font for {language} is here")
    said = say(asked.brief(node.session, day=DAY), language, Words(headline=everywhere('#a $x$ "b" \\c')))
    made = render.paper(said)
    assert made.startswith(b"%PDF-")
    assert made == render.paper(said)
    assert len(made) < 400_000


def test_without_its_font_it_says_what_to_install(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "installed", lambda: frozenset({"DejaVu Sans"}))
    brief = asked.brief(node.session, day=DAY)
    with pytest.raises(NodeError, match="apt install fonts-noto-cjk"):
        render.paper(say(brief, "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_comes_back_from_its_bytes(node: Node, language: str) -> None:
    said = say(asked.brief(node.session, day=DAY), language)
    assert document.read(said.bytes()) == said


def test_all_languages_say_the_same_figures(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    figures = {say(brief, language).figures() for language in LANGUAGES}
    assert len(figures) == 1
    named = {name for name, _ in figures.pop()}
    assert {"figure:teams", "figure:experts", "figure:paid-USD", "figure:received-mask"} <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_heading_says_of_which_day_the_situation_is(node: Node, language: str) -> None:
    """Figures of an earlier day do not stand under the heading of a later one as if they were of it."""
    brief = asked.brief(node.session, day=DAY)
    for reported in (date(2020, 3, 1), DAY):
        found = Outbreak(reported, reported, "jhu", "x", 1, 1, 1, 1, 0, 0, (), (), None)
        title = say(replace(brief, outbreak=found), language).title
        assert {run.day for run in title if run.day} == {DAY, reported}
