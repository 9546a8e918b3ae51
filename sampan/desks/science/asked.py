"""What may be asked of the searchable genomes, as questions that every face can put?

Each answer is that of the search desk for whoever asks, today; the index is brought level with the log first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sampan.access.session import Session
from sampan.desks.science import frequencies as frequent
from sampan.desks.science import primers
from sampan.desks.science import search as searched
from sampan.desks.science.frequencies import Course, Frequencies
from sampan.desks.science.indexing import level
from sampan.desks.science.primers import Watched
from sampan.desks.science.search import By, Counts, Look, look_of
from sampan.engines.genome_search.frequencies import Level

MOST = 1_000
"""Genomes that are listed at once."""


def found(
    session: Session,
    query: str = "",
    *,
    where: Sequence[str] = (),
    virus: str | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """The genomes that fit a question, as ``S:N501Y & country=CHN``, and that whoever asks may see."""
    rows = searched.search(_look(session, virus), query, where=where, most=min(max(limit, 0), MOST)).rows
    return [dict(row) for row in rows]


def counts(
    session: Session,
    query: str = "",
    *,
    where: Sequence[str] = (),
    by: Sequence[By] = ("month",),
    virus: str | None = None,
) -> Counts:
    """How many genomes fit a question, by one or two labels."""
    return searched.counts(_look(session, virus), query, where=where, by=by)


def frequencies(
    session: Session,
    query: str = "",
    *,
    where: Sequence[str] = (),
    level: Level = "amino acid",
    least: float = 0.05,
    virus: str | None = None,
) -> Frequencies:
    """The mutations of the genomes that fit a question, each with how many were read at its site."""
    return frequent.frequencies(
        _look(session, virus), query, where=where, level=level, least=least, most=MOST
    )


def course(
    session: Session,
    mutation: str,
    query: str = "",
    *,
    where: Sequence[str] = (),
    by: Sequence[By] = ("month",),
    virus: str | None = None,
) -> Course:
    """How the share of a mutation changed, among the genomes that were read at its site."""
    return frequent.course(_look(session, virus), query, mutation, where=where, by=by)


def primer_watch(
    session: Session,
    oligos: str,
    query: str = "",
    *,
    by: Sequence[By] = ("month", "country"),
    virus: str | None = None,
) -> Watched:
    """How well primers and probes fit: ``oligos`` is a table with name, sequence, start and strand."""
    look = _look(session, virus)
    read = primers.read_oligos(oligos.encode(), look.genomes.index.layout, name="oligos")
    return primers.watched(look, query, read, by=by)


def _look(session: Session, virus: str | None) -> Look:
    return look_of(session, level(session, virus))
