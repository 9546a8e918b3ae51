"""How does a plan in fractions of packs become one in whole packs that breaks no limit?

Departures are rounded down, which keeps every limit; what remains in stock and on the lanes is then given
out pack by pack where it avoids most harm. The linear optimum stays a lower bound, so the loss is known.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.harm import Harm
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.plan import Consignments
from sampan.engines.allocate.problem import Bools, Floats, Ints
from sampan.engines.allocate.shipping import Shipping

AHEAD = 16  # packs looked ahead at once
OWED = 1e30  # a floor comes before any harm

Key = tuple[int, int, int]  # week of arrival, group, item
Offer = tuple[float, Key, int]  # what a pack is worth, negated so that the best comes first; where; to whom


@dataclass(frozen=True)
class Whole:
    """departures: (X,) packs.  given: (T, R, I) packs arriving."""

    departures: Ints
    given: Ints


def whole_packs(
    harm: Harm, s: Shipping, *, sent: Floats, target: Floats, must: Floats | None = None
) -> Whole:
    """Whole packs near ``sent`` (X,) departures and ``target`` (T, R, I) arrivals, both in packs.

    must: (T, R, I) what has to arrive week by week; the floors of the week if not given.
    """
    q = harm.q
    departures = np.floor(sent + 1e-7).astype(np.int64)
    room = _Room(q, s, departures)
    hand = _Hand(harm, target, q.floor if must is None else must)
    for t in range(q.horizon):
        hand.deal(t, _arrivals(q, s, departures)[t])
    _add(s, room, hand, departures)
    return Whole(_trim(q, s, departures, hand.given), hand.given)


def _arrivals(q: Packed, s: Shipping, departures: Ints) -> Ints:
    """(T, G, I) packs arriving."""
    total = np.zeros((q.horizon, len(q.group_lane), len(q.kind)), np.int64)
    np.add.at(total, (s.arrives, s.group, s.item), departures)
    return total


class _Hand:
    """What each recipient has been given, and what one more pack would be worth to it."""

    def __init__(self, harm: Harm, target: Floats, must: Floats) -> None:
        self._q, self._harm, self._must = harm.q, harm, must
        self.given = np.zeros(target.shape, np.int64)
        self._weekly = np.array([k == "W" for k in self._q.kind])
        so_far = np.floor(target.cumsum(0) + 1e-6)
        in_week = np.where(
            self._q.floor_total > 0, np.diff(so_far, axis=0, prepend=0.0), np.floor(target + 1e-7)
        )
        self._aim = np.where(self._weekly, in_week, so_far)
        to_come = in_week[::-1].cumsum(0)[::-1] - in_week
        self._to_come = np.where(self._weekly, to_come, so_far[-1] - so_far)
        self.members = [np.flatnonzero(self._q.group == g) for g in range(len(self._q.group_lane))]

    def worth(self, t: int, r: Ints, i: int) -> Floats:
        """Harm avoided by one pack more in week t for recipients r (n,) of item i; -inf above a cap.

        What lasts is valued as if the aim of later weeks will be met.
        """
        q, given = self._q, self.given[:, r, i]
        held = given.astype(float)
        if not self._weekly[i]:
            held = held.cumsum(0)
            held[t:] = np.maximum(held[t:], self._aim[t:, r, i])
        worth = self._harm.next_pack(t, r, i, held)
        worth = np.where(given[t] < self._must[t, r, i], OWED, worth)
        owed = given[: t + 1].sum(0) + self._to_come[t, r, i] < q.floor_total[r, i]
        worth = np.where(owed, worth + 1e-3 * OWED, worth)
        return np.where(given[t] >= q.cap[t, r, i], -np.inf, worth)

    def best(self, keys: Sequence[Key]) -> list[Offer]:
        """For each (week, group, item) the recipient to whom one pack more is worth most, if it is worth anything."""
        found: list[Offer] = []
        weeks: dict[tuple[int, int], list[int]] = {}
        for t, g, i in keys:
            weeks.setdefault((t, i), []).append(g)
        for (t, i), groups in weeks.items():
            members = [self.members[g] for g in groups]
            worth = self.worth(t, np.concatenate(members), i)
            ends = np.cumsum([len(r) for r in members])
            for g, r, mine in zip(groups, members, np.split(worth, ends[:-1]), strict=True):
                first = int(np.argmax(mine))
                if mine[first] > 0:
                    found.append((-float(mine[first]), (t, g, i), int(r[first])))
        return found

    def least(self, t: int, g: int, i: int) -> tuple[float, int]:
        """What the last pack given in the group is worth, where it is worth least, and to whom."""
        has = self.members[g][self.given[t, self.members[g], i] > 0]
        if len(has) == 0:
            return np.inf, -1
        self.given[t, has, i] -= 1
        worth = self.worth(t, has, i)
        self.given[t, has, i] += 1
        n = int(np.argmin(worth))
        return float(worth[n]), int(has[n])

    def owed(self) -> Bools:
        """(T, G, I): does a floor still lack something there?"""
        lacking = (self.given < self._must) | (self.given.sum(0) < self._q.floor_total)
        return np.asarray(self._q.by_group(lacking.astype(float)) > 0)

    def deal(self, t: int, arriving: Ints) -> None:
        """Give out ``arriving`` (G, I) packs in week t: to the aim first, then one by one where worth most."""
        q = self._q
        so_far = self.given[:t].sum(0)
        aim = np.where(self._weekly, self._aim[t], self._aim[t] - so_far)
        self.given[t] = np.clip(aim, self._must[t], q.cap[t]).astype(np.int64)
        by_group = q.by_group(self.given[t][None])[0].astype(np.int64)
        for g, i in zip(*np.nonzero(by_group != arriving), strict=True):
            self._even_out(t, int(g), int(i), int(arriving[g, i] - by_group[g, i]))

    def _even_out(self, t: int, g: int, i: int, spare: int) -> None:
        """Give ``spare`` packs where they are worth most, or take -spare back where they are worth least.

        Each round looks a few packs ahead for every recipient: worth falls from pack to pack, so the best of
        all these are what giving one at a time would choose.
        """
        r = self.members[g]
        while spare > 0:
            worth = self._ahead(t, r, i, range(min(spare, AHEAD)))
            if self._q.minimum[i] > 0:  # a consignment of the least size goes whole, wanted or not
                worth = np.where(np.isinf(worth), worth, worth + 1.0)
            chosen = np.argsort(-worth, axis=None, kind="stable")[: min(spare, int((worth > 0).sum()))]
            if len(chosen) == 0:
                return  # nobody gains: the packs stay in the depot
            self.given[t, r, i] += np.bincount(chosen % len(r), minlength=len(r))
            spare -= len(chosen)
        while spare < 0:
            worth = self._ahead(t, r, i, range(-1, -1 - min(-spare, AHEAD), -1))
            here = np.arange(1, len(worth) + 1)[:, None] <= self.given[t, r, i]
            free = here & (worth < 1e-4 * OWED)
            order = np.argsort(np.where(here, worth, np.inf), axis=None, kind="stable")
            chosen = order[: max(1, min(-spare, int(free.sum())))]
            self.given[t, r, i] -= np.bincount(chosen % len(r), minlength=len(r))
            spare += len(chosen)

    def _ahead(self, t: int, r: Ints, i: int, steps: range) -> Floats:
        """(steps, n) worth of a pack on top of what is given and so many packs more."""
        worth = np.empty((len(steps), len(r)))
        for n, more in enumerate(steps):
            self.given[t, r, i] += more
            worth[n] = self.worth(t, r, i)
            self.given[t, r, i] -= more
        return worth


class _Room:
    """Stock, reserve and freight not yet used."""

    def __init__(self, q: Packed, s: Shipping, departures: Ints) -> None:
        self._q, self._s = q, s
        out = np.zeros(q.supply.shape)
        np.add.at(out, (s.klass, s.week, s.depot, s.item), departures)
        self.left = (q.supply - out).cumsum(1)  # (Kc, T, Dp, I)
        lane = q.group_lane[s.group]
        self.m3, self.kg = q.freight_m3.copy(), q.freight_kg.copy()
        np.subtract.at(self.m3, (s.week, s.depot, lane), departures * q.m3[s.item])
        np.subtract.at(self.kg, (s.week, s.depot, lane), departures * q.kg[s.item])
        self._open = np.zeros((*q.freight_m3.shape, len(q.kind)), np.int64)  # departures by lane
        np.add.at(self._open, (s.week, s.depot, lane, s.item), departures)
        self._home = q.group_home[s.group]
        self._used = np.zeros(q.keep.shape, np.int64)  # by home so far, as the reserves count it
        self._drawn = np.zeros(q.depot_keep.shape, np.int64)
        for x in np.flatnonzero((self._home >= 0) & (departures > 0)).tolist():
            self._count_home(x, int(departures[x]))
        self._counts = (q.earmark < 0)[:, None] & (np.arange(q.horizon) <= q.last[:, None])  # (Kc, T)

    def may_fit(self) -> Bools:
        """(X,) departures with a pack in stock and freight for it, whatever else may forbid it."""
        q, s = self._q, self._s
        lane = (s.week, s.depot, q.group_lane[s.group])
        lasting = np.minimum.accumulate(self.left[:, ::-1], axis=1)[:, ::-1]
        stocked = lasting[s.klass, s.week, s.depot, s.item] >= 1
        return np.asarray(stocked & (self.m3[lane] >= q.m3[s.item]) & (self.kg[lane] >= q.kg[s.item]))

    def fits(self, x: int) -> bool:
        """Would one pack more on departure ``x`` break nothing?"""
        q, s = self._q, self._s
        k, t, d, g, i = s.klass[x], s.week[x], s.depot[x], s.group[x], s.item[x]
        lane = q.group_lane[g]
        if self.m3[t, d, lane] < q.m3[i] or self.kg[t, d, lane] < q.kg[i]:
            return False
        if self.left[k, t:, d, i].min() < 1 or (q.minimum[i] > 0 and self._open[t, d, lane, i] == 0):
            return False
        if q.earmark[k] >= 0:
            return True
        counted = self._counts[:, t:, None] * self.left[:, t:, :, i]  # (Kc, T', Dp)
        lowers = self._counts[k, t:]
        free = counted.sum(0) - lowers[:, None] * (np.arange(counted.shape[2]) == d)
        home, own = self._home[x] >= 0, self._home[x] == d
        total, here = free.sum(1) + self._used[t:, i], free[:, d] + self._drawn[t:, d, i]
        return bool(
            (home or np.all((total >= q.keep[t:, i]) | ~lowers))
            and (own or np.all((here >= q.depot_keep[t:, d, i]) | ~lowers))
        )

    def use(self, x: int, packs: int = 1) -> None:
        """Send so many packs more on departure ``x``; fewer if negative."""
        q, s = self._q, self._s
        k, t, d, g, i = s.klass[x], s.week[x], s.depot[x], s.group[x], s.item[x]
        self.left[k, t:, d, i] -= packs
        self._count_home(x, packs)
        self._open[t, d, q.group_lane[g], i] += packs
        self.m3[t, d, q.group_lane[g]] -= packs * q.m3[i]
        self.kg[t, d, q.group_lane[g]] -= packs * q.kg[i]

    def _count_home(self, x: int, packs: int) -> None:
        q, s = self._q, self._s
        k, d, i = s.klass[x], s.depot[x], s.item[x]
        if q.earmark[k] < 0 and self._home[x] >= 0:
            in_date = slice(s.week[x], q.last[k] + 1)
            self._used[in_date, i] += packs
            self._drawn[in_date, d, i] += packs * int(self._home[x] == d)

    def rivals(self, x: int, departures: Ints) -> Ints:
        """Departures with something on them that share a stock or a lane and week with ``x``."""
        q, s = self._q, self._s
        lane = q.group_lane[s.group]
        stock = (s.klass == s.klass[x]) & (s.depot == s.depot[x]) & (s.item == s.item[x])
        freight = (s.week == s.week[x]) & (s.depot == s.depot[x]) & (lane == lane[x])
        return np.flatnonzero((stock | freight) & (departures > 0) & (q.minimum[s.item] == 0))


def _add(s: Shipping, room: _Room, hand: _Hand, departures: Ints) -> None:
    """Send one pack more as long as some departure has room and somebody gains by it, best first."""
    by_arrival: dict[tuple[int, int, int], list[int]] = {}
    for x in range(len(departures)):
        by_arrival.setdefault((int(s.arrives[x]), int(s.group[x]), int(s.item[x])), []).append(x)
    heap: list[Offer] = []
    owed = hand.owed()
    # room only shrinks: what does not fit now never will, unless it is owed
    may = room.may_fit()
    fitting = [
        key for key in by_arrival if owed[key] or any(may[x] and room.fits(x) for x in by_arrival[key])
    ]
    heap += hand.best(fitting)
    heapq.heapify(heap)
    while heap:
        worth, key, r = heapq.heappop(heap)
        on = next((x for x in by_arrival[key] if room.fits(x)), None)
        if on is None and -worth > 1e-4 * OWED:
            on = next((x for x in by_arrival[key] if _make_room(s, room, hand, departures, x)), None)
        if on is None:
            continue
        room.use(on)
        departures[on] += 1
        hand.given[key[0], r, key[2]] += 1
        for offer in hand.best([key]):
            heapq.heappush(heap, offer)


def _make_room(s: Shipping, room: _Room, hand: _Hand, departures: Ints, /, x: int) -> bool:
    """Take back, for a pack that is owed on departure ``x``, the pack in its way that is worth least."""
    best: tuple[float, int, int] | None = None
    for y in room.rivals(x, departures).tolist():
        room.use(y, -1)
        if room.fits(x):
            worth, r = hand.least(int(s.arrives[y]), int(s.group[y]), int(s.item[y]))
            if worth < 1e-4 * OWED and (best is None or worth < best[0]):
                best = (worth, y, r)
        room.use(y)
    if best is None:
        return False
    _, y, r = best
    room.use(y, -1)
    departures[y] -= 1
    hand.given[s.arrives[y], r, s.item[y]] -= 1
    return True


def _trim(q: Packed, s: Shipping, departures: Ints, given: Ints) -> Ints:
    """Departures without the packs that nobody was given."""
    key = (s.arrives * len(q.group_lane) + s.group) * len(q.kind) + s.item
    order = np.argsort(key, kind="stable")
    running = np.cumsum(departures[order])
    first = np.diff(key[order], prepend=-1) != 0
    before = (running - departures[order])[first][np.cumsum(first) - 1]
    allowed = q.by_group(given).astype(np.int64).reshape(-1)[key[order]]
    kept = np.minimum(running - before, allowed) - np.minimum(running - before - departures[order], allowed)
    trimmed = np.zeros_like(departures)
    trimmed[order] = kept
    return trimmed


def consignments(q: Packed, s: Shipping, whole: Whole, pack: Ints) -> Consignments:
    """Hand each group's arrivals out to its recipients in order, the earliest class of stock first."""
    I = len(q.kind)
    key = (s.arrives * len(q.group_lane) + s.group) * I + s.item
    order = np.lexsort((s.week, s.depot, s.klass, key))
    t, r, i = np.nonzero(whole.given)
    take = np.argsort((t * len(q.group_lane) + q.group[r]) * I + i, kind="stable")
    t, r, i = t[take], r[take], i[take]
    shipped, taken = np.cumsum(whole.departures[order]), np.cumsum(whole.given[t, r, i])
    ends = np.unique(np.concatenate([shipped, taken]))
    ends = ends[ends > 0]
    x = order[np.searchsorted(shipped, ends)]
    to = np.searchsorted(taken, ends)
    units = np.diff(ends, prepend=0) * pack[i[to]]
    return Consignments(
        depot=s.depot[x], recipient=r[to], item=i[to], sent=s.week[x], arrives=t[to], units=units,
        earmark=q.earmark[s.klass[x]], expires=q.expires[s.klass[x]],
    )  # fmt: skip
