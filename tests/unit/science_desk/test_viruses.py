"""A node with genomes of two viruses: each is asked for by name; nobody hears of one that is not theirs to see."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sampan.core.errors import InputError
from sampan.core.time import StandingClock
from sampan.desks.science.alerts import alerts, raise_alerts
from sampan.desks.science.asked import counts
from sampan.desks.science.exports import export
from sampan.desks.science.findings import Blocked
from sampan.desks.science.reanalysis import reanalyse
from sampan.desks.science.references import own_folder, viruses
from sampan.desks.science.releases import approve, release, set_terms
from sampan.desks.science.standing import status
from sampan.desks.science.submission import submit
from sampan.web.app import site
from sampan.world.genome_references import install
from tests.signed import QUICK, signed_in
from tests.small_virus import changed, fasta, genome, other, write_reference
from tests.unit.science_desk.conftest import NOON
from tests.unit.science_desk.test_alerts import course

OTHER = genome(seed=8)
ROWS = "strain\tdate\tcountry\n"


@pytest.fixture
def two(references: Path, node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The node with another virus installed beside the small one, and one genome of it, home's alone."""
    del references
    folder, store = tmp_path / "other", tmp_path / "both"
    folder.mkdir()
    (folder / "reference.fasta").write_text(f">other-virus\n{OTHER}\n")
    (folder / "genome_annotation.gff3").write_text(
        "##gff-version 3\no\tm\tCDS\t101\t1000\t.\t+\t0\tID=S;Name=S\n"
    )
    (folder / "pathogen.json").write_text(
        json.dumps({"attributes": {"name": "other-virus"}, "version": {"tag": "1"}})
    )
    install(folder, store=store)
    install(write_reference(tmp_path / "again"), store=store)
    monkeypatch.setenv("SAMPAN_REFERENCES", str(store))
    hand_in(node, "small-virus", {"s1": changed({150: other(150)}), "s2": changed({})}, "open")
    hand_in(
        node, "other-virus", {"o1": changed({300: other(300, reference=OTHER)}, reference=OTHER)}, "national"
    )
    return node


def hand_in(node, reference: str, genomes: dict[str, str], terms: str) -> None:
    rows = ROWS + "".join(f"{name}\t2020-03-01\tChina\n" for name in genomes)
    files = {"g.fasta": fasta(genomes), "t.tsv": rows.encode()}
    done = submit(node.session, files, terms=terms, reference=reference)  # type: ignore[arg-type]
    approve(node.on_behalf_of("director"), done.number)
    release(node.session, done.number)


def test_each_virus_is_asked_for_by_its_name(two) -> None:
    with pytest.raises(InputError, match="genomes of small-virus, other-virus"):
        counts(two.session)
    assert counts(two.session, virus="small-virus").total == 2
    assert counts(two.session, virus="Other-Virus@1").total == 1


def test_nobody_hears_of_a_virus_of_which_they_see_no_genome(two) -> None:
    italy = two.on_behalf_of("italy")
    assert counts(italy).total == 2
    said = []
    for virus in ("other-virus", "no-virus"):
        with pytest.raises(InputError) as fault:
            counts(italy, virus=virus)
        said.append(str(fault.value).replace(virus, "X"))
    assert said[0] == said[1]
    assert "other-virus" not in said[1]
    client = TestClient(site(two))
    pages = [client.get(f"/en/science/search?virus={virus}").text for virus in ("other-virus", "not-virus_")]
    pages = [re.sub(r'd="M[^"]*"', "", page) for page in pages]  # the address as a picture
    assert pages[0].replace("other-virus", "X") == pages[1].replace("not-virus_", "X")
    assert "other-virus" not in client.get("/en/science").text


def test_the_pages_let_one_choose_among_those_that_are_seen(two) -> None:
    set_terms(two.session, [two_accession(two, "other-virus")], "open")
    client = TestClient(site(two))
    assert client.get("/en/science/search.json").json()["genomes"] == 2
    assert client.get("/en/science/search.json?virus=other-virus").json()["genomes"] == 1
    page = client.get("/en/science/map?virus=other-virus").text
    assert "<option selected>other-virus</option>" in page
    assert "/en/science/lineages?virus=other-virus" in page
    assert client.get("/en/science/search.json?virus=none").status_code == 422
    officer = signed_in(site(two, public_url="https://aid.example.org", cost=QUICK), two, "officer")
    assert officer.get("/en/desk/genomes/search.json?virus=other-virus").json()["genomes"] == 1


def two_accession(node, virus: str) -> str:
    from sampan.desks.science.asked import found

    return str(found(node.session, virus=virus)[0]["accession"])


def test_a_record_of_another_virus_is_recognised(two) -> None:
    files = {
        "g.fasta": fasta({"n1": changed({77: other(77, reference=OTHER)}, reference=OTHER)}),
        "t.tsv": f"{ROWS}n1\t2020-03-02\tChina\n".encode(),
    }
    with pytest.raises(InputError, match="references of other-virus, small-virus"):
        submit(two.session, files)
    with pytest.raises(Blocked, match="It is of other-virus: hand it in apart"):
        submit(two.session, files, reference="small-virus")


def test_two_viruses_never_stand_in_one_alignment(two) -> None:
    names = [two_accession(two, virus) for virus in ("small-virus", "other-virus")]
    with pytest.raises(InputError, match="Export those of each virus apart"):
        export(two.session, "nextstrain", accessions=names, audience="staff")
    assert export(two.session, "citations", accessions=names, audience="staff").count == 2


def test_alerts_look_at_every_virus_and_say_of_which_they_are(two) -> None:
    done = submit(two.session, course([0.02, 0.1, 0.3, 0.6, 0.9], seed=1), reference="small-virus")
    approve(two.on_behalf_of("director"), done.number)
    release(two.session, done.number)
    raise_alerts(replace(two.session, clock=StandingClock(NOON + timedelta(hours=1))))
    assert "small-virus: lineage A.1.1" in {each.subject for each in alerts(two.session)}


def test_a_newer_reference_is_said_until_the_genomes_are_analysed_on_it(
    node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPAN_REFERENCES", str(tmp_path / "store"))
    install(write_reference(tmp_path / "one"), store=tmp_path / "store")
    hand_in(node, "small-virus", {"s1": changed({150: other(150)})}, "open")
    assert [each.renewed for each in status(node.session)] == [False]
    installed, _ = install(write_reference(tmp_path / "two", version="2"), store=tmp_path / "store")
    os.utime(installed / "reference.json", (2e9, 2e9))  # later than the first, however coarse the clock
    assert [each.renewed for each in status(node.session)] == [True]
    reanalyse(node.session, reference="small-virus@2")
    assert [each.renewed for each in status(node.session)] == [False]


def test_a_node_with_references_of_its_own_uses_those_alone(two, tmp_path: Path) -> None:
    """As that of an exercise does, whose fictional virus is not among those that an operator installs."""
    own = own_folder(two.session)
    assert own
    assert viruses(two.session) == ["other-virus", "small-virus"]
    install(write_reference(tmp_path / "own", name="own-virus"), store=own)
    assert viruses(two.session) == ["own-virus"]
    done = submit(
        two.session,
        {
            "s.fasta": fasta({"x1": changed({400: other(400)})}),
            "t.tsv": (ROWS + "x1\t2020-03-01\tChina\n").encode(),
        },
    )
    assert done.reference == "own-virus@1"
