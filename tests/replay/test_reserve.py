"""Home first: a reserve that binds keeps its goods at home, and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sampan.desks.assistance import assumptions
from sampan.desks.assistance.deciding import decide
from sampan.desks.assistance.rounds import asked_otherwise, opened
from tests.replays import Ran


def made_at_home(production: int, stock: int) -> assumptions.Assumptions:
    """Assumptions in which home makes so many masks a week, exports none of them, and holds ``stock``."""
    given = assumptions.default()
    masks = replace(given.supply["mask"], production=production, stock=stock, export_share=0.0)
    return replace(given, supply={**given.supply, "mask": masks})


@pytest.mark.parametrize("stock", [0, 1_000_000, 40_000_000])
def test_home_keeps_what_it_cannot_make(real: Ran, stock: int) -> None:
    """With no masks made at home, its own need of the next weeks stays in the depot before any leaves."""
    session = real.node.session
    question = opened(session, assumptions=assumptions.default()).question
    bare = decide(asked_otherwise(session, question, made_at_home(0, stock)))
    (masks,) = [line for line in bare.home if line.item == "mask"]
    assert masks.reserve > 1_000_000
    assert masks.produced == 0
    leaving = sum(line.units for line in bare.lines if line.item == "mask")
    assert leaving <= max(0, masks.at_hand - masks.reserve)
    assert masks.covered == (masks.at_hand >= masks.reserve)
    if not masks.covered:
        assert leaving == 0


def test_what_home_makes_frees_the_depot(real: Ran) -> None:
    session = real.node.session
    question = opened(session, assumptions=assumptions.default()).question
    given = asked_otherwise(session, question, made_at_home(1_000_000_000, 40_000_000))
    made = decide(given)
    (masks,) = [line for line in made.home if line.item == "mask"]
    assert masks.reserve == 0
    assert sum(line.units for line in made.lines if line.item == "mask") > 0


def test_every_item_of_the_request_is_sent_and_no_limit_gives_way(real: Ran) -> None:
    sent = {line.item for one in real.replay.rounds for line in one.decision.leaving}
    assert sent == set(assumptions.default().supply)
    assert all(one.decision.conflicts == () for one in real.replay.rounds)


def test_the_estimates_agree_with_themselves(real: Ran) -> None:
    """R above 1 where it rises, below where it falls, and doubling only where one or the other is clear."""
    from sampan.desks.control.situation import situation

    for one in real.replay.rounds:
        for row in situation(one.assessed).rows:
            if row.phase == "rising":
                assert row.r > 1, row
                assert row.doubling_days is None or row.doubling_days > 0
            elif row.phase == "falling":
                assert row.r < 1, row
                assert row.doubling_days is None or row.doubling_days < 0
            else:
                assert row.doubling_days is None
