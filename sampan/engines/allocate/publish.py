"""From the optimum in fractions to the plan that is published: whole packs, their worth, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sampan.engines.allocate.conflict import MOST_FLOORS, keep_floors, short_in_packs
from sampan.engines.allocate.curves import curves, summed
from sampan.engines.allocate.harm import Harm
from sampan.engines.allocate.kept import kept
from sampan.engines.allocate.packed import Packed, packed, with_charters
from sampan.engines.allocate.packs import consignments, whole_packs
from sampan.engines.allocate.plan import Conflict, Plan
from sampan.engines.allocate.policy import EVEN
from sampan.engines.allocate.problem import Floats, Problem
from sampan.engines.allocate.programme import Programme, Solved
from sampan.engines.allocate.solve import Optimum
from sampan.engines.allocate.why import coverage, prices, why


def publish(
    p: Problem,
    q: Packed,
    found: Optimum,
    *,
    policy: str,
    asked: Problem,
    conflicts: tuple[Conflict, ...] = (),
) -> Plan:
    """Whole packs, what they are worth, and why. ``p`` is the problem the policy made of the one ``asked``."""
    programme, solved, bound = found.programme, found.solved, found.bound
    hired = (
        tuple(int(n) for n in np.flatnonzero(solved.switch[-len(q.charters) :] > 0.5)) if q.charters else ()
    )
    q = with_charters(q, hired)
    s, pack = programme.shipping, np.asarray(p.pack, np.int64)
    target = _target(q, programme, solved)
    harm = Harm(q, programme.curves, programme.kept)
    whole = whole_packs(harm, s, sent=solved.sent, target=target)
    promised = q if p is asked else packed(asked)  # a policy's own floors are aims, not promises
    due = replace(
        q,
        floor=np.minimum(q.floor, promised.floor),
        floor_total=np.minimum(q.floor_total, promised.floor_total),
    )
    if np.any(whole.given < due.floor) or np.any(whole.given.sum(0) < due.floor_total):
        if np.count_nonzero(due.floor) + np.count_nonzero(due.floor_total) > MOST_FLOORS:
            conflicts += (short_in_packs(due, whole.given, pack),)
        else:
            kept_floors = keep_floors(due, s, pack, sent=solved.sent)
            conflicts += kept_floors.conflicts
            q = kept_floors.q
            harm = Harm(q, curves(p, value=q.value, floor=q.floor, cap=q.cap), programme.kept)
            whole = whole_packs(harm, s, sent=kept_floors.departures, target=target, must=kept_floors.must)
    lines = consignments(q, s, whole, pack)
    sent = np.zeros((q.horizon, p.n_depots, *whole.given.shape[1:]), np.int64)
    np.add.at(sent, (lines.sent, lines.depot, lines.recipient, lines.item), lines.units)
    flows = np.zeros((q.horizon, p.n_depots, p.n_lanes, sent.shape[3]), np.int64)
    lane = np.asarray(p.lane, np.int64)[lines.recipient]
    np.add.at(flows, (lines.sent, lines.depot, lane, lines.item), lines.units)
    reach = _out_of_reach(programme)
    fees = float(sum(q.charters[n].cost for n in hired))
    objective = harm.of(whole.given) + fees
    linear = solved.harm + reach
    nothing = harm.of(np.zeros_like(whole.given))
    priced = prices(q, programme, solved)
    true = harm if p is asked else _true_harm(asked)
    before, after = coverage(asked, whole.given * pack)
    return Plan(
        policy=policy,
        consignments=lines,
        sent=sent,
        shipments=whole.given * pack,
        flows=flows,
        stock_left=_stock_left(p, sent),
        objective=objective,
        nothing_sent=nothing,
        expected_harm=true.of(whole.given),
        harm_of_nothing=true.of(np.zeros_like(whole.given)),
        lower_bound=min(bound + reach, objective),
        gap=_relative(objective - bound - reach, objective, nothing),
        linear_objective=linear,
        linear_gap=_relative(linear - bound - reach, linear, nothing),
        prices=priced,
        chartered=hired,
        why=why(true, pack, priced, whole.given, even=policy in EVEN),
        coverage_before=before,
        coverage_after=after,
        relaxed=bool(conflicts),
        conflicts=conflicts,
    )


def _true_harm(asked: Problem) -> Harm:
    q = packed(asked)
    return Harm(q, curves(asked, value=q.value, floor=q.floor, cap=q.cap), kept(asked, q))


def _relative(difference: float, objective: float, nothing: float) -> float:
    """Gap relative to the harm that remains, or to rounding in the harm there was if none remains."""
    return 0.0 if difference <= 1e-13 * nothing else difference / max(objective, 1e-9 * nothing)


def _out_of_reach(p: Programme) -> float:
    """Harm in the cells that no lane reaches, and beyond absorption: the same in every plan."""
    outside = np.ones(len(p.curves.value), bool)
    outside[p.cells.member] = False
    nothing = p.curves.value * p.curves.tail[:, 0] / p.curves.n_samples
    return float(nothing[outside].sum() + p.curves.beyond.sum())


def _target(q: Packed, p: Programme, solved: Solved) -> Floats:
    """(T, R, I) packs arriving in the linear optimum; merged curves split at the going price."""
    k = p.cells
    single = np.bincount(k.cell, minlength=len(k))[k.cell] == 1
    price = np.maximum(solved.price, 0.0)[k.cell]
    low, _ = p.curves.at_price(k.member, price)
    high, _ = p.curves.at_price(k.member, price, most=True)
    # recipients to whom the last packs are worth exactly the price share them in order
    left = (solved.amount - summed(k.cell, low, len(k)))[k.cell]
    before = np.cumsum(high - low) - (high - low)
    before -= before[np.searchsorted(k.cell, k.cell)]
    split = low + np.clip(left - before, 0.0, high - low)
    flat = np.zeros(q.floor.size)
    flat[k.member] = np.where(single, solved.amount[k.cell], split)
    target = flat.reshape(q.floor.shape)
    weekly = np.array([kind == "W" for kind in q.kind])
    return np.where(weekly, target + q.floor, np.diff(target, axis=0, prepend=0.0))


def _stock_left(p: Problem, sent: np.ndarray) -> Floats:
    units = np.array(p.supply, float)
    for lot in p.lots:
        units[lot.week, lot.depot, lot.item] += lot.units
    return np.asarray((units - sent.sum(2)).cumsum(0))
