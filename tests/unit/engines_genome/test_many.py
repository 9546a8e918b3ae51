"""The same bytes from one process, several, and a cluster; and what changed between two analyses."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest

from sampan.engines.genome.analyse import Analysis
from sampan.engines.genome.columns import SCHEMA
from sampan.engines.genome.compare import compare
from sampan.engines.genome.many import analyse_many, analyse_on
from sampan.engines.genome.quality import Rules
from sampan.engines.genome.summed import summed
from sampan.formats import fasta
from sampan.formats.fasta import Portion, read_fasta
from sampan.formats.genome_tables import TSV_COLUMNS, writer
from tests.unit.engines_genome.test_analysis import given, substituted
from tests.unit.engines_genome.test_placing import reference
from tests.viruses import genome, small


@pytest.fixture
def portions(monkeypatch: pytest.MonkeyPatch) -> list[Portion]:
    monkeypatch.setattr(fasta, "MOST_TOGETHER", 4)
    texts = [substituted(100 + 7 * at, 6000 + at) for at in range(10)]
    return list(
        read_fasta(io.BytesIO("".join(f">g{at}\n{text}\n" for at, text in enumerate(texts)).encode()))
    )


def written(batches: object) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, SCHEMA) as stream:
        for batch in batches:  # type: ignore[attr-defined]
            stream.write_batch(batch)
    return sink.getvalue()


def test_several_processes_write_the_bytes_of_one(portions: list[Portion]) -> None:
    assert len(portions) == 3
    assert written(analyse_many(portions, small(), jobs=2)) == written(analyse_many(portions, small()))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_writes_the_bytes_of_one_process(portions: list[Portion]) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="inproc://"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert written(analyse_on(portions, small(), client=client)) == written(
            analyse_many(portions, small())
        )


def test_a_table_is_there_whole_or_not_at_all(portions: list[Portion], tmp_path) -> None:  # type: ignore[no-untyped-def]
    batches = list(analyse_many(portions, small()))
    for name in ("a.parquet", "a.arrow", "a.tsv"):
        given_ = [summed(batch, small()) for batch in batches] if name == "a.tsv" else batches
        with writer(tmp_path / name, SCHEMA) as write:
            for batch in given_:
                write(batch)
        with pytest.raises(RuntimeError), writer(tmp_path / f"broken-{name}", SCHEMA) as write:
            write(given_[0])
            raise RuntimeError
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.arrow", "a.parquet", "a.tsv"]
    table = pa.Table.from_batches(batches)
    assert pa.ipc.open_file(tmp_path / "a.arrow").read_all().equals(table)
    from pyarrow import parquet

    assert parquet.read_table(tmp_path / "a.parquet").to_pylist() == table.to_pylist()


def test_the_tsv_speaks_as_bioinformaticians_do(tmp_path) -> None:  # type: ignore[no-untyped-def]
    g = genome()
    texts = given(substituted(500)[:3000] + g[3009:4000] + "N" * 30 + g[4030:], "N" * 500)
    batch = summed(Analysis(small())(texts._replace(names=["a\tb", "none"])), small())
    with writer(tmp_path / "t.tsv", SCHEMA) as write:
        write(batch)
    lines = [line.split("\t") for line in (tmp_path / "t.tsv").read_text().splitlines()]
    header = list(TSV_COLUMNS)
    assert lines[0] == header
    one, none = (dict(zip(header, cells, strict=True)) for cells in lines[1:])
    row = batch.to_pylist()[0]
    assert one["seqName"] == "a b"
    assert one["substitutions"] == ",".join(row["substitutions"])
    assert one["missing"] == "4001-4030" and one["totalMissing"] == "30" and one["totalDeletions"] == "9"
    assert one["totalSubstitutions"] == "1" and one["qc.overallStatus"] == "good"
    assert one["privateNucMutations.totalUnlabeledSubstitutions"] == str(len(row["private_substitutions"]))
    assert {one[f"qc.{rule}.status"] for rule in ("missingData", "snpClusters")} == {""}  # no rule is applied
    assert one["totalAminoacidDeletions"] == str(len(row["aa_deletions"]))
    private = [row[f"{kind}_substitutions"] for kind in ("private", "labelled", "reversion")]
    assert one["privateNucMutations.totalPrivateSubstitutions"] == str(sum(map(len, private)))
    assert (one["index"], one["errors"]) == ("0", "") and (none["index"], none["errors"]) == (
        "1",
        "no information",
    )
    assert none["status"] == "no information" and none["substitutions"] == none["totalDeletions"] == ""


def test_how_well_a_genome_aligns_and_which_proteins_were_not_read() -> None:
    g, n = genome(), len(genome())
    texts = {
        "one substitution, seven N": substituted(500)[:3000] + "N" * 7 + g[3007:],
        "a codon of cap lost": g[:5230] + g[5233:],
        "back lost": g[:7090] + g[8010:],
        "cut off": g[150:6650],
        "nothing": "N" * 500,
    }
    batch = summed(Analysis(small())(given(*texts.values())), small())
    scores, failed = (batch[name].to_pylist() for name in ("alignment_score", "failed_cdses"))
    assert scores == [3 * (n - 8) - 1 + 2 * 7, 3 * (n - 3) - 7, 3 * (n - 920) - 6, 3 * 6500, None]
    assert failed == [[], [], ["back"], ["back"], None]


def test_the_tsv_grades_each_rule(tmp_path) -> None:  # type: ignore[no-untyped-def]
    known = reference({"b": []}, rules=Rules(missing_threshold=100, mixed_threshold=4))
    half = "".join("R" if at in {50, 60, 61} else letter for at, letter in enumerate(genome()))
    with writer(tmp_path / "t.tsv", SCHEMA) as write:
        write(summed(Analysis(known)(given(genome()[:4000] + "N" * 100 + genome()[4100:], half)), known))
    lines = [line.split("\t") for line in (tmp_path / "t.tsv").read_text().splitlines()]
    rows = [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]]
    assert [row["qc.missingData.status"] for row in rows] == ["bad", "good"]
    assert [row["qc.mixedSites.status"] for row in rows] == ["good", "mediocre"]
    assert [row["qc.stopCodons.status"] for row in rows] == ["", ""]
    assert [row["qc.missingData.totalMissing"] for row in rows] == ["100", "0"]
    assert [row["qc.mixedSites.totalMixedSites"] for row in rows] == ["0", "3"]
    assert rows[1]["nonACGTNs"] == "R:51,R:61-62"


def test_what_changed_is_told_sequence_by_sequence() -> None:
    texts = given(substituted(500, 1000), genome(), substituted(500))
    old = pa.Table.from_batches([Analysis(reference({"b": []}))(texts)])
    new = pa.Table.from_batches([Analysis(reference({"b": [], "b.1": [500, 1000]}))(texts)])
    changes = compare(old, new).to_pylist()
    assert compare(old, old).num_rows == 0
    assert {(one["name"], one["column"]) for one in changes} >= {
        ("n0", "lineage"),
        ("n0", "private_substitutions"),
    }
    first = next(one for one in changes if one["column"] == "lineage")
    assert (first["before"], first["after"]) == ("b", "b.1")
    assert not [one for one in changes if one["name"] == "n1"]
    lost = [one for one in compare(old, new.slice(1)).to_pylist() if one["column"] == "sequence"]
    assert [(one["name"], one["before"], one["after"]) for one in lost] == [("n0", "analysed", None)]
