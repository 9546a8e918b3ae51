"""Decide: who gets what, when and from which depot, at least expected harm, proven to a stated gap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sampan.engines.allocate.cells import Cells, cells
from sampan.engines.allocate.conflict import ease, short_reserves
from sampan.engines.allocate.curves import Curves, curves
from sampan.engines.allocate.packed import Packed, packed
from sampan.engines.allocate.packs import consignments, whole_packs
from sampan.engines.allocate.plan import Conflict, Plan
from sampan.engines.allocate.problem import Bools, Floats, Problem
from sampan.engines.allocate.programme import Infeasible, Knots, Programme, Solved, Solver
from sampan.engines.allocate.shipping import shipping
from sampan.engines.allocate.why import coverage, prices, why

Progress = Callable[[float, float], None]
ROUNDS = 30


def allocate(
    p: Problem, *, policy: str = "expected harm", gap: float = 1e-6, progress: Progress | None = None
) -> Plan:
    """The plan of least expected harm (equation of section 3.2 of the method note), in whole packs.

    gap: relative gap at which the linear programme may stop; 0 asks for the exact optimum.
    progress(objective, lower bound) is called after every round.
    """
    q = packed(p)
    conflicts = short_reserves(q)
    try:
        if np.any(q.floor > q.cap):
            raise Infeasible("A floor is above what can be absorbed.")
        programme = _programme(p, q)
        solved, bound = refine(programme, gap=gap, progress=progress)
    except Infeasible:
        q, more = ease(q, shipping(q, _wanted(q)), np.asarray(p.pack, np.int64))
        conflicts += more
        programme = _programme(p, q)
        solved, bound = refine(programme, gap=gap, progress=progress)
    return publish(p, q, programme, solved, bound, policy=policy, conflicts=conflicts)


def _programme(p: Problem, q: Packed) -> Programme:
    c = curves(p, value=q.value, floor=q.floor, cap=q.cap)
    s = shipping(q, _wanted(q, (c.need[:, -1] > 0).reshape(q.floor.shape).any(0) & (q.value > 0)))
    return Programme(c, cells(q, c, s), s)


def _wanted(q: Packed, useful: Bools | bool = False) -> Bools:
    """(G, I): can anybody in the group use the item, or was it promised one?"""
    wanted = np.zeros((len(q.group_lane), len(q.kind)), bool)
    np.logical_or.at(wanted, q.group, useful | (q.floor.sum(0) > 0) | (q.floor_total > 0))
    return wanted


def refine(p: Programme, *, gap: float, progress: Progress | None = None) -> tuple[Solved, float]:
    """Solve with a few breakpoints per curve, add those the prices ask for, until the bound meets the value."""
    solver = Solver(p)
    knots = p.first_knots()
    best = -np.inf
    spread = 0.2
    for _ in range(ROUNDS):
        solved = solver.solve(knots)
        bound, least = p.bound(solved)
        best = max(best, bound)
        if progress is not None:
            progress(solved.harm, best)
        allowed = max(gap, 1e-13) * max(abs(solved.harm), 1e-300)
        if solved.harm - best <= allowed:
            break
        knots = _closer(p, knots, solved, least, allowed, spread)
        spread /= 4
    return solved, best


def _closer(
    p: Programme, knots: Knots, solved: Solved, least: Floats, allowed: float, spread: float
) -> Knots:
    """More breakpoints around the going price on the curves that are still off."""
    cell, width, slope = knots.segments()
    price = solved.price
    gain = np.bincount(cell, np.minimum(slope + price[cell], 0.0) * width, len(price))
    off = knots.at_zero() + gain - least
    which = np.flatnonzero(off > 0.1 * allowed / len(off))
    around = [1.0] if spread < 1e-4 else [1.0, 1 - spread, 1 + spread, 1 - spread / 4, 1 + spread / 4]
    knots = p.with_neighbours(knots, which if spread > 0.02 else np.arange(len(off)), solved.amount)
    return p.with_knots(knots, which, [price[which] * factor for factor in around])


def publish(
    p: Problem,
    q: Packed,
    programme: Programme,
    solved: Solved,
    bound: float,
    *,
    policy: str,
    conflicts: tuple[Conflict, ...] = (),
) -> Plan:
    """Whole packs, what they are worth, and why."""
    c, s = programme.curves, programme.shipping
    target = _target(q, programme, solved)
    whole = whole_packs(q, c, s, sent=solved.sent, target=target)
    pack = np.asarray(p.pack, np.int64)
    lines = consignments(q, s, whole, pack)
    sent = np.zeros((q.horizon, p.n_depots, *whole.given.shape[1:]), np.int64)
    np.add.at(sent, (lines.sent, lines.depot, lines.recipient, lines.item), lines.units)
    flows = np.zeros((sent.shape[0], sent.shape[1], p.n_lanes, sent.shape[3]), np.int64)
    np.add.at(flows, (slice(None), slice(None), np.asarray(p.lane, np.int64)), sent)
    reach = _out_of_reach(c, programme.cells)
    objective = harm_of(q, c, whole.given)
    linear = solved.harm + reach
    nothing = harm_of(q, c, np.zeros_like(whole.given))
    found = prices(q, programme, solved)
    before, after = coverage(p, whole.given * pack)
    return Plan(
        policy=policy,
        consignments=lines,
        sent=sent,
        shipments=whole.given * pack,
        flows=flows,
        stock_left=_stock_left(p, sent),
        objective=objective,
        nothing_sent=nothing,
        lower_bound=min(bound + reach, objective),
        gap=_relative(objective - bound - reach, objective, nothing),
        linear_objective=linear,
        linear_gap=_relative(linear - bound - reach, linear, nothing),
        prices=found,
        why=why(p, q, programme, found, whole.given),
        coverage_before=before,
        coverage_after=after,
        relaxed=bool(conflicts),
        conflicts=conflicts,
    )


def harm_of(q: Packed, c: Curves, given: np.ndarray) -> float:
    """Expected harm when ``given`` (T, R, I) packs arrive; below a floor the missing packs count in full."""
    weekly = np.array([k == "W" for k in q.kind])
    amount = np.where(weekly, given - q.floor, given.cumsum(0)).reshape(-1)
    return float(c.harm(np.arange(len(amount)), amount).sum() + c.beyond.sum())


def _relative(difference: float, objective: float, nothing: float) -> float:
    """Gap relative to the harm that remains, or to rounding in the harm there was if none remains."""
    return 0.0 if difference <= 1e-13 * nothing else difference / max(objective, 1e-9 * nothing)


def _out_of_reach(c: Curves, k: Cells) -> float:
    """Harm in the cells that no lane reaches, and beyond absorption: the same in every plan."""
    outside = np.ones(len(c.value), bool)
    outside[k.member] = False
    nothing = c.value * c.tail[:, 0] / c.n_samples
    return float(nothing[outside].sum() + c.beyond.sum())


def _target(q: Packed, p: Programme, solved: Solved) -> Floats:
    """(T, R, I) packs arriving in the linear optimum; merged curves split at the going price."""
    k = p.cells
    single = np.bincount(k.cell, minlength=len(k))[k.cell] == 1
    split, _ = p.curves.at_price(k.member, np.maximum(solved.price, 0.0)[k.cell])
    target = np.zeros(q.floor.size)
    target[k.member] = np.where(single, solved.amount[k.cell], split)
    target = target.reshape(q.floor.shape)
    weekly = np.array([kind == "W" for kind in q.kind])
    return np.where(weekly, target + q.floor, np.diff(target, axis=0, prepend=0.0))


def _stock_left(p: Problem, sent: np.ndarray) -> Floats:
    units = np.array(p.supply, float)
    for lot in p.lots:
        units[lot.week, lot.depot, lot.item] += lot.units
    return np.asarray((units - sent.sum(2)).cumsum(0))
