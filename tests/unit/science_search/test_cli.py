"""The commands that search: the desk's own answers, as a table and as JSON, through the eyes that were asked for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sampan.cli.genome_search import genomes_app
from sampan.core.errors import InputError
from sampan.desks.science import library
from sampan.desks.science.terms import shown
from sampan.node import Node
from sampan.records.science import Terms
from tests.genome_rows import PARENTS, Genome, analysis, metadata, small_layout

LAYOUT = small_layout()
LETTER = next(base for base in "ACGT" if base != LAYOUT.genome[24])
MUTATION = f"{LAYOUT.genome[24]}25{LETTER}"


def genome(name: str, day: date, place: str, *, has: bool) -> Genome:
    made = Genome(name, day, day, place, "B.1.1", end=200)
    if has:
        made.substitutions[25] = LETTER
    return made


GENOMES = [
    genome("a", date(2020, 3, 1), "Europe|ITA|IT-25", has=True),
    genome("b", date(2020, 3, 9), "Europe|ITA", has=False),
    genome("c", date(2020, 4, 1), "Asia|CHN|CN-HB", has=True),
    genome("d", date(2020, 4, 2), "Asia|CHN|CN-HB", has=True),
]
TERMS = [Terms(), Terms(), Terms(), Terms(kind="national")]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "office"
    Node.create(folder, home="CHN").close()
    index = library.folder_of(folder)
    library.set_reference(index, LAYOUT, parents={child: [parent] for child, parent in PARENTS.items()})
    library.add(index, analysis(GENOMES, LAYOUT), metadata(GENOMES), [shown(each) for each in TERMS])
    return folder


def typed(office: Path, *words: str) -> str:
    done = CliRunner().invoke(genomes_app, [*words, "--node", str(office)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_search_lists_what_was_told_of_each(office: Path) -> None:
    said = json.loads(typed(office, "search", f"{MUTATION} & place=Italy", "--json"))
    assert (said["total"], [row["accession"] for row in said["rows"]]) == (1, ["a.1"])
    assert said["rows"][0]["place"] == "IT-25"
    assert "a.1" in typed(office, "search", MUTATION, "--where", "length>=200", "--limit", "1")


@pytest.mark.parametrize(("eyes", "total"), [("public", 3), ("partner", 3), ("staff", 4)])
def test_a_count_through_other_eyes(office: Path, eyes: str, total: int) -> None:
    assert json.loads(typed(office, "count", "--seen-by", eyes, "--json"))["total"] == total


def test_a_count_by_month_and_country(office: Path) -> None:
    said = typed(office, "count", "lineage=B.1*", "--by", "month", "--by", "country").splitlines()
    assert [line.split() for line in said[1:]] == [["2020-03", "ITA", "2"], ["2020-04", "CHN", "2"]]


def test_frequencies_say_of_how_many(office: Path) -> None:
    said = json.loads(typed(office, "frequencies", "--json"))["rows"]
    assert said == [{"mutation": MUTATION, "count": 3, "covered": 4, "share": 0.75}]
    course = typed(office, "frequencies", "--mutation", MUTATION).splitlines()
    assert [line.split() for line in course[1:]] == [
        ["2020-03", "1", "2", "50.0%"],
        ["2020-04", "2", "2", "100.0%"],
    ]


def test_primers_are_watched(office: Path, tmp_path: Path) -> None:
    file = tmp_path / "primers.tsv"
    file.write_text(f"name\tsequence\tstart\tstrand\n N1, with commas\t{LAYOUT.genome[10:26]}\t11\t+\n")
    said = json.loads(typed(office, "primers", str(file), "--by", "country", "--json"))["rows"]
    assert [
        (r["oligo"], r["labels"], r["covered"], r["mismatched"], r["near"], r["mean_weight"]) for r in said
    ] == [
        ("N1, with commas", ["CHN"], 2, 2, 2, 3.0),
        ("N1, with commas", ["ITA"], 2, 1, 1, 1.5),
    ]
    assert "100.0%" in typed(office, "primers", str(file), "--by", "country")


@pytest.mark.parametrize(
    ("line", "field", "way_out"),
    [
        (f"P\t{LAYOUT.genome[50:70]}\t11\t+", "start", "It fits at 51, strand +"),
        ("P\tACGT\t11\t+", "sequence", "5' to 3'"),
        ("P\tACGTACGTAC!\t11\t+", "sequence", "5' to 3'"),
        (f"P\t{LAYOUT.genome[10:27]}\televen\t+", "start", "number"),
        (f"P\t{LAYOUT.genome[10:27]}\t11\tplus", "strand", "Write + or -"),
        (f"P\t{LAYOUT.genome[10:27]}\t199\t+", "start", "It fits at 11"),
        ("P", "sequence", "5' to 3'"),
    ],
)
def test_a_wrong_oligo_is_told(office: Path, tmp_path: Path, line: str, field: str, way_out: str) -> None:
    file = tmp_path / "primers.tsv"
    file.write_text(f"name\tsequence\tstart\tstrand\n{line}\n")
    with pytest.raises(InputError) as fault:
        typed(office, "primers", str(file))
    assert (fault.value.line, fault.value.field) == (2, field)
    assert way_out in fault.value.way_out


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (["count", "--by", "moon"], "Use day"),
        (["count", "--by", "day", "--by", "day"], "Use day"),
        (["frequencies", "--by", "month"], "--mutation"),
        (["frequencies", "--mutation", "25 & 26"], "S:N501Y"),
        (["frequencies", "--least", "5"], "0.05"),
        (["search", "--where", "length; DROP TABLE x"], "host=Homo"),
        (["search", "--where", "weight=5"], "accession"),
        (["search", "--where", "length=long"], "Write one"),
        (["search", "place=Itly"], "Italy"),
        (["search", "lineage=B.1.1.8"], "B.1.1.7"),
        (["search", "--limit", "1000000"], "Page"),
    ],
)
def test_a_wrong_command_is_told(office: Path, words: list[str], way_out: str) -> None:
    with pytest.raises(InputError) as fault:
        typed(office, *words)
    assert way_out in fault.value.way_out


@pytest.mark.parametrize(
    "condition",
    ["lab=x' OR '1'='1", "lab~%", 'lab"=x', "lab=x; DROP TABLE genomes", "lab~' UNION SELECT 1 --"],
)
def test_no_condition_is_ever_sql(office: Path, condition: str) -> None:
    try:
        assert json.loads(typed(office, "search", "--where", condition, "--json"))["total"] == 0
    except InputError as fault:
        assert fault.way_out


def test_a_node_without_genomes(tmp_path: Path) -> None:
    Node.create(tmp_path / "new", home="ITA").close()
    for words in (["count"], ["search"], ["frequencies"]):
        with pytest.raises(InputError, match=r"^There are no genomes to search yet\. Hand some in"):
            typed(tmp_path / "new", *words)
