"""What does a request look like? An example for every argument, by its name or by its type."""

from __future__ import annotations

from typing import Any

from sampan.access import arguments
from sampan.access.offer import Offer

Schema = dict[str, Any]

NAMED: dict[str, Any] = {
    "appeal": "A-0001",
    "arrivals": [{"kind": "goods", "item": "mask", "quantity": 200_000, "lot": "L7", "expiry": "2022-05-31"}],
    "available": ["2020-03-01/2020-05-31"],
    "authority": "AIFA",
    "batch": 4,
    "carrier": "CA",
    "celsius": 5.5,
    "code": "relief",
    "containers": ["PMC12345CA"],
    "country": "ITA",
    "currency": "USD",
    "data": "aXRlbSxxdWFudGl0eQo=",
    "day": "2020-03-26",
    "days": 14,
    "depot": "home",
    "destination": "FCO",
    "donor": "CHN",
    "donor_kind": "NGO",
    "file": "parties.csv",
    "files": {"cases.csv": "ZGF0ZSxsb2NhdGlvbgo="},
    "first_day": "2020-01-01",
    "found": [{"item": "mask", "good": 1990, "damaged": 10, "lot": "L7", "reason": "wet"}],
    "fund": "relief",
    "gtin": "07032069804988",
    "handle": "E-0417",
    "highest": 8.0,
    "how": "note verbale 35/2020",
    "into": "home",
    "item": "mask",
    "key": "sampan/ita/0a1b2c+1a2b3c4d+AQIDBA==",
    "languages": ["en", "it"],
    "last_day": "2020-12-31",
    "latitude": 41.8,
    "level": "tightly",
    "longitude": 12.25,
    "lot": {"item": "mask", "units": 2000, "lot": "L7", "expiry": "2022-05-31"},
    "lots": [{"item": "mask", "units": 2000, "lot": "L7", "expiry": "2022-05-31"}],
    "lowest": 2.0,
    "name": "Relief fund",
    "note": "by air",
    "number": "C-0001",
    "off": {"mask": 1000},
    "origin": "PVG",
    "place": "ITA",
    "places": ["ITA", "IRN"],
    "purpose": "COVID-19 response",
    "rate": {"base": "EUR", "quote": "USD", "rate": "1.0843", "day": "2020-03-26", "source": "ECB"},
    "reason": "appeal A-0001",
    "recipient": "ITA",
    "reference": "PL-17",
    "requester": "ITA",
    "skills": ["epidemiology"],
    "sold": {"minor": 100_000, "currency": "EUR"},
    "source": "Works 3",
    "start": "2020-03-30",
    "step": "import permit",
    "units": 2000,
    "words": {"headline": {"en": "Masks for five more countries"}, "sections": {}, "order": []},
    "wanted": [{"skill": "epidemiology", "seats": 3, "least": 2}],
    "waybill": "999-12345675",
    "what": "packing list",
}
"""By the name of the argument, or, where that says different things, under ``act.argument``."""

OF_ONE: dict[str, Any] = {
    "cancel.lines": [{"kind": "goods", "item": "mask", "quantity": 500}],
    "commit.lines": [{"kind": "goods", "item": "mask", "quantity": 200_000}],
    "thank.words": "letter of 1 March",
    "record_work.what": "protocol",
    "record_work.licence": "CC-BY-4.0",
    "record_project.what": "vaccine",
    "move_project.step": "reached",
    "move_project.number": "P-0001",
    "move_alert.step": "acknowledged",
    "move_alert.number": "A-0001",
    "submit_genomes.files": {"genomes.fasta": "PmEKQUNHVAo=", "about.tsv": "c3RyYWluCWRhdGUJY291bnRyeQo="},
    **{f"{act}.number": "G-0001" for act in ("approve_genomes", "release_genomes")},
    "withdraw_genomes.accessions": ["CHNQT_00001232.1"],
    "set_terms.accessions": ["CHNQT_00001232.1"],
    "set_terms.to": "open",
    "record_focal_point.topic": "sequencing",
    "record_focal_point.office": "National genomics laboratory",
    "record_focal_point.role": "focal point",
    "record_focal_point.reach": "genomics@example.org",
    "pledge.lines": [{"kind": "goods", "item": "mask", "quantity": 200_000}],
    "record_appeal.lines": [
        {"kind": "goods", "item": "mask", "quantity": 200_000, "needed_by": "2020-04-15"}
    ],
    "produce.lines": [{"item": "mask", "units": 200_000, "lot": "L7", "expiry": "2022-05-31"}],
    "propose_batch.lines": [{"recipient": "ITA", "item": "mask", "units": 200_000}],
    "set_budget.lines": [{"earmark": None, "amount": {"minor": 500_000_000, "currency": "USD"}}],
    "record_party.code": "ITA-CRI",
    "record_party.name": "Italian Red Cross",
    "record_earmark.code": "WHO-20",
    "keep_document.name": "note-verbale-35.pdf",
    "receive_many.notes": [{"number": "4-ITA", "found": [{"item": "mask", "good": 2000}], "words": ""}],
    "bring_in_sheet.name": "parties",
    "sign_for.number": "CHN/4-ITA",
    "trust.name": "Italy",
    "load_ages.name": "ages.csv",
    "load_capacity.name": "capacity.csv",
    "enrol_sheet.name": "roster.csv",
    "adjust_stock.change": -40,
    **{f"{act}.number": "4-ITA" for act in (
        "pack", "unpack", "split", "withdraw_consignment", "hand_over", "progress", "add_paper", "customs",
        "temperature", "position", "receive", "receive_all", "settle",
    )},
    "move_appeal.number": "A-0001",
    "withdraw_request.number": "R-0001",
    "report_team.number": "T-0001",
    "return_team.number": "T-0001",
}  # fmt: skip


SOUGHT: dict[str, Any] = {
    "as_of": "2020-03-26",
    "batch": 4,
    "day": "2020-03-26",
    "item": "mask",
    "known_on": "2020-03-26T12:00:00Z",
    "recipient": "ITA",
}
"""What is asked of a view, by the name of the argument."""


def example(offer: Offer) -> dict[str, Any]:
    """A request that is well formed: all that must be said, and what is usually said besides."""
    schema = arguments.model(offer).model_json_schema()
    usual = ("day", "note", "purpose", "depot", "lots")
    return {
        name: _value(offer.name, name, said)
        for name, said in schema.get("properties", {}).items()
        if name in schema.get("required", ()) or (name in usual and name in NAMED)
    }


_OF_TYPE: dict[str, Any] = {
    "string": "text",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "array": [],
    "object": {},
}


def _value(offer: str, name: str, schema: Schema) -> Any:
    for known, key in ((OF_ONE, f"{offer}.{name}"), (NAMED, name)):
        if key in known:
            return known[key]
    return schema["enum"][0] if "enum" in schema else _OF_TYPE.get(schema.get("type", "object"))
