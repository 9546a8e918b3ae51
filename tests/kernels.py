"""Compiles the kernels for genomes, where none are yet: both workers of a test run would take half a minute for it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sampan.desks.science.terms import shown
from sampan.engines.genome.many import analyse_many
from sampan.formats.fasta import read_fasta
from sampan.node import Node
from sampan.records.science import Terms
from sampan.world.genome_references import load_reference
from tests.genomes_shown import put, some
from tests.small_virus import REFERENCE, changed, fasta, other, write_reference


def compile_all() -> None:
    """Analyses a few genomes, and lets a node search some."""
    gap = REFERENCE[:700] + REFERENCE[712:]
    genomes = {"one": REFERENCE, "two": changed({150: other(150)}), "three": gap, "four": gap[300:]}
    with TemporaryDirectory() as folder:
        reference = load_reference(write_reference(Path(folder) / "reference"))
        file = Path(folder) / "genomes.fasta"
        file.write_bytes(fasta(genomes))
        for _ in analyse_many(read_fasta(file), reference):
            pass
        node = Path(folder) / "node"
        Node.create(node, home="CHN").close()
        put(node, some(300), [shown(Terms())] * 300)


if __name__ == "__main__":
    compile_all()
