"""How is a table written so that anybody can read it whatever its columns are called?

A header, under it a row of hashtags (HXL 1.1, https://hxlstandard.org/standard/1-1final/), then the rows:
UTF-8, comma-separated, RFC 4180.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from sampan.formats.spreadsheet import inert

_TAG = re.compile(r"#[a-z][a-z0-9_]*(?:\+[a-z][a-z0-9_]*)*")


def write(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> bytes:
    """The file of ``rows`` under ``columns`` (header, hashtag); None is an empty cell.

    Raises ValueError for what is no hashtag or a row of another width: both are our own mistakes.
    """
    wrong = [tag for _, tag in columns if not _TAG.fullmatch(tag)]
    if wrong:
        raise ValueError(f"{wrong[0]} is not an HXL hashtag")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([header for header, _ in columns])
    writer.writerow([tag for _, tag in columns])
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row of {len(row)} cells under {len(columns)} columns")
        writer.writerow(["" if cell is None else inert(cell) for cell in row])
    return text.getvalue().encode()
