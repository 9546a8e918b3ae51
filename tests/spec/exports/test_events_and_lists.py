"""EPCIS events and packing lists: what a logistics office and a spreadsheet are given."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from sampan.core.errors import InputError
from sampan.desks.assistance import journeys, sheets
from sampan.desks.assistance.events import as_epcis
from sampan.desks.assistance.packing_lists import as_sheet
from sampan.desks.assistance.receipts import Found, receive
from sampan.formats import fts, hxl_write
from sampan.formats.spreadsheet import Sheet, as_written, write_csv, write_xlsx
from sampan.node import Node, memory_node
from tests.dispatch import at_sea

VOCABULARY = {
    "bizStep": {
        "packing",
        "shipping",
        "transporting",
        "arriving",
        "inspecting",
        "receiving",
        "sensor_reporting",
    },
    "disposition": {"in_progress", "in_transit", "conformant", "damaged", "mismatch_quantity"},
}
"""Words of GS1's Core Business Vocabulary 2.0 that we use."""

WHERE = {
    "ObjectEvent": "quantityList",
    "AggregationEvent": "childQuantityList",
    "TransactionEvent": "quantityList",
}


@pytest.fixture
def node() -> Iterator[Node]:
    with memory_node() as node:
        at_sea(node)
        yield node


@pytest.fixture
def arrived(node: Node) -> Node:
    journeys.progress(node.session, "1-ITA", "arrived", place="FCO", day=date(2020, 3, 12))
    journeys.temperature(
        node.session, "1-ITA", at=datetime(2020, 3, 11, tzinfo=UTC), celsius=4.5, lowest=2, highest=8
    )
    italy = replace(node.session.person, handle="rome", roles=("receiver",), party="ITA")
    found = [
        Found("ventilator", good=28, damaged=2, reason="dropped"),
        Found("mask", lot="M1", good=29_000, missing=1_000, reason="not on the pallet"),
    ]
    receive(node.session.on_behalf_of(italy), "1-ITA", found, day=date(2020, 3, 13))
    return node


def events(node: Node) -> list[dict[str, Any]]:
    document = json.loads(as_epcis(node.session, "1-ITA"))
    assert document["type"] == "EPCISDocument"
    assert document["schemaVersion"] == "2.0"
    return document["epcisBody"]["eventList"]  # type: ignore[no-any-return]


def test_every_step_is_an_event_in_order(arrived: Node) -> None:
    said = [(e["type"], e["bizStep"], e["disposition"]) for e in events(arrived)]
    assert said == [
        ("AggregationEvent", "packing", "in_progress"),
        ("ObjectEvent", "shipping", "in_transit"),
        ("ObjectEvent", "arriving", "in_progress"),
        ("ObjectEvent", "sensor_reporting", "in_transit"),
        ("TransactionEvent", "receiving", "in_progress"),
        ("TransactionEvent", "receiving", "damaged"),
        ("TransactionEvent", "receiving", "mismatch_quantity"),
    ]


def test_goods_add_up_from_packing_to_receipt(arrived: Node) -> None:
    found = events(arrived)
    packed = sum(each["quantity"] for each in found[0]["childQuantityList"])
    received = sum(each["quantity"] for event in found[4:] for each in event["quantityList"])
    assert (packed, received) == (40_030, 30_030)
    reading = found[3]["sensorElementList"][0]["sensorReport"][0]
    assert (reading["type"], reading["value"], reading["uom"]) == ("Temperature", 4.5, "CEL")


def test_what_the_standard_requires_of_every_event_is_there(arrived: Node) -> None:
    found = events(arrived)
    assert len({event["eventID"] for event in found}) == len(found)
    for event in found:
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", event["eventID"])
        assert re.fullmatch(r"[+-]\d\d:\d\d", event["eventTimeZoneOffset"])
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        assert event["action"] in ("ADD", "OBSERVE", "DELETE")
        assert event["bizStep"] in VOCABULARY["bizStep"]
        assert event["disposition"] in VOCABULARY["disposition"]
        assert event[WHERE[event["type"]]]
        assert ("parentID" in event) == (event["type"] == "AggregationEvent")
        assert event["type"] != "TransactionEvent" or event["bizTransactionList"]
        for each in event[WHERE[event["type"]]]:
            assert re.fullmatch(r"urn:[a-z]+:[^\s/]+", each["epcClass"])


def test_a_batch_is_a_workbook_with_a_packing_list_for_each_consignment(node: Node) -> None:
    book = load_workbook(io.BytesIO(as_sheet(node.session, 1)))
    assert book.sheetnames == ["batch 1", "1-ITA", "1-SRB"]
    rows = list(book["1-ITA"].iter_rows(values_only=True))
    assert rows[0][2:8] == ("item", "lot", "expiry", "earmark", "units", "unit")
    lots = {(row[2], row[3]): (row[4], row[6], row[8]) for row in rows[1:]}
    assert lots["mask", "M1"] == (datetime(2022, 1, 31), 30_000, 15)
    assert lots["mask", "M2"] == (datetime(2023, 1, 31), 10_000, 5)
    serbia = list(book["1-SRB"].iter_rows(values_only=True))
    assert serbia[1][2:7] == ("mask", None, None, None, 2_000)
    summary = list(book["batch 1"].iter_rows(values_only=True))
    assert [row[0] for row in summary[1:]] == ["1-ITA", "1-ITA", "1-SRB"]


def test_packing_lists_are_plain_csv_too(node: Node) -> None:
    rows = list(csv.DictReader(io.StringIO(as_sheet(node.session, 1, kind=".csv").decode())))
    assert sum(int(row["units"]) for row in rows if row["item"] == "mask") == 42_000


@pytest.mark.parametrize(("batch", "kind"), [(7, ".xlsx"), (1, ".ods")])
def test_no_such_batch_or_kind(node: Node, batch: int, kind: str) -> None:
    with pytest.raises(InputError):
        as_sheet(node.session, batch, kind=kind)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")'])
def test_no_cell_is_ever_a_formula(text: str) -> None:
    sheet = Sheet("lots", ("lot",), ((text,),))
    book = load_workbook(io.BytesIO(write_xlsx([sheet], created=datetime(2020, 3, 26, tzinfo=UTC))))
    assert (book["lots"]["A2"].value, book["lots"]["A2"].data_type) == (text, "s")
    written = list(csv.reader(io.StringIO(write_csv(sheet).decode())))[1][0]
    assert written == f"'{text}"
    assert as_written(written) == text
    assert (
        hxl_write.write([("donor", "#org+name")], [(text,)]).decode().splitlines()[2].strip('"')[:2]
        == f"'{text[0]}"
    )
    column = sheets.Column("donor", "who gave", "Red Cross")
    ours = sheets.write([column], [{"donor": text}])
    assert list(csv.reader(io.StringIO(ours.decode())))[1] == [f"'{text}"]
    assert [row.text("donor") for row in sheets.read(ours, [column], name="ours.csv")] == [text]
    flow = fts.Flow(**{field.name: text for field in fields(fts.Flow)})
    assert set(list(csv.reader(io.StringIO(fts.write([flow]).decode())))[1]) == {f"'{text}"}
