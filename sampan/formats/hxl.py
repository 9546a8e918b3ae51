"""What does a CSV file with HXL hashtags say?

The Humanitarian Exchange Language puts a row of hashtags under (or instead of) the header, so that
any file can be read whatever its columns are called. https://hxlstandard.org/standard/1-1final/.
Understood here: ``#date``; ``#country`` and ``#adm1`` with ``+code`` or ``+name``; ``#affected`` with
``+infected`` or ``+killed``. Counts are cumulative unless tagged ``+new`` or ``+daily``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sampan.core.errors import InputError
from sampan.formats.csvfile import rows
from sampan.formats.long import Layout, Measure
from sampan.formats.long import read as read_long
from sampan.formats.table import ReportedTable

NAME = "hxl.csv"

_LOOK_IN = 25
"""The standard lets the hashtags stand anywhere in the first 25 rows."""

_NEW = frozenset({"new", "daily"})


def read(data: bytes, *, name: str = NAME) -> ReportedTable:
    """The tagged columns as a table; raises InputError if the tags, or those needed, are missing."""
    found = tag_row(data, name=name)
    if found is None:
        raise InputError(
            "No row of hashtags is among the first 25.",
            file=name,
            way_out="Put #date, #country+name and #affected+infected under the header.",
        )
    number, line, tags = found

    def find(tag: str, *attributes: str, avoid: frozenset[str] = frozenset()) -> int | None:
        return _tagged(tags, tag, frozenset(attributes), avoid)

    day = _needed(find("#date"), "#date", line=line, name=name)
    code, country = find("#country", "code"), find("#country", avoid=frozenset({"code"}))
    if code is None and country is None:
        _needed(None, "#country+name", line=line, name=name)
    area = find("#adm1", avoid=frozenset({"code"}))
    cases = Measure("cases", find("#affected", "infected", avoid=_NEW), _new(tags, "infected"))
    deaths = Measure("deaths", find("#affected", "killed", avoid=_NEW), _new(tags, "killed"))
    if not cases.columns:
        _needed(None, "#affected+infected", line=line, name=name)
    layout = Layout(
        "hxl",
        tags,
        day=day,
        country=country,
        province=find("#adm1", "code") if area is None else area,
        code=code,
        cases=cases,
        deaths=deaths,
        read_day=_day,
        head_lines=number + 1,
    )
    return read_long(data, layout, name=name)


def tag_row(data: bytes, *, name: str) -> tuple[int, int, list[str]] | None:
    """The number, the line and the cells of the row of hashtags; None if there is none."""
    for number, (line, cells) in enumerate(rows(data, name=name)):
        if number >= _LOOK_IN:
            break
        written = [cell.strip().casefold() for cell in cells]
        if any(written) and all(cell.startswith("#") or not cell for cell in written):
            return number, line, written
    return None


def _tagged(tags: Sequence[str], tag: str, attributes: frozenset[str], avoid: frozenset[str]) -> int | None:
    """The first column with ``tag``, all of ``attributes`` and none of ``avoid``."""
    for place, written in enumerate(tags):
        base, *given = (part.strip() for part in written.split("+"))
        if base == tag and attributes <= set(given) and not avoid & set(given):
            return place
    return None


def _new(tags: Sequence[str], attribute: str) -> int | None:
    places = (_tagged(tags, "#affected", frozenset({attribute, each}), frozenset()) for each in sorted(_NEW))
    return next((place for place in places if place is not None), None)


def _needed(place: int | None, tag: str, *, line: int, name: str) -> int:
    if place is None:
        raise InputError(f"No column is tagged {tag}.", file=name, line=line, field=tag, way_out="Tag it.")
    return place


def _day(text: str) -> date:
    """``2020-03-26``, or the same with a time after it."""
    return date.fromisoformat(text.partition("T")[0])
