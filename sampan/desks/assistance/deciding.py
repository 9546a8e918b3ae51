"""How is a plan decided? The engine's answer to a question, in the desk's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from sampan.core.errors import clause
from sampan.desks.assistance.earmarked import for_nobody
from sampan.desks.assistance.holdings import lane_of
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.plan import Coverage, Decision, HomeLine, Line, Transfer
from sampan.desks.assistance.posing import Posed, Question, asked_floors, posed
from sampan.desks.assistance.recipients import Recipient
from sampan.desks.assistance.stock import DEPOT
from sampan.engines.allocate import Conflict, Limit, Plan, Problem, Reason, allocate
from sampan.world.places import is_place, place
from sampan.world.responsible import state_of

Progress = Callable[[float, float], None]


def decide(question: Question, *, progress: Progress | None = None) -> Decision:
    """Allocates what may leave home to the recipients, week by week, and what home holds to its provinces.

    Raises InputError if there is no supply, no such policy, or no lane to a recipient's region.
    """
    asked = posed(question)
    policy = question.assumptions.policy.policy
    plan = allocate(asked.problem, policy=policy, cases=question.cases, progress=progress)
    return answered(question, asked, plan)


def answered(question: Question, asked: Posed, plan: Plan) -> Decision:
    """The engine's plan in the desk's words."""
    problem, recipients = asked.problem, question.estimate.recipients
    return Decision(
        day=question.day,
        policy=plan.policy,
        lines=tuple(_lines(question, problem, plan)),
        home=_home(question, asked, plan),
        coverage=_coverage(recipients, problem, plan),
        conflicts=(
            *(_in_words(conflict, question, problem) for conflict in plan.conflicts),
            *_floors_missed(question, problem, plan),
            *_short_reserves(question, asked),
            *_for_nobody(question),
        ),
        objective=plan.objective,
        lower_bound=plan.lower_bound,
        nothing_sent=plan.nothing_sent,
        assumptions=question.assumptions.assumed,
        transfers=tuple(_transfers(question, problem, plan)),
        reserve=question.assumptions.policy.reserve,
    )


def nothing_for(decision: Decision, estimate: NeedEstimate, code: str) -> str:
    """Why ``code`` is sent nothing in a decision on ``estimate``, in one English sentence."""
    recipient = next((one for one in estimate.recipients if one.code == code), None)
    name = recipient.name if recipient else place(code).name() if is_place(code) else code
    if code == estimate.home_code:
        return f"{name} is home: its own need is set aside first, and nothing is sent there."
    if any(line.recipient == code for line in decision.coverage):
        return (
            f"{name} is sent nothing: all that can reach it avoids more harm elsewhere, or is kept for home."
        )
    if recipient:
        return (
            f"{name} is sent nothing: what it is expected to need fills no consignment (minimum_cartons in the "
            f"assumptions)."
        )
    return _not_among(estimate, code, name)


def _not_among(estimate: NeedEstimate, code: str, name: str) -> str:
    """Why one is no recipient of the estimate."""
    if not is_place(code):
        return f"{name} is sent nothing: it has no members with reports for whom it stocks."
    if place(code).parent == estimate.home_code:
        return f"{name} is sent nothing: home's provinces are not in this plan."
    state = state_of(code)
    if state and state != code:
        return (
            f"{name} is sent nothing of its own: {place(state).name()} answers for it, and its need is counted "
            f"there."
        )
    if code not in estimate.places:
        return f"{name} is sent nothing: it has reported no case."
    return f"{name} is sent nothing: it is not hard hit, nor has it a weaker health system and a case."


def _departures(problem: Problem, plan: Plan) -> Iterator[tuple[int, int, int, int, int, Reason]]:
    """(week, depot, recipient, item, units, reason) of everything that leaves, in that order."""
    why = {(reason.recipient, reason.item, reason.week): reason for reason in plan.reasons}
    for week, depot, r, i in np.argwhere(plan.sent > 0).tolist():
        arrival = week + int(problem.lead_weeks[depot, problem.lane[r]])
        yield week, depot, r, i, int(plan.sent[week, depot, r, i]), why[r, i, arrival]


def _lines(question: Question, problem: Problem, plan: Plan) -> Iterator[Line]:
    """What leaves the country, with the engine's reasons, in the order of week, recipient and item."""
    for week, _, r, i, units, reason in _departures(problem, plan):
        recipient = question.estimate.recipients[r]
        if recipient.kind == "province":
            continue
        yield Line(
            recipient.code,
            recipient.name,
            recipient.region,
            problem.items[i],
            week + 1,
            units,
            units // int(problem.pack[i]),
            reason.next_pack,
            reason.last_pack,
            reason.price,
            reason.chance_short,
            _binding(reason, question, problem.items[i]),
            question.estimate.grounds[r],
        )


def _transfers(question: Question, problem: Problem, plan: Plan) -> Iterator[Transfer]:
    """What moves within home: from the national depots or from one province to another. What a province
    draws from its own store does not move."""
    for week, depot, r, i, units, reason in _departures(problem, plan):
        recipient = question.estimate.recipients[r]
        if recipient.kind != "province" or problem.own_depot is None or problem.own_depot[r] == depot:
            continue
        yield Transfer(
            problem.depots[depot],
            name_of_depot(problem.depots[depot]),
            recipient.code,
            recipient.name,
            problem.items[i],
            week + 1,
            units,
            units // int(problem.pack[i]),
            reason.next_pack,
            reason.last_pack,
            reason.price,
            reason.chance_short,
            _binding(reason, question, problem.items[i]),
        )


def _binding(reason: Reason, question: Question, item: str) -> tuple[str, ...]:
    """What holds a line where it is. Where no donor tied the item, the earmark is only that home's production
    is for home's provinces: no news to anybody."""
    donors = any(lot.item == item for lot in question.tied)
    return tuple(name for name in reason.binding if name != "earmark" or donors)


def name_of_depot(depot: str) -> str:
    """A province's name; the nation's depots taken together."""
    return place(depot).name() if is_place(depot) else clause("national depots") if depot == DEPOT else depot


def _home(question: Question, asked: Posed, plan: Plan) -> tuple[HomeLine, ...]:
    """What home needs, may count on, wants to keep and is left with, item by item."""
    depot, weeks = question.depot, question.estimate.outlook.forecast.calibrated_weeks
    policy = question.assumptions.policy
    need = np.quantile(question.estimate.home[:, :weeks].sum(axis=1), policy.home_cover, axis=0)
    produced = depot.for_home * policy.home_production * weeks
    left = asked.free[0] - _free_sent_now(plan, len(depot.items))
    covered = np.all(asked.wanted <= asked.free + 1, axis=0)
    return tuple(
        HomeLine(
            item,
            need=round(float(need[i])),
            produced=round(float(produced[i])),
            reserve=int(asked.wanted[:, i].max()),
            at_hand=int(asked.free[0, i]),
            exportable=int(depot.for_export[i]),
            left=int(left[i]),
            covered=bool(covered[i]),
        )
        for i, item in enumerate(depot.items)
    )


def _free_sent_now(plan: Plan, items: int) -> np.ndarray:
    """(items,): units without a donor's wish that leave their depot in the first week."""
    sent = plan.consignments
    now = (sent.sent == 0) & (sent.earmark < 0)
    return np.bincount(sent.item[now], sent.units[now], items)


def _coverage(recipients: Sequence[Recipient], problem: Problem, plan: Plan) -> tuple[Coverage, ...]:
    """One line per recipient and item with any need."""
    return tuple(
        Coverage(
            recipients[r].code,
            recipients[r].name,
            problem.items[i],
            float(plan.coverage_before[r, i]),
            float(plan.coverage_after[r, i]),
        )
        for r, i in np.argwhere(np.isfinite(plan.coverage_after))
    )


def _short_reserves(question: Question, asked: Posed) -> Iterator[str]:
    """Where home's reserve is above all the stock that there is: nothing of it may leave home."""
    short = np.maximum(asked.wanted - asked.free, 0.0).max(axis=0)
    for item, units in zip(question.estimate.items, short, strict=True):
        if units > 1:
            yield (
                f"The home reserve of {item} is above its stock: {units:,.0f} units are missing, so none leaves home "
                f"in the weeks in which they are."
            )


def _for_nobody(question: Question) -> Iterator[str]:
    estimate = question.estimate
    codes = [recipient.code for recipient in estimate.recipients]
    for lot in for_nobody(question.tied, items=estimate.items, recipients=codes, home=estimate.home_code):
        yield (
            f"The earmark {lot.earmark.code} allows none of the recipients of this plan: its {lot.units:,} "
            f"{lot.item} stay in the depot {lot.depot}."
        )


def _in_words(conflict: Conflict, question: Question, problem: Problem) -> str:
    """``These limits cannot all hold: floor (mask, Italy); stock (mask). Floors are eased by 4,000 units in all.``"""
    limits = "; ".join(_limit_in_words(limit, question, problem) for limit in conflict.limits)
    units = f"{conflict.short_units:,.0f}"
    if not any("floor" in limit.what for limit in conflict.limits):
        return f"These limits cannot all hold: {limits}. {units} units are short, or stay where they are."
    return f"These limits cannot all hold: {limits}. Floors are eased by {units} units in all."


def _floors_missed(question: Question, problem: Problem, plan: Plan) -> Iterator[str]:
    """What becomes of each floor that somebody named and that gives way, whichever the conflict names."""
    asked = asked_floors(question)
    for r, i in np.argwhere(asked > 0).tolist():
        recipient = question.estimate.recipients[r]
        sent = plan.shipments[lane_of(recipient, question.assumptions).weeks, r, i]
        if sent < asked[r, i]:
            yield (
                f"Of the {asked[r, i]:,.0f} {problem.items[i]} that {recipient.name} must be sent in this round, "
                f"{sent:,} are sent."
            )


LIMITS = {
    "floor": "floor",
    "horizon floor": "floor over all weeks",
    "absorption": "what can be put to use",
    "stock": "stock",
    "reserve": "home reserve",
    "depot reserve": "own reserve",
    "freight m3": "freight by volume",
    "freight kg": "freight by weight",
    "earmark": "earmark",
    "policy": "policy",
    "lane": "no way there",
    "expiry": "date of expiry",
    "whole packs": "whole cartons",
}
"""What limits of the engine are called."""

NO_FREIGHT = "no freight"

_FREIGHT = {"freight m3": "freight_m3", "freight kg": "freight_kg"}


def _limit_in_words(limit: Limit, question: Question, problem: Problem) -> str:
    """``floor (mask, Italy, week 2)``: a name and what it is of, which no language has to inflect."""
    about = ", ".join(_about(limit, question, problem))
    name = _name_of(limit, problem)
    return f"{name} ({about})" if about else name


def _about(limit: Limit, question: Question, problem: Problem) -> Iterator[str]:
    if limit.item >= 0:
        yield problem.items[limit.item]
    if limit.recipient >= 0:
        yield question.estimate.recipients[limit.recipient].name
    if limit.lane >= 0:
        yield _end_of(limit.lane, question)
    if limit.depot > 0:
        yield name_of_depot(problem.depots[limit.depot])
    if limit.earmark >= 0:
        yield clause(f"earmark {problem.earmarks[limit.earmark].name}")
    if limit.week >= 0:
        yield clause(f"week {limit.week + 1}")


def _name_of(limit: Limit, problem: Problem) -> str:
    """What kind of limit it is; that there is no freight at all is said as such."""
    if limit.what in _FREIGHT:
        freight = getattr(problem, _FREIGHT[limit.what])
        if freight is not None and not freight[:, :, limit.lane].any():
            return NO_FREIGHT
    return LIMITS[limit.what]


def _end_of(lane: int, question: Question) -> str:
    """Where a lane leads: a region, or one of home's provinces."""
    regions = list(question.assumptions.lanes)
    if lane < len(regions):
        return regions[lane]
    return question.estimate.recipients[question.provinces[lane - len(regions)]].name
