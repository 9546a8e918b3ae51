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
from sampan.desks.press.registered import Telling, Told, gathered
from sampan.desks.press.teller import Teller
from sampan.node import Node
from tests.unit.desks_press.conftest import DAY


def tells(session: Session, as_of: date, known_on: datetime | None) -> tuple[Told, ...]:
    entry = next(session.ledger.entries())
    return (Told("genomes", 2, (("hCoV-1", (entry.id,)), ("hCoV-2", (entry.id,)))),)


def says(counts: dict[str, int], teller: Teller) -> tuple[Paragraph, ...]:
    return (Paragraph((teller.number(counts["genomes"], "genomes"),)),)


SCIENCE = Telling("science", tells, lambda teller: teller.speech.language, says)


def test_a_desk_without_anything_to_tell_is_left_out(node: Node) -> None:
    silent = replace(SCIENCE, gather=lambda session, as_of, known_on: ())
    assert gathered(node.session, as_of=DAY, known_on=None, registered=[silent]) == {}


def test_a_desk_that_is_registered_has_its_section_and_its_figures(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registered, "REGISTERED", (SCIENCE,))
    monkeypatch.setattr(sections, "SECTIONS", (*sections.SECTIONS, "science"))
    told = gathered(node.session, as_of=DAY, known_on=None, registered=[SCIENCE])
    brief = replace(asked.brief(node.session, day=DAY), more=told)
    assert figures(brief)["genomes"].value == 2
    for language in LANGUAGES:
        part = next(part for part in sections.document(brief, language).parts if part.name == "science")
        assert plain_text(part.heading) == language
        assert part.blocks[0].runs[0].to == ("figure", "genomes")


def test_its_figures_are_verified_as_any_other(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sampan.desks.press.evidence.gathered",
        lambda session, **asked: {"science": tells(session, DAY, None)},
    )
    found = evidence(node.session, "genomes", day=DAY)
    assert (found.of, found.count, len(found.lines)) == ("text", 2, 2)
    assert all(line.entries for line in found.lines)
