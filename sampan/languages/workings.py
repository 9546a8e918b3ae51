"""What is each number called by which a need is worked out, and what is it counted in?

The arithmetic names its numbers for programs, and anybody can work it out again by those names; beside each
stands what people call it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sampan.languages.speech import Speech, three_digits
from sampan.languages.terms import npgettext, pgettext
from sampan.world.items import items

NAMES: Mapping[str, str] = {
    "cases": pgettext("working", "new cases"),
    "mild": pgettext("working", "mild cases"),
    "moderate": pgettext("working", "moderate cases"),
    "severe": pgettext("working", "severe cases"),
    "critical": pgettext("working", "critical cases"),
    "mild_share": pgettext("working", "share of mild cases"),
    "moderate_share": pgettext("working", "share of moderate cases"),
    "severe_share": pgettext("working", "share of severe cases"),
    "critical_share": pgettext("working", "share of critical cases"),
    "severe_demand": pgettext("working", "severe patients who need a bed"),
    "critical_demand": pgettext("working", "critical patients who need a bed"),
    "severe_demand_before": pgettext("working", "severe patients who needed a bed a week earlier"),
    "critical_demand_before": pgettext("working", "critical patients who needed a bed a week earlier"),
    "severe_leaving": pgettext("working", "severe patients whose stay ends"),
    "critical_leaving": pgettext("working", "critical patients whose stay ends"),
    "severe_bed": pgettext("working", "severe patients in a bed"),
    "critical_bed": pgettext("working", "critical patients in a bed"),
    "severe_admitted": pgettext("working", "severe patients admitted"),
    "critical_admitted": pgettext("working", "critical patients admitted"),
    "severe_left": pgettext("working", "severe patients who left"),
    "critical_left": pgettext("working", "critical patients who left"),
    "severe_in_bed_share": pgettext("working", "share of severe patients who have a bed"),
    "critical_in_bed_share": pgettext("working", "share of critical patients who have a bed"),
    "severe_in_bed_share_before": pgettext(
        "working", "share of severe patients who had a bed a week earlier"
    ),
    "critical_in_bed_share_before": pgettext(
        "working", "share of critical patients who had a bed a week earlier"
    ),
    "severe_beds_available": pgettext("working", "beds for severe patients"),
    "critical_beds_available": pgettext("working", "beds for critical patients"),
    "stay_severe": pgettext("working", "length of stay, severe"),
    "stay_critical": pgettext("working", "length of stay, critical"),
    "health_worker": pgettext("working", "health workers"),
    "cleaner": pgettext("working", "cleaners"),
    "ambulance": pgettext("working", "ambulance staff"),
    "engineer": pgettext("working", "biomedical engineers"),
    "hospital_carer": pgettext("working", "carers in hospital"),
    "screener": pgettext("working", "screening staff"),
    "laboratory_technician": pgettext("working", "laboratory technicians"),
    "laboratory_cleaner": pgettext("working", "laboratory cleaners"),
    "isolated": pgettext("working", "person-days of isolation"),
    "home_carer": pgettext("working", "person-days of care at home"),
    "screened": pgettext("working", "screening visits"),
    "tests_wanted": pgettext("working", "tests called for"),
    "test": pgettext("working", "tests"),
    "test_pcr": pgettext("working", "PCR tests"),
    "test_antigen": pgettext("working", "antigen tests"),
    "test_manual": pgettext("working", "PCR tests by hand"),
    "test_high_throughput": pgettext("working", "PCR tests on large machines"),
    "test_near_patient": pgettext("working", "PCR tests near the patient"),
    "facility": pgettext("working", "facilities"),
    "oxygen": pgettext("working", "oxygen"),
    "laboratories": pgettext("working", "laboratories"),
    "health_workers_available": pgettext("working", "health workers available"),
    "screeners_available": pgettext("working", "screening staff available"),
    "laboratory_staff_available": pgettext("working", "laboratory staff available"),
    "laboratory_tests_available": pgettext("working", "tests that laboratories can do"),
    "share_manual": pgettext("working", "share done by hand"),
    "share_high_throughput": pgettext("working", "share on large machines"),
    "share_near_patient": pgettext("working", "share near the patient"),
    "isolation_mild": pgettext("working", "weeks of isolation, mild"),
    "isolation_moderate": pgettext("working", "weeks of isolation, moderate"),
    "fatality_severe": pgettext("working", "case fatality, severe"),
    "fatality_critical": pgettext("working", "case fatality, critical"),
    "oxygen_severe": pgettext("working", "oxygen flow, severe"),
    "oxygen_critical": pgettext("working", "oxygen flow, critical"),
    "beds_not_covid": pgettext("working", "share of beds kept for others"),
    "workers_not_covid": pgettext("working", "share of workers kept for others"),
    "hours_severe": pgettext("working", "hours of care a day, severe"),
    "hours_critical": pgettext("working", "hours of care a day, critical"),
    "hours_screening": pgettext("working", "hours for one screening"),
    "shift_hours": pgettext("working", "hours that one works a day"),
    "cleaners_severe": pgettext("working", "cleaners per bed, severe"),
    "cleaners_critical": pgettext("working", "cleaners per bed, critical"),
    "ambulance_per_bed": pgettext("working", "ambulance staff per bed"),
    "engineers_per_bed": pgettext("working", "biomedical engineers per bed"),
    "hospital_carers_per_bed": pgettext("working", "carers per bed"),
    "home_carers_per_case": pgettext("working", "carers per case at home"),
    "beds_per_facility": pgettext("working", "beds per facility"),
    "laboratory_staff_per_laboratory": pgettext("working", "technicians per laboratory"),
    "laboratory_cleaners_per_laboratory": pgettext("working", "cleaners per laboratory"),
    "tests_mild_moderate": pgettext("working", "tests per mild or moderate case"),
    "tests_severe_critical": pgettext("working", "tests per severe or critical case"),
    "tests_release": pgettext("working", "tests before discharge"),
    "mild_moderate_tested": pgettext("working", "share of mild and moderate cases tested"),
    "negatives_per_positive": pgettext("working", "negative tests per positive one"),
    "tests_per_worker_week": pgettext("working", "tests per worker a week"),
    "contacts_per_case": pgettext("working", "contacts per case"),
    "contacts_tested": pgettext("working", "share of contacts tested"),
    "antigen_share": pgettext("working", "share of antigen tests"),
    "manual_waste": pgettext("working", "share spoilt by hand"),
    "screening_visits": pgettext("working", "screening visits per case"),
    "screened_negatives_supplied": pgettext("working", "share of those who test negative that is supplied"),
    "pieces_per_worker": pgettext("working", "pieces per worker"),
    "extended_use": pgettext("working", "times that one is used"),
    "most_before": pgettext("working", "most that were in use before"),
    "net": pgettext("working", "must still come"),
    "wanted_so_far": pgettext("working", "needed up to this week"),
    "stock_and_inbound_so_far": pgettext("working", "at hand and assured up to this week"),
    "asked_before": pgettext("working", "asked for in earlier weeks"),
    "mask_worker": pgettext("working", "medical masks for workers"),
    "mask_patient": pgettext("working", "medical masks for patients"),
    "gown": pgettext("working", "gowns"),
    "infrared_thermometer": pgettext("working", "infrared thermometers"),
}
"""Numbers of the arithmetic: cases, patients, staff, and what rules them."""

COUNTED = (
    npgettext("working", "new case in the week", "new cases in the week"),
    npgettext("working", "new case in that week", "new cases in that week"),
    npgettext("working", "occupied bed", "occupied beds"),
    npgettext("working", "patient admitted in the week", "patients admitted in the week"),
    npgettext("working", "patient leaving in the week", "patients leaving in the week"),
    npgettext("working", "worker", "workers"),
    npgettext("working", "carer", "carers"),
    npgettext(
        "working",
        "person-day of isolation that begins in the week",
        "person-days of isolation that begin in the week",
    ),
    npgettext(
        "working",
        "person-day of care that begins in the week",
        "person-days of care that begin in the week",
    ),
    npgettext("working", "visit in the week", "visits in the week"),
    npgettext("working", "test in the week", "tests in the week"),
    npgettext("working", "facility", "facilities"),
    npgettext("working", "litre in the week", "litres in the week"),
    npgettext("working", "laboratory", "laboratories"),
    npgettext("working", "patient", "patients"),
    npgettext("working", "test", "tests"),
    npgettext("working", "mask", "masks"),
    npgettext("working", "suit", "suits"),
    npgettext("working", "piece", "pieces"),
    npgettext("working", "machine", "machines"),
)
"""Of which there are so many: one, and many. Numbers are counted in many, the items at the end in one."""

UNITS = (
    *(many for _, many in COUNTED),
    pgettext("working", "share of PCR tests"),
    pgettext("working", "at most"),
    pgettext("working", "share of those in need of a bed"),
    pgettext("working", "each"),
    pgettext("working", "kg"),
    pgettext("working", "litre"),
    pgettext("working", "pair"),
    pgettext("working", "set"),
    pgettext("working", "set of 2"),
)
"""What they are counted in."""

SOURCES = (
    pgettext("working", "reported"),
    pgettext("working", "forecast"),
    pgettext("working", "capacity"),
    pgettext("working", "unknown, none is counted"),
    pgettext("working", "assumption: all by hand"),
    pgettext("working", "unknown, nothing is capped"),
    pgettext("working", "the steps above"),
    pgettext("working", "stock in hand and assured inbound, as given"),
    pgettext("working", "assumption: everyone who needs a bed is equally likely to lie in one"),
)
"""Where they come from, where no paper is cited."""

CITED = (
    pgettext(
        "working", "WHO case management default, in the COVID-19 Essential Supplies Forecasting Tool (ESFT)"
    ),
    pgettext("working", "WHO case management default, in the ESFT"),
    pgettext("working", "WHO case management, in the ESFT"),
    pgettext("working", "WHO-China joint mission, in the ESFT (named IFR there; a case fatality)"),
    pgettext("working", "Imperial College report 9, in the ESFT (named IFR there; a case fatality)"),
    pgettext("working", "WHO, in the ESFT"),
    pgettext("working", "assumption of the ESFT"),
    pgettext("working", "WHO health workforce estimator (WISN method), in the ESFT"),
    pgettext("working", "WHO health workforce estimator, in the ESFT"),
    pgettext("working", "WHO guidance, in the ESFT"),
    pgettext("working", 'testing strategy "all" of the ESFT'),
    pgettext(
        "working",
        "assumption: one visit (the R port multiplies by the whole isolation, on top of the isolation's own supplies)",
    ),
    pgettext("working", "assumption: none, as in the ESFT, which counts the mild and moderate cases"),
    pgettext("working", "R package esft 7f740a8: one piece per worker where a rate is given"),
    pgettext("working", "ESFT, equipment sheet"),
    pgettext("working", "ESFT, diagnostics sheet"),
    pgettext("working", "definition"),
    pgettext("working", "definition: a test kit is counted in single tests, of every kind"),
    pgettext("working", "definition: medical masks of workers and of patients are one item"),
    pgettext("working", "assumption: one suit (coverall) does the work of one gown; the ESFT knows no suit"),
    pgettext("working", "definition: a thermometer gun is an infrared thermometer"),
    pgettext("working", "assumption: standard use, no extended use"),
    pgettext("working", "ESFT, equipment sheet (price of 2022)"),
    pgettext(
        "working",
        "definition: flow × 1,440 minutes × 7 days (declared in the ESFT and not used by its R port)",
    ),
)
"""Where the numbers come from that Sampan brings along, without the version that each citation ends with."""

FROM_CAPACITY: Mapping[str, str] = {
    "severe_beds_available": pgettext(
        "working",
        "capacity: beds for severe patients are those not kept for others and not for intensive care",
    ),
    "critical_beds_available": pgettext(
        "working",
        "capacity: beds for critical patients are those of intensive care",
    ),
    "health_workers_available": pgettext(
        "working",
        "capacity: of doctors and nurses for this disease, the share that wards take",
    ),
    "screeners_available": pgettext(
        "working",
        "capacity: of doctors and nurses for this disease, the share that screening takes",
    ),
}
"""What of the capacity is counted on."""


_EARLIER = re.compile(r"(.+)_(\d+)_weeks_before")
_STAY = re.compile(r"(\w+) of (\S+) weeks: (.*)")
_CITED = re.compile(r"(\w+): (.*)")
_VERSION = re.compile(r"(.+) \(([^()]+)\)")


def named(code: str, speech: Speech) -> str:
    """What a number of the arithmetic is called; nothing where people have no other word for it."""
    gettext = speech.translations.gettext
    if code in NAMES:
        return speech.term(NAMES[code], "working")
    if code in items():
        return speech.item(code)
    if earlier := _EARLIER.fullmatch(code):
        what = named(earlier[1], speech)
        told = speech.translations.ngettext(
            "%(what)s, %(weeks)s week before", "%(what)s, %(weeks)s weeks before", int(earlier[2])
        )
        return told % {"what": what, "weeks": speech.number(int(earlier[2]))}
    before, _, of = code.partition("_")
    if before == "part" and of.isdigit():
        week = speech.number(int(of) + 1)
        return gettext("share still in bed, week %(week)s of the stay") % {"week": week}
    told = {
        "rate": gettext("use per one of: %(what)s"),
        "factor": gettext("how many count as one: %(what)s"),
    }.get(before, "")
    return told and told % {"what": named(of, speech) or of}


def unit(many: str, count: float, speech: Speech) -> str:
    """What so many are counted in, in the form that the digits ask for which are shown of ``count``."""
    words = next((both for both in COUNTED if many in both), None)
    return speech.counted(words, three_digits(count), "working") if words else speech.term(many, "working")


def source(said: str, of: str, speech: Speech) -> str:
    """Where the number ``of`` comes from: our own words as the reader says them, papers as they are cited."""
    if of in FROM_CAPACITY and said.startswith("capacity:"):
        return speech.term(FROM_CAPACITY[of], "working")
    if stay := _STAY.fullmatch(said):
        weeks = float(stay[2])
        told = speech.translations.ngettext(
            "length of stay: %(weeks)s week", "length of stay: %(weeks)s weeks", speech.counting(weeks)
        ) % {"weeks": speech.number(weeks)}
        return f"{told}{speech.semicolon}{_cited(stay[3], speech)}"
    if said in SOURCES:
        return speech.term(said, "working")
    return speech.semicolon.join(_cited(each, speech) for each in re.split(r"(?<=\)); ", said))


def _cited(said: str, speech: Speech) -> str:
    """``severe_share: WHO …`` with the number by its name."""
    found = _CITED.fullmatch(said)
    name = named(found[1], speech) if found else ""
    if found and name:
        return f"{name}{speech.colon}{_cited(found[2], speech)}"
    versioned = _VERSION.fullmatch(said)
    return speech.beside(speech.term(versioned[1], "working"), versioned[2]) if versioned else said
