"""What can be sent? Stock, lots, lanes, freight and the home reserve as rows and columns of a linear programme.

Columns: a departure per (class, depot, group, item, week), then what is left in each depot per class, item and
week and what home has been sent so far, then switches: a lane open to an item that has a minimum consignment,
a charter hired. Rows: stock, reserve, freight in m³ and kg, and the arrivals per (week, group, item), to which
the recipients' columns are added elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.problem import Bools, Floats, Ints


@dataclass(frozen=True)
class Sparse:
    """A matrix by entries: ``row[n], column[n], entry[n]``."""

    row: Ints
    column: Ints
    entry: Floats


@dataclass(frozen=True)
class Shipping:
    """The shipping side. ``X`` departures, then ``H`` stocks and home's own use, then ``Z`` switches; ``M`` rows.

    klass, depot, group, item, week: (X,) of each departure.  arrives: (X,) week of arrival.
    lower, upper: (X + H + Z,) bounds, all finite.  cost: harm.  integer: switches, and departures of items
    with a minimum consignment.  hired: (charters,) columns.  matrix: entries of all.
    row_lower, row_upper: (M,).
    stock_row: (Kc, T, Dp, I), reserve_row: (T, I), depot_reserve_row: (T, Dp, I), m3_row, kg_row: (T, Dp, L),
    arrival_row: (T, G, I): row number, -1 where there is no such row.
    """

    klass: Ints
    depot: Ints
    group: Ints
    item: Ints
    week: Ints
    arrives: Ints
    lower: Floats
    upper: Floats
    cost: Floats
    integer: Bools
    hired: Ints
    matrix: Sparse
    row_lower: Floats
    row_upper: Floats
    stock_row: Ints
    reserve_row: Ints
    depot_reserve_row: Ints
    m3_row: Ints
    kg_row: Ints
    arrival_row: Ints

    @property
    def n_switches(self) -> int:
        return int(self.integer[self.n_departures :].sum())

    @property
    def n_departures(self) -> int:
        return len(self.klass)


def shipping(q: Packed, wanted: Bools) -> Shipping:
    """Build the shipping side. ``wanted``: (G, I), whether anybody in the group can use the item."""
    klass, week, depot, group, item = departures(q, wanted)
    arrives = week + q.lead[depot, q.group_lane[group]]
    held = q.supply.cumsum(1)
    rows = _Rows()

    kept = _stocks(q)  # (Kc, T, Dp, I) bool
    n_x = len(klass)
    column_of_stock = np.where(kept, n_x - 1 + kept.cumsum().reshape(kept.shape), -1)
    stock_row = rows.add(kept, lower=q.supply[kept], upper=q.supply[kept])
    rows.put(stock_row[kept], column_of_stock[kept], 1.0)
    later = kept.copy()
    later[:, 0] = False
    rows.put(stock_row[later], (column_of_stock[:, :-1])[later[:, 1:]], -1.0)
    x = np.arange(n_x)
    rows.put(stock_row[klass, week, depot, item], x, 1.0)

    free = kept & (q.earmark < 0)[:, None, None, None]
    reserve_row = rows.add(q.keep > 0, lower=q.keep[q.keep > 0])
    _put_stock(rows, reserve_row[None, :, None, :], free, column_of_stock)
    depot_reserve_row = rows.add(q.depot_keep > 0, lower=q.depot_keep[q.depot_keep > 0])
    _put_stock(rows, depot_reserve_row[None], free, column_of_stock)
    upper = np.concatenate([held[klass, week, depot, item], held[kept]])
    home = q.group_home[group]
    may_count = q.earmark[klass] < 0
    last = q.last[klass]
    used = _used_at_home(rows, reserve_row, (week, last, item), x, may_count & (home >= 0), first=len(upper))
    _own_use(rows, depot_reserve_row, (week, last, depot, item), x, may_count & (home == depot))
    upper = np.concatenate([upper, q.supply.sum((0, 1, 2))[used]])

    lane = q.group_lane[group]
    m3_row = _freight(rows, q.freight_m3, q.m3[item], (week, depot, lane))
    kg_row = _freight(rows, q.freight_kg, q.kg[item], (week, depot, lane))

    weekly = np.array([k == "W" for k in q.kind])
    demanded = q.by_group(np.where(weekly, q.floor, 0.0))
    reached = np.broadcast_to(wanted, demanded.shape)
    arrival_row = rows.add(reached, lower=demanded[reached])
    rows.put(arrival_row[arrives, group, item], x, 1.0)
    room = q.by_group(q.cap)
    tight = reached & np.isfinite(room) & (q.minimum > 0)
    unloaded = rows.add(tight, upper=room[tight])
    rows.put(unloaded[arrives, group, item], x, 1.0)
    n_open = _minimum(rows, q, (week, depot, lane, item), len(upper))
    hired = len(upper) + n_open + np.arange(len(q.charters))
    for column, c in zip(hired.tolist(), q.charters, strict=True):
        for row, amount in ((m3_row[c.week, c.depot, c.lane], c.m3), (kg_row[c.week, c.depot, c.lane], c.kg)):
            rows.put(row.reshape(1), np.array([column]), -min(amount, 1e9))
    n_z = n_open + len(hired)
    cost = np.zeros(len(upper) + n_z)
    cost[hired] = [c.cost for c in q.charters]
    integer = np.concatenate([q.minimum[item] > 0, np.zeros(len(upper) - n_x, bool), np.ones(n_z, bool)])
    upper = np.concatenate([upper, np.ones(n_z)])
    return Shipping(
        klass, depot, group, item, week, arrives, np.zeros(len(upper)), upper, cost, integer, hired,
        rows.matrix(), *rows.bounds(),
        stock_row, reserve_row, depot_reserve_row, m3_row, kg_row, arrival_row,
    )  # fmt: skip


class _Rows:
    """Rows and entries as they are added."""

    def __init__(self) -> None:
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._n = 0

    def add(self, where: Bools, *, lower: Floats | float = -np.inf, upper: Floats | float = np.inf) -> Ints:
        """One row wherever ``where`` holds; its number in the same shape, -1 elsewhere."""
        n = int(where.sum())
        number = np.where(where, self._n - 1 + np.cumsum(where).reshape(where.shape), -1)
        self._lower.append(np.broadcast_to(np.asarray(lower, float), n))
        self._upper.append(np.broadcast_to(np.asarray(upper, float), n))
        self._n += n
        return number

    def put(self, row: Ints, column: Ints, entry: Floats | float) -> None:
        """Entries where the row exists (is not -1)."""
        on = row >= 0
        self._entries.append((row[on], column[on], np.broadcast_to(np.asarray(entry, float), row.shape)[on]))

    def matrix(self) -> Sparse:
        row, column, entry = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        return Sparse(row.astype(np.int64), column.astype(np.int64), entry)

    def bounds(self) -> tuple[Floats, Floats]:
        return np.concatenate(self._lower), np.concatenate(self._upper)


def departures(q: Packed, wanted: Bools) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """(class, week, depot, group, item) of every departure that could arrive and has stock behind it."""
    lead = q.lead[:, q.group_lane]  # (Dp, G)
    arrives = np.arange(q.horizon)[:, None, None] + lead  # (T, Dp, G)
    open_lane = (lead >= 0) & (arrives < q.horizon)
    freight = (q.freight_m3 > 0) & (q.freight_kg > 0)
    for c in q.charters:
        freight[c.week, c.depot, c.lane] |= c.m3 > 0
    open_lane = open_lane & freight[:, :, q.group_lane]
    in_time = arrives[None] <= q.last[:, None, None, None]  # (Kc, T, Dp, G)
    stocked = q.supply.cumsum(1) > 0  # (Kc, T, Dp, I)
    may = (open_lane & in_time)[..., None] & stocked[:, :, :, None, :]
    may = may & (q.eligible & wanted)[:, None, None]
    klass, week, depot, group, item = np.nonzero(may)
    return klass, week, depot, group, item


def _stocks(q: Packed) -> Bools:
    """(Kc, T, Dp, I): is there a stock to follow? From nothing supplied nothing is left; nor after its last week."""
    any_supply = q.supply.sum(1, keepdims=True) > 0
    in_date = np.arange(q.horizon) <= q.last[:, None]
    return np.asarray(any_supply & in_date[:, :, None, None])


def _put_stock(rows: _Rows, row: Ints, free: Bools, column: Ints) -> None:
    row = np.broadcast_to(row, free.shape)
    rows.put(row[free], column[free], 1.0)


def _used_at_home(
    rows: _Rows, reserve: Ints, line: tuple[Ints, Ints, Ints], x: Ints, on: Bools, *, first: int
) -> Ints:
    """Columns of what home has been sent by each week, of lots in date, as the reserve counts it; their items."""
    week, last, item = line
    counted = np.zeros(reserve.shape, bool)
    counted[:, item[on]] = True
    counted &= (reserve >= 0).any(0)
    column = np.where(counted, first - 1 + np.cumsum(counted).reshape(counted.shape), -1)
    row = rows.add(counted, lower=0.0, upper=0.0)
    rows.put(row[counted], column[counted], 1.0)
    rows.put(row[1:][counted[1:]], column[:-1][counted[1:]], -1.0)
    rows.put(row[week[on], item[on]], x[on], -1.0)
    over = np.flatnonzero(on & (last < len(reserve) - 1))
    rows.put(row[last[over] + 1, item[over]], x[over], 1.0)
    rows.put(reserve[counted], column[counted], 1.0)
    return np.nonzero(counted)[1]


def _own_use(rows: _Rows, reserve: Ints, line: tuple[Ints, Ints, Ints, Ints], x: Ints, on: Bools) -> None:
    """What a province has drawn from its own store still counts towards that store's reserve, while in date."""
    week, last, depot, item = line
    for t in range(len(reserve)):
        drawn = np.flatnonzero(on & (week <= t) & (t <= last))
        rows.put(reserve[t, depot[drawn], item[drawn]], x[drawn], 1.0)


def _minimum(rows: _Rows, q: Packed, line: tuple[Ints, Ints, Ints, Ints], first: int) -> int:
    """Rows and switches of minimum consignments, per (week, depot, lane, item); returns how many switches."""
    week, depot, lane, item = line
    on = q.minimum[item] > 0
    x = np.flatnonzero(on)
    key = ((week * q.lead.shape[0] + depot) * q.lead.shape[1] + lane) * len(q.kind) + item
    lines, first_x, switch = np.unique(key[on], return_index=True, return_inverse=True)
    least = q.minimum[item[on][first_x]]
    most = q.supply.sum((0, 1, 2))[item[on][first_x]]
    each = np.ones(len(lines), bool)
    for low, high, size in ((0.0, np.inf, least), (-np.inf, 0.0, np.maximum(most, least))):
        row = rows.add(each, lower=low, upper=high)
        rows.put(row[switch.reshape(-1)], x, 1.0)
        rows.put(row, first + np.arange(len(lines)), -size)
    return len(lines)


def _freight(rows: _Rows, limit: Floats, per_pack: Floats, lane: tuple[Ints, Ints, Ints]) -> Ints:
    """Rows of one kind of freight limit, where it is finite and something to be sent uses it."""
    used = np.zeros(limit.shape, bool)
    used[lane] |= per_pack > 0
    limited = np.isfinite(limit) & used
    number = rows.add(limited, upper=limit[limited])
    rows.put(number[lane], np.arange(len(per_pack)), per_pack)
    return number
