"""How are tables written for people who work in a spreadsheet?"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

T = TypeVar("T")

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Sheet:
    """One table under its name. None is an empty cell: absent is not zero."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_xlsx(sheets: Sequence[Sheet], *, created: datetime) -> bytes:
    """The sheets as one workbook, in order. Text is text: no cell is ever a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    book.properties.creator = "Sampan"
    book.properties.created = book.properties.modified = created.replace(tzinfo=None)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        head = [WriteOnlyCell(page, value=name) for name in sheet.columns]
        for index, cell in enumerate(head):
            cell.font = Font(bold=True)
            width = max((len(str(row[index])) for row in sheet.rows), default=0)
            page.column_dimensions[_letter(index)].width = min(60, max(len(sheet.columns[index]), width) + 2)
        page.append(head)
        for row in sheet.rows:
            cells = [WriteOnlyCell(page, value=value) for value in row]
            for cell, value in zip(cells, row, strict=True):
                if isinstance(value, str):
                    cell.data_type = "s"
            page.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index + 1))


def write_csv(sheet: Sheet) -> bytes:
    """One sheet as CSV in UTF-8. Text that a spreadsheet would calculate gets an apostrophe before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    for row in sheet.rows:
        writer.writerow(["" if cell is None else inert(cell) for cell in row])
    return text.getvalue().encode()


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of something to calculate (OWASP, "CSV Injection")."""


def inert(cell: T) -> T | str:
    """A cell that no spreadsheet calculates. Numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_written(text: str) -> str:
    """What ``inert`` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
