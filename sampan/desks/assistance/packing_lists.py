"""What goes with a batch on paper: a summary, and a packing list for each consignment?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.formats.spreadsheet import Cell, Sheet, write_csv, write_xlsx
from sampan.records.assistance import Handover
from sampan.world.consignments import Tracked, numbers, track
from sampan.world.items import item
from sampan.world.parties import party

SUMMARY = (
    "consignment", "recipient", "recipient code", "state", "waybill", "item", "units", "unit", "cartons",
    "volume m³", "weight kg",
)  # fmt: skip
LOTS = (
    "consignment", "recipient", "item", "lot", "expiry", "earmark", "units", "unit", "cartons", "volume m³",
    "weight kg",
)  # fmt: skip


def as_sheet(session: Session, batch: int, *, kind: str = ".xlsx") -> bytes:
    """The batch as a workbook (a summary, then a sheet for each consignment), or its packing lists as CSV.

    What is not packed yet is listed without lots. Raises InputError if there is no such batch or kind.
    """
    found = [track(session.ledger, number) for number in numbers(session.ledger, batch=batch)]
    if not found:
        raise InputError(f"There is no batch {batch}.", way_out="See: sampan batch list")
    names = {one.recipient: party(session.ledger, one.recipient).name for one in found}
    if kind == ".csv":
        rows = tuple(row for one in found for row in _lots(one, names[one.recipient]))
        return write_csv(Sheet("packing lists", LOTS, rows))
    if kind != ".xlsx":
        raise InputError(f'"{kind}" is no kind of spreadsheet.', way_out="Name a file .xlsx or .csv.")
    summary = tuple(row for one in found for row in _summary(one, names[one.recipient]))
    lists = [Sheet(one.number, LOTS, tuple(_lots(one, names[one.recipient]))) for one in found]
    return write_xlsx([Sheet(f"batch {batch}", SUMMARY, summary), *lists], created=session.clock.now())


def _summary(one: Tracked, name: str) -> Iterator[tuple[Cell, ...]]:
    waybills = [event.record.waybill for event in one.events if isinstance(event.record, Handover)]
    lists = [row[2:] for row in _lots(one, name)]
    for code in dict.fromkeys(row[0] for row in lists):
        mine = [row for row in lists if row[0] == code]
        units, cartons, volume, weight = (_total(mine, at) for at in (4, 6, 7, 8))
        sizes = (code, units, mine[0][5], cartons, round(volume, 3), round(weight, 1))
        yield (one.number, name, one.recipient, one.state, ", ".join(waybills) or None, *sizes)


def _total(rows: Sequence[Sequence[Cell]], at: int) -> float:
    """The sum of one column of packing list rows: what is packed lot by lot is carried lot by lot."""
    return sum(said for row in rows if isinstance(said := row[at], int | float))


def _lots(one: Tracked, name: str) -> Iterator[tuple[Cell, ...]]:
    for lot in one.lots:
        what = lot.commodity
        units = lot.packed + lot.transit + lot.good + lot.claimed
        code, *rest = _size(what.item, units)
        yield (one.number, name, code, what.lot, what.expiry, what.earmark, *rest)
    if not one.lots:
        for line in one.promised:
            code, *rest = _size(line.item, line.units)
            yield (one.number, name, code, None, None, None, *rest)


def _size(code: str, units: int) -> tuple[Cell, ...]:
    """Item, units, unit, cartons (the last may be open), volume and weight."""
    of = item(code)
    cartons = -(-units // of.pack)
    return code, units, of.unit, cartons, round(cartons * of.volume_m3, 3), round(cartons * of.weight_kg, 1)
