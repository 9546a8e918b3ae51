"""Works, focal points and projects: identifiers that hold, offices and no persons, milestones that are seen to slip."""

from __future__ import annotations

from datetime import date

import pytest

from sampan.core.errors import InputError, Refused
from sampan.desks.science.focal_points import focal_points, record_focal_point
from sampan.desks.science.identifiers import require_doi, require_licence
from sampan.desks.science.projects import move_project, projects, record_project
from sampan.desks.science.public import summary
from sampan.desks.science.releases import approve, release
from sampan.desks.science.standing import genomes
from sampan.desks.science.works import record_work, work_editions, works
from sampan.records.science_exchange import Milestone
from tests.unit.science_desk.test_releases import later

WORK = {"title": "Primers", "what": "protocol", "licence": "CC-BY-4.0", "doi": "10.1234/abc"}
OFFICE = {"office": "National laboratory", "role": "focal point", "reach": "genomics@example.org"}


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1234/abc", "10.1234/abc"),
        ("https://doi.org/10.1101/2020.03.01.20029", "10.1101/2020.03.01.20029"),
        ("doi: 10.1000/182", "10.1000/182"),
        ("10.1002/(SICI)1096-8644(199601)", "10.1002/(sici)1096-8644(199601)"),
    ],
)
def test_a_doi_is_read(text: str, doi: str) -> None:
    assert require_doi(text) == doi


@pytest.mark.parametrize(
    "text", ["", "10.1/x", "11.1234/x", "10.1234/", "10.1234/a b", "10.1234/x.", "abc", "10.1234"]
)
def test_what_is_no_doi_is_named(text: str) -> None:
    with pytest.raises(InputError) as fault:
        require_doi(text)
    assert fault.value.field == "doi"


def test_a_licence_is_an_spdx_identifier() -> None:
    assert require_licence("cc-by-4.0") == "CC-BY-4.0"
    assert require_licence("LicenseRef-GISAID") == "LicenseRef-GISAID"
    with pytest.raises(InputError, match=r"CC-BY"):
        require_licence("CC BY 4")


def test_a_work_has_editions(node) -> None:
    record_work(node.session, **WORK)
    record_work(node.session, **{**WORK, "title": "Primers, mended"}, number="W-0001", edition="2")
    assert [each.edition for each in work_editions(node.session, "W-0001")] == ["1", "2"]
    assert [each.title for each in works(node.session)] == ["Primers, mended"]
    assert works(node.session, "dataset") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"doi": "", "address": ""},
        {"licence": "mine"},
        {"linked": ["S-0009"]},
        {"number": "W-0009"},
        {"title": " "},
        {"linked": ["CHNQT_00001233"]},
        {"address": "somewhere"},
        {"number": "W-0001", "edition": "1"},
        {"title": "Other"},
    ],
)
def test_a_work_that_does_not_hold_is_named(node, wrong) -> None:
    record_work(node.session, **WORK)
    with pytest.raises(InputError):
        record_work(node.session, **{**WORK, **wrong})
    assert len(work_editions(node.session, "W-0001")) == 1


def test_a_work_may_rest_on_another_nodes_genomes(node) -> None:
    record_work(node.session, **WORK, linked=["CHNQT_00001232.1"])
    assert works(node.session)[0].linked == ("CHNQT_00001232.1",)


def test_a_focal_point_is_an_office(node) -> None:
    record_focal_point(node.session, "Italy", "Sequencing", **OFFICE)
    record_focal_point(node.session, "Italy", "sequencing", **{**OFFICE, "office": "Another laboratory"})
    assert [each.office for each in focal_points(node.session, "ITA")] == ["Another laboratory"]
    record_focal_point(node.session, "Italy", "sequencing", **OFFICE, ended=True)
    assert focal_points(node.session) == []


@pytest.mark.parametrize("reach", ["li.wang@example.org", "m.rossi@lab.example.it", "nobody", "a@b", ""])
def test_no_person_is_a_focal_point(node, reach: str) -> None:
    with pytest.raises(InputError) as fault:
        record_focal_point(node.session, "Italy", "sequencing", **{**OFFICE, "reach": reach})
    assert fault.value.field == "reach"


def test_a_project_and_its_milestones(node) -> None:
    record_work(node.session, **WORK)
    steps = [
        Milestone(name="phase 1", due=date(2020, 6, 10)),
        Milestone(name="phase 2", due=date(2020, 12, 1)),
    ]
    record_project(
        node.session, "Vaccine", "vaccine", ["Italy", "WHO"], milestones=steps, linked_works=["W-0001"]
    )
    [project] = projects(node.session)
    assert (project.partners, project.state) == (("ITA", "WHO"), "under way")
    assert [each.state for each in project.milestones] == ["to come", "to come"]
    assert [each.state for each in projects(later(node.session, 20))[0].milestones] == ["overdue", "to come"]
    move_project(node.session, "P-0001", "reached", milestone="phase 1")
    assert [each.state for each in projects(later(node.session, 20))[0].milestones] == ["reached", "to come"]
    move_project(node.session, "P-0001", "ended")
    assert projects(node.session)[0].state == "ended"


@pytest.mark.parametrize(
    "wrong",
    [
        {"partners": ["Atlantis"]},
        {"partners": []},
        {"linked_sets": ["S-1"]},
        {"linked_works": ["W-1"]},
        {"number": "P-9"},
        {"begins": date(2020, 2, 1), "ends": date(2020, 1, 1)},
        {"milestones": [Milestone(name="a"), Milestone(name="a")]},
    ],
)
def test_a_project_that_does_not_hold_is_named(node, wrong) -> None:
    said = {"title": "Vaccine", "what": "vaccine", "partners": ["Italy"], **wrong}
    with pytest.raises(InputError):
        record_project(node.session, said.pop("title"), said.pop("what"), said.pop("partners"), **said)


def test_only_the_desk_curates(node) -> None:
    with pytest.raises(Refused):
        record_work(node.on_behalf_of("viewer"), **WORK)
    with pytest.raises(Refused):
        record_focal_point(node.on_behalf_of("italy"), "Italy", "sequencing", **OFFICE)


def test_the_public_sees_counts_of_what_is_open(node, submitted) -> None:
    assert summary(node.session).genomes == 0
    submitted()
    approve(node.on_behalf_of("director"), "G-0001")
    assert summary(node.session).genomes == 0
    release(node.session, "G-0001")
    said = summary(node.session)
    assert (said.genomes, said.countries, said.unplaced) == (3, 2, 0)
    assert {each.lineage: each.count for each in said.lineages} == {"A": 1, "A.1": 1, "A.1.1": 1}
    assert len(genomes(node.session)) == 3
