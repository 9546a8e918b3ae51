"""Of a fictional virus what was made is found: the mutations and lineages of its genomes, and how good they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sampan.desks.control.exercise import make
from sampan.desks.science.exercise import FictionalGenomes
from sampan.engines.genome.analyse import Analysis
from sampan.engines.genome.kernels import sparing
from sampan.engines.outbreak.ancestry import ROOT
from sampan.engines.outbreak.evolution import YEAR, Clock
from sampan.engines.outbreak.virus import BASES, amino_acid, invent, read
from sampan.formats.fasta import Portion
from sampan.injects import genomes_of
from sampan.world.genome_references import load_reference

SEEDS = (20310101, 7)


@cache
def genomes(seed: int, home: str = "CHN") -> FictionalGenomes:
    return genomes_of(make(home=home, seed=seed), home=home, seed=seed)


def analysed(made: FictionalGenomes, folder: Path) -> list[dict[str, object]]:
    texts = [one.text.encode() for one in made.genomes]
    ends = np.cumsum([len(text) for text in texts]).tolist()
    named = [one.strain for one in made.genomes]
    work = Analysis(load_reference(made.write_reference(folder)))
    portion = Portion(named, b"".join(texts), [0, *ends[:-1]], ends, [False] * len(texts), 0)
    return pa.Table.from_batches([work(portion)]).to_pylist()


@pytest.fixture(scope="module", params=SEEDS)
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FictionalGenomes, list[dict[str, object]]]:
    made = genomes(request.param)
    return made, analysed(made, tmp_path_factory.mktemp("reference"))


def test_every_mutation_that_can_be_read_is_found_and_no_other(
    found: tuple[FictionalGenomes, list[dict[str, object]]],
) -> None:
    for one, row in zip(*(found[0].genomes, found[1]), strict=True):
        if one.fate == "foreign":
            assert row["status"] != "aligned"
            continue
        seen = [each.name for each in one.mutations if one.text[each.at] == BASES[each.after]]
        assert (row["substitutions"], row["deletions"], row["insertions"]) == (seen, [], [])
        assert one.covered <= (len(seen) >= len(one.mutations) - 8)


def test_the_lineage_of_every_genome_of_high_coverage_is_found(
    found: tuple[FictionalGenomes, list[dict[str, object]]],
) -> None:
    good = [
        (one, row)
        for one, row in zip(found[0].genomes, found[1], strict=True)
        if one.covered and one.fate == "sound"
    ]
    assert len(good) > 80
    assert [row["lineage"] for _, row in good] == [one.lineage for one, _ in good]
    assert len({one.lineage for one, _ in good}) >= 4


def test_quality_control_turns_away_what_was_made_badly(
    found: tuple[FictionalGenomes, list[dict[str, object]]],
) -> None:
    graded = Counter(
        (one.fate, row["qc_status"]) for one, row in zip(*(found[0].genomes, found[1]), strict=True)
    )
    assert {grade for fate, grade in graded if fate in ("thin", "mixed")} == {"bad"}
    assert graded["sound", "bad"] <= 0.03 * graded["sound", "good"]
    assert graded["thin", "bad"] > 0
    assert graded["mixed", "bad"] > 0


def test_interpreted_kernels_find_the_same_as_compiled_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of genomes with gaps, insertions, and letters in doubt, read from either strand."""
    from sampan.engines.genome import kernels

    first = genomes(7).genomes[:24]
    text = first[0].text
    turned = text[::-1].translate(str.maketrans("ACGT", "TGCA"))
    odd = [text[:900] + text[912:], text[:2000] + "GATTACA" + text[2000:], turned, text[300:-200] + "ACGT"]
    odd += [text[:3001] + text[3002:], text.replace("A", "R", 3), text[:1500] + "N" * 700 + text[2230:]]
    made = replace(
        genomes(7), genomes=(*first, *(replace(first[0], strain=each[:40], text=each) for each in odd))
    )
    compiled = analysed(made, tmp_path / "one")
    monkeypatch.setattr(kernels, "_is_compiled", lambda kernel: False)
    with sparing():
        assert repr(analysed(made, tmp_path / "two")) == repr(compiled)  # absent scores are NaN


def test_the_same_seed_makes_the_same_bytes_and_another_another() -> None:
    made, again = genomes(7), genomes_of(make(home="CHN", seed=7), home="CHN", seed=7)
    assert (made.reference, made.genomes) == (again.reference, again.genomes)
    assert made.reference != genomes(1).reference


def test_a_virus_has_whole_genes() -> None:
    virus = invent(np.random.default_rng(3))
    for gene in virus.genes:
        codons = virus.letters[gene.begin : gene.end].reshape(-1, 3)
        protein = "".join(amino_acid(codon) for codon in codons)
        assert protein[0] == "M"
        assert protein.index("*") == len(protein) - 1


def test_no_genome_has_a_change_that_the_virus_would_not_survive() -> None:
    made = genomes(7)
    for one in made.genomes[::10]:
        letters = made.virus.letters.copy()
        for each in one.mutations:
            letters[each.at] = each.after
        for gene in made.virus.genes:
            protein = "".join(amino_acid(codon) for codon in letters[gene.begin : gene.end].reshape(-1, 3))
            assert (protein[0], protein.index("*")) == ("M", len(protein) - 1)


def test_the_clock_is_the_one_that_was_set() -> None:
    """Mutations since the reference against the days since the common ancestor, over three outbreaks."""
    mutations, expected = 0, 0.0
    for seed in range(1, 4):
        made = genomes(seed)
        for one in made.genomes[::5]:
            days = (one.taken - made.first_day).days - int(made.tree.day[ROOT])
            mutations += len(one.mutations)
            expected += days * Clock().rate * len(made.virus.letters) / YEAR
    assert mutations == pytest.approx(expected, rel=0.25)


def test_an_ancestor_lies_before_and_most_transmission_is_at_home() -> None:
    tree = genomes(7).tree
    parent, day, place = tree.parent[1:], tree.day[1:], tree.place[1:]
    assert (parent < np.arange(1, len(tree.parent))).all()
    infected = place >= 0
    assert (tree.day[parent][infected] < day[infected]).all()
    caught = infected & (tree.place[parent] >= 0)
    assert 0.6 < np.mean(place[caught] == tree.place[parent][caught]) < 1


@pytest.mark.parametrize("home", ["ITA", "SGP", "FJI"])
def test_any_country_may_be_the_first(home: str) -> None:
    made = genomes(3, home)
    assert made.lineages[0].name == "A"
    assert {one.country for one in made.genomes} > {home}


def test_everything_that_is_handed_in_says_that_it_is_an_exercise() -> None:
    made = genomes(7)
    assert all(one.strain.startswith("EXERCISE/") for one in made.genomes)
    assert made.reference["reference.fasta"].startswith(b">EXERCISE")


def test_letters_are_read_as_they_are_spelt() -> None:
    assert (
        invent(np.random.default_rng(1)).letters.tolist()
        == read(invent(np.random.default_rng(1)).text).tolist()
    )
