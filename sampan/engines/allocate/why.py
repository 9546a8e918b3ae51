"""Why this plan? Prices of every limit, a reason for every line, and coverage before and after."""

from __future__ import annotations

import numpy as np

from sampan.engines.allocate.curves import net_need
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.plan import Prices, Reason
from sampan.engines.allocate.problem import Floats, Ints, Problem
from sampan.engines.allocate.programme import Programme, Solved


def prices(q: Packed, p: Programme, solved: Solved) -> Prices:
    """Read the duals: what one more of everything would avoid."""
    s, k = p.shipping, p.cells
    read = lambda row: np.where(row >= 0, np.abs(solved.dual)[row], 0.0)  # noqa: E731
    # a pack that appears in week t is worth what the stock row says from that week on
    stock = np.where(s.stock_row >= 0, -solved.dual[s.stock_row], 0.0)
    arrival = read(s.arrival_row)[:, q.group, :]
    first = p.curves.next_pack(np.arange(q.floor.size), np.zeros(q.floor.size)).reshape(q.floor.shape)
    tagged = np.stack(
        [
            _cheapest_class(stock, s.stock_row, q.earmark == e)
            for e in range(int(q.earmark.max(initial=-1)) + 1)
        ]
        or [np.zeros((0, *stock.shape[1:]))][:0]
        or [np.full(stock.shape[1:], np.nan)]
    )
    return Prices(
        stock=np.maximum(stock[0], 0.0),
        m3=read(s.m3_row),
        kg=read(s.kg_row),
        reserve=read(s.reserve_row),
        depot_reserve=read(s.depot_reserve_row),
        arrival=arrival,
        floor=np.where(q.floor > 0, np.maximum(arrival - first, 0.0), 0.0),
        floor_total=read(k.floor_row),
        earmark=stock[0] - tagged,
    )


def _cheapest_class(stock: Floats, row: Ints, which: np.ndarray) -> Floats:
    worth = np.where(row >= 0, stock, np.inf)[which]
    low = worth.min(0) if len(worth) else np.full(stock.shape[1:], np.inf)
    return np.where(np.isinf(low), np.nan, low)


def reasons(p: Problem, q: Packed, programme: Programme, found: Prices, given: Ints) -> tuple[Reason, ...]:
    """One reason per line of the plan."""
    _, R, I = given.shape
    t, r, i = np.nonzero(given)
    weekly = np.array([k == "W" for k in q.kind])
    amount = np.where(weekly, given - q.floor, given.cumsum(0))[t, r, i]
    cell = (t * R + r) * I + i
    c = programme.curves
    following, last = c.next_pack(cell, amount), c.next_pack(cell, amount - 1.0)
    short = (c.need[cell] > amount[:, None] + 1e-9).mean(1)
    binding = _binding(q, found, given, t, r, i, following)
    pack = np.asarray(p.pack)
    return tuple(
        Reason(int(r[n]), int(i[n]), int(t[n]), int(given[t[n], r[n], i[n]] * pack[i[n]]), float(following[n]),
               float(last[n]), float(found.arrival[t[n], r[n], i[n]]), float(short[n]), binding[n])
        for n in range(len(t))
    )  # fmt: skip


def _binding(
    q: Packed, found: Prices, given: Ints, t: Ints, r: Ints, i: Ints, following: Floats
) -> list[tuple[str, ...]]:
    lane = q.group_lane[q.group[r]]
    priced = lambda a: a[t, :, lane].max(1) > 0  # noqa: E731
    said = {
        "floor": (q.floor[t, r, i] > 0) & (given[t, r, i] <= q.floor[t, r, i]),
        "horizon floor": found.floor_total[r, i] > 0,
        "absorption": given[t, r, i] >= q.cap[t, r, i],
        "need met": following <= 0,
        "stock": found.stock[:, :, :].max(1)[t, i] > 0,
        "reserve": found.reserve.max(0)[i] > 0,
        "freight m³": priced(found.m3),
        "freight kg": priced(found.kg),
    }
    names = list(said)
    table = np.stack([said[name] for name in names], axis=1)
    return [tuple(name for name, on in zip(names, row, strict=True) if on) for row in table]


def coverage(p: Problem, units: Ints) -> tuple[Floats, Floats]:
    """(R, I) expected share of need met before and after, from stock in hand and with the plan."""
    need = np.asarray(p.samples, float)
    total = need.sum(1).mean(0)
    net = net_need(p)
    arrived = np.where([k == "W" for k in p.kind], units, units.cumsum(0))
    unmet_before = _unmet(net, p.kind)
    unmet_after = _unmet(np.maximum(net - arrived, 0.0), p.kind)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - unmet_before / total, 1 - unmet_after / total


def _unmet(short: Floats, kind: object) -> Floats:
    """(R, I) mean over samples of what is short: summed over weeks (W, D), the most (K), or at the end (B)."""
    kinds = np.array(list(kind))  # type: ignore[call-overload]
    summed, most, end = short.sum(1).mean(0), short.max(1).mean(0), short[:, -1].mean(0)
    return np.where(kinds == "K", most, np.where(kinds == "B", end, summed))
