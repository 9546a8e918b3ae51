"""Which primers and probes no longer fit, where and since when?

A file of oligos is a table with the columns **name**, **sequence** (5' to 3', IUPAC letters), **start** (1-based
position of its left-most base on the reference) and **strand** (``+`` as the reference reads, ``-`` the other),
parted by tabs or commas::

    name	sequence	start	strand
    N1-F	GACCCCAAAATCAGCGAAAT	28287	+
    N1-R	TCTGGTTACTGCCAGTTGAATCTG	28335	-

An oligo that differs from the reference itself in more than a third of its bases lies elsewhere, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sampan.core.errors import InputError
from sampan.desks.science.search import BY, LABELS, By, Look
from sampan.engines.genome_search.layout import IUPAC, Layout
from sampan.engines.genome_search.oligos import Fit, Oligo, watch
from sampan.formats import csvfile

MOST_OLIGOS = 1_000
SHORTEST, LONGEST = 8, 200
_COLUMNS = ("name", "sequence", "start", "strand")


@dataclass(frozen=True)
class OligoFit:
    """How well one oligo fits the covered genomes with these labels. Shares are of the covered."""

    oligo: str
    labels: tuple[str, ...]
    covered: int
    """Genomes that were read at the whole site of the oligo."""
    mismatched: int
    """Genomes with a mismatch."""
    severe: int
    """With two mismatches or more."""
    near: int
    """With one within the last five bases of the 3' end."""
    share: float
    """Of the covered genomes, how many have a mismatch: a share, from 0 to 1."""
    near_share: float
    """Of the covered genomes, how many have one near the 3' end: a share, from 0 to 1."""
    mean_weight: float
    """Weight of mismatches of a genome, on the average: 3 within the last two bases, 2 within five, else 1."""


@dataclass(frozen=True)
class Watched:
    """Every oligo with every pair of labels that has a covered genome."""

    query: str
    by: tuple[By, ...]
    rows: tuple[OligoFit, ...]


def watched(
    look: Look,
    query: str,
    oligos: Sequence[Oligo],
    *,
    where: Sequence[str] = (),
    by: Sequence[By] = ("month", "country"),
) -> Watched:
    """How well ``oligos`` fit the genomes that fit ``query``, by one or two labels.

    Raises InputError for an unknown label.
    """
    if not 1 <= len(by) <= 2 or not set(by) <= set(BY):
        raise InputError("Give one label, or two.", field="by", way_out=f"Use {', '.join(BY)}.")
    asked = look.question(query, where)
    first, second = LABELS[by[0]], LABELS[by[1]] if len(by) == 2 else ("", lambda _: "")
    rows = [
        _row(oligo.name, labels[: len(by)], fit)
        for oligo in oligos
        for labels, fit in watch(look.genomes.index, look.seen, asked, oligo, by=first, and_by=second).items()
    ]
    return Watched(query, tuple(by), tuple(rows))


def _row(name: str, labels: tuple[str, ...], fit: Fit) -> OligoFit:
    n = fit.covered
    return OligoFit(
        name,
        labels,
        n,
        fit.mismatched,
        fit.severe,
        fit.near,
        fit.mismatched / n,
        fit.near / n,
        fit.weight / n,
    )


def read_oligos(data: bytes, layout: Layout, *, name: str) -> tuple[Oligo, ...]:
    """The oligos of a file. Raises InputError naming the line and column that do not hold."""
    lines = _lines(data, name)
    if not lines:
        raise InputError("The file is empty.", file=name, way_out=f"Head it {', '.join(_COLUMNS)}.")
    header = [cell.strip().lower() for cell in lines[0][1]]
    for column in _COLUMNS:
        if column not in header:
            raise InputError("This column is missing.", file=name, field=column, way_out="Add it.")
    if len(lines) - 1 > MOST_OLIGOS:
        raise InputError(f"{MOST_OLIGOS} oligos are the most.", file=name, way_out="Split the file.")
    return tuple(
        _oligo(
            dict(zip(header, (cell.strip() for cell in cells), strict=False)), layout, name=name, line=line
        )
        for line, cells in lines[1:]
        if any(cells)
    )


def _lines(data: bytes, name: str) -> list[tuple[int, list[str]]]:
    """The rows of a file with tabs or commas, each with its line."""
    rows = csvfile.rows(data, name=name)
    if b"\t" not in data.partition(b"\n")[0]:
        return list(rows)
    csvfile.check_form(data, name=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return list(rows)  # which says where it is not UTF-8
    return [(i, line.split("\t")) for i, line in enumerate(text.splitlines(), 1) if line.strip()]


def _oligo(said: dict[str, str], layout: Layout, *, name: str, line: int) -> Oligo:
    letters = said.get("sequence", "").upper().replace("U", "T")
    if not SHORTEST <= len(letters) <= LONGEST or set(letters) - set(IUPAC):
        raise InputError(
            f'"{letters[:40]}" is no oligo of {SHORTEST} to {LONGEST} IUPAC letters.',
            file=name,
            line=line,
            field="sequence",
            way_out="Write its bases 5' to 3', without blanks or labels.",
        )
    start, strand = said.get("start", ""), said.get("strand", "").replace("−", "-")
    if not (start.isascii() and start.isdigit() and len(start) < 10):
        raise InputError(
            f'"{start[:20]}" is no position.', file=name, line=line, field="start", way_out="Write a number."
        )
    if strand not in ("+", "-"):
        raise InputError(
            f'"{strand[:20]}" is no strand.', file=name, line=line, field="strand", way_out="Write + or -."
        )
    oligo = Oligo(said.get("name") or f"line {line}", letters, int(start) - 1, strand == "+")
    _require_place(oligo, layout, file=name, line=line)
    return oligo


def _require_place(oligo: Oligo, layout: Layout, *, file: str, line: int) -> None:
    """Raises InputError if the oligo does not lie there, with the place where it does."""
    inside = oligo.begin >= 0 and oligo.end <= len(layout.genome)
    if inside and oligo.differences(layout) * 3 <= len(oligo.letters):
        return
    found = _best(oligo, layout)
    raise InputError(
        f"{oligo.name} does not lie at {oligo.begin + 1} on this strand of the reference.",
        file=file,
        line=line,
        field="start",
        way_out=f"It fits at {found.begin + 1}, strand {'+' if found.forward else '-'}."
        if found
        else "Check the position, the strand and the reference.",
    )


def _best(oligo: Oligo, layout: Layout) -> Oligo | None:
    """The oligo where it fits the reference exactly, on either strand; None if nowhere."""
    for forward in (oligo.forward, not oligo.forward):
        turned = Oligo(oligo.name, oligo.letters, 0, forward)
        form = "".join(f"[{IUPAC[letter]}]" for letter in turned.along)
        if found := re.search(form, layout.genome):
            return replace(turned, begin=found.start())
    return None
