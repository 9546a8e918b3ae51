"""What a change in the letters does to a protein, CDS by CDS: overlap, slip, and a gene read backwards."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampan.engines.genome.coding import Cds, coding_of, gap_costs
from sampan.engines.genome.letters import PEPTIDE, encode
from sampan.engines.genome.rebuild import proteins
from tests.unit.engines_genome.test_analysis import row
from tests.viruses import CDSES, backwards, genome, small

G = genome()
CODONS = {name: at for at, name in enumerate(["pol", "cap", "over", "back"])}


def peptide(cds: str) -> str:
    coding = small().arrays.coding
    index = CODONS[cds]
    return (
        PEPTIDE[coding.peptide[coding.begins[index] // 3 : coding.begins[index + 1] // 3]].tobytes().decode()
    )


def with_codon(cds: Cds, codon: int, letters: str) -> str:
    """The virus with one codon (from 1) of a CDS replaced."""
    text = list(G)
    for at, letter in zip(cds.positions[3 * codon - 3 : 3 * codon], letters, strict=True):
        text[at] = letter.translate(str.maketrans("ACGT", "TGCA")) if cds.reverse else letter
    return "".join(text)


def changes(one: dict[str, Any], cds: str) -> list[str]:
    return [word for word in [*one["aa_substitutions"], *one["aa_deletions"]] if word.startswith(f"{cds}:")]


def test_genes_are_read_on_both_strands_and_across_the_slip() -> None:
    assert peptide("back").startswith("M") and peptide("back").endswith("*")
    assert len(peptide("pol")) == 1600 and "*" not in peptide("pol")[:-1]
    coding = "".join(G[at] for at in CDSES[0].positions)
    assert coding[2099] == coding[2100]  # the letter before the slip is read twice


def test_a_substitution_in_the_gene_read_backwards() -> None:
    old = peptide("back")[99]
    new = "W" if old != "W" else "M"
    one = row(with_codon(CDSES[3], 100, "TGG" if new == "W" else "ATG"))
    assert changes(one, "back") == [f"back:{old}100{new}"]


def test_a_letter_read_by_two_genes_changes_both_or_neither() -> None:
    old = peptide("over")[9]
    text = with_codon(CDSES[2], 10, "TGG" if old != "W" else "ATG")
    one = row(text)
    assert changes(one, "over") == [f"over:{old}10{'W' if old != 'W' else 'M'}"]
    assert all(word.startswith(("over:", "cap:")) for word in one["aa_substitutions"])
    again = proteins(one, small())
    coding = coding_of(encode(text), CDSES)
    for index, cds in enumerate(CDSES):
        whole = PEPTIDE[coding.peptide[coding.begins[index] // 3 : coding.begins[index + 1] // 3]]
        assert again[cds.name] == whole.tobytes().decode()


def test_a_stop_before_the_end_is_judged_and_the_last_is_not() -> None:
    early = row(with_codon(CDSES[1], 200, "TAA"))
    assert f"cap:{peptide('cap')[199]}200*" in early["aa_substitutions"]
    reading = row(with_codon(CDSES[1], 500, "CAA"))
    assert "cap:*500Q" in reading["aa_substitutions"]


def test_codons_lost_whole_are_deletions() -> None:
    begin = CDSES[0].positions[3 * 99]
    one = row(G[:begin] + G[begin + 6 :])
    assert len(changes(one, "pol")) == 2 and not one["aa_substitutions"]
    assert one["frame_shifts"] == []


def test_codons_put_in_are_insertions_also_backwards() -> None:
    at = CDSES[0].positions[3 * 200]
    forward = row(G[:at] + "GATTGG" + G[at:])
    assert [word.split(":")[0] for word in forward["aa_insertions"]] == ["pol"]
    assert len(forward["aa_insertions"][0].split(":")[2]) == 2
    at = CDSES[3].positions[3 * 50] + 1  # before codon 51, seen from the end
    backward = row(G[:at] + backwards("GATTGG") + G[at:])
    assert backward["aa_insertions"] == ["back:50:DW"]


def test_a_frame_shift_hides_what_follows_until_it_is_restored() -> None:
    at = CDSES[0].positions[3 * 100]
    broken = row(G[:at] + G[at + 1 :])
    assert broken["frame_shifts"] == ["pol:102-1600"]
    assert {"cds": "pol", "begin": 102, "end": 1600} in broken["aa_unknown"]
    healed = row(G[:at] + G[at + 1 : at + 61] + "A" + G[at + 61 :])
    assert len(healed["frame_shifts"]) == 1
    assert healed["frame_shifts"][0].startswith("pol:102-")
    assert not [word for word in changes(healed, "pol") if int(word[5:-1]) > 125]


def test_a_gene_that_loses_its_begin_or_its_end_is_never_dropped() -> None:
    cds = CDSES[1]
    ((begin, end),) = cds.parts
    front = row(G[: begin - 30] + G[begin + 7 :])
    assert front["frame_shifts"] == []
    assert {"cap:" + peptide("cap")[0] + "1-", "cap:" + peptide("cap")[1] + "2-"} <= set(
        front["aa_deletions"]
    )
    whole = row(G[: begin - 30] + G[end + 210 :])
    assert len(changes(whole, "cap")) == 500
    assert len(changes(whole, "over")) == 100


def test_what_is_not_sequenced_is_unknown_not_reference() -> None:
    one = row(G[1000:])
    assert {"cds": "pol", "begin": 1, "end": 234} in one["aa_unknown"]
    assert one["aa_deletions"] == []


def test_gaps_cost_more_inside_a_codon_and_the_later_cds_overrules() -> None:
    costs = gap_costs(len(G), CDSES)
    assert costs[299] == 6 and list(costs[300:304]) == [7, 8, 8, 7]
    assert list(costs[6602:6605]) == [7, 8, 8]
    assert list(costs[7997:8000]) == [7, 8, 8]  # backwards, the first letter of a codon here is its last
    assert costs.dtype == np.int32 and len(costs) == len(G) + 1


def test_a_codon_that_may_be_several_is_read_if_all_are_one_amino_acid() -> None:
    one = row(with_codon(CDSES[1], 401, "GCN"))
    assert changes(one, "cap") == ([] if peptide("cap")[400] == "A" else [f"cap:{peptide('cap')[400]}401A"])
    assert {"cds": "cap", "begin": 401, "end": 401} in row(with_codon(CDSES[1], 401, "GAN"))["aa_unknown"]


def test_a_codon_that_the_end_of_the_genome_cuts_is_unknown() -> None:
    one = row(G[: CDSES[1].positions[1202]])  # two letters, CG, are left of arginine 401
    assert changes(one, "cap") == []
    assert {"cds": "cap", "begin": 401, "end": 500} in one["aa_unknown"]
