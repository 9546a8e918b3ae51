"""Which limits cannot hold together, and what is the least that must give?

Stock, reserve and freight can always be kept by sending nothing, so every conflict has a floor in it. The
floors are eased where that costs least harm; a deletion filter then names a smallest set of limits of which
no member could stay if all the others do (Chinneck and Dravnieks 1991).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampan.engines.allocate.highs import Model, solve_model
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.plan import Conflict, Limit
from sampan.engines.allocate.problem import Bools, Floats, Ints
from sampan.engines.allocate.shipping import Shipping

MOST_TRIED = 400  # a filter over more candidates would keep an officer waiting


def short_reserves(q: Packed) -> tuple[Conflict, ...]:
    """Where the free stock cannot cover the reserve even if nothing is sent: all of it stays."""
    found = []
    for i in np.flatnonzero(q.short_reserve.max(0) > 0):
        t = int(np.argmax(q.short_reserve[:, i]))
        limits = (Limit("reserve", week=t, item=int(i)), Limit("stock", item=int(i)))
        found.append(Conflict(limits, float(q.short_reserve[t, i])))
    return tuple(found)


def ease(q: Packed, s: Shipping, pack: Ints, *, whole: bool = False) -> tuple[Packed, tuple[Conflict, ...]]:
    """Floors lowered by the least harm that lets all other limits hold, and the conflicts that force it.

    whole: count in whole packs throughout (an integer programme), where halves would do but packs do not.
    """
    book = _Book(q, s)
    solved = solve_model(book.model(whole=whole))
    if solved is None:
        return replace(q, floor=np.zeros_like(q.floor), floor_total=np.zeros_like(q.floor_total)), ()
    slack = np.ceil(solved.value[book.slack] - 1e-6)
    floor, total = q.floor.copy(), q.floor_total.copy()
    short: dict[int, float] = {}
    for n, ((t, r, i), packs) in enumerate(zip(book.floors, slack, strict=True)):
        if packs > 0:
            short[n] = float(packs * pack[i])
            if t >= 0:
                floor[t, r, i] = max(floor[t, r, i] - packs, 0.0)
            else:
                total[r, i] = max(total[r, i] - packs, 0.0)
    eased = replace(q, floor=floor, floor_total=np.where(total < q.floor_total, total, q.floor_total))
    if whole:
        limits = tuple(book.limit_of_floor(n) for n in short)
        return eased, (Conflict((*limits, Limit("whole packs")), sum(short.values())),) if short else ()
    return eased, book.conflicts(short, solved.dual)


@dataclass(frozen=True)
class _Row:
    limit: Limit
    rows: Ints


class _Book:
    """The floors and everything they lean on, as a small programme with a slack on every floor."""

    def __init__(self, q: Packed, s: Shipping) -> None:
        T, R, I = q.floor.shape
        self._q, self._s = q, s
        total = q.floor_total > 0
        needed = (q.floor > 0) | total
        self._t, self._r, self._i = np.nonzero(needed)
        number = np.where(needed, np.cumsum(needed).reshape(needed.shape) - 1, -1)
        n_net, n_a = len(s.upper), len(self._t)
        self.floors = [(int(t), int(r), int(i)) for t, r, i in zip(*np.nonzero(q.floor > 0), strict=True)]
        per_week = len(self.floors)
        self.floors += [(-1, int(r), int(i)) for r, i in zip(*np.nonzero(total), strict=True)]
        self.slack = n_net + n_a + np.arange(len(self.floors))
        self._lower, self._upper = s.row_lower.copy(), s.row_upper.copy()
        self._lower[s.arrival_row[s.arrival_row >= 0]] = 0.0
        m = len(s.row_lower)
        self._floor_rows = m + np.arange(len(self.floors))
        row = [s.matrix.row, s.arrival_row[self._t, q.group[self._r], self._i], self._floor_rows]
        column = [s.matrix.column, n_net + np.arange(n_a), self.slack]
        entry = [s.matrix.entry, np.full(n_a, -1.0), np.ones(len(self.floors))]
        for n, (t, r, i) in enumerate(self.floors):
            mine = number[t : t + 1, r, i] if t >= 0 else number[:, r, i]
            row.append(np.full(len(mine), self._floor_rows[n]))
            column.append(n_net + mine)
            entry.append(np.ones(len(mine)))
        wanted = [q.floor[t, r, i] if t >= 0 else q.floor_total[r, i] for t, r, i in self.floors]
        cap = q.cap[self._t, self._r, self._i]
        capped = np.flatnonzero(np.isfinite(cap))
        self._cap_rows = m + len(self.floors) + np.arange(len(capped))
        self._capped = capped
        row.append(self._cap_rows)
        column.append(n_net + capped)
        entry.append(np.ones(len(capped)))
        self._row, self._column, self._entry = (np.concatenate(x) for x in (row, column, entry))
        self._lower = np.concatenate([self._lower, wanted, np.full(len(capped), -np.inf)])
        self._upper = np.concatenate([self._upper, np.full(len(self.floors), np.inf), cap[capped]])
        self._n_x, self._n_a, self._per_week = s.n_departures, n_a, per_week

    def model(self, *, whole: bool = False, soft: bool = True, off: Bools | None = None) -> Model:
        """Least harm-weighted slack; without ``soft`` slacks are shut; rows in ``off`` do not count."""
        q = self._q
        n = len(self._s.upper) + self._n_a + len(self.floors)
        cost = np.zeros(n)
        worth = np.array([q.value[r, i] for _, r, i in self.floors])
        cost[self.slack] = worth / max(worth.max(initial=0.0), 1e-300) + 1e-3
        upper = np.full(n, np.inf)
        if not soft:
            upper[self.slack] = 0.0
        lower, high = self._lower, self._upper
        if off is not None:
            lower, high = np.where(off, -np.inf, lower), np.where(off, np.inf, high)
        integer = np.zeros(n, bool)
        if whole:
            integer[: self._n_x] = True
            integer[len(self._s.upper) :] = True
        return Model(cost, upper, lower, high, self._row, self._column, self._entry, integer)

    def conflicts(self, short: dict[int, float], dual: Floats) -> tuple[Conflict, ...]:
        """One conflict, filtered to a smallest set, with all that is short."""
        named = self._named()
        touched = [one for one in named if np.any(np.abs(dual[one.rows]) > 1e-9)]
        candidates = touched if self._clash(named, touched) else named
        if len(candidates) <= MOST_TRIED:
            kept = list(candidates)
            for one in candidates:
                rest = [other for other in kept if other is not one]
                if self._clash(named, rest):
                    kept = rest
            candidates = kept
        return (Conflict(tuple(one.limit for one in candidates), sum(short.values())),)

    def _clash(self, named: list[_Row], kept: list[_Row]) -> bool:
        off = np.zeros(len(self._lower), bool)
        for one in named:
            off[one.rows] = True
        for one in kept:
            off[one.rows] = False
        return solve_model(self.model(soft=False, off=off)) is None

    def limit_of_floor(self, n: int) -> Limit:
        t, r, i = self.floors[n]
        return Limit("floor" if t >= 0 else "horizon floor", week=t, recipient=r, item=i)

    def _named(self) -> list[_Row]:
        """Every limit by name, with its rows."""
        s, q = self._s, self._q
        named = [_Row(self.limit_of_floor(n), self._floor_rows[n : n + 1]) for n in range(len(self.floors))]
        for row, a in zip(self._cap_rows, self._capped, strict=True):
            t, r, i = int(self._t[a]), int(self._r[a]), int(self._i[a])
            named.append(_Row(Limit("absorption", week=t, recipient=r, item=i), np.array([row])))
        for k, d, i in zip(*np.nonzero((s.stock_row >= 0).any(1)), strict=True):
            rows = s.stock_row[k, :, d, i]
            limit = Limit("stock", depot=int(d), item=int(i), earmark=int(q.earmark[k]))
            named.append(_Row(limit, rows[rows >= 0]))
        for i in np.flatnonzero((s.reserve_row >= 0).any(0)):
            rows = s.reserve_row[:, i]
            named.append(_Row(Limit("reserve", item=int(i)), rows[rows >= 0]))
        for d, i in zip(*np.nonzero((s.depot_reserve_row >= 0).any(0)), strict=True):
            rows = s.depot_reserve_row[:, d, i]
            named.append(_Row(Limit("depot reserve", depot=int(d), item=int(i)), rows[rows >= 0]))
        for what, table in (("freight m3", s.m3_row), ("freight kg", s.kg_row)):
            for t, d, lane in zip(*np.nonzero(table >= 0), strict=True):
                limit = Limit(what, week=int(t), depot=int(d), lane=int(lane))
                named.append(_Row(limit, table[t, d, lane].reshape(1)))
        return named
