"""What is in the national depots and in the provinces' own, and what will come into them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from sampan.core.errors import InputError
from sampan.core.quantities import whole
from sampan.desks.assistance.assumptions import Assumptions, ItemSupply
from sampan.formats.csvfile import check_width, column, optional_column, rows
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

    def supply(self, weeks: int) -> np.ndarray:
        """(weeks, items): units that become available in each week; the first is what is at hand."""
        supply = np.tile(self.for_export, (weeks, 1))
        supply[0] = self.at_hand
        return supply


@dataclass(frozen=True)
class Store:
    """A province's own depot, by its code, and the units of each item that are free in it."""

    province: str
    units: Mapping[str, int]

    def array(self, items: Sequence[str]) -> np.ndarray:
        """(items,): units of each."""
        return np.array([self.units.get(item, 0) for item in items], dtype=float)


def depot(
    assumptions: Assumptions,
    items: Sequence[str],
    *,
    day: date,
    opened: date,
    sent: Sequence[Sent],
    counted: Mapping[str, int],
) -> Depot:
    """The depot on ``day``: of each item what is ``counted``, and of one that nobody counted what is assumed.

    That is opening stock, and production for export with this week's, less what was sent. Home's own use is
    met from the production that stays at home; the reserve looks after the rest. Raises InputError for an item
    without supply figures, or of which more was sent than was assumed.
    """
    supplies = [_supply(assumptions, name) for name in items]
    for_export = np.array([s.production * s.export_share for s in supplies]).round()
    weeks = max(0, (day - opened).days) / 7
    given = np.array([sum(s.units.get(name, 0) for s in sent if s.day <= day) for name in items])
    assumed = np.array([s.stock for s in supplies]) + (for_export * (weeks + 1)).round() - given
    at_hand = [counted.get(name, units) for name, units in zip(items, assumed, strict=True)]
    for name, units in zip(items, at_hand, strict=True):
        if units < -1:
            raise InputError(
                f"{-units:,.0f} more {name} were sent than the assumptions say there were.",
                way_out="Count the depot (sampan stock count), or correct the assumptions.",
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


def read_stock(data: bytes, *, name: str) -> Mapping[str, Mapping[str, int]]:
    """Units by depot and item from a stock list: CSV with the columns ``item``, ``quantity`` and, if there is
    more than the main depot, ``depot`` (``CN-HB`` is Hubei's own). Lines of one item in one depot add up. A
    column ``unit`` must say the item's own.

    Raises InputError naming line and column for an unknown item or unit, or a quantity that cannot be counted.
    """
    lines = rows(data, name=name)
    _, header = next(lines)
    places = {field: column(header, [field], name=name) for field in ("item", "quantity")}
    depot, unit = optional_column(header, ["depot"]), optional_column(header, ["unit", "units"])
    counted: dict[str, dict[str, int]] = {}
    for line, cells in lines:
        check_width(cells, width=len(header), line=line, name=name, data=data)
        item, units = _stock_line({field: cells[at] for field, at in places.items()}, name, line)
        if unit is not None:
            _check_unit(cells[unit].strip(), item, name, line)
        where = cells[depot].strip() if depot is not None else ""
        here = counted.setdefault(where or DEPOT, {})
        here[item] = here.get(item, 0) + units
    if not any(units for here in counted.values() for units in here.values()):
        raise InputError("This stock list holds no stock.", file=name, way_out="Count the depot first.")
    return counted


def _check_unit(said: str, item: str, name: str, line: int) -> None:
    """Raises InputError for a unit that is not the item's: cartons taken for pieces would be a wrong plan."""
    known = find_item(item).unit
    if said.casefold() not in {"", known.casefold(), f"{known}s".casefold()}:
        raise InputError(
            f'{item} is not counted in "{said}".',
            file=name,
            line=line,
            field="unit",
            way_out=f"Count it in its own unit ({known}), singly, or leave the unit empty.",
        )


def _stock_line(row: Mapping[str, str], name: str, line: int) -> tuple[str, int]:
    field = "item"
    try:
        item = find_item(row["item"].strip()).code
        field = "quantity"
        return item, whole(row["quantity"], what=item)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, file=name, line=line, field=field) from None
