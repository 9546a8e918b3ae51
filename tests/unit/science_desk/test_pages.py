"""The desk pages hand in genomes and say what waits; a fault keeps everything out and is said on the page."""

from __future__ import annotations

from sampan.desks.science.collection import collection
from sampan.desks.science.releases import approve
from sampan.web.desk.waiting import waiting
from tests.small_virus import fasta, genome
from tests.unit.science_desk.conftest import table, upload
from tests.unit.web_desk.conftest import Desk


def test_genomes_are_handed_in_by_a_form(node) -> None:
    desk = Desk(node)
    files = [("files", (name, data)) for name, data in upload().items()]
    answer = desk.send("science.submit_genomes", handed_in=files, terms="open", group="IPB")
    assert answer.status_code == 303, answer.text
    listed = desk.browser().get("/en/desk/science/submissions").text
    assert "G-0001" in listed
    assert "genomes.fasta" not in listed  # its files and engine stand in its report
    assert "1 June 2020" in listed
    assert "processed" not in desk.browser().get("/zh/desk/science/submissions").text
    page = desk.browser().get("/en/desk/science/genomes?number=G-0001").text
    assert "مختبر" not in page
    assert "hCoV/Rome/3" in page


def test_a_fault_is_said_on_the_page_and_nothing_is_kept(node) -> None:
    desk = Desk(node)
    bad = {"g.fasta": fasta({"a<b>": genome()}), "t.tsv": table({"a<b>": "2020-13-01\tAtlantis\t\t\t\t\t"})}
    answer = desk.send(
        "science.submit_genomes", handed_in=[("files", each) for each in bad.items()], terms="open"
    )
    assert answer.status_code == 422
    assert "is no date" in answer.text  # every fault, not the first alone
    assert "Atlantis" in answer.text
    assert "a&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text.partition('class="findings"')[2].partition("</ul>")[0]
    assert not collection(node.session).submissions


def test_what_waits_is_told_to_those_who_can_do_it(node, submitted) -> None:
    def words(handle: str) -> set[str]:
        return {one.word for one in waiting(node.on_behalf_of(handle))}

    submitted()
    assert "genomes" in words("director")
    assert "genomes" not in words("officer")  # they handed them in
    assert "genomes" not in words("italy")
    approve(node.on_behalf_of("director"), "G-0001")
    assert "approved_genomes" in words("officer")
