"""Who gets what, when, with home safe first, and why?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sampan.access.session import Session
from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.recipients import Recipient
from sampan.desks.assistance.stock import DEPOT, Depot
from sampan.engines.allocate import Conflict, Plan, Problem, allocate, home_reserve
from sampan.engines.allocate.plan import Limit
from sampan.records.assistance import Plan as PlanRecord
from sampan.world.assisted import Sent
from sampan.world.items import item as find_item

Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class Line:
    """What leaves for one recipient of one item in one week (1 = now), and why it is as much as it is.

    ``next_pack`` and ``last_pack`` are the harm that one pack more would avoid, and that the last one
    given avoids; ``price`` is what a pack avoids elsewhere; ``chance_short`` is the probability that
    need in the week of arrival is still greater.
    """

    recipient: str
    name: str
    region: str
    item: str
    week: int
    units: int
    cartons: int
    next_pack: float
    last_pack: float
    price: float
    chance_short: float
    binding: tuple[str, ...]


@dataclass(frozen=True)
class HomeLine:
    """What home keeps of one item: the most that its reserve asks for in any week ahead, and what is left now.

    ``covered`` says whether the reserve is met in every week. Where it cannot be, nothing is sent.
    """

    item: str
    at_hand: int
    reserve: int
    left: int
    covered: bool


@dataclass(frozen=True)
class Coverage:
    """The expected share of a recipient's need for one item that is met before and after the plan, over all weeks."""

    recipient: str
    name: str
    item: str
    before: float
    after: float


@dataclass(frozen=True)
class Decision:
    """A proposed plan as people read it.

    ``conflicts`` says in words which limits could not all hold, and by how much they were eased; a plan with
    any is marked as relaxed wherever it is shown.
    """

    day: date
    policy: str
    lines: tuple[Line, ...]
    home: tuple[HomeLine, ...]
    coverage: tuple[Coverage, ...]
    conflicts: tuple[str, ...]
    objective: float
    lower_bound: float
    nothing_sent: float
    assumptions: tuple[str, ...]

    @property
    def gap(self) -> float:
        """The most by which a better plan could beat this one, as a share of the harm that is left."""
        return 0.0 if self.objective == 0 else (self.objective - self.lower_bound) / self.objective

    @property
    def leaving(self) -> tuple[Line, ...]:
        """The lines of this week: what the batch will hold."""
        return tuple(line for line in self.lines if line.week == 1)


def decide(
    estimate: NeedEstimate,
    depot: Depot,
    assumptions: Assumptions,
    *,
    day: date,
    weights: np.ndarray,
    sent: Sequence[Sent] = (),
    progress: Progress | None = None,
) -> Decision:
    """Allocates what may leave home to the recipients, week by week.

    ``weights`` is (recipients, items): harm per unit unmet. Raises InputError if there is no supply,
    or a recipient's region has no lane.
    """
    problem, wanted = _problem(estimate, depot, assumptions, weights=weights, sent=sent, day=day)
    plan = allocate(problem, policy=assumptions.policy.policy, progress=progress)
    return Decision(
        day,
        plan.policy,
        _lines(estimate.recipients, problem, plan),
        _home(depot, wanted, plan),
        _coverage(estimate.recipients, problem, plan),
        tuple(_in_words(conflict, problem) for conflict in plan.conflicts),
        plan.objective,
        plan.lower_bound,
        plan.nothing_sent,
        assumptions.assumed,
    )


def _problem(
    estimate: NeedEstimate,
    depot: Depot,
    assumptions: Assumptions,
    *,
    weights: np.ndarray,
    sent: Sequence[Sent],
    day: date,
) -> tuple[Problem, np.ndarray]:
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
    floor = _floor(need, durable, supply, reserve, assumptions.policy.floor)
    problem = Problem(
        samples=np.where(durable, need.cumsum(axis=1), need),
        weight=weights,
        kind=["D" if d else "W" for d in durable],
        pack=pack,
        supply=supply[:, None, :],
        lane=np.array([_lane(recipient, regions) for recipient in estimate.recipients]),
        lead_weeks=np.array([[lane.weeks for lane in assumptions.lanes.values()]]),
        stock_in_hand=_in_hand(estimate, assumptions, durable, sent, day),
        volume_m3=np.array([item.volume_m3 / item.pack for item in items]),
        freight_m3=np.tile([[lane.freight_m3 for lane in assumptions.lanes.values()]], (weeks, 1, 1)),
        reserve=reserve,
        floor=_at_arrival(floor, estimate.recipients, assumptions, weeks),
        recipients=[recipient.code for recipient in estimate.recipients],
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
    produced = np.tile(depot.for_home, (weeks, 1))
    return home_reserve(need, share=assumptions.policy.home_cover, assured_inbound=produced)


def _floor(
    need: np.ndarray, durable: np.ndarray, supply: np.ndarray, reserve: np.ndarray, share: float
) -> np.ndarray:
    """(recipients, items): units that everybody is sent in this round, as far as what may leave allows.

    A share of the first weeks' expected need; durable goods have no floor.
    """
    wanted = need[:, :2].mean(axis=(0, 1)) * share * ~durable
    may_leave = np.minimum(supply[0], (supply.cumsum(axis=0) - reserve).min(axis=0))
    asked = wanted.sum(axis=0)
    affordable = np.minimum(1, 0.5 * may_leave / np.where(asked > 0, asked, 1))
    return np.asarray(wanted * affordable)


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


def _in_hand(
    estimate: NeedEstimate,
    assumptions: Assumptions,
    durable: np.ndarray,
    sent: Sequence[Sent],
    day: date,
) -> np.ndarray:
    """(recipients, items): what recipients hold of what we sent: durable goods, and what is still arriving.

    What they hold of their own is not known to us, and is not assumed.
    """
    row = {recipient.code: index for index, recipient in enumerate(estimate.recipients)}
    column = {item: index for index, item in enumerate(estimate.items)}
    held = np.zeros((len(row), len(column)))
    for one in sent:
        if one.recipient not in row:
            continue
        recipient = estimate.recipients[row[one.recipient]]
        lane = list(assumptions.lanes.values())[_lane(recipient, list(assumptions.lanes))]
        arriving = day - one.day <= timedelta(weeks=lane.weeks)
        for item, units in one.units.items():
            if item in column and (durable[column[item]] or arriving):
                held[row[one.recipient], column[item]] += units
    return held


def _lines(recipients: Sequence[Recipient], problem: Problem, plan: Plan) -> tuple[Line, ...]:
    """The plan as lines, with the engine's reasons, in the order of week, item and recipient."""
    why = {(reason.recipient, reason.item, reason.week): reason for reason in plan.reasons}
    lines = []
    for week, depot, r, i in np.argwhere(plan.sent > 0):
        arrival = week + problem.lead_weeks[depot, problem.lane[r]]
        reason = why[r, i, arrival]
        units = int(plan.sent[week, depot, r, i])
        recipient = recipients[r]
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
            )
        )
    return tuple(lines)


def _home(depot: Depot, reserve: np.ndarray, plan: Plan) -> tuple[HomeLine, ...]:
    left = plan.stock_left.sum(axis=1)
    covered = (left >= reserve - 1).all(axis=0)
    return tuple(
        HomeLine(item, int(depot.at_hand[i]), int(reserve[:, i].max()), int(left[0, i]), bool(covered[i]))
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


def propose(session: Session, decision: Decision, estimate: NeedEstimate, *, refs: Sequence[str]) -> str:
    """Records a plan for a second person to approve; returns its entry's id."""
    weeks, exercise = estimate.samples.shape[1], estimate.outlook.exercise
    return record(session, decision, weeks=weeks, exercise=exercise, refs=refs)


def record(
    session: Session, decision: Decision, *, weeks: int, exercise: bool, refs: Sequence[str] = ()
) -> str:
    """Records a decision, however it came about, as a plan; returns its entry's id."""
    parts = {name: [vars(line) for line in getattr(decision, name)] for name in ("lines", "home", "coverage")}
    said = vars(decision) | parts
    table = json.dumps(said, default=str, sort_keys=True, allow_nan=False).encode()
    plan = PlanRecord(
        day=decision.day,
        weeks=weeks,
        policy=decision.policy,
        recipients=len({line.recipient for line in decision.leaving}),
        lines=len(decision.lines),
        objective=decision.objective,
        lower_bound=decision.lower_bound,
        table=session.keep(f"plan-{decision.day}.json", table),
        exercise=exercise,
    )
    (entry,) = session.write("plan", [plan], effective=decision.day, refs=refs)
    return entry.id


def read_plan(session: Session, record: PlanRecord) -> Decision:
    """The plan that a record cites."""
    said = json.loads(session.blobs.get(record.table.digest))
    said["lines"] = tuple(Line(**{**line, "binding": tuple(line["binding"])}) for line in said["lines"])
    said["home"] = tuple(HomeLine(**line) for line in said["home"])
    said["coverage"] = tuple(Coverage(**line) for line in said["coverage"])
    said["conflicts"] = tuple(said["conflicts"])
    said["day"] = date.fromisoformat(said["day"])
    said["assumptions"] = tuple(said["assumptions"])
    return Decision(**said)
