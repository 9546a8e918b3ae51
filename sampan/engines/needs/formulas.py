"""How does each driver follow from cases, parameters and other drivers? The same logic as ``drivers``, to read.

:mod:`sampan.engines.needs.explain` evaluates these for one cell; tests hold both to the same numbers.
Names are drivers, parameters, or what :func:`explain` finds in the place: ``cases``, ``laboratories``,
``severe_demand`` (patients in need of a severe bed), ``severe_leaving`` (those whose stay ends),
``severe_in_bed_share`` (of those in need, who lie in one; ``_before``: a week earlier), ``..._available``.
"""

from __future__ import annotations

from sampan.engines.needs.drivers import STAFF

_STAFF_SUM = " + ".join(STAFF)
_POSITIVE = "(mild + moderate) * mild_moderate_tested"
_NEGATIVE = "cases * negatives_per_positive * mild_moderate_tested"
_WORKERS = "severe_bed * hours_severe / shift_hours + critical_bed * hours_critical / shift_hours"
_SCREENERS = f"({_POSITIVE} + {_NEGATIVE}) * hours_screening / shift_hours / 7"
_TESTS = (
    "(mild + moderate + cases * negatives_per_positive) * tests_mild_moderate * mild_moderate_tested"
    " + (severe + critical) * tests_severe_critical"
    " + (severe_left * (1 - fatality_severe) + critical_left * (1 - fatality_critical)) * tests_release"
    f" + cases * contacts_per_case * contacts_tested + ({_STAFF_SUM}) * tests_per_worker_week"
)
#: driver → how it follows from cases, parameters and other drivers, nothing capped
FORMULAS = {
    "mild": "cases * mild_share",
    "moderate": "cases * moderate_share",
    "severe": "cases * severe_share",
    "critical": "cases * critical_share",
    "severe_bed": "severe_demand",
    "critical_bed": "critical_demand",
    "severe_admitted": "severe",
    "critical_admitted": "critical",
    "severe_left": "severe_leaving",
    "critical_left": "critical_leaving",
    "isolated": "(mild * isolation_mild + moderate * isolation_moderate) * mild_moderate_tested * 7",
    "home_carer": "isolated * home_carers_per_case",
    "health_worker": _WORKERS,
    "cleaner": "severe_bed * cleaners_severe + critical_bed * cleaners_critical",
    "ambulance": "(severe_bed + critical_bed) * ambulance_per_bed",
    "engineer": "(severe_bed + critical_bed) * engineers_per_bed",
    "hospital_carer": "(severe_bed + critical_bed) * hospital_carers_per_bed",
    "facility": "(severe_bed + critical_bed) / beds_per_facility",
    "oxygen": "(severe_bed * oxygen_severe + critical_bed * oxygen_critical) * 1440 * 7",
    "screener": _SCREENERS,
    "screened": f"({_POSITIVE} + {_NEGATIVE} * screened_negatives_supplied) * screening_visits",
    "laboratory_technician": "laboratories * laboratory_staff_per_laboratory",
    "laboratory_cleaner": "laboratories * laboratory_cleaners_per_laboratory",
    "tests_wanted": _TESTS,
    "test_antigen": "tests_wanted * antigen_share",
    "test_pcr": "tests_wanted * (1 - antigen_share)",
    "test": "test_antigen + test_pcr",
    "test_manual": "test_pcr * share_manual / (1 - manual_waste)",
    "test_high_throughput": "test_pcr * share_high_throughput",
    "test_near_patient": "test_pcr * share_near_patient",
}
#: the same where beds, staff and laboratories set a limit
CAPPED = {
    "severe_bed": "min(severe_demand, severe_beds_available)",
    "critical_bed": "min(critical_demand, critical_beds_available)",
    "severe_admitted": "max(severe_in_bed_share * severe + (severe_in_bed_share - severe_in_bed_share_before)"
    " * (severe_demand - severe), 0)",
    "critical_admitted": "max(critical_in_bed_share * critical + (critical_in_bed_share"
    " - critical_in_bed_share_before) * (critical_demand - critical), 0)",
    "severe_left": "severe_in_bed_share_before * severe_leaving",
    "critical_left": "critical_in_bed_share_before * critical_leaving",
    "health_worker": f"min({_WORKERS}, health_workers_available)",
    "screener": f"min({_SCREENERS}, screeners_available)",
    "laboratory_technician": "min(laboratories * laboratory_staff_per_laboratory, laboratory_staff_available)",
    "test_pcr": "min(tests_wanted * (1 - antigen_share), laboratory_tests_available)",
}
