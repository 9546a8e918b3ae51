"""A way out that speaks of the command line speaks of pages and fields to whoever reads it on a page."""

from __future__ import annotations

import re

import pytest

from sampan.core.languages import LANGUAGES, Language
from sampan.languages import fault_texts
from sampan.languages.speech import speech
from sampan.web.desk.menu import offers
from sampan.web.desk.ways_out import ALIASES, AT_THE_NODE, COMMANDS, on_page
from sampan.web.desk.words import FIELDS

NO_FIELD = {"agree", "as", "home", "node", "out", "publish"}
"""Options that only stand behind a command, which its page does without."""


def test_every_command_that_a_fault_names_has_a_page_or_is_for_who_runs_the_node() -> None:
    assert set(COMMANDS.values()) <= offers().keys()
    named = [
        said
        for text in fault_texts.messages()
        for said in re.findall(r"sampan ([a-z]+(?: [a-z]+)*)", text.replace("load %(source)s", "load jhu"))
    ]
    assert len(named) > 60
    known = {*COMMANDS, *AT_THE_NODE}
    assert not [said for said in named if not any(f"{said} ".startswith(f"{each} ") for each in known)]


def test_every_option_that_a_fault_names_is_a_field_of_a_form() -> None:
    named = {
        option.replace("-", "_")
        for text in fault_texts.messages()
        for option in re.findall(r"(?<![\w-])--([a-z][a-z-]*)", text)
    }
    assert {"follows", "carried_by"} <= named
    assert {ALIASES.get(each, each) for each in named - NO_FIELD} <= FIELDS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_speaks_of_the_command_line(language: Language) -> None:
    for text in fault_texts.messages():
        said = fault_texts.GAP.sub("C-0001", text.replace("load %(source)s", "load jhu")).replace("%%", "%")
        if not any(f"sampan {each}" in said for each in AT_THE_NODE):
            told = str(on_page(said, speech(language)))
            assert not re.search(r"sampan [a-z]|(?<![\w-])--[a-z]", told), told


@pytest.mark.parametrize(
    ("said", "language", "told"),
    [
        (
            "If this is more, say so: --follows A-0007.",
            "fr",
            "S’il s’agit d’un complément, dites-le : « Fait suite à l’appel » A-0007.",
        ),
        (
            "Publish a longer one: sampan forecast --weeks 12 --publish.",
            "en",
            'Publish a longer one: <a href="/en/desk/control/publish_forecast">Publish the forecast</a> (Weeks: 12).',
        ),
        (
            "Begin from: sampan brief edit DAY --out FILE",
            "en",
            'Begin from: <a href="/en/desk/press/edit_brief">Edit a brief</a>',
        ),
        ("<b>sampan</b> --nobody", "en", "&lt;b&gt;sampan&lt;/b&gt; --nobody"),
    ],
)
def test_a_command_is_its_page_and_an_option_its_field(said: str, language: Language, told: str) -> None:
    assert str(on_page(said, speech(language))).replace("\u00a0", " ") == told
