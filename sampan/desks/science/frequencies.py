"""Which mutations are frequent, and how did the share of one change? Always with the covered genomes beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sampan.core.errors import InputError
from sampan.desks.science.search import BY, LABELS, By, Look
from sampan.engines.genome_search import index as engine
from sampan.engines.genome_search.expression import (
    All,
    Changed,
    Covered,
    Deleted,
    Expression,
    Inserted,
    Letter,
)
from sampan.engines.genome_search.frequencies import Level
from sampan.engines.genome_search.frequencies import frequencies as measured


@dataclass(frozen=True)
class Frequency:
    """One mutation: how many have it, of how many that were read at that site."""

    mutation: str
    count: int
    """Genomes that have it."""
    covered: int
    share: float
    """Of the covered genomes, how many have it: a share, from 0 to 1."""


@dataclass(frozen=True)
class Frequencies:
    """Mutations of the genomes that fit, the most frequent first."""

    query: str
    genomes: int
    """Genomes that fit."""
    level: Level
    least: float
    """Smallest share of the covered genomes that is listed, from 0 to 1."""
    rows: tuple[Frequency, ...]


def frequencies(
    look: Look,
    query: str,
    *,
    where: Sequence[str] = (),
    level: Level = "nucleotide",
    least: float = 0.05,
    most: int = 10_000,
) -> Frequencies:
    """The mutations that at least a share ``least`` of the covered genomes has: the ``most`` most frequent."""
    if not 0 <= least <= 1:
        raise InputError("A share lies between 0 and 1.", field="least", way_out="Write 0.05 for 5 %.")
    asked, index = look.question(query, where), look.genomes.index
    found = measured(index, look.seen, asked, level=level, least=least)
    each = zip(found.names, found.counts.tolist(), found.covered.tolist(), strict=True)
    rows = tuple(Frequency(name, n, covered, n / covered) for name, n, covered in list(each)[:most])
    return Frequencies(query, engine.count(index, look.seen, asked), level, least, rows)


@dataclass(frozen=True)
class Share:
    """The share of one mutation among the covered genomes with these labels."""

    labels: tuple[str, ...]
    count: int
    """Genomes that have it."""
    covered: int
    share: float
    """Of the covered genomes, how many have it: a share, from 0 to 1."""


@dataclass(frozen=True)
class Course:
    """How a mutation's share differs by time or place. Labels without a covered genome are left out: not known."""

    query: str
    mutation: str
    by: tuple[By, ...]
    rows: tuple[Share, ...]


def course(
    look: Look, query: str, mutation: str, *, where: Sequence[str] = (), by: Sequence[By] = ("month",)
) -> Course:
    """The share of ``mutation`` among the covered genomes that fit, by one or two labels.

    Raises InputError if ``mutation`` is not one change at one site.
    """
    if not 1 <= len(by) <= 2 or not set(by) <= set(BY):
        raise InputError("Give one label, or two.", field="by", way_out=f"Use {', '.join(BY)}.")
    asked, index = look.question(query, where), look.genomes.index
    change = look.grammar.read(mutation)
    covered = All((asked, Covered(_site(change, mutation))))
    first, second = LABELS[by[0]], LABELS[by[1]] if len(by) == 2 else None
    read, have = (
        engine.grouped(index, look.seen, question, by=first, and_by=second)
        for question in (covered, All((covered, change)))
    )
    has = {
        (a, b): int(have.counts[i, j]) for i, a in enumerate(have.first) for j, b in enumerate(have.second)
    }
    rows = [
        Share((a, b)[: len(by)], has.get((a, b), 0), int(n), has.get((a, b), 0) / int(n))
        for i, a in enumerate(read.first)
        for j, b in enumerate(read.second)
        if (n := read.counts[i, j])
    ]
    return Course(query, mutation, tuple(by), tuple(rows))


def _site(change: Expression, said: str) -> int:
    """Where the change is. Raises InputError if it is not one change at one site."""
    match change:
        case Letter(site, _) | Changed(site) | Deleted(site, _) | Inserted(site, _):
            return site
        case _:
            raise InputError(
                f'"{said}" is not one mutation.',
                field="mutation",
                way_out="Write one, as A23063T or S:N501Y.",
            )
