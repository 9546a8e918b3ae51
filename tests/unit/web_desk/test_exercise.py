"""The desk's pages do not call the figures and the disease of an exercise by the names of real ones."""

from __future__ import annotations

import html
from datetime import date

import pytest

from sampan.core.languages import LANGUAGES
from sampan.desks.control.exercise import make
from sampan.desks.control.reports import load
from sampan.languages.speech import speech
from tests.unit.web_desk.conftest import Desk


@pytest.mark.parametrize("marked", [True, False])
def test_the_situation_of_an_exercise_is_called_fictional(desk: Desk, marked: bool) -> None:
    files = make(home="CHN", first_day=date(2020, 1, 1)).files
    load(desk.node.session, files if marked else {name[9:]: data for name, data in files.items()})
    for language in LANGUAGES:
        spoken = speech(language)
        text = html.unescape(desk.browser().get(f"/{language}/desk/control/situation").text)
        disease = "COVID-19 (2020, wild type)"
        assert f"<dd>{spoken.disease(disease, exercise=marked)}</dd>" in text
        assert (f"<dd>{spoken.figures('jhu', exercise=True)}</dd>" in text) is marked
        assert ("<dd><bdi>jhu</bdi></dd>" in text) is not marked
