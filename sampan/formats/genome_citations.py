"""Who is to be credited for which genomes, and under which licence may they be used?"""

from __future__ import annotations

from collections.abc import Sequence

from sampan.formats.genome_records import GenomeOut
from sampan.formats.spreadsheet import Sheet, write_csv

COLUMNS = (
    "accession", "strain", "external_accession", "authors", "originating_lab", "submitting_lab", "attribution",
    "licence", "terms", "permit", "date_submitted",
)  # fmt: skip


def write(genomes: Sequence[GenomeOut]) -> dict[str, bytes]:
    """citations.csv, one row a genome."""
    rows = tuple(
        (
            each.name,
            each.strain,
            each.external,
            each.authors,
            each.originating_lab,
            each.submitting_lab,
            each.attribution,
            each.licence,
            each.terms,
            each.permit,
            each.submitted,
        )
        for each in genomes
    )
    return {"citations.csv": write_csv(Sheet("citations", COLUMNS, rows))}
