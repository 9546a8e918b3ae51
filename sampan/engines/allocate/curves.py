"""What does it cost to give a recipient this much in this week? The expected shortage as a convex curve.

For one recipient, item and week, the expected shortage E(D − a)⁺ over S samples is convex and piecewise
linear in the amount a, with one breakpoint per sample: it replaces S scenario rows exactly (linearity of
expectation; correlations between recipients do not matter). For weekly items (W) a is what arrives in the
week; for durable (D) and backlogged (B) items it is everything that has arrived so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampan.engines.allocate.problem import Floats, Ints, Problem

FEW = 50_000  # numbers that are compared one by one sooner than by bisection


@dataclass(frozen=True)
class Curves:
    """N cells (C-order of (T, R, I)), amounts in packs.

    need: (N, S) sorted need, net of stock in hand.  tail: (N, S+1), tail[n, j] = sum of need[n, j:].
    value: (N,) harm per pack unmet.  beyond: (N,) harm that no amount up to the cap can avoid.
    """

    need: NDArray[np.floating[Any]]
    tail: Floats
    value: Floats
    beyond: Floats

    @property
    def n_samples(self) -> int:
        return int(self.need.shape[1])

    def harm(self, cells: Ints, amount: Floats) -> Floats:
        """value · E(need − amount)⁺ of the given cells; ``cells`` and ``amount`` share one shape."""
        S = self.n_samples
        met = self.samples_met(cells, amount)
        return self.value[cells] * (self.tail[cells, met] - (S - met) * amount) / S

    def samples_met(self, cells: Ints, amount: Floats) -> Ints:
        """In how many samples the amount is enough."""
        S = self.n_samples
        if cells.size * S <= FEW:
            return np.asarray((self.need[cells] <= np.asarray(amount)[..., None]).sum(-1), np.int64)
        low, high = np.zeros(cells.shape, np.int64), np.full(cells.shape, S, np.int64)
        for _ in range(S.bit_length()):  # bisection for the first sample above the amount
            middle = np.minimum((low + high) // 2, S - 1)
            below = (self.need[cells, middle] <= amount) & (low < high)
            low, high = np.where(below, middle + 1, low), np.where(below | (low >= high), high, middle)
        return low

    def beside(self, cells: Ints, amount: Floats, step: int) -> tuple[Floats, Floats]:
        """The breakpoint ``step`` places from ``amount`` (0: at or below it, 1: the next above), and its harm."""
        met = np.clip(self.samples_met(cells, amount + 1e-9 * (1 + amount)) + step, 0, self.n_samples)
        there = np.where(met > 0, self.need[cells, np.maximum(met - 1, 0)], 0.0)
        lack = self.n_samples - met
        return there, self.value[cells] * (self.tail[cells, met] - lack * there) / self.n_samples

    def next_pack(self, cells: Ints, amount: Floats) -> Floats:
        """Harm avoided by one pack more than ``amount``."""
        if cells.size * self.n_samples <= FEW:
            avoided = np.clip(self.need[cells] - np.asarray(amount)[..., None], 0.0, 1.0).sum(-1)
            return np.asarray(self.value[cells] * avoided / self.n_samples, float)
        here, more = self.harm(np.stack([cells, cells]), np.stack([amount, amount + 1.0]))
        return np.asarray(here - more)

    def at_price(self, cells: Ints, price: Floats, *, most: bool = False) -> tuple[Floats, Floats]:
        """Cheapest amount when a pack costs ``price``, and its harm: the newsvendor's quantile.

        Minimises value·E(D − a)⁺ + price·a. Where a whole interval is best, its lower end, or with
        ``most`` its upper end.
        """
        S = self.n_samples
        value = self.value[cells]
        may_lack = S * np.asarray(price) / np.where(value > 0, value, 1.0)  # samples that may be left short
        rounded = np.rint(may_lack)  # a price met exactly up to rounding is met
        may_lack = np.where(np.abs(may_lack - rounded) <= 1e-9 * (1 + rounded), rounded, may_lack)
        lack = np.ceil(may_lack) - 1 if most else np.floor(may_lack)
        lack = np.where(value > 0, np.clip(lack, 0, S), S).astype(np.int64)
        first = S - lack  # samples first.. are left short
        amount = np.where(first > 0, self.need[cells, np.maximum(first - 1, 0)], 0.0)
        return amount, value * (self.tail[cells, first] - lack * amount) / S


def summed(at: Ints, values: Floats, n: int) -> Floats:
    """(n,) sums of the values at each place."""
    return np.asarray(np.bincount(at, values, n), float)


def curves(p: Problem, *, value: Floats, floor: Floats, cap: Floats) -> Curves:
    """Curves of all W, D and B cells. W cells count what comes above the floor, and never above the cap."""
    S, T, R, I = p.shape
    needs, wanted = np.empty((T, R, I, S)), np.empty((T, R, I))
    for i in range(I):
        packs = np.moveaxis(net_need(p, i), 0, -1) / float(p.pack[i])
        if p.kind[i] == "W":
            packs = np.maximum(packs - floor[:, :, i, None], 0.0)
        wanted[:, :, i] = packs.sum(-1)
        if p.kind[i] == "W":
            packs = np.minimum(packs, np.maximum(cap - floor, 0.0)[:, :, i, None])
        needs[:, :, i] = np.sort(packs, axis=-1)
    tail = np.zeros((T * R * I, S + 1))
    need = needs.reshape(T * R * I, S)
    np.cumsum(need[:, ::-1], axis=1, out=tail[:, :S][:, ::-1])
    by_week = np.array([k != "K" for k in p.kind])  # what is kept and lost is not a sum over weeks
    per_cell = np.broadcast_to(np.where(by_week, value, 0.0), (T, R, I)).reshape(-1).copy()
    beyond = np.where(np.isfinite(cap).reshape(-1), per_cell * (wanted.reshape(-1) - tail[:, 0]) / S, 0.0)
    return Curves(need, tail, per_cell, beyond)


def net_need(p: Problem, i: int) -> Floats:
    """(S, T, R) units of item i: what the amounts given are held against, after stock in hand.

    W: stock in hand is drawn down week by week in each sample.  D: what is in use beyond the stock.
    B, K: cumulative need beyond the stock.
    """
    need: Floats = np.array(p.samples[..., i], float)
    stock = np.zeros(need.shape[2]) if p.stock_in_hand is None else np.asarray(p.stock_in_hand, float)[:, i]
    if p.kind[i] in "BK":
        np.cumsum(need, axis=1, out=need)
    if p.kind[i] in "DBK":
        return np.asarray(np.maximum(need - stock, 0.0))
    if not np.any(stock > 0):
        return need
    return np.diff(np.maximum(np.cumsum(need, axis=1) - stock, 0.0), axis=1, prepend=0.0)
