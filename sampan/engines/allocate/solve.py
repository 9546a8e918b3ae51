"""How is the optimum found and proven? Few breakpoints at first, more where the prices ask for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sampan.engines.allocate.cells import cells
from sampan.engines.allocate.curves import Curves, curves
from sampan.engines.allocate.highs import solve_model
from sampan.engines.allocate.kept import first_cuts, kept
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.problem import Bools, Floats, Problem
from sampan.engines.allocate.programme import Infeasible, Knots, Programme, Solved, Solver, restricted
from sampan.engines.allocate.shipping import shipping

Progress = Callable[[float, float], None]
ROUNDS = 30
CUT_ROUNDS = 200
NEAR = 2e-3  # gap below which the primal simplex walks on sooner than the dual one starts again
REACH = 3.0  # an edit that moves a price further than this takes a round more
BESIDE = (0.9, 0.97, 1.03, 1.1)  # most edits move prices no further


@dataclass(frozen=True)
class Optimum:
    """The best found, and what is proven. trail: breakpoints, round by round."""

    programme: Programme
    solved: Solved
    bound: float
    trail: tuple[Knots, ...]
    solver: Solver

    def knots(self) -> Knots:
        """The breakpoints that it ended with, those of the first look near the price, and a few as near as edits go."""
        p, price = self.programme, np.maximum(self.solved.price, 0.0)
        first = self.trail[0].near(price, factor=REACH)
        return p.with_knots(first.plus(self.trail[-1]), np.arange(len(price)), [price * by for by in BESIDE])


@dataclass(frozen=True)
class Held:
    """A programme at its optimum between ``knots``, with the solver at rest there, to go on from after an edit."""

    programme: Programme
    price: Floats
    knots: Knots
    solver: Solver


def held(found: Optimum) -> Held:
    """The optimum held ready: the solver rests on all breakpoints near it."""
    solver, knots = Solver.after(found.solver), found.knots()
    return Held(found.programme, solver.solve(found.programme, knots).price, knots, solver)


def prepare(p: Problem, q: Packed, *, known: Curves | None = None) -> Programme:
    """The programme of a problem; ``known`` curves are used again if the needs have not changed."""
    c = known or curves(p, value=q.value, floor=q.floor, cap=q.cap)
    s = shipping(q, wanted(q, (c.need[:, -1] > 0).reshape(q.floor.shape).any(0) & (q.value > 0)))
    k, pairs = cells(q, c, s), kept(p, q)
    return Programme(c, k, s, pairs, k.number[:, pairs.recipient, pairs.item].T, first_cuts(pairs))


def wanted(q: Packed, useful: Bools | bool = False) -> Bools:
    """(G, I): can anybody in the group use the item, or was it promised one?"""
    found = np.zeros((len(q.group_lane), len(q.kind)), bool)
    np.logical_or.at(found, q.group, useful | (q.floor.sum(0) > 0) | (q.floor_total > 0))
    return found | (q.minimum > 0)  # a consignment of the least size may be more than is needed


def optimise(
    p: Programme, *, gap: float, progress: Progress | None = None, start: Held | None = None
) -> Optimum:
    """The optimum to a relative ``gap``, from the ``start`` of an earlier one if its make is the same."""
    if not p.shipping.n_switches:
        return refine(p, gap=gap, progress=progress, start=start)
    return _with_switches(p, gap=gap, progress=progress)


def refine(
    p: Programme, *, gap: float, progress: Progress | None = None, start: Held | None = None
) -> Optimum:
    """Solve with a few breakpoints per curve, add those the prices ask for, until the bound meets the value."""
    if start is not None and p.same_cells(start.programme):
        (solver, knots), spread = _go_on(p, start), 0.02
    else:
        solver, knots, spread = Solver(), p.first_knots(), 0.2
    best, bound = None, -np.inf
    trail: tuple[Knots, ...] = (knots,)
    for _ in range(ROUNDS if len(p.kept) == 0 else CUT_ROUNDS):
        near = best is not None and len(p.kept) == 0 and best.harm - bound < NEAR * abs(best.harm)
        solved = solver.solve(p, knots, near=near)
        proven, least = p.bound(solved)
        bound = max(bound, proven)
        if best is not None and len(p.kept):
            between = p.between(best, solved)
            p = p.cut(between.amount, allowed=max(gap, 1e-13) * max(abs(best.harm), 1e-300))
            best = between if between.harm < best.harm else best
        if best is None or solved.harm < best.harm:
            best = solved
        if progress is not None:
            progress(best.harm, bound)
        allowed = max(gap, 1e-13) * max(abs(best.harm), 1e-300)
        if best.harm - bound <= allowed:
            break
        knots = _closer(p, knots, solved, least, allowed=allowed, spread=spread)
        trail = (*trail, knots)
        p = p.cut(solved.amount, allowed=allowed) if len(p.kept) else p
        spread /= 4
    assert best is not None
    return Optimum(p, best, bound, trail, solver)


def _go_on(p: Programme, start: Held) -> tuple[Solver, Knots]:
    """Where an earlier optimum ended. Curves that have changed take what they would at the prices of then."""
    changed = p.changed_since(start.programme)
    which, knots = np.flatnonzero(changed), start.knots
    if not np.array_equal(p.cells.upper, start.programme.cells.upper):
        knots = knots.plus(p.ends())
    if len(which) == 0:
        return Solver.after(start.solver), knots
    price = np.maximum(start.price[which], 0.0)
    knots = knots.on(~changed).plus(p.first_knots(which))
    knots = p.with_knots(knots, which, [price, *(price * by for by in BESIDE)])
    amount, _ = p.at_price(which, price)
    return Solver.after(start.solver, moved=which, to=amount), knots


def _closer(
    p: Programme, knots: Knots, solved: Solved, least: Floats, *, allowed: float, spread: float
) -> Knots:
    """More breakpoints around the going price on the curves that are still off."""
    cell, width, slope = knots.segments
    price = solved.price
    gain = np.bincount(cell, np.minimum(slope + price[cell], 0.0) * width, len(price))
    off = knots.at_zero() + gain - least
    which = np.flatnonzero(off > 0.1 * allowed / len(off))
    around = [1.0] if spread < 1e-4 else [1.0, 1 - spread, 1 + spread, 1 - spread / 4, 1 + spread / 4]
    knots = knots.near(np.maximum(price, 0.0), factor=1 + 4 * spread)
    beside = p.neighbours(which if spread > 0.02 else np.arange(len(off)), solved.amount)
    return p.with_knots(knots, which, [price[which] * factor for factor in around], also=beside)


def _with_switches(p: Programme, *, gap: float, progress: Progress | None) -> Optimum:
    """Charters and minimum consignments: an integer programme on top of the refined linear one.

    Its bound holds for the curves between breakpoints, which lie above the true ones; what they lie above
    is subtracted. Then the switches are set and the rest is refined again.
    """
    relaxed = refine(p, gap=gap)
    knots = _fine(relaxed.programme, relaxed.knots())
    model = restricted(relaxed.programme, knots)
    integer = np.zeros(len(model.cost), bool)
    integer[: len(p.shipping.integer)] = p.shipping.integer
    found = solve_model(replace(model, integer=integer))
    if found is None:
        raise Infeasible("No plan meets every limit.")
    proven = found.bound * p.scale + knots.at_zero().sum() - _above(relaxed.programme, knots)
    fixed = np.flatnonzero(p.shipping.integer)
    lower, upper = p.shipping.lower.copy(), p.shipping.upper.copy()
    lower[fixed] = upper[fixed] = np.rint(found.value[fixed])
    settled = replace(relaxed.programme, shipping=replace(p.shipping, lower=lower, upper=upper))
    done = refine(settled, gap=gap)
    bound = max(relaxed.bound, float(proven))
    if progress is not None:
        progress(done.solved.harm, bound)
    return replace(done, bound=bound)


def _fine(p: Programme, knots: Knots) -> Knots:
    """Breakpoints at every level of marginal value that a curve can have, up to 200 levels."""
    every = np.arange(len(p.cells))
    levels = min(p.curves.n_samples, 200)
    return p.with_knots(knots, every, [p.cells.top * n / levels for n in range(1, levels)])


def _above(p: Programme, knots: Knots) -> float:
    """By how much, at most, the curves between breakpoints lie above the true ones, all together."""
    cell, width, slope = knots.segments
    worst = np.zeros(len(p.cells))
    same = knots.cell[1:] == knots.cell[:-1]
    begin, harm = knots.amount[:-1][same], knots.harm[:-1][same]
    rank = np.arange(len(cell)) - np.searchsorted(cell, cell)
    for n in range(int(rank.max(initial=-1)) + 1):  # the n-th segment of every curve at once
        on = np.flatnonzero(rank == n)
        amount, true = p.at_price(cell[on], np.maximum(-slope[on], 0.0))
        chord = harm[on] + slope[on] * np.clip(amount - begin[on], 0.0, width[on])
        worst[cell[on]] = np.maximum(worst[cell[on]], chord - true)
    return float(np.maximum(worst, 0.0).sum())
