"""The linear programme in HiGHS: ship, hold and fill, at least harm.

Each curve enters as segments between a few of its breakpoints (knots), so the programme stays small; the
duals of its rows price every limit. ``bound`` turns any duals into a proven lower bound on the full problem,
because at given prices each curve's true minimum is a quantile (weak duality).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sampan.core.errors import SampanError
from sampan.engines.allocate.cells import Cells
from sampan.engines.allocate.curves import Curves, summed
from sampan.engines.allocate.highs import (
    BASIC,
    DUAL,
    LOWER,
    PRIMAL,
    UPPER,
    Model,
    get_basis,
    pass_columns,
    quiet_highs,
    run,
    set_basis,
)
from sampan.engines.allocate.kept import Cuts, Kept
from sampan.engines.allocate.problem import Bools, Floats, Ints
from sampan.engines.allocate.shipping import Shipping, Sparse

MIXTURES = (0.05, 0.15, 0.3, 0.5, 0.7)
Breakpoints = tuple[Ints, Floats, Floats]  # curve, amount, harm


class Infeasible(SampanError):
    """No plan meets every limit. Caught inside the engine, which then says which limits conflict."""


@dataclass(frozen=True)
class Knots:
    """Breakpoints of the curves: ``harm`` at ``amount`` packs on curve ``cell``; sorted by (cell, amount)."""

    cell: Ints
    amount: Floats
    harm: Floats

    def near(self, price: Floats, *, factor: float) -> Knots:
        """Only the breakpoints where a pack is worth about the price, and the ends of every curve."""
        same = self.cell[1:] == self.cell[:-1]
        slope = np.full(len(self.cell) + 1, np.nan)
        slope[1:-1][same] = (
            -(self.harm[1:] - self.harm[:-1])[same] / (self.amount[1:] - self.amount[:-1])[same]
        )
        going = price[self.cell]
        end = np.isnan(slope[:-1]) | np.isnan(slope[1:])
        keep = end | ((slope[1:] <= going * factor) & (slope[:-1] >= going / factor))
        return Knots(self.cell[keep], self.amount[keep], self.harm[keep])

    def on(self, chosen: Bools) -> Knots:
        """Those on the curves ``chosen`` (C,)."""
        keep = chosen[self.cell]
        return Knots(self.cell[keep], self.amount[keep], self.harm[keep])

    def plus(self, other: Knots) -> Knots:
        """Both together."""
        parts = zip((self.cell, self.amount, self.harm), (other.cell, other.amount, other.harm), strict=True)
        return _sorted_knots([np.concatenate(part) for part in parts])

    @cached_property
    def segments(self) -> tuple[Ints, Floats, Floats]:
        """(cell, width, slope) between neighbours on one curve."""
        same = self.cell[1:] == self.cell[:-1]
        width = (self.amount[1:] - self.amount[:-1])[same]
        return self.cell[1:][same], width, (self.harm[1:] - self.harm[:-1])[same] / width

    def at_zero(self) -> Floats:
        """Harm of each curve when it gets nothing, in order of cell."""
        return self.harm[np.flatnonzero(np.diff(self.cell, prepend=-1))]


@dataclass(frozen=True)
class Solved:
    """One optimum. sent: departures; amount: (C,) packs per curve; dual: of every row.

    switch: switches.  harm: objective of the restricted programme (an upper bound).  price: (C,) of a pack on
    each curve.
    """

    sent: Floats
    switch: Floats
    amount: Floats
    dual: Floats
    price: Floats
    harm: float


@dataclass(frozen=True)
class Programme:
    """Everything but the segments. Plain columns are the shipping side's, then the harm of each kept pair.

    kept_cell: (P, T) curve that carries what has arrived for each kept pair, -1 where no lane reaches it.
    """

    curves: Curves
    cells: Cells
    shipping: Shipping
    kept: Kept
    kept_cell: Ints
    cuts: Cuts

    @cached_property
    def row_lower(self) -> Floats:
        return np.concatenate([self.shipping.row_lower, self.cells.row_lower, self.cuts.level])

    @cached_property
    def row_upper(self) -> Floats:
        open_above = np.full(len(self.cuts.level), np.inf)
        return np.concatenate([self.shipping.row_upper, self.cells.row_upper, open_above])

    @cached_property
    def plain_upper(self) -> Floats:
        return np.concatenate([self.shipping.upper, self.kept.value * self.kept.need.max(2).mean(1)])

    @cached_property
    def plain_cost(self) -> Floats:
        return np.concatenate([self.shipping.cost, np.ones(len(self.kept))])

    @cached_property
    def plain_lower(self) -> Floats:
        return np.concatenate([self.shipping.lower, np.zeros(len(self.kept))])

    @cached_property
    def plain(self) -> Sparse:
        """Entries of the plain columns."""
        s, cut = self.shipping, np.arange(len(self.cuts.pair))
        return Sparse(
            np.concatenate([s.matrix.row, self._first_cut + cut]),
            np.concatenate([s.matrix.column, len(s.upper) + self.cuts.pair]),
            np.concatenate([s.matrix.entry, np.ones(len(cut))]),
        )

    @cached_property
    def segment_entries(self) -> tuple[Ints, Ints, Floats]:
        """(start, row, entry): the rows in which a pack on each curve counts, cutting planes included."""
        c = self.cells
        cut, week = np.nonzero(self.cuts.slope)
        at = self.kept_cell[self.cuts.pair[cut], week]
        on = at >= 0
        cell = np.concatenate([np.repeat(np.arange(len(c)), np.diff(c.start)), at[on]])
        row = np.concatenate([c.row, self._first_cut + cut[on]])
        entry = np.concatenate([c.entry, -self.cuts.slope[cut[on], week[on]]])
        order = np.argsort(cell, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=len(c)))])
        return start, row[order], entry[order]

    @property
    def _first_cut(self) -> int:
        return len(self.shipping.row_lower) + len(self.cells.row_lower)

    @property
    def scale(self) -> float:
        """The largest harm of a pack."""
        largest = max(self.cells.top.max(initial=0.0), self.kept.value.max(initial=0.0))
        return float(largest) if largest > 0 else 1.0

    def cut(self, amount: Floats, *, allowed: float) -> Programme:
        """With a tangent for each kept pair whose cuts understate its harm by more than its part of ``allowed``."""
        arrived = self.arrived(amount)
        said = np.full(len(self.kept), -np.inf)
        at_cut = self.cuts.level + (self.cuts.slope * arrived[self.cuts.pair]).sum(1)
        np.maximum.at(said, self.cuts.pair, at_cut)
        short = self.kept.harm(np.arange(len(self.kept)), arrived) - np.maximum(said, 0.0)
        pair = np.flatnonzero(short > 0.1 * allowed / len(self.kept))
        return replace(self, cuts=self.cuts.plus(pair, *self.kept.cuts(pair, arrived[pair])))

    def between(self, one: Solved, other: Solved) -> Solved:
        """The best of a few mixtures of two plans, with the prices of the second; every mixture is a plan.

        Cutting planes jump from corner to corner while the best plan lies between corners (in-out separation,
        Ben-Ameur and Neto 2007).
        """
        every = np.arange(len(self.kept))
        apart = [s.harm - self.kept.harm(every, self.arrived(s.amount)).sum() for s in (one, other)]
        found = []
        for share in MIXTURES:
            amount = (1 - share) * one.amount + share * other.amount
            kept = self.kept.harm(every, self.arrived(amount)).sum()
            found.append((float((1 - share) * apart[0] + share * apart[1] + kept), share))
        harm, share = min(found)
        sent, amount = (
            (1 - share) * getattr(one, name) + share * getattr(other, name) for name in ("sent", "amount")
        )
        return replace(other, sent=sent, amount=amount, harm=harm)

    def arrived(self, amount: Floats) -> Floats:
        """(P, T) what has arrived for each kept pair."""
        return np.where(self.kept_cell >= 0, np.append(amount, 0.0)[self.kept_cell], 0.0)

    def at_price(self, which: Ints, price: Floats, *, most: bool = False) -> tuple[Floats, Floats]:
        """Amount and harm of the curves ``which`` when a pack costs ``price``."""
        chosen = np.full(len(self.cells), -1)
        chosen[which] = np.arange(len(which))
        at = chosen[self.cells.cell]
        on = at >= 0
        amount, harm = self.curves.at_price(self.cells.member[on], price[at[on]], most=most)
        n = len(which)
        return summed(at[on], amount, n), summed(at[on], harm, n)

    def first_knots(self, which: Ints | None = None) -> Knots:
        """A coarse grid of marginal values on the curves ``which`` (all), from nothing to all that is needed."""
        on = np.arange(len(self.cells)) if which is None else which
        grid = [1.0, 0.8, 0.6, 0.4, 0.25, 0.15, 0.08, 0.03, 0.0]
        found = [(on, *self.at_price(on, level * self.cells.top[on], most=level == 0)) for level in grid]
        found.append((on, np.zeros(len(on)), self._harm_of_nothing()[on]))
        return _sorted_knots([np.concatenate(part) for part in zip(*found, strict=True)]).plus(
            self.ends(which)
        )

    def same_cells(self, other: Programme) -> bool:
        """Do the curves of both stand for the same recipients, items and weeks?"""
        mine, theirs = self.cells, other.cells
        return np.array_equal(mine.member, theirs.member) and np.array_equal(mine.cell, theirs.cell)

    def changed_since(self, other: Programme) -> Bools:
        """(C,) curves that are not what they were in a programme with the same cells."""
        changed = np.zeros(len(self.cells), bool)
        now, then, member = self.curves, other.curves, self.cells.member
        if now is then:
            return changed
        if now.need.shape != then.need.shape:
            return ~changed
        differs = (now.value != then.value) | np.any(now.need != then.need, axis=1)
        changed[self.cells.cell[differs[member]]] = True
        return changed

    def ends(self, which: Ints | None = None) -> Knots:
        """The most that each of the curves may take: all that is needed, or more to no further use."""
        on = np.arange(len(self.cells)) if which is None else which
        _, harm = self.at_price(on, np.zeros(len(on)), most=True)
        return Knots(on, self.cells.upper[on], harm)

    def _harm_of_nothing(self) -> Floats:
        member = self.cells.member
        harm = self.curves.value[member] * self.curves.tail[member, 0] / self.curves.n_samples
        return summed(self.cells.cell, harm, len(self.cells))

    def with_knots(
        self, knots: Knots, which: Ints, prices: list[Floats], *, also: Sequence[Breakpoints] = ()
    ) -> Knots:
        """Add the breakpoints that the curves ``which`` choose at the given prices, from either side, and ``also``."""
        found = [(knots.cell, knots.amount, knots.harm), *also]
        for price in prices:
            for most in (False, True):
                found.append((which, *self.at_price(which, np.maximum(price, 0.0), most=most)))
        return _sorted_knots([np.concatenate(part) for part in zip(*found, strict=True)])

    def neighbours(self, which: Ints, amount: Floats) -> list[Breakpoints]:
        """The true breakpoints on either side of ``amount``, on the curves of ``which`` with one member.

        With both true slopes in place, optimal duals of the restricted programme are optimal for all of it.
        """
        alone = np.bincount(self.cells.cell, minlength=len(self.cells)) == 1
        which = which[alone[which]]
        member = self.cells.member[np.searchsorted(self.cells.cell, which)]
        return [(which, *self.curves.beside(member, amount[which], step)) for step in (-1, 0, 1)]

    def bound(self, solved: Solved) -> tuple[float, Floats]:
        """Proven lower bound from the duals (scaled like ``harm``), and (C,) each curve's true minimum."""
        y = solved.dual
        low, high = self.row_lower, self.row_upper
        y = np.where((y > 0) & np.isinf(low) | (y < 0) & np.isinf(high), 0.0, y)
        with np.errstate(invalid="ignore"):
            rows = np.where(y > 0, y * low, np.where(y < 0, y * high, 0.0)).sum()
        columns = self.plain
        paid = np.bincount(columns.column, columns.entry * y[columns.row], len(self.plain_upper))
        reduced = self.plain_cost - paid
        shipped = np.where(reduced < 0, reduced * self.plain_upper, reduced * self.plain_lower).sum()
        price = self.prices(y)
        every = np.arange(len(self.cells))
        amount, harm = self.at_price(every, np.maximum(price, 0.0), most=True)
        amount = np.where(price < 0, self.cells.upper, amount)
        least = harm + price * amount
        return float(rows + shipped + least.sum()), least

    def prices(self, dual: Floats) -> Floats:
        """(C,) what a pack on each curve costs at the given duals."""
        start, row, entry = self.segment_entries
        return -np.add.reduceat(entry * dual[row], start[:-1]) if len(row) else np.zeros(0)


def _sorted_knots(found: list[Floats]) -> Knots:
    cell, amount, harm = found
    order = np.lexsort((amount, cell))
    cell, amount, harm = cell[order], amount[order], harm[order]
    apart = np.ones(len(cell), bool)
    apart[1:] = (cell[1:] != cell[:-1]) | (amount[1:] - amount[:-1] > 1e-9 * (1 + amount[1:]))
    return Knots(cell[apart].astype(np.int64), amount[apart], harm[apart])


class Solver:
    """HiGHS with one programme in it, which starts each solve from where the last one ended."""

    def __init__(self) -> None:
        self._highs = quiet_highs()
        self._done: tuple[Model, Ints, Solved, int] | None = None
        self._from: Basis | None = None

    @classmethod
    def after(cls, other: Solver, *, moved: Ints | None = None, to: Floats | None = None) -> Solver:
        """A solver that starts where the other one ended; the other stays as it is.

        moved, to: curves that start with another amount instead.
        """
        fresh, last = cls(), other.last()
        if last is not None and moved is not None:
            amount = last.amount.copy()
            amount[moved] = to
            last = replace(last, amount=amount)
        fresh._from = last
        return fresh

    def last(self) -> Basis | None:
        """Where the last solve ended, read when it is wanted."""
        if self._done is not None:
            model, cell, solved, n_plain = self._done
            columns, rows = get_basis(self._highs, model)
            basic = np.bincount(cell, columns[n_plain:] == BASIC, len(solved.amount)) > 0
            self._from, self._done = Basis(columns[:n_plain], rows, basic, solved.amount), None
        return self._from

    def solve(self, p: Programme, knots: Knots, *, near: bool = False) -> Solved:
        """Solve with the curves restricted to ``knots``. ``harm`` counts kept pairs in full, not by their cuts.

        near: only knots have changed, and little: the last optimum is a point to walk on from (primal simplex).
        """
        cell, width, _ = knots.segments
        last, model = self.last(), restricted(p, knots)
        self._highs.setOptionValue("simplex_strategy", PRIMAL if near else DUAL)
        pass_columns(self._highs, model)
        if last is not None and last.fits(p):
            set_basis(self._highs, *last.carried(p, knots, cell, width))
        found = run(self._highs)
        if found is None:
            raise Infeasible("No plan meets every limit.")
        solved = read(p, knots, found.value, found.dual * p.scale)
        self._done = (model, cell, solved, len(p.plain_upper))
        return solved


def read(p: Programme, knots: Knots, value: Floats, dual: Floats) -> Solved:
    """Columns back to departures and amounts, and what they are worth."""
    cell, _, slope = knots.segments
    s, n_plain = p.shipping, len(p.plain_upper)
    filled = value[n_plain:]
    amount = summed(cell, filled, len(p.cells))
    harm = float(knots.at_zero().sum() + slope @ filled + s.cost @ value[: len(s.cost)])
    harm += float(p.kept.harm(np.arange(len(p.kept)), p.arrived(amount)).sum())
    switch = value[len(s.upper) - s.n_switches : len(s.upper)]
    return Solved(value[: s.n_departures], switch, amount, dual, p.prices(dual), harm)


@dataclass(frozen=True)
class Basis:
    """Where the last solve ended: status of plain columns and rows; per curve, its amount and if it was basic."""

    plain: Ints
    row: Ints
    basic: Bools
    amount: Floats

    def fits(self, p: Programme) -> bool:
        """Is the programme of the same make, so that the basis means the same?"""
        same = len(self.plain) == len(p.plain_upper) and len(self.amount) == len(p.cells)
        return same and len(self.row) <= len(p.row_lower)

    def carried(self, p: Programme, knots: Knots, cell: Ints, width: Floats) -> tuple[Ints, Ints]:
        """The same point on new segments: those below the amount full, one basic where the curve was basic."""
        start = knots.amount[:-1][knots.cell[1:] == knots.cell[:-1]]
        full = start + width <= self.amount[cell] + 1e-9
        first_open = np.ones(len(cell), bool)  # the first segment not full, or the last if all are
        same = cell[1:] == cell[:-1]
        first_open[1:] = full[:-1] | ~same
        first_open &= ~full | np.append(~same, True)
        status = np.where(full, UPPER, LOWER)
        status[first_open & self.basic[cell]] = BASIC
        rows = np.full(len(p.row_lower), BASIC)  # a new row enters with its slack
        rows[: len(self.row)] = self.row
        return np.concatenate([self.plain, status]), rows


def restricted(p: Programme, knots: Knots) -> Model:
    """The programme between ``knots``; harm in units of ``scale`` so that tolerances mean the same everywhere."""
    cell, width, slope = knots.segments
    n_plain = len(p.plain_upper)
    start, row, entry = p.segment_entries
    counts = np.diff(start)[cell]
    at = np.repeat(start[cell] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    return Model(
        cost=np.concatenate([p.plain_cost, slope]) / p.scale,
        upper=np.concatenate([p.plain_upper, width]),
        row_lower=p.row_lower,
        row_upper=p.row_upper,
        row=np.concatenate([p.plain.row, row[at]]),
        column=np.concatenate([p.plain.column, n_plain + np.repeat(np.arange(len(cell)), counts)]),
        entry=np.concatenate([p.plain.entry, entry[at]]),
        lower=np.concatenate([p.plain_lower, np.zeros(len(cell))]),
    )
