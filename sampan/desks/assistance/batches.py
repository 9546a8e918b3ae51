"""Which plan did a second person approve, and what leaves with it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sampan.access.people import require
from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.plan import Line, read_plan
from sampan.ledger.entry import Entry
from sampan.records.assistance import Approval, Batch, Consignment, ConsignmentLine, Plan


@dataclass(frozen=True)
class Approved:
    """A batch as it was opened by an approval."""

    number: int
    day: date
    plan: str
    approval: str
    entry: str
    recipients: tuple[str, ...]
    units: dict[str, int]


@dataclass(frozen=True)
class BatchRow:
    """One batch in the list of batches, or a plan that waits for its second person."""

    number: int | None
    day: date
    plan: str
    proposed_by: str
    approved_by: str | None
    recipients: int


def approve(session: Session, plan_id: str | None = None, *, note: str = "") -> Approved:
    """Approves a plan (the newest that waits, unless named) and opens the next batch with its consignments.

    All entries are written together or not at all. Raises Refused if the person may not approve, or
    proposed the plan; InputError if there is no such plan, or it has been decided already.
    """
    require(session.person, "approve")
    size = session.ledger.size
    plan = _waiting(session, plan_id)
    if plan.actor == session.person.handle:
        raise Refused(
            f'"{session.person.handle}" proposed this plan and cannot approve it.',
            way_out="A second person approves: name one with --as.",
            plan=plan.id,
        )
    record = Plan.read(plan.body)
    consignments = _consignments(read_plan(session, record).lines)
    number = 1 + sum(1 for _ in session.ledger.entries(kind=Batch.kind))
    batch = Batch(
        number=number, day=record.day, plan=plan.id, consignments=len(consignments), exercise=record.exercise
    )
    sent = [
        Consignment(batch=number, recipient=recipient, lines=lines)
        for recipient, lines in consignments.items()
    ]
    entries = session.write(
        "approve",
        [Approval(plan=plan.id, note=note), batch, *sent],
        effective=record.day,
        refs=[plan.id],
        expecting=size,
    )
    units: dict[str, int] = {}
    for line in (line for lines in consignments.values() for line in lines):
        units[line.item] = units.get(line.item, 0) + line.units
    return Approved(number, record.day, plan.id, entries[0].id, entries[1].id, tuple(consignments), units)


def _waiting(session: Session, plan_id: str | None) -> Entry:
    """The plan to decide on. Raises InputError if it is none, or decided already."""
    decided = _decided(session)
    if plan_id is not None:
        entry = session.ledger.get(plan_id)
        if entry.kind != Plan.kind:
            raise InputError(f"Entry {plan_id} is no plan.", way_out="sampan batch list shows the plans.")
        if entry.id in decided:
            raise InputError(
                f"This plan was approved as batch {decided[entry.id].body['number']}.",
                way_out="Propose a new plan with: sampan plan",
            )
        return entry
    for entry in session.ledger.entries(kind=Plan.kind, newest_first=True, limit=1):
        if entry.id not in decided:
            return entry
    raise InputError("No plan waits for approval.", way_out="Propose one with: sampan plan")


def _decided(session: Session) -> dict[str, Entry]:
    """Batches by the id of the plan that they came from."""
    return {str(entry.body["plan"]): entry for entry in session.ledger.entries(kind=Batch.kind)}


def _consignments(lines: tuple[Line, ...]) -> dict[str, tuple[ConsignmentLine, ...]]:
    """What leaves at once, by recipient."""
    leaving: dict[str, list[ConsignmentLine]] = {}
    for line in lines:
        if line.week == 1 and line.units:
            leaving.setdefault(line.recipient, []).append(ConsignmentLine(item=line.item, units=line.units))
    return {recipient: tuple(parts) for recipient, parts in sorted(leaving.items())}


def batches(session: Session) -> tuple[BatchRow, ...]:
    """Every batch, and every plan that waits, in the order in which they were proposed."""
    decided = _decided(session)
    rows = []
    for entry in session.ledger.entries(kind=Plan.kind):
        batch = decided.get(entry.id)
        rows.append(
            BatchRow(
                batch.body["number"] if batch else None,
                entry.effective.date(),
                entry.id,
                entry.actor,
                batch.actor if batch else None,
                entry.body["recipients"],
            )
        )
    return tuple(rows)
