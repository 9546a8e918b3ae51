"""A folder of a virus, in both layouts; what is wrong in one is told with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sampan.core.errors import InputError
from sampan.formats.genome_reference import read_reference
from sampan.world.genome_references import examined, find_reference, install, installed, prepared
from tests.viruses import CDSES, folder, genome


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return folder(tmp_path / "small")


def test_our_layout_is_read(small: Path) -> None:
    read = read_reference(small)
    assert (read.name, read.version) == ("small", "2020-03-12")
    assert read.sequence == genome()
    assert {one.name: one.parts for one in read.proteins} == {cds.name: cds.parts for cds in CDSES}
    assert [one.name for one in read.lineages] == ["root", "root.1", "root.2"]
    known = prepared(read)
    assert [len(node.mutations) for node in known.nodes] == [0, 4, 3]
    assert known.ancestors("root.2") == ["root.2", "root"]
    assert known.arrays.rules.missing_bias == 100 and known.arrays.rules.frame_shift_weight == 75


def test_lineages_designated_later_are_left_out(small: Path) -> None:
    read = read_reference(small, designated_until="2020-02-15")
    assert [one.name for one in read.lineages] == ["root", "root.1"]
    assert read.version == "2020-03-12-until-2020-02-15"


def test_labels_of_clades_that_were_not_yet_known_are_left_out(small: Path) -> None:
    settings = json.loads((small / "pathogen.json").read_text())
    clades = sorted({one.clade for one in read_reference(small).lineages if one.clade})
    settings["mutLabels"] = {"nucMutLabelMap": {"500T": [clades[0], "99Z"], "600T": ["99Z"]}}
    (small / "pathogen.json").write_text(json.dumps(settings))
    now, then = (prepared(read_reference(small, designated_until=day)) for day in (None, "2020-12-31"))
    assert sorted(now.labels.values()) == sorted([(clades[0], "99Z"), ("99Z",)])
    assert list(then.labels.values()) == [(clades[0],)]


def test_a_tree_takes_the_place_of_the_table(small: Path) -> None:
    (small / "lineages.tsv").unlink()
    g = genome()
    there = f"{g[499]}500{'A' if g[499] != 'A' else 'C'}"
    back = f"{there[-1]}500{there[0]}"
    tree = {
        "tree": {
            "name": "n0",
            "node_attrs": {"clade_membership": {"value": "old"}},
            "children": [
                {
                    "name": "n1",
                    "branch_attrs": {"mutations": {"nuc": [there, "A700N", "C701R"]}},  # which tell nothing
                    "node_attrs": {"clade_membership": {"value": "new"}, "Nextclade_pango": {"value": "X.1"}},
                    "children": [{"name": "n2", "branch_attrs": {"mutations": {"nuc": [back, "2000-2002"]}}}],
                }
            ],
        }
    }
    (small / "tree.json").write_text(json.dumps(tree))
    known = prepared(read_reference(small))
    assert [(node.lineage, node.clade, len(node.mutations)) for node in known.nodes] == [
        (None, "old", 0),
        ("X.1", "new", 1),
        (None, None, 3),
    ]


def test_a_dataset_names_its_own_files(small: Path) -> None:
    settings = json.loads((small / "pathogen.json").read_text())
    (small / "genome_annotation.gff3").rename(small / "genes.gff3")
    settings["files"] = {"genomeAnnotation": "genes.gff3", "reference": "../../etc/passwd"}
    (small / "pathogen.json").write_text(json.dumps(settings))
    assert len(read_reference(small).proteins) == 4


@pytest.mark.parametrize(
    ("file", "text", "says", "line"),
    [
        ("reference.fasta", ">a\nACGT\n>b\nACGT\n", "one sequence", None),
        ("reference.fasta", ">a\nMFVFL\n", "none of A, C, G, T and N", None),
        ("genome_annotation.gff3", "a\tt\tCDS\t1\t9999\t.\t+\t0\tName=x\n", "the genome from 1 to 8,400", 1),
        ("genome_annotation.gff3", "#x\na\tt\tCDS\t90\t9\t.\t+\t0\tName=x\n", "from 90 to 9", 2),
        ("genome_annotation.gff3", "a\tt\tCDS\t1\t10\t.\t+\t0\tName=x\n", "no number of whole codons", 1),
        ("genome_annotation.gff3", "a\tt\tCDS\t1\t9\t.\t+\t0\t\n", "has no name", 1),
        ("genome_annotation.gff3", "a t CDS 1 9\na\tt\tCDS\tone\t9\t.\t+\t0\tName=x\n", "no line of GFF3", 1),
        (
            "genome_annotation.gff3",
            "a\tt\tCDS\t1\t9\t.\t+\t0\tID=1;Name=x\na\tt\tCDS\t12\t20\t.\t+\t0\tID=2;Name=x\n",
            "Two CDS are called",
            1,
        ),
        (
            "genome_annotation.gff3",
            "a\tt\tCDS\t1\t9\t.\t+\t0\tID=1;Name=x\na\tt\tCDS\t12\t20\t.\t-\t0\tID=1;Name=x\n",
            "both strands",
            1,
        ),
        ("genome_annotation.gff3", "#\na\tt\tCDS\t1\t9\t.\t?\t0\tName=x\n", r'strand of x is "\?"', 2),
        ("genome_annotation.gff3", "a\tt\tgene\t1\t9\t.\t.\t0\tName=x\n", r'strand of x is "\."', 1),
        ("pathogen.json", "{", "not JSON", None),
        ("pathogen.json", "[]", "no JSON object", None),
        ("lineages.tsv", "lineage\tmutations\nx\tC99999T\n", "no mutation of this genome", 2),
        ("lineages.tsv", "lineage\tmutations\n\tC1T\n", "names no lineage", 2),
    ],
)
def test_what_is_wrong_is_told(small: Path, file: str, text: str, says: str, line: int | None) -> None:
    (small / file).write_text(text)
    with pytest.raises(InputError, match=says) as fault:
        read_reference(small)
    assert fault.value.line == line


def test_of_features_that_are_not_read_the_strand_may_be_unknown(small: Path) -> None:
    with (small / "genome_annotation.gff3").open("a") as file:
        file.write("a\tt\tgene\t1\t9\t.\t?\t.\tName=x\n")
    assert len(read_reference(small).proteins) == len(CDSES)


@pytest.mark.parametrize(
    "qc", [{"missingData": {"missingDataThreshold": "many"}}, {"frameShifts": {"ignoredFrameShifts": [{}]}}]
)
def test_settings_that_are_no_numbers_are_told(small: Path, qc: object) -> None:
    (small / "pathogen.json").write_text(json.dumps({"qc": qc}))
    with pytest.raises(InputError, match="cannot be read"):
        prepared(read_reference(small))


def test_a_folder_without_a_genome(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no reference genome"):
        read_reference(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        read_reference(tmp_path / "none")


def test_installing_keeps_a_copy_that_never_changes(small: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    home, _ = install(small, store=store)
    assert installed(store) == [home]
    with pytest.raises(InputError, match="No reference is installed"):
        find_reference(None, tmp_path / "none")
    assert find_reference("small", store) == find_reference("small@2020-03-12", store) == home
    assert find_reference(None, store) == home
    assert install(small, store=store)[0] == home
    assert read_reference(home).version == "2020-03-12"
    (small / "lineages.tsv").write_text("lineage\tmutations\nroot\t\n")
    with pytest.raises(InputError, match="installed already, with other content"):
        install(small, store=store)
    assert len(read_reference(home).lineages) == 3
    with pytest.raises(InputError, match="Installed: small@2020-03-12"):
        find_reference("large", store)
    install(small, name="other", store=store)
    with pytest.raises(InputError, match="references of other, small"):
        find_reference(None, store)


def test_a_check_says_what_is_there_and_what_looks_odd(small: Path) -> None:
    (small / "genome_annotation.gff3").write_text("a\tt\tCDS\t302\t2401\t.\t+\t0\tName=wrong\n")
    result = examined(small)
    assert result["letters"] == 8400 and result["lineages"] == 3
    assert any("wrong has" in remark for remark in result["remarks"])
    assert "there are no parameters for the rule SNP clusters" in result["remarks"]
