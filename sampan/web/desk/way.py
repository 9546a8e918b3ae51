"""How far is a consignment, since when, and which step takes longer than it should?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from sampan.languages.speech import Speech
from sampan.ledger.ledger import Ledger
from sampan.records.assistance import Handover, Progress, Receipt
from sampan.records.record import Record
from sampan.web.names import label
from sampan.world.consignments import Event, track

STEPS = ("decided", "packed", "handed to carrier", "in transit", "arrived", "cleared", "received")
USUAL = (0, 3, 3, 2, 14, 5, 7)
"""Days within which each step usually follows the one before; one that takes longer is marked as late."""

WIDTH, HEIGHT, BASE = 720, 104, 34


@dataclass(frozen=True)
class Step:
    """One step of the way: the day on which it was reached (None: not yet), and how many days it took, or takes."""

    step: str
    day: date | None
    days: int | None
    late: bool
    entry: str | None


def steps(ledger: Ledger, number: str, today: date) -> tuple[Step, ...]:
    """The steps of a consignment in order; one that was passed over is not reached, and not late."""
    reached: dict[str, Event] = {}
    for event in track(ledger, number).events:
        reached.setdefault(_step_of(event.record), event)
    last = max((at for at, step in enumerate(STEPS) if step in reached), default=-1)
    found: list[Step] = []
    since: date | None = None
    for at, (step, usual) in enumerate(zip(STEPS, USUAL, strict=True)):
        event_of = reached.get(step)
        day = event_of.day if event_of else None
        until = day or (today if at == last + 1 else None)
        days = max(0, (until - since).days) if until and since else None
        late = days is not None and days > usual
        found.append(Step(step, day, days, late, event_of.entry if event_of else None))
        since = day or since
    return tuple(found)


def _step_of(record: Record) -> str:
    match record:
        case Handover():
            return "handed to carrier"
        case Progress():
            return record.state
        case Receipt():
            return "received"
    return {"assistance.consignment": "decided", "assistance.packing": "packed"}.get(record.kind, "")


def picture(found: tuple[Step, ...], speech: Speech) -> Markup:
    """A sign for each step: a full circle where it was reached, an empty one where not, a diamond where it is late.

    A short stroke is a step that was passed over.
    """
    parts = [Markup('<path class="axis" d="M50 {}H670"/>').format(BASE)]
    for at, one in enumerate(found):
        x = 50 + at * 620 // (len(found) - 1)
        kind = "done" if one.day else "step"
        if one.day is None and any(later.day for later in found[at:]):
            sign = "m0-6v12"  # passed over: nobody said so
        elif one.late:
            sign, kind = "m0-12 12 12-12 12-12-12z", f"{kind} late"
        else:
            sign = "m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0z"
        parts.append(Markup('<path class="{}" d="M{} {}{}"/>').format(kind, x, BASE, sign))
        for y, text in ((BASE + 34, speech.term(one.step, "state")), (BASE + 52, _said(one, speech))):
            parts.append(label(x, y, text, "middle"))
    return Markup("").join(parts)


def _said(one: Step, speech: Speech) -> str:
    return speech.short_day(one.day) if one.day else "–"
