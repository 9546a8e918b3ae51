"""The answer: who gets what, from where and when, what it is worth, what it could at best have been, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.problem import Floats, Ints


@dataclass(frozen=True)
class Prices:
    """Harm that one more of each would avoid, at the optimum of the linear programme (all ≥ 0).

    stock: (T, Dp, I) per pack of free stock.  m3, kg: (T, Dp, L) per m³ or kg of room.  reserve: (T, I) and
    depot_reserve: (T, Dp, I) per pack the reserve is lowered.  arrival: (T, R, I) of a pack on the lane.
    floor: (T, R, I) what the last floored pack costs beyond its own worth.  floor_total: (R, I).
    earmark: per earmark, (T, Dp, I) what the wish takes off a pack's worth (NaN where no such stock).
    """

    stock: Floats
    m3: Floats
    kg: Floats
    reserve: Floats
    depot_reserve: Floats
    arrival: Floats
    floor: Floats
    floor_total: Floats
    earmark: Floats


@dataclass(frozen=True)
class Reason:
    """Why one line of the plan is what it is, as data for a sentence in any language.

    A line is what one ``recipient`` gets of one ``item`` in one ``week``. next_pack, last_pack: harm avoided
    by one pack more, and by the last pack given. price: what a pack on that lane is worth elsewhere.
    chance_short: P(need > allocated). binding: which limits hold the line where it is, among "floor",
    "horizon floor", "absorption", "need met", "stock", "reserve", "freight m³", "freight kg", "earmark".
    """

    recipient: int
    item: int
    week: int
    units: int
    next_pack: float
    last_pack: float
    price: float
    chance_short: float
    binding: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot hold together, and by how much they were eased. ``members`` name the limits.

    Each member is (what, week, depot, recipient or lane, item); -1 where it does not apply.
    """

    members: tuple[tuple[str, int, int, int, int], ...]
    short_units: float


@dataclass(frozen=True)
class Plan:
    """A plan in whole packs.

    sent: (T, Dp, R, I) units leaving each depot in each week for each recipient.
    shipments: (T, R, I) units arriving.  flows: (T, Dp, L, I) units leaving per lane.
    stock_left: (T, Dp, I) units in each depot at the end of the week (expired lots and all classes included).
    objective: expected harm of this plan.  nothing_sent: the same if nothing were sent.
    lower_bound: proven; no plan whatever does better.  gap: (objective − lower_bound) / |objective|.
    linear_objective: optimum when packs may be broken; linear_gap its own certified gap.
    coverage_before, coverage_after: (R, I) expected share of need met, NaN where nothing is needed.
    relaxed: True if the limits conflict: this plan then keeps all but those that ``conflicts`` names.
    """

    policy: str
    sent: Ints
    shipments: Ints
    flows: Ints
    stock_left: Floats
    objective: float
    nothing_sent: float
    lower_bound: float
    gap: float
    linear_objective: float
    linear_gap: float
    prices: Prices
    reasons: tuple[Reason, ...]
    coverage_before: Floats
    coverage_after: Floats
    relaxed: bool = False
    conflicts: tuple[Conflict, ...] = ()

    @property
    def units(self) -> int:
        """All units sent, of all items together."""
        return int(np.sum(self.sent))
