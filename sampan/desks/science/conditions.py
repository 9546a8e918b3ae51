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
from sampan.engines.genome_search.kernels import pack

_SIGNS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_CONDITION = re.compile(r"\s*([^\s=!<>~]+)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.S)
MOST = 20
"""Conditions at once."""
LONGEST = 1_000
"""Characters of one."""


def given(genomes: Genomes, conditions: Sequence[str]) -> Given:
    """The genomes whose metadata fit all of ``conditions``, seen or not: it still has to meet what is seen.

    Raises InputError that names a condition which cannot be understood, and the columns that there are.
    """
    if len(conditions) > MOST:
        raise InputError(f"There are {len(conditions)} conditions; {MOST} are the most.", field="where")
    types = columns_of(genomes)
    read = [_read(said, types) for said in conditions]
    files = [str(genomes.rows_file(at)) for at in range(len(genomes.index.blocks))]
    blocks = [np.zeros(block.n, np.bool_) for block in genomes.index.blocks]
    if files:
        found = _rows(files, " AND ".join(sql for sql, _ in read), [value for _, value in read])
        for at, chosen in enumerate(blocks):
            chosen[found["row"][found["block"] == at]] = True
    name = repr((sorted(conditions), [part.rows for part in genomes.manifest.parts]))
    return Given(name, tuple(pack(chosen) for chosen in blocks))


def columns_of(genomes: Genomes) -> dict[str, pa.DataType]:
    """The columns of the metadata, with their types."""
    found: dict[str, pa.DataType] = {}
    for at in range(len(genomes.index.blocks)):
        for field in pq.read_schema(genomes.rows_file(at)):
            found.setdefault(field.name, field.type)
    return {name: kind for name, kind in found.items() if name not in ("block", "row")}


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
            f'"{text[:60]}" is no value of {name}, which holds {kind}.', field="where", way_out="Write one."
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
