"""Which genomes fit what is asked of their metadata, in any column, without a word of SQL from outside?

A condition is ``column sign value``, as ``host=Homo sapiens``, ``length>=29000``, ``lab~Wuhan`` (contains). The
column must be one of the metadata's, the sign one of a list, and the value travels as a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sampan.core.errors import InputError
from sampan.desks.science.library import Genomes
from sampan.engines.genome_search.expression import Given
from sampan.engines.genome_search.kernels import members, pack
from sampan.engines.genome_search.seen import Seen

_SIGNS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CONDITION = re.compile(r"\s*([^\s=!<>~]+)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.S)
MOST = 20
"""Conditions at once."""
LONGEST = 1_000
"""Characters of one."""


def given(genomes: Genomes, seen: Seen, conditions: Sequence[str]) -> Given:
    """The genomes whose metadata fit all of ``conditions``, seen or not: it still has to meet what is seen.

    Only columns may be named in which a genome that is seen has a value.

    Raises InputError that names a condition which cannot be understood, and the columns that there are.
    """
    if len(conditions) > MOST:
        raise InputError(f"There are {len(conditions)} conditions; {MOST} are the most.", field="where")
    types = columns_of(genomes, seen)
    read = [_read(said, types) for said in conditions]
    files = [str(genomes.rows_file(at)) for at in range(len(genomes.index.blocks))]
    blocks = [np.zeros(block.n, np.bool_) for block in genomes.index.blocks]
    if files:
        found = _rows(files, " AND ".join(sql for sql, _ in read), [value for _, value in read])
        for at, chosen in enumerate(blocks):
            chosen[found["row"][found["block"] == at]] = True
    name = repr((sorted(conditions), [part.rows for part in genomes.manifest.parts]))
    return Given(name, tuple(pack(chosen) for chosen in blocks))


def columns_of(genomes: Genomes, seen: Seen) -> dict[str, pa.DataType]:
    """The columns of the metadata in which a genome that is seen has a value, with their types."""
    found: dict[str, pa.DataType] = {}
    for at, words in enumerate(seen.blocks):
        rows = members(words)
        if not len(rows):
            continue
        file = pq.ParquetFile(genomes.rows_file(at))
        for field in file.schema_arrow:
            if field.name not in ("block", "row", *found) and _has_value(file, field.name, rows):
                found[field.name] = field.type
    return found


def _has_value(file: pq.ParquetFile, column: str, rows: Any) -> bool:
    """Whether any of these rows has a value in the column. The file's own statistics mostly answer."""
    meta = file.metadata
    number = file.schema_arrow.names.index(column)
    told = [meta.row_group(i).column(number).statistics for i in range(meta.num_row_groups)]
    if all(each is not None and each.null_count == 0 for each in told):
        return True
    return bool(file.read(columns=[column]).column(0).take(rows).is_valid().to_numpy().any())


def _rows(files: list[str], condition: str, values: list[Any]) -> dict[str, Any]:
    """Block and row of all that fit."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as database:
        return database.execute(
            f"SELECT block, row FROM read_parquet(?, union_by_name = true) WHERE {condition or 'true'}",
            [files, *values],
        ).fetchnumpy()


def _read(said: str, types: dict[str, pa.DataType]) -> tuple[str, Any]:
    """A condition as SQL with one parameter, and its value."""
    found = _CONDITION.fullmatch(said) if len(said) <= LONGEST else None
    if found is None:
        raise InputError(
            f'"{said[:60]}" is no condition.',
            field="where",
            way_out='Write it as "host=Homo sapiens" or "length>=29000".',
        )
    name, sign, text = found.groups()
    if name not in types:
        raise InputError(
            f'The metadata have no column "{name[:60]}".',
            field="where",
            way_out=f"Use one of {', '.join(types)}.",
        )
    column = '"' + name.replace('"', '""') + '"'
    if sign == "~":
        return f"contains(lower(CAST({column} AS VARCHAR)), lower(?))", text
    return f"{column} {_SIGNS[sign]} ?", _value(text, types[name], name)


def _value(text: str, kind: pa.DataType, name: str) -> Any:
    """``text`` as a value of the column's type."""
    try:
        return _converter(kind)(text)
    except ValueError:
        raise InputError(
            f'"{text[:60]}" is no value of {name} ({kind}).', field="where", way_out="Write one."
        ) from None


def _converter(kind: pa.DataType) -> Callable[[str], Any]:
    if pa.types.is_integer(kind):
        return int
    if pa.types.is_floating(kind):
        return float
    if pa.types.is_boolean(kind):
        return _truth
    return date.fromisoformat if pa.types.is_date(kind) else str


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "yes", "false", "no"):
        raise ValueError(text)
    return text.lower() in ("true", "yes")
