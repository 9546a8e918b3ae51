"""Which rows does a table about genomes hold, as TSV, CSV or XLSX, plain or packed, and on which line does each stand?

Everything in it is hostile until read: a workbook that unpacks to more than it should, a cell that a spreadsheet
would calculate, a line without end. What a cell means is for the reader of the rows to say.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sampan.core.errors import InputError
from sampan.formats import csvfile
from sampan.formats.packed import is_packed, pieces

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
LONGEST_CELL = 5_000
MOST_UNPACKED = 512 * 1024 * 1024
"""Bytes that a packed table, or the parts of a workbook, may unpack to, all together."""
MODEST, MOST_TIMES = 32 * 1024 * 1024, 100
"""Beyond so many bytes, how many times the packed size they may be: real tables reach twenty."""

_WAY_OUT = "Save it as TSV or CSV in UTF-8, or as XLSX."


@dataclass(frozen=True)
class MetadataRow:
    """One row: the line where it begins, and its cells by the column's name as the file has it, stripped."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class MetadataTable:
    """A table: its file, its columns, its rows."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[MetadataRow, ...]


def is_workbook(data: bytes) -> bool:
    """Whether these bytes begin as a workbook does."""
    return data.startswith(b"PK\x03\x04")


def looks_like_table(begins: bytes) -> bool:
    """Whether a file that begins so, once it is unpacked, is a workbook, or text that is not FASTA."""
    start = begins[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    return is_workbook(begins) or (not start.startswith(b">") and b"\0" not in start)


def read_metadata(packed: bytes, *, name: str) -> MetadataTable:
    """The table in a file, plain or packed. Raises InputError naming file and line for what is no table."""
    data = _unpacked(packed, name)
    lines = _workbook(data, name) if is_workbook(data) else _text(data, name)
    head = next(lines, None)
    if head is None:
        raise InputError("The table is empty.", file=name, way_out="Head it with the names of its columns.")
    columns = _header(head, name)
    rows: list[MetadataRow] = []
    for line, cells in lines:
        if len(rows) == MOST_ROWS:
            raise InputError(
                f"{MOST_ROWS:,} rows are the most.", file=name, line=line, way_out="Split the table."
            )
        if not any(cells):
            continue
        if any(cells[len(columns) :]):
            raise InputError(
                f"The row has {len(cells)} cells where the header has {len(columns)}.",
                file=name,
                line=line,
                way_out="A tab or comma stands inside a cell: quote the cell, or take it out.",
            )
        rows.append(MetadataRow(line, dict(zip(columns, cells, strict=False))))
    return MetadataTable(name, columns, tuple(rows))


def _unpacked(data: bytes, name: str) -> bytes:
    """The file itself. Raises InputError if it is damaged, or unpacks to more than any table of genomes."""
    if not is_packed(data):
        return data
    found = bytearray()
    for piece, _ in pieces(io.BytesIO(data), name):
        found += piece
        if _is_too_much(len(found), len(data)):
            raise InputError(
                "The table unpacks to far more than a table of genomes.", file=name, way_out=_WAY_OUT
            )
    return bytes(found)


def _is_too_much(unpacked: int, packed: int) -> bool:
    return unpacked > MOST_UNPACKED or (unpacked > MODEST and unpacked > MOST_TIMES * packed)


def _header(head: tuple[int, Sequence[str]], name: str) -> tuple[str, ...]:
    line, cells = head
    columns = tuple(cells)
    while columns and not columns[-1]:
        columns = columns[:-1]
    if len(columns) > MOST_COLUMNS:
        raise InputError(f"{MOST_COLUMNS} columns are the most.", file=name, line=line, way_out=_WAY_OUT)
    folded = [column.casefold() for column in columns]
    for column in columns:
        if folded.count(column.casefold()) > 1:
            raise InputError(
                "Two columns have this name.",
                file=name,
                line=line,
                field=column,
                way_out="Take one out, or rename it.",
            )
    return columns


def _text(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Lines of TSV, or of CSV if the first line has no tab."""
    if b"\t" not in data.partition(b"\n")[0]:
        for line, cells in csvfile.rows(data, name=name):
            yield line, [_cell(cell, name, line) for cell in cells]
        return
    csvfile.check_form(data, name=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise InputError(
            f"Byte {fault.start + 1} (0x{data[fault.start]:02x}) is not UTF-8.",
            file=name,
            line=data.count(b"\n", 0, fault.start) + 1,
            way_out="Save the table as TSV in UTF-8.",
        ) from None
    for line, row in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if row.strip():
            yield line, [_cell(_unquoted(cell), name, line) for cell in row.split("\t")]


def _unquoted(cell: str) -> str:
    """A cell as a spreadsheet writes it to TSV: in quotes if it holds some."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _workbook(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet."""
    from openpyxl import load_workbook

    _require_modest(data, name)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        for line, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1), 1):
            cells = [_cell(_said(cell.value), name, line) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield line, cells
    except InputError:
        raise
    except Exception as fault:  # whatever openpyxl makes of a damaged or hostile workbook
        raise InputError(
            f"The workbook cannot be read ({type(fault).__name__}).", file=name, way_out=_WAY_OUT
        ) from None


def _require_modest(data: bytes, name: str) -> None:
    """Raises InputError if the parts of a workbook unpack to more than any table of genomes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise InputError("The workbook is damaged.", file=name, way_out=_WAY_OUT) from None
    if "xl/workbook.xml" not in names:
        raise InputError(
            "This is a zip archive, not a workbook.", file=name, way_out="Unpack it and hand in its files."
        )
    if _is_too_much(size, len(data)):
        raise InputError(
            "The workbook unpacks to far more than a table of genomes.", file=name, way_out=_WAY_OUT
        )


def _said(value: Any) -> str:
    """A cell's value as text; a day as 2020-03-26."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _cell(text: str, name: str, line: int) -> str:
    """A cell without blanks around it. Raises InputError if it is longer than any should be."""
    if len(text) > LONGEST_CELL:
        raise InputError(
            f"A cell has {len(text):,} characters: {text[:40]}…", file=name, line=line, way_out="Shorten it."
        )
    return text.strip().replace("\u00a0", " ")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would calculate this cell instead of showing it."""
    if text[:1] in "=@\t\r" and text:
        return True
    return text[:1] in "+-" and len(text) > 1 and not text[1:].replace(".", "", 1).isdigit()
