"""Commands ``genomes search|count|frequencies|primers``: ask the genomes of a node, as somebody may see them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sampan.cli.genomes import genomes_app
from sampan.cli.options import HERE, OFFICER, As, Json, NodeFolder, Virus, opened
from sampan.cli.say import as_json, said, table
from sampan.core.errors import InputError

if TYPE_CHECKING:
    from sampan.desks.science.search import By, Look
    from sampan.node import Node


class SeenBy(StrEnum):
    """Through whose eyes."""

    public = "public"
    partner = "partner"
    staff = "staff"


Query = Annotated[
    str,
    typer.Argument(
        metavar="QUESTION",
        help='As "S:N501Y & !S:69- & date=2021-03 & place=Italy & lineage=B.1.1.7*", ins_22204:GAG?, '
        '"[2-of: A23063T, S:484K, 28271-]", "MAYBE(S:501Y)".',
        show_default="all genomes",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where", metavar="COLUMN=VALUE", help="Of the metadata; also != < <= > >= and ~ (contains)."
    ),
]
Eyes = Annotated[
    SeenBy, typer.Option("--seen-by", help="Look as somebody further out would.", show_default="yourself")
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="LABEL", help="day, month, year, region, country, area, lineage, clade, host."),
]  # fmt: skip


def _look(node: Node, eyes: SeenBy, virus: str | None) -> Look:
    from sampan.desks.science.indexing import searchable
    from sampan.desks.science.search import look_of

    return look_of(node.session, searchable(node.session, virus), at_most=eyes.value)


def _labels(told: list[str] | None, otherwise: tuple[By, ...]) -> tuple[By, ...]:
    """The labels that were asked for. Raises InputError for one that there is not."""
    from sampan.desks.science.search import BY

    known = {label: label for label in BY}
    for label in told or ():
        if label not in known:
            raise InputError(f'"{label}" is no label.', field="--by", way_out=f"Use {', '.join(BY)}.")
    return tuple(known[label] for label in told) if told else otherwise  # type: ignore[index]


@genomes_app.command()
def search(
    query: Query = "",
    where: Where = None,
    most: Annotated[int, typer.Option("--limit", min=0, help="Genomes to list.")] = 20,
    skip: Annotated[int, typer.Option(min=0, help="Genomes to pass over first.")] = 0,
    eyes: Eyes = SeenBy.staff,
    virus: Virus = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """List the genomes that carry mutations, come from a place or a time, or belong to a lineage.

    Example: sampan genomes search "S:N501Y & place=Italy & date=2021-03" --limit 5
    """
    from sampan.desks.science.search import search as asked

    with opened(folder, person) as node:
        found = asked(_look(node, eyes, virus), query, where=where or (), most=most, skip=skip)
    if json:
        as_json(found)
        return
    columns = list(dict.fromkeys(name for row in found.rows for name in row))
    if columns:
        table(columns, [[row.get(name, "") for name in columns] for row in found.rows])
    said(f"{found.total:,} genome{'s' * (found.total != 1)}, {len(found.rows)} listed.")


@genomes_app.command()
def count(
    query: Query = "",
    where: Where = None,
    by: Labels = None,
    eyes: Eyes = SeenBy.staff,
    virus: Virus = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Count genomes, by time and place.

    Example: sampan genomes count "S:N501Y" --by month --by country
    """
    from sampan.desks.science.search import counts

    labels = _labels(by, ())
    with opened(folder, person) as node:
        found = counts(_look(node, eyes, virus), query, where=where or (), by=labels)
    if json:
        as_json(found)
        return
    if labels:
        table([*labels, "genomes"], [[*row, n] for row, n in zip(found.rows, found.counts, strict=True)])
    said(f"{found.total:,} genome{'s' * (found.total != 1)}.")


@genomes_app.command()
def frequencies(
    query: Query = "",
    where: Where = None,
    mutation: Annotated[
        str | None, typer.Option(help="One mutation, by time or place.", show_default="all frequent ones")
    ] = None,
    by: Labels = None,
    least: Annotated[float, typer.Option(help="Smallest share of the covered genomes.")] = 0.05,
    amino_acids: Annotated[bool, typer.Option("--amino-acids", help="Of the peptides.")] = False,
    eyes: Eyes = SeenBy.staff,
    virus: Virus = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Tell which mutations are frequent, always of how many genomes that were read at that site.

    Examples: sampan genomes frequencies "lineage=BA.2*"; sampan genomes frequencies --mutation S:N501Y --by month
    """
    from sampan.desks.science import frequencies as desk

    if by and mutation is None:
        raise InputError(
            "Shares by label are of one mutation.", field="--by", way_out="Name it: --mutation S:N501Y."
        )
    labels = _labels(by, ("month",))
    with opened(folder, person) as node:
        look = _look(node, eyes, virus)
        if mutation is not None:
            course = desk.course(look, query, mutation, where=where or (), by=labels)
        else:
            found = desk.frequencies(
                look,
                query,
                where=where or (),
                level="amino acid" if amino_acids else "nucleotide",
                least=least,
            )
    if json:
        as_json(found if mutation is None else course)
        return
    if mutation is None:
        table(
            ["mutation", "genomes", "covered", "share"],
            [[row.mutation, row.count, row.covered, f"{row.share:.1%}"] for row in found.rows],
        )
        said(
            f"{found.genomes:,} genomes fit; {len(found.rows)} mutations in at least {least:.1%} of the covered."
        )
        return
    table(
        [*labels, "genomes", "covered", "share"],
        [[*row.labels, row.count, row.covered, f"{row.share:.1%}"] for row in course.rows],
    )


@genomes_app.command()
def primers(
    file: Annotated[
        Path, typer.Argument(help="Table: name, sequence (5' to 3', IUPAC), start (from 1), strand (+ or -).")
    ],
    query: Query = "",
    where: Where = None,
    by: Labels = None,
    eyes: Eyes = SeenBy.staff,
    virus: Virus = None,
    folder: NodeFolder = HERE,
    person: As = OFFICER,
    json: Json = False,
) -> None:
    """Watch primers and probes: the share of covered genomes with a mismatch, by time and place.

    "near 3'" is within the last five bases; "weight" is the mean over genomes of their mismatches, each weighing 3
    within the last two bases of the 3' end, 2 within the last five, else 1.

    Example: sampan genomes primers primers.tsv "date=2022.." --by month --by country
    """
    from sampan.core.files import read_bytes
    from sampan.desks.science.primers import read_oligos, watched

    labels = _labels(by, ("month", "country"))
    with opened(folder, person) as node:
        look = _look(node, eyes, virus)
        oligos = read_oligos(read_bytes(file), look.genomes.index.layout, name=file.name)
        found = watched(look, query, oligos, where=where or (), by=labels)
    if json:
        as_json(found)
        return
    table(
        ["oligo", *labels, "covered", "mismatch", "near 3'", "weight"],
        [
            [
                row.oligo,
                *row.labels,
                row.covered,
                f"{row.share:.1%}",
                f"{row.near_share:.1%}",
                f"{row.mean_weight:.2f}",
            ]
            for row in found.rows
        ],
    )
    if not found.rows:
        said("No genome that fits is covered under any of them.")
