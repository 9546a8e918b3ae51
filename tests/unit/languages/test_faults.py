"""A fault is said in the reader's language, with its numbers; what nobody foresaw stays as it is."""

from __future__ import annotations

import re
from time import process_time

import pytest

from sampan.core.errors import InputError, SampanError
from sampan.core.languages import Language
from sampan.core.money import Money
from sampan.desks.assistance import deciding
from sampan.languages import fault_texts, faults
from sampan.languages.catalogue import TRANSLATED, faults_file, read
from sampan.languages.terms import TERMS

LIMITS = (
    "These limits cannot all hold: floor (mask, Italy, week 2); stock (mask). "
    "Floors are eased by 4,000 units in all."
)
GAP = re.compile(r"%\((\w+)\)s")


def test_the_texts_of_faults_are_found_in_the_source() -> None:
    found = fault_texts.messages()
    assert len(found) > 600
    assert '"%(currency)s" is not a currency that can be paid in.' in found
    assert "Write its ISO 4217 code, such as USD, EUR or CNY." in found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_fault_is_translated_and_keeps_its_gaps(language: Language) -> None:
    known = {
        str(message.id): str(message.string)
        for message in read(faults_file(language), language)
        if message.id
    }
    assert known.keys() == fault_texts.messages(), "python -m sampan.languages.extract"
    for text, translation in known.items():
        assert translation, text
        assert sorted(GAP.findall(text)) == sorted(GAP.findall(translation)), text
        assert not re.search(r"%(?!\(\w+\)s)", translation.replace("%%", "")), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_fault_is_said_with_what_it_was_raised_with(language: Language) -> None:
    with pytest.raises(InputError) as raised:
        Money.read("5", "ABC")
    told = faults.said(raised.value.what, language)
    assert "ABC" in told
    assert told != raised.value.what
    assert faults.said(raised.value.way_out, language) != raised.value.way_out


def test_what_no_text_fits_stays_as_it_is() -> None:
    said = str(SampanError("Nobody wrote this anywhere: 5 % of it."))
    assert faults.said(said, "fr") == said
    assert faults.said("", "ar") == ""
    assert faults.said("Check whose key it is.", "en") == "Check whose key it is."


def test_a_word_of_ours_in_a_gap_is_said_in_the_language_too() -> None:
    told = faults.said("Request R-0001 is withdrawn.", "fr")
    assert "R-0001" in told
    assert "retiré" in told
    assert "withdrawn" not in told


def test_a_short_text_does_not_swallow_what_others_say() -> None:
    said = "Italy is sent nothing: it is not in the figures, and nobody has asked for anything on its behalf."
    assert faults.said(said, "fr") == said


@pytest.mark.parametrize(
    ("said", "language", "told"),
    [
        ("Choose one of alpha-fair, proportional.", "fr", "entre équité et dommages évités, la même part"),
        ("Choose one of alpha-fair, proportional.", "en", "between fairness and harm averted, one share"),
        (LIMITS, "zh", "最低保障量（医用口罩、意大利、第2周）；库存（医用口罩）"),
        (LIMITS, "fr", "4\u202f000 unités"),
        (LIMITS, "ar", "إيطاليا، الأسبوع 2"),
        ("Earmark E-1 of WHO does not allow this. It is for Africa, mask, not ITA.", "ru", "Африка"),
        ("C-1 was not pledged yet on 2020-03-09.", "es", "9 de marzo de 2020"),
        ('"2020-03-09" is not a day.', "es", "2020-03-09"),
        ('"Italy" is no condition.', "ru", "Italy"),
        ("C-1 was not pledged yet on 2020-13-45.", "es", "2020-13-45"),
    ],
)
def test_what_stands_in_a_gap_is_said_as_the_reader_says_it(said: str, language: Language, told: str) -> None:
    assert told in faults.said(said, language)


def test_limits_of_plans_are_words_that_translators_see() -> None:
    assert {*deciding.LIMITS.values(), deciding.NO_FREIGHT} == set(TERMS["limit"])


TYPED = (
    "x",
    ". ",
    ' "',
    "a, ",
    "mask; ",
    "may not ",
    'There is no item "',
    "There is no entry ",
    "1 of ",
    ": ",
)


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("around", ["{}", 'There is no item "{}".', "There is no entry {} in this ledger."])
def test_nothing_that_somebody_types_is_looked_through_for_long(typed: str, around: str) -> None:
    """What strangers ask for stands in faults, and while one is translated nobody else is answered."""
    faults.said("Check whose key it is.", "fr")
    begun = process_time()
    for size in (60, 500, 1_900, 20_000):
        faults.said(around.format((typed * size)[:size]), "fr")
    assert process_time() - begun < 1
