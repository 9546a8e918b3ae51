"""Why this plan? Prices of every limit, a reason for every line, and coverage before and after."""

from __future__ import annotations

import numpy as np

from sampan.engines.allocate.curves import net_need
from sampan.engines.allocate.harm import Harm
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.plan import LIMITS, Prices, Why
from sampan.engines.allocate.problem import Bools, Floats, Ints, Problem
from sampan.engines.allocate.programme import Programme, Solved


def prices(q: Packed, p: Programme, solved: Solved) -> Prices:
    """Read the duals: what one more of everything would avoid."""
    s, k = p.shipping, p.cells
    dual = np.append(solved.dual, 0.0)  # where there is no row (-1) there is no price
    stock = np.where(s.stock_row >= 0, -dual[s.stock_row], np.inf)  # (Kc, T, Dp, I)
    arrival = _read(dual, s.arrival_row)[:, q.group, :]
    first = p.curves.next_pack(np.arange(q.floor.size), np.zeros(q.floor.size)).reshape(q.floor.shape)
    free = np.maximum(np.where(np.isinf(stock[0]), 0.0, stock[0]), 0.0)
    tagged = [stock[q.earmark == e].min(0, initial=np.inf) for e in range(q.earmark.max(initial=-1) + 1)]
    worth = np.array(tagged).reshape(-1, *free.shape)
    return Prices(
        stock=free,
        m3=_read(dual, s.m3_row),
        kg=_read(dual, s.kg_row),
        reserve=_read(dual, s.reserve_row),
        depot_reserve=_read(dual, s.depot_reserve_row),
        arrival=arrival,
        floor=np.where(q.floor > 0, np.maximum(arrival - first, 0.0), 0.0),
        floor_total=_read(dual, k.floor_row),
        earmark=np.where(np.isinf(worth), np.nan, free - worth),
    )


def _read(dual: Floats, row: Ints) -> Floats:
    return np.asarray(np.abs(dual)[row])


def why(harm: Harm, pack: Ints, found: Prices, given: Ints, *, even: bool = False) -> Why:
    """What each line of the plan is worth, and what holds it where it is: an ``even`` policy holds them all."""
    q, c = harm.q, harm.curves
    _, R, I = given.shape
    t, r, i = np.nonzero(given)
    following, last = np.zeros(len(t)), np.zeros(len(t))
    weekly = np.array([k == "W" for k in q.kind])
    held = np.where(weekly, given, given.cumsum(0)).astype(float)
    for week, item in sorted(set(zip(t.tolist(), i.tolist(), strict=True))):
        on = (t == week) & (i == item)
        mine = held[:, r[on], item]
        less = (
            mine
            - (np.arange(len(held)) >= week if not weekly[item] else np.arange(len(held)) == week)[:, None]
        )
        following[on] = harm.next_pack(week, r[on], item, mine)
        last[on] = harm.next_pack(week, r[on], item, less)
    amount = (held - np.where(weekly, q.floor, 0.0))[t, r, i]
    return Why(
        recipient=r,
        item=i,
        week=t,
        units=given[t, r, i] * pack[i],
        next_pack=following,
        last_pack=last,
        price=found.arrival[t, r, i],
        chance_short=1.0 - c.samples_met((t * R + r) * I + i, amount + 1e-9) / c.n_samples,
        binding=_binding(q, found, given, (t, r, i), following, even=even),
    )


def _binding(
    q: Packed,
    found: Prices,
    given: Ints,
    line: tuple[Ints, Ints, Ints],
    following: Floats,
    *,
    even: bool,
) -> Bools:
    """(N, len(LIMITS)): a limit binds where it has a price, or where the line sits on it."""
    t, r, i = line
    said = {
        "floor": (q.floor[line] > 0) & (given[line] <= q.floor[line]),
        "horizon floor": found.floor_total[r, i] > 0,
        "absorption": given[line] >= q.cap[line],
        "need met": following <= 0,
        "policy": np.full(len(t), even),
    }
    said |= _on_the_way(q, found, line)
    return np.stack([said[name] for name in LIMITS], axis=1)


def _on_the_way(q: Packed, found: Prices, line: tuple[Ints, Ints, Ints]) -> dict[str, Bools]:
    """(N,) each: what is short on the ways by which one pack more would come, as long before as it is under way.

    Those are the ways that cost what the pack is worth (or all, where whole packs leave none that does).
    """
    t, r, i = line
    group, depot = q.group[r], np.arange(len(q.lead))
    lane = q.group_lane[group][:, None]
    leaves = t[:, None] - q.lead[depot, lane]  # (N, Dp)
    way = (q.lead[depot, lane] >= 0) & (leaves >= 0)
    here = np.clip(leaves, 0, q.horizon - 1), depot, i[:, None]
    m3, kg = (price[here[0], depot, lane] for price in (found.m3, found.kg))
    freight = m3 * q.m3[here[2]] + kg * q.kg[here[2]]
    worth, short, wished = found.arrival[line][:, None], found.stock[here] > 0, np.zeros(way.shape, bool)
    level = np.isclose(found.stock[here] + freight, worth, rtol=1e-6)
    for e, taken in enumerate(
        found.earmark
    ):  # a lot with a wish on it is worth this much less than a free one
        may = q.eligible[q.earmark == e][:, group, i].any(0)[:, None]
        its_own = (found.stock - taken)[here]
        level |= may & np.isclose(its_own + freight, worth, rtol=1e-6)
        short |= may & (its_own > 0)
        wished |= ~may & (taken[here] > 0)
    level &= way
    way = np.where(level.any(1, keepdims=True), level, way)
    reserve, own = (
        np.maximum.accumulate(kept[::-1], axis=0)[::-1] > 0 for kept in (found.reserve, found.depot_reserve)
    )
    on = {
        "stock": short,
        "reserve": reserve[here[0], here[2]],
        "depot reserve": own[here],
        "freight m3": m3 > 0,
        "freight kg": kg > 0,
        "earmark": wished,
    }
    return {name: np.any(way & each, axis=1) for name, each in on.items()}


def coverage(p: Problem, units: Ints) -> tuple[Floats, Floats]:
    """(R, I) expected share of need met before and after, from stock in hand and with the plan.

    NaN where nothing is needed.
    """
    before, after = np.empty(units.shape[1:]), np.empty(units.shape[1:])
    for i, kind in enumerate(p.kind):
        need = np.asarray(p.samples[..., i], float)
        total = need.sum(1).mean(0)
        net = net_need(p, i)
        arrived = units[..., i] if kind == "W" else units[..., i].cumsum(0)
        with np.errstate(invalid="ignore", divide="ignore"):
            before[:, i] = 1 - _unmet(net, kind) / total
            after[:, i] = 1 - _unmet(np.maximum(net - arrived, 0.0), kind) / total
    return before, after


def _unmet(short: Floats, kind: str) -> Floats:
    """(R,) mean over samples of what is short: summed over weeks (W, D), the most (K), at the end (B)."""
    if kind == "K":
        return np.asarray(short.max(1).mean(0))
    return np.asarray(short[:, -1].mean(0) if kind == "B" else short.sum(1).mean(0))
