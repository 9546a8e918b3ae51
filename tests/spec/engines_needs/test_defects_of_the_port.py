"""Each known defect of the R port (mrc-ide/esft 7f740a8), as a test that ours does not have it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sampan.engines.needs import Capacity, Needs, laboratory_capacity, needs
from sampan.engines.needs.medicines import medicines
from sampan.engines.needs.parameters import load


def path(*weekly: float, **given: object) -> Needs:
    """Needs of one place with one sample path, nothing capped unless said."""
    return needs(np.array(weekly)[None, :, None], **({"capacity": Capacity.unknown(1)} | given))


def salts() -> object:
    row = {
        "name": "oral salts",
        "unit": "sachet",
        "price_usd": np.nan,
        "course": {"mild": 10, "moderate": 10, "severe": 0, "critical": 0},
        "treated": {"mild": 0.5, "moderate": 0.5, "severe": 0, "critical": 0},
    }
    made = medicines([row], source="a test", version="1")
    return load().with_items(made.items, made.rates)


def test_medicines_are_for_the_weeks_of_the_forecast_not_for_all_of_the_past() -> None:
    items = ("medicine_oral_salts",)
    without = path(100.0, 100.0, parameters=salts(), items=items)
    with_past = path(100.0, 100.0, parameters=salts(), items=items, recent_cases=np.full((70, 1), 5_000.0))
    assert without.need.sum() == pytest.approx(2 * 100 * 0.8 * 10 * 0.5)
    np.testing.assert_array_equal(with_past.need, without.need)


def test_manual_pcr_is_counted_in_single_tests_not_in_kits_of_a_hundred() -> None:
    # the port prints 268.6 "1T/kit" for 24,178 tests, which with 10 % waste take 26,864 single tests
    made = path(1000.0, parameters=load().override(antigen_share=0), items=("test_manual", "swab"))
    tests, swabs = made.need[0, 0, 0]
    assert tests == pytest.approx(swabs / 0.9)


def test_goggles_and_scrubs_are_issued_once_not_every_week() -> None:
    made = path(*[1000.0] * 6, recent_cases=np.full((2, 1), 1000.0), items=("goggles", "scrubs"))
    assert (made.need[0, 0, 0] > 0).all()
    assert (made.need[0, 1:, 0] == 0).all()
    staff = sum(made.series(role)[0, 0, 0] for role in ("health_worker", "cleaner", "ambulance", "screener"))
    assert made.need[0, 0, 0, 0] == np.ceil(staff - 1e-9)


def test_full_beds_admit_as_beds_fall_free_not_everybody_and_then_nobody() -> None:
    # the port: Italian critical admissions 0, 6629, 0, 6629, …
    italy = Capacity(np.array([185_674.7]), icu_share=0.0357)
    made = path(*[600_000.0] * 8, recent_cases=np.full((2, 1), 600_000.0), capacity=italy)
    admitted = made.series("critical_admitted", capped=True)[0, :, 0]
    assert admitted == pytest.approx(np.full(8, 6_629 / 2))
    assert made.series("critical_bed", capped=True) == pytest.approx(6_629)


def test_every_bed_that_fills_was_free() -> None:
    rng = np.random.default_rng(5)
    made = path(*rng.gamma(0.5, 9_000, 12), recent_cases=[[9_000.0], [200.0]],
                capacity=Capacity(np.array([3_000.0]), icu_share=0.1))  # fmt: skip
    for ward in ("severe", "critical"):
        occupied, admitted, left = (
            made.series(f"{ward}_{what}", capped=True)[0, :, 0] for what in ("bed", "admitted", "left")
        )
        assert occupied[1:] == pytest.approx(occupied[:-1] - left[1:] + admitted[1:])
        assert (admitted >= 0).all()
        assert (left >= 0).all()
        # nobody who falls ill is admitted twice (300 critical beds were full at the start at most)
        new = made.series(ward)[0, :, 0]
        before = 9_200 * {"severe": 0.15, "critical": 0.05}[ward]
        assert (admitted.cumsum() <= new.cumsum() + before + 1e-9).all()


def test_need_is_not_cut_to_laboratory_capacity_and_antigen_needs_no_laboratory() -> None:
    capacity = dataclasses.replace(Capacity.unknown(1), tests_per_week=np.array([1_000.0]))
    made = path(50_000.0, capacity=capacity, items=("swab", "test_antigen", "test_kit"))
    assert made.need[0, 0, 0, 0] > 500_000
    assert made.absorbable[0, 0, 0, 1] == made.need[0, 0, 0, 1] == pytest.approx(0.2 * made.need[0, 0, 0, 0])
    assert made.absorbable[0, 0, 0, 0] == pytest.approx(1_000 + made.need[0, 0, 0, 1])


def test_who_is_isolated_gets_one_mask_a_day_and_one_at_the_screening_not_two_a_day() -> None:
    nobody_in_bed = load().override({"mask_patient:severe_bed": 0, "mask_patient:critical_bed": 0})
    made = path(100.0, items=("mask_patient",), parameters=nobody_in_bed)
    assert made.need.sum() == pytest.approx(80 * (14 + 1))


def test_the_release_of_a_patient_has_no_contacts() -> None:
    # the port multiplies the contacts by every test of a case, the one for release among them
    made = path(100.0, 0.0, 0.0, items=("swab",), parameters=load().override(tests_per_worker_week=0))
    assert made.need[0, 0, 0, 0] == pytest.approx(100 * (1 + 10 + 6))
    assert made.need[0, 1, 0, 0] == pytest.approx(100 * 0.15 * (1 - 0.134))
    assert made.need[0, 2, 0, 0] == pytest.approx(100 * 0.05 * (1 - 0.5))


def test_oxygen_is_counted_in_litres() -> None:
    made = path(100.0, items=("oxygen",))
    assert made.need.sum() == pytest.approx((15 * 14_400 + 5 * 43_200) * 7)


def test_stock_in_hand_and_in_the_pipeline_is_subtracted() -> None:
    made = path(
        100.0, 100.0, items=("ventilator",), stock=[[1.0]], inbound=np.array([0.0, 2.0])[:, None, None]
    )
    assert made.need[0, :, 0, 0] == pytest.approx([4, 3])
    assert made.net_of_need[0, :, 0, 0] == pytest.approx([3, 1])


def test_need_is_a_distribution_not_a_point_path() -> None:
    cases = np.array([50.0, 100.0, 400.0])[:, None, None]
    made = needs(cases, capacity=Capacity.unknown(1))
    assert (np.diff(made.need[:, 0, 0, :], axis=0) > 0).all()


def test_workers_are_capped_once() -> None:
    few = Capacity(np.array([1e6]), icu_share=0.2, doctors=500.0, nurses=500.0)
    made = path(10_000.0, capacity=few)
    staff = made.series("health_worker", capped=True) + made.series("screener", capped=True)
    assert staff.sum() == pytest.approx(1_000 * 0.6)


def test_laboratories_are_three_machines_or_four_modules() -> None:
    assert laboratory_capacity({"manual": [3], "genexpert": [309]})["laboratories"] == pytest.approx(78.25)
