"""Who comes first is a published, editable weight; appeals stand beside it and raise nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.desks.assistance.appeals import record_appeal
from sampan.desks.assistance.assumptions import default, overlaid
from sampan.desks.assistance.priorities import PriorityRow, priorities, weights
from sampan.desks.assistance.rounds import estimated
from sampan.engines.priority import Formula
from sampan.node import Node
from sampan.records.assistance import AppealLine

DAY = date(2020, 3, 26)


def rows(node: Node, said: str = "") -> dict[str, PriorityRow]:
    given = overlaid(default(), said.encode(), name="mine.toml") if said else default()
    estimate = estimated(node.session, given)
    return {row.recipient: row for row in priorities(node.session.ledger, estimate, given)}


def test_the_shipped_numbers_are_the_published_ones() -> None:
    assert default().priority == Formula()


def test_the_weight_follows_from_what_is_shown(china: Node) -> None:
    for row in rows(china).values():
        if row.kind == "country":
            assert 1 <= row.weight <= 4
    alone = rows(china)["NER"]
    assert alone.weight == pytest.approx((1 + alone.hard_hit) * (1 + alone.weak_system), rel=1e-9)


def test_an_office_edits_the_formula_and_the_plan_weighs_by_it(china: Node) -> None:
    alike = rows(china, "[priority]\nhard_hit_exponent = 0\nweak_exponent = 0\n")
    assert {round(row.weight, 9) for row in alike.values()} == {1.0}
    given = default()
    estimate = estimated(china.session, given)
    flat = replace(given, priority=Formula(hard_hit_exponent=0, weak_exponent=0))
    harm = np.array([given.harm[item] for item in estimate.items])
    assert np.allclose(weights(estimate, flat), np.broadcast_to(harm, (len(estimate.recipients), len(harm))))


def test_an_appeal_is_shown_and_raises_nothing(china: Node) -> None:
    before = rows(china)["ITA"]
    record_appeal(
        china.session,
        requester="ITA",
        lines=[AppealLine(kind="goods", item="mask", quantity=5_000_000)],
        day=DAY,
    )
    after = rows(china)["ITA"]
    assert after == replace(before, appealed=(("mask", 5_000_000),))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("[priority]\nhard_hit = 2", "Did you mean hard_hit_exponent"),
        ("[priority]\nbeds_reference = 0", "above 0"),
        ("[priority]\nbeds_not_covid = 1", "below 1"),
        ("[priority]\nweak_exponent = -1", "not negative"),
        ("[priority]\nweak_exponent = nan", "not negative"),
    ],
)
def test_a_formula_that_cannot_be_is_refused(said: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as fault:
        overlaid(default(), said.encode(), name="mine.toml")
    assert fault.value.file == "mine.toml"
