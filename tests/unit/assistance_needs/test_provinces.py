"""Home's provinces are allocated to in the same plan as the countries, and lend to each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions, default, with_policy
from sampan.desks.assistance.deciding import answered, decide
from sampan.desks.assistance.depots import count, move, on_hand
from sampan.desks.assistance.plan import Decision, read_plan
from sampan.desks.assistance.posing import posed
from sampan.desks.assistance.rounds import Counted, opened, propose
from sampan.desks.assistance.stock_lists import lot_line
from sampan.desks.control import exercise as drill
from sampan.desks.control import forecast, reports
from sampan.desks.control.situation import assessed
from sampan.engines.allocate import allocate
from sampan.node import Node, memory_node
from sampan.records.assistance import Plan
from tests.offices import office

DAY = date(2020, 3, 26)
NATIONAL = {
    "mask": 40_000,
    "test_kit": 10_000,
    "protective_suit": 2_000,
    "thermometer_gun": 50,
    "ventilator": 5,
}


def nothing_made(floor: float = 0.0) -> Assumptions:
    """The shipped assumptions, where nothing is made."""
    given = default()
    supply = {name: replace(item, production=0) for name, item in given.supply.items()}
    return replace(given, supply=supply, policy=replace(given.policy, floor=floor))


def stores(*rich: str) -> Counted:
    """Little in the national depots, much in the stores of some provinces."""
    return {"home": NATIONAL, **{one: {"mask": 3_000_000, "ventilator": 300} for one in rich}}


def planned(session: Session, held: Counted, given: Assumptions | None = None) -> Decision:
    return propose(session, assumptions=given or nothing_made(), counted=held, record=False).decision


@pytest.mark.parametrize(
    ("home", "rich", "poor"), [("china", "CN-GD", "CN-HB"), ("australia", "AU-WA", "AU-NSW")]
)
def test_a_province_with_plenty_lends_to_its_siblings(
    home: str, rich: str, poor: str, request: pytest.FixtureRequest
) -> None:
    node: Node = request.getfixturevalue(home)
    decision = planned(node.session, stores(rich))
    lent = [one for one in decision.transfers if one.depot == rich]
    assert poor in {one.recipient for one in lent}
    assert rich not in {one.recipient for one in lent}, "what it draws from its own store does not move"
    assert all(line.recipient.partition("-")[0] not in ("CN", "AU") for line in decision.lines)
    after = {(x.recipient, x.item): x.after for x in decision.coverage}
    alone = planned(node.session, stores(), nothing_made())
    before = {(x.recipient, x.item): x.after for x in alone.coverage}
    assert after[poor, "mask"] > before.get((poor, "mask"), 0.0)


def test_a_province_keeps_what_its_own_need_asks_for(china: Node) -> None:
    """It lends no more than is beyond its own reserve, week by week."""
    question = opened(china.session, assumptions=nothing_made(), counted=stores("CN-GD")).question
    asked = posed(question)
    plan = allocate(asked.problem)
    decision = answered(question, asked, plan)
    depot = asked.problem.depots.index("CN-GD")
    assert asked.problem.depot_reserve is not None
    kept = asked.problem.depot_reserve[:, depot]
    mask = asked.problem.items.index("mask")
    assert kept[:, mask].max() > 0
    lent = np.zeros(len(kept))
    for one in decision.transfers:
        if (one.depot, one.item) == ("CN-GD", "mask"):
            lent[one.week - 1] += one.units
    held = asked.problem.supply[:, depot, mask].cumsum()
    assert np.all(held - lent.cumsum() >= kept[:, mask] - 1)


def test_what_provinces_hold_is_theirs_and_is_not_sent_abroad(china: Node) -> None:
    decision = planned(china.session, stores("CN-GD"))
    abroad = sum(line.units for line in decision.lines if line.item == "mask")
    assert abroad <= NATIONAL["mask"]


def test_home_first_goes_for_the_nation_with_its_provinces(china: Node) -> None:
    """What leaves home never goes beyond all free stock less the reserve, however much the provinces draw."""
    session = china.session
    for share in (0.8, 0.99):
        given = nothing_made()
        given = replace(given, policy=replace(given.policy, home_cover=share))
        question = opened(session, assumptions=given, counted=stores("CN-GD", "CN-SH")).question
        asked = posed(question)
        decision = answered(question, asked, allocate(asked.problem))
        for i, item in enumerate(asked.problem.items):
            left = np.zeros(len(asked.free))
            for line in decision.lines:
                if line.item == item:
                    left[line.week - 1] += line.units
            may = asked.free[:, i] - np.minimum(asked.wanted[:, i], asked.free[:, i])
            assert np.all(left.cumsum() <= may + 1), item


def test_provinces_are_in_the_plan_once_any_has_stock_or_if_asked_for(china: Node) -> None:
    session = china.session
    assert not opened(session, assumptions=default(), counted=stores()).question.provinces
    assert opened(session, assumptions=default(), counted=stores("CN-GD")).question.provinces
    assert opened(session, assumptions=default(), counted=stores(), with_provinces=True).question.provinces
    assert not opened(
        session, assumptions=default(), counted=stores("CN-GD"), with_provinces=False
    ).question.provinces


def test_provinces_asked_for_where_none_reports_are_refused(tmp_path: Path, shared: Path) -> None:
    with office(tmp_path / "node", shared, "ITA") as node:
        with pytest.raises(InputError, match="No province of ITA has reports"):
            opened(node.session, assumptions=default(), with_provinces=True)
        held = {"home": NATIONAL, "IT-25": {"mask": 5_000}}
        assert not opened(node.session, assumptions=default(), counted=held).question.provinces


def test_production_that_stays_at_home_reaches_the_provinces(china: Node) -> None:
    given = default()
    decision = planned(china.session, stores("CN-GD"), given)
    reached = {one.recipient for one in decision.transfers if one.depot == "home"}
    assert "CN-HB" in reached
    assert not [name for one in decision.transfers for name in one.binding if name == "earmark"]


def test_goods_go_from_depot_to_depot_first_expired_first(china: Node) -> None:
    session = china.session
    lots = [
        (lot_line("mask", 500, lot="B", expiry=date(2021, 9, 1)), ""),
        (lot_line("mask", 300, lot="A", expiry=date(2021, 1, 1)), ""),
    ]
    count(session, lots, depot="CN-ZJ", day=DAY)
    move(session, [lot_line("mask", 400)], depot="CN-ZJ", to="CN-HB", reason="plan", day=DAY)
    assert [(lot.lot, lot.units) for lot in on_hand(session.ledger, depot="CN-HB", as_of=DAY)] == [
        ("A", 300),
        ("B", 100),
    ]
    with pytest.raises(Exception, match="Take 400 or fewer"):
        move(session, [lot_line("mask", 401)], depot="CN-ZJ", to="CN-HB", reason="plan", day=DAY)


def test_a_recorded_plan_reads_back_with_its_transfers_and_cites_what_it_rests_on(china: Node) -> None:
    session = china.session
    count(session, [(lot_line("mask", 3_000_000, lot="G"), "")], depot="CN-GD", day=DAY)
    proposed = propose(session, assumptions=nothing_made())
    assert proposed.decision.transfers
    entry = session.ledger.get(str(proposed.entry))
    assert read_plan(session, Plan.read(entry.body)) == proposed.decision
    cited = {session.ledger.get(ref).kind for ref in entry.refs}
    assert {"assistance.need", "assistance.supply", "control.forecast", "assistance.count"} <= cited


def test_cvar_keeps_at_least_what_the_quantile_keeps(china: Node) -> None:
    session = china.session
    held = stores("CN-GD")
    kept = {}
    for method in ("quantile", "cvar"):
        decision = planned(session, held, with_policy(nothing_made(), reserve=method))
        assert decision.reserve == method
        kept[method] = {line.item: line.reserve for line in decision.home}
    assert all(kept["cvar"][item] >= units for item, units in kept["quantile"].items())
    assert kept["cvar"] != kept["quantile"]


def test_an_exercise_is_planned_with_provinces_too() -> None:
    made = drill.make(home="CHN", seed=3)
    with memory_node(home="CHN", at=_midday(made)) as node:
        reports.load(node.session, made.files)
        state = assessed(node.session)
        forecast.publish(node.session, state, forecast.make(state))
        question = opened(node.session, assumptions=nothing_made(), counted=stores("CN-GD")).question
        decision = decide(question)
        assert question.provinces
        assert {one.depot for one in decision.transfers} >= {"CN-GD"}


def _midday(made: drill.Exercise):  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime, time

    from sampan.formats import jhu

    last = jhu.read(*made.files.values()).days[-1]
    return datetime.combine(last, time(12), UTC)
