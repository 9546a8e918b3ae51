"""Who has asked for help, where does each appeal stand, and how far is it met?

What an appeal's state is, somebody has said; how far it is met is counted from what was pledged on it and
delivered, as of a day and as known on a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from sampan.core.errors import InputError
from sampan.ledger.ledger import Ledger
from sampan.records.assistance.appeals import Appeal, AppealState, AppealStep
from sampan.records.assistance.contributions import GiftKind
from sampan.records.control import Snapshot
from sampan.world.contributions import Progress, position_of, progress

Met = Literal["not met", "partly met", "met"]


@dataclass(frozen=True)
class AskedLine:
    """One thing asked for, with what was pledged and delivered on the appeal, in its own units."""

    kind: GiftKind
    item: str
    quantity: int
    needed_by: date | None
    pledged: int
    delivered: int


@dataclass(frozen=True)
class Standing:
    """An appeal and where it stands. ``contributions`` are the numbers of those that answer it."""

    number: str
    entry: str
    day: date
    requester: str
    state: AppealState
    met: Met
    lines: tuple[AskedLine, ...]
    glide: str | None
    follows: str | None
    note: str
    document: Snapshot | None
    contributions: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether something of it may still be given."""
        return self.state != "withdrawn" and self.met != "met"

    @property
    def needed_by(self) -> date | None:
        """The first day by which something of it is still needed; None where nobody has said, or it is not open."""
        days = [line.needed_by for line in self.lines if line.needed_by and line.delivered < line.quantity]
        return min(days, default=None) if self.open else None


def appeals(
    ledger: Ledger,
    *,
    state: AppealState | None = None,
    as_of: date | None = None,
    known_on: datetime | None = None,
) -> tuple[Standing, ...]:
    """Every appeal made up to the day ``as_of``, or those in one state, in the order in which they were recorded."""
    by = None if as_of is None else datetime.combine(as_of, time.max, UTC)
    states: dict[str, AppealState] = {}
    for entry in ledger.entries(kind=AppealStep.kind, known_on=known_on, effective_by=by):
        states[entry.body["appeal"]] = entry.body["state"]
    answers: dict[str, list[Progress]] = {}
    for each in progress(ledger, answers_only=True, as_of=as_of, known_on=known_on):
        answers.setdefault(str(each.appeal), []).append(each)
    found = []
    for entry in ledger.entries(kind=Appeal.kind, known_on=known_on, effective_by=by):
        said = Appeal.read(entry.body)
        now = states.get(said.number, "received")
        if state in (None, now):
            mine, day = answers.get(said.number, []), entry.effective.date()
            found.append(standing_of(said, entry=entry.id, day=day, state=now, answers=mine))
    return tuple(found)


def find_appeal(ledger: Ledger, number: str) -> Standing:
    """The appeal with this number as it stands now. Raises InputError if there is none."""
    position = position_of(ledger, Appeal.kind, number)
    if position is None:
        raise InputError(f"There is no appeal {number}.", way_out="See: sampan appeal list", field="appeal")
    entry = ledger.at(position)
    step = position_of(ledger, AppealStep.kind, number)
    state = "received" if step is None else AppealStep.read(ledger.at(step).body).state
    answers = list(progress(ledger, appeal=number))
    said = Appeal.read(entry.body)
    return standing_of(said, entry=entry.id, day=entry.effective.date(), state=state, answers=answers)


def standing_of(
    said: Appeal, *, entry: str, day: date, state: AppealState, answers: list[Progress]
) -> Standing:
    """An appeal in ``state`` with the contributions that answer it."""
    sums = _sums(answers)
    lines = tuple(
        AskedLine(
            line.kind, line.item, line.quantity, line.needed_by, *sums.get((line.kind, line.item), (0, 0))
        )
        for line in said.lines
    )
    numbers = tuple(each.number for each in answers)
    return Standing(
        number=said.number,
        entry=entry,
        day=day,
        requester=said.requester,
        state=state,
        met=_met(lines),
        lines=lines,
        glide=said.glide,
        follows=said.follows,
        note=said.note,
        document=said.document,
        contributions=numbers,
    )


def _sums(answers: list[Progress]) -> Mapping[tuple[GiftKind, str], tuple[int, int]]:
    """(pledged, delivered) by thing, over all contributions that answer an appeal."""
    sums: dict[tuple[GiftKind, str], tuple[int, int]] = {}
    for line in (line for answer in answers for line in answer.lines):
        pledged, delivered = sums.get((line.kind, line.item), (0, 0))
        sums[line.kind, line.item] = (pledged + line.pledged, delivered + line.delivered)
    return sums


def _met(lines: tuple[AskedLine, ...]) -> Met:
    if all(line.delivered >= line.quantity for line in lines):
        return "met"
    return "partly met" if any(line.delivered for line in lines) else "not met"
