from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES
from sampan.engines.severity import SEVERITIES, by_age

COVID = DISEASES["covid-19"]
CARE = SEVERITIES[COVID.name]
REFERENCE = np.linspace(9e6, 1e6, 17)


def shares(population: Any, **instead: Any) -> tuple[np.ndarray, np.ndarray]:
    given = {
        "hospital_share": CARE.hospital_share,
        "critical_share_of_hospital": CARE.critical_share_of_hospital,
        "reference": REFERENCE,
        "severe_share": COVID.severe_share,
        "critical_share": COVID.critical_share,
    }
    return by_age(population, **given | instead)


def test_the_reference_has_exactly_the_diseases_shares_whatever_its_size() -> None:
    severe, critical = shares([REFERENCE, REFERENCE / 1000])
    np.testing.assert_allclose(severe, 0.15, rtol=1e-12)
    np.testing.assert_allclose(critical, 0.05, rtol=1e-12)


def test_an_older_population_needs_more_of_both_and_of_intensive_care_most() -> None:
    older, younger = np.ones(17), REFERENCE**2
    severe, critical = shares([younger, REFERENCE, older])
    assert severe[0] < severe[1] < severe[2]
    assert critical[0] < critical[1] < critical[2]
    assert critical[2] / critical[1] > severe[2] / severe[1]


def test_two_bands_by_hand() -> None:
    severe, critical = by_age(
        [[3, 1]],
        hospital_share=[0.1, 0.3],
        critical_share_of_hospital=[0.0, 0.5],
        reference=[1, 1],
        severe_share=0.2,
        critical_share=0.06,
    )
    # ward (3 × .1 + 1 × .15) / 4 = .1125 against .125; intensive .15 / 4 = .0375 against .075
    assert severe == pytest.approx([0.2 * 0.9])
    assert critical == pytest.approx([0.06 * 0.5])


def test_shares_never_add_up_to_more_than_everybody() -> None:
    severe, critical = shares([[0] * 16 + [1]])
    assert severe + critical == pytest.approx(1.0)
    assert critical > severe


def test_the_table_is_that_of_the_report_and_its_last_band_is_80_and_over() -> None:
    assert CARE.hospital_share.shape == CARE.critical_share_of_hospital.shape == (17,)
    assert CARE.hospital_share[[0, 1, 2, 15, 16]] == pytest.approx([0.001, 0.001, 0.003, 0.243, 0.273])
    assert CARE.critical_share_of_hospital[[0, 8, 16]] == pytest.approx([0.05, 0.063, 0.709])


@pytest.mark.parametrize(
    "row", [[np.nan] * 17, [1.0] * 16 + [np.nan], [1.0] * 16 + [-1.0], [0.0] * 17, [np.inf] * 17, [1.0] * 16]
)
def test_a_row_that_is_not_of_people_is_refused(row: list[float]) -> None:
    with pytest.raises(InputError):
        shares([row])


@pytest.mark.parametrize(
    "instead",
    [
        {"reference": np.zeros(17)},
        {"reference": -REFERENCE},
        {"hospital_share": CARE.hospital_share[:-1]},
        {"hospital_share": CARE.hospital_share * 100},
        {"hospital_share": np.zeros(17)},
        {"critical_share_of_hospital": np.full(17, np.nan)},
        {"severe_share": 1.5},
    ],
)
def test_shares_and_a_reference_that_do_not_hold_are_refused(instead: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        shares([REFERENCE], **instead)
