"""The parameter tables against WHO's sheets, read in place; and that every number is cited."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from sampan.core.errors import InputError
from sampan.engines.needs import Capacity, needs
from sampan.engines.needs.drivers import UNITS
from sampan.engines.needs.medicines import medicines
from sampan.engines.needs.parameters import load, number, throughput
from sampan.formats.medicines import read_medicines

#: how the ESFT's equipment sheet names our items (by the start of the name) and our drivers
ITEMS = {
    "Chlorine": "chlorine", "Alcohol-based hand rub": "hand_rub", "Liquid soap": "soap",
    "Bio-hazardous bag": "biohazard_bag", "Gown": "gown", "Scrubs, tops": "scrubs", "Scrubs, pants": "scrubs",
    "Apron": "apron", "Gloves, examination": "glove_examination", "Gloves, surgical": "glove_surgical",
    "Goggles": "goggles", "Face shield": "face_shield", "Respirator": "respirator",
    "Mask, medical / surgical for healthworker": "mask_worker",
    "Mask, medical / surgical for patient": "mask_patient", "Infrared thermometer": "infrared_thermometer",
    "Pulse oximeter": "pulse_oximeter", "Patient monitor, multiparametric with ECG": "monitor_ecg",
    "Patient monitor, multiparametric without ECG": "monitor", "Oxygen source": "oxygen_source",
    "Laryngoscope": "laryngoscope", "Patient ventilator": "ventilator", "BiPAP": "bipap",
    "High Flow Nasal Cannula": "high_flow_cannula", "Syringe driver": "syringe_driver",
    "Infusion pump": "infusion_pump", "Blood Gas": "blood_gas_analyser", "Ultrasound": "ultrasound",
    "X-Ray": "x_ray", "Drill": "intraosseous_drill", "Electrocardiograph": "electrocardiograph",
    "Suction pump": "suction_pump", "Flow splitter": "flow_splitter", "Nasal oxygen": "nasal_cannula",
    "Mask, oxygen": "reservoir_mask", "Venturi": "venturi_mask", "Compressible": "bag_valve",
    "Airway, nasopharyngeal": "airway_nasopharyngeal", "Airway, oropharyngeal": "airway_oropharyngeal",
    "Colorimetric": "co2_detector", "Endotracheal tube introducer": "introducer",
    "Tube, endotracheal": "endotracheal_tube", "Laryngeal mask": "laryngeal_mask",
}  # fmt: skip
DRIVERS = {
    "inpatient_hcw": ("health_worker",), "inpatient_cleaner": ("cleaner",),
    "inpatient_inf_caregiver": ("hospital_carer",), "inpatient_ambworker": ("ambulance",),
    "inpatient_biomed_eng": ("engineer",), "inpatient_sev_patient": ("severe_admitted",),
    "inpatient_crit_patient": ("critical_admitted",),
    "inpatient_sev_crit_patient": ("severe_admitted", "critical_admitted"),
    "inpatient_sev_bed": ("severe_bed",), "inpatient_crit_bed": ("critical_bed",),
    "inpatient_sev_crit_bed": ("severe_bed", "critical_bed"), "isolation_inf_caregiver": ("home_carer",),
    "isolation_patient": ("isolated",), "screening_hcw": ("screener",), "screening_patient": ("screened",),
    "lab_tech": ("laboratory_technician",), "lab_cleaner": ("laboratory_cleaner",),
}  # fmt: skip
#: WHO's patient mask is per patient in bed, not per patient admitted
PER_BED = {"mask_patient": {"severe_admitted": "severe_bed", "critical_admitted": "critical_bed"}}


def sheet(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "facts" / "esft" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_rate_of_the_equipment_sheet(shared: Path) -> None:
    seen = set()
    for row in sheet(shared, "equipment"):
        code = next((code for start, code in ITEMS.items() if row["item"].startswith(start)), None)
        if code is None:
            continue
        expected = {
            PER_BED.get(code, {}).get(driver, driver): float(row[f"amount_per_{column}_per_day"])
            for column, drivers in DRIVERS.items()
            for driver in drivers
            if row[f"amount_per_{column}_per_day"]
        }
        ours = {driver: fact.value for driver, fact in load().rates(code).items()}
        assert ours == pytest.approx(expected), code
        item = load().items[code]
        assert item.reusable == (row["reusable"] == "True"), code
        price = number(row["price"]) * (2 if code == "scrubs" else 1)
        assert item.price_usd == pytest.approx(price, nan_ok=True), code
        seen.add(code)
    assert seen == set(ITEMS.values())


def test_prices_of_tests(shared: Path) -> None:
    prices = {
        row["item"]: float(row["price"])
        for row in sheet(shared, "equipment")
        if row["group"] == "Diagnostics"
    }
    for start, code in {"Test kit - manual": "test_manual", "Test kits - high": "test_high_throughput",
                        "For near patient": "test_near_patient", "Antigen": "test_antigen", "Swab": "swab",
                        "Triple": "sample_box"}.items():  # fmt: skip
        assert load().items[code].price_usd == next(p for name, p in prices.items() if name.startswith(start))


def test_hours_of_work(shared: Path) -> None:
    rows = sheet(shared, "hwfe")

    def hours(group: str, column: str) -> float:
        return sum(float(row[f"patient_t24_{column}"]) for row in rows if row["esft_group"] == group)

    p = load().value
    assert p("hours_severe") == pytest.approx(hours("HCW", "sev"))
    assert p("hours_critical") == pytest.approx(hours("HCW", "crit"))
    assert p("hours_screening") == pytest.approx(hours("HCW", "screen"))
    assert p("cleaners_severe") == pytest.approx(hours("Cleaner", "sev") / 8 * 10)
    assert p("cleaners_critical") == pytest.approx(hours("Cleaner", "crit") / 8 * 10)


def test_throughput(shared: Path) -> None:
    for row in sheet(shared, "throughput"):
        ours = throughput()[row["platform_key"]]
        for theirs, name in (("throughput_8hrs", "tests_per_shift_8h"), ("throughput_16hrs", "tests_16h"),
                             ("throughput_24hrs", "tests_24h"), ("days_week", "days_per_week"),
                             ("shifts_day", "shifts"), ("covid_capacity", "covid_share")):  # fmt: skip
            assert number(ours[name]) == pytest.approx(float(row[theirs])), (row["platform"], name)
        assert ours["kind"] == row["type"]


def test_medicines_of_the_list(shared: Path) -> None:
    path = shared / "facts" / "esft" / "pharmaceuticals.csv"
    made = medicines(read_medicines(path.read_bytes(), name=path.name), source=path.name, version="2022.1")
    table = load().with_items(made.items, made.rates)
    assert len(made.items) == 145
    # courses for which the list gives no share treated
    assert [f"{name.split(',')[0]} {severity}" for name, severity in made.incomplete] == [
        "Ampicillin severe", "Artesunate critical", "Fluconazole severe",
    ]  # fmt: skip
    steroid = next(
        item.code for item in made.items if item.name.startswith("Dexamethasone phosphate, 4mg/ml")
    )
    got = needs(np.full((1, 1, 1), 100.0), capacity=Capacity.unknown(1), parameters=table, items=(steroid,))
    assert got.need.sum() == pytest.approx(15 * 6 * 1 + 5 * 15 * 1)
    full = Capacity(np.array([100.0]), icu_share=0.02)
    capped = needs(np.full((1, 1, 1), 1e4), capacity=full, parameters=table, items=(steroid,))
    assert capped.absorbable.sum() == pytest.approx(58 * 6 + 2 * 15)


def test_every_number_has_a_unit_a_source_and_a_version_and_every_rate_a_driver() -> None:
    table = load()
    for fact in table.facts.values():
        assert fact.source, fact
        assert fact.version, fact
        assert fact.unit, fact
    assert {driver for item in table.items for driver in table.rates(item)} <= set(UNITS)
    assert all(table.rates(item) for item in table.items)


def test_a_substitution_is_explicit_and_can_be_edited() -> None:
    cases = np.full((1, 1, 1), 100.0)
    one = needs(cases, capacity=Capacity.unknown(1), items=("protective_suit", "gown"))
    assert one.need[..., 0] == pytest.approx(one.need[..., 1])
    half = load().override({"protective_suit=gown": 0.5}, source="the office's own ward round")
    assert needs(cases, capacity=Capacity.unknown(1), parameters=half).need[..., 2] == pytest.approx(
        one.need[..., 0] / 2
    )
    assert half.cite("protective_suit=gown").source == "the office's own ward round"


def test_extended_use_divides_the_need() -> None:
    twice = load().override({"respirator:extended_use": 2})
    cases = np.full((1, 1, 1), 100.0)
    once, longer = (
        needs(cases, capacity=Capacity.unknown(1), parameters=table, items=("respirator",)).need.sum()
        for table in (load(), twice)
    )
    assert longer == pytest.approx(once / 2)


def test_an_override_for_one_place_leaves_the_others_alone() -> None:
    table = load().for_places(["KEN", "ITA"], {"KEN": {"stay_critical": 3, "gown:cleaner": 2}, "FRA": {}})
    cases = np.full((1, 4, 2), 1000.0)
    usual = needs(cases, capacity=Capacity.unknown(2), items=("gown", "ventilator")).need
    made = needs(cases, capacity=Capacity.unknown(2), parameters=table, items=("gown", "ventilator")).need
    np.testing.assert_array_equal(made[:, :, 1], usual[:, :, 1])
    assert (made[:, :, 0].sum(axis=1) > usual[:, :, 0].sum(axis=1)).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"severe_shares": 0.2}, "Did you mean severe_share"),
        ({"severe_share": 0.2}, "sum to 1.05"),
        ({"severe_share": -0.2}, "cannot be"),
        ({"antigen_share": 1.2}, "from 0 to 1"),
        ({"stay_critical": 0.5}, "1 or more"),
        ({"shift_hours": 0}, "cannot be 0"),
        ({"manual_waste": 1}, "below 1"),
        ({"hours_severe": float("nan")}, "cannot be nan"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(change: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load().override(**change)
