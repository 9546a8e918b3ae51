"""Every reason that a plan can give is a sentence in every language; a person's own reason is left as it is."""

from __future__ import annotations

import ast
from typing import get_args

import pytest

from sampan.core.languages import LANGUAGES, Language
from sampan.desks.assistance.needs import HARD_HIT, POOL, PROVINCE, WEAK
from sampan.engines.allocate.plan import LIMITS
from sampan.engines.needs.drivers import UNITS
from sampan.engines.needs.formulas import CAPPED, FORMULAS
from sampan.engines.needs.parameters import load
from sampan.languages import workings
from sampan.languages.catalogue import TRANSLATED
from sampan.languages.reasons import why
from sampan.languages.speech import speech
from sampan.languages.terms import TERMS
from sampan.records.assistance.teams import TeamType
from sampan.world.contributions import Status
from sampan.world.skills import SKILLS

GROUNDS = (HARD_HIT, WEAK, POOL, PROVINCE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_a_sentence(language: Language) -> None:
    said = why(speech(language), binding=LIMITS, grounds=GROUNDS, chance_short=0.25)
    assert len(said) == len(set(said)) == len(LIMITS) + len(GROUNDS) + 1
    assert not set(said) & {*LIMITS, *GROUNDS}
    assert any("25" in each for each in said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_reason_is_left_in_english(language: Language) -> None:
    mine, english = (
        why(speech(each), binding=LIMITS, grounds=GROUNDS, chance_short=0.25) for each in (language, "en")
    )
    assert not set(mine) & set(english)


def test_a_reason_by_hand_stays_as_it_was_written() -> None:
    said = why(speech("ar"), binding=("appeal of 3 March",), grounds=(), chance_short=0.0)
    assert said == ("appeal of 3 March",)


def test_words_of_gifts_teams_and_skills_reach_the_translators() -> None:
    assert set(TERMS["gift"]) == set(get_args(Status))
    assert set(TERMS["team"]) == set(get_args(TeamType))
    assert set(TERMS["skill"]) == set(SKILLS.values())


def test_every_number_by_which_a_need_is_worked_out_has_a_name() -> None:
    told = {
        node.id
        for text in (*FORMULAS.values(), *CAPPED.values())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name)
    }
    numbers = {*UNITS, *FORMULAS, *CAPPED, *told, *load().facts} - {"min", "max"}
    for code in sorted(numbers):
        if code.isidentifier():
            assert workings.named(code, speech("zh")) not in ("", code), code
    assert set(UNITS.values()) <= set(workings.UNITS)
    assert workings.named("cases_2_weeks_before", speech("ru")) == "новые случаи, за 2 недели до этого"
    facts, supplies = load().facts.values(), load().items.values()
    assert {each.source for each in (*facts, *supplies)} <= set(workings.CITED)
    cited = "severe_share: WHO, in the ESFT (ESFT 2022.1); assumption of the ESFT (ESFT 2022.1)"
    assert workings.source(cited, "severe", speech("fr")) == (
        "part des cas sévères\u00a0: OMS, dans l’ESFT (ESFT 2022.1)\u202f; hypothèse de l’ESFT (ESFT 2022.1)"
    )
    assert workings.unit("workers", 1, speech("en")) == "worker"
    assert workings.unit("workers", 1.5, speech("ru")) == "работника"
    assert workings.unit("workers", 5203.4, speech("ru")) == "работников"  # shown as 5 200
