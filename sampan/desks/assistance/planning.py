"""What may be asked of needs and plans in plain words: assumptions as text, stock by item, a plan by its entry?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance import alternatives, needed, rounds
from sampan.desks.assistance.alternatives import Alternative, WhatIf
from sampan.desks.assistance.assumptions import Assumptions, default, overlaid, read, with_policy
from sampan.desks.assistance.done import Entered
from sampan.desks.assistance.needed import Needed, NeedRow
from sampan.desks.assistance.plan import Decision, read_plan
from sampan.desks.assistance.priorities import PriorityRow, priorities
from sampan.desks.assistance.proposals import propose_by_hand
from sampan.desks.assistance.recipients import code_of
from sampan.desks.assistance.stock import DEPOT
from sampan.engines.allocate import POLICIES
from sampan.engines.needs.explain import Step
from sampan.records.assistance import Plan
from sampan.world.items import item as find_item


@dataclass(frozen=True)
class NeedView:
    """Need by recipient and item over the weeks of a forecast, and the entries of what is known of capacity."""

    last_day: date
    cites: tuple[str, ...]
    rows: tuple[NeedRow, ...]


@dataclass(frozen=True)
class PlanView:
    """A plan: its entry (None if it was only tried), and the most by which a better one could beat it."""

    entry: str | None
    decision: Decision
    gap: float
    """By how much, at most, a better plan could beat it: a share of the harm that is left, from 0 to 1."""


@dataclass(frozen=True)
class Wanted:
    """So many base units of one item for one recipient."""

    recipient: str
    item: str
    units: int


def need(session: Session, *, recipients: Sequence[str] = (), assumptions: str | None = None) -> NeedView:
    """Who will need what over the weeks of the latest published forecast.

    ``assumptions`` is the text of an edited copy (TOML); those that ship, unless given.
    """
    wanted = [code_of(name) for name in recipients]
    found = needed.needed(session, _assumed(assumptions, None), recipients=wanted)
    return NeedView(found.last_day, found.cites, found.rows)


def needed_of(
    session: Session,
    *,
    recipients: Sequence[str] = (),
    items: str = "",
    weeks: int | None = None,
    weekly: bool = False,
    of_provinces: bool = False,
    assumptions: str | None = None,
) -> Needed:
    """Need of any items, medicines among them, of recipients or of provinces, over as many weeks as wanted.

    ``items`` are names or codes with commas between, or ``all`` or ``medicines``; those of the request unless
    told. ``weekly`` fills the weeks of every row.
    """
    return needed.needed(
        session,
        _assumed(assumptions, None),
        recipients=[code_of(name) for name in recipients],
        items=items,
        weeks=weeks,
        weekly=weekly,
        of_provinces=of_provinces,
    )


def who_comes_first(
    session: Session,
    *,
    recipients: Sequence[str] = (),
    of_provinces: bool = False,
    assumptions: str | None = None,
) -> tuple[PriorityRow, ...]:
    """Recipients by the published weight, those that weigh most first, with what open appeals ask for beside it."""
    wanted = {code_of(name) for name in recipients}
    given = _assumed(assumptions, None)
    estimate = rounds.estimated(session, given, with_provinces=of_provinces)
    found = priorities(session.ledger, estimate, given)
    return tuple(row for row in found if not wanted or row.recipient in wanted)


def explain_need(
    session: Session, place: str, item: str, *, week: int = 1, assumptions: str | None = None
) -> tuple[Step, ...]:
    """The arithmetic of one place's need for one item in one week, from cases to units, step by step."""
    return tuple(needed.explained(session, _assumed(assumptions, None), code_of(place), item, week))


def propose_plan(
    session: Session,
    *,
    day: date | None = None,
    policy: str | None = None,
    assumptions: str | None = None,
    stock: Mapping[str, int] | None = None,
) -> PlanView:
    """Sets home's own need aside, allocates the rest, and records the plan for a second person to approve.

    ``stock`` is what was counted, by item, in place of what the depot's books say.
    """
    session.require("plan")
    given = _assumed(assumptions, policy)
    made = rounds.propose(session, assumptions=given, day=day, counted=_counted(stock))
    return PlanView(made.entry, made.decision, made.decision.gap)


def draft_plan(
    session: Session, *, day: date | None = None, policy: str | None = None, assumptions: str | None = None
) -> PlanView:
    """The plan that would be proposed; nothing is recorded."""
    made = rounds.propose(session, assumptions=_assumed(assumptions, policy), day=day, record=False)
    return PlanView(None, made.decision, made.decision.gap)


def compare_policies(
    session: Session, *, day: date | None = None, assumptions: str | None = None
) -> tuple[Alternative, ...]:
    """Every policy of fairness on the same figures, judged by the same measures; nothing is recorded."""
    asked = rounds.opened(session, assumptions=_assumed(assumptions, None), day=day)
    return alternatives.compared(asked.question)


def what_if(
    session: Session,
    otherwise: str,
    *,
    day: date | None = None,
    policy: str | None = None,
    assumptions: str | None = None,
) -> WhatIf:
    """What the plan would be if the assumptions named in ``otherwise`` (TOML) were as it says."""
    given = _assumed(assumptions, policy)
    asked = rounds.opened(session, assumptions=given, day=day)
    edited = overlaid(asked.question.assumptions, otherwise.encode(), name="otherwise")
    return alternatives.what_if(asked.question, rounds.asked_otherwise(session, asked.question, edited))


def plan(session: Session, entry: str) -> PlanView:
    """A plan as it was proposed. Raises InputError if the entry is no plan."""
    found = session.ledger.get(entry)
    if found.kind != Plan.kind:
        raise InputError(f"Entry {entry} is no plan.", way_out="The batches name the plans.", field="entry")
    decision = read_plan(session, Plan.read(found.body))
    return PlanView(entry, decision, decision.gap)


def propose_batch(
    session: Session, lines: Sequence[Wanted], *, reason: str, day: date | None = None
) -> Entered:
    """Proposes by hand who is sent what; it waits for a second person like any other plan."""
    wanted = [(code_of(line.recipient), line.item, line.units) for line in lines]
    return Entered(propose_by_hand(session, wanted, reason=reason, day=day, exercise=session.exercise))


def _assumed(text: str | None, policy: str | None) -> Assumptions:
    given = default() if text is None else read(text.encode(), name="assumptions")
    if policy is None:
        return given
    if policy not in POLICIES:
        raise InputError(
            f'There is no policy "{policy}".', way_out=f"One of {', '.join(POLICIES)}.", field="policy"
        )
    return with_policy(given, policy)


def _counted(stock: Mapping[str, int] | None) -> rounds.Counted | None:
    if stock is None:
        return None
    if short := next((item for item, units in stock.items() if units < 0), None):
        raise InputError(f"There is less than no {short}.", way_out="Write 0 or more.", field="stock")
    return {DEPOT: {find_item(item).code: units for item, units in stock.items()}}
