"""What must hold for any cases and any capacity, and the slow oracle."""

from __future__ import annotations

import dataclasses
import importlib.util
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sampan.engines.needs import Capacity, Needs, laboratory_capacity, needs
from sampan.engines.needs.parameters import load

_spec = importlib.util.spec_from_file_location("needs_oracle", Path(__file__).with_name("oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

ITEMS = load().requestable()


def parts_of(item: str) -> list[str]:
    return list(load().counts_as(item))


def follows(item: str, ending: str) -> bool:
    """Whether any driver of the item ends so."""
    return any(driver.endswith(ending) for part in parts_of(item) for driver in load().rates(part))


def reusable(item: str) -> bool:
    return any(load().items[part].reusable for part in parts_of(item))


#: consumed week by week, and not by admission: only these can be compared week by week
CONSUMED = [at for at, item in enumerate(ITEMS) if not reusable(item) and not follows(item, "_admitted")]

# 0 or at least a thousandth: a billionth of a patient is no case, only rounding
counts = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))
unknown_or_count = st.one_of(st.just(np.nan), counts)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, Capacity]:
    """Cases (samples, weeks, places), past weeks, and what the places have, some of it unknown."""
    samples, weeks, places = draw(st.integers(1, 3)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    cases = draw(arrays(float, (samples, weeks, places), elements=counts))
    past = draw(arrays(float, (draw(st.integers(0, 3)), places), elements=unknown_or_count))

    def each(elements: st.SearchStrategy[float]) -> np.ndarray:
        return draw(arrays(float, places, elements=elements))

    machines = {kind: each(st.integers(0, 50).map(float)) for kind in ("manual", "abbott_m2000", "genexpert")}
    laboratories = laboratory_capacity(machines) if draw(st.booleans()) else {}
    capacity = Capacity(
        each(unknown_or_count),
        icu_share=each(st.one_of(st.just(np.nan), st.floats(0, 1))),
        doctors=each(unknown_or_count),
        nurses=each(unknown_or_count),
        laboratory_staff=each(unknown_or_count),
        **laboratories,
    )
    return cases, past, capacity


@given(worlds())
def test_never_negative_never_missing_and_absorbable_at_most_need(world: tuple) -> None:
    cases, past, capacity = world
    made = needs(cases, recent_cases=past, capacity=capacity, items=ITEMS)
    for amounts in (made.need, made.absorbable):
        assert np.isfinite(amounts).all()
        assert (amounts >= 0).all()
    slack = 1e-9 * (1 + made.need.cumsum(axis=1))
    assert (made.absorbable <= made.need + slack)[..., CONSUMED].all()
    # the others in all that was issued so far: a bed, and who lies in it, may come later than the need
    assert (
        made.absorbable.cumsum(axis=1) <= made.need.cumsum(axis=1) + slack + for_those_waiting(made)
    ).all()


def for_those_waiting(made: Needs) -> np.ndarray:
    """Most that patients who fell ill before the first week can use when they are admitted in the forecast."""
    p = load().value
    per_patient = [
        sum(float(rate.value) for rate in load().rates(item).values()) if follows(item, "_admitted") else 0.0
        for item in ITEMS
    ]
    patients = made.past.sum(axis=1) * (p("severe_share") + p("critical_share"))
    return np.array(per_patient) * patients[None, None, :, None]


@given(worlds(), st.floats(1, 3))
def test_more_cases_never_need_less(world: tuple, more: float) -> None:
    cases, past, capacity = world
    fewer = needs(cases, recent_cases=past, capacity=capacity, items=ITEMS)
    worse = needs(cases * more, recent_cases=past * more, capacity=capacity, items=ITEMS)
    slack = 1e-9 * (1 + fewer.need.cumsum(axis=1))
    assert (worse.need.cumsum(axis=1) >= fewer.need.cumsum(axis=1) - slack).all()
    for step in ("severe_bed", "critical_bed", "health_worker", "screener"):
        assert (worse.series(step, capped=True) >= fewer.series(step, capped=True) * (1 - 1e-9)).all()
    at = [ITEMS.index(item) for item in ("mask", "protective_suit", "oxygen", "test_antigen")]
    assert (worse.absorbable[..., at] >= fewer.absorbable[..., at] * (1 - 1e-9)).all()


@given(worlds())
def test_no_cases_need_nothing_but_what_standing_laboratories_use(world: tuple) -> None:
    cases, past, capacity = world
    made = needs(cases * 0, recent_cases=past * 0, capacity=capacity, items=ITEMS)
    technicians = np.nan_to_num(capacity.laboratories) * 3
    masks = made.need[..., ITEMS.index("mask_worker")]
    np.testing.assert_allclose(masks, technicians * 4 * 7 + np.zeros(cases.shape))
    absent = dataclasses.replace(capacity, laboratories=np.full(capacity.places, np.nan))
    assert (needs(cases * 0, capacity=absent, items=ITEMS).need == 0).all()


@given(worlds(), st.floats(0.1, 10))
def test_consumables_are_linear_where_nothing_is_capped(world: tuple, times: float) -> None:
    cases, past, capacity = world
    free = Capacity.unknown(capacity.places)
    consumed = [item for item in ITEMS if not reusable(item)]
    one = needs(cases, recent_cases=past, capacity=free, items=consumed)
    many = needs(cases * times, recent_cases=past * times, capacity=free, items=consumed)
    np.testing.assert_allclose(many.need, one.need * times, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(one.absorbable, one.need)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_places_does_not_matter(world: tuple, random: object) -> None:
    cases, past, capacity = world
    order = list(range(capacity.places))
    random.shuffle(order)
    shuffled = Capacity(*(getattr(capacity, f.name)[order] for f in fields(capacity)))
    made = needs(cases, recent_cases=past, capacity=capacity, items=ITEMS)
    other = needs(cases[:, :, order], recent_cases=past[:, order], capacity=shuffled, items=ITEMS)
    np.testing.assert_array_equal(other.need, made.need[:, :, order])
    np.testing.assert_array_equal(other.absorbable, made.absorbable[:, :, order])


@given(worlds(), st.floats(0, 1e5))
def test_net_of_stock_covers_the_need_and_asks_for_no_more(world: tuple, held: float) -> None:
    cases, past, capacity = world
    rng = np.random.default_rng(int(held))
    stock = rng.uniform(0, held, (capacity.places, 5))
    inbound = rng.uniform(0, held / 4, (cases.shape[1], capacity.places, 5))
    made = needs(cases, recent_cases=past, capacity=capacity, stock=stock, inbound=inbound)
    have = (stock + inbound.cumsum(axis=0))[None]
    short = made.need.cumsum(axis=1) - have - made.net_of_need.cumsum(axis=1)
    assert (short <= 1e-9 * (1 + made.need.cumsum(axis=1))).all()
    assert (made.net_of_need >= 0).all()
    slack = 1e-9 * (1 + made.need.cumsum(axis=1) + have)
    assert (made.net_of_need <= made.need + slack).all()


@settings(max_examples=60)
@given(worlds(), st.sampled_from([1.0, 1.5, 2.0, 3.0]), st.sampled_from([1.0, 2.0, 2.5]))
def test_the_slow_oracle_agrees(world: tuple, stay_severe: float, stay_critical: float) -> None:
    cases, past, capacity = world
    table = load().override(
        {"gown:extended_use": 1.5, "hospital_carers_per_bed": 0.2, "screened_negatives_supplied": 0.3},
        stay_severe=stay_severe, stay_critical=stay_critical, mild_moderate_tested=0.7,
    )  # fmt: skip
    made = needs(cases, recent_cases=past, capacity=capacity, parameters=table, items=ITEMS)
    for place in range(capacity.places):
        has = {
            f.name: float(getattr(capacity, f.name)[place])
            for f in fields(capacity)
            if f.name != "platform_mix"
        }
        mix = capacity.platform_mix[place]
        known = [1.0, 0.0, 0.0] if np.isnan(mix).any() else mix
        has |= dict(zip(("manual", "high_throughput", "near_patient"), map(float, known), strict=True))
        before = list(np.nan_to_num(past[:, place]))
        for sample in range(len(cases)):
            for capped, ours in ((False, made.need), (True, made.absorbable)):
                weeks = oracle.weeks_of_a_place(
                    list(cases[sample, :, place]), before, has, table, capped=capped
                )
                for at, item in enumerate(ITEMS):
                    theirs = oracle.amounts(weeks, item, table)
                    # a level that falls on a whole number may round either way
                    slack = 1.0 if reusable(item) else 1e-6
                    assert ours[sample, :, place, at] == pytest.approx(theirs, rel=1e-7, abs=slack), item
