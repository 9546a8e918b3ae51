"""The summary of a batch and its packing lists speak of the same cartons."""

from __future__ import annotations

import io
from datetime import date

import openpyxl

from sampan.desks.assistance import packing
from sampan.desks.assistance.packing_lists import as_sheet
from sampan.node import memory_node
from tests.books import batch, stock

DAY = date(2020, 3, 5)


def test_cartons_are_counted_lot_by_lot_in_both() -> None:
    """1,500 masks of two lots travel in two cartons, though one would hold them all."""
    with memory_node() as node:
        stock(node.session, "mask", 1000, "A", expiry=date(2022, 1, 1))
        stock(node.session, "mask", 1000, "B", expiry=date(2023, 1, 1))
        number = batch(node, {"ITA": {"mask": 1500}}).consignments[0]
        packing.pack(node.session, number, day=DAY)
        book = openpyxl.load_workbook(io.BytesIO(as_sheet(node.session, 1)))
        summary, lots = ([list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book)
        at = {name: summary[0].index(name) for name in ("units", "cartons", "volume m³", "weight kg")}
        for name, column in at.items():
            detail = sum(row[lots[0].index(name)] for row in lots[1:])
            assert summary[1][column] == detail, name
        assert (summary[1][at["units"]], summary[1][at["cartons"]]) == (1500, 2)
