"""Which cells does a CSV file hold, and on which line does each stand?

Every reader of reported figures starts here, so that a fault is named the same way everywhere:
file, line, column, way out. Rows are streamed: a large file costs its own bytes and little more.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence

from sampan.core.errors import InputError, clause

LIMIT = 256 * 1024 * 1024
"""Bytes of the largest file that is read at all: more than any that JHU, WHO or OWID published."""

LONGEST_LINE = 1024 * 1024
"""Characters: a hundred times JHU's longest. A longer line is refused before it is cut into cells."""

MOST = 1e10
"""A count above this is more people than have ever been alive at once: the file is damaged."""

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE]\+?[0-9]{1,2})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([,.' \u00a0\u202f][0-9]{3})+")
_FORMS = {
    b"PK\x03\x04": clause("an Excel workbook or zip archive"),
    b"\x1f\x8b": clause("a gzip archive"),
    b"\xff\xfe": clause("text in UTF-16"),
    b"\xfe\xff": clause("text in UTF-16"),
    b"%PDF": clause("a PDF document"),
}


def check_form(data: bytes, *, name: str, limit: int = LIMIT) -> None:
    """Raises InputError if ``data`` cannot be a CSV file at all: empty, too large, or of another kind."""
    if len(data) > limit:
        raise InputError(
            f"The file holds {len(data):,} bytes; at most {limit:,} are read.",
            file=name,
            way_out="Cut it into shorter periods, or keep only the columns that are needed.",
        )
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise InputError("The file is empty.", file=name, way_out="Fetch or export it again.")
    if start[:1] == b"<":
        raise InputError(
            "This is a web page, not a table.", file=name, way_out="Fetch the raw CSV file behind the page."
        )
    for magic, form in _FORMS.items():
        if start.startswith(magic):
            raise InputError(f"This is {form}.", file=name, way_out="Save it as CSV, UTF-8.")


def rows(data: bytes, *, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a comma-separated UTF-8 file with the line on which each starts; blank lines are skipped.

    A byte-order mark and any line ending are accepted. Raises InputError for bytes that are not
    UTF-8, unbalanced quotes and a cell longer than the csv module reads.
    """
    check_form(data, name=name)
    reader = csv.reader(_lines(data, name=name), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except UnicodeDecodeError:
        raise _not_utf8(data, name) from None
    except csv.Error as fault:
        raise InputError(
            f"The cells cannot be told apart ({fault}).",
            file=name,
            line=line,
            way_out="A quote is left open or a cell is damaged: fetch or export the file again.",
        ) from None


def _lines(data: bytes, *, name: str) -> Iterator[str]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise InputError(
                f"The line is longer than {LONGEST_LINE:,} characters.",
                file=name,
                line=number,
                way_out="Its line ends are lost, or it is no table: fetch or export the file again.",
            )
        yield line


def _not_utf8(data: bytes, name: str) -> InputError:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        wrong = data[fault.start : fault.start + 1]
        return InputError(
            f"Byte {fault.start + 1} (0x{wrong.hex()}) is not UTF-8; "
            f'in Windows-1252 it would read "{wrong.decode("cp1252", "replace")}".',
            file=name,
            line=line,
            way_out="Save the file as CSV UTF-8.",
            byte=fault.start,
        )
    raise AssertionError("called only after a decoding fault")


def check_width(cells: Sequence[str], *, width: int, line: int, name: str, data: bytes) -> None:
    """Raises InputError unless the row has as many cells as the header, telling a cut last line apart."""
    if len(cells) == width:
        return
    last = not data.endswith((b"\n", b"\r")) and line >= data.count(b"\n") + 1
    raise InputError(
        f"The row has {len(cells)} cells where the header has {width}.",
        file=name,
        line=line,
        way_out="The file ends in the middle of a line, as a cut download does: fetch it again."
        if last
        else "Correct the row, or fetch the file again.",
    )


def column(header: Sequence[str], names: Sequence[str], *, name: str) -> int:
    """Where the first of ``names`` stands in ``header``; InputError with the nearest if none does."""
    place = optional_column(header, names)
    if place is not None:
        return place
    near = difflib.get_close_matches(
        names[0].casefold(), [cell.casefold() for cell in header], n=1, cutoff=0.75
    )
    raise InputError(
        f'The column "{names[0]}" is missing.',
        file=name,
        line=1,
        way_out=f'Is it "{near[0]}"? Rename it "{names[0]}".'
        if near
        else f"It has [{', '.join(header)[:200]}]. Fetch the file again, or check that it is the right one.",
    )


def optional_column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the first of ``names`` stands in ``header``, whatever its case; None if none does."""
    written = [cell.strip().casefold() for cell in header]
    return next((written.index(each.casefold()) for each in names if each.casefold() in written), None)


def count(text: str, *, name: str, line: int, field: str) -> float:
    """``text`` as a whole number of people; NaN if the cell is blank or says that nothing is known.

    May be negative (a correction): the caller knows whether that is allowed. Raises InputError for
    fractions, grouped thousands, formulas and anything else.
    """
    if text.isdecimal() and text.isascii() and len(text) <= 10:
        return float(text)
    written = text.strip()
    if written.casefold() in _MISSING:
        return float("nan")
    if not _NUMBER.fullmatch(written):
        raise InputError(
            f'"{_short(written)}" is not a count.', file=name, line=line, field=field, way_out=_hint(written)
        )
    value = float(written)
    if value != int(value):
        raise InputError(
            f"{written} is a fraction of a person.",
            file=name,
            line=line,
            field=field,
            way_out="Write whole numbers, without a point between thousands.",
        )
    if abs(value) > MOST:
        raise InputError(
            f"{_short(written)} is more people than are alive.",
            file=name,
            line=line,
            field=field,
            way_out="The cell is damaged: fetch or export the file again.",
        )
    return value


def _hint(written: str) -> str:
    if _GROUPED.fullmatch(written):
        return "Write numbers without separators between thousands."
    if written.startswith("="):
        return "The cell holds a formula: save the sheet's values."
    return "Write a whole number, or leave the cell empty if nothing was reported."


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def first_row(data: bytes, *, name: str) -> list[str]:
    """The header of the file. Raises InputError if there is none."""
    for line, cells in rows(data, name=name):
        if len(cells) == 1 and re.search(r"[;\t]", cells[0]):
            raise InputError(
                "The cells are separated by semicolons or tabs.",
                file=name,
                line=line,
                way_out="Save the file with commas between cells.",
            )
        return cells
    raise InputError("The file is empty.", file=name, way_out="Fetch or export it again.")
