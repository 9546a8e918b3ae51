"""What may be asked of genomes? The parts of which a question is made, each a frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field

from sampan.engines.genome_search.kernels import Words


@dataclass(frozen=True)
class Everything:
    """Every genome."""


@dataclass(frozen=True)
class Letter:
    """The genome has ``symbol`` at ``site``: a base or an amino acid, ``-``, ``*``, or ``N``/``X`` for missing."""

    site: int
    symbol: str


@dataclass(frozen=True)
class Changed:
    """The genome differs from the reference at ``site``: by another letter, or by a deletion."""

    site: int


@dataclass(frozen=True)
class Deleted:
    """All sites from ``begin`` to before ``end``, of the genome's track, are deleted."""

    begin: int
    end: int


@dataclass(frozen=True)
class Inserted:
    """After ``site`` stands an insertion like ``pattern``, in which ``?`` is any run of letters, also none."""

    site: int
    pattern: str


@dataclass(frozen=True)
class Covered:
    """The letter at ``site`` is known: neither missing nor ambiguous. A deletion is known."""

    site: int


@dataclass(frozen=True)
class Within:
    """The column says one of ``words``, or something that lies in one of them."""

    column: str
    words: frozenset[str]


@dataclass(frozen=True)
class Dated:
    """The date lies between two days, both included, by ordinal."""

    column: str
    first: int
    last: int


@dataclass(frozen=True)
class Given:
    """Genomes that somebody else picked, block by block; ``name`` says by what, and tells two picks apart."""

    name: str
    blocks: tuple[Words, ...] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Expression


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Some:
    """At least ``least`` of the parts hold; if ``exactly``, no more than that."""

    least: int
    parts: tuple[Expression, ...]
    exactly: bool = False


@dataclass(frozen=True)
class Maybe:
    """The part may hold, for all that is known."""

    part: Expression


@dataclass(frozen=True)
class Exact:
    """The part holds for certain: nothing missing or ambiguous could belie it."""

    part: Expression


Expression = (
    Everything | Letter | Changed | Deleted | Inserted | Covered | Within | Dated | Given
    | Not | All | Some | Maybe | Exact
)  # fmt: skip
