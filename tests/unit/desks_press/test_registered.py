"""Another desk tells its figures in a section of its own, and each is verified as any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from sampan.access.session import Session
from sampan.core.languages import LANGUAGES
from sampan.desks.press import asked, registered, sections
from sampan.desks.press.document import Paragraph, plain_text
from sampan.desks.press.evidence import evidence
from sampan.desks.press.figures import figures
from sampan.desks.press.registered import gathered
from sampan.desks.press.teller import Teller
from sampan.desks.press.told import Telling, Told
from sampan.node import Node
from sampan.records.science_genomes import OpenGenomes
from tests.unit.desks_press.conftest import DAY


def tells(session: Session, as_of: date, known_on: datetime | None) -> tuple[Told, ...]:
    entry = next(session.ledger.entries())
    return (Told("vaccines", 2, (("A", 1, (entry.id,)), ("B", 1, (entry.id,)))),)


def says(counts: dict[str, int], teller: Teller) -> tuple[Paragraph, ...]:
    return (Paragraph((teller.number(counts["vaccines"], "vaccines"),)),)


MEDICINE = Telling("medicine", tells, lambda teller: teller.speech.language, says)


def test_a_desk_without_anything_to_tell_is_left_out(node: Node) -> None:
    silent = replace(MEDICINE, gather=lambda session, as_of, known_on: ())
    assert gathered(node.session, as_of=DAY, known_on=None, registered=[silent]) == {}


def test_a_desk_that_is_registered_has_its_section_and_its_figures(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registered, "REGISTERED", (MEDICINE,))
    monkeypatch.setattr(sections, "SECTIONS", (*sections.SECTIONS, "medicine"))
    told = gathered(node.session, as_of=DAY, known_on=None, registered=[MEDICINE])
    brief = replace(asked.brief(node.session, day=DAY), more=told)
    assert figures(brief)["vaccines"].value == 2
    for language in LANGUAGES:
        part = next(part for part in sections.document(brief, language).parts if part.name == "medicine")
        assert plain_text(part.heading) == language
        assert part.blocks[0].runs[0].to == ("figure", "vaccines")


def test_its_figures_are_verified_as_any_other(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sampan.desks.press.evidence.gathered",
        lambda session, **asked: {"medicine": tells(session, DAY, None)},
    )
    found = evidence(node.session, "vaccines", day=DAY)
    assert (found.of, found.count, len(found.lines)) == ("text", 2, 2)
    assert all(line.entries for line in found.lines)


def test_genomes_that_are_open_to_all_are_told_and_verified(node: Node) -> None:
    brief = asked.brief(node.session, day=DAY)
    assert "science" not in brief.more
    listed = node.session.keep("accessions.json", b"[]")
    for step, count in (("released", 120), ("withdrawn", 5)):
        record = OpenGenomes(step=step, accessions=listed, count=count)
        node.session.ledger.append([node.session._draft(record, node.session.clock.now(), ())])
    told = asked.brief(node.session, day=DAY)
    assert figures(told)["genomes"].value == 115
    said = {each: sections.document(told, each) for each in LANGUAGES}
    assert len({each.figures() for each in said.values()}) == 1
    part = next(part for part in said["en"].parts if part.name == "science")
    assert plain_text(part.blocks[0].runs) == "Open to everybody: 115 genetic sequences."
    found = evidence(node.session, "genomes", day=DAY)
    assert [line.amounts["count"] for line in found.lines] == [120, -5]
    assert found.count == 115
