"""What is on each page about genomes, before it is said in a language? Every answer is what its reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sampan.core.errors import InputError
from sampan.desks.science.frequencies import Course, Frequency, course, frequencies
from sampan.desks.science.search import Found, Look, counts, search
from sampan.engines.genome_search.frequencies import Level, coverage
from sampan.engines.genome_search.layout import Layout
from sampan.web.asked import Asked
from sampan.web.science.asking import Asking, Wrong, asking
from sampan.web.science.genes import Gene, genes
from sampan.web.science.sight import Sight

Count = tuple[str, int]
"""A label and how many genomes have it."""

LISTED = 50
MOST_IN_A_FILE = 10_000
MOST_MUTATIONS = 200
TOP = 6
BANDS = 7
LEAST = ("0.01", "0.05", "0.2", "0.5")
BINS = 300


@dataclass(frozen=True)
class Choices:
    """What the form offers to choose from: only what somebody may see."""

    lineages: tuple[str, ...]
    places: tuple[str, ...]
    mutation: str = ""
    questions: tuple[str, ...] = ()
    """What may be asked, for example: of the virus that is looked at."""
    newest: str = ""
    """The newest day on which a sample was taken, to show how a day is written."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What every page about genomes says. ``genomes`` fit; of ``all`` that are to be seen."""

    asked: Asking = field(default_factory=lambda: Asking({}))
    choices: Choices = field(default_factory=lambda: Choices((), ()))
    all: int = 0
    genomes: int = 0
    virus: str = ""
    viruses: tuple[str, ...] = ()
    """The one that is looked at, and all of which there is something to see."""

    @property
    def fault(self) -> InputError | None:
        """What is wrong with the question, if anything."""
        return self.asked.wrong[0].fault() if self.asked.wrong else None


# The front page


@dataclass(frozen=True, kw_only=True)
class Front(Answered):
    """How many genomes there are, from where, and since when."""

    months: tuple[Count, ...] = ()
    places: tuple[Count, ...] = ()
    lineages: tuple[Count, ...] = ()


def front(sight: Sight, asked: Asked) -> Front:
    """What there is to see at all."""
    look = sight.look
    words = Asking({"virus": asked.get("virus", "")})
    if look is None:
        return Front(asked=words)
    months, lineages = _by(look, "", "month"), _by(look, "", "lineage")
    total = sum(count for _, count in months)
    return Front(
        asked=words,
        all=total,
        genomes=total,
        months=months,
        places=_most(_by(look, "", "country")),
        lineages=_most(lineages),
    )


# Search


@dataclass(frozen=True, kw_only=True)
class Searched(Answered):
    """Which genomes fit, when and where they were taken."""

    months: tuple[Count, ...] = ()
    places: tuple[Count, ...] = ()
    skipped: int = 0
    rows: tuple[Mapping[str, object], ...] = ()


def searched(sight: Sight, asked: Asked) -> Searched:
    """The genomes that fit a question. ``from`` passes some over."""
    look = sight.look
    if look is None:
        return Searched()
    ask = asking(look, asked)
    if ask.wrong:
        return Searched(**common(look, ask))
    skip = _whole(asked, "from", at_most=10**9)
    found: Found = search(look, ask.query, most=LISTED, skip=skip)
    return Searched(
        **common(look, ask, found.total),
        months=_by(look, ask.query, "month"),
        places=_most(_by(look, ask.query, "country")),
        skipped=skip,
        rows=found.rows,
    )


# Mutations


@dataclass(frozen=True, kw_only=True)
class Mutations(Answered):
    """Which mutations are frequent among the genomes that fit."""

    level: Level = "nucleotide"
    least: float = 0.05
    rows: tuple[Frequency, ...] = ()


def mutations(sight: Sight, asked: Asked) -> Mutations:
    """The mutations that at least a share of the covered genomes has."""
    level: Level = "amino acid" if asked.get("level") == "protein" else "nucleotide"
    least = float(asked["least"]) if asked.get("least") in LEAST else 0.05
    look = sight.look
    if look is None:
        return Mutations(level=level, least=least)
    ask = asking(look, asked, more=("level", "least"))
    if ask.wrong:
        return Mutations(**common(look, ask), level=level, least=least)
    found = frequencies(look, ask.query, level=level, least=least, most=MOST_IN_A_FILE)
    return Mutations(**common(look, ask, found.genomes), level=level, least=least, rows=found.rows)


@dataclass(frozen=True, kw_only=True)
class Courses(Answered):
    """How the shares of some mutations went, month by month."""

    mutation: str = ""
    """The one that was asked for; nothing if those that divide the genomes most are shown."""
    level: Level = "amino acid"
    courses: tuple[Course, ...] = ()


def courses(sight: Sight, asked: Asked) -> Courses:
    """The share of one mutation by month; or of those that divide the genomes most: neither rare nor in all."""
    mutation = asked.get("mutation", "").strip()
    level: Level = "nucleotide" if asked.get("level") == "genome" else "amino acid"
    look = sight.look
    if look is None:
        return Courses(mutation=mutation, level=level)
    ask = asking(look, asked, more=("mutation", "level"))
    if ask.wrong:
        return Courses(**common(look, ask), mutation=mutation, level=level)
    chosen = [mutation] if mutation else _dividing(look, ask.query, level)
    try:
        found = tuple(course(look, ask.query, each) for each in chosen)
    except InputError as fault:
        wrong = Wrong("mutation", fault.what, fault.way_out)
        return Courses(
            **common(look, Asking(ask.words, ask.query, (wrong,), ask.more)), mutation=mutation, level=level
        )
    return Courses(
        **common(look, ask, counted(look, ask.query)), mutation=mutation, level=level, courses=found
    )


def _dividing(look: Look, query: str, level: Level) -> list[str]:
    rows = frequencies(look, query, level=level, least=0.02, most=MOST_IN_A_FILE).rows
    order = sorted(rows, key=lambda row: (abs(row.share - 0.5), row.mutation))
    return [row.mutation for row in order[:TOP] if row.share < 1]


# Map


@dataclass(frozen=True)
class Stem:
    """A mutation at its 0-based site on the genome; of a deletion, up to before ``end``."""

    mutation: str
    what: Literal["substitution", "deletion", "insertion"]
    begin: int
    end: int
    count: int
    covered: int
    share: float


@dataclass(frozen=True, kw_only=True)
class GenomeMap(Answered):
    """Where on the genome mutations lie, how frequent they are, and of how many genomes each stretch is known."""

    length: int = 0
    least: float = 0.05
    genes: tuple[Gene, ...] = ()
    stems: tuple[Stem, ...] = ()
    covered: tuple[float, ...] = ()
    """Share of the genomes that fit of which the letter is known: the mean of each of up to BINS equal stretches."""


def genome_map(sight: Sight, asked: Asked) -> GenomeMap:
    """The mutations along the genome."""
    least = float(asked["least"]) if asked.get("least") in LEAST else 0.05
    look = sight.look
    if look is None:
        return GenomeMap(least=least)
    ask = asking(look, asked, more=("least",))
    layout = look.genomes.index.layout
    length = len(layout.genome)
    if ask.wrong:
        return GenomeMap(**common(look, ask), length=length, least=least)
    found = frequencies(look, ask.query, least=least, most=MOST_MUTATIONS)
    known = coverage(look.genomes.index, look.seen, look.question(ask.query))[:length]
    stretches = np.array_split(known / max(found.genomes, 1), min(BINS, length))
    return GenomeMap(
        **common(look, ask, found.genomes),
        length=length,
        least=least,
        genes=genes(layout),
        stems=tuple(sorted((_stem(row) for row in found.rows), key=lambda stem: (stem.begin, stem.mutation))),
        covered=tuple(round(float(each.mean()), 4) for each in stretches),
    )


def _stem(row: Frequency) -> Stem:
    """Where a mutation of the genome lies, by its name: ``A23063T``, ``21765-21770``, ``21765-``, ``ins_22204:GAG``."""
    name = row.mutation
    if name.startswith("ins_"):
        at = int(name[4:].partition(":")[0])
        return Stem(name, "insertion", at - 1, at, row.count, row.covered, row.share)
    if name[0].isdigit():
        first, _, last = name.partition("-")
        return Stem(name, "deletion", int(first) - 1, int(last or first), row.count, row.covered, row.share)
    at = int(name[1:-1])
    return Stem(name, "substitution", at - 1, at, row.count, row.covered, row.share)


# Lineages


@dataclass(frozen=True, kw_only=True)
class Shares(Answered):
    """How the genomes of each month divide into lineages: the most frequent, and the others together."""

    lineages: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()
    """By month, then by lineage; last the others."""


def shares(sight: Sight, asked: Asked) -> Shares:
    """The lineages by month, among the genomes that fit."""
    look = sight.look
    if look is None:
        return Shares()
    ask = asking(look, asked)
    if ask.wrong:
        return Shares(**common(look, ask))
    found = counts(look, ask.query, by=("month", "lineage"))
    top = [name for name, _ in _by(look, ask.query, "lineage") if name != "unknown"][:BANDS]
    months = sorted({month for month, _ in found.rows}, key=_month_order)
    table = {month: [0] * (len(top) + 1) for month in months}
    for (month, lineage), count in zip(found.rows, found.counts, strict=True):
        table[month][top.index(lineage) if lineage in top else len(top)] += count
    return Shares(
        **common(look, ask, found.total),
        lineages=tuple(top),
        months=tuple(months),
        counts=tuple(tuple(row) for row in table.values()),
    )


# What they share


def common(look: Look, ask: Asking, genomes: int = 0) -> dict[str, Any]:
    """What every page says of its question."""
    return {"asked": ask, "choices": choices(look), "all": counted(look, ""), "genomes": genomes}


def choices(look: Look) -> Choices:
    """What may be chosen in the form: the places, and the most frequent lineages, of what is seen."""
    lineages = [name for name, _ in _by(look, "", "lineage") if name != "unknown"]
    places = [code for code, _ in _by(look, "", "country") if code != "unknown"]
    days = (day for day, _ in _by(look, "", "day") if len(day) == 10)
    newest = max(days, default=look.day.isoformat())
    return Choices(tuple(lineages[:100]), tuple(places), *examples(look.genomes.index.layout), newest)


def examples(layout: Layout) -> tuple[str, tuple[str, ...]]:
    """A mutation that might be, and questions: in the gene with the shortest name, and of those in the longest."""
    site = len(layout.genome) // 2
    base = next(letter for letter in "TCAG" if letter != layout.genome[site - 1])
    known = [(name, letters) for name, letters in layout.peptides if len(letters) > 20]
    if not known:
        mutation = f"{layout.genome[site - 1]}{site}{base}"
        return mutation, (f"{mutation} & !{site + 9}-", f"MAYBE({site}{base})")
    gene, letters = min(known, key=lambda each: (len(each[0]), -len(each[1])))
    at = len(letters) // 2
    other = "Y" if letters[at - 1] != "Y" else "F"
    mutation = f"{gene}:{letters[at - 1]}{at}{other}"
    several = f"[2-of: {site}{base}, {gene}:{at + 3}K, {site + 9}-]"
    return mutation, (f"{mutation} & !{gene}:{at - 8}-{at - 7}", several, f"MAYBE({gene}:{at}{other})")


def _by(look: Look, query: str, label: Literal["day", "month", "country", "lineage"]) -> tuple[Count, ...]:
    """How many fit by a label: months in order, everything else the most frequent first."""
    found = counts(look, query, by=(label,))
    each = [(row[0], count) for row, count in zip(found.rows, found.counts, strict=True)]
    if label == "month":
        return tuple(sorted(each, key=lambda one: _month_order(one[0])))
    return tuple(sorted(each, key=lambda one: (one[0] == "unknown", -one[1], one[0])))


def _most(rows: Sequence[Count], most: int = 250) -> tuple[Count, ...]:
    return tuple(rows[:most])


def counted(look: Look, query: str) -> int:
    return counts(look, query).total


def _month_order(month: str) -> tuple[bool, str]:
    return month == "unknown", month


def _whole(asked: Asked, name: str, *, at_most: int) -> int:
    """A whole number of an address; 0 for anything else."""
    said = asked.get(name, "")
    return min(int(said), at_most) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def whole_months(labels: Iterable[str], *, most: int = 60) -> list[str]:
    """Every month from the first to the last of these, those between them too; of more than ``most``, the newest."""
    known = [
        12 * int(each[:4]) + int(each[5:]) - 1 for each in labels if len(each) == 7 and each != "unknown"
    ]
    if not known:
        return []
    first = max(min(known), max(known) - most + 1)
    return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(first, max(known) + 1)]
