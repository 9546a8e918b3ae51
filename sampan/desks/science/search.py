"""Which genomes fit, how many, when and where, for this reader on this day?"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow.parquet as pq

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.science.conditions import given
from sampan.desks.science.library import COLUMNS, Genomes, open_genomes
from sampan.desks.science.places import named
from sampan.desks.science.terms import rank_of, reader_of
from sampan.engines.genome_search import index as engine
from sampan.engines.genome_search.columns import level_of, month_of
from sampan.engines.genome_search.expression import All, Expression
from sampan.engines.genome_search.grammar import Grammar, Names, as_written
from sampan.engines.genome_search.kernels import BLOCK
from sampan.engines.genome_search.seen import Seen, see
from sampan.records.science import Reader

MOST_LISTED = 100_000

By = Literal["day", "month", "year", "region", "country", "area", "lineage", "clade", "host"]


def _year(word: str) -> str:
    first, _, last = word.partition("/")
    return first[:4] if first and first[:4] == (last or first)[:4] else "unknown"


LABELS: Mapping[By, tuple[str, Callable[[str], str]]] = {
    "day": ("date", lambda word: word if len(word) == 10 else month_of(word)),
    "month": ("date", month_of),
    "year": ("date", _year),
    "region": ("place", lambda word: level_of(word, 0)),
    "country": ("place", lambda word: level_of(word, 1)),
    "area": ("place", lambda word: level_of(word, 2)),
    "lineage": ("lineage", lambda word: word.partition(";")[0] or "unknown"),
    "clade": ("clade", lambda word: word or "unknown"),
    "host": ("host", lambda word: word or "unknown"),
}
BY: tuple[By, ...] = tuple(LABELS)


@dataclass(frozen=True, eq=False)
class Look:
    """The genomes as one reader sees them on one day. Every answer of this desk needs one."""

    genomes: Genomes
    reader: Reader
    day: date
    seen: Seen

    @cached_property
    def grammar(self) -> Grammar:
        """What may be asked of these genomes."""
        fields: dict[str, Names] = dict.fromkeys(COLUMNS, as_written)
        fields |= {"place": named, "lineage": lambda value: lineages(self.genomes.children, value)}
        return Grammar(self.genomes.index.layout, fields)

    def question(self, query: str, where: Sequence[str] = ()) -> Expression:
        """What ``query`` asks, and the conditions on metadata. Raises InputError saying what is wrong, and where."""
        asked = self.grammar.read(query)
        return All((asked, given(self.genomes, self.seen, where))) if where else asked


def look(folder: Path, *, reader: Reader, day: date) -> Look:
    """The genomes in ``folder`` as ``reader`` sees them on ``day``. Raises NodeError if there are none."""
    genomes = open_genomes(folder)
    return Look(genomes, reader, day, see(genomes.standings, rank=rank_of(reader), day=day.toordinal()))


def look_of(session: Session, folder: Path, *, at_most: Reader = "staff") -> Look:
    """The same for the person of a session, today; or as somebody further out would see them."""
    own = reader_of(session)
    return look(folder, reader=min(own, at_most, key=rank_of), day=session.today())


def lineages(children: Mapping[str, Sequence[str]], value: str) -> frozenset[str]:
    """``B.1.1.7``, or with a star it and all that descend from it, recombinants of it included.

    Raises InputError with the nearest names if lineages are known and this is none.
    """
    name = value.removesuffix("*").rstrip(".")
    if children and name not in children:
        near = difflib.get_close_matches(name, children, n=3)
        raise InputError(
            f'There is no lineage "{name}".',
            way_out=f"Did you mean {' or '.join(near)}?" if near else "See the lineages of the reference.",
        )
    if not value.endswith("*"):
        return frozenset({name})
    found, open_ = {name}, [name]
    while open_:
        new = [child for child in children.get(open_.pop(), ()) if child not in found]
        found.update(new)
        open_ += new
    return frozenset(found)


@dataclass(frozen=True)
class Found:
    """Some of the genomes that fit: how many there are in all, and the metadata of those that are listed."""

    query: str
    total: int
    skipped: int
    rows: tuple[Mapping[str, Any], ...]


def search(look: Look, query: str, *, where: Sequence[str] = (), most: int = 100, skip: int = 0) -> Found:
    """The genomes that fit, in the order in which they came: up to ``most``, after the first ``skip``."""
    if not (0 <= most <= MOST_LISTED and skip >= 0):
        raise InputError(f"At most {MOST_LISTED} genomes are listed at once.", way_out="Page through them.")
    asked, index = look.question(query, where), look.genomes.index
    found = engine.rows(index, look.seen, asked, most=most, skip=skip)
    return Found(query, engine.count(index, look.seen, asked), skip, tuple(_metadata(look.genomes, found)))


def _metadata(genomes: Genomes, rows: Any) -> Iterator[Mapping[str, Any]]:
    for at in np.unique(rows // BLOCK).tolist():
        table = pq.read_table(genomes.rows_file(at)).drop_columns(["block", "row"])
        for row in table.take(rows[rows // BLOCK == at] % BLOCK).to_pylist():
            yield {name: value for name, value in row.items() if value is not None}


@dataclass(frozen=True)
class Counts:
    """How many fit in all, and by one or two labels; only labels that some of them have."""

    query: str
    total: int
    """Genomes that fit in all."""
    by: tuple[By, ...]
    rows: tuple[tuple[str, ...], ...]
    counts: tuple[int, ...]
    """Genomes that fit, label by label: in the order of `rows`."""


def counts(look: Look, query: str, *, where: Sequence[str] = (), by: Sequence[By] = ()) -> Counts:
    """How many genomes fit, by up to two of BY. A date that leaves the month open counts to its year.

    Raises InputError for more labels than two, or an unknown one.
    """
    if len(by) > 2 or len(set(by)) < len(by) or not set(by) <= set(BY):
        raise InputError("Count by one label, or two.", field="by", way_out=f"Use {', '.join(BY)}.")
    asked, index = look.question(query, where), look.genomes.index
    total = engine.count(index, look.seen, asked)
    if not by:
        return Counts(query, total, (), (), ())
    groups = engine.grouped(
        index, look.seen, asked, by=LABELS[by[0]], and_by=LABELS[by[1]] if len(by) == 2 else None
    )
    some = np.argwhere(groups.counts).tolist()
    rows = tuple((groups.first[i], groups.second[j])[: len(by)] for i, j in some)
    return Counts(query, total, tuple(by), rows, tuple(int(groups.counts[i, j]) for i, j in some))
