"""What is handed in is taken whole or not at all, and each fault is named with its place and its way out."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import re
import zipfile

import pytest
import zstandard
from openpyxl import Workbook
from rich.console import Console
from typer.testing import CliRunner

from sampan.cli import genomes_desk, say
from sampan.core.errors import InputError, Refused
from sampan.desks.science.collection import collection
from sampan.desks.science.findings import Blocked
from sampan.desks.science.sequences import letters_of
from sampan.desks.science.submission import submit
from tests.small_virus import changed, fasta, genome, other
from tests.unit.science_desk.conftest import GENOMES, HEAD, ROWS, table, upload


def faults(files, submitted, **more) -> list[str]:
    """What keeps an upload out, as ``field: what``."""
    size = submitted.__closure__  # nothing was written: asserted by the callers
    with pytest.raises(Blocked) as fault:
        submitted(files, **more)
    assert size is not None
    return [f"{each.field}: {each.what}" for each in fault.value.findings if each.severity == "error"]


def test_good_genomes_are_taken_analysed_and_numbered(node, submitted) -> None:
    done = submitted()
    assert (done.new, done.revised, done.blocked) == (3, 0, 0)
    assert done.number == "G-0001"
    assert [row.lineage for row in done.rows] == ["A", "A.1", "A.1.1"]
    held = list(collection(node.session).held.values())
    assert [one.state for one in held] == ["processed"] * 3
    assert [one.fields["place"] for one in held] == ["CN-HB", "CN-HB", "ITA"]
    assert [one.fields["date"] for one in held] == ["2020-01-05", "2020-02", "2020-03-01/2020-03-10"]
    assert held[2].fields["originating_lab"] == "مختبر, روما"
    assert all(one.accession.startswith("CHN") and one.version == 1 for one in held)
    said = collection(node.session).submission("G-0001").said
    assert letters_of(node.session.blobs, said.sequences, range(3)) == [g.encode() for g in GENOMES.values()]
    processing = collection(node.session).submission("G-0001").processing
    assert processing.reference == "small-virus@1"
    assert processing.engine


def test_the_originals_are_kept_byte_for_byte(node, submitted) -> None:
    files = upload()
    submitted(files)
    said = collection(node.session).submission("G-0001").said
    assert {each.name: node.session.blobs.get(each.digest) for each in said.originals} == files


def test_no_letters_and_no_words_about_samples_stand_in_the_log(node, submitted) -> None:
    submitted()
    log = json.dumps(
        [entry.body for entry in node.session.ledger.entries(kind="science.")], ensure_ascii=False
    )
    for secret in ("Li, Wang", "Rossi", "hCoV", "Lab A", 'S1"', GENOMES["hCoV/Rome/3"][:40], "CHN"):
        assert secret not in log.replace("genomes.fasta", "").replace("about.tsv", "")
    assert all(entry.sharing == "internal" for entry in node.session.ledger.entries(kind="science."))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstandard.ZstdCompressor().compress])
def test_packed_files_are_read(node, submitted, pack) -> None:
    files = {"g": pack(fasta(GENOMES)), "about": pack(table())}
    assert submitted(files).new == 3
    said = collection(node.session).submission("G-0001").said
    assert {each.name: node.session.blobs.get(each.digest) for each in said.originals} == files


def test_a_workbook_is_read_like_the_same_table(node, submitted) -> None:
    book = Workbook()
    book.active.append(HEAD.split("\t"))
    for name, cells in ROWS.items():
        book.active.append([name, *cells.split("\t")])
    data = io.BytesIO()
    book.save(data)
    assert submitted({"genomes.fasta": fasta(GENOMES), "about.xlsx": data.getvalue()}).new == 3


def test_csv_with_commas_in_quotes_is_read(submitted) -> None:
    rows = 'strain,date,country,authors\na,2020-01-01,China,"Li, Wang"\n'
    done = submitted({"g.fasta": fasta({"a": genome()}), "t.csv": rows.encode()})
    assert done.new == 1


def test_columns_that_are_not_used_are_named_together(submitted) -> None:
    head = HEAD + "\tmood\tweather"
    rows = {name: f"{cells}\tgood\train" for name, cells in ROWS.items()}
    done = submitted({"genomes.fasta": fasta(GENOMES), "about.tsv": table(rows, head)})
    said = [each for each in done.findings if "Not used" in each.what]
    assert [(each.what, each.line) for each in said] == [
        ("Not used, and kept in the original file alone: mood, weather.", 1)
    ]


def test_how_far_it_is_is_told(node) -> None:
    files, told = upload(), []
    submit(node.session, files, progress=lambda read, total: told.append((read, total)))
    whole = len(files["genomes.fasta"])
    assert (told[0], told[-1]) == ((0, whole), (whole, whole))


def test_at_a_terminal_a_bar_shows_how_far_it_is(node, tmp_path, monkeypatch) -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(say, "err", screen)
    for name, data in upload().items():
        (tmp_path / name).write_bytes(data)
    files = [str(tmp_path / name) for name in upload()]
    CliRunner().invoke(
        genomes_desk.genomes_app, ["submit", *files, "--check", "--node", str(tmp_path / "node")]
    )
    assert re.search(r"reading, checking and analysing.*100%", screen.file.getvalue())


def test_every_fault_of_a_row_is_named(node, submitted) -> None:
    rows = {
        "a": "2020-13-05\tChina\t\t\t\t\t",
        "b": "2021-01-01\tAtlantis\t\t\t\t\t",
        "c": "2020-02-30\t\t\t\t=1+1\t\t",
        "d": "2020-01-01/2019-12-01\tChina\t\t\t\t\t@x",
    }
    files = {"g.fasta": fasta({name: genome() for name in rows}), "t.tsv": table(rows)}
    size = node.session.ledger.size
    with pytest.raises(Blocked) as fault:
        submitted(files)
    errors = {(each.record, each.field) for each in fault.value.findings if each.severity == "error"}
    assert errors == {
        ("a", "date"), ("b", "date"), ("b", "country"), ("c", "date"), ("c", "country"), ("c", "sample_id"),
        ("d", "date"), ("d", "authors"),
    }  # fmt: skip
    assert all(
        each.way_out and each.file and each.line for each in fault.value.findings if each.severity == "error"
    )
    assert node.session.ledger.size == size


def test_sequences_and_rows_without_each_other_are_named(submitted) -> None:
    files = upload({**GENOMES, "alone": genome()}, {**ROWS, "absent": "2020-01-01\tChina\t\t\t\t\t"})
    said = faults(files, submitted)
    assert "strain: There is no sequence of this name." in said
    assert ": The table about.tsv has no row of this name." in said


def test_the_good_records_of_a_mixed_upload_pass_when_asked(node, submitted) -> None:
    files = upload(
        {
            **GENOMES,
            "protein": "MKVLQEFPILMKVLQEFPILW" * 20,
            "none": "",
            "unknown": "N" * 1500,
            "alone": genome(),
        },
        ROWS | dict.fromkeys(("protein", "none", "unknown"), "2020-01-01\tChina\t\t\t\t\t"),
    )
    with pytest.raises(Blocked):
        submitted(files)
    done = submitted(files, good_only=True)
    assert (done.new, done.blocked) == (3, 4)
    assert [row.status for row in done.rows] == ["processed"] * 3 + ["blocked"] * 4


def test_another_virus_is_no_genome_of_this_one(submitted) -> None:
    files = upload({**GENOMES, "other": genome(99)}, {**ROWS, "other": "2020-01-01\tChina\t\t\t\t\t"})
    assert any("does not align to small-virus@1" in each for each in faults(files, submitted))
    assert submitted(files, good_only=True).new == 3


def test_letters_are_read_as_they_are_meant(node, submitted) -> None:
    plain = changed({300: other(300)})
    turned = plain[::-1].translate(str.maketrans("ACGT", "TGCA"))
    genomes = {
        "rna": plain.lower().replace("t", "u"),
        "gaps": f"--{plain[:500]}-{plain[500:]}",
        "turned": turned,
    }
    done = submitted(upload(genomes, dict.fromkeys(genomes, "2020-01-01\tChina\t\t\t\t\t")))
    held = list(collection(node.session).held.values())
    assert held[0].fields["sha256"] == held[1].fields["sha256"]
    assert {each.record for each in done.findings if "reverse complement" in each.what} == {"turned"}
    assert {each.record for each in done.findings if "Gaps" in each.what} == {"gaps"}


def test_the_digest_is_the_engines(node, submitted) -> None:
    from sampan.desks.science.collection import table_of

    submitted(upload({"rna": genome().lower().replace("t", "u")}, {"rna": "2020\tChina\t\t\t\t\t"}))
    view = collection(node.session)
    rows = table_of(node.session.blobs, view.submission("G-0001").processing.analysis)
    assert rows.column("sequence_sha256").to_pylist() == [one.fields["sha256"] for one in view.held.values()]


def test_the_same_twice_in_one_upload_and_later(node, submitted) -> None:
    twice = {"a": genome(), "b": genome()}
    said = faults(upload(twice, dict.fromkeys(twice, "2020\tChina\t\t\tS1\tLab\t")), submitted)
    assert said == ['sample_id: Its sample is that of "a" in this upload.']
    done = submitted(upload(twice, {"a": "2020\tChina\t\t\tS1\tLab\t", "b": "2020\tChina\t\t\tS2\tLab\t"}))
    assert [each.what for each in done.findings if each.record == "b" and "letters" in each.what]
    accession = done.rows[0].accession.partition(".")[0]
    assert faults(upload({"c": changed({9: other(9)})}, {"c": "2020\tChina\t\t\ts-1\tLAB\t"}), submitted) == [
        f"sample_id: Its sample is that of {accession}."
    ]


def test_an_accession_elsewhere_is_known_again(submitted) -> None:
    head = "strain\tdate\tcountry\tgenbank_accession"
    first = {"g.fasta": fasta({"a": genome()}), "t.tsv": table({"a": "2020\tChina\tMN908947.3"}, head)}
    second = {
        "g.fasta": fasta({"b": changed({9: other(9)})}),
        "t.tsv": table({"b": "2020\tChina\tmn908947"}, head),
    }
    submitted(first)
    assert any("accession elsewhere" in each for each in faults(second, submitted))


def test_new_and_revised_in_one_upload(node, submitted) -> None:
    accession = submitted().rows[0].accession.partition(".")[0]
    head = "strain\taccession\tdate\tcountry\tsample_id\toriginating_lab"
    rows = {"again": f"{accession}\t2020-01-06\tChina\tS1\tLab A", "new": "\t2020-01-07\tChina\tS9\tLab A"}
    genomes = {"again": changed({1201: other(1201)}), "new": changed({1202: other(1202)})}
    done = submitted({"g.fasta": fasta(genomes), "t.tsv": table(rows, head)})
    assert (done.new, done.revised) == (1, 1)
    assert done.rows[0].accession == f"{accession}.2"
    assert collection(node.session).newest()[accession].version == 2


@pytest.mark.parametrize("wrong", ["CHNQT_00001233", "CHNQT_00001232", "WHAT"])
def test_an_accession_with_a_slip_or_of_nobody_is_named(submitted, wrong: str) -> None:
    head = "strain\taccession\tdate\tcountry"
    said = faults(
        {"g.fasta": fasta({"a": genome()}), "t.tsv": table({"a": f"{wrong}\t2020\tChina"}, head)}, submitted
    )
    assert [each.partition(":")[0] for each in said] == ["accession"]


def test_terms_of_the_upload_and_of_a_row(node, submitted) -> None:
    head = "strain\tdate\tcountry\tterms\tuntil"
    rows = {"a": "2020\tChina\t\t", "b": "2020\tChina\tembargo\t2020-09-01", "c": "2020\tChina\topen\t"}
    genomes = {name: changed({9 + i: other(9 + i)}) for i, name in enumerate(rows)}
    from datetime import date

    submitted(
        {"g.fasta": fasta(genomes), "t.tsv": table(rows, head)},
        terms="restricted",
        until=date(2020, 12, 1),
        group="IPB",
    )
    held = [one.terms for one in collection(node.session).held.values()]
    assert [(each.kind, each.until) for each in held] == [
        ("restricted", date(2020, 12, 1)), ("embargo", date(2020, 9, 1)), ("open", None)
    ]  # fmt: skip
    assert all(each.group == "IPB" and each.history[0].who == "officer" for each in held)


def test_a_check_takes_nothing_in(node, submitted) -> None:
    size = node.session.ledger.size
    done = submitted(check=True)
    assert (done.number, done.entries, done.new) == ("", (), 3)
    assert node.session.ledger.size == size


def test_whoever_may_not_submit_is_refused(node) -> None:
    for handle in ("viewer", "director", "italy"):
        with pytest.raises(Refused):
            submit(node.on_behalf_of(handle), upload())


def test_without_a_reference_genomes_are_taken_unanalysed(bare) -> None:
    done = submit(bare.session, upload())
    assert (done.new, done.reference) == (3, "")
    assert any("No reference" in each.what for each in done.findings)


# Hostile files


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"<a/>")
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return data.getvalue()


def text_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as parts:
        parts.writestr("genomes.fasta", fasta(GENOMES))
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and nothing more",
        text_zip(),
        b"strain\tdate\n\xff\xfe\tx",
        b"strain\tstrain\tdate\tcountry\n",
        b"name only\n",
        b"strain\tdate\tcountry\n" + b"x" * 10_000,
        b"strain\tdate\tcountry\na\tb\tc\td\te",
        b"\0\0\0\0",
        b"%PDF-1.7",
        gzip.compress(table())[:-20],
    ],
    ids=range(11),
)
def test_a_table_that_is_none_is_named(node, submitted, data: bytes) -> None:
    size = node.session.ledger.size
    with pytest.raises(InputError) as fault:
        submitted({"genomes.fasta": fasta(GENOMES), "about.tsv": data})
    assert fault.value.way_out
    assert node.session.ledger.size == size


def test_a_zip_bomb_is_refused_before_it_unpacks(submitted) -> None:
    for data in (bomb(), gzip.compress(b"strain\tdate\tcountry\n" + b"\n" * (64 << 20))):
        with pytest.raises(InputError, match="unpacks to far more"):
            submitted({"genomes.fasta": fasta(GENOMES), "about": data})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a fasta",
        b">",
        b"@read\nACGT\n+\nIIII\n",
        gzip.compress(fasta(GENOMES))[:-20],
        b">a\n\xff\xfe",
    ],
)
def test_sequences_that_are_none_are_named(node, submitted, data: bytes) -> None:
    size = node.session.ledger.size
    with pytest.raises(InputError):
        submitted({"genomes.fasta": data, "about.tsv": table()})
    assert node.session.ledger.size == size


def test_a_record_beyond_all_measure_is_named_and_the_others_pass(submitted, monkeypatch) -> None:
    monkeypatch.setattr("sampan.desks.science.sequences.LONGEST", 100_000)
    files = upload({"huge": "ACGT" * 300_000, **GENOMES}, {**ROWS, "huge": "2020\tChina\t\t\t\t\t"})
    assert ": It is longer than any genome." in faults(files, submitted)
    assert submitted(files, good_only=True).new == 3


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|'x'!A0", "\u202eevil", "La\u200bb", "Lab\ufffe"],
)
def test_what_a_spreadsheet_would_calculate_is_refused(submitted, formula: str) -> None:
    rows = {**ROWS, "hCoV/Rome/3": f"2020\tItaly\t\t\tS3\t{formula}\tRossi"}
    assert [each.partition(":")[0] for each in faults(upload(rows=rows), submitted)] == ["originating_lab"]


def test_names_with_commas_blanks_and_arabic_are_names(node, submitted) -> None:
    names = ["Riyadh, 2020", "الرياض/١", "a|b;c&d"]
    genomes = {name: changed({9 + i: other(9 + i)}) for i, name in enumerate(names)}
    submitted(upload(genomes, dict.fromkeys(names, "2020\tSaudi Arabia\t\t\t\t\t")))
    assert [one.fields["strain"] for one in collection(node.session).held.values()] == names
