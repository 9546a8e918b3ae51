"""What leaves is what the terms allow, as others' tools read it, and each download leaves a receipt."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.science.exports import export, export_file, receipts
from sampan.desks.science.releases import approve, release
from sampan.desks.science.sets import datacite, list_sets, record_set
from sampan.desks.science.standing import genome, genomes
from sampan.desks.science.submission import submit
from tests.small_virus import BEGIN, END, REFERENCE, changed, fasta, other
from tests.unit.science_desk.conftest import table

HEAD = "strain\tdate\tcountry\tterms\tuntil\tauthors\tgenbank_accession"
GENOMES = {
    "one two": changed({300: other(300)}),
    "deleted": REFERENCE[:399] + REFERENCE[402:],
    "inserted": REFERENCE[:399] + "ACG" + REFERENCE[399:],
    "half": REFERENCE[200:900],
    "secret": changed({500: other(500)}),
}
ROWS = {
    "one two": "2020-03-26\tChina\topen\t\tLi, Wang\tMN908947",
    "deleted": "2020-03\tChina\topen\t\tLi\t",
    "inserted": "2020\tItaly\topen\t\tRossi\t",
    "half": "2020-03-01/2020-03-09\tItaly\topen\t\tRossi\t",
    "secret": "2020-03-26\tChina\trestricted\t2020-12-01\tLi\t",
}


@pytest.fixture
def session(node):
    submit(node.session, {"g.fasta": fasta(GENOMES), "t.tsv": table(ROWS, HEAD)})
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    return node.session


def rows(data: bytes, delimiter: str = "\t") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode()), delimiter=delimiter))


def letters(data: bytes) -> dict[str, str]:
    return {
        record.partition("\n")[0].split()[0]: record.partition("\n")[2].replace("\n", "")
        for record in data.decode().split(">")[1:]
    }


def test_what_the_terms_forbid_is_refused_by_name(session) -> None:
    secret = next(row.accession for row in genomes(session) if row.strain == "secret")
    with pytest.raises(Refused, match=secret):
        export(session, "nextstrain", query="date>=2020")
    assert receipts(session) == []
    done = export(session, "nextstrain", query="date>=2020", leave_out=True)
    assert (done.count, done.left_out) == (4, (secret,))
    assert done.files["left-out.txt"].decode().split() == [secret]
    everything = b"".join(done.files[name] for name in done.files if name != "left-out.txt")
    assert secret.encode() not in everything
    assert GENOMES["secret"].encode() not in everything
    assert export(session, "nextstrain", query="date>=2020", audience="partner").count == 5


def test_a_partner_gets_no_more_than_a_partner_sees(node, session) -> None:
    italy = node.on_behalf_of("italy")
    with pytest.raises(Refused):
        export(italy, "citations", query="date>=2020", audience="staff")
    assert export(italy, "citations", query="date>=2020", audience="partner").count == 5
    submit(
        node.session,
        {
            "g.fasta": fasta({"z": changed({9: other(9)})}),
            "t.tsv": table({"z": "2020\tChina\topen\t\t\t"}, HEAD),
        },
    )
    hidden = next(row.accession for row in genomes(session) if row.strain == "z")
    for ask in (lambda: export(italy, "citations", accessions=[hidden]), lambda: genome(italy, hidden)):
        with pytest.raises(InputError, match="There is no genome"):
            ask()
    for view in (genomes, receipts):
        with pytest.raises(Refused):
            view(italy)


def test_insdc_is_for_the_public_alone(session) -> None:
    with pytest.raises(InputError, match="open to all"):
        export(session, "insdc", query="date>=2020", audience="partner")


def test_each_download_leaves_a_receipt(node, session) -> None:
    viewer = node.on_behalf_of("viewer")
    export(viewer, "citations", query="place=CHN", leave_out=True)
    [receipt] = receipts(session)
    assert (receipt.by, receipt.form, receipt.query, receipt.count, receipt.refused) == (
        "viewer",
        "citations",
        "place=CHN",
        2,
        1,
    )
    entry = session.ledger.get(receipt.entry)
    terms = json.loads(session.blobs.get(entry.body["terms"]["digest"]))
    assert [each[1:] for each in terms] == [["open", 1], ["open", 1]]
    assert entry.sharing == "internal"


def test_nextstrain_has_the_columns_of_ncov(session) -> None:
    files = export(session, "nextstrain", query="date>=2020", leave_out=True).files
    found = {row["strain"]: row for row in rows(files["metadata.tsv"])}
    assert {name: row["date"] for name, row in found.items()} == {
        "one_two": "2020-03-26", "deleted": "2020-03-XX", "inserted": "2020-XX-XX", "half": "2020-03-01/2020-03-09",
    }  # fmt: skip
    assert found["one_two"]["genbank_accession"] == "MN908947"
    assert found["one_two"]["country"] == "China"
    assert found["one_two"]["region"] == "Asia"
    assert found["one_two"]["authors"] == "Li, Wang"
    assert letters(files["sequences.fasta"]).keys() == found.keys()
    aligned = letters(files["aligned.fasta"])
    assert {len(each) for each in aligned.values()} == {len(REFERENCE)}
    assert aligned["one_two"] == GENOMES["one two"]
    assert aligned["deleted"].replace("-", "") == GENOMES["deleted"]
    assert aligned["inserted"] == REFERENCE


def test_augur_reads_it(session, tmp_path: Path) -> None:
    if importlib.util.find_spec("augur") is None:
        pytest.fail("nextstrain-augur is not installed, and the export is held to it")
    for name, data in export(session, "nextstrain", query="date>=2020", leave_out=True).files.items():
        (tmp_path / name).write_bytes(data)

    def augur(*arguments: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "augur", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    augur("index", "--sequences", "sequences.fasta", "--output", "index.tsv")
    assert {row["strain"]: int(row["length"]) for row in rows((tmp_path / "index.tsv").read_bytes())} == {
        "one_two": 1500, "deleted": 1497, "inserted": 1503, "half": 700
    }  # fmt: skip
    augur("index", "--sequences", "aligned.fasta", "--output", "aligned.tsv")
    assert {row["length"] for row in rows((tmp_path / "aligned.tsv").read_bytes())} == {"1500"}
    augur(
        "filter", "--metadata", "metadata.tsv", "--sequence-index", "index.tsv", "--min-date", "2020-01-01",
        "--min-length", "600", "--query", "country == 'Italy'", "--output-strains", "kept.txt",
    )  # fmt: skip
    assert set((tmp_path / "kept.txt").read_text().split()) == {"inserted", "half"}


def test_insdc_features_are_in_the_genomes_own_positions(session) -> None:
    files = export(
        session, "insdc", query="date>=2020", leave_out=True, organism="Small virus", project="PRJ1"
    ).files
    tables = {
        part.split("\n")[0]: part.split("\n")[1:]
        for part in files["features.tbl"].decode().split(">Feature ")[1:]
    }
    names = {row.strain: row.accession for row in genomes(session)}
    assert tables[names["one two"]][0] == f"{BEGIN}\t{END}\tCDS"
    assert tables[names["deleted"]][0] == f"{BEGIN}\t{END - 3}\tCDS"
    assert tables[names["inserted"]][0] == f"{BEGIN}\t{END + 3}\tCDS"
    assert tables[names["half"]][0] == "<1\t>700\tCDS"
    assert (
        "\t\t\tcodon_start\t3" in tables[names["half"]]
    )  # 100 letters of the protein are not there: 33 codons and one
    source = rows(files["source.src"])
    assert source[3]["Collection_date"] == "2020-03-01/2020-03-09"
    assert source[0]["geo_loc_name"] == "China"
    assert source[0]["BioProject"] == "PRJ1"
    assert b"[organism=Small virus] [isolate=one two] [collection-date=2020-03-26]" in files["genomes.fsa"]


def test_vcf_gives_the_genomes_back(session) -> None:
    files = export(session, "mutations", query="date>=2020", leave_out=True).files
    lines = (
        files["small-virus_1.vcf" if "small-virus_1.vcf" in files else "small-virus@1.vcf"]
        .decode()
        .splitlines()
    )
    head = next(line for line in lines if line.startswith("#CHROM")).split("\t")
    names = {row.accession: row.strain for row in genomes(session)}
    for column, name in enumerate(head[9:], 9):
        built = list(REFERENCE)
        unread = []
        for line in (each.split("\t") for each in lines if not each.startswith("#")):
            at, ref, alts, call = int(line[1]), line[3], line[4].split(","), line[column]
            assert REFERENCE[at - 1 : at - 1 + len(ref)] == ref
            if call == ".":
                unread.append(at)
            elif call != "0":
                built[at - 1 : at - 1 + len(ref)] = [alts[int(call) - 1], *[""] * (len(ref) - 1)]
        if names[name] != "half":
            assert "".join(built) == GENOMES[names[name]]
        else:
            assert 300 not in unread
    long = rows(files["mutations.tsv"])
    assert {"substitution", "deletion", "insertion"} <= {row["kind"] for row in long}


def test_citations_name_who_is_to_be_credited(session) -> None:
    found = rows(export(session, "citations", query="date>=2020", leave_out=True).files["citations.csv"], ",")
    assert [row["authors"] for row in found] == ["Li, Wang", "Li", "Rossi", "Rossi"]


def test_a_zip_is_the_same_each_time(session) -> None:
    first = export_file(session, "citations", query="date>=2020", leave_out=True)
    assert first == export_file(session, "citations", query="date>=2020", leave_out=True)
    assert zipfile.ZipFile(io.BytesIO(first)).namelist() == ["citations.csv", "left-out.txt"]


@pytest.mark.parametrize(
    "asked", [{}, {"accessions": ["CHNQT_0000001A"]}, {"number": "S-9"}, {"query": "nonsense"}]
)
def test_what_cannot_be_answered_says_why(session, asked) -> None:
    with pytest.raises(InputError) as fault:
        export(session, "citations", **asked)
    assert fault.value.way_out


# Sets


def test_a_set_is_described_as_datacite_has_it_and_hides_what_is_hidden(session) -> None:
    names = [row.accession for row in genomes(session)]
    record_set(
        session, "Five genomes", names[:4], creators=["IPB"], background=names[4:], licence="cc-by-4.0", doi="https://doi.org/10.1234/ABC",
        related=["10.1101/2020.01.01"],
    )  # fmt: skip
    said = json.loads(datacite(session, "S-0001"))["data"]["attributes"]
    assert (said["doi"], said["publicationYear"], said["version"]) == ("10.1234/abc", 2020, "1")
    parts = [
        each["relatedIdentifier"] for each in said["relatedIdentifiers"] if each["relationType"] == "HasPart"
    ]
    assert parts == names[:4]
    record_set(session, "Five genomes", names[:2], creators=["IPB"], number="S-0001")
    [row] = list_sets(session)
    assert (row.edition, row.focal, row.visible) == (2, 2, 2)
    assert export(session, "citations", number="S-0001").count == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"doi": "11.1/x"},
        {"licence": "free"},
        {"creators": []},
        {"related": ["x"]},
        {"number": "S-7"},
        {"focal": []},
    ],
)
def test_a_set_that_does_not_hold_is_named(session, wrong) -> None:
    said = {"title": "T", "focal": [genomes(session)[0].accession], "creators": ["IPB"], **wrong}
    with pytest.raises(InputError):
        record_set(session, said.pop("title"), said.pop("focal"), **said)


def test_restricted_terms_open_an_export_on_their_day(node, session) -> None:
    from tests.unit.science_desk.test_releases import later

    assert export(later(session, 200), "citations", query="date>=2020").count == 5
    assert later(session, 200).today() > date(2020, 12, 1)
