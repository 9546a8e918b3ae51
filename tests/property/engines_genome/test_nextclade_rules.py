"""Made genomes, and what Nextclade 3 would say of them by its own rules (``tests/nextclade_rules.py``)."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampan.engines.genome.analyse import Analysis
from sampan.formats.fasta import read_fasta
from sampan.world.genome_references import load_reference
from tests.nextclade_rules import Gene, Nextclade
from tests.unit.engines_genome.test_analysis import given
from tests.viruses import CDSES, genome, small

COLUMNS = (
    "alignment_start", "alignment_end", "substitutions", "deletions", "insertions", "non_acgtn",
    "aa_substitutions", "aa_deletions", "aa_insertions", "frame_shifts",
)  # fmt: skip


def letters(rng: random.Random, count: int, of: str = "ACGT") -> str:
    return "".join(rng.choice(of) for _ in range(count))


def length(rng: random.Random) -> int:
    return rng.choice([1, 2, 3, 6, 9, 3 * rng.randint(1, 20), rng.randint(1, 60), rng.randint(40, 300)])


def put(text: str, at: int, gone: int, come: str) -> str:
    return text[:at] + come + text[at + gone :]


def substituted(rng: random.Random, text: str, at: int) -> str:
    for _ in range(rng.randint(1, 5)):
        text = put(text, at + rng.randint(-18, 18), 1, rng.choice("ACGT"))
    return text


def lost(rng: random.Random, text: str, at: int) -> str:
    return put(text, at, length(rng), "")


def gained(rng: random.Random, text: str, at: int) -> str:
    return put(text, at, 0, letters(rng, length(rng)))


def doubled(rng: random.Random, text: str, at: int) -> str:
    return put(text, at, 0, text[at : at + length(rng)])


def hidden(rng: random.Random, text: str, at: int) -> str:
    count = rng.choice([1, 3, 10, 60, 300])
    return put(text, at, count, "N" * count)


def unsure(rng: random.Random, text: str, at: int) -> str:
    return put(text, at + rng.randint(-15, 15), 1, rng.choice("RYSWKMBDHVN"))


def restored(rng: random.Random, text: str, at: int) -> str:
    return put(put(text, at + rng.randint(2, 90), 0, rng.choice("ACGT")), at, 1, "")


EDITS: tuple[Callable[[random.Random, str, int], str], ...] = (
    substituted, lost, gained, doubled, hidden, unsure, restored,
)  # fmt: skip


def made(rng: random.Random, text: str, genes: list[tuple[int, int]]) -> str:
    """A genome with several edits near each other, near a gene's end or at a codon's begin, its own ends cut."""
    begin, end = rng.choice(genes)
    at = rng.choice([rng.randrange(begin, end), begin + rng.randrange(end - begin) // 3 * 3, begin, end])
    for _ in range(rng.randint(1, 3)):
        text = rng.choice(EDITS)(rng, text, min(max(at + rng.randint(-20, 20), 150), len(text) - 450))
    return text[rng.choice([0, 0, 54, 90]) : len(text) - rng.choice([0, 0, 67, 90])]


def told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: sorted(row[name]) if isinstance(row[name], list) else row[name] for name in COLUMNS}


def differing(analysis: Analysis, rules: Nextclade, texts: list[str]) -> list[tuple[str, Any, Any]]:
    found = []
    for text, row in zip(texts, analysis(given(*texts)).to_pylist(), strict=True):
        theirs = rules.analyse(text)
        assert theirs is not None and row["status"] == "aligned"
        if told(row) != told(theirs):
            found.append((text, told(row), told(theirs)))
    return found


def test_genes_across_a_slip_overlapping_and_backwards_are_read_as_nextclade_reads_them() -> None:
    rng = random.Random(12)
    rules = Nextclade(genome(), [Gene(cds.name, cds.parts, cds.reverse) for cds in CDSES])
    genes = [part for cds in CDSES for part in cds.parts]
    texts = [made(rng, genome(), genes) for _ in range(300)]
    # a repeat of hundreds of letters may lie elsewhere: the band of Nextclade is narrow
    assert len(differing(Analysis(small()), rules, texts)) <= 8


@pytest.mark.full
def test_lineages_with_further_edits_are_read_as_nextclade_reads_them(shared: Path) -> None:
    sequences = shared / "data" / "sequences"
    known = load_reference(sequences / "reference")
    genes = [part for cds in known.cdses for part in cds.parts]
    reference = next(iter(read_fasta(sequences / "reference" / "reference.fasta")))
    rules = Nextclade(
        reference.data[reference.begins[0] : reference.ends[0]].decode().replace("\n", ""),
        [Gene(cds.name, cds.parts, cds.reverse) for cds in known.cdses],
    )
    path = sequences / "lineage-reference" / "consensus_2025-06_all.fasta.xz"
    whole = [
        part.data[begin:end].decode().replace("\n", "")
        for part in read_fasta(path)
        for begin, end in zip(part.begins, part.ends, strict=True)
    ]
    rng = random.Random(13)
    texts = [made(rng, rng.choice(whole), genes) for _ in range(1000)]
    assert len(differing(Analysis(known), rules, texts)) <= 15
