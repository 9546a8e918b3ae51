"""A brief on paper: hostile names stay text, absent figures stay absent, one is singular."""

import re
from dataclasses import replace
from datetime import date

import pytest

from sampan.desks.press.brief import BatchLine, Brief, Counted, ItemTotal
from sampan.desks.press.render import render


def brief(**changes: object) -> Brief:
    nobody = Counted("countries", 0, (), ())
    made = Brief(
        day=date(2020, 3, 26),
        home="CHN",
        home_name="China",
        exercise=False,
        outbreak=None,
        countries=nobody,
        organisations=Counted("organisations", 0, (), ()),
        regions=tuple(Counted(name, 0, (), ()) for name in ("Asia", "Europe")),
        items=(),
        batches=(),
        confirmed_by_recipient=0,
        ledger_size=0,
        checkpoint="x\n0\n",
    )
    return replace(made, **changes)


def text(page: str) -> str:
    """What a reader of the page reads."""
    return re.sub(r"<[^>]*>", "", page)


@pytest.mark.parametrize("form", ["html", "md"])
def test_an_empty_ledger_makes_an_honest_brief(form: str) -> None:
    written = text(render(brief(), form))
    assert "0 countries and 0 organisations in 0 batches" in written
    assert "None" not in written
    assert "nan" not in written.lower()


def test_one_is_singular() -> None:
    one = Counted("x", 1, ("Italy",), ("ITA",))
    batch = BatchLine(1, date(2020, 3, 5), 1, 1, ("id",))
    written = render(brief(countries=one, organisations=one, batches=(batch,)), "md")
    assert "1 country and 1 organisation in 1 batch.**" in written


def test_names_cannot_become_markup() -> None:
    name = "<script>alert(1)</script>"
    hostile = Counted("countries", 1, (name,), (name,))
    written = render(brief(countries=hostile, regions=(hostile,)), "html")
    assert "<script>" not in written
    assert "&lt;script&gt;" in written


def test_numbers_are_grouped_as_people_read_them() -> None:
    item = ItemTotal("mask", "medical masks", "mask", 122_434_000, 12)
    for form in ("html", "md"):
        assert "122,434,000" in render(brief(items=(item,)), form)


def test_a_page_is_small_and_needs_no_script_or_other_file() -> None:
    page = render(brief(), "html")
    assert len(page.encode()) < 100_000
    assert "<script" not in page
    assert "src=" not in page
    assert "@import" not in page
