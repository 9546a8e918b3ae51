"""What people read is translated, whole, into every language; and nothing is said that is not in the source."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from babel import Locale
from babel.messages.catalog import Catalog

from sampan.core.languages import LANGUAGES, Language
from sampan.engines.situation import PHASES
from sampan.languages.catalogue import TRANSLATED, faults_file, pages_file, read, translations
from sampan.languages.extract import METHODS, messages, spaced
from sampan.languages.terms import TERMS
from sampan.records.assistance.consignments import State
from sampan.world.items import items
from sampan.world.places import REGIONS

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
COUNTS = {"count", "num", "weeks"}
"""Placeholders that a plural form stands for."""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")


def catalogue(language: Language) -> Catalog:
    return read(pages_file(language), language)


def said(message: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def test_the_extraction_finds_what_is_there() -> None:
    found = {message.id if isinstance(message.id, str) else message.id[0] for message in messages()}
    assert len(found) > 150
    assert {"Brief of %(day)s", "%(count)s country", "South Pacific", "There is no such page."} <= found


def test_no_message_is_looked_up_by_a_name_that_the_extraction_does_not_know() -> None:
    root = pages_file("ar").parents[2]
    files = [file for pattern, kind in METHODS if kind == "python" for file in root.glob(pattern)]
    assert len(files) > 10
    hidden = re.compile(r"\w_n?p?gettext\(|\._n?p?gettext\(")
    assert not [file.name for file in files if hidden.search(file.read_text("utf-8"))]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_none_is_left_over(language: Language) -> None:
    source = {(message.context, said(message.id)): message for message in messages() if message.id}
    known = {(message.context, said(message.id)): message for message in catalogue(language) if message.id}
    assert known.keys() == source.keys()
    assert not catalogue(language).obsolete
    for key, message in known.items():
        assert not message.fuzzy, key
        strings = said(message.string)
        assert all(strings), key
        assert len(strings) == (catalogue(language).num_plurals if message.pluralizable else 1), key


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_keeps_the_placeholders(language: Language) -> None:
    """Only the Arabic singular and dual may say the count in a word."""
    for message in catalogue(language):
        wanted = set(PLACEHOLDER.findall(said(message.id)[-1])) if message.id else set()
        for place, string in enumerate(said(message.string)):
            found = PLACEHOLDER.findall(string)
            assert len(found) == len(set(found)), message.id
            in_a_word = language == "ar" and message.pluralizable and place in (1, 2)
            counts = wanted & COUNTS if in_a_word else set()
            assert wanted - counts <= set(found) <= wanted, (message.id, string)
            assert not re.search(r"%(?!\()", string) or not message.id, (message.id, string)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_in_the_script_of_its_language(language: Language) -> None:
    """Nothing was left in English by mistake."""
    script = {"ar": r"[\u0600-\u06ff]", "zh": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]"}.get(language)
    for message in catalogue(language):
        words = PLACEHOLDER.sub("", said(message.string)[0])
        if message.id and script and re.search(r"\w", words):
            assert re.search(script, words), message.id
        if message.id and not script and len(said(message.id)[0]) > 20:
            assert said(message.string)[0] != said(message.id)[0]


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_no_line_breaks_before_a_mark(language: Language) -> None:
    for known in (catalogue(language), read(faults_file(language), language)):
        for message in known:
            for string in said(message.string) if message.id else ():
                assert string == spaced(string, known)
    assert spaced("« Oui » ; non ?", catalogue("fr")) == "«\u00a0Oui\u00a0»\u202f; non\u202f?"


SET: dict[Language, str] = {
    "ar": r'اً(?![\u0621-\u064a])|"%\(|[\u0621-\u064a][,;?]',
    "zh": r"[\u4e00-\u9fff] [\w%(]|[\w)] [\u4e00-\u9fff]|[\u4e00-\u9fff][,;:!?]",
}
"""How nobody sets these: two ways of tanwin, straight quotes around what is filled in, marks of other scripts, and
blanks around Latin in Chinese, which would stand before a Chinese name too wherever one fills the gap."""
COMMAND = re.compile(r" ?(sampan |--)[!-~ ]*")
"""What is typed as it stands."""


@pytest.mark.parametrize("language", sorted(SET))
def test_arabic_and_chinese_are_set_in_one_way(language: Language) -> None:
    for file in (pages_file(language), faults_file(language)):
        for message in read(file, language):
            for string in said(message.string) if message.id else ():
                assert not re.search(SET[language], COMMAND.sub("", string)), (message.id, string)


@pytest.mark.parametrize("language", TRANSLATED)
def test_plural_forms_are_those_of_cldr(language: Language) -> None:
    """Counts that CLDR puts into one category take one form, in the order of the categories."""
    rule = Locale.parse(language).plural_form
    looked_up = translations(language)
    kept = [name for name in CATEGORIES if name == "other" or name in rule.tags]
    message = next(m for m in catalogue(language) if said(m.id)[0] == "%(count)s country")
    for count in [*range(130), 200, 1000, 1001, 1003, 21_000, 528_813]:
        form = said(message.string)[min(kept.index(rule(count)), len(said(message.string)) - 1)]
        spoken = looked_up.npgettext("decided for", "%(count)s country", "%(count)s countries", count)
        assert spoken == form, count


def test_words_of_records_are_all_in_the_catalogues() -> None:
    assert TERMS["region"] == REGIONS
    assert set(TERMS["phase"]) == set(PHASES)
    assert set(TERMS["unit"]) == {item.unit for item in items().values()}
    assert set(TERMS["state"]) == set(get_args(State))
    assert set(TERMS["mark"]) == {"silent", "corrected", "anomaly"}
    assert set(TRANSLATED) == set(LANGUAGES) - {"en"}
