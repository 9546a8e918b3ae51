"""Handing in sequences in a browser: a report of every record, and nothing written that was only checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from sampan.desks.science.collection import collection
from sampan.node import Node
from sampan.web.app import site
from tests.signed import QUICK, signed_in
from tests.small_virus import changed, fasta, other

HEAD = "strain\tdate\tcountry\thost\tsample_id\toriginating_lab\tauthors"
GOOD = "one\t2020-01-05\tChina\tHomo sapiens\tS1\tLab A\tLi"
BAD = "two\tsoon\tChina\tHomo sapiens\tS2\tLab A\tLi"
LETTERS = {"one": changed({1200: other(1200)}), "two": changed({150: other(150)})}


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    monkeypatch.setenv("SAMPAN_REFERENCES", str(tmp_path / "none"))
    Node.create(tmp_path / "office", home="CHN").close()
    with Node.open(tmp_path / "office") as opened:
        yield opened


@pytest.fixture
def officer(node: Node) -> TestClient:
    return signed_in(site(node, public_url="https://aid.example.org", cost=QUICK), node, "officer")


def send(client: TestClient, *, do: str, names: tuple[str, ...] = ("one", "two"), **more: str) -> object:
    page = client.get("/en/desk/genomes/submit").text
    fields = {
        name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("csrf", "once")
    }
    rows = "\n".join([HEAD, *(row for row in (GOOD, BAD) if row.split("\t")[0] in names)])
    files = [
        ("files", ("genomes.fasta", fasta({name: LETTERS[name] for name in names}))),
        ("files", ("about.tsv", rows.encode())),
    ]
    return client.post("/en/desk/genomes/submit", data={**fields, "do": do, **more}, files=files)


def test_a_check_says_what_is_wrong_where_and_writes_nothing(officer: TestClient, node: Node) -> None:
    size = node.session.ledger.size
    answer = send(officer, do="check")
    assert answer.status_code == 200
    assert "about.tsv" in answer.text
    assert "✕ error" in answer.text
    assert "<bdi>two</bdi>" in answer.text
    assert node.session.ledger.size == size


def test_errors_keep_all_out_unless_the_good_are_asked_for(officer: TestClient, node: Node) -> None:
    size = node.session.ledger.size
    answer = send(officer, do="submit")
    assert answer.status_code == 422
    assert "Nothing was kept" in answer.text
    assert "tick “Keep the good records where others have errors”" in answer.text
    assert node.session.ledger.size == size
    kept = send(officer, do="submit", good_only="yes")
    assert kept.status_code == 303
    assert kept.headers["location"] == "/en/desk/genomes/submissions/G-0001?done=yes"
    report = officer.get(kept.headers["location"]).text
    assert "✕ error" in report  # what was kept out is still said
    assert "<bdi>two</bdi>" in report
    assert officer.get("/en/desk/genomes/submissions/G-0009").status_code == 404


def test_all_that_is_said_of_an_upload_is_kept_and_the_files_come_back_as_they_were(
    officer: TestClient, node: Node
) -> None:
    more = {
        "licence": "CC-BY-4.0", "group": "IPB", "focal_point": "genomics desk",
        "attribution": "IPB <b>2020</b>", "permit": "MTA-7",
    }  # fmt: skip
    assert send(officer, do="submit", names=("one",), **more).status_code == 303
    [one] = collection(node.session).held.values()
    assert {name: getattr(one.terms, name) for name in more} == more
    file = officer.get("/en/desk/genomes/submissions/G-0001/genomes.fasta")
    assert file.content == fasta({"one": LETTERS["one"]})
    assert "genomes.fasta" in file.headers["content-disposition"]
    assert officer.get("/en/desk/genomes/submissions/G-0001/other.fasta").status_code == 404
    again = send(officer, do="check", **more).text
    assert 'value="MTA-7"' in again
    assert "<b>2020" not in again
    stranger = TestClient(site(node), follow_redirects=False)
    for address in ("G-0001", "G-0001/genomes.fasta"):
        assert stranger.get(f"/en/desk/genomes/submissions/{address}").status_code == 401


def test_a_form_without_files_or_with_odd_words_says_so(officer: TestClient) -> None:
    page = officer.get("/en/desk/genomes/submit").text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    empty = officer.post("/en/desk/genomes/submit", data={"csrf": csrf, "do": "check"})
    assert (empty.status_code, "No file was handed in." in empty.text) == (422, True)
    assert send(officer, do="submit", names=("one",), terms="secret").status_code == 422
    assert send(officer, do="submit", names=("one",), terms="embargo", until="soon").status_code == 422
    assert send(officer, do="submit", names=("one",), terms="embargo").status_code == 422


def test_a_stranger_hands_in_nothing(node: Node) -> None:
    client = TestClient(site(node), follow_redirects=False)
    assert client.get("/en/desk/genomes/submit").status_code == 401
    assert client.post("/en/desk/genomes/submit", data={"do": "submit"}).status_code in (401, 419)
