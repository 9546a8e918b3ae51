"""What is in the depot, and what will come into it?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sampan.core.errors import InputError
from sampan.core.quantities import whole
from sampan.desks.assistance.assumptions import Assumptions, ItemSupply
from sampan.world.assisted import Sent
from sampan.world.items import item as find_item

DEPOT = "home"


@dataclass(frozen=True)
class Depot:
    """Units of each item at hand this week, and what a later week's production adds for export and for home."""

    items: tuple[str, ...]
    at_hand: np.ndarray
    for_export: np.ndarray
    for_home: np.ndarray

    def holding(self, counted: Mapping[str, int]) -> Depot:
        """The same depot with so many units at hand of the items that were counted."""
        at_hand = [counted.get(item, units) for item, units in zip(self.items, self.at_hand, strict=True)]
        return replace(self, at_hand=np.array(at_hand))

    def supply(self, weeks: int) -> np.ndarray:
        """(weeks, items): units that become available in each week; the first is what is at hand."""
        supply = np.tile(self.for_export, (weeks, 1))
        supply[0] = self.at_hand
        return supply


def depot(
    assumptions: Assumptions, items: Sequence[str], *, day: date, opened: date, sent: Sequence[Sent]
) -> Depot:
    """The depot on ``day``: opening stock, and production for export with this week's, less what was sent.

    Home's own use is met from the production that stays at home; the reserve looks after the rest.
    Raises InputError for an item without supply figures.
    """
    supplies = [_supply(assumptions, name) for name in items]
    for_export = np.array([s.production * s.export_share for s in supplies]).round()
    weeks = max(0, (day - opened).days) / 7
    given = np.array([sum(s.units.get(name, 0) for s in sent if s.day <= day) for name in items])
    at_hand = np.array([s.stock for s in supplies]) + (for_export * (weeks + 1)).round() - given
    for name, units in zip(items, at_hand, strict=True):
        if units < -1:
            raise InputError(
                f"{-units:,.0f} more {name} were sent than the assumptions say there were.",
                way_out="Count the depot and name the list with --stock, or correct the assumptions.",
                item=name,
            )
    for_home = np.array([s.production for s in supplies]) - for_export
    return Depot(tuple(items), np.maximum(at_hand, 0), for_export, for_home)


def _supply(assumptions: Assumptions, item: str) -> ItemSupply:
    if item not in assumptions.supply:
        raise InputError(
            f"Nothing is known about the supply of {item}.",
            way_out=f"Add [supply.{item}] to the assumptions, or name it in the stock file.",
        )
    return assumptions.supply[item]


def with_stock(assumptions: Assumptions, counted: Mapping[str, int]) -> Assumptions:
    """The assumptions with counted stock in place of assumed stock."""
    supply = {
        name: replace(figures, stock=counted[name], basis={**figures.basis, "stock": "stock list"})
        if name in counted
        else figures
        for name, figures in assumptions.supply.items()
    }
    return replace(assumptions, supply=supply)


def read_stock(data: bytes, *, name: str) -> Mapping[str, int]:
    """Units by item from a stock list: CSV with the columns ``item`` and ``quantity``; lines of an item add up.

    Raises InputError naming line and column for an unknown item, or a quantity that cannot be counted.
    """
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        missing = {"item", "quantity"} - set(rows.fieldnames or ())
    except UnicodeDecodeError as fault:
        raise InputError(
            f"Byte {fault.start} is not UTF-8.", file=name, way_out="Save the file as UTF-8."
        ) from None
    if missing:
        raise InputError(
            f"The column {', '.join(sorted(missing))} is missing.",
            file=name,
            line=1,
            way_out="A stock list has the columns item and quantity.",
        )
    counted: dict[str, int] = {}
    for row in rows:
        item, units = _stock_line(row, name, rows.line_num)
        counted[item] = counted.get(item, 0) + units
    if not any(counted.values()):
        raise InputError("This stock list holds no stock.", file=name, way_out="Count the depot first.")
    return counted


def _stock_line(row: Mapping[str, str], name: str, line: int) -> tuple[str, int]:
    field = "item"
    try:
        item = find_item(row["item"] or "").code
        field = "quantity"
        return item, whole(row["quantity"] or "", what=item)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, file=name, line=line, field=field) from None
