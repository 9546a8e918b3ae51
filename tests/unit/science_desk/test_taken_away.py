"""What is taken away in a browser leaves a receipt, under the terms; and what is registered tells of nothing hidden."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import pytest
from starlette.testclient import TestClient

from sampan.core.errors import Refused
from sampan.desks.science.exports import receipts
from sampan.desks.science.public import summary
from sampan.desks.science.releases import approve, release
from sampan.desks.science.sets import datacite, record_set
from sampan.desks.science.standing import genome
from sampan.desks.science.submission import submit
from sampan.desks.science.works import record_work, works
from sampan.web.app import site
from tests.signed import QUICK, signed_in
from tests.small_virus import changed, fasta, other

OPEN = {"o1": changed({150: other(150)}), "o2": changed({400: other(400)})}
HIDDEN = {"h1": changed({777: other(777)})}


@pytest.fixture
def shared(node):
    """Two open genomes and one that is home's alone, released; their accessions with their versions."""
    names = []
    for genomes, terms in ((OPEN, "open"), (HIDDEN, "national")):
        rows = "strain\tdate\tcountry\n" + "".join(f"{name}\t2020-03-01\tChina\n" for name in genomes)
        done = submit(node.session, {"g.fasta": fasta(genomes), "t.tsv": rows.encode()}, terms=terms)
        approve(node.on_behalf_of("director"), done.number)
        release(node.session, done.number)
        names += [row.accession for row in done.rows]
    return node, names


@pytest.fixture
def stranger(shared) -> TestClient:
    return TestClient(site(shared[0]), follow_redirects=False)


def take(client: TestClient, root: str, **asked: str):
    page = client.get(f"/en{root}/download").text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    return client.post(f"/en{root}/download", data={"csrf": csrf, **asked})


def files(answer) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_stranger_takes_what_is_open_and_a_receipt_is_kept(shared, stranger) -> None:
    node, names = shared
    found = files(take(stranger, "/science", form="nextstrain", lineage="A*"))
    assert sorted(found) == ["aligned.fasta", "metadata.tsv", "sequences.fasta"]
    assert names[2] not in "".join(found.values())
    assert len(found["metadata.tsv"].splitlines()) == 3
    [kept] = receipts(node.session)
    assert (kept.by, kept.audience, kept.count, kept.refused) == ("public", "public", 2, 0)
    assert "lineage" in kept.query
    assert take(stranger, "/science", form="citations").status_code == 200
    assert receipts(node.session)[0].query == "*"
    assert "<b><data" in stranger.get("/en/science/download").text
    assert stranger.get("/en/science/download?q=nonsense").status_code == 422
    assert take(stranger, "/science", form="everything").status_code == 422
    assert stranger.post("/en/science/download", data={"form": "citations"}).status_code == 419
    assert len(receipts(node.session)) == 2


def test_a_stranger_cannot_fill_the_log(shared, stranger) -> None:
    answers = {take(stranger, "/science", form="citations").status_code for _ in range(12)}
    assert answers == {200, 429}


def test_staff_are_refused_by_name_what_the_terms_forbid(shared) -> None:
    node, names = shared
    officer = signed_in(site(node, public_url="https://aid.example.org", cost=QUICK), node, "officer")
    said = take(officer, "/desk/genomes", form="nextstrain", audience="public")
    assert said.status_code == 403
    assert names[2] in said.text
    assert names[0] not in said.text
    left = files(take(officer, "/desk/genomes", form="nextstrain", audience="public", leave_out="yes"))
    assert left["left-out.txt"].split() == [names[2]]
    whole = files(take(officer, "/desk/genomes", form="mutations", audience="staff"))
    assert names[2] in whole["mutations.tsv"]
    assert [each.by for each in receipts(node.session)] == ["officer", "officer"]


def test_a_set_is_public_when_all_that_it_is_about_is_open(shared, stranger) -> None:
    node, names = shared
    record_set(
        node.session, "Open ones", names[:2], creators=["IPB"], background=names[2:], licence="CC-BY-4.0"
    )
    record_set(node.session, "Secret cluster", names, creators=["IPB"])
    listed = stranger.get("/en/science/works").text
    assert "Open ones" in listed
    assert "Secret cluster" not in listed
    assert summary(node.session).sets == 1
    said = stranger.get("/en/science/works/S-0001.json").json()
    assert said["about"]["parts"] == names[:2]
    assert said["datacite"]["data"]["attributes"]["sizes"] == ["2 focal genomes", "0 background genomes"]
    assert said["schema_org"]["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert names[2] not in json.dumps(said) + datacite(node.session, "S-0001").decode()
    gone = [stranger.get(f"/en/science/works/{number}") for number in ("S-0002", "S-0009", "W-0009", "x")]
    assert {each.status_code for each in gone} == {404}
    assert take(stranger, "/science", form="citations", number="S-0002").status_code == 422
    assert len(files(take(stranger, "/science", form="citations", number="S-0001"))) == 1
    officer = signed_in(site(node, public_url="https://aid.example.org", cost=QUICK), node, "officer")
    assert "Secret cluster" in officer.get("/en/desk/genomes/works/S-0002").text


def test_a_work_is_public_so_it_is_linked_to_nothing_hidden(shared, stranger) -> None:
    node, names = shared
    record_set(node.session, "Secret cluster", names, creators=["IPB"])
    more = {"licence": "CC0-1.0", "holder": "IPB", "day": date(2020, 5, 1)}
    for link in (names[2], names[2].partition(".")[0], "S-0001"):
        with pytest.raises(Refused, match="is not open to all"):
            record_work(node.session, "Study", "preprint", doi="10.1234/a", linked=[link], **more)
    record_work(node.session, "Study", "preprint", doi="10.1234/a", linked=names[:1], **more)
    assert works(node.session)[0].linked == tuple(names[:1])
    page = stranger.get("/en/science/works/W-0001")
    assert names[0] in page.text
    assert "https://doi.org/10.1234/a" in page.text
    said = stranger.get("/en/science/works/W-0001.json").json()["schema_org"]
    assert (said["@type"], said["datePublished"]) == ("ScholarlyArticle", "2020")


def test_a_version_that_is_not_out_yet_hides_nothing_of_the_one_that_is(shared) -> None:
    node, names = shared
    accession = names[0].partition(".")[0]
    rows = f"strain\taccession\tdate\tcountry\no1\t{accession}\t2020-03-02\tChina\n"
    submit(node.session, {"g.fasta": fasta({"o1": OPEN["o1"]}), "t.tsv": rows.encode()})
    assert genome(node.on_behalf_of("italy"), accession).accession == names[0]
    assert genome(node.session, accession).accession == f"{accession}.2"
