"""The answer: who gets what, from where and when, what it is worth, what it could at best have been, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sampan.engines.allocate.problem import Bools, Floats, Ints

LIMITS = (
    "floor",
    "horizon floor",
    "absorption",
    "need met",
    "stock",
    "reserve",
    "depot reserve",
    "freight m3",
    "freight kg",
    "earmark",
    "policy",
)


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
    chance_short: P(need > allocated). binding: which limits hold the line where it is, among ``LIMITS``.
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
class Consignments:
    """The plan line by line, as columns of one length: what goes from where to whom, and when.

    depot, recipient, item: indices.  sent, arrives: weeks.  units: whole packs.  earmark: index or -1.
    expires: the lot's last week, -1 for none.
    """

    depot: Ints
    recipient: Ints
    item: Ints
    sent: Ints
    arrives: Ints
    units: Ints
    earmark: Ints
    expires: Ints


@dataclass(frozen=True)
class Why:
    """The fields of ``Reason`` as columns; ``binding`` (N, len(LIMITS)) says which limits bind."""

    recipient: Ints
    item: Ints
    week: Ints
    units: Ints
    next_pack: Floats
    last_pack: Floats
    price: Floats
    chance_short: Floats
    binding: Bools


@dataclass(frozen=True)
class Limit:
    """One limit by name: ``what`` and where it applies; -1 where a coordinate does not."""

    what: str
    week: int = -1
    depot: int = -1
    lane: int = -1
    recipient: int = -1
    item: int = -1
    earmark: int = -1


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot all hold; drop any one and the rest can. short_units: by how much they were eased."""

    limits: tuple[Limit, ...]
    short_units: float


@dataclass(frozen=True)
class Plan:
    """A plan in whole packs.

    consignments: the plan line by line.  sent: (T, Dp, R, I) units leaving each depot in each week for each recipient.
    shipments: (T, R, I) units arriving.  flows: (T, Dp, L, I) units leaving per lane.
    stock_left: (T, Dp, I) units in each depot at the end of the week (expired lots and all classes included).
    objective: of this plan, in the policy's own measure (with charters' cost).  nothing_sent: the same if
    nothing were sent.  expected_harm, harm_of_nothing: both in weighted units short, whatever the policy.
    lower_bound: proven; no plan whatever does better.  gap: (objective − lower_bound) / |objective|.
    linear_objective: optimum when packs may be broken; linear_gap its own certified gap.
    coverage_before, coverage_after: (R, I) expected share of need met, NaN where nothing is needed.
    chartered: which of the problem's charters to hire; their cost is in the objective.
    relaxed: True if the limits conflict: this plan then keeps all but those that ``conflicts`` names.
    """

    policy: str
    consignments: Consignments
    sent: Ints
    shipments: Ints
    flows: Ints
    stock_left: Floats
    objective: float
    nothing_sent: float
    expected_harm: float
    harm_of_nothing: float
    lower_bound: float
    gap: float
    linear_objective: float
    linear_gap: float
    prices: Prices
    why: Why
    coverage_before: Floats
    coverage_after: Floats
    chartered: tuple[int, ...] = ()
    relaxed: bool = False
    conflicts: tuple[Conflict, ...] = ()

    @property
    def units(self) -> int:
        """All units sent, of all items together."""
        return int(np.sum(self.sent))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """One reason per recipient, item and week that gets something."""
        w = self.why
        said = [tuple(name for name, on in zip(LIMITS, row, strict=True) if on) for row in w.binding.tolist()]
        columns = (w.recipient, w.item, w.week, w.units, w.next_pack, w.last_pack, w.price, w.chance_short)
        rows = zip(*(column.tolist() for column in columns), said, strict=True)
        return tuple(Reason(*row) for row in rows)
