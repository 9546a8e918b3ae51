"""Small random problems, the slow obvious programme by scenarios, and a referee who knows every limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
import pytest

from sampan.engines.allocate import Earmark, Lot, Plan, Problem


def make_problem(seed: int, *, kinds: str, whole: bool = True, **given: Any) -> Problem:
    """A tiny problem of the given kinds with freight, floors, earmarks, lots, reserve and caps by chance.

    whole: stock, floors, caps and reserve are whole packs, so that the programme by scenarios is comparable.
    """
    g = np.random.default_rng(seed)
    S, T, R = int(g.integers(1, 6)), int(g.integers(2, 5)), int(g.integers(2, 6))
    I, Dp, L = len(kinds), int(g.integers(1, 3)), int(g.integers(1, 3))
    pack = g.choice([1, 2, 5], I)
    unit = pack if whole else np.ones(I, int)
    chance = lambda share: g.random() < share  # noqa: E731
    packs = lambda high, shape: np.floor(g.random((*shape, I)) * high) * unit  # noqa: E731
    samples = g.gamma(1.0, 4.0, (S, T, R, I)) * pack * (g.random((T, R, I)) < 0.8)
    if chance(0.3):
        samples = np.rint(samples)
    if chance(0.2):  # ties everywhere
        samples = np.floor(samples / 5) * 5
    earmarks: tuple[Earmark, ...] = ()
    lots: tuple[Lot, ...] = ()
    if chance(0.5):
        earmarks = (
            Earmark("a donor", recipients=tuple(int(r) for r in np.flatnonzero(g.random(R) < 0.4))),
            Earmark("another", items=(int(g.integers(I)),)),
        )
        lots = tuple(
            Lot(
                depot=int(g.integers(Dp)), item=int(g.integers(I)), week=int(g.integers(T)),
                units=int(g.integers(1, 12)) * int(pack[0]) * 10, expires=T + 3 if chance(0.5) else None,
                earmark=int(g.integers(2)) if chance(0.7) else None,
            )
            for _ in range(int(g.integers(1, 4)))
        )  # fmt: skip
        if chance(0.5):
            week = int(g.integers(T))
            lots += (Lot(0, 0, week, 20 * int(pack[0]), expires=int(g.integers(week, T))),)
    lots = tuple(l for l in lots if l.earmark != 1 or l.item in earmarks[1].items)
    lots = tuple(l for l in lots if (l.units % pack[l.item] == 0) or not whole)
    supply = packs(6 * R, (T, Dp)) * (g.random((T, Dp, 1)) < 0.6)
    supply[0, 0] += packs(4 * R, ()) + unit
    made: dict[str, Any] = {
        "samples": samples,
        "weight": g.choice([0.5, 1.0, 1.7, 3.0], (R, I)),
        "kind": tuple(kinds),
        "pack": pack,
        "supply": supply,
        "lane": g.integers(0, L, R),
        "lead_weeks": g.integers(0, 2, (Dp, L)),
        "stock_in_hand": packs(8, (R,)) if chance(0.4) else None,
        "volume_m3": g.uniform(0.1, 2, I),
        "mass_kg": g.uniform(0.1, 2, I),
        "freight_m3": g.uniform(0, 25, (T, Dp, L)) * pack.mean() if chance(0.6) else None,
        "freight_kg": g.uniform(0, 40, (T, Dp, L)) * pack.mean() if chance(0.3) else None,
        "reserve": packs(2 * R, (T,)) * (g.random((T, 1)) < 0.5) if chance(0.5) else None,
        "depot_reserve": packs(R, (T, Dp)) if chance(0.2) else None,
        "floor": packs(1.3, (T, R)) if chance(0.5) else None,
        "floor_total": packs(3, (R,)) if chance(0.4) else None,
        "absorb": (packs(8, (T, R)) + 1.0 * unit) if chance(0.3) else None,
        "earmarks": earmarks,
        "lots": lots,
    }
    return Problem(**(made | given))


def make_provinces(seed: int, *, kinds: str, **given: Any) -> Problem:
    """Home provinces that are depots and recipients, a national depot, and recipients abroad, by chance."""
    g = np.random.default_rng(seed)
    n, abroad, T = int(g.integers(2, 4)), int(g.integers(0, 3)), int(g.integers(2, 5))
    R, Dp, L, I = n + abroad, n + 1, n + 1, len(kinds)
    lead = g.integers(-1, 3, (Dp, L))
    lead[np.arange(n), np.arange(n)] = 0  # each province draws on its own store at once
    lead[n] = np.maximum(lead[n], 0)
    lead = np.minimum(lead, T - 1)
    m3, kg = (np.where(g.random((T, Dp, L)) < 0.6, g.uniform(0, 30, (T, Dp, L)), np.inf) for _ in range(2))
    m3[:, np.arange(n), np.arange(n)] = kg[:, np.arange(n), np.arange(n)] = np.inf
    pack = g.choice([1, 2, 5], I)
    packs = lambda high, shape: np.floor(g.random((*shape, I)) * high) * pack  # noqa: E731
    supply = packs(8, (T, Dp)) * (g.random((T, Dp, 1)) < 0.4)
    supply[0] += packs(20, (Dp,))
    lane = np.minimum(np.arange(R), n)
    own = np.where(np.arange(R) < n, np.arange(R), -1)
    expires = int(g.integers(1, T))
    shape = {
        "samples": g.gamma(1.0, 5.0, (int(g.integers(1, 6)), T, R, I)) * pack,
        "weight": g.choice([0.5, 1.0, 1.7, 3.0], (R, I)), "kind": tuple(kinds), "pack": pack,
        "supply": supply, "lane": lane, "lead_weeks": lead, "own_depot": own,
        "volume_m3": g.uniform(0.1, 2, I), "mass_kg": g.uniform(0.1, 2, I), "freight_m3": m3, "freight_kg": kg,
        "reserve": packs(14 * n, (T,)) if g.random() < 0.6 else None,
        "depot_reserve": packs(14, (T, Dp)) if g.random() < 0.7 else None,
        "lots": (Lot(0, 0, 0, 10 * int(pack[0]), expires=expires), Lot(n, 0, 0, 5 * int(pack[0]), earmark=0)),
        "earmarks": (Earmark("a donor", recipients=(0, R - 1)),),
        "floor_total": packs(3, (R,)) if g.random() < 0.3 else None,
    }  # fmt: skip
    return Problem(**(shape | given))


def solve_by_scenarios(p: Problem, *, integer: bool = False) -> float | None:
    """The extensive form straight in HiGHS: one shortage per scenario; None if no plan meets every limit.

    Units, not packs; shipments per recipient, lot and depot. With ``integer`` shipments are whole packs.
    """
    _, T, R, I = p.shape
    Dp = p.n_depots
    b = _Builder()
    stocks = [(d, i, p.supply[:, d, i], None, T - 1) for d in range(Dp) for i in range(I)]
    for lot in p.lots:
        arriving = np.zeros(T)
        arriving[lot.week] = lot.units
        last = T - 1 if lot.expires is None else min(lot.expires, T - 1)
        stocks.append((lot.depot, lot.item, arriving, lot.earmark, last))
    sent: dict[tuple[int, int, int], list[int]] = {}  # (arrival week, recipient, item)
    freight: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    free_left: dict[
        tuple[int, int], list[tuple[int, int]]
    ] = {}  # (week, item): (depot, column of stock left)
    own = np.full(R, -1) if p.own_depot is None else p.own_depot
    at_home: list[
        tuple[int, int, int, int, int, int, float]
    ] = []  # (week, last, depot, owner, item, column, size)
    for d, i, arriving, earmark, last in stocks:
        to = range(R)
        if earmark is not None:
            mark = p.earmarks[earmark]
            to = [r for r in range(R) if not mark.recipients or r in mark.recipients]
            to = to if not mark.items or i in mark.items else []
        before = None
        for t in range(last + 1):
            left = b.column()
            row = [(left, 1.0)] + ([(before, -1.0)] if before is not None else [])
            for r in to:
                lead = p.lead_weeks[d, p.lane[r]]
                if lead < 0 or t + lead > last:
                    continue
                x = b.column(integer=integer)
                size = float(p.pack[i]) if integer else 1.0
                row.append((x, size))
                sent.setdefault((t + lead, r, i), []).append((x, size))
                if earmark is None and own[r] >= 0:
                    at_home.append((t, last, d, int(own[r]), i, x, size))
                freight.setdefault((t, d, int(p.lane[r])), []).append((x, size, i))
            b.row(row, arriving[t], arriving[t])
            if earmark is None:
                free_left.setdefault((t, i), []).append((d, left))
            before = left
    hired = [b.column(cost=c.cost, integer=True, upper=1.0) for c in p.charters]
    for limits, per_unit, what in ((p.freight_m3, p.volume_m3, "m3"), (p.freight_kg, p.mass_kg, "kg")):
        for (t, d, lane), uses in freight.items() if limits is not None else ():
            extra = [
                (z, -min(getattr(c, what), 1e6))
                for z, c in zip(hired, p.charters, strict=True)
                if (c.week, c.depot, c.lane) == (t, d, lane)
            ]
            b.row([(x, size * per_unit[i]) for x, size, i in uses] + extra, -np.inf, limits[t, d, lane])
    for uses in freight.values() if p.minimum_consignment is not None else ():
        for i in range(I):
            mine = [(x, size) for x, size, item in uses if item == i]
            least = float(np.ceil(p.minimum_consignment[i] / p.pack[i]) * p.pack[i])
            if mine and least > 0:
                z = b.column(integer=True, upper=1.0)
                b.row([*mine, (z, -least)], 0.0, np.inf)
                b.row([*mine, (z, -1e4)], -np.inf, 0.0)
    for (t, i), held in free_left.items():
        stock = [0.0] * Dp
        for depot, item, arriving, mark, last in stocks:
            if (item, mark) == (i, None) and t <= last:
                stock[depot] += arriving[: t + 1].sum()
        if p.reserve is not None:
            used = [(x, n) for u, last, _, _, item, x, n in at_home if item == i and u <= t <= last]
            b.row([(left, 1.0) for _, left in held] + used, min(p.reserve[t, i], sum(stock)), np.inf)
        for d in range(Dp) if p.depot_reserve is not None else ():
            mine = [(left, 1.0) for depot, left in held if depot == d]
            used = [
                (x, n)
                for u, last, depot, owner, item, x, n in at_home
                if item == i and depot == owner == d and u <= t <= last
            ]
            b.row(mine + used, min(p.depot_reserve[t, d, i], stock[d]), np.inf)
    net = _net(p)
    for r in range(R):
        for i in range(I):
            given = [b.column() for _ in range(T)]
            for t in range(T):
                floor = 0.0 if p.floor is None else p.floor[t, r, i]
                cap = np.inf if p.absorb is None else p.absorb[t, r, i]
                b.row([(given[t], 1.0)], floor, cap)
                b.row([(given[t], -1.0), *sent.get((t, r, i), [])], 0.0, np.inf)
                b.row(sent.get((t, r, i), []), 0.0, cap)  # what cannot be unloaded cannot be sent
            if p.floor_total is not None:
                b.row([(a, 1.0) for a in given], p.floor_total[r, i], np.inf)
            _scenarios(b, p, net, r, i, given)
    return b.solve()


def _scenarios(b: _Builder, p: Problem, net: np.ndarray, r: int, i: int, given: list[int]) -> None:
    S, T, _, _ = p.shape
    for s in range(S):
        worst = b.column(cost=p.weight[r, i] / S) if p.kind[i] == "K" else None
        for t in range(T):
            short = worst if worst is not None else b.column(cost=p.weight[r, i] / S)
            counted = given[t : t + 1] if p.kind[i] == "W" else given[: t + 1]
            b.row([(short, 1.0), *((a, 1.0) for a in counted)], net[s, t, r, i], np.inf)


def _net(p: Problem) -> np.ndarray:
    """Need beyond the stock in hand, written out plainly."""
    S, T, R, I = p.shape
    net = np.zeros(p.shape)
    for s, r, i in np.ndindex(S, R, I):
        stock = 0.0 if p.stock_in_hand is None else p.stock_in_hand[r, i]
        cumulative = 0.0
        for t in range(T):
            need = p.samples[s, t, r, i]
            cumulative += need
            if p.kind[i] == "W":
                used = min(stock, need)
                stock -= used
                net[s, t, r, i] = need - used
            elif p.kind[i] == "D":
                net[s, t, r, i] = max(need - stock, 0.0)
            else:
                net[s, t, r, i] = max(cumulative - stock, 0.0)
    return net


class _Builder:
    def __init__(self) -> None:
        self.cost: list[float] = []
        self.integer: list[bool] = []
        self.upper: list[float] = []
        self.rows: list[tuple[list[tuple[int, float]], float, float]] = []

    def column(self, *, cost: float = 0.0, integer: bool = False, upper: float = np.inf) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def row(self, entries: list[tuple[int, float]], low: float, high: float) -> None:
        self.rows.append((entries, low, high))

    def solve(self) -> float | None:
        h = highspy.Highs()
        h.setOptionValue("output_flag", False)
        h.setOptionValue("threads", 1)
        h.setOptionValue("mip_rel_gap", 1e-10)
        for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            h.setOptionValue(option, 1e-10)
        n = len(self.cost)
        start = np.cumsum([0] + [len(entries) for entries, _, _ in self.rows])
        index = np.array([c for entries, _, _ in self.rows for c, _ in entries], np.int32)
        value = np.array([v for entries, _, _ in self.rows for _, v in entries], float)
        h.passModel(
            n, len(self.rows), len(index), 2, 1, 0.0, np.array(self.cost), np.zeros(n), np.array(self.upper),
            np.array([low for _, low, _ in self.rows]), np.array([high for _, _, high in self.rows]),
            start.astype(np.int32), index, value, np.array(self.integer, np.int32),
        )  # fmt: skip
        h.run()
        if h.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(h.getInfo().objective_function_value)


def referee(p: Problem, plan: Plan) -> list[str]:
    """Every limit the plan breaks, worked out from its consignments alone; floors only if it is not relaxed."""
    _, T, R, I = p.shape
    Dp = p.n_depots
    broken: list[str] = []
    c = plan.consignments
    lead = np.asarray(p.lead_weeks)[c.depot, np.asarray(p.lane)[c.recipient]]
    if np.any(c.units <= 0) or np.any(c.units % np.asarray(p.pack)[c.item]):
        broken.append("packs")
    if np.any(lead < 0) or np.any(c.sent + lead != c.arrives) or np.any(c.arrives >= T):
        broken.append("lead time")
    arrived = np.zeros((T, R, I))
    np.add.at(arrived, (c.arrives, c.recipient, c.item), c.units)
    if not np.array_equal(arrived, plan.shipments):
        broken.append("shipments")
    sent = np.zeros((T, Dp, R, I))
    np.add.at(sent, (c.sent, c.depot, c.recipient, c.item), c.units)
    if not np.array_equal(sent, plan.sent):
        broken.append("sent")
    # stock by tag: (earmark, expiry), -1 for none
    tags = {(-1, -1): np.array(p.supply, float)}
    for lot in p.lots:
        tag = (-1 if lot.earmark is None else lot.earmark, -1 if lot.expires is None else lot.expires)
        tags.setdefault(tag, np.zeros((T, Dp, I)))[lot.week, lot.depot, lot.item] += lot.units
    free = np.zeros((T, Dp, I))
    held = np.zeros((T, Dp, I))
    own = np.full(R, -1) if p.own_depot is None else np.asarray(p.own_depot)
    home, drawn = np.zeros((T, I)), np.zeros((T, Dp, I))
    for (earmark, expires), units in tags.items():
        mine = (c.earmark == earmark) & (c.expires == expires)
        gone = np.zeros((T, Dp, I))
        np.add.at(gone, (c.sent[mine], c.depot[mine], c.item[mine]), c.units[mine])
        left = (units - gone).cumsum(0)
        if np.any(left < -1e-9):
            broken.append("stock")
        if expires >= 0 and np.any(c.arrives[mine] > expires):
            broken.append("expiry")
        if earmark >= 0:
            mark = p.earmarks[earmark]
            ok = np.isin(c.recipient[mine], mark.recipients) | (not mark.recipients)
            ok &= np.isin(c.item[mine], mark.items) | (not mark.items)
            broken += [] if np.all(ok) else ["earmark"]
        else:
            usable = (np.arange(T) <= (T if expires < 0 else expires))[:, None, None]
            free += left * usable
            held += units.cumsum(0) * usable
            used = np.zeros((T, Dp, I))
            here = mine & (own[c.recipient] >= 0)
            np.add.at(used, (c.sent[here], c.depot[here], c.item[here]), c.units[here])
            home += used.cumsum(0).sum(1) * usable[:, 0]
            used = np.zeros((T, Dp, I))
            here = mine & (own[c.recipient] == c.depot)
            np.add.at(used, (c.sent[here], c.depot[here], c.item[here]), c.units[here])
            drawn += used.cumsum(0) * usable
    if set(zip(c.earmark.tolist(), c.expires.tolist(), strict=True)) - set(tags):
        broken.append("unknown lot")
    if p.reserve is not None and np.any(free.sum(1) + home < np.minimum(p.reserve, held.sum(1)) - 1e-6):
        broken.append("reserve")
    if p.depot_reserve is not None and np.any(free + drawn < np.minimum(p.depot_reserve, held) - 1e-6):
        broken.append("depot reserve")
    hired = getattr(plan, "chartered", ())
    for name, limit, per_unit in (("m3", p.freight_m3, p.volume_m3), ("kg", p.freight_kg, p.mass_kg)):
        if limit is None or per_unit is None:
            continue
        used = np.einsum("tdli,i->tdl", plan.flows, per_unit)
        room = np.array(limit)
        for n in hired:
            charter = p.charters[n]
            room[charter.week, charter.depot, charter.lane] += getattr(charter, name)
        if np.any(used > room * (1 + 1e-9) + 1e-9):
            broken.append(f"freight {name}")
    if p.minimum_consignment is not None:
        small = (plan.flows > 0) & (plan.flows < p.minimum_consignment)
        broken += ["minimum consignment"] if np.any(small) else []
    pack = np.asarray(p.pack)
    eased = {limit.what for conflict in plan.conflicts for limit in conflict.limits}
    if p.absorb is not None and np.any(arrived > p.absorb + 1e-9):
        broken.append("absorption")
    if not eased & {"floor", "horizon floor"}:
        if p.floor is not None and np.any(arrived < np.ceil(p.floor / pack - 1e-9) * pack):
            broken.append("floor")
        if p.floor_total is not None and np.any(arrived.sum(0) < np.ceil(p.floor_total / pack - 1e-9) * pack):
            broken.append("horizon floor")
    return broken


@pytest.fixture(scope="session")
def random_problem() -> Callable[..., Problem]:
    return make_problem


@pytest.fixture(scope="session")
def random_provinces() -> Callable[..., Problem]:
    return make_provinces


@pytest.fixture(scope="session")
def by_scenarios() -> Callable[..., float | None]:
    return solve_by_scenarios


@pytest.fixture(scope="session")
def limits_broken() -> Callable[[Problem, Plan], list[str]]:
    return referee
