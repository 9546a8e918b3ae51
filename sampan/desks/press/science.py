"""What does the science desk tell the public? How many genomes are open to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from sampan.access.session import Session
from sampan.desks.press.document import Block, Paragraph
from sampan.desks.press.teller import Teller
from sampan.desks.press.told import Telling, Told
from sampan.records.science_genomes import OpenGenomes


def gather(session: Session, as_of: date, known_on: datetime | None) -> tuple[Told, ...]:
    """Genomes that were opened to all, less those withdrawn again; nothing before the first was."""
    by = datetime.combine(as_of, time.max, UTC)
    lines = []
    for entry in session.ledger.entries(kind=OpenGenomes.kind, known_on=known_on, effective_by=by):
        said = OpenGenomes.read(entry.body)
        count = -said.count if said.step == "withdrawn" else said.count
        lines.append((f"{entry.effective.date()}: {said.step}", count, (entry.id,)))
    return (Told("genomes", sum(count for _, count, _ in lines), tuple(lines)),) if lines else ()


def says(counts: Mapping[str, int], teller: Teller) -> tuple[Block, ...]:
    """How many there are."""
    gettext, npgettext, count = teller.gettext, teller.npgettext, counts["genomes"]
    said = teller.sentence(
        gettext("Open to everybody: %(genomes)s."),
        genomes=teller.counted(
            "genomes",
            count,
            npgettext(
                "open to everybody", "%(count)s genetic sequence", "%(count)s genetic sequences", count
            ),
        ),
    )
    return (Paragraph(said),)


SCIENCE = Telling("science", gather, lambda teller: teller.gettext("Science shared"), says)
