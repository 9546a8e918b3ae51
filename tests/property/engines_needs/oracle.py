"""The needs logic for one place and one sample, slow and plain, written from the description of the ESFT.

It shares the cited table with the engine and nothing else: one place, one path, loops over weeks.
"""

from __future__ import annotations

import math

from sampan.engines.needs.parameters import Parameters

STAFF = (
    "health_worker",
    "cleaner",
    "ambulance",
    "engineer",
    "screener",
    "laboratory_technician",
    "laboratory_cleaner",
)
DAILY = (*STAFF, "hospital_carer", "severe_bed", "critical_bed")


def at_most(amount: float, cap: float) -> float:
    return amount if math.isnan(cap) else min(amount, cap)


def weeks_of_a_place(
    cases: list[float], past: list[float], place: dict[str, float], table: Parameters, *, capped: bool
) -> list[dict[str, float]]:
    """Every driver of every week. ``place``: the fields of Capacity, mix as manual, high and near."""
    p = {name: float(fact.value) for name, fact in table.facts.items()}
    unlimited = math.nan
    line = [0.0] * 10 + list(past) + list(cases)
    first = len(line) - len(cases)

    def in_need(share: float, stay: float, week: int) -> float:
        """Those who fell ill in the last ``stay`` weeks."""
        return sum(
            share * line[week - lag] * max(0.0, min(1.0, stay - lag)) for lag in range(math.ceil(stay))
        )

    found = []
    for week in range(first, len(line)):
        new = line[week]
        d: dict[str, float] = {}
        beds = {
            "severe": round(place["beds"] * max(0.0, 1 - p["beds_not_covid"] - place["icu_share"]))
            if not math.isnan(place["beds"] * place["icu_share"])
            else unlimited,
            "critical": round(place["beds"] * place["icu_share"])
            if not math.isnan(place["beds"] * place["icu_share"])
            else unlimited,
        }
        for kind in ("mild", "moderate", "severe", "critical"):
            d[kind] = new * p[f"{kind}_share"]
        for kind in ("severe", "critical"):
            cap = beds[kind] if capped else unlimited
            share, stay = p[f"{kind}_share"], p[f"stay_{kind}"]
            want, wanted = in_need(share, stay, week), in_need(share, stay, week - 1)
            d[f"{kind}_bed"] = at_most(want, cap)
            lay = at_most(wanted, cap)
            over = wanted - (want - d[kind])
            d[f"{kind}_left"] = lay * over / wanted if wanted > 0 else 0.0
            d[f"{kind}_admitted"] = d[f"{kind}_bed"] - lay + d[f"{kind}_left"]
        in_bed = d["severe_bed"] + d["critical_bed"]
        # who works
        workers = (place["doctors"] + place["nurses"]) * (1 - p["workers_not_covid"]) if capped else unlimited
        weeks_severe = p["severe_share"] * p["stay_severe"]
        weeks_critical = p["critical_share"] * p["stay_critical"]
        mean_hours = (weeks_severe * p["hours_severe"] + weeks_critical * p["hours_critical"]) / (
            weeks_severe + weeks_critical
        )
        inside = (p["severe_share"] + p["critical_share"]) * mean_hours
        outside = (p["mild_share"] + p["moderate_share"]) * p["hours_screening"]
        hours = d["severe_bed"] * p["hours_severe"] + d["critical_bed"] * p["hours_critical"]
        d["health_worker"] = at_most(hours / p["shift_hours"], workers * inside / (inside + outside))
        d["cleaner"] = d["severe_bed"] * p["cleaners_severe"] + d["critical_bed"] * p["cleaners_critical"]
        d["ambulance"] = in_bed * p["ambulance_per_bed"]
        d["engineer"] = in_bed * p["engineers_per_bed"]
        d["hospital_carer"] = in_bed * p["hospital_carers_per_bed"]
        d["facility"] = in_bed / p["beds_per_facility"]
        flow = d["severe_bed"] * p["oxygen_severe"] + d["critical_bed"] * p["oxygen_critical"]
        d["oxygen"] = flow * 60 * 24 * 7
        # who is seen but not admitted
        positive = (d["mild"] + d["moderate"]) * p["mild_moderate_tested"]
        negative = new * p["negatives_per_positive"] * p["mild_moderate_tested"]
        screeners = (positive + negative) / 7 * p["hours_screening"] / p["shift_hours"]
        d["screener"] = at_most(screeners, workers * outside / (inside + outside))
        d["screened"] = (positive + negative * p["screened_negatives_supplied"]) * p["screening_visits"]
        isolation = d["mild"] * p["isolation_mild"] + d["moderate"] * p["isolation_moderate"]
        d["isolated"] = 7 * isolation * p["mild_moderate_tested"]
        d["home_carer"] = d["isolated"] * p["home_carers_per_case"]
        # laboratories
        laboratories = 0.0 if math.isnan(place["laboratories"]) else place["laboratories"]
        technicians = laboratories * p["laboratory_staff_per_laboratory"]
        d["laboratory_technician"] = at_most(technicians, place["laboratory_staff"] if capped else unlimited)
        d["laboratory_cleaner"] = laboratories * p["laboratory_cleaners_per_laboratory"]
        tests = positive * p["tests_mild_moderate"] + negative * p["tests_mild_moderate"]
        tests += (d["severe"] + d["critical"]) * p["tests_severe_critical"]
        for kind in ("severe", "critical"):
            tests += d[f"{kind}_left"] * (1 - p[f"fatality_{kind}"]) * p["tests_release"]
        tests += new * p["contacts_per_case"] * p["contacts_tested"]
        tests += sum(d[role] for role in STAFF) * p["tests_per_worker_week"]
        d["test_antigen"] = tests * p["antigen_share"]
        pcr = at_most(tests - d["test_antigen"], place["tests_per_week"] if capped else unlimited)
        d["test"] = d["test_antigen"] + pcr
        d["test_manual"] = pcr * place["manual"] / (1 - p["manual_waste"])
        d["test_high_throughput"] = pcr * place["high_throughput"]
        d["test_near_patient"] = pcr * place["near_patient"]
        found.append(d)
    return found


def amounts(weeks: list[dict[str, float]], item: str, table: Parameters) -> list[float]:
    """The item's amount in every week."""
    total = [0.0] * len(weeks)
    for part, factor in table.counts_as(item).items():
        uses = float(table.value(f"{part}:extended_use"))
        issued = 0.0
        for week, d in enumerate(weeks):
            level = 0.0
            for driver, rate in table.rates(part).items():
                if table.items[part].reusable:
                    whole = driver in STAFF and float(rate.value) > 0
                    level += d[driver] * (
                        float(table.value("pieces_per_worker")) if whole else float(rate.value)
                    )
                else:
                    level += d[driver] * float(rate.value) * (7 if driver in DAILY else 1)
            if table.items[part].reusable:
                level, issued = (
                    max(0.0, math.ceil(level - 1e-9) - issued),
                    max(issued, math.ceil(level - 1e-9)),
                )
            total[week] += level * float(factor.value) / uses
    return total
