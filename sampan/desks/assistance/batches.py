"""Which plan, or which part of it, did a second person approve, and what leaves with it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError, Refused
from sampan.desks.assistance.plan import Line, read_plan
from sampan.desks.assistance.promises import BY_HAND, require_free, require_in_order, uncounted
from sampan.ledger.entry import Entry
from sampan.records.assistance import Approval, Batch, Consignment, ConsignmentLine, Plan
from sampan.records.record import Record
from sampan.world.consignments import numbers


@dataclass(frozen=True)
class Approved:
    """A batch as an approval opened it, or added to it."""

    number: int
    """Number of the batch."""
    day: date
    plan: str
    approval: str
    entry: str
    recipients: tuple[str, ...]
    """Codes of those whom it serves."""
    units: dict[str, int]
    consignments: tuple[str, ...]
    waiting: int
    """Lines of the plan that still wait for somebody's yes."""
    assumed: tuple[str, ...] = ()
    """Items that are promised out of stock that nobody has counted."""


@dataclass(frozen=True)
class BatchRow:
    """One plan: the batch that it became, or None while it waits; ``waiting`` lines of it still do."""

    number: int | None
    """Number of the batch; null while it waits."""
    day: date
    plan: str
    proposed_by: str
    approved_by: str | None
    recipients: int
    """How many it serves."""
    waiting: int
    """Lines of the plan that still wait for somebody's yes."""
    superseded_by: int | None = None
    """The batch that took from the depot after this plan was proposed: it can no longer be approved."""


def approve(
    session: Session,
    plan_id: str | None = None,
    *,
    note: str = "",
    recipients: Sequence[str] = (),
    items: Sequence[str] = (),
) -> Approved:
    """Approves a plan (the newest that waits, unless named), or its part for ``recipients`` and ``items``.

    The first part opens the next batch, others join it. All entries are written together or not at all,
    on what the ledger then holds: two people may approve different parts at once. Raises Refused if the
    person may not approve, or proposed the plan; InputError if there is no such plan or part, or it has
    been decided already; Refused if the depots no longer hold it.
    """
    session.require("approve")
    plan = _waiting_plan(session, plan_id)
    if plan.actor == session.person.handle:
        own = Refused(
            f'"{session.person.handle}" proposed this plan and cannot approve it.',
            way_out="A second person approves it.",
            person=session.person.handle,
            plan=plan.id,
        )
        raise session.refused("approve", own)
    record = Plan.read(plan.body)
    leaving = [x for x in read_plan(session, record).lines if x.week == 1 and x.units]
    approval = Approval(plan=plan.id, note=note, recipients=tuple(recipients), items=tuple(items))

    def records() -> list[Record]:
        _refuse_superseded(session, plan)
        part = _part(session, plan, leaving, approval)
        _require_there(session, plan, record, part)
        batch = _decided(session).get(plan.id)
        number = int(batch.body["number"]) if batch else 1 + _count(session)
        made = _consignments(session, number, part)
        opening = Batch(
            number=number,
            day=record.day,
            plan=plan.id,
            consignments=len(made),
            exercise=record.exercise,
        )
        assumed = uncounted(session.ledger, (line.item for line in part), day=record.day)
        return [replace(approval, assumed=assumed), *([] if batch else [opening]), *made]

    entries = session.decide("approve", records, effective=record.day, refs=[plan.id])
    return _approved(session, plan, record, leaving, entries)


def _approved(
    session: Session, plan: Entry, record: Plan, leaving: Sequence[Line], entries: Sequence[Entry]
) -> Approved:
    made = [Consignment.read(entry.body) for entry in entries if entry.kind == Consignment.kind]
    batch = _decided(session)[plan.id]
    units: dict[str, int] = {}
    for line in (line for one in made for line in one.lines):
        units[line.item] = units.get(line.item, 0) + line.units
    waiting = _still_waiting(leaving, _approvals(session, plan.id))
    return Approved(
        int(batch.body["number"]),
        record.day,
        plan.id,
        entries[0].id,
        batch.id,
        tuple(dict.fromkeys(one.recipient for one in made)),
        units,
        tuple(one.consignment for one in made),
        len(waiting),
        Approval.read(entries[0].body).assumed,
    )


def _waiting_plan(session: Session, plan_id: str | None) -> Entry:
    """The plan to decide on: the named one, or the newest if part of it waits. Raises InputError if it is none."""
    if plan_id is not None:
        entry = session.ledger.get(plan_id)
        if entry.kind != Plan.kind:
            raise InputError(f"Entry {plan_id} is no plan.", way_out="sampan batch list shows the plans.")
        return entry
    for entry in session.ledger.entries(kind=Plan.kind, newest_first=True):
        said = _approvals(session, entry.id)
        waits = not said or _still_waiting(_leaving(session, entry), said)
        if waits and _superseded_by(session, entry) is None:
            return entry
    raise InputError(
        "No plan waits for approval.", way_out="Propose one: sampan plan, or by hand sampan batch propose."
    )


def _superseded_by(session: Session, plan: Entry) -> int | None:
    """The number of a batch of another plan that was opened since ``plan`` was proposed: it took from the depot."""
    for entry in session.ledger.entries(kind=Batch.kind, after=plan.index):
        if entry.body["plan"] != plan.id:
            return int(entry.body["number"])
    return None


def _refuse_superseded(session: Session, plan: Entry) -> None:
    batch = _superseded_by(session, plan)
    if batch is not None and plan.id not in _decided(session):
        raise InputError(
            f"Batch {batch} was approved after this plan was proposed: the depot is no longer as it saw it.",
            way_out="Propose anew: sampan plan, or by hand sampan batch propose.",
        )


def _leaving(session: Session, plan: Entry) -> list[Line]:
    return [x for x in read_plan(session, Plan.read(plan.body)).lines if x.week == 1 and x.units]


def _part(session: Session, plan: Entry, leaving: Sequence[Line], approval: Approval) -> list[Line]:
    """The waiting lines that ``approval`` lets go. Raises InputError if one named is not there to be let go."""
    said = _approvals(session, plan.id)
    waiting = _still_waiting(leaving, said)
    if not waiting and said:
        batch = _decided(session)[plan.id].body["number"]
        raise InputError(
            f"This plan was approved as batch {batch}.", way_out="Propose a new plan with: sampan plan"
        )
    part = [line for line in waiting if _covers(approval, line)]
    missing = set(approval.recipients) - {line.recipient for line in part}
    missing |= set(approval.items) - {line.item for line in part}
    if missing:
        raise _not_waiting(min(missing), leaving, said, approval)
    return part


def _require_there(session: Session, plan: Entry, record: Plan, part: Iterable[Line]) -> None:
    """The depots still hold what is let go. A computed plan may rest on assumed stock where there are no books."""
    require_in_order(session.ledger, record.day, plan=plan.id)
    asked: Counter[str] = Counter()
    for line in part:
        asked[line.item] += line.units
    by_hand = record.policy == BY_HAND
    require_free(session.ledger, asked, day=record.day, today=session.today(), booked_only=not by_hand)


def _not_waiting(
    name: str, leaving: Sequence[Line], said: Sequence[tuple[str, Approval]], approval: Approval
) -> InputError:
    mine = [line for line in leaving if name in (line.recipient, line.item) and _covers(approval, line)]
    by = sorted({who for who, earlier in said for line in mine if _covers(earlier, line)})
    if by:
        return InputError(
            f"{name} was approved already, by {', '.join(by)}.", way_out="Approve the parts that still wait."
        )
    return InputError(
        f"The plan sends nothing now for {name}.",
        way_out=f"It waits for {', '.join(sorted({line.recipient for line in leaving})[:12])}."
        if leaving
        else "All that it sends now was approved.",
    )


def _covers(approval: Approval, line: Line) -> bool:
    return (not approval.recipients or line.recipient in approval.recipients) and (
        not approval.items or line.item in approval.items
    )


def _still_waiting(leaving: Iterable[Line], said: Sequence[tuple[str, Approval]]) -> list[Line]:
    approvals = [approval for _, approval in said]
    return [line for line in leaving if not any(_covers(approval, line) for approval in approvals)]


def _approvals(session: Session, plan: str) -> list[tuple[str, Approval]]:
    """Who approved which part of the plan."""
    return [
        (entry.actor, Approval.read(entry.body))
        for entry in session.ledger.entries(kind=Approval.kind)
        if entry.body["plan"] == plan
    ]


def _decided(session: Session) -> dict[str, Entry]:
    """Batches by the id of the plan that they came from."""
    return {str(entry.body["plan"]): entry for entry in session.ledger.entries(kind=Batch.kind)}


def _count(session: Session) -> int:
    return sum(1 for _ in session.ledger.entries(kind=Batch.kind))


def _consignments(session: Session, batch: int, lines: Iterable[Line]) -> list[Consignment]:
    """One consignment per recipient; a recipient's second in a batch has a part number."""
    leaving: dict[str, list[ConsignmentLine]] = {}
    for line in lines:
        leaving.setdefault(line.recipient, []).append(ConsignmentLine(item=line.item, units=line.units))
    taken = set(numbers(session.ledger, batch=batch))
    return [
        Consignment(
            batch=batch, recipient=recipient, lines=tuple(parts), number=next_number(batch, recipient, taken)
        )
        for recipient, parts in sorted(leaving.items())
    ]


def next_number(batch: int, recipient: str, taken: Collection[str]) -> str:
    """The first free number of a consignment: ``4-ITA``, then ``4-ITA.2``."""
    number, part = f"{batch}-{recipient}", 1
    while number in taken:
        part += 1
        number = f"{batch}-{recipient}.{part}"
    return number


def batches(session: Session) -> tuple[BatchRow, ...]:
    """Every plan in the order in which they were proposed, with the batch that it became."""
    decided = _decided(session)
    rows = []
    for entry in session.ledger.entries(kind=Plan.kind):
        batch = decided.get(entry.id)
        said = _approvals(session, entry.id) if batch else []
        rows.append(
            BatchRow(
                int(batch.body["number"]) if batch else None,
                entry.effective.date(),
                entry.id,
                entry.actor,
                ", ".join(dict.fromkeys(who for who, _ in said)) or None,
                int(entry.body["recipients"]),
                len(_still_waiting(_leaving(session, entry), said)),
                None if batch else _superseded_by(session, entry),
            )
        )
    return tuple(rows)
