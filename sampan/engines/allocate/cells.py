"""Which curves does the programme see? One per recipient, or one for many recipients at once.

Weekly items of recipients in one group merge exactly: when the group receives y packs, the best split gives
every next pack to whoever gains most by it, so the group's curve is the sum of amounts at equal marginal
value (an infimal convolution). A recipient with a floor over the whole horizon, and every durable or kept
item, couples weeks and keeps its own curves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.curves import Curves
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.problem import Bools, Floats, Ints
from sampan.engines.allocate.shipping import Shipping


@dataclass(frozen=True)
class Cells:
    """``C`` curves in the programme, made of ``M`` member cells of ``Curves``, and ``B`` rows of their own.

    member: (M,) cell of ``Curves``.  cell: (M,) the curve it belongs to (ascending).
    week, item: (C,).  upper: (C,) most packs the curve may take; beyond the last need they are worth nothing.
    top: (C,) largest harm of a pack.  start, row, entry: the rows in which a pack on curve c counts are
    ``row[start[c]:start[c+1]]``, with ``entry``.  row_lower, row_upper: (B,) of the cells' own rows.
    floor_row: (R, I) and step_row: (T, R, I), -1 where there is none.  number: (T, R, I) curve of a recipient
    that stands alone, else -1.
    """

    member: Ints
    cell: Ints
    week: Ints
    item: Ints
    upper: Floats
    top: Floats
    start: Ints
    row: Ints
    entry: Floats
    row_lower: Floats
    row_upper: Floats
    floor_row: Ints
    step_row: Ints
    number: Ints

    def __len__(self) -> int:
        return len(self.week)


def cells(q: Packed, c: Curves, s: Shipping) -> Cells:
    """Merge what may be merged and write down the rows of the rest."""
    T, R, I = q.floor.shape
    weekly = np.array([kind == "W" for kind in q.kind])
    alone = ~weekly | (q.floor_total > q.floor.sum(0))  # (R, I)
    reached = s.arrival_row[:, q.group, :] >= 0  # (T, R, I)
    own = np.broadcast_to(alone, reached.shape)
    # number the curves: alone by (t, r, i), merged by (t, group, i)
    t, r, i = np.nonzero(reached)
    key = np.where(own[t, r, i], r, R + q.group[r])
    _, first, cell = np.unique(
        (t * (R + len(q.group_lane)) + key) * I + i, return_index=True, return_inverse=True
    )
    order = np.argsort(cell, kind="stable")
    member = ((t * R + r) * I + i)[order]
    cell = cell[order].astype(np.int64)
    t1, r1, i1 = t[first], r[first], i[first]
    is_alone = alone[r1, i1]

    largest = np.bincount(cell, c.need[member, -1], len(first))
    upper = np.where(is_alone, _most(q, c, weekly)[t1, r1, i1], largest)
    top = np.zeros(len(first))
    np.maximum.at(top, cell, c.value[member])

    number = np.full((T, R, I), -1)
    number[t1[is_alone], r1[is_alone], i1[is_alone]] = np.flatnonzero(is_alone)
    rows = _OwnRows(q, alone, weekly, number, first_row=len(s.row_lower))
    # a weekly pack counts once on its arrival row; a lasting one leaves it again in the next week
    entries = [(np.arange(len(first)), s.arrival_row[t1, q.group[r1], i1], -1.0)]
    lasting = is_alone & ~weekly[i1] & (t1 < T - 1)
    last = np.flatnonzero(lasting)
    entries += [(last, s.arrival_row[t1[last] + 1, q.group[r1[last]], i1[last]], 1.0), *rows.entries]
    which = np.concatenate([np.asarray(cells_) for cells_, _, _ in entries])
    row = np.concatenate([rows_ for _, rows_, _ in entries])
    entry = np.concatenate([np.full(len(rows_), sign) for _, rows_, sign in entries])
    by_cell = np.argsort(which, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(which, minlength=len(first)))])
    return Cells(
        member, cell, t1, i1, upper, top, start, row[by_cell], entry[by_cell],
        rows.lower, rows.upper, rows.floor_row, rows.step_row, number,
    )  # fmt: skip


def _most(q: Packed, c: Curves, weekly: Bools) -> Floats:
    """(T, R, I) packs beyond which a recipient alone gains nothing and no floor of its own asks for more."""
    largest = c.need[:, -1].reshape(q.floor.shape)
    to_come = q.floor_total - q.floor.sum(0)
    # wider than any floor that an edit is likely to ask for, so that edits of floors leave the curves as they are
    in_week = np.minimum(np.maximum(largest.sum(0), to_come), np.maximum(largest, q.cap - q.floor))
    return np.asarray(np.where(weekly, in_week, largest.max(0) + q.floor.sum(0) + q.floor_total))


class _OwnRows:
    """Rows of recipients that stand alone: floors over the horizon, and arrivals of lasting items."""

    def __init__(self, q: Packed, alone: Bools, weekly: Bools, number: Ints, *, first_row: int) -> None:
        T, R, I = q.floor.shape
        here = alone & (number[-1] >= 0)
        lasting = here & ~weekly
        step = np.broadcast_to(lasting, (T, R, I))
        total = here & (q.floor_total > q.floor.sum(0))
        n_step = int(step.sum())
        self.step_row = np.where(step, first_row - 1 + np.cumsum(step).reshape(step.shape), -1)
        self.floor_row = np.where(total, first_row + n_step - 1 + np.cumsum(total).reshape(total.shape), -1)
        still_to_come = q.floor_total - np.where(weekly, q.floor.sum(0), 0.0)
        self.lower = np.concatenate([q.floor[step], still_to_come[total]])
        self.upper = np.concatenate([q.cap[step], np.full(int(total.sum()), np.inf)])
        now = (number[step], self.step_row[step], 1.0)
        before = step.copy()
        before[0] = False
        left = (number[:-1][before[1:]], self.step_row[before], -1.0)
        weeks = np.broadcast_to(total & weekly, (T, R, I)) & (number >= 0)
        last = total & ~weekly
        summed = (number[weeks], np.broadcast_to(self.floor_row, (T, R, I))[weeks], 1.0)
        ended = (number[-1][last], self.floor_row[last], 1.0)
        self.entries = [now, left, summed, ended]
