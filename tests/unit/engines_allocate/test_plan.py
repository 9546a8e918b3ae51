"""Small plans that can be checked by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sampan.engines.allocate import POLICIES, Charter, Earmark, Limit, Lot, Plan, Problem, allocate, compare


def _problem(**given: Any) -> Problem:
    """Two recipients on one lane need 10 a week for two weeks; 12 arrive in all; the second counts double."""
    made: dict[str, Any] = {
        "samples": np.full((1, 2, 2, 1), 10.0),
        "weight": np.array([[1.0], [2.0]]),
        "kind": ("W",),
        "pack": np.array([2]),
        "supply": np.array([[[12.0]], [[0.0]]]),
        "lane": np.array([0, 0]),
        "lead_weeks": np.array([[0]]),
        "volume_m3": np.array([0.5]),
    }
    return Problem(**made | given)


def _arriving(plan: Plan) -> list[list[int]]:
    return plan.shipments[..., 0].sum(0).tolist()


def test_the_heavier_need_is_served_first_and_the_prices_say_so() -> None:
    plan = allocate(_problem(), gap=0.0)
    assert plan.shipments.sum() == 12 and plan.shipments[:, 1].sum() == 12
    assert plan.objective == pytest.approx(2 * 20 - 2 * 12 + 20) and plan.gap == 0
    assert plan.prices.stock[0, 0, 0] == pytest.approx(4.0)  # a pack of 2 units at weight 2
    assert plan.nothing_sent == pytest.approx(60)
    assert plan.coverage_after[:, 0].tolist() == pytest.approx([0, 0.6])


def test_a_floor_moves_packs_and_its_price_is_what_they_would_do_elsewhere() -> None:
    floor = np.zeros((2, 2, 1))
    floor[0, 0] = 3  # rounded up to two packs of 2
    plan = allocate(_problem(floor=floor), gap=0.0)
    assert plan.shipments[0, 0, 0] == 4
    assert plan.prices.floor[0, 0, 0] == pytest.approx(2.0)  # 4 elsewhere less 2 here
    (reason,) = [one for one in plan.reasons if one.recipient == 0]
    assert reason.units == 4 and "floor" in reason.binding and "stock" in reason.binding
    assert reason.last_pack == pytest.approx(2.0) and reason.price == pytest.approx(4.0)


def test_a_line_is_held_by_what_was_short_when_it_left_not_when_it_arrives() -> None:
    """Two weeks, one under way: what arrives last leaves out of a stock that later has nowhere to go."""
    samples = np.full((1, 3, 2, 1), 10.0)
    supply = np.array([[[4.0]], [[4.0]], [[99.0]]])
    plan = allocate(_problem(samples=samples, supply=supply, lead_weeks=np.array([[1]])), gap=0.0)
    assert {one.week for one in plan.reasons} == {1, 2}
    assert all("stock" in one.binding for one in plan.reasons)


def test_a_depot_that_does_not_serve_the_line_does_not_hold_it() -> None:
    """The second depot has next to no freight, and the third no lane; the first has freight enough."""
    lead = np.array([[0], [0], [-1]])
    supply = np.array([[[12.0], [40.0], [0.0]], [[0.0], [0.0], [9.0]]])
    freight = np.array([[[99.0], [1.0], [9.0]], [[99.0], [1.0], [9.0]]])
    plan = allocate(_problem(supply=supply, freight_m3=freight, lead_weeks=lead), gap=0.0)
    assert all("stock" in one.binding for one in plan.reasons)


def test_what_a_donor_gave_is_held_by_its_stock_and_for_others_by_the_wish() -> None:
    lots = (Lot(0, 0, 0, 8, earmark=0), Lot(0, 0, 0, 40, earmark=1))
    wishes = (Earmark("for the first", recipients=(0,)), Earmark("for the second", recipients=(1,)))
    plan = allocate(_problem(supply=np.zeros((2, 1, 1)), lots=lots, earmarks=wishes), gap=0.0)
    (first,) = [one for one in plan.reasons if one.recipient == 0]
    assert "stock" in first.binding and "earmark" not in first.binding


def test_what_a_province_keeps_for_itself_is_named() -> None:
    """The first recipient is a province with a store; the second, a sibling without, is lent what it may spare."""
    plan = allocate(
        _problem(
            samples=np.full((1, 1, 2, 1), 20.0),
            supply=np.array([[[0.0], [12.0]]]),
            lane=np.array([0, 1]),
            lead_weeks=np.array([[0, 0], [0, 0]]),
            own_depot=np.array([1, -1]),
            depot_reserve=np.array([[[0.0], [8.0]]]),
        ),
        gap=0.0,
    )
    (sibling,) = [one for one in plan.reasons if one.recipient == 1]
    assert sibling.units == 4 and "depot reserve" in sibling.binding


def test_reasons_give_the_chance_that_it_will_not_be_enough() -> None:
    samples = np.array([4.0, 8.0, 12.0, 16.0]).reshape(4, 1, 1, 1) * np.ones((4, 2, 2, 1))
    plan = allocate(
        _problem(samples=samples, supply=np.array([[[40.0]], [[40.0]]]), weight=np.array([[0.0], [1]]))
    )
    assert [one.chance_short for one in plan.reasons] == [0.0, 0.0]
    plan = allocate(
        _problem(samples=samples, supply=np.array([[[10.0]], [[0]]]), weight=np.array([[0.0], [1]]))
    )
    shorts = {one.week: (one.units, one.chance_short) for one in plan.reasons}
    assert sum(units for units, _ in shorts.values()) == 10
    for units, chance in shorts.values():
        assert chance == np.mean(samples[:, 0, 1, 0] > units)


def test_the_home_reserve_stays_and_has_a_price() -> None:
    plan = allocate(_problem(reserve=np.array([[5.0], [5.0]])), gap=0.0)
    assert plan.shipments.sum() == 6 and np.all(plan.stock_left[:, 0, 0] >= 5)
    assert plan.prices.reserve.sum() == pytest.approx(4.0)


def test_freight_binds_per_week_and_a_charter_is_hired_when_it_pays() -> None:
    freight = np.full((2, 1, 1), 2.0)  # 4 units a week
    plan = allocate(_problem(freight_m3=freight), gap=0.0)
    assert plan.shipments.sum((1, 2)).tolist() == [4, 4]
    assert plan.prices.m3.max() == pytest.approx(4.0)  # weight 2 on the two units of a m³
    dear, cheap = Charter(0, 0, 0, 2.0, cost=100.0), Charter(0, 0, 0, 2.0, cost=1.0)
    assert allocate(_problem(freight_m3=freight, charters=(dear,)), gap=0.0).chartered == ()
    hired = allocate(_problem(freight_m3=freight, charters=(dear, cheap)), gap=0.0)
    assert hired.chartered == (1,) and hired.shipments.sum() == 12
    assert hired.objective == pytest.approx(hired.expected_harm + 1.0)


def test_lots_go_to_whom_they_are_meant_for_and_before_they_expire() -> None:
    lots = (Lot(0, 0, 0, 8, earmark=0), Lot(0, 0, 0, 6, expires=0))
    plan = allocate(
        _problem(
            supply=np.zeros((2, 1, 1)), lots=lots, earmarks=(Earmark("for the first", recipients=(0,)),)
        ),
        gap=0.0,
    )
    c = plan.consignments
    assert set(c.recipient[c.earmark == 0].tolist()) == {0} and c.units[c.earmark == 0].sum() == 8
    assert set(c.arrives[c.expires == 0].tolist()) == {0} and c.units[c.expires == 0].sum() == 6
    assert plan.shipments[:, 1].sum() == 6


def test_a_minimum_consignment_is_met_or_nothing_goes() -> None:
    freight = np.full((2, 1, 1), 2.0)
    plan = allocate(_problem(freight_m3=freight, minimum_consignment=np.array([6.0])), gap=0.0)
    assert plan.units == 0


def test_what_is_durable_goes_on_serving() -> None:
    weekly, durable = (allocate(_problem(kind=(k,)), gap=0.0).objective for k in "WD")
    assert durable == pytest.approx(60 - 2 * 10 * 2 - 2 * 2) and durable < weekly


def test_conflict_names_the_smallest_set_and_the_relaxed_plan_is_marked() -> None:
    floor = np.zeros((2, 2, 1))
    floor[:, 0] = 8
    plan = allocate(
        _problem(floor=floor, absorb=np.full((2, 2, 1), 50.0), freight_m3=np.full((2, 1, 1), 99.0))
    )
    assert plan.relaxed
    (conflict,) = plan.conflicts
    assert conflict.short_units == 4
    assert set(conflict.limits) == {
        Limit("floor", week=0, recipient=0, item=0),
        Limit("floor", week=1, recipient=0, item=0),
        Limit("stock", depot=0, item=0),
    }
    assert plan.shipments[:, 0].sum() == 12


def test_conflicts_of_the_reserve_of_freight_and_of_absorption() -> None:
    short = allocate(_problem(reserve=np.full((2, 1), 20.0)))
    assert short.relaxed and short.units == 0
    assert short.conflicts[0].limits[0].what == "reserve" and short.conflicts[0].short_units == 8
    floor = np.zeros((2, 2, 1))
    floor[0, 0] = 4
    stuck = allocate(_problem(floor=floor, freight_m3=np.full((2, 1, 1), 0.9)))
    assert {limit.what for limit in stuck.conflicts[0].limits} == {"floor", "freight m3"}
    full = allocate(_problem(floor=floor, absorb=np.full((2, 2, 1), 2.0)))
    assert {limit.what for limit in full.conflicts[0].limits} == {"floor", "absorption"}
    assert full.shipments[0, 0, 0] == 2


WHY_NOTHING_ARRIVES: dict[str, tuple[dict[str, Any], str]] = {
    "no freight in m3": ({"freight_m3": np.zeros((2, 1, 1))}, "freight m3"),
    "no freight in kg": ({"freight_kg": np.zeros((2, 1, 1)), "mass_kg": np.array([2.0])}, "freight kg"),
    "no lane": ({"lead_weeks": np.array([[-1]])}, "lane"),
    "stock for another": (
        {"supply": np.zeros((2, 1, 1)), "lots": (Lot(0, 0, 0, 8, earmark=0),),
         "earmarks": (Earmark("for the second", recipients=(1,)),)},
        "earmark",
    ),
    "stock that expires on the way": (
        {"supply": np.zeros((2, 1, 1)), "lots": (Lot(0, 0, 0, 8, expires=0),), "lead_weeks": np.array([[1]])},
        "expiry",
    ),
    "stock that comes too late": ({"supply": np.array([[[0.0]], [[12.0]]])}, "stock"),
}  # fmt: skip


@pytest.mark.parametrize("why", WHY_NOTHING_ARRIVES)
def test_a_floor_that_nothing_can_reach_is_named_with_what_is_in_the_way(why: str) -> None:
    given, said = WHY_NOTHING_ARRIVES[why]
    floor = np.zeros((2, 2, 1))
    floor[1 if "expires" in why else 0, 0] = 4
    plan = allocate(_problem(floor=floor, **given))
    (conflict,) = plan.conflicts
    assert plan.relaxed and {limit.what for limit in conflict.limits} == {"floor", said}
    assert conflict.short_units == 4


def test_an_earmark_for_whom_no_lane_reaches_is_named() -> None:
    plan = allocate(
        _problem(
            lane=np.array([0, 1]),
            lead_weeks=np.array([[0, -1]]),
            lots=(Lot(0, 0, 0, 8, earmark=0),),
            earmarks=(Earmark("for the second", recipients=(1,)),),
        )
    )
    assert plan.relaxed and plan.units == 12
    assert [limit.what for limit in plan.conflicts[0].limits] == ["earmark", "lane"]
    assert plan.conflicts[0].short_units == 8


def test_a_depots_reserve_above_its_stock_is_named() -> None:
    plan = allocate(_problem(depot_reserve=np.full((2, 1, 1), 20.0)))
    assert plan.relaxed and plan.units == 0
    assert plan.conflicts[0].limits[0] == Limit("depot reserve", week=0, depot=0, item=0)
    assert plan.conflicts[0].short_units == 8


def test_provinces_lend_to_each_other_as_depots_with_a_reserve_of_their_own() -> None:
    """A province with stock is a depot; what it keeps for itself is its own reserve."""
    plan = allocate(
        _problem(
            supply=np.array([[[6.0], [20.0]], [[0.0], [0.0]]]),
            lead_weeks=np.array([[0], [1]]),
            depot_reserve=np.array([[[0.0], [16.0]], [[0.0], [16.0]]]),
        ),
        gap=0.0,
    )
    assert plan.sent[:, 0].sum() == 6 and plan.sent[:, 1].sum() == 4
    assert np.all(plan.stock_left[:, 1] >= 16)


def test_policies_differ_as_they_say() -> None:
    p = _problem(samples=np.full((1, 2, 2, 1), 20.0), supply=np.array([[[16.0]], [[16.0]]]))
    got = {one.policy: one for one in compare(p, gap=0.0, cases=np.array([3.0, 1.0]))}
    assert set(got) == set(POLICIES)
    shares = {name: one.plan.shipments.sum((0, 2)).tolist() for name, one in got.items()}
    assert shares["expected harm"] == [0, 32]
    assert shares["floors then weights"] == [8, 24]  # 20 % of 40 first
    assert shares["leximin"] == [16, 16] and shares["proportional"] == [16, 16]
    assert shares["proportional to cases"] == [24, 8]
    assert shares["no sharing"] == [0, 0] and got["no sharing"].averted == 0
    best = got["expected harm"].expected_harm
    assert all(best <= one.expected_harm + 1e-9 for one in got.values())


def test_alpha_moves_from_weights_towards_equality() -> None:
    p = _problem(samples=np.full((1, 2, 2, 1), 200.0), supply=np.array([[[160.0]], [[160.0]]]))
    first = [
        allocate(p, policy="alpha-fair", alpha=alpha, gap=0.0).shipments[:, 0].sum()
        for alpha in (0.5, 1.0, 2.0)
    ]
    assert 0 < first[0] < first[1] < first[2] < 160


def test_every_policy_keeps_the_promised_floor() -> None:
    floor = np.zeros((2, 2, 1))
    floor[0, 0] = 4
    for policy in ("expected harm", "floors then weights", "leximin", "alpha-fair", "proportional"):
        assert allocate(_problem(floor=floor), policy=policy).shipments[0, 0, 0] >= 4


@pytest.mark.parametrize("policy", POLICIES[:5])
def test_floors_that_cannot_hold_are_eased_and_named_under_every_policy(policy: str) -> None:
    floor = np.zeros((2, 2, 1))
    floor[0, 0] = 40
    plan = allocate(_problem(floor=floor), policy=policy)
    assert plan.relaxed and plan.units == 12
    (conflict,) = plan.conflicts
    assert Limit("floor", week=0, recipient=0, item=0) in conflict.limits


def test_a_line_of_a_policy_of_even_shares_is_held_by_the_policy() -> None:
    plan = allocate(_problem(), policy="proportional")
    assert all("policy" in one.binding for one in plan.reasons)
    assert not any("policy" in one.binding for one in allocate(_problem()).reasons)


def test_the_problem_is_left_as_it_was() -> None:
    p = _problem(floor=np.ones((2, 2, 1)))
    before = [np.copy(a) for a in (p.samples, p.supply, p.weight, p.floor)]
    allocate(p)
    assert all(
        np.array_equal(a, b) for a, b in zip(before, (p.samples, p.supply, p.weight, p.floor), strict=True)
    )
    assert allocate(replace(p)).sent.tobytes() == allocate(p).sent.tobytes()
