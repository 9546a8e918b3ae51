"""How much of each item, in small cases that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.needs import THE_FIVE, Capacity, each_block, laboratory_capacity, needs
from sampan.engines.needs.explain import recompute
from sampan.engines.needs.model import explain
from sampan.engines.needs.parameters import load


def one_place(weekly: list[float], **given: object) -> object:
    """Needs of one place with one sample path."""
    capacity = given.pop("capacity", Capacity.unknown(1))
    return needs(np.array(weekly)[None, :, None], capacity=capacity, **given)


def test_a_hundred_cases_with_nothing_capped() -> None:
    made = one_place([100.0], items=("ventilator", "thermometer_gun", "mask_patient", "test_antigen"))
    # 15 severe and 5 critical: 0.67 × 5 and 0.1 × 20, in whole pieces
    assert made.need[0, 0, 0, 0] == 4
    assert made.need[0, 0, 0, 1] == 2
    # 20 beds × 2 × 7; 80 isolated × 14 days; 80 screened once
    assert made.need[0, 0, 0, 2] == pytest.approx(20 * 14 + 80 * 14 + 80)


def test_unknown_capacity_caps_nothing_and_says_so() -> None:
    made = one_place([1e6, 1e6])
    np.testing.assert_array_equal(made.need, made.absorbable)
    assert all(mask.all() for mask in made.uncapped.values())


def test_every_step_of_every_item_can_be_recomputed_from_the_numbers_it_prints() -> None:
    rng = np.random.default_rng(7)
    items = load().requestable()
    capacity = Capacity(
        np.array([300.0, np.nan]),
        icu_share=0.04,
        doctors=40.0,
        nurses=60.0,
        laboratory_staff=5.0,
        **laboratory_capacity({"manual": [1, 1], "genexpert": [4, 0]}),
    )
    made = needs(
        rng.gamma(2, 150, (5, 4, 2)), recent_cases=rng.gamma(2, 50, (3, 2)), capacity=capacity, items=items,
        stock=rng.uniform(0, 50, (2, len(items))), inbound=rng.uniform(0, 9, (4, 2, len(items))),
    )  # fmt: skip
    for at, item in enumerate(items):
        for capped, amounts, nets in (
            (False, made.need, made.net_of_need),
            (True, made.absorbable, made.net_of_absorbable),
        ):
            steps = explain(made, 0, 2, item, sample=3, capped=capped)
            assert steps[-2].label == item
            assert steps[-2].value == pytest.approx(amounts[3, 2, 0, at], rel=1e-12, abs=1e-9)
            assert steps[-1].value == pytest.approx(nets[3, 2, 0, at], rel=1e-9, abs=1e-6)
            assert all(recompute(step) == step.value and step.source and step.unit for step in steps)


def test_what_is_explained_is_the_median_sample_unless_another_is_named() -> None:
    made = needs(np.array([10.0, 30.0, 20.0])[:, None, None], capacity=Capacity.unknown(1))
    assert explain(made, 0, 0, "mask")[-1].value == np.median(made.need[:, 0, 0, 1])
    assert explain(made, 0, 0, "mask", sample=1)[-1].value == made.need[1, 0, 0, 1]


def test_blocks_of_places_give_the_same_as_all_at_once() -> None:
    rng = np.random.default_rng(3)
    cases, stock = rng.gamma(1, 300, (4, 6, 7)), rng.uniform(0, 900, (7, 5))
    capacity = Capacity(rng.uniform(50, 500, 7), icu_share=0.05)
    table = load().for_places(list("ABCDEFG"), {"E": {"stay_severe": 2, "gown:cleaner": 3}})
    whole = needs(cases, capacity=capacity, parameters=table, stock=stock)
    for part, made in each_block(cases, capacity=capacity, parameters=table, stock=stock, block=3):
        np.testing.assert_allclose(made.net_of_absorbable, whole.net_of_absorbable[:, :, part])


def test_stock_and_inbound_are_kept_until_they_are_used() -> None:
    made = one_place(
        [100.0, 100.0, 100.0],
        items=("mask_patient",),
        stock=[[1500.0]],
        inbound=np.array([0.0, 1000.0, 0.0])[:, None, None],
    )
    wanted, net = made.need[0, :, 0, 0], made.net_of_need[0, :, 0, 0]
    assert wanted[0] > 1500 or net[0] == 0
    # by hand: what is left of stock and inbound meets the next week's need
    left, expected = 1500.0, []
    for week, need in enumerate(wanted):
        left += [0.0, 1000.0, 0.0][week]
        expected.append(max(need - left, 0.0))
        left = max(left - need, 0.0)
    assert net == pytest.approx(expected)


def test_unknown_stock_is_not_subtracted() -> None:
    made = one_place([100.0], items=THE_FIVE, stock=np.full((1, 5), np.nan))
    np.testing.assert_array_equal(made.net_of_need, made.need)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"weekly": [np.nan]}, "new_cases"),
        ({"weekly": [-1.0]}, "new_cases"),
        ({"weekly": [1.0], "items": ("masks",)}, "Did you mean mask"),
        ({"weekly": [1.0], "recent_cases": [[-1.0]]}, "recent_cases"),
        ({"weekly": [1.0], "recent_cases": [[1.0, 2.0]]}, "recent_cases"),
        ({"weekly": [1.0], "stock": [[-1.0] * 5]}, "stock"),
        ({"weekly": [1.0], "stock": [[1.0]]}, "stock"),
        ({"weekly": [1.0], "capacity": Capacity.unknown(2)}, "2 places"),
        (
            {"weekly": [1.0], "parameters": load().for_places(["A", "B"], {"A": {"stay_severe": 2}})},
            "set for 2",
        ),
    ],
)
def test_bad_input_is_said_plainly(given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        one_place(**given)


def test_only_the_latest_weeks_before_the_first_still_lie_in_bed() -> None:
    made = one_place([0.0], recent_cases=[[9999.0], [500.0], [100.0]])
    assert made.series("critical_bed")[0, 0, 0] == pytest.approx(5)
    assert made.series("critical_left")[0, 0, 0] == pytest.approx(25)
    assert not made.uncapped["history"].any()


def test_capacity_refuses_what_cannot_be() -> None:
    with pytest.raises(InputError, match="beds is negative"):
        Capacity(np.array([-1.0]))
    with pytest.raises(InputError, match="share of beds"):
        Capacity(np.array([1.0]), icu_share=3.57)
    with pytest.raises(InputError, match="doctors must have shape"):
        Capacity(np.array([1.0]), doctors=[1.0, 2.0])
    with pytest.raises(InputError, match="No throughput is known"):
        laboratory_capacity({"roche": [1.0]})
