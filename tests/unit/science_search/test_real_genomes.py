"""480 real genomes, analysed here, counted one by one, and asked of the index: the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sampan.desks.science import library
from sampan.desks.science.frequencies import frequencies
from sampan.desks.science.primers import read_oligos, watched
from sampan.desks.science.search import Look, counts, look
from sampan.desks.science.terms import Shown
from sampan.engines.genome.many import analyse_many
from sampan.formats.fasta import read_fasta
from sampan.world.genome_references import load_reference


@dataclass
class Real:
    """The index, and the rows of the analysis as plain values."""

    look: Look
    rows: list[dict[str, Any]]

    def __repr__(self) -> str:
        return "the real genomes"


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    sequences = shared / "data" / "sequences"
    reference = load_reference(sequences / "reference")
    file = sequences / "genbank-nextclade-2023" / "sequences.fasta.xz"
    analysis = pa.Table.from_batches(analyse_many(read_fasta(file), reference, jobs=1))
    folder = tmp_path_factory.mktemp("real") / "index"
    library.set_reference(folder, library.layout_of(reference), parents=library.parents_of(reference))
    n = analysis.num_rows
    metadata = pa.table({"accession": [f"{i}.1" for i in range(n)], "date": ["2021"] * n, "place": [""] * n})
    library.add(folder, analysis, metadata, [Shown(0)] * n)
    yield Real(look(folder, reader="public", day=date(2026, 1, 1)), analysis.to_pylist())


def test_every_mutation_is_counted_once_for_each_genome(real: Real) -> None:
    found = frequencies(real.look, "", least=0.0, most=1_000_000).rows
    expected = Counter(name for row in real.rows for name in row["substitutions"] or [])
    expected += Counter(
        name if "-" in name else f"{name}-" for row in real.rows for name in row["deletions"] or []
    )
    expected += Counter(f"ins_{name}" for row in real.rows for name in row["insertions"] or [])
    assert {row.mutation: row.count for row in found} == dict(expected)
    amino = frequencies(real.look, "", level="amino acid", least=0.0, most=1_000_000).rows
    expected = Counter(name for row in real.rows for name in (row["aa_substitutions"] or []))
    expected += Counter(name for row in real.rows for name in (row["aa_deletions"] or []))
    expected += Counter(f"ins_{name}" for row in real.rows for name in (row["aa_insertions"] or []))
    assert {row.mutation: row.count for row in amino} == dict(expected)


def test_the_denominator_is_who_was_read_there(real: Real) -> None:
    for row in frequencies(real.look, "", least=0.02).rows:
        if not row.mutation[0].isalpha() or row.mutation.startswith("ins_"):
            continue
        assert row.covered == sum(_is_read(each, int(row.mutation[1:-1])) for each in real.rows), row.mutation


def _is_read(row: dict[str, Any], position: int) -> bool:
    return (
        row["alignment_start"] is not None
        and row["alignment_start"] <= position <= row["alignment_end"]
        and not any(run["begin"] <= position <= run["end"] for run in row["missing"])
        and not any(int(letter[2:]) == position for letter in row["non_acgtn"])
    )


def test_what_is_named_can_be_asked_for(real: Real) -> None:
    for level in ("nucleotide", "amino acid"):
        for row in frequencies(real.look, "", level=level, least=0.0).rows[::40]:  # type: ignore[arg-type]
            asked = counts(real.look, row.mutation).total
            assert asked == row.count or (row.mutation[0].isdigit() and asked > row.count), row.mutation


def test_a_probe_that_real_genomes_outgrew(real: Real) -> None:
    """N1 of the US CDC, 2020 (FDA EUA 200001, table of primers): C28311T of Omicron lies under its probe."""
    table = b"name\tsequence\tstart\tstrand\nN1-P\tACCCCGCATTACGTTTGGTGGACC\t28309\t+\n"
    oligos = read_oligos(table, real.look.genomes.index.layout, name="cdc.tsv")
    (row,) = watched(real.look, "C28311T", oligos, by=("year",)).rows
    assert row.covered == row.mismatched > 0
