"""Four eyes, terms that keep their word, and a search that never finds what is not to be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sampan.core.errors import InputError, Refused
from sampan.core.time import StandingClock
from sampan.desks.science.collection import collection
from sampan.desks.science.indexing import level, searchable
from sampan.desks.science.reanalysis import changes, reanalyse
from sampan.desks.science.releases import approve, release, set_terms, withdraw
from sampan.desks.science.search import look, search
from sampan.desks.science.standing import genome, genomes, status
from sampan.records.science_genomes import GenomeApproval, GenomeRelease, OpenGenomes
from sampan.world.genome_references import install
from tests.small_virus import changed, fasta, other, write_reference
from tests.unit.science_desk.conftest import NOON, table, upload


def later(session, days: int):
    return replace(session, clock=StandingClock(NOON + timedelta(days=days)))


def found(session, reader: str, query: str = "", *, day: date | None = None) -> list[str]:
    """Strains that a reader finds."""
    rows = search(look(level(session), reader=reader, day=day or session.today()), query).rows
    return sorted(row["strain"] for row in rows)


@pytest.fixture
def released(node, submitted):
    """Three genomes, released as open."""
    submitted()
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    return node.session


# States and four eyes


def test_the_way_of_a_submission(node, submitted) -> None:
    submitted()
    assert status(node.session)[0].state == "processed"
    assert found(node.session, "staff") == []
    approve(node.on_behalf_of("director"), "G-0001", note="read through")
    assert status(node.session)[0].state == "approved"
    assert (found(node.session, "public"), len(found(node.session, "staff"))) == ([], 3)
    release(node.session, "G-0001")
    assert status(node.session)[0].state == "released"
    assert len(found(node.session, "public")) == 3


def test_whoever_hands_in_does_not_approve_even_with_the_role(node) -> None:
    from sampan.desks.science.submission import submit

    deputy = node.on_behalf_of("deputy")
    submit(deputy, upload())
    with pytest.raises(Refused, match="deputy"):
        approve(deputy, "G-0001")
    approve(node.on_behalf_of("director"), "G-0001")


def test_the_lock_behind_the_door_holds_too(node, submitted) -> None:
    """What a desk would not draft is refused when it is written."""
    from sampan.desks.science.submission import submit

    deputy = node.on_behalf_of("deputy")
    done = submit(deputy, upload())
    listed = deputy.keep("x.json", b"[]")
    with pytest.raises(Refused):
        deputy.write("approve", [GenomeApproval(submission=done.entries[0], number="G-0001", count=3)])
    with pytest.raises(Refused):
        node.on_behalf_of("director").write(
            "approve", [GenomeApproval(submission=done.entries[1], number="G-0001", count=3)]
        )
    with pytest.raises(Refused):
        deputy.write(
            "curate", [GenomeRelease(approval=done.entries[0], number="G-0001", accessions=listed, count=3)]
        )


def test_the_lock_of_a_release_asks_again_whose_the_approval_is(node, submitted) -> None:
    """An approval that got into the log past its own lock opens nothing, and none opens another's genomes."""
    from sampan.ledger.entry import Draft

    session = node.session
    listed, handed = session.keep("x.json", b"[]"), submitted().entries[0]
    said = GenomeApproval(submission=handed, number="G-0001", count=3)
    approved = {
        handle: session.ledger.append(
            [Draft(kind=said.kind, body=said.body(), actor=handle, effective=NOON, sharing=said.sharing)]
        )[0].id
        for handle in (session.person.handle, "director")
    }
    for handle, number in ((session.person.handle, "G-0001"), ("director", "G-0002")):
        one = GenomeRelease(approval=approved[handle], number=number, accessions=listed, count=3)
        with pytest.raises(Refused, match="second person"):
            session.write("curate", [one])
    one = GenomeRelease(approval=approved["director"], number="G-0001", accessions=listed, count=3)
    assert session.write("curate", [one])


def test_what_is_not_approved_is_not_released(node, submitted) -> None:
    submitted()
    with pytest.raises(Refused, match="approved"):
        release(node.session, "G-0001")
    for handle in ("viewer", "officer"):
        with pytest.raises(Refused):
            approve(node.on_behalf_of(handle), "G-0001")


def test_some_are_left_out_of_an_approval(node, submitted) -> None:
    first = submitted().rows[0].accession
    approve(node.on_behalf_of("director"), "G-0001", without=[first])
    release(node.session, "G-0001")
    assert len(found(node.session, "public")) == 2
    assert genome(node.session, first).state == "processed"
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    assert len(found(node.session, "public")) == 3


# What the public log says


def test_only_released_open_genomes_are_told_to_the_public(node, submitted) -> None:
    head = "strain\tdate\tcountry\tterms\tuntil"
    rows = {
        "a": "2020\tChina\topen\t",
        "b": "2020\tChina\tnational\t",
        "c": "2020\tChina\tembargo\t2020-09-01",
    }
    genomes_ = {name: changed({9 + i: other(9 + i)}) for i, name in enumerate(rows)}
    submitted({"g.fasta": fasta(genomes_), "t.tsv": table(rows, head)})
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    public = [entry for entry in node.session.ledger.entries(kind="science.") if entry.sharing == "public"]
    assert [(entry.kind, entry.body["count"]) for entry in public] == [(OpenGenomes.kind, 1)]


# Terms and time


def test_terms_open_by_themselves_on_the_day(node, submitted) -> None:
    submitted(terms="restricted", until=date(2020, 9, 1))
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    assert [len(found(node.session, reader)) for reader in ("public", "partner", "staff")] == [0, 3, 3]
    assert found(node.session, "public", day=date(2020, 8, 31)) == []
    assert len(found(node.session, "public", day=date(2020, 9, 1))) == 3
    assert {row.kind for row in genomes(later(node.session, 92))} == {"open"}


def test_loosening_is_free_and_tightening_is_refused(node, submitted) -> None:
    first = submitted(terms="embargo", until=date(2020, 12, 1)).rows[0].accession
    approve(node.on_behalf_of("director"), "G-0001")
    release(node.session, "G-0001")
    set_terms(node.session, [first], "restricted", until=date(2020, 10, 1), why="asked")
    assert len(found(node.session, "partner")) == 1
    with pytest.raises(Refused, match=first):
        set_terms(node.session, [first], "national")
    with pytest.raises(Refused, match="promised"):
        set_terms(node.session, [first], "restricted", until=date(2020, 11, 1))
    set_terms(node.session, [first], "open")
    assert len(found(node.session, "public")) == 1
    with pytest.raises(Refused):
        set_terms(node.session, [first], "restricted", until=date(2020, 10, 1))
    story = genome(node.session, first)
    assert [step.kind for step in story.terms] == ["embargo", "restricted", "open"]
    assert story.terms[1].why == "asked"
    assert [entry.body["step"] for entry in node.session.ledger.entries(kind="science.open")] == ["opened"]


def test_all_or_none_change_their_terms(released) -> None:
    names = [row.accession for row in genomes(released)]
    size = collection(released).size
    with pytest.raises(Refused):
        set_terms(released, names, "national")
    assert collection(released).size == size


# Withdrawn, revised


def test_what_is_withdrawn_is_found_no_more_and_stays_kept(released) -> None:
    name = genomes(released)[0].accession
    withdraw(released, [name], reason="contaminated")
    assert len(found(released, "staff")) == 2
    assert genome(released, name).state == "withdrawn"
    assert genome(released, name).seen_by == "nobody"
    assert [e.body["step"] for e in released.ledger.entries(kind="science.open")] == ["released", "withdrawn"]
    for wrong in ({"reason": " "}, {"reason": "again"}):
        with pytest.raises(InputError):
            withdraw(released, [name], **wrong)


def test_a_new_version_takes_the_place_of_the_old_once_released(node, submitted, released) -> None:
    accession = genomes(released)[0].accession.partition(".")[0]
    head = "strain\taccession\tdate\tcountry\tsample_id\toriginating_lab"
    rows = {"again": f"{accession}\t2020-01-06\tChina\tS1\tLab A"}
    submitted({"g.fasta": fasta({"again": changed({1201: other(1201)})}), "t.tsv": table(rows, head)})
    assert "again" not in found(released, "staff")
    assert len(found(released, "public")) == 3
    approve(node.on_behalf_of("director"), "G-0002")
    release(released, "G-0002")
    assert "again" in found(released, "public")
    assert "hCoV/Wuhan/1" not in found(released, "staff")
    assert genome(released, f"{accession}.1").state == "superseded"
    assert genome(released, accession).versions == (f"{accession}.1", f"{accession}.2")


# The index


def test_the_index_can_be_made_again(released) -> None:
    import shutil

    before = found(released, "staff", f"{150}")
    shutil.rmtree(released.genomes)
    assert found(released, "staff", f"{150}") == before == ["hCoV/Rome/3", "hCoV/Wuhan/2"]


def test_an_index_that_missed_a_withdrawal_takes_it_in_before_it_answers(released, monkeypatch) -> None:
    monkeypatch.setattr("sampan.desks.science.releases.refresh", lambda _: None)  # as if it was killed there
    withdraw(released, [genomes(released)[0].accession], reason="wrong sample")
    assert len(search(look(searchable(released), reader="staff", day=released.today()), "").rows) == 2


# A new reference


def test_a_new_reference_lists_what_changed_and_searches_by_it(released, references, tmp_path) -> None:
    install(write_reference(tmp_path / "newer", version="2"), store=references)
    try:
        done = reanalyse(released)
        assert (done.reference, done.genomes, done.lineages) == ("small-virus@2", 3, 1)
        [row] = [row for row in done.rows if row.column == "lineage"]
        assert (row.before, row.after) == ("A.1.1", "A.2")
        assert changes(released, "G-0001") == list(done.rows)
        assert found(released, "public", "lineage=A.2") == ["hCoV/Rome/3"]
        assert len(found(released, "public")) == 3
        with pytest.raises(InputError, match="Nothing waits"):
            reanalyse(released)
    finally:
        import shutil

        shutil.rmtree(references / "small-virus" / "2")


def test_genomes_without_an_analysis_get_one(bare, store, monkeypatch) -> None:
    from sampan.desks.science.submission import submit

    submit(bare.session, upload())
    monkeypatch.setenv("SAMPAN_REFERENCES", str(store))
    done = reanalyse(bare.session)
    assert (done.genomes, done.changes) == (3, 0)
    assert genomes(bare.session)[2].lineage == "A.1.1"
