"""What is asked of the allocation: whose need, out of which stock, over which lanes, on which assumptions?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sampan.core.errors import InputError
from sampan.desks.assistance.assumptions import Assumptions, Lane
from sampan.desks.assistance.earmarked import Tied, as_lots
from sampan.desks.assistance.holdings import arriving, lane_of, region_of
from sampan.desks.assistance.needs import NeedEstimate
from sampan.desks.assistance.recipients import code_of
from sampan.desks.assistance.stock import DEPOT, Depot, Store
from sampan.engines.allocate import Earmark, Lot, Problem, home_reserve
from sampan.world.assisted import Sent
from sampan.world.items import item as find_item
from sampan.world.places import is_place, place


@dataclass(frozen=True, eq=False)
class Question:
    """What the engine is asked, and the words it was asked in.

    ``weights`` is (recipients, items): harm per unit unmet. ``depot`` is the nation's depots taken together,
    ``stores`` the provinces' own, ``sent`` what recipients were sent before; ``tied`` is the stock under
    donors' earmarks, which neither counts.
    """

    estimate: NeedEstimate
    depot: Depot
    assumptions: Assumptions
    day: date
    weights: np.ndarray
    sent: Sequence[Sent] = ()
    tied: Sequence[Tied] = ()
    stores: Sequence[Store] = ()

    @property
    def cases(self) -> np.ndarray:
        """(recipients,): cases reported in the last week."""
        return np.asarray(self.estimate.grouping @ self.estimate.outlook.recent_weeks[-1])

    @property
    def provinces(self) -> list[int]:
        """The places of home's provinces among the recipients."""
        return [r for r, one in enumerate(self.estimate.recipients) if one.kind == "province"]


@dataclass(frozen=True)
class Posed:
    """The question as arrays. ``wanted`` is home's reserve as asked, (weeks, items), before it is cut to what
    there is, ``free`` (weeks, items) all free stock that there ever is."""

    problem: Problem
    wanted: np.ndarray
    free: np.ndarray


def posed(question: Question) -> Posed:
    """The question as arrays for the engine.

    Depot 0 is the nation's; every province that is a recipient has one of its own, alone on a lane of its
    own, so that it can lend to its siblings what its own need leaves (``Problem.own_depot``). What stays at
    home of production is for the provinces alone. Raises InputError for a region without a lane, and for a
    lane longer than the forecast.
    """
    estimate, assumptions = question.estimate, question.assumptions
    items = [find_item(code) for code in estimate.items]
    weeks = estimate.samples.shape[1]
    _check_lanes(question, weeks)
    durable = np.array([item.kind == "durable" for item in items])
    pack = np.array([item.pack for item in items])
    need = estimate.samples * _worth_sending(estimate, pack * assumptions.policy.minimum_cartons)
    supply = _supply(question, weeks)
    free = supply.sum(axis=1).cumsum(axis=0)
    wanted = _reserve(question, weeks)
    reserve = np.minimum(wanted, free)
    may_leave = np.minimum(supply[0, 0], (free - reserve).min(axis=0))
    share = np.where(durable, 0.0, assumptions.policy.floor)
    floor = _floor(need, pack, may_leave, share, abroad=_abroad(question))
    lots, tags = _lots(question, weeks)
    lead, m3, kg = _lanes(question)
    regions = list(assumptions.lanes)
    problem = Problem(
        samples=np.where(durable, need.cumsum(axis=1), need),
        weight=question.weights,
        kind=["D" if d else "W" for d in durable],
        pack=pack,
        supply=supply,
        lane=_lane(question, regions),
        lead_weeks=lead,
        stock_in_hand=_in_hand(question, weeks),
        volume_m3=np.array([item.volume_m3 / item.pack for item in items]),
        mass_kg=np.array([item.weight_kg / item.pack for item in items]),
        freight_m3=np.tile(m3, (weeks, 1, 1)),
        freight_kg=np.tile(kg, (weeks, 1, 1)),
        reserve=reserve,
        depot_reserve=_own_reserves(question, supply),
        own_depot=_own_depots(question),
        floor=_at_arrival(question, np.maximum(floor, asked_floors(question)), weeks),
        lots=lots,
        earmarks=tags,
        recipients=[recipient.code for recipient in estimate.recipients],
        items=list(estimate.items),
        depots=[DEPOT, *(estimate.recipients[r].code for r in question.provinces)],
    )
    return Posed(problem, wanted, free)


def _check_lanes(question: Question, weeks: int) -> None:
    """Raises InputError for a lane on which nothing would arrive in the weeks of the forecast."""
    inland = {"the provinces": question.assumptions.provinces} if question.provinces else {}
    for end, lane in {**question.assumptions.lanes, **inland}.items():
        if lane.weeks >= weeks:
            raise InputError(
                f"What is sent to {end} is {lane.weeks} weeks under way, and the forecast ends after {weeks}.",
                field="weeks",
                way_out="Publish a longer forecast, or correct the weeks of the lane in the assumptions.",
            )


def _abroad(question: Question) -> np.ndarray:
    """(recipients,): whether each is abroad."""
    return np.array([one.kind != "province" for one in question.estimate.recipients])


def _supply(question: Question, weeks: int) -> np.ndarray:
    """(weeks, depots, items): free units of the nation's depots, then of each province's own."""
    national = question.depot.supply(weeks)
    known = {store.province: store.array(question.depot.items) for store in question.stores}
    own = np.zeros((weeks, len(question.provinces), national.shape[1]))
    for at, r in enumerate(question.provinces):
        code = question.estimate.recipients[r].code
        if code in known:
            own[0, at] = known[code]
    return np.concatenate([national[:, None, :], own], axis=1)


def _in_hand(question: Question, weeks: int) -> np.ndarray:
    """(recipients, items): what we sent before that serves still, or is on its way."""
    estimate = question.estimate
    known = arriving(
        question.sent,
        estimate.recipients,
        estimate.items,
        assumptions=question.assumptions,
        day=question.day,
        weeks=weeks,
    )
    return np.asarray(known.stock + known.coming.sum(axis=0))


def _worth_sending(estimate: NeedEstimate, least: np.ndarray) -> np.ndarray:
    """(recipients, items): whether the expected need of all weeks fills the smallest consignment."""
    return np.asarray(estimate.samples.sum(axis=1).mean(axis=0) >= least)


def _reserve(question: Question, weeks: int) -> np.ndarray:
    """(weeks, items): what home wants to be left at the end of each week, whether or not it is there.

    Where provinces are recipients, what they are sent counts as still within it, and it looks ahead from the
    first week on.
    """
    policy = question.assumptions.policy
    produced = np.tile(question.depot.for_home * policy.home_production, (weeks, 1))
    return home_reserve(
        _calibrated(question, question.estimate.home, weeks),
        share=policy.home_cover,
        method=policy.reserve,
        assured_inbound=produced,
        from_start=bool(question.provinces),
    )


def _calibrated(question: Question, need: np.ndarray, weeks: int) -> np.ndarray:
    """(samples, weeks, items) need, of which the last calibrated week goes on.

    Forecasts are calibrated for some weeks only; the plan is made anew before the scenario weeks come.
    """
    calibrated = question.estimate.outlook.forecast.calibrated_weeks
    return need[:, np.minimum(np.arange(weeks), calibrated - 1)]


def _own_reserves(question: Question, supply: np.ndarray) -> np.ndarray | None:
    """(weeks, depots, items): what each province keeps of its own store against its siblings, as far as it is
    there; None where no province is a recipient."""
    if not question.provinces:
        return None
    policy, weeks = question.assumptions.policy, supply.shape[0]
    kept = np.zeros(supply.shape)
    for at, r in enumerate(question.provinces, start=1):
        if supply[:, at].any():
            own = _calibrated(question, question.estimate.samples[:, :, r], weeks)
            kept[:, at] = home_reserve(own, share=policy.home_cover, method=policy.reserve, from_start=True)
    return np.asarray(np.minimum(kept, supply.cumsum(axis=0)))


def _own_depots(question: Question) -> np.ndarray | None:
    if not question.provinces:
        return None
    own = np.full(len(question.estimate.recipients), -1)
    own[question.provinces] = np.arange(1, 1 + len(question.provinces))
    return own


def _floor(
    need: np.ndarray, pack: np.ndarray, may_leave: np.ndarray, share: np.ndarray, *, abroad: np.ndarray
) -> np.ndarray:
    """(recipients, items): units that everybody abroad is sent in this round, in whole cartons.

    ``share`` of the first weeks' expected need by item, as far as half of ``may_leave`` goes.
    """
    wanted = need[:, :2].mean(axis=(0, 1)) * share * abroad[:, None]
    asked = wanted.sum(axis=0)
    affordable = np.minimum(1, 0.5 * may_leave / np.where(asked > 0, asked, 1))
    return np.asarray(np.floor(wanted * affordable / pack) * pack)


def asked_floors(question: Question) -> np.ndarray:
    """(recipients, items): units of the floors that the assumptions name.

    Raises InputError for one who is not in the plan, or is named twice.
    """
    estimate = question.estimate
    row = {one.code: at for at, one in enumerate(estimate.recipients)}
    floors = np.zeros((len(row), len(estimate.items)))
    named: dict[str, str] = {}
    for name, units in question.assumptions.floors.items():
        code = code_of(name)
        if code == estimate.home_code:
            raise InputError(
                f"{name} is home, and is not sent anything.",
                field="floors",
                way_out="Raise home_cover to keep more at home; or name one of its provinces.",
            )
        if code not in row:
            raise _not_in_the_plan(name, code, home=estimate.home_code)
        if code in named:
            raise InputError(
                f"{name} and {named[code]} are one, and have a floor each.",
                field="floors",
                way_out=f"Write one line for {code}.",
            )
        named[code] = name
        for item, count in units.items():
            if find_item(item).code not in estimate.items:
                raise InputError(
                    f"{item} is not in this plan.",
                    field="floors",
                    way_out=f"It has {', '.join(estimate.items)}.",
                )
            floors[row[code], estimate.items.index(item)] = count
    return floors


def _not_in_the_plan(name: str, code: str, *, home: str) -> InputError:
    if is_place(code) and place(code).parent == home:
        return InputError(
            f"{name} has a floor, and home's provinces are not in this plan.",
            field="floors",
            way_out="Plan with home's provinces, or take the floor out.",
        )
    return InputError(
        f"{name} has a floor, and is not in this plan: it is not hard hit, nor weak with a case.",
        field="floors",
        way_out="Take the floor out, or lower hard_hit or weak_system in the assumptions.",
    )


def _at_arrival(question: Question, floor: np.ndarray, weeks: int) -> np.ndarray:
    """(weeks, recipients, items): the floor in the week in which what leaves now arrives."""
    at = np.zeros((weeks, *floor.shape))
    for r, recipient in enumerate(question.estimate.recipients):
        at[lane_of(recipient, question.assumptions).weeks, r] = floor[r]
    return at


def _lots(question: Question, weeks: int) -> tuple[tuple[Lot, ...], tuple[Earmark, ...]]:
    """Donors' lots for those whom they allow, and, where provinces are recipients, home's own production for them."""
    estimate, provinces = question.estimate, question.provinces
    codes = [recipient.code for recipient in estimate.recipients]
    lots, tags = as_lots(
        question.tied,
        items=estimate.items,
        recipients=codes,
        day=question.day,
        stores=[codes[r] for r in provinces],
    )
    if not provinces:
        return lots, tags
    made = np.floor(question.depot.for_home * question.assumptions.policy.home_production)
    own = [
        Lot(0, i, week, int(units), earmark=len(tags))
        for week in range(weeks)
        for i, units in enumerate(made)
        if units > 0
    ]
    mine = Earmark("production that stays at home", tuple(provinces))
    return (*lots, *own), (*tags, mine)


def _lane(question: Question, regions: Sequence[str]) -> np.ndarray:
    """(recipients,): the lane class of each: its region's, or a province's own."""
    own = {r: len(regions) + at for at, r in enumerate(question.provinces)}
    return np.array(
        [
            own[r] if r in own else regions.index(region_of(one, question.assumptions))
            for r, one in enumerate(question.estimate.recipients)
        ]
    )


def _lanes(question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(depots, lanes): weeks under way (-1: no lane), m³ and kg a week. A province ships to its siblings alone."""
    abroad, inland = list(question.assumptions.lanes.values()), question.assumptions.provinces
    provinces = len(question.provinces)
    ways: list[list[Lane | None]] = [[*abroad, *[inland] * provinces]]
    for own in range(provinces):
        siblings = [_HERE if other == own else inland for other in range(provinces)]
        ways.append([*[None] * len(abroad), *siblings])
    lead = np.array([[-1 if way is None else way.weeks for way in row] for row in ways])
    m3 = np.array([[0.0 if way is None else way.freight_m3 for way in row] for row in ways])
    kg = np.array([[0.0 if way is None else way.freight_kg for way in row] for row in ways])
    return lead, m3, kg


_HERE = Lane(0, np.inf)
"""From a province's own store to itself."""
