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
from sampan.engines.allocate.shipping import Shipping, departures

MOST_FLOORS = 3_000  # an integer programme over more takes minutes
MOST_TRIED = 400  # a filter over more candidates would keep an officer waiting


def short_reserves(q: Packed) -> tuple[Conflict, ...]:
    """Where the free stock cannot cover the reserve even if nothing is sent: all of it stays."""
    found = []
    for i in np.flatnonzero(q.short_reserve.max(0) > 0):
        t = int(np.argmax(q.short_reserve[:, i]))
        limits = (Limit("reserve", week=t, item=int(i)), Limit("stock", item=int(i)))
        found.append(Conflict(limits, float(q.short_reserve[t, i])))
    for d, item in np.argwhere(q.short_depot_reserve.max(0) > 0).tolist():
        t = int(np.argmax(q.short_depot_reserve[:, d, item]))
        here = (Limit("depot reserve", week=t, depot=d, item=item), Limit("stock", depot=d, item=item))
        found.append(Conflict(here, float(q.short_depot_reserve[t, d, item])))
    return tuple(found)


def stranded(q: Packed, pack: Ints) -> tuple[Conflict, ...]:
    """Earmarked stock from whose depot no lane leads to anybody it is meant for."""
    found = []
    led = q.lead[:, q.group_lane] >= 0  # (Dp, G)
    for k in np.flatnonzero(q.earmark >= 0).tolist():
        packs = q.supply[k].sum(0)  # (Dp, I)
        nobody = (packs > 0) & ~(led.astype(int) @ q.eligible[k].astype(int) > 0)
        for d, i in np.argwhere(nobody).tolist():
            limits = (Limit("earmark", depot=d, item=i, earmark=int(q.earmark[k])), Limit("lane", depot=d))
            found.append(Conflict(limits, float(packs[d, i] * pack[i])))
    return tuple(found)


def unreachable(q: Packed, floor: Limit) -> tuple[Limit, ...]:
    """What keeps everything from reaching a floor at all; nothing if something can arrive there in time."""
    g, i = int(q.group[floor.recipient]), floor.item
    lane = int(q.group_lane[g])

    def arrives(eased: Packed) -> bool:
        wanted = np.zeros((len(q.group_lane), len(q.kind)), bool)
        wanted[g, i] = True
        _, week, depot, _, _ = departures(eased, wanted)
        return bool(np.any(week + q.lead[depot, lane] == floor.week)) if floor.week >= 0 else len(week) > 0

    no_limit = np.full(q.freight_m3.shape, np.inf)
    any_kg = replace(q, freight_kg=no_limit)
    any_freight = replace(any_kg, freight_m3=no_limit)
    anybody = replace(any_freight, eligible=np.ones_like(q.eligible))
    at_any_age = replace(anybody, last=np.full_like(q.last, q.horizon - 1))
    for_others = (q.earmark >= 0) & ~q.eligible[:, g, i] & (q.supply[..., i].sum((1, 2)) > 0)
    tags = tuple(Limit("earmark", item=i, earmark=int(q.earmark[k])) for k in np.flatnonzero(for_others))
    m3, kg = Limit("freight m3", lane=lane), Limit("freight kg", lane=lane)
    eased: tuple[tuple[Packed, tuple[Limit, ...]], ...] = (
        (q, ()),
        (replace(q, freight_m3=no_limit), (m3,)),
        (any_kg, (kg,)),
        (any_freight, (m3, kg)),
        (anybody, tags),
        (at_any_age, (Limit("expiry", item=i),)),
    )
    rest = Limit("lane", lane=lane) if np.all(q.lead[:, lane] < 0) else Limit("stock", item=i)
    return next((limits for problem, limits in eased if arrives(problem)), (rest,))


def ease(q: Packed, s: Shipping, pack: Ints) -> tuple[Packed, tuple[Conflict, ...]]:
    """Floors lowered by the least harm that lets all other limits hold, and the conflict that forces it."""
    if s.n_switches:  # minimum consignments have no halves, and so no prices to find the conflict by
        kept = keep_floors(q, s, pack, sent=np.zeros(s.n_departures))
        return kept.q, kept.conflicts
    book = _Book(q, s)
    solved = solve_model(book.model())
    assert solved is not None, "with every floor slack, sending nothing is a plan"
    slack = np.ceil(solved.value[book.slack] - 1e-6)
    return book.lowered(slack), (Conflict(book.smallest(solved.dual), book.units(slack, pack)),)


@dataclass(frozen=True)
class Kept:
    """Floors met in whole packs. departures: (X,).  must: (T, R, I) packs that serve them; q: floors eased."""

    departures: Floats
    must: Floats
    q: Packed
    conflicts: tuple[Conflict, ...]


def keep_floors(q: Packed, s: Shipping, pack: Ints, *, sent: Floats) -> Kept:
    """Whole-pack departures near ``sent`` that meet the floors, easing only what whole packs cannot meet.

    An integer programme, for the rare plan that meets its floors in halves of packs only.
    """
    book = _Book(q, s)
    solved = solve_model(book.model(near=np.floor(sent + 1e-7)))
    assert solved is not None, "with every floor slack, sending nothing is a plan"
    slack = np.rint(solved.value[book.slack])
    short = np.flatnonzero(slack > 0)
    limits = (*(book.limit_of_floor(int(n)) for n in short), Limit("whole packs"))
    conflicts = (Conflict(limits, book.units(slack, pack)),) if len(short) else ()
    departures = np.rint(solved.value[: s.n_departures])
    return Kept(departures, book.served(solved.value), book.lowered(slack), conflicts)


def short_in_packs(q: Packed, given: Ints, pack: Ints) -> Conflict:
    """What whole packs leave short of the floors, where there are too many floors for ``keep_floors``."""
    week, total = np.maximum(q.floor - given, 0.0), np.maximum(q.floor_total - given.sum(0), 0.0)
    named = [Limit("floor", week=t, recipient=r, item=i) for t, r, i in np.argwhere(week > 0).tolist()]
    named += [Limit("horizon floor", recipient=r, item=i) for r, i in np.argwhere(total > 0).tolist()]
    short = float((week.sum((0, 1)) + total.sum(0)) @ pack)
    return Conflict((*named, Limit("whole packs")), short)


@dataclass(frozen=True)
class _Row:
    limit: Limit
    rows: Ints


class _Book:
    """The floors and everything they lean on, as a small programme with a slack on every floor."""

    def __init__(self, q: Packed, s: Shipping) -> None:
        self._q, self._s = q, s
        total = q.floor_total > 0
        needed = (q.floor > 0) | total
        self._t, self._r, self._i = np.nonzero(needed)
        number = np.where(needed, np.cumsum(needed).reshape(needed.shape) - 1, -1)
        n_net, n_a = len(s.upper), len(self._t)
        self.floors = [(int(t), int(r), int(i)) for t, r, i in zip(*np.nonzero(q.floor > 0), strict=True)]
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
        self._n_a = n_a

    def model(self, *, soft: bool = True, off: Bools | None = None, near: Floats | None = None) -> Model:
        """Least harm-weighted slack; without ``soft`` slacks are shut; rows in ``off`` do not count.

        near: (X,) whole departures to stay close to; everything is then in whole packs.
        """
        n = len(self._s.upper) + self._n_a + len(self.floors)
        cost = np.zeros(n)
        worth = np.array([self._q.value[r, i] for _, r, i in self.floors])
        cost[self.slack] = worth / max(worth.max(initial=0.0), 1e-300) + 1e-2
        upper = np.full(n, np.inf)
        n_net = len(self._s.upper)
        upper[n_net - self._s.n_switches : n_net] = 1.0
        if not soft:
            upper[self.slack] = 0.0
        lower, high = self._lower, self._upper
        if off is not None:
            lower, high = np.where(off, -np.inf, lower), np.where(off, np.inf, high)
        model = Model(cost, upper, lower, high, self._row, self._column, self._entry)
        return model if near is None else self._near(model, near)

    def _near(self, m: Model, near: Floats) -> Model:
        """The model in whole packs, with a small price on every departure missing from ``near``."""
        x = np.arange(len(near))
        n, rows = len(m.cost), len(m.row_lower)
        cost = np.concatenate([m.cost, np.full(len(near), 1e-5)])
        cost[len(self._s.upper) : len(self._s.upper) + self._n_a] = 1e-6
        integer = np.ones(n + len(near), bool)
        integer[len(near) : len(self._s.upper)] = self._s.integer[len(near) :]
        integer[n:] = False
        return Model(
            cost,
            np.concatenate([m.upper, near]),
            np.concatenate([m.row_lower, near]),
            np.concatenate([m.row_upper, np.full(len(near), np.inf)]),
            np.concatenate([m.row, rows + x, rows + x]),
            np.concatenate([m.column, x, n + x]),
            np.concatenate([m.entry, np.ones(2 * len(near))]),
            integer,
        )

    def lowered(self, slack: Floats) -> Packed:
        """The problem with its floors lowered by ``slack`` packs."""
        floor, total = self._q.floor.copy(), self._q.floor_total.copy()
        for (t, r, i), packs in zip(self.floors, slack, strict=True):
            if t >= 0:
                floor[t, r, i] -= packs
            else:
                total[r, i] -= packs
        return replace(self._q, floor=np.maximum(floor, 0.0), floor_total=np.maximum(total, 0.0))

    def units(self, slack: Floats, pack: Ints) -> float:
        return float(sum(packs * pack[i] for (_, _, i), packs in zip(self.floors, slack, strict=True)))

    def served(self, value: Floats) -> Floats:
        """(T, R, I) packs that the model gives towards the floors."""
        must = np.zeros(self._q.floor.shape)
        n_net = len(self._s.upper)
        must[self._t, self._r, self._i] = np.rint(value[n_net : n_net + self._n_a])
        return must

    def smallest(self, dual: Floats) -> tuple[Limit, ...]:
        """A smallest conflicting set among the limits that have a price."""
        named = self._named()
        touched = [one for one in named if np.any(np.abs(dual[one.rows]) > 1e-9)]
        kept = touched if self._clash(named, touched) else named
        if len(kept) <= MOST_TRIED:
            for one in list(kept):
                rest = [other for other in kept if other is not one]
                if self._clash(named, rest):
                    kept = rest
        limits = [one.limit for one in kept]
        floors = [limit for limit in limits if "floor" in limit.what]
        return tuple(dict.fromkeys([*limits, *(why for one in floors for why in unreachable(self._q, one))]))

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
        for i in np.flatnonzero((s.reserve_row >= 0).any(0)).tolist():
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
