"""How fast is the allocation, and against what? The reference instance from a seed, and HiGHS on scenarios.

``python -m bench.allocation [--size tiny|small|ordinary|full] [--json]``. CPU seconds of this process; each
figure stands beside its bar. ``full`` adds the honest opponent, the same problem with one shortage per
scenario built straight into HiGHS (three minutes; it is given up after seven), and the large instances.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sampan.engines.allocate import POLICIES, Problem, Session, allocate, home_reserve
from sampan.engines.allocate.highs import Model, pass_columns, quiet_highs

Row = dict[str, Any]
GIVEN_UP = 420.0  # seconds after which the programme by scenarios is stopped


def instance(
    *, seed: int = 20200312, R: int = 180, I: int = 6, T: int = 8, D: int = 3, L: int = 6, S: int = 100,
    floors: str = "horizon", kinds: str = "",
) -> Problem:  # fmt: skip
    """An outbreak of uneven size and timing, scarce supply, tight freight, home kept safe by CVaR-95.

    floors: "horizon" (a share of need over all weeks, as in the study's instance), "round" or "none".
    """
    g = np.random.default_rng(seed)
    size = g.lognormal(3.0, 1.3, R)
    peak, width = g.uniform(0, T + 4, R), g.uniform(1.5, 4, R)
    wave = np.exp(-0.5 * ((np.arange(T)[:, None] - peak) / width) ** 2)
    per_case = g.uniform(0.3, 3, I)
    common = g.lognormal(0, 0.4, (S, 1, R, 1)) * g.lognormal(0, 0.15, (S, T, R, 1))
    mean = wave[:, :, None] * size[:, None] * per_case
    samples = np.empty((S, T, R, I))
    for i in range(I):  # item by item: the noise of a large instance is as large as its samples
        samples[..., i] = np.rint(common[..., 0] * mean[..., i] * g.lognormal(0, 0.15, (S, T, R)))
    need = mean.sum(1)
    home = need.mean(0) * g.lognormal(0, 0.4, (S, 1, 1)) * g.lognormal(0, 0.1, (S, T, I)) * 0.1
    share = g.uniform(0.5, 1.5, (T, D, I))
    supply = np.rint(0.5 * need[:, None, :].mean(0) * share / D)
    supply[0] += np.rint(home_reserve(home, share=0.95, method="cvar", cover_weeks=2)[0] / D)
    volume = g.uniform(0.02, 0.3, I)
    lane = g.integers(0, L, R)
    load = (0.5 * need.mean(0) * volume).sum() / (D * L)
    floor = 0.1 * samples.mean(0)
    return Problem(
        samples=samples,
        weight=g.uniform(0.5, 2, (R, 1)) * g.uniform(0.5, 3, I),
        kind=tuple(kinds) or ("W",) * I,
        pack=np.ones(I, np.int64),
        supply=supply,
        lane=lane,
        lead_weeks=g.integers(0, 3, (D, L)),
        volume_m3=volume,
        freight_m3=g.uniform(0.5, 1.7, (T, D, L)) * load,
        reserve=np.ceil(home_reserve(home, share=0.95, method="cvar", cover_weeks=2)),
        floor=np.floor(floor[:] * (np.arange(T) >= 2)[:, None, None]) if floors == "round" else None,
        floor_total=np.floor(floor.sum(0) * 0.5) if floors == "horizon" else None,
    )


def nation(*, near: int = 33, n: int = 34, R: int = 200, seed: int = 1) -> Problem:
    """``n`` home provinces with stock that may lend to their ``near`` nearest, a national depot, and abroad."""
    b = instance(seed=seed, R=R, D=1, L=5, floors="none")
    g = np.random.default_rng(seed + 99)
    T, I, Dp, L = b.shape[1], b.shape[3], n + 1, n + 5
    place = g.uniform(0, 1, (n, 2))
    apart = np.hypot(*np.moveaxis(place[:, None] - place, -1, 0))
    lead = np.full((Dp, L), -1)
    lead[:n, :n] = np.where(apart.argsort(1).argsort(1) <= near, np.where(apart < 0.35, 0, 1), -1)
    lead[n] = np.concatenate([np.zeros(n, int), g.integers(0, 3, 5)])
    mean, each = b.samples.mean(0), np.arange(n)
    supply = np.zeros((T, Dp, I))
    supply[0, :n] = np.rint(mean[:, :n].sum(0) * g.uniform(0, 5, (n, 1)))
    supply[:, n] = b.supply[:, 0] * 0.3
    kept = np.zeros((T, Dp, I))
    for d in range(n):
        kept[:, d] = home_reserve(b.samples[:, :, d], cover_weeks=2, from_start=True)
    assert b.volume_m3 is not None and b.freight_m3 is not None
    m3 = np.full((T, Dp, L), np.inf)
    m3[:, :n, :n] = g.uniform(0.2, 1.5, (T, n, n)) * (mean[:, :n].sum(1) @ b.volume_m3).mean() / 6
    m3[:, each, each] = np.inf
    m3[:, n:, n:] = b.freight_m3
    everybody = np.arange(R)
    return replace(
        b, supply=supply, lead_weeks=lead, freight_m3=m3, reserve=None,
        lane=np.where(everybody < n, everybody, n + everybody % 5),
        depot_reserve=np.minimum(kept, supply.cumsum(0)),
        own_depot=np.where(everybody < n, everybody, -1),
    )  # fmt: skip


def by_scenarios(p: Problem) -> Model:
    """The extensive form with arrays: departures per recipient, one shortage per sample (weekly items only)."""
    S, T, R, I = p.shape
    D = p.n_depots
    lead = p.lead_weeks[:, p.lane]  # (D, R)
    t, d, r, i = np.nonzero(
        np.broadcast_to((np.arange(T)[:, None, None] + lead < T)[..., None], (T, D, R, I))
    )
    n_x, n_h, n_a = len(t), T * D * I, T * R * I
    x = np.arange(n_x)
    h = n_x + np.arange(n_h).reshape(T, D, I)
    a = n_x + n_h + np.arange(n_a).reshape(T, R, I)
    u = n_x + n_h + n_a + np.arange(S * n_a).reshape(S, T, R, I)
    row, column, entry, low, high = [], [], [], [], []
    m = 0

    def rows(lower: np.ndarray | float, upper: np.ndarray | float, shape: tuple[int, ...]) -> np.ndarray:
        nonlocal m
        number = m + np.arange(int(np.prod(shape))).reshape(shape)
        m += number.size
        low.append(np.broadcast_to(lower, shape).ravel())
        high.append(np.broadcast_to(upper, shape).ravel())
        return number

    def put(into: np.ndarray, columns: np.ndarray, value: np.ndarray | float) -> None:
        row.append(into.ravel())
        column.append(columns.ravel())
        entry.append(np.broadcast_to(value, into.shape).ravel().astype(float))

    stock = rows(p.supply, p.supply, (T, D, I))
    put(stock, h, 1.0)
    put(stock[1:], h[:-1], -1.0)
    put(stock[t, d, i], x, 1.0)
    kept = rows(np.minimum(p.reserve, p.supply.sum(1).cumsum(0)), np.inf, (T, I))
    put(np.broadcast_to(kept[:, None], h.shape), h, 1.0)
    freight = rows(-np.inf, p.freight_m3, (T, D, p.n_lanes))
    put(freight[t, d, p.lane[r]], x, p.volume_m3[i])
    arrive = rows(0.0, np.inf, (T, R, I))
    put(arrive[t + lead[d, r], r, i], x, 1.0)
    put(arrive, a, -1.0)
    if p.floor_total is not None:
        floor = rows(p.floor_total, np.inf, (R, I))
        put(np.broadcast_to(floor, a.shape), a, 1.0)
    need = rows(p.samples, np.inf, (S, T, R, I))
    put(need, u, 1.0)
    put(need, np.broadcast_to(a, u.shape), 1.0)
    n = n_x + n_h + n_a + u.size
    cost = np.zeros(n)
    cost[u[0, 0, 0, 0] :] = np.broadcast_to(p.weight / S, u.shape).ravel()
    lower = np.zeros(n)
    if p.floor is not None:
        lower[a.ravel()] = p.floor.ravel()
    assert not lower.any(), "floors by round go with the merged form; compare horizon floors"
    return Model(cost, np.full(n, np.inf), np.concatenate(low), np.concatenate(high),
                 np.concatenate(row), np.concatenate(column), np.concatenate(entry))  # fmt: skip


def run(size: str) -> list[Row]:
    """Every problem of one size; a row per phase, with its bar."""
    if size in ("tiny", "small"):
        R, S = (12, 10) if size == "tiny" else (40, 40)
        small = instance(R=R, I=3, T=4, D=2, L=3, S=S)
        return [*_ours("allocation, small", small), *_theirs("allocation, small", small)]
    reference = instance()
    rows = _ours("allocation, reference S=100", reference, exact=3.0, to_1e6=2.0, edit=0.3)
    many = instance(S=1000)
    rows.append(_timed("allocation, reference S=1000", "to 1e-6", many, gap=1e-6, bar=5.0))
    rows += _demo()
    rows.append(_timed("allocation, 34 provinces lend", "exact", nation(), gap=0.0, bar=0))
    rows += _policies(reference)
    if size == "full":
        rows += _theirs("allocation, reference S=100", reference)
        del many, reference
        large = instance(R=2000, I=20, T=12, L=12, floors="round")
        rows.append(_timed("allocation, 2000 × 20 × 12", "to 1e-4", large, gap=1e-4, bar=60.0))
        rows.append(_row("allocation, 2000 × 20 × 12", "peak memory", _peak_mb(), "MB", 2000.0))
    return rows


def _ours(name: str, p: Problem, *, exact: float = 0, to_1e6: float = 0, edit: float = 0) -> list[Row]:
    rows = [_timed(name, "to 1e-6", p, gap=1e-6, bar=to_1e6), _timed(name, "exact", p, gap=0.0, bar=exact)]
    rows.append(_row(name, "peak memory", _peak_mb(), "MB", 300.0))
    session = Session(p, gap=1e-6)
    plan = session.plan()
    rows.append(_row(name, "harm", plan.linear_objective, "weighted units"))
    rows.append(_row(name, "gap of whole packs", plan.gap, "share"))
    assert p.freight_m3 is not None and p.reserve is not None and p.floor_total is not None
    halved, tripled, more, doubled = (
        a.copy() for a in (p.freight_m3, p.floor_total, p.supply, np.asarray(p.weight))
    )
    halved[:, :, 0] /= 2
    tripled[0] *= 3
    more[0, 0] *= 1.2
    doubled[5] *= 2
    for what, change in (
        ("edit, exact: a lane halved", {"freight_m3": halved}),
        ("edit, exact: reserve +5 %", {"reserve": p.reserve * 1.05}),
        ("edit, exact: a floor tripled", {"floor_total": tripled}),
        ("edit, exact: a depot's stock", {"supply": more}),
        ("edit, exact: a weight doubled", {"weight": doubled}),
    ):
        seconds = min(_seconds(lambda change=change: session.what_if(gap=0.0, **change)) for _ in range(3))
        rows.append(_row(name, what, seconds, "CPU s", edit))
    return rows


def _theirs(name: str, p: Problem) -> list[Row]:
    """The opponent on the same problem, the difference of the optima, and how many times faster we are."""
    highs = quiet_highs()
    highs.setOptionValue("time_limit", GIVEN_UP)
    start = time.process_time()
    pass_columns(highs, by_scenarios(p))
    highs.run()
    theirs = time.process_time() - start
    best, done = highs.getInfo().objective_function_value, "Optimal" in str(highs.getModelStatus())
    del highs
    start = time.process_time()
    plan = allocate(p, gap=0.0)
    ours = time.process_time() - start
    rows = [
        _row(name, "by scenarios, HiGHS" if done else "by scenarios, given up", theirs, "CPU s"),
        _row(name, "times faster" if done else "times faster, at least", theirs / ours, "×",
             100.0 if len(p.samples) >= 100 else 0),
    ]  # fmt: skip
    difference = abs(best - plan.linear_objective) / abs(best)
    return [*rows, _row(name, "difference of optima", difference, "share", 1e-9)] if done else rows


def _policies(p: Problem) -> list[Row]:
    """Every policy on the same instance."""
    return [
        _row(
            "allocation, reference S=100",
            policy,
            _seconds(lambda policy=policy: allocate(p, policy=policy)),
            "CPU s",
        )
        for policy in POLICIES
    ]


def _seconds(do: Callable[[], object]) -> float:
    start = time.process_time()
    do()
    return time.process_time() - start


def _demo() -> list[Row]:
    """What the demonstration solves every decision day: three weekly and two durable items."""
    p = instance(R=200, I=5, T=8, D=2, S=100, floors="none", kinds="WWWDD")
    return [_timed("allocation, demo 200 × 5 × 8", "to 1e-4", p, gap=1e-4, bar=0.7)]


def _timed(name: str, phase: str, p: Problem, *, gap: float, bar: float) -> Row:
    return _row(name, phase, _seconds(lambda: allocate(p, gap=gap)), "CPU s", bar)


def _row(name: str, phase: str, value: float, unit: str, bar: float = 0) -> Row:
    return {"problem": name, "phase": phase, "value": value, "unit": unit, "bar": bar or None}


def _peak_mb() -> float:
    """Most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.allocation", description=__doc__)
    parser.add_argument(
        "--size", choices=("tiny", "small", "ordinary", "reference", "full"), default="ordinary"
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = run(asked.size)
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        bar = f"  (bar {row['bar']:g})" if row["bar"] else ""
        print(f"{row['problem']:<30} {row['phase']:<24} {row['value']:>14,.6g} {row['unit']}{bar}")


if __name__ == "__main__":
    main()
