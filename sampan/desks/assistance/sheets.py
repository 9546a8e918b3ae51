"""How is a spreadsheet of our own records read, so that a fault names its line and column, and written back?"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.lines import write_quantity, write_what
from sampan.formats.csvfile import check_width, rows
from sampan.formats.spreadsheet import as_written, inert
from sampan.ledger.entry import Entry
from sampan.records.record import Record

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """A column: what it holds in one sentence, and an example. ``required`` cells are never empty."""

    name: str
    says: str
    example: str
    required: bool = False


@dataclass(frozen=True)
class Cells:
    """One row of a sheet, with where it stands."""

    file: str
    line: int
    values: Mapping[str, str]

    def text(self, name: str) -> str:
        """The cell, without spaces around it; empty if there is no such column."""
        return as_written(self.values.get(name, "").strip())

    def get(self, name: str, read: Callable[[str], T]) -> T:
        """The cell as ``read`` understands it. What is wrong with it is said with line and column."""
        try:
            return read(self.text(name))
        except InputError as fault:
            raise self.wrong(fault, name) from None

    def maybe(self, name: str, read: Callable[[str], T]) -> T | None:
        """The same, None for an empty cell."""
        return self.get(name, read) if self.text(name) else None

    def wrong(self, fault: InputError, name: str | None = None) -> InputError:
        """``fault`` at this line, and in column ``name`` (or that which the fault itself names)."""
        column = name or (fault.field if fault.field in self.values else None)
        return InputError(
            fault.what, way_out=fault.way_out, file=self.file, line=self.line, field=column, **fault.facts
        )

    def checked(self, check: Callable[[], T], columns: Mapping[str, str] | None = None) -> T:
        """What ``check`` returns; its faults are said with the line. ``columns`` renames their fields."""
        try:
            return check()
        except InputError as fault:
            raise self.wrong(fault, (columns or {}).get(fault.field or "")) from None
        except Refused as fault:
            said = f"{self.file}, line {self.line}: {fault.what}"
            raise Refused(said, way_out=fault.way_out, **fault.facts) from None


Dated = tuple[date, Record]


@dataclass(frozen=True)
class Template:
    """A sheet: its columns, how its rows become records, and how records become its rows."""

    name: str
    says: str
    columns: tuple[Column, ...]
    records: Callable[[Session, list[Cells]], list[Dated]]
    lines: Callable[[Session], list[Mapping[str, object]]]

    def blank(self) -> bytes:
        """The header and a row of examples, to be written over."""
        return write(self.columns, [{column.name: column.example for column in self.columns}])


def read(data: bytes, columns: Sequence[Column], *, name: str) -> list[Cells]:
    """The rows of a sheet with these columns, in any order.

    Raises InputError for a column that is missing, unknown or twice there, a row of another width, an empty
    cell that is required, or a sheet without rows.
    """
    found: list[Cells] = []
    header: list[str] | None = None
    for line, cells in rows(data, name=name):
        if header is None:
            header = _header(cells, columns, line=line, name=name)
            continue
        check_width(cells, width=len(header), line=line, name=name, data=data)
        row = Cells(name, line, dict(zip(header, cells, strict=True)))
        for column in columns:
            if column.required and not row.text(column.name):
                raise row.wrong(InputError("This cell is empty.", way_out=column.says), column.name)
        found.append(row)
    if not found:
        raise InputError("The sheet holds no rows.", file=name, way_out="Fill it in under its header.")
    return found


def _header(cells: Sequence[str], columns: Sequence[Column], *, line: int, name: str) -> list[str]:
    header = [cell.strip().casefold() for cell in cells]
    known = [column.name for column in columns]
    for each in header:
        if each not in known:
            near = difflib.get_close_matches(each, known, n=1)
            way_out = f"Did you mean {near[0]}?" if near else f"Its columns are {', '.join(known)}."
            raise InputError(
                f'There is no column "{each}".', file=name, line=line, field=each, way_out=way_out
            )
    for each in known:
        if header.count(each) > 1:
            raise InputError(
                "This column is there twice.", file=name, line=line, field=each, way_out="Drop one."
            )
    for column in columns:
        if column.required and column.name not in header:
            raise InputError(
                "This column is missing.", file=name, line=line, field=column.name, way_out=column.says
            )
    return header


def grouped(sheet: Iterable[Cells], key: str, shared: Sequence[str]) -> list[list[Cells]]:
    """Rows that belong together by ``key``; the cells ``shared`` are the same in all of them.

    Raises InputError where they differ, or where a key comes back after another.
    """
    groups: list[list[Cells]] = []
    seen: dict[str, int] = {}
    for row in sheet:
        value = row.text(key)
        if groups and groups[-1][0].text(key) == value:
            first = groups[-1][0]
            for name in shared:
                if row.text(name) != first.text(name):
                    fault = InputError(
                        f'Line {first.line} of {value} says "{first.text(name)}".',
                        way_out="Write the same in all its lines.",
                    )
                    raise row.wrong(fault, name)
            groups[-1].append(row)
            continue
        if value in seen:
            fault = InputError(f"{value} began on line {seen[value]}.", way_out="Keep its lines together.")
            raise row.wrong(fault, key)
        seen[value] = row.line
        groups.append([row])
    return groups


def write(columns: Sequence[Column], lines: Iterable[Mapping[str, object]]) -> bytes:
    """The sheet as CSV: UTF-8, RFC 4180; None and what is not named are empty cells."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in columns], restval="")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: "" if value is None else inert(value) for name, value in line.items()})
    return text.getvalue().encode()


def entries_of(session: Session, kind: str) -> list[Entry]:
    """Every entry of ``kind``, in the order of the log."""
    return list(session.ledger.entries(kind=kind))


def refuse_twice(row: Cells, column: str, seen: dict[str, int]) -> None:
    """Refuses a code that an earlier row of the sheet has introduced."""
    code = row.text(column)
    if code in seen:
        raise row.wrong(
            InputError(f"{code} stands on line {seen[code]}.", way_out="Keep one of them."), column
        )
    seen[code] = row.line


def thing(line: Mapping[str, object]) -> dict[str, object]:
    """The cells ``what`` and ``quantity`` of a line in the body of an entry."""
    kind, item, quantity = str(line["kind"]), str(line["item"]), int(str(line["quantity"]))
    return {"what": write_what(kind, item), "quantity": write_quantity(kind, item, quantity)}


DAY = Column("day", "The day on which it was said, as 2020-03-26.", "2020-03-26")
WHAT = Column("what", "mask, USD, people:nurse or service:air freight.", "mask", required=True)
QUANTITY = Column("quantity", "Units, an amount of money, person-days or times.", "200000", required=True)
NOTE = Column("note", "A word for the record; nothing personal.", "")
