"""What can a place absorb: which beds, people and laboratories does it have?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from sampan.core.errors import InputError
from sampan.engines.needs.parameters import FloatArray, number, throughput

KINDS = ("manual", "high_throughput", "near_patient")


def _unknown() -> FloatArray:
    return np.array(np.nan)


@dataclass(frozen=True)
class Capacity:
    """Arrays of shape (places,). NaN is unknown: nothing is capped by it, and the result says so.

    beds: hospital beds of every kind. icu_share: share of them in intensive care, 0 to 1.
    doctors, nurses: persons; where they are known only together, give all as ``nurses`` and 0 doctors.
    laboratory_staff: persons. tests_per_week: PCR tests that the laboratories can run for this disease in
    a week. laboratories: how many work on it; they use protective equipment every week, case or no case
    (unknown: none is counted). platform_mix: shape (places, 3), shares of tests_per_week by manual,
    high-throughput and near-patient machines (unknown: all manual). :func:`laboratory_capacity` makes the
    last three from counts of machines. A field left out, or given as one number, holds for every place.

    Raises InputError for a wrong length, a negative or infinite number, or an icu_share above 1.
    """

    beds: FloatArray
    icu_share: FloatArray = field(default_factory=_unknown)
    doctors: FloatArray = field(default_factory=_unknown)
    nurses: FloatArray = field(default_factory=_unknown)
    laboratory_staff: FloatArray = field(default_factory=_unknown)
    tests_per_week: FloatArray = field(default_factory=_unknown)
    laboratories: FloatArray = field(default_factory=_unknown)
    platform_mix: FloatArray = field(default_factory=_unknown)

    def __post_init__(self) -> None:
        places = np.atleast_1d(np.asarray(self.beds)).shape[0]
        for each in fields(self):
            object.__setattr__(self, each.name, _array(each.name, getattr(self, each.name), places))
        if (self.icu_share > 1).any():
            raise InputError(
                "icu_share is a share of beds, 0 to 1.", way_out="Divide per cent by 100.", field="icu_share"
            )

    @classmethod
    def unknown(cls, places: int) -> Self:
        """Nothing is known of any of ``places`` places."""
        return cls(np.full(places, np.nan))

    @property
    def places(self) -> int:
        return len(self.beds)

    def at(self, places: slice | list[int]) -> Capacity:
        """The same for some of the places."""
        return Capacity(*(getattr(self, each.name)[places] for each in fields(self)))


def laboratory_capacity(platform_counts: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """Weekly PCR tests, laboratories and platform mix from counts of machines (GeneXpert: of modules).

    Counts have shape (places,); NaN is unknown and makes the place unknown. A week is
    Σ machines × tests per shift × shifts × days × share for COVID-19; a laboratory has three machines, or
    four GeneXpert modules (ESFT 2022.1, ``tables/throughput.csv``). The result's keys are fields of
    :class:`Capacity`. Raises InputError for an unknown platform.
    """
    rows = throughput()
    for platform in set(platform_counts) - set(rows):
        raise InputError(
            f'No throughput is known for "{platform}".', way_out=f"Use {', '.join(rows)}.", field=platform
        )
    counts = {
        name: np.atleast_1d(np.asarray(count, dtype=np.float64)) for name, count in platform_counts.items()
    }
    nought = np.zeros(next(iter(counts.values())).shape if counts else 0)
    by_kind = {kind: nought.copy() for kind in KINDS}
    laboratories = nought.copy()
    for name, count in counts.items():
        by_kind[rows[name]["kind"]] += count * weekly_tests(name)
        laboratories += count / number(rows[name]["modules_per_laboratory"])
    total = sum(by_kind.values(), nought)
    with np.errstate(invalid="ignore"):
        mix = np.stack([by_kind[kind] / np.where(total > 0, total, np.nan) for kind in KINDS], axis=-1)
    return {"tests_per_week": total, "laboratories": laboratories, "platform_mix": mix}


def weekly_tests(platform: str) -> float:
    """Tests for COVID-19 that one machine of ``platform`` runs in a week of one-shift days."""
    row = throughput()[platform]
    keys = ("tests_per_shift_8h", "shifts", "days_per_week", "covid_share")
    return float(np.prod([number(row[key]) for key in keys]))


def _array(name: str, given: ArrayLike, places: int) -> FloatArray:
    shape = (places, len(KINDS)) if name == "platform_mix" else (places,)
    try:
        values = np.array(np.broadcast_to(np.asarray(given, dtype=np.float64), shape))
    except ValueError:
        raise InputError(
            f"{name} must have shape {shape}.", way_out="Give one number per place.", field=name
        ) from None
    if (values < 0).any() or np.isinf(values).any():
        raise InputError(
            f"{name} is negative or infinite somewhere.", way_out="Leave it NaN if unknown.", field=name
        )
    return values
