"""Which lineage is nearest, what is private, and how a genome is judged."""

from __future__ import annotations

import math
import random

import pytest

from sampan.engines.genome.analyse import Analysis
from sampan.engines.genome.ancestors import forks
from sampan.engines.genome.quality import Rules
from sampan.engines.genome.reference import Node, reference_of
from tests.unit.engines_genome.test_analysis import base, given, substituted
from tests.viruses import CDSES, genome, states

G = genome()


def written(position: int) -> str:
    return f"{G[position - 1]}{position}{base(position)}"


def reference(lineages: dict[str, list[int]], *, rules: Rules | None = None, labels: tuple[int, ...] = ()):  # type: ignore[no-untyped-def]
    nodes = [
        Node(name, "a" if name < "c" else "z", states(G, [f"{at}{base(at)}" for at in sites]))
        for name, sites in lineages.items()
    ]
    parents = {name: name.rpartition(".")[0] for name in lineages if "." in name}
    labelled = {int(states(G, [f"{at}{base(at)}"])[0]): ("a", "b") for at in labels}
    return reference_of(G, CDSES, name="small", rules=rules, nodes=nodes, parents=parents, labels=labelled)


def test_the_lineage_is_that_which_differs_at_the_fewest_sites() -> None:
    known = reference({"b": [], "b.1": [500, 1000], "b.2": [500, 2000]})
    one, other = Analysis(known)(given(substituted(500, 2000, 3000), G)).to_pylist()
    assert (one["lineage"], one["lineage_alternatives"], one["lineage_distance"]) == ("b.2", [], 1)
    assert one["private_substitutions"] == [written(3000)]
    assert (other["lineage"], other["lineage_distance"]) == ("b", 0)


def test_mutations_of_few_and_of_many_nodes_count_alike() -> None:
    rng = random.Random(7)
    sites = range(200, 8200, 40)
    lineages = {f"l{at}": [site for site in sites if rng.random() < 40 / site] for at in range(150)}
    known = reference(lineages)
    assert (known.arrays.nodes.common >= 0).any() and known.arrays.nodes.rare.size > 0
    genomes = [set(rng.sample(sites, 12)) | set(lineages[f"l{at}"]) for at in range(0, 150, 15)]
    texts = [substituted(*own)[:3000] + "N" * 1000 + substituted(*own)[4000:] for own in genomes]
    for own, row in zip(genomes, Analysis(known)(given(*texts)).to_pylist(), strict=True):
        away = [
            sum(not 3000 < site <= 4000 for site in own.symmetric_difference(theirs))
            for theirs in lineages.values()
        ]
        assert row["lineage_distance"] == min(away)


def test_equally_near_lineages_give_their_ancestor_and_are_all_named() -> None:
    known = reference({"b": [], "b.1": [500, 1000], "b.2": [500, 2000]})
    one = Analysis(known)(given(substituted(500))).to_pylist()[0]
    assert one["lineage"] == "b"
    assert one["lineage_alternatives"] == ["b.1", "b.2"]
    assert one["lineage_distance"] == 1


def test_what_siblings_share_is_a_fork_between_them_and_their_parent() -> None:
    known = reference({"b": [], "b.1": [500, 600, 1000], "c.2": [500, 600, 2000], "c.3": [600, 3000]})
    parents = dict.fromkeys(("b.1", "c.2", "c.3"), "b")
    found = forks(known.nodes, parents)
    assert [(one.lineage, one.clade, one.inferred) for one in found] == [("b", "z", True), ("b", "z", True)]
    assert [one.mutations.tolist() for one in found] == [
        states(G, [f"{at}{base(at)}" for at in sites]).tolist() for sites in ([500, 600], [600])
    ]
    one = Analysis(reference_of(G, CDSES, name="small", nodes=[*known.nodes, *found], parents=parents))(
        given(substituted(500, 600, 4000))
    ).to_pylist()[0]
    assert (one["lineage"], one["lineage_alternatives"], one["lineage_distance"]) == ("b", [], 1)
    assert one["private_substitutions"] == [written(4000)] and one["reversion_substitutions"] == []


def test_a_fork_has_the_clade_whose_signature_it_has() -> None:
    known = reference({"b": [], "b.3": [500, 3000], "c.1": [500, 1000, 1500], "c.2": [500, 1500, 2000]})
    found = forks(known.nodes, dict.fromkeys(("b.3", "c.1", "c.2"), "b"))
    assert {(len(one.mutations), one.clade) for one in found} == {(1, "a"), (2, "z")}


def test_a_child_that_lacks_what_its_parent_has_tells_of_no_fork() -> None:
    known = reference({"b": [300], "b.1": [500, 1000], "b.2": [300, 500, 2000]})
    assert forks(known.nodes, {"b.1": "b", "b.2": "b"}) == []
    assert forks([*known.nodes, known.nodes[0]], {"b.1": "b", "b.2": "b"}) == []


def test_sites_that_are_missing_or_deleted_speak_for_nobody() -> None:
    known = reference({"b": [], "b.1": [500]})
    hidden = substituted(500)[:490] + "N" * 20 + G[510:]
    lost = G[:490] + G[520:]
    for one in Analysis(known)(given(hidden, lost)).to_pylist():
        assert one["lineage_distance"] == 0
        assert one["lineage"] == "b" and one["lineage_alternatives"] == ["b.1"]
        assert one["reversion_substitutions"] == []


def test_reversions_and_labels_are_told_apart() -> None:
    known = reference({"b.1": [500, 1000, 1500, 2000]}, labels=(3000,))
    one = Analysis(known)(given(substituted(1000, 1500, 2000, 3000, 4000))).to_pylist()[0]
    assert one["reversion_substitutions"] == [f"{base(500)}500{G[499]}"]
    assert one["labelled_substitutions"] == [f"{written(3000)}|a&b"]
    assert one["private_substitutions"] == [written(4000)]


def test_the_rules_give_the_scores_that_their_definitions_say() -> None:
    rules = Rules(1000, 100, 10, 20, 5, 6, 4, 1, 50, 100, 3, 75, 75)
    known = reference({"b": [500]}, rules=rules, labels=(3000,))
    text = substituted(3000, 3010, 3020, 3030, 3040, 4000)  # 500 reverted
    text = text[:7000] + "R" * 3 + text[7003:8100] + "N" * 200 + text[8300:]
    one = Analysis(known)(given(text)).to_pylist()[0]
    private = (6 + 4 + 5 - 5) * 100 / 20
    assert one["qc_missing"] == pytest.approx(10)
    assert one["qc_mixed"] == pytest.approx(30)
    assert one["qc_private"] == pytest.approx(private)
    assert one["qc_clusters"] == pytest.approx(50)
    assert one["qc_overall"] == pytest.approx((100 + 900 + private**2 + 2500 + one["qc_stops"] ** 2) / 100)


def test_a_rule_without_parameters_is_not_applied_and_says_nothing() -> None:
    one = Analysis(reference({"b": []}))(given(substituted(3000))).to_pylist()[0]
    assert all(
        one[name] is None
        for name in one
        if name.startswith("qc_") and name not in {"qc_overall", "qc_status"}
    )
    assert one["qc_overall"] == 0.0 and not math.isnan(one["qc_overall"])


def test_without_lineages_nothing_is_placed() -> None:
    one = Analysis(reference({}))(given(G)).to_pylist()[0]
    assert one["lineage"] is None and one["clade"] is None and one["lineage_distance"] is None
    assert one["private_substitutions"] is None
