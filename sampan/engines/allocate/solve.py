"""Decide: who gets what, when and from which depot, at least expected harm, proven to a stated gap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sampan.engines.allocate.cells import cells
from sampan.engines.allocate.conflict import ease, keep_floors, short_reserves
from sampan.engines.allocate.curves import curves
from sampan.engines.allocate.harm import Harm
from sampan.engines.allocate.kept import first_cuts, kept
from sampan.engines.allocate.packed import Packed, packed
from sampan.engines.allocate.packs import consignments, whole_packs
from sampan.engines.allocate.plan import Conflict, Plan
from sampan.engines.allocate.problem import Bools, Floats, Problem
from sampan.engines.allocate.programme import Infeasible, Knots, Programme, Solved, Solver
from sampan.engines.allocate.shipping import shipping
from sampan.engines.allocate.why import coverage, prices, why

Progress = Callable[[float, float], None]
ROUNDS = 30
CUT_ROUNDS = 200


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
    k, held = cells(q, c, s), kept(p, q)
    return Programme(c, k, s, held, k.number[:, held.recipient, held.item].T, first_cuts(held))


def _wanted(q: Packed, useful: Bools | bool = False) -> Bools:
    """(G, I): can anybody in the group use the item, or was it promised one?"""
    wanted = np.zeros((len(q.group_lane), len(q.kind)), bool)
    np.logical_or.at(wanted, q.group, useful | (q.floor.sum(0) > 0) | (q.floor_total > 0))
    return wanted


def refine(p: Programme, *, gap: float, progress: Progress | None = None) -> tuple[Solved, float]:
    """Solve with a few breakpoints per curve, add those the prices ask for, until the bound meets the value."""
    solver = Solver()
    knots = p.first_knots()
    best, bound = None, -np.inf
    spread = 0.2
    for _ in range(ROUNDS if len(p.kept) == 0 else CUT_ROUNDS):
        solved = solver.solve(p, knots)
        proven, least = p.bound(solved)
        bound = max(bound, proven)
        if best is None or solved.harm < best.harm:
            best = solved
        if progress is not None:
            progress(best.harm, bound)
        allowed = max(gap, 1e-13) * max(abs(best.harm), 1e-300)
        if best.harm - bound <= allowed:
            break
        knots = _closer(p, knots, solved, least, allowed, spread)
        p = p.cut(solved.amount) if len(p.kept) else p
        spread /= 4
    assert best is not None
    return best, bound


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
    s, pack = programme.shipping, np.asarray(p.pack, np.int64)
    target = _target(q, programme, solved)
    harm = Harm(q, programme.curves, programme.kept)
    whole = whole_packs(harm, s, sent=solved.sent, target=target)
    if np.any(whole.given < q.floor) or np.any(whole.given.sum(0) < q.floor_total):
        eased = keep_floors(q, s, pack, sent=solved.sent)
        conflicts += eased.conflicts
        q = eased.q
        harm = Harm(q, curves(p, value=q.value, floor=q.floor, cap=q.cap), programme.kept)
        whole = whole_packs(harm, s, sent=eased.departures, target=target, must=eased.must)
    lines = consignments(q, s, whole, pack)
    sent = np.zeros((q.horizon, p.n_depots, *whole.given.shape[1:]), np.int64)
    np.add.at(sent, (lines.sent, lines.depot, lines.recipient, lines.item), lines.units)
    flows = np.zeros((sent.shape[0], sent.shape[1], p.n_lanes, sent.shape[3]), np.int64)
    np.add.at(flows, (slice(None), slice(None), np.asarray(p.lane, np.int64)), sent)
    reach = _out_of_reach(programme)
    objective = harm.of(whole.given)
    linear = solved.harm + reach
    nothing = harm.of(np.zeros_like(whole.given))
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
        why=why(harm, pack, found, whole.given),
        coverage_before=before,
        coverage_after=after,
        relaxed=bool(conflicts),
        conflicts=conflicts,
    )


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
