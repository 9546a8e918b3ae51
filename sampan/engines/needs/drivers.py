"""What do cases turn into before they turn into goods: patients, staff, tests, litres of oxygen?

A driver is an array that broadcasts to (places, weeks, samples); an item's need is a sum of drivers times
rates. The same recipe runs twice: without caps it gives the *need* (everyone in want of a bed, a test or
a health worker has one), with them the *absorbable* (what beds, people and laboratories can use).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sampan.engines.needs.capacity import KINDS, Capacity
from sampan.engines.needs.parameters import FloatArray, Parameters
from sampan.engines.needs.patients import Ward, ward

MINUTES_PER_DAY, DAYS_PER_WEEK = 1440.0, 7.0

UNITS = {
    "mild": "new cases in the week",
    "moderate": "new cases in the week",
    "severe": "new cases in the week",
    "critical": "new cases in the week",
    "severe_bed": "occupied beds",
    "critical_bed": "occupied beds",
    "severe_admitted": "patients admitted in the week",
    "critical_admitted": "patients admitted in the week",
    "severe_left": "patients leaving in the week",
    "critical_left": "patients leaving in the week",
    "health_worker": "workers",
    "cleaner": "workers",
    "ambulance": "workers",
    "engineer": "workers",
    "hospital_carer": "carers",
    "screener": "workers",
    "laboratory_technician": "workers",
    "laboratory_cleaner": "workers",
    "isolated": "person-days of isolation that begin in the week",
    "home_carer": "person-days of care that begin in the week",
    "screened": "visits in the week",
    "test": "tests in the week",
    "test_antigen": "tests in the week",
    "test_manual": "tests in the week",
    "test_high_throughput": "tests in the week",
    "test_near_patient": "tests in the week",
    "facility": "facilities",
    "oxygen": "litres in the week",
}
#: persons who wear protective equipment at work
STAFF = (
    "health_worker",
    "cleaner",
    "ambulance",
    "engineer",
    "screener",
    "laboratory_technician",
    "laboratory_cleaner",
)
#: levels that consume every day of the week; the other drivers are counts of the whole week
DAILY = (*STAFF, "hospital_carer", "severe_bed", "critical_bed")

Drivers = dict[str, FloatArray]


@dataclass(frozen=True)
class Caps:
    """Most that a place can use, shape (places,); infinite where its capacity is unknown."""

    severe_beds: FloatArray
    critical_beds: FloatArray
    health_workers: FloatArray
    screeners: FloatArray
    laboratory_staff: FloatArray
    laboratory_tests: FloatArray

    def at(self, places: slice) -> Caps:
        """The same for some of the places."""
        return Caps(*(getattr(self, each.name)[places] for each in fields(self)))


def caps(capacity: Capacity, parameters: Parameters) -> Caps:
    """Beds are whole: N(1 - kept - icu) and N·icu, rounded. Workers are shared by workload (ESFT)."""
    p = parameters.value
    free = np.maximum(1 - p("beds_not_covid") - capacity.icu_share, 0.0)
    workers = (capacity.doctors + capacity.nurses) * (1 - p("workers_not_covid"))
    inpatient = inpatient_share(parameters)
    return Caps(
        severe_beds=_known(np.round(capacity.beds * free)),
        critical_beds=_known(np.round(capacity.beds * capacity.icu_share)),
        health_workers=_known(workers * inpatient),
        screeners=_known(workers * (1 - inpatient)),
        laboratory_staff=_known(capacity.laboratory_staff),
        laboratory_tests=_known(capacity.tests_per_week),
    )


def inpatient_share(parameters: Parameters) -> FloatArray:
    """Share of the COVID workers who work on wards: wards' hours per case against screening's.

    With the defaults 0.88 : 0.12, as WHO's 0.53 : 0.07 of all workers.
    """
    p = parameters.value
    severe, critical = p("severe_share") * p("stay_severe"), p("critical_share") * p("stay_critical")
    hours = (severe * p("hours_severe") + critical * p("hours_critical")) / np.maximum(
        severe + critical, 1e-300
    )
    inside = (p("severe_share") + p("critical_share")) * hours
    outside = (p("mild_share") + p("moderate_share")) * p("hours_screening")
    return np.asarray(np.divide(inside, np.maximum(inside + outside, 1e-300)), dtype=np.float64)


def people(cases: FloatArray, parameters: Parameters) -> Drivers:
    """The drivers that no capacity limits: cases by severity, and those at home.

    Isolation is supplied in full in the week in which it begins.
    """
    p = parameters.column
    made: Drivers = {name: cases * p(f"{name}_share") for name in ("mild", "moderate", "severe", "critical")}
    weeks = made["mild"] * p("isolation_mild") + made["moderate"] * p("isolation_moderate")
    days = weeks * (p("mild_moderate_tested") * DAYS_PER_WEEK)
    return made | {"isolated": days, "home_carer": days * p("home_carers_per_case")}


def drivers(
    ill: Drivers,
    cases: FloatArray,
    past: FloatArray,
    *,
    capacity: Capacity,
    parameters: Parameters,
    limits: Caps | None,
) -> Drivers:
    """Every driver from :func:`people`, cases (places, weeks, samples) and past cases (places, past weeks).

    ``limits`` None: nothing is capped.
    """
    p = parameters.column
    made = dict(ill)
    for severity in ("severe", "critical"):
        beds = None if limits is None else getattr(limits, f"{severity}_beds")
        before = past * np.asarray(p(f"{severity}_share")).reshape(-1, 1)
        made |= _named(severity, ward(made[severity], before, stay=p(f"stay_{severity}"), beds=beds))
    made |= _on_wards(made, parameters, limits)
    made |= _screening(made, cases, parameters, limits)
    made |= _laboratories(capacity, parameters, limits)
    made |= _tests(made, cases, parameters, capacity, limits)
    return made


def _named(severity: str, patients: Ward) -> Drivers:
    return {
        f"{severity}_bed": patients.occupied,
        f"{severity}_admitted": patients.admitted,
        f"{severity}_left": patients.left,
    }


def _on_wards(made: Drivers, parameters: Parameters, limits: Caps | None) -> Drivers:
    p = parameters.column
    severe, critical = made["severe_bed"], made["critical_bed"]
    beds = severe + critical
    shift = p("shift_hours")
    workers = severe * (p("hours_severe") / shift) + critical * (p("hours_critical") / shift)
    litres = severe * p("oxygen_severe") + critical * p("oxygen_critical")
    return {
        "health_worker": workers
        if limits is None
        else np.minimum(workers, limits.health_workers[:, None, None]),
        "cleaner": severe * p("cleaners_severe") + critical * p("cleaners_critical"),
        "ambulance": beds * p("ambulance_per_bed"),
        "engineer": beds * p("engineers_per_bed"),
        "hospital_carer": beds * p("hospital_carers_per_bed"),
        "facility": beds / p("beds_per_facility"),
        "oxygen": litres * (MINUTES_PER_DAY * DAYS_PER_WEEK),
    }


def _screening(made: Drivers, cases: FloatArray, parameters: Parameters, limits: Caps | None) -> Drivers:
    p = parameters.column
    tested = p("mild_moderate_tested")
    positive = (made["mild"] + made["moderate"]) * tested
    negative = cases * (p("negatives_per_positive") * tested)
    workers = (positive + negative) * (p("hours_screening") / p("shift_hours") / DAYS_PER_WEEK)
    return {
        "screener": workers if limits is None else np.minimum(workers, limits.screeners[:, None, None]),
        "screened": (positive + negative * p("screened_negatives_supplied")) * p("screening_visits"),
    }


def _laboratories(capacity: Capacity, parameters: Parameters, limits: Caps | None) -> Drivers:
    """Laboratories stand ready in every week, case or no case. An unknown number of them counts as none."""
    p = parameters.column
    laboratories = np.nan_to_num(capacity.laboratories)[:, None, None]
    staff = laboratories * p("laboratory_staff_per_laboratory")
    return {
        "laboratory_technician": staff
        if limits is None
        else np.minimum(staff, limits.laboratory_staff[:, None, None]),
        "laboratory_cleaner": laboratories * p("laboratory_cleaners_per_laboratory"),
    }


def _tests(
    made: Drivers, cases: FloatArray, parameters: Parameters, capacity: Capacity, limits: Caps | None
) -> Drivers:
    """Antigen tests need no laboratory; the others are cut to its weekly capacity in the absorbable only."""
    p = parameters.column
    tested = p("mild_moderate_tested")
    total = (made["mild"] + made["moderate"]) * (p("tests_mild_moderate") * tested)
    total += (made["severe"] + made["critical"]) * p("tests_severe_critical")
    total += made["severe_left"] * ((1 - p("fatality_severe")) * p("tests_release"))
    total += made["critical_left"] * ((1 - p("fatality_critical")) * p("tests_release"))
    total += cases * (p("negatives_per_positive") * tested * p("tests_mild_moderate"))
    total += cases * (p("contacts_per_case") * p("contacts_tested"))
    for role in STAFF:
        total += made[role] * p("tests_per_worker_week")
    antigen = total * p("antigen_share")
    pcr = total - antigen
    if limits is not None:
        pcr = np.minimum(pcr, limits.laboratory_tests[:, None, None])
    mix = platform_mix(capacity)[:, :, None, None]
    manual, high_throughput, near_patient = (pcr * mix[:, kind] for kind in range(len(KINDS)))
    return {
        "test": antigen + pcr,
        "test_antigen": antigen,
        "test_manual": manual / (1 - p("manual_waste")),
        "test_high_throughput": high_throughput,
        "test_near_patient": near_patient,
    }


def platform_mix(capacity: Capacity) -> FloatArray:
    """Shares of PCR tests by kind of machine, shape (places, 3); unknown: all by hand."""
    unknown = np.isnan(capacity.platform_mix).any(axis=1, keepdims=True)
    return np.where(unknown, np.array([1.0, 0.0, 0.0]), capacity.platform_mix)


def _known(cap: FloatArray) -> FloatArray:
    return np.where(np.isnan(cap), np.inf, cap)
