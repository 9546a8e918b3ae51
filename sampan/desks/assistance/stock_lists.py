"""Which lots does a stock list name? CSV by column, or by the label on the carton."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from sampan.core.errors import InputError
from sampan.core.quantities import whole
from sampan.core.time import read_day
from sampan.formats.csvfile import check_width, rows
from sampan.formats.gs1 import Label
from sampan.records.assistance import LotLine
from sampan.world.items import item as find_item

COLUMNS = ("item", "quantity", "unit", "lot", "expiry", "earmark", "reason", "label")
"""Needed are item and quantity, or label (GS1) and, if the label has no count, quantity."""

Resolve = Callable[[str, int | None], LotLine]
"""What the label on a carton says, given how many cartons there are."""


def lot_line(
    item: str,
    units: int,
    *,
    lot: str | None = None,
    expiry: date | None = None,
    earmark: str | None = None,
    least: int = 1,
) -> LotLine:
    """A checked line. Raises InputError for an unknown item, too few units, or an expiry without a lot."""
    code = find_item(item).code
    if expiry is not None and not lot:
        raise InputError(
            f"{item} has an expiry but no lot.",
            way_out="Write the lot that is printed beside it.",
            field="lot",
        )
    return LotLine(
        item=code, units=whole(units, what=code, at_least=least), lot=lot, expiry=expiry, earmark=earmark
    )


def line_of(label: Label, *, item: str, units_each: int, count: int | None) -> LotLine:
    """The line that a label stands for. ``count`` is of labelled packs, where the label itself has none.

    Raises InputError if neither says how many there are.
    """
    packs = label.count if count is None else count
    if packs is None:
        raise InputError(
            "The label does not say how many there are.", way_out="Give the number of packs, or scan (37)."
        )
    return lot_line(item, packs * units_each, lot=label.lot, expiry=label.expiry)


def read_lots(data: bytes, *, name: str, resolve: Resolve) -> tuple[tuple[LotLine, str], ...]:
    """The lines of a stock list, each with its reason. Lines of one lot add up.

    Raises InputError naming line and column for whatever cannot be counted.
    """
    found: dict[LotLine, tuple[int, str]] = {}
    header: list[str] | None = None
    for line, cells in rows(data, name=name):
        if header is None:
            header = _header(cells, name)
            continue
        check_width(cells, width=len(header), line=line, name=name, data=data)
        said = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        read = _line(said, resolve, name=name, line=line)
        lot = LotLine(item=read.item, units=0, lot=read.lot, expiry=read.expiry, earmark=read.earmark)
        units, reason = found.get(lot, (0, ""))
        found[lot] = units + read.units, reason or said.get("reason", "")
    if not found:
        raise InputError("This stock list holds no stock.", file=name, way_out="Count the depot first.")
    return tuple(
        (LotLine(item=x.item, units=units, lot=x.lot, expiry=x.expiry, earmark=x.earmark), reason)
        for x, (units, reason) in found.items()
    )


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip().casefold() for cell in cells]
    unknown = [cell for cell in header if cell not in COLUMNS]
    if unknown or not ("label" in header or {"item", "quantity"} <= set(header)):
        raise InputError(
            f'There is no column "{unknown[0]}" in a stock list.' if unknown else "A column is missing.",
            file=name,
            line=1,
            way_out=f"The columns are {', '.join(COLUMNS)}; item and quantity, or label, must be there.",
        )
    return header


def _line(said: Mapping[str, str], resolve: Resolve, *, name: str, line: int) -> LotLine:
    try:
        return _by_label(said, resolve) if said.get("label") else _by_column(said)
    except InputError as fault:
        raise InputError(fault.what, way_out=fault.way_out, file=name, line=line, field=fault.field) from None


def _by_label(said: Mapping[str, str], resolve: Resolve) -> LotLine:
    count = whole(said["quantity"], what="packs", at_least=0) if said.get("quantity") else None
    return resolve(said["label"], count)


def _by_column(said: Mapping[str, str]) -> LotLine:
    known = find_item(said.get("item", ""))
    units = in_units(said.get("quantity", ""), said.get("unit", ""), item=known.code)
    expiry = read_day(said["expiry"]) if said.get("expiry") else None
    return lot_line(
        known.code,
        units,
        lot=said.get("lot") or None,
        expiry=expiry,
        earmark=said.get("earmark") or None,
        least=0,
    )


def in_units(quantity: str | int, unit: str, *, item: str) -> int:
    """``quantity`` in base units: in the item's own unit (or none named), or in cartons.

    Raises InputError for a unit that the item is not counted in.
    """
    known = find_item(item)
    count = whole(quantity, what=item)
    if unit.casefold() in ("", known.unit, f"{known.unit}s"):
        return count
    if unit.casefold() in ("carton", "cartons"):
        return count * known.pack
    raise InputError(
        f'{known.code} is not counted in "{unit}".',
        way_out=f"Count it in its own unit ({known.unit}), or in cartons of {known.pack}.",
        field="unit",
    )
