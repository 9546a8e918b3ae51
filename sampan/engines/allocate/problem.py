"""What is being asked? Needs, stock, lanes and limits, as the office states them, in units of each item.

Axes: ``S`` samples, ``T`` weeks (week 0 is the first), ``R`` recipients, ``I`` items, ``Dp`` depots,
``L`` lane classes (recipients that share corridor, mode and lead time). Nothing here is solved; a
``Problem`` that exists has been checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampan.core.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

KINDS = {
    "W": "needed week by week, nothing kept",
    "D": "durable: what has arrived goes on serving",
    "K": "kept, and unmet need is lost",
    "B": "kept, and unmet need waits",
}


@dataclass(frozen=True)
class Lot:
    """Stock with a date or a donor's wish on it: ``units`` of ``item`` at ``depot`` from ``week`` on.

    ``expires`` is the last week in which it may still arrive (None: no date). ``earmark`` indexes
    ``Problem.earmarks`` (None: free).
    """

    depot: int
    item: int
    week: int
    units: int
    expires: int | None = None
    earmark: int | None = None


@dataclass(frozen=True)
class Earmark:
    """A donor's wish: the tagged lots go to these recipients and items only. Empty means any."""

    name: str
    recipients: tuple[int, ...] = ()
    items: tuple[int, ...] = ()


@dataclass(frozen=True)
class Charter:
    """A flight that may be hired: adds ``m3`` and ``kg`` on a lane from a depot in one week, at ``cost``.

    ``cost`` is in the unit of the objective (harm that the flight must avoid to be worth hiring).
    """

    depot: int
    lane: int
    week: int
    m3: float
    kg: float = np.inf
    cost: float = 0.0


@dataclass(frozen=True)
class Problem:
    """One allocation to decide. Arrays are float unless said; None means "no such limit" (or none of it).

    samples: (S, T, R, I) units needed in each week, finite and ≥ 0; for kind D the number in use.
    weight: (R, I) harm per unit unmet, ≥ 0.  kind: (I,) letters of ``KINDS``.  pack: (I,) units, ≥ 1.
    supply: (T, Dp, I) units that become available at each depot (week 0 includes stock in hand there).
    lane: (R,) lane class of each recipient.  lead_weeks: (Dp, L) whole weeks; -1 where no lane runs.
    stock_in_hand: (R, I) units the recipient already holds.
    volume_m3, mass_kg: (I,) per unit.  freight_m3, freight_kg: (T, Dp, L) limits on departures, inf = none.
    reserve: (T, I) units of free stock that must be left, all depots together, at the end of each week.
    depot_reserve: (T, Dp, I) the same for each depot (a home province that lends to others).
    own_depot: (R,) depot that is the recipient's own store, -1 for a recipient abroad. A home province with stock
    is both: depot ``d``, and recipient ``r`` with ``own_depot[r] = d``, alone on a lane of its own, which runs
    from ``d`` with a lead of 0 and no freight limit, and from every sibling that may help it with the lead and
    the freight between the two. A reserve is kept against those outside it alone: what home provinces are
    sent counts as still within ``reserve``, what a province draws from its own store as still within its
    ``depot_reserve``. Both then cover the need from week 0 on (``home_reserve(..., from_start=True)``).
    floor: (T, R, I) units that must arrive in that week.  floor_total: (R, I) over the whole horizon.
    absorb: (T, R, I) most that can be put to use or unloaded in that week, inf = no cap.
    minimum_consignment: (I,) units; a lane's departure of an item is at least this, or nothing.
    A floor is rounded up to whole packs, an absorption cap down, loose units in a depot stay there.
    """

    samples: NDArray[np.floating[Any]]
    weight: Floats
    kind: Sequence[str]
    pack: Ints
    supply: Floats
    lane: Ints
    lead_weeks: Ints
    stock_in_hand: Floats | None = None
    volume_m3: Floats | None = None
    mass_kg: Floats | None = None
    freight_m3: Floats | None = None
    freight_kg: Floats | None = None
    reserve: Floats | None = None
    depot_reserve: Floats | None = None
    own_depot: Ints | None = None
    floor: Floats | None = None
    floor_total: Floats | None = None
    absorb: Floats | None = None
    lots: tuple[Lot, ...] = ()
    earmarks: tuple[Earmark, ...] = ()
    minimum_consignment: Floats | None = None
    charters: tuple[Charter, ...] = ()
    recipients: Sequence[str] = ()
    items: Sequence[str] = ()
    depots: Sequence[str] = ()

    def __post_init__(self) -> None:
        if np.ndim(self.samples) != 4 or 0 in np.shape(self.samples):
            raise InputError(
                f"samples have shape {np.shape(self.samples)}.",
                way_out="Give at least one of each: (samples, weeks, recipients, items).",
                field="samples",
            )
        _check_arrays(self)
        _check_kinds_and_names(self)
        _check_lanes(self)
        _check_lots(self)
        _check_charters(self)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(S, T, R, I)."""
        s, t, r, i = np.shape(self.samples)
        return s, t, r, i

    @property
    def n_depots(self) -> int:
        return int(np.shape(self.supply)[1])

    @property
    def n_lanes(self) -> int:
        return int(np.shape(self.lead_weeks)[1])


def _check_arrays(p: Problem) -> None:
    _, T, R, I = p.shape
    supply = np.shape(p.supply)
    lead = np.shape(p.lead_weeks)
    Dp = supply[1] if len(supply) == 3 else 0
    L = lead[1] if len(lead) == 2 else 0
    whole = {"pack", "lane", "lead_weeks", "own_depot"}
    or_none = {"lead_weeks", "own_depot"}
    unlimited = {"freight_m3", "freight_kg", "absorb"}
    shapes: dict[str, tuple[int, ...]] = {
        "samples": np.shape(p.samples),
        "weight": (R, I),
        "pack": (I,),
        "supply": (T, Dp, I),
        "lane": (R,),
        "lead_weeks": (Dp, L),
        "stock_in_hand": (R, I),
        "volume_m3": (I,),
        "mass_kg": (I,),
        "freight_m3": (T, Dp, L),
        "freight_kg": (T, Dp, L),
        "reserve": (T, I),
        "depot_reserve": (T, Dp, I),
        "own_depot": (R,),
        "floor": (T, R, I),
        "floor_total": (R, I),
        "absorb": (T, R, I),
        "minimum_consignment": (I,),
    }
    for name, shape in shapes.items():
        value = getattr(p, name)
        if value is None:
            continue
        value = np.asarray(value)
        if value.dtype.kind not in "biuf":
            raise InputError(
                f"{name} holds something other than numbers.", way_out="Give numbers.", field=name
            )
        if value.shape != shape or 0 in shape:
            raise InputError(f"{name} has shape {value.shape}, not {shape}.", field=name)
        _check_numbers(name, value, least=-1.0 if name in or_none else 0.0, infinite=name in unlimited)
        if name in whole and np.any(value != np.floor(value)):
            raise InputError(f"{name} holds fractions.", way_out="Give whole numbers.", field=name)
    if np.any(np.asarray(p.pack) < 1):
        raise InputError("A pack holds less than one unit.", way_out="Use 1 for loose items.", field="pack")


def _check_numbers(name: str, value: NDArray[Any], *, least: float, infinite: bool) -> None:
    """The extremes tell all: NaN spreads into both, and no array as large as the samples is made."""
    low, high = float(np.min(value)), float(np.max(value))
    if np.isnan(low) or np.isnan(high):
        at = tuple(int(n) for n in np.argwhere(np.isnan(value))[0])
        raise InputError(
            f"{name} is missing (NaN) at {at}.",
            way_out="Absent is not zero: fill the gap on purpose, or leave the cell out.",
            field=name,
        )
    if low < least:
        raise InputError(
            f"{name} goes down to {low:g}.", way_out="Negative amounts mean nothing.", field=name
        )
    if np.isinf(high) and not infinite:
        raise InputError(f"{name} is infinite somewhere.", way_out="Give a finite number.", field=name)


def _check_kinds_and_names(p: Problem) -> None:
    _, _, R, I = p.shape
    if len(p.kind) != I or any(k not in KINDS for k in p.kind):
        meanings = "; ".join(f"{k}: {meaning}" for k, meaning in KINDS.items())
        raise InputError(
            f"kind is {list(p.kind)} for {I} items.", way_out=f"One of {meanings}.", field="kind"
        )
    for field, names, n in (
        ("recipients", p.recipients, R),
        ("items", p.items, I),
        ("depots", p.depots, p.n_depots),
    ):
        if names and len(names) != n:
            raise InputError(f"{len(names)} names for {n} {field}.", field=field)
        twice = (
            sorted({name for name in names if list(names).count(name) > 1})
            if len(set(names)) < len(names)
            else []
        )
        if twice:
            raise InputError(
                f"{', '.join(twice)} named twice among {field}.",
                way_out="Add their needs into one.",
                field=field,
            )


def _check_lanes(p: Problem) -> None:
    _, T, _, _ = p.shape
    lane, lead = np.asarray(p.lane), np.asarray(p.lead_weeks)
    if lane.max() >= p.n_lanes:
        raise InputError(
            f"A recipient is on lane {lane.max()}, but lead_weeks knows {p.n_lanes} lanes.", field="lane"
        )
    if p.own_depot is not None and np.max(p.own_depot) >= p.n_depots:
        raise InputError(
            f"A recipient's own depot is {np.max(p.own_depot)}, but supply knows {p.n_depots} depots.",
            way_out="Number depots from 0, in the order of the supply; -1 is a recipient without one.",
            field="own_depot",
        )
    if lead.max() >= T:
        raise InputError(
            f"A lead time of {lead.max()} weeks is beyond the horizon of {T} weeks: nothing sent would arrive.",
            way_out="Lengthen the horizon, or set the lead time to -1 where no lane runs.",
            field="lead_weeks",
        )
    if np.asarray(p.supply).max() <= 0 and not any(lot.units > 0 for lot in p.lots):
        raise InputError(
            "There is no supply at all: no stock, no production, no lot.",
            way_out="Give the units at each depot by week, or report the need alone.",
            field="supply",
        )


def _check_lots(p: Problem) -> None:
    _, T, R, I = p.shape
    for e, earmark in enumerate(p.earmarks):
        if any(not 0 <= r < R for r in earmark.recipients) or any(not 0 <= i < I for i in earmark.items):
            raise InputError(
                f'Earmark "{earmark.name}" has no such recipient or item.',
                way_out="Number recipients and items from 0, in the order of the samples.",
                field=f"earmarks[{e}]",
            )
    for n, lot in enumerate(p.lots):
        field = f"lots[{n}]"
        indices = (lot.depot, lot.item, lot.week, lot.expires or 0, lot.earmark or 0)
        if not all(isinstance(index, (int, np.integer)) for index in indices):
            raise InputError(
                f"{lot} numbers something with a fraction.", way_out="Count from 0.", field=field
            )
        if not (0 <= lot.depot < p.n_depots and 0 <= lot.item < I and 0 <= lot.week < T):
            raise InputError(
                f"Depot {lot.depot}, item {lot.item} or week {lot.week} does not exist.", field=field
            )
        if not (lot.units >= 0 and float(lot.units).is_integer()):
            raise InputError(
                f"A lot of {lot.units} units.", way_out="Count whole units, none negative.", field=field
            )
        if lot.expires is not None and lot.expires < lot.week:
            raise InputError(
                f"A lot available from week {lot.week} has expired (week {lot.expires}).",
                way_out="Write it off before planning.",
                field=field,
            )
        if lot.earmark is not None and not 0 <= lot.earmark < len(p.earmarks):
            raise InputError(f"Earmark {lot.earmark} does not exist.", field=field)
        mark = p.earmarks[lot.earmark] if lot.earmark is not None else None
        if mark and mark.items and lot.item not in mark.items:
            raise InputError(
                f'Earmark "{mark.name}" is for other items than this lot\'s: nobody may receive it.',
                way_out="Correct the earmark, or ask the donor.",
                field=field,
            )


def _check_charters(p: Problem) -> None:
    _, T, _, _ = p.shape
    for n, c in enumerate(p.charters):
        known = 0 <= c.depot < p.n_depots and 0 <= c.lane < p.n_lanes and 0 <= c.week < T
        if not known or not (c.m3 >= 0 and c.kg >= 0 and 0 <= c.cost < np.inf):
            raise InputError(
                f"Charter {c} names an unknown depot, lane or week, or a negative amount.",
                field=f"charters[{n}]",
            )
