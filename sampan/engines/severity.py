"""How much more, or less, hospital care does a population need because of its ages?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError
from sampan.engines.disease import DISEASES

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Severity:
    """Care of symptomatic cases by five-year band of age, 0-4 to 75-79 and 80+; shares, shape (17,).

    hospital_share: of cases, admitted. critical_share_of_hospital: of those, in need of intensive care.
    """

    hospital_share: Array
    critical_share_of_hospital: Array
    source: str


def by_age(
    population: npt.ArrayLike,
    *,
    hospital_share: npt.ArrayLike,
    critical_share_of_hospital: npt.ArrayLike,
    reference: npt.ArrayLike,
    severe_share: float,
    critical_share: float,
) -> tuple[Array, Array]:
    """Shares of cases that need a ward bed and an intensive care bed, each (places,).

    With p the people of a place in band b, h the share admitted and c the share of those in intensive
    care, ``ward = Σ p h (1 - c) / Σ p`` and ``intensive = Σ p h c / Σ p``; a place's severe share is
    ``severe_share · ward / ward(reference)``, its critical share ``critical_share · intensive /
    intensive(reference)``. So the reference has exactly the shares given, and only ages move the others.
    Cases are taken to be spread over ages as people are. A sum above 1 is scaled down to 1.

    population: residents, (places, bands). reference: residents, (bands,). hospital_share,
    critical_share_of_hospital: 0 to 1, (bands,). severe_share, critical_share: those of the reference.
    Raises InputError for a row that is not finite, negative or of nobody, for a share outside 0 to 1 and
    for a reference that needs no care of a kind.
    """
    people = _people("population", population, 2)
    standard = _people("reference", reference, 1)
    hospital = _shares("hospital_share", hospital_share, standard.shape)
    of_hospital = _shares("critical_share_of_hospital", critical_share_of_hospital, standard.shape)
    _shares("severe_share", severe_share, ())
    _shares("critical_share", critical_share, ())
    if people.shape[1:] != standard.shape:
        raise InputError(
            f"The population has {people.shape[1]} bands of age, the reference {len(standard)}.",
            way_out="Give both by the same bands.",
            field="population",
        )
    severe = severe_share * _relative(people, standard, hospital * (1 - of_hospital))
    critical = critical_share * _relative(people, standard, hospital * of_hospital)
    excess = np.maximum(severe + critical, 1.0)
    return severe / excess, critical / excess


def _relative(people: Array, reference: Array, share: Array) -> Array:
    """Mean ``share`` of each place over that of the reference, (places,)."""
    standard = float(reference @ share / reference.sum())
    if standard == 0.0:
        raise InputError(
            "Nobody in the reference needs this care.",
            way_out="Give a reference with people of ages that do.",
            field="reference",
        )
    return np.asarray(people @ share / people.sum(axis=1) / standard, dtype=np.float64)


def _people(name: str, values: npt.ArrayLike, dimensions: int) -> Array:
    people = np.asarray(values, dtype=np.float64)
    fits = people.ndim == dimensions and bool(np.isfinite(people).all() and (people >= 0).all())
    if not fits or not bool((people.sum(axis=-1) > 0).all()):
        raise InputError(
            f"A row of the {name} is not of people by age.",
            way_out="Give a number of at least 0 for every band, and somebody in one of them.",
            field=name,
        )
    return people


def _shares(name: str, values: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    shares = np.asarray(values, dtype=np.float64)
    if shares.shape != shape or not bool(((shares >= 0) & (shares <= 1)).all()):
        raise InputError(
            f"{name} is not a share for every band of age.", way_out="Give 0 to 1 for each.", field=name
        )
    return shares


def _five_year(per_cent: tuple[float, ...]) -> Array:
    """Shares by five-year band from per cents by ten-year band, the last of which is 80+."""
    return np.repeat(np.array(per_cent) / 100, 2)[:-1]


SEVERITIES: Mapping[str, Severity] = {
    DISEASES["covid-19"].name: Severity(
        hospital_share=_five_year((0.1, 0.3, 1.2, 3.2, 4.9, 10.2, 16.6, 24.3, 27.3)),
        critical_share_of_hospital=_five_year((5.0, 5.0, 5.0, 5.0, 6.3, 12.2, 27.4, 43.2, 70.9)),
        source="Ferguson et al., Imperial College COVID-19 Response Team, report 9, 16 March 2020, table 1",
    )
}
"""Severity by age of the diseases for which it is known, by the disease's name."""
