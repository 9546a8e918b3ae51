"""Who comes first: the formula by hand, its monotony, and what is said of the unknown."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sampan.core.errors import InputError
from sampan.engines.priority import SOURCES, Formula, priority


def test_the_formula_by_hand() -> None:
    made = priority(
        [60.0], population=100_000, beds=100.0, health_workers=89.0, income_group=["Low income"], harm=[1, 10]
    )
    hard_hit = 60 / (60 + 60)
    weak = ((1 - 1 / 2.9) + (1 - 0.89 / 4.45) + 1) / 3
    assert made.hard_hit == pytest.approx(hard_hit)
    assert made.weak_system == pytest.approx(weak)
    assert made.weights == pytest.approx(np.array([[1, 10]]) * (1 + hard_hit) * (1 + weak))
    assert not any(mask.any() for mask in made.assumed.values())


def test_exponents_turn_a_part_off() -> None:
    made = priority(
        [60.0, 0.0], population=1e5, beds=100.0, formula=Formula(hard_hit_exponent=0, weak_exponent=0)
    )
    assert (made.weights == 1).all()


def test_without_beds_a_single_patient_is_as_hard_hit_as_can_be_and_without_patients_nobody_is() -> None:
    assert priority([1.0, 0.0], population=1e5, beds=0.0).hard_hit == pytest.approx([1, 0])


def test_unknown_beds_are_taken_at_the_reference_and_said() -> None:
    made = priority([174.0], population=100_000)
    assert made.hard_hit == pytest.approx(0.5)  # 2.9 per 1,000, of which 0.6 are free: 174
    assert made.assumed["beds"].all()
    assert made.assumed["weak_system"].all()
    assert made.weak_system == pytest.approx(0.5)


def test_nothing_known_is_middling_not_nought() -> None:
    made = priority([np.nan], population=np.nan)
    assert made.hard_hit == made.weak_system == pytest.approx(0.5)
    assert made.assumed["hard_hit"].all()


def test_every_number_is_cited() -> None:
    assert set(SOURCES) == {each.name for each in fields(Formula)}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"patients": [-1.0]}, "patients"),
        ({"beds": [1.0, 2.0]}, "beds"),
        ({"harm": [np.nan]}, "harm"),
        ({"income_group": ["Rich"]}, "income group"),
    ],
)
def test_bad_input_is_said_plainly(given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        priority(**{"patients": [1.0], "population": 1e5} | given)


@pytest.mark.parametrize("wrong", [{"half_full": 0.0}, {"weak_exponent": np.nan}, {"beds_not_covid": 1.0}])
def test_a_formula_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Formula(**wrong)


@given(arrays(float, (2, 6), elements=st.floats(0, 1e9)), st.floats(0, 1e6), st.sampled_from([0, 1]))
def test_weights_are_finite_and_rise_with_patients_and_weakness(
    two: np.ndarray, more: float, which: int
) -> None:
    patients, beds = two
    fewer = priority(patients, population=1e7, beds=beds)
    if which:
        worse = priority(patients + more, population=1e7, beds=beds)
    else:
        worse = priority(patients, population=1e7, beds=np.maximum(beds - more, 0))
    assert np.isfinite(fewer.weights).all()
    assert (worse.weights >= fewer.weights - 1e-12).all()
    assert ((fewer.weights >= 1) & (fewer.weights <= 4)).all()
