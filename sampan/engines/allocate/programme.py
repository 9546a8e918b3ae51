"""The linear programme in HiGHS: ship, hold and fill, at least harm.

Each curve enters as segments between a few of its breakpoints (knots), so the programme stays small; the
duals of its rows price every limit. ``bound`` turns any duals into a proven lower bound on the full problem,
because at given prices each curve's true minimum is a quantile (weak duality).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.core.errors import SampanError
from sampan.engines.allocate.cells import Cells
from sampan.engines.allocate.curves import Curves
from sampan.engines.allocate.highs import Model, pass_columns, quiet_highs, run
from sampan.engines.allocate.problem import Floats, Ints
from sampan.engines.allocate.shipping import Shipping

class Infeasible(SampanError):
    """No plan meets every limit. Caught inside the engine, which then says which limits conflict."""


@dataclass(frozen=True)
class Knots:
    """Breakpoints of the curves: ``harm`` at ``amount`` packs on curve ``cell``; sorted by (cell, amount)."""

    cell: Ints
    amount: Floats
    harm: Floats

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
    """One optimum. sent: departures; left: stocks; amount: (C,) packs per curve; dual: of every row.

    harm: objective of the restricted programme (an upper bound).  price: (C,) of a pack on each curve.
    """

    sent: Floats
    left: Floats
    amount: Floats
    dual: Floats
    price: Floats
    harm: float


@dataclass(frozen=True)
class Programme:
    """Everything but the segments."""

    curves: Curves
    cells: Cells
    shipping: Shipping

    @property
    def row_lower(self) -> Floats:
        return np.concatenate([self.shipping.row_lower, self.cells.row_lower])

    @property
    def row_upper(self) -> Floats:
        return np.concatenate([self.shipping.row_upper, self.cells.row_upper])

    def at_price(self, which: Ints, price: Floats, *, most: bool = False) -> tuple[Floats, Floats]:
        """Amount and harm of the curves ``which`` when a pack costs ``price``."""
        chosen = np.full(len(self.cells), -1)
        chosen[which] = np.arange(len(which))
        at = chosen[self.cells.cell]
        on = at >= 0
        amount, harm = self.curves.at_price(self.cells.member[on], price[at[on]], most=most)
        n = len(which)
        return np.bincount(at[on], amount, n), np.bincount(at[on], harm, n)

    def first_knots(self) -> Knots:
        """A coarse grid of marginal values on every curve, from nothing to all that is needed."""
        every = np.arange(len(self.cells))
        grid = [1.0, 0.8, 0.6, 0.4, 0.25, 0.15, 0.08, 0.03, 0.0]
        found = [(every, *self.at_price(every, level * self.cells.top, most=level == 0)) for level in grid]
        found.append((every, np.zeros(len(every)), self._harm_of_nothing()))
        found.append((every, self.cells.upper, found[-2][2]))
        return _sorted_knots([np.concatenate(part) for part in zip(*found, strict=True)])

    def _harm_of_nothing(self) -> Floats:
        member = self.cells.member
        harm = self.curves.value[member] * self.curves.tail[member, 0] / self.curves.n_samples
        return np.bincount(self.cells.cell, harm, len(self.cells))

    def with_knots(self, knots: Knots, which: Ints, prices: list[Floats]) -> Knots:
        """Add the breakpoints that the curves ``which`` choose at the given prices, from either side."""
        found = [(knots.cell, knots.amount, knots.harm)]
        for price in prices:
            for most in (False, True):
                found.append((which, *self.at_price(which, np.maximum(price, 0.0), most=most)))
        return _sorted_knots([np.concatenate(part) for part in zip(*found, strict=True)])

    def with_neighbours(self, knots: Knots, which: Ints, amount: Floats) -> Knots:
        """Add the true breakpoints on either side of ``amount``, on the curves of ``which`` with one member.

        With both true slopes in place, optimal duals of the restricted programme are optimal for all of it.
        """
        alone = np.bincount(self.cells.cell, minlength=len(self.cells)) == 1
        which = which[alone[which]]
        member = self.cells.member[np.searchsorted(self.cells.cell, which)]
        found = [(knots.cell, knots.amount, knots.harm)]
        found += [(which, *self.curves.beside(member, amount[which], step)) for step in (-1, 0, 1)]
        return _sorted_knots([np.concatenate(part) for part in zip(*found, strict=True)])

    def bound(self, solved: Solved) -> tuple[float, Floats]:
        """Proven lower bound from the duals (scaled like ``harm``), and (C,) each curve's true minimum."""
        y = solved.dual
        low, high = self.row_lower, self.row_upper
        y = np.where((y > 0) & np.isinf(low) | (y < 0) & np.isinf(high), 0.0, y)
        with np.errstate(invalid="ignore"):
            rows = np.where(y > 0, y * low, np.where(y < 0, y * high, 0.0)).sum()
        matrix = self.shipping.matrix
        reduced = -np.bincount(matrix.column, matrix.entry * y[matrix.row], len(self.shipping.upper))
        shipped = (np.minimum(reduced, 0.0) * self.shipping.upper).sum()
        price = self.prices(y)
        every = np.arange(len(self.cells))
        amount, harm = self.at_price(every, np.maximum(price, 0.0), most=True)
        amount = np.where(price < 0, self.cells.upper, amount)
        least = harm + price * amount
        return float(rows + shipped + least.sum()), least

    def prices(self, dual: Floats) -> Floats:
        """(C,) what a pack on each curve costs at the given duals."""
        per_entry = self.cells.entry * dual[self.cells.row]
        return -np.add.reduceat(per_entry, self.cells.start[:-1]) if len(self.cells) else per_entry


def _sorted_knots(found: list[Floats]) -> Knots:
    cell, amount, harm = found
    order = np.lexsort((amount, cell))
    cell, amount, harm = cell[order], amount[order], harm[order]
    apart = np.ones(len(cell), bool)
    apart[1:] = (cell[1:] != cell[:-1]) | (amount[1:] - amount[:-1] > 1e-9 * (1 + amount[1:]))
    return Knots(cell[apart].astype(np.int64), amount[apart], harm[apart])


class Solver:
    """HiGHS with one programme in it."""

    def __init__(self, programme: Programme) -> None:
        self._p = programme
        self._scale = max(float(programme.cells.top.max(initial=0.0)), 1e-300)
        self._highs = quiet_highs()

    def solve(self, knots: Knots) -> Solved:
        """Solve with the curves restricted to ``knots``."""
        cell, width, slope = knots.segments()
        pass_columns(self._highs, self._model(cell, width, slope))
        found = run(self._highs)
        if found is None:
            raise Infeasible("No plan meets every limit.")
        n_x, n_net = self._p.shipping.n_departures, len(self._p.shipping.upper)
        filled, dual = found.value[n_net:], found.dual * self._scale
        amount = np.bincount(cell, filled, len(self._p.cells))
        harm = float(knots.at_zero().sum() + slope @ filled)
        return Solved(found.value[:n_x], found.value[n_x:n_net], amount, dual, self._p.prices(dual), harm)

    def _model(self, cell: Ints, width: Floats, slope: Floats) -> Model:
        s, c = self._p.shipping, self._p.cells
        n_net = len(s.upper)
        counts = np.diff(c.start)[cell]
        at = np.repeat(c.start[cell] - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        return Model(
            cost=np.concatenate([np.zeros(n_net), slope / self._scale]),
            upper=np.concatenate([s.upper, width]),
            row_lower=self._p.row_lower,
            row_upper=self._p.row_upper,
            row=np.concatenate([s.matrix.row, c.row[at]]),
            column=np.concatenate([s.matrix.column, n_net + np.repeat(np.arange(len(cell)), counts)]),
            entry=np.concatenate([s.matrix.entry, c.entry[at]]),
        )
