"""What is fair? Each policy turns the problem into one of least expected harm; the solver stays the same.

"expected harm"          the published weights decide alone.
"floors then weights"    everybody first reaches the same share of need (20 % unless said), as far as lanes and
                         stock allow; then the weights decide (COVAX allocation mechanism, WHO 2020, phases 1 and 2).
"leximin"                the worst-off recipient and item as high as possible, then the next, and so on.
"alpha-fair"             the marginal worth of coverage c falls as c^-alpha (Mo and Walrand 2000).
"proportional"           one share of need for all recipients of an item, and no more.
For comparison, not for use: "proportional to cases" divides every week's supply by reported cases, blind to
vulnerability and stock; "no sharing" sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sampan.core.errors import InputError
from sampan.engines.allocate.conflict import ease
from sampan.engines.allocate.curves import net_need
from sampan.engines.allocate.highs import Answer, Model, solve_model
from sampan.engines.allocate.packed import Packed, packed
from sampan.engines.allocate.problem import Floats, Problem
from sampan.engines.allocate.shipping import Shipping, shipping

POLICIES = (
    "expected harm",
    "floors then weights",
    "leximin",
    "alpha-fair",
    "proportional",
    "proportional to cases",
    "no sharing",
)
EVEN = POLICIES[-3:]
"""Those that say the units themselves: what they measure is units short of that, not harm."""

LEVELS = 200  # steps of the alpha-fair curve
LEAST = 0.1  # coverage below which alpha-fair makes no difference
STAGES = 10  # of leximin; later ones move little


def under(
    p: Problem, policy: str, *, share: float = 0.2, alpha: float = 1.0, cases: Floats | None = None
) -> Problem:
    """The problem that the policy means. share: for "floors then weights"; cases: (R,) for the comparison."""
    made: dict[str, Callable[[], Problem]] = {
        "expected harm": lambda: p,
        "floors then weights": lambda: _share_first(p, share),
        "leximin": lambda: _with_floors(p, common_coverage(p, stages=STAGES).reached),
        "alpha-fair": lambda: _alpha_fair(p, alpha),
        "proportional": lambda: _in_proportion(p),
        "proportional to cases": lambda: _deliver(p, _by_cases(p, cases)),
        "no sharing": lambda: _deliver(p, np.zeros(p.shape[1:])),
    }
    if policy not in made:
        raise InputError(
            f'There is no policy "{policy}".', way_out=f"One of {', '.join(POLICIES)}.", field="policy"
        )
    return made[policy]()


def _share_first(p: Problem, share: float) -> Problem:
    reached = common_coverage(p).reached
    return _with_floors(p, np.minimum(reached, share))


def _alpha_fair(p: Problem, alpha: float) -> Problem:
    """Pseudo-samples whose tail is the marginal worth of coverage: c^-alpha, level below ``LEAST``."""
    if not alpha > 0:
        raise InputError(f"alpha is {alpha}.", way_out='It is above 0; "expected harm" is the other end.')
    level = (np.arange(LEVELS) + 0.5) / LEVELS
    coverage = np.minimum(LEAST * level ** (-1 / alpha), 1.0)
    return replace(p, samples=coverage[:, None, None, None] * np.mean(p.samples, 0))


def _with_floors(p: Problem, coverage: Floats) -> Problem:
    """A horizon floor at the given coverage (R, I), in whole packs, beside the floors there are."""
    pack = np.asarray(p.pack, float)
    floor = np.floor(coverage * _needed(p) / pack + 1e-7) * pack
    return replace(p, floor_total=floor if p.floor_total is None else np.maximum(floor, p.floor_total))


def _in_proportion(p: Problem) -> Problem:
    """One share of need, and beside it the floors there are: those are promises under every policy in use."""
    served = common_coverage(p, stages=STAGES, by_item=True).served
    return replace(_deliver(p, served * p.pack), floor=p.floor, floor_total=p.floor_total)


def _deliver(p: Problem, units: Floats) -> Problem:
    """Send just these units (T, R, I), each counting alike."""
    _, _, R, I = p.shape
    return replace(
        p, samples=units[None], weight=np.ones((R, I)), kind=("W",) * I, stock_in_hand=None, floor=None,
        floor_total=None,
    )  # fmt: skip


def _by_cases(p: Problem, cases: Floats | None) -> Floats:
    _, T, R, I = p.shape
    seen = np.asarray(p.samples, float).sum((1, 3)).mean(0) if cases is None else np.asarray(cases, float)
    if seen.shape != (R,) or not np.all(np.isfinite(seen)) or np.any(seen < 0):
        raise InputError("cases are one number ≥ 0 per recipient.", field="cases")
    supply = np.array(p.supply, float).sum(1)
    for lot in p.lots:
        supply[lot.week, lot.item] += lot.units
    lead = np.where(p.lead_weeks < 0, T, p.lead_weeks).min(0)[p.lane]
    units = np.zeros((T, R, I))
    for r in np.flatnonzero(lead < T):
        units[lead[r] :, r] = supply[: T - lead[r]] * seen[r] / max(seen.sum(), 1e-300)
    return units


def _needed(p: Problem) -> Floats:
    """(R, I) units that coverage is a share of: mean net need over the weeks (W), at its height (D), in all (B, K)."""
    _, _, R, I = p.shape
    needed = np.zeros((R, I))
    for i, kind in enumerate(p.kind):
        mean = net_need(p, i).mean(0)
        needed[:, i] = mean.sum(0) if kind == "W" else mean.max(0)
    return needed


@dataclass(frozen=True)
class Coverage:
    """reached: (R, I) guaranteed share of need, 0 where nothing is needed or no lane runs.  served: (T, R, I) packs."""

    reached: Floats
    served: Floats


def common_coverage(p: Problem, *, stages: int = 1, by_item: bool = False) -> Coverage:
    """The largest share of need that all can reach; then, stage by stage, that of those who can reach more.

    After each stage the recipients and items that hold the others back (those with a price) are settled.
    by_item: an item is settled for all its recipients at once.
    """
    q = packed(p)
    s = shipping(q, np.ones((len(q.group_lane), len(q.kind)), bool))
    found = _climb(p, q, s, stages=stages, by_item=by_item)
    if found is None:  # the floors cannot all hold
        eased, _ = ease(q, s, np.asarray(p.pack, np.int64))
        found = _climb(p, eased, s, stages=stages, by_item=by_item)
    assert found is not None, "with floors eased, sending no more is a plan"
    return found


def _climb(p: Problem, q: Packed, s: Shipping, *, stages: int, by_item: bool) -> Coverage | None:
    """``common_coverage`` of a problem counted in packs; None if its floors cannot all hold."""
    stage = _Stage(p, q, s)
    reached = np.zeros(stage.needed.shape)
    active = stage.needed > 0
    served = np.zeros(q.floor.shape)
    for step in range(stages):
        if not active.any():
            break
        # one share of all is as degenerate as a programme can be: the simplex takes three times as long
        found = solve_model(stage.model(active, reached), interior=True)
        if found is None:
            return None if step == 0 else Coverage(reached, served)
        level = float(found.value[-1])
        served = stage.served(found)
        held = active & (stage.price(found) > 1e-9)
        if by_item:
            held = active & held.any(0)
        settled = active if not held.any() or level >= 1 - 1e-9 else held
        reached = np.where(active, level, reached)
        active = active & ~settled
    return Coverage(reached, served)


class _Stage:
    """Maximise one share of need over all active recipients and items, the others kept where they are."""

    def __init__(self, p: Problem, q: Packed, s: Shipping) -> None:
        T, R, I = q.floor.shape
        reachable = np.zeros((len(q.group_lane), I), bool)
        reachable[s.group, s.item] = True
        self.needed = np.where(reachable[q.group], _needed(p) / np.asarray(p.pack, float), 0.0)
        self._s, self._q = s, q
        self._t, self._r, self._i = np.nonzero(np.broadcast_to(self.needed > 0, (T, R, I)))
        n = len(self._t)
        useful = np.zeros((T, R, I))
        for i, kind in enumerate(p.kind):
            mean = net_need(p, i).mean(0) / float(p.pack[i])
            useful[:, :, i] = mean if kind == "W" else mean.max(0)
        floor = q.floor[self._t, self._r, self._i]
        self._upper = np.maximum(np.minimum(useful, q.cap)[self._t, self._r, self._i], floor)
        self._lower = floor
        self._first = len(s.upper)
        m = len(s.row_lower)
        self._row = m + np.where(self.needed > 0, np.cumsum(self.needed > 0).reshape(R, I) - 1, -1)
        mine = self._row[self._r, self._i]
        arrival = s.arrival_row[self._t, q.group[self._r], self._i]
        columns = self._first + np.arange(n)
        self._entries = (
            np.concatenate([s.matrix.row, arrival, mine]),
            np.concatenate([s.matrix.column, columns, columns]),
            np.concatenate([s.matrix.entry, np.full(n, -1.0), np.ones(n)]),
        )

    def model(self, active: np.ndarray, reached: Floats) -> Model:
        s, on = self._s, self.needed > 0
        rows = self._row[on & active]
        row, column, entry = self._entries
        n = self._first + len(self._t) + 1
        cost = np.zeros(n)
        cost[-1] = -1.0
        settled = np.where(active, 0.0, reached * self.needed * (1 - 1e-9))[on]
        low = s.row_lower.copy()
        low[s.arrival_row[s.arrival_row >= 0]] = 0.0
        return Model(
            cost=cost,
            lower=np.concatenate([s.lower, self._lower, [0.0]]),
            upper=np.concatenate([s.upper, self._upper, [1.0]]),
            row_lower=np.concatenate([low, settled]),
            row_upper=np.concatenate([s.row_upper, np.full(len(settled), np.inf)]),
            row=np.concatenate([row, rows]),
            column=np.concatenate([column, np.full(len(rows), n - 1)]),
            entry=np.concatenate([entry, -self.needed[on & active]]),
        )

    def served(self, found: Answer) -> Floats:
        served = np.zeros(self._q.floor.shape)
        served[self._t, self._r, self._i] = found.value[self._first : -1]
        return served

    def price(self, found: Answer) -> Floats:
        """(R, I) how much the common share would gain if this one needed less."""
        price = np.zeros(self.needed.shape)
        on = self.needed > 0
        price[on] = np.abs(found.dual[self._row[on]]) * self.needed[on]
        return price
