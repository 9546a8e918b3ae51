"""How is a plan decided? From the desk's words to the engine's arrays, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.earmarked import Tied, as_lots
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.plan import Coverage, Decision, HomeLine, Line
from sampan.desks.assistance.recipients import Recipient
from sampan.desks.assistance.stock import DEPOT, Depot
from sampan.engines.allocate import Conflict, Limit, Plan, Problem, allocate, home_reserve
from sampan.world.assisted import Sent
from sampan.world.items import item as find_item

Progress = Callable[[float, float], None]


@dataclass(frozen=True, eq=False)
class Question:
    """What the engine is asked, and the words it was asked in.

    ``weights`` is (recipients, items): harm per unit unmet. ``sent`` is what recipients were sent before;
    ``tied`` is the stock under donors' earmarks, which ``depot`` does not count.
    """

    estimate: NeedEstimate
    depot: Depot
    assumptions: Assumptions
    day: date
    weights: np.ndarray
    sent: Sequence[Sent] = ()
    tied: Sequence[Tied] = ()

    @property
    def cases(self) -> np.ndarray:
        """(recipients,): cases reported in the last week."""
        return np.asarray(self.estimate.grouping @ self.estimate.outlook.recent_weeks[-1])


def decide(question: Question, *, progress: Progress | None = None) -> Decision:
    """Allocates what may leave home to the recipients, week by week.

    Raises InputError if there is no supply, no such policy, or no lane to a recipient's region.
    """
    problem, wanted = posed(question)
    policy = question.assumptions.policy.policy
    return answered(
        question, problem, wanted, allocate(problem, policy=policy, cases=question.cases, progress=progress)
    )


def answered(question: Question, problem: Problem, wanted: np.ndarray, plan: Plan) -> Decision:
    """The engine's plan in the desk's words; ``wanted`` is home's reserve as asked, (weeks, items)."""
    recipients = question.estimate.recipients
    return Decision(
        question.day,
        plan.policy,
        _lines(question.estimate, problem, plan),
        _home(question, wanted, plan),
        _coverage(recipients, problem, plan),
        tuple(_in_words(conflict, problem) for conflict in plan.conflicts),
        plan.objective,
        plan.lower_bound,
        plan.nothing_sent,
        question.assumptions.assumed,
    )


def posed(question: Question) -> tuple[Problem, np.ndarray]:
    """The question as arrays, and home's reserve as asked, (weeks, items), before it is cut to what there is."""
    estimate, depot, assumptions = question.estimate, question.depot, question.assumptions
    items = [find_item(code) for code in estimate.items]
    weeks = estimate.samples.shape[1]
    durable = np.array([item.kind == "durable" for item in items])
    pack = np.array([item.pack for item in items])
    worth_sending = _worth_sending(estimate, pack * assumptions.policy.minimum_cartons)
    need = estimate.samples * worth_sending
    supply = depot.supply(weeks)
    wanted = _reserve(estimate, depot, assumptions, supply)
    reserve = np.minimum(wanted, supply.cumsum(axis=0))
    regions = list(assumptions.lanes)
    may_leave = np.minimum(supply[0], (supply.cumsum(axis=0) - reserve).min(axis=0))
    floor = _floor(need, pack, may_leave, np.where(durable, 0.0, assumptions.policy.floor))
    codes = [recipient.code for recipient in estimate.recipients]
    lots, tags = as_lots(question.tied, items=estimate.items, recipients=codes, day=question.day)
    problem = Problem(
        samples=np.where(durable, need.cumsum(axis=1), need),
        weight=question.weights,
        kind=["D" if d else "W" for d in durable],
        pack=pack,
        supply=supply[:, None, :],
        lane=np.array([_lane(recipient, regions) for recipient in estimate.recipients]),
        lead_weeks=np.array([[lane.weeks for lane in assumptions.lanes.values()]]),
        stock_in_hand=_in_hand(question, durable),
        volume_m3=np.array([item.volume_m3 / item.pack for item in items]),
        freight_m3=np.tile([[lane.freight_m3 for lane in assumptions.lanes.values()]], (weeks, 1, 1)),
        reserve=reserve,
        floor=_at_arrival(floor, estimate.recipients, assumptions, weeks),
        lots=lots,
        earmarks=tags,
        recipients=codes,
        items=list(estimate.items),
        depots=[DEPOT],
    )
    return problem, wanted


def _worth_sending(estimate: NeedEstimate, least: np.ndarray) -> np.ndarray:
    """(recipients, items): whether the expected need of all weeks fills the smallest consignment."""
    return np.asarray(estimate.samples.sum(axis=1).mean(axis=0) >= least)


def _reserve(
    estimate: NeedEstimate, depot: Depot, assumptions: Assumptions, supply: np.ndarray
) -> np.ndarray:
    """(weeks, items): what home wants to be left at the end of each week, whether or not it is there.

    Forecasts are calibrated for some weeks only; for the scenario weeks after them the need of the last
    calibrated week goes on, because the plan is made anew before they come.
    """
    weeks, calibrated = supply.shape[0], estimate.outlook.forecast.calibrated_weeks
    need = estimate.home[:, np.minimum(np.arange(weeks), calibrated - 1)]
    produced = np.tile(depot.for_home * assumptions.policy.home_production, (weeks, 1))
    return home_reserve(need, share=assumptions.policy.home_cover, assured_inbound=produced)


def _floor(need: np.ndarray, pack: np.ndarray, may_leave: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(recipients, items): units that everybody is sent in this round, in whole cartons.

    ``share`` of the first weeks' expected need by item, as far as half of ``may_leave`` goes.
    """
    wanted = need[:, :2].mean(axis=(0, 1)) * share
    asked = wanted.sum(axis=0)
    affordable = np.minimum(1, 0.5 * may_leave / np.where(asked > 0, asked, 1))
    return np.asarray(np.floor(wanted * affordable / pack) * pack)


def _at_arrival(
    floor: np.ndarray, recipients: Sequence[Recipient], assumptions: Assumptions, weeks: int
) -> np.ndarray:
    """(weeks, recipients, items): the floor in the week in which what leaves now arrives."""
    lanes = list(assumptions.lanes.values())
    at = np.zeros((weeks, *floor.shape))
    for r, recipient in enumerate(recipients):
        at[lanes[_lane(recipient, list(assumptions.lanes))].weeks, r] = floor[r]
    return at


def _lane(recipient: Recipient, regions: Sequence[str]) -> int:
    """The lane class of a recipient; an organisation of the whole world is served over the first lane."""
    if recipient.kind == "organisation" and recipient.region not in regions:
        return 0
    try:
        return regions.index(recipient.region)
    except ValueError:
        raise InputError(
            f"No lane leads to {recipient.region}, where {recipient.name} is.",
            way_out="Add the region under [lanes] in the assumptions.",
        ) from None


def _in_hand(question: Question, durable: np.ndarray) -> np.ndarray:
    """(recipients, items): what recipients hold of what we sent: durable goods, and what is still arriving.

    What they hold of their own is not known to us, and is not assumed.
    """
    estimate, assumptions = question.estimate, question.assumptions
    row = {recipient.code: index for index, recipient in enumerate(estimate.recipients)}
    column = {item: index for index, item in enumerate(estimate.items)}
    held = np.zeros((len(row), len(column)))
    for one in question.sent:
        if one.recipient not in row:
            continue
        recipient = estimate.recipients[row[one.recipient]]
        lane = list(assumptions.lanes.values())[_lane(recipient, list(assumptions.lanes))]
        arriving = question.day - one.day <= timedelta(weeks=lane.weeks)
        for item, units in one.units.items():
            if item in column and (durable[column[item]] or arriving):
                held[row[one.recipient], column[item]] += units
    return held


def _lines(estimate: NeedEstimate, problem: Problem, plan: Plan) -> tuple[Line, ...]:
    """The plan as lines, with the engine's reasons, in the order of week, item and recipient."""
    why = {(reason.recipient, reason.item, reason.week): reason for reason in plan.reasons}
    lines = []
    for week, depot, r, i in np.argwhere(plan.sent > 0):
        arrival = week + problem.lead_weeks[depot, problem.lane[r]]
        reason = why[r, i, arrival]
        units = int(plan.sent[week, depot, r, i])
        recipient = estimate.recipients[r]
        lines.append(
            Line(
                recipient.code,
                recipient.name,
                recipient.region,
                problem.items[i],
                int(week) + 1,
                units,
                units // int(problem.pack[i]),
                reason.next_pack,
                reason.last_pack,
                reason.price,
                reason.chance_short,
                reason.binding,
                estimate.grounds[r],
            )
        )
    return tuple(lines)


def _home(question: Question, wanted: np.ndarray, plan: Plan) -> tuple[HomeLine, ...]:
    """What home needs, may count on, wants to keep and is left with, item by item."""
    depot, weeks = question.depot, question.estimate.outlook.forecast.calibrated_weeks
    need = np.quantile(
        question.estimate.home[:, :weeks].sum(axis=1), question.assumptions.policy.home_cover, axis=0
    )
    produced = depot.for_home * question.assumptions.policy.home_production * weeks
    left = plan.stock_left.sum(axis=1)
    covered = (left >= wanted - 1).all(axis=0)
    return tuple(
        HomeLine(
            item,
            need=round(float(need[i])),
            produced=round(float(produced[i])),
            reserve=int(wanted[:, i].max()),
            at_hand=int(depot.at_hand[i]),
            exportable=int(depot.for_export[i]),
            left=int(left[0, i]),
            covered=bool(covered[i]),
        )
        for i, item in enumerate(depot.items)
    )


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


def _in_words(conflict: Conflict, problem: Problem) -> str:
    """``the floor of mask for Italy in week 2 and the stock of mask …: eased by 4,000 units``."""
    limits = " and ".join(_limit_in_words(limit, problem) for limit in conflict.limits)
    return f"{limits} cannot all hold: eased by {conflict.short_units:,.0f} units"


def _limit_in_words(limit: Limit, problem: Problem) -> str:
    parts = [f"the {limit.what}"]
    if limit.item >= 0:
        parts.append(f"of {problem.items[limit.item]}")
    if limit.recipient >= 0:
        parts.append(f"for {problem.recipients[limit.recipient]}")
    if limit.week >= 0:
        parts.append(f"in week {limit.week + 1}")
    return " ".join(parts)
