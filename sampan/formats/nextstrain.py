"""How does Nextstrain read genomes: metadata.tsv, sequences.fasta, aligned.fasta?

The columns of the metadata are those of the ncov workflow (docs/src/reference/metadata-fields.rst), and after them
ours: accession, terms, licence, attribution.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sampan.formats.genome_records import GenomeOut, fasta, tsv

COLUMNS = (
    "strain", "virus", "gisaid_epi_isl", "genbank_accession", "date", "region", "country", "division", "location",
    "region_exposure", "country_exposure", "division_exposure", "segment", "length", "host", "age", "sex",
    "Nextstrain_clade", "pango_lineage", "GISAID_clade", "originating_lab", "submitting_lab", "authors", "url",
    "title", "paper_url", "date_submitted", "purpose_of_sequencing",
    "QC_overall_status", "accession", "terms", "licence", "attribution",
)  # fmt: skip
_UNFIT = re.compile(r"[\s()\[\]{}:;,'\"|>]+")


def strains(genomes: Sequence[GenomeOut]) -> list[str]:
    """A name for each that tools can take and no other has: the strain, and its accession if that is not enough."""
    said = [_UNFIT.sub("_", genome.strain).strip("_") or genome.name for genome in genomes]
    return [
        f"{name}/{genome.name}" if said.count(name) > 1 else name
        for name, genome in zip(said, genomes, strict=True)
    ]


def write(genomes: Sequence[GenomeOut]) -> dict[str, bytes]:
    """The files by name. Of a genome that was not analysed there is no aligned one."""
    names = strains(genomes)
    each = list(zip(names, genomes, strict=True))
    files = {
        "metadata.tsv": tsv(COLUMNS, (_row(name, genome) for name, genome in each)),
        "sequences.fasta": fasta((name, genome.letters) for name, genome in each),
    }
    aligned = [(name, genome.aligned.encode()) for name, genome in each if genome.aligned]
    return files | ({"aligned.fasta": fasta(aligned)} if aligned else {})


def _row(name: str, genome: GenomeOut) -> list[object]:
    elsewhere = genome.external.split()
    said = {
        "strain": name,
        "virus": genome.virus,
        "gisaid_epi_isl": next((each for each in elsewhere if each.startswith("EPI_ISL")), "?"),
        "genbank_accession": next((each for each in elsewhere if not each.startswith("EPI_ISL")), "?"),
        "date": _date(genome),
        "region": genome.region,
        "country": genome.country_name,
        "division": genome.division,
        "region_exposure": genome.region,
        "country_exposure": genome.country_name,
        "division_exposure": genome.division,
        "segment": "genome",
        "length": len(genome.letters),
        "host": "Human" if genome.host == "Homo sapiens" else genome.host,
        "age": "?",
        "sex": "?",
        "Nextstrain_clade": genome.analysis.get("clade"),
        "pango_lineage": genome.analysis.get("lineage"),
        "originating_lab": genome.originating_lab,
        "submitting_lab": genome.submitting_lab,
        "authors": genome.authors,
        "date_submitted": genome.submitted.isoformat(),
        "purpose_of_sequencing": genome.purpose,
        "QC_overall_status": genome.analysis.get("qc_status"),
        "accession": genome.name,
        "terms": genome.terms,
        "licence": genome.licence,
        "attribution": genome.attribution,
    }
    return [said.get(column) or "" for column in COLUMNS]


def _date(genome: GenomeOut) -> str:
    """As augur reads it: parts that are not known are XX; a range has whole days."""
    day = genome.day
    if not day:
        return "XXXX-XX-XX"
    return day if "/" in day else f"{day}-XX-XX" if len(day) == 4 else f"{day}-XX" if len(day) == 7 else day
