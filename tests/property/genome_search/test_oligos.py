"""What is reported of an oligo is what somebody finds who holds it against every genome, base by base."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sampan.engines.genome_search.batch import read_batch
from sampan.engines.genome_search.block import extended
from sampan.engines.genome_search.columns import level_of, month_of
from sampan.engines.genome_search.expression import Everything
from sampan.engines.genome_search.index import Index
from sampan.engines.genome_search.layout import IUPAC
from sampan.engines.genome_search.oligos import COMPLEMENT, Oligo, watch
from sampan.engines.genome_search.seen import Standing, see
from tests.genome_rows import Genome, analysis, made_up, small_layout, words

LAYOUT = small_layout()
GENOMES = made_up(300, layout=LAYOUT, seed=3)
STANDING = Standing(
    np.array([g.rank for g in GENOMES], np.uint8), np.full(len(GENOMES), np.iinfo(np.int32).max, np.int32)
)
BATCH = read_batch(analysis(GENOMES, LAYOUT), LAYOUT, columns=words(GENOMES))
INDEX = Index(LAYOUT, (extended(None, BATCH, LAYOUT, identity="all"),))

oligos = st.builds(
    Oligo,
    st.just("one"),
    st.text("ACGTRYKMN", min_size=8, max_size=25),
    st.one_of(st.integers(10, 60), st.integers(0, 170)),
    st.booleans(),
)


def _read(genome: Genome) -> list[str]:
    """The genome's letter at every position: ``?`` if not known, ``-`` if deleted."""
    letters = ["?"] * len(LAYOUT.genome)
    if not genome.aligned:
        return letters
    for position in range(genome.start, genome.end + 1):
        letters[position - 1] = genome.substitutions.get(position, LAYOUT.genome[position - 1])
        if position in genome.ambiguous or any(a <= position <= b for a, b in genome.missing):
            letters[position - 1] = "?"
        if any(a <= position <= b for a, b in genome.deletions):
            letters[position - 1] = "-"
    return letters


def _mismatches(oligo: Oligo, genome: Genome) -> list[int] | None:
    """How far from the 3' end each mismatch is; None if a base under the oligo is not known."""
    letters = _read(genome)[oligo.begin : oligo.end]
    if "?" in letters:
        return None
    n = len(letters)
    from_3_end = [n - 1 - i for i in range(n)] if oligo.forward else list(range(n))
    along = oligo.letters if oligo.forward else oligo.letters[::-1].translate(COMPLEMENT)
    found = [from_3_end[i] for i in range(n) if letters[i] not in IUPAC[along[i]]]
    for i in range(n - 1):
        if oligo.begin + i + 1 in genome.insertions:
            found.append(min(from_3_end[i], from_3_end[i + 1]))
    return found


@settings(max_examples=60)
@given(oligos)
def test_every_genome_is_held_against_the_oligo(oligo: Oligo) -> None:
    expected: dict[str, Counter[tuple[str, str]]] = {}
    for genome, date_, place in zip(GENOMES, BATCH.columns["date"], BATCH.columns["place"], strict=True):
        found = _mismatches(oligo, genome)
        if genome.rank > 1 or found is None:
            continue
        labels = (month_of(date_), level_of(place, 1))
        for what, n in {
            "covered": 1,
            "mismatched": len(found) >= 1,
            "severe": len(found) >= 2,
            "near": any(d < 5 for d in found),
            "weight": sum(3 if d < 2 else 2 if d < 5 else 1 for d in found),
        }.items():
            expected.setdefault(what, Counter())[labels] += n
    seen = see([STANDING], rank=1, day=date(2020, 3, 1).toordinal())
    found_ = watch(
        INDEX,
        seen,
        Everything(),
        oligo,
        by=("date", month_of),
        and_by=("place", lambda word: level_of(word, 1)),
    )
    for what, counts in expected.items():
        assert {labels: getattr(fit, what) for labels, fit in found_.items()} == dict(counts), what
