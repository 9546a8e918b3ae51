"""A made-up virus of 1,500 letters, as a reference to install, and genomes of it with known changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

LENGTH = 1500
BEGIN, END = 101, 1000
"""First and last position of its one protein, S, of 300 codons."""
_STOPS = {"TAA", "TAG", "TGA"}


def genome(seed: int = 7) -> str:
    """The reference: random letters, and a protein without a stop before its end."""
    g = np.random.default_rng(seed)
    letters = list("".join(g.choice(list("ACGT"), LENGTH)))
    for at in range(BEGIN - 1, END, 3):
        while "".join(letters[at : at + 3]) in _STOPS:
            letters[at : at + 3] = g.choice(list("ACGT"), 3)
    letters[BEGIN - 1 : BEGIN + 2] = "ATG"
    letters[END - 3 : END] = "TAA"
    return "".join(letters)


REFERENCE = genome()


def changed(changes: Mapping[int, str], *, reference: str = REFERENCE) -> str:
    """The reference with other letters at some positions, counted from 1."""
    letters = list(reference)
    for position, letter in changes.items():
        letters[position - 1] = letter
    return "".join(letters)


def other(position: int, *, reference: str = REFERENCE) -> str:
    """A letter that the reference does not have at a position."""
    return "ACGT"[("ACGT".index(reference[position - 1]) + 1) % 4]


def fasta(genomes: Mapping[str, str]) -> bytes:
    """Genomes as a FASTA file."""
    return "".join(f">{name}\n{letters}\n" for name, letters in genomes.items()).encode()


def write_reference(folder: Path, *, version: str = "1", name: str = "small-virus") -> Path:
    """A folder that may be installed: genome, annotation, rules, and two lineages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reference.fasta").write_text(f">{name}\n{REFERENCE}\n")
    (folder / "genome_annotation.gff3").write_text(
        f"##gff-version 3\n{name}\tmade-up\tCDS\t{BEGIN}\t{END}\t.\t+\t0\tID=S;Name=S\n"
    )
    marks = (
        {"A": [], "A.1": [150], "A.1.1": [150, 400]}
        if version == "1"
        else {"A": [], "A.1": [150], "A.2": [150, 400]}
    )
    rows = [
        (
            lineage,
            "A" if lineage != "A.1.1" else "A.1",
            ",".join(f"{REFERENCE[p - 1]}{p}{other(p)}" for p in at),
        )
        for lineage, at in marks.items()
    ]
    lines = ["lineage\tparent\tmutations", *("\t".join((a, "" if a == "A" else b, c)) for a, b, c in rows)]
    (folder / "lineages.tsv").write_text("\n".join(lines) + "\n")
    settings = {
        "attributes": {"name": name},
        "version": {"tag": version},
        "qc": {
            "missingData": {"enabled": True, "missingDataThreshold": 300, "scoreBias": 30},
            "mixedSites": {"enabled": True, "mixedSitesThreshold": 10},
            "privateMutations": {"enabled": True, "cutoff": 24, "typical": 8},
        },
    }
    (folder / "pathogen.json").write_text(json.dumps(settings))
    return folder
