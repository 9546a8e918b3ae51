"""How does each answer about genomes become a table for a spreadsheet?"""

from __future__ import annotations

from collections.abc import Sequence

from sampan.languages.speech import Speech
from sampan.web.science.primers import Watch
from sampan.web.science.registry import Registered, Registry
from sampan.web.science.views import Courses, Front, GenomeMap, Mutations, Searched, Shares
from sampan.web.sheets import Rows

Table = tuple[Sequence[str], Rows]


def of_front(it: Front, speech: Speech) -> Table:  # noqa: ARG001 -- months read alike in every language
    """Genomes by month."""
    return ("month", "genomes"), it.months


def of_search(it: Searched, speech: Speech) -> Table:  # noqa: ARG001 -- as they were told
    """The genomes that were listed, with all that was told of any of them."""
    columns = list(dict.fromkeys(name for row in it.rows for name in row)) or ["accession"]
    return columns, ([row.get(name, "") for name in columns] for row in it.rows)


def of_mutations(it: Mutations, speech: Speech) -> Table:  # noqa: ARG001
    """Mutations with their denominators."""
    return ("mutation", "count", "covered", "share"), (
        (row.mutation, row.count, row.covered, round(row.share, 6)) for row in it.rows
    )


def of_courses(it: Courses, speech: Speech) -> Table:  # noqa: ARG001
    """Mutations by month, with their denominators."""
    return ("mutation", "month", "count", "covered", "share"), (
        (course.mutation, row.labels[0], row.count, row.covered, round(row.share, 6))
        for course in it.courses
        for row in course.rows
    )


def of_map(it: GenomeMap, speech: Speech) -> Table:  # noqa: ARG001
    """Mutations along the genome; positions are 1-based, both ends included."""
    return ("mutation", "kind", "begin", "end", "count", "covered", "share"), (
        (each.mutation, each.what, each.begin + 1, each.end, each.count, each.covered, round(each.share, 6))
        for each in it.stems
    )


def of_shares(it: Shares, speech: Speech) -> Table:  # noqa: ARG001
    """Lineages by month; ``other`` are all that have no column."""
    return ("month", *it.lineages, "other"), (
        (month, *row) for month, row in zip(it.months, it.counts, strict=True)
    )


def of_primers(it: Watch, speech: Speech) -> Table:
    """Oligos by month and country."""
    columns = (
        "oligo",
        "month",
        "place",
        "name",
        "covered",
        "mismatched",
        "two_or_more",
        "near_3_end",
        "share",
    )
    return columns, (
        (
            row.oligo, *row.labels, speech.party(row.labels[1]), row.covered, row.mismatched, row.severe, row.near,
            round(row.share, 6),
        )
        for row in it.rows
    )  # fmt: skip


def of_registry(it: Registry, speech: Speech) -> Table:  # noqa: ARG001 -- as they were told
    """Works, then focal points, which say their kind in the first column."""
    columns = ("kind", "number_or_country", "title_or_topic", "holder_or_office", "day", "licence", "address")
    works = ((w.what, w.number, w.title, w.holder, w.day, w.licence, w.address) for w in it.works)
    offices = (
        ("focal point", each.country, each.topic, each.office, None, "", each.reach)
        for each in it.focal_points
    )
    return columns, (*works, *offices)


def of_registered(it: Registered, speech: Speech) -> Table:  # noqa: ARG001 -- as it was told
    """What a work rests on, or what is in a set."""
    return ("number", "part"), ((it.about.number, each) for each in it.about.parts)
