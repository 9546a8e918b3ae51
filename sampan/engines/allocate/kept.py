"""What if stock is kept but unmet need is lost? Then the worst week decides, and weeks no longer separate.

For one recipient and item the harm is value·E max_t (CD_t − A_t)⁺ with CD the cumulative need net of stock and
A_t all arrivals so far: convex in the T numbers A, value and slope in closed form by the running maximum. It
enters the programme as cutting planes (Kelley 1960), one per recipient and item and round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.curves import net_need
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.problem import Floats, Ints, Problem


@dataclass(frozen=True)
class Kept:
    """P pairs of a recipient and a kept item. need: (P, S, T) packs, cumulative and net.  value: (P,) per pack."""

    recipient: Ints
    item: Ints
    need: Floats
    value: Floats

    def __len__(self) -> int:
        return len(self.value)

    def harm(self, pair: Ints, arrived: Floats) -> Floats:
        """Harm of the given pairs when ``arrived`` (n, T) packs have come by each week."""
        worst = (self.need[pair] - arrived[:, None, :]).max(2)
        return np.asarray(self.value[pair] * np.maximum(worst, 0.0).mean(1))

    def cuts(self, pair: Ints, arrived: Floats) -> tuple[Floats, Floats]:
        """(slope (n, T), level (n,)): harm ≥ level + slope·A for every A, with equality at ``arrived``."""
        S, T = self.need.shape[1:]
        lack = self.need[pair] - arrived[:, None, :]
        week = lack.argmax(2)  # (n, S)
        short = np.take_along_axis(lack, week[:, :, None], 2)[:, :, 0] > 0
        hit = (week[:, :, None] == np.arange(T)) & short[:, :, None]
        weight = self.value[pair] / S
        level = weight * (self.need[pair] * hit).sum((1, 2))
        return -weight[:, None] * hit.sum(1), level

    def total(self, given: Floats) -> float:
        """Harm of all pairs under arrivals ``given`` (T, R, I)."""
        arrived = np.asarray(given, float).cumsum(0)[:, self.recipient, self.item].T
        return float(self.harm(np.arange(len(self)), arrived).sum())


def kept(p: Problem, q: Packed) -> Kept:
    """The kept items of a problem."""
    _, T, R, _ = p.shape
    items = np.flatnonzero([kind == "K" for kind in p.kind])
    recipient, item = np.repeat(np.arange(R), len(items)), np.tile(items, R)
    need = np.zeros((R, len(items), p.shape[0], T))
    for n, i in enumerate(items.tolist()):
        need[:, n] = net_need(p, i).transpose(2, 0, 1) / float(p.pack[i])
    return Kept(recipient, item, need.reshape(-1, p.shape[0], T), q.value[recipient, item])


@dataclass(frozen=True)
class Cuts:
    """N cutting planes: harm of ``pair`` ≥ level + slope·A."""

    pair: Ints
    slope: Floats
    level: Floats

    def plus(self, pair: Ints, slope: Floats, level: Floats) -> Cuts:
        return Cuts(
            np.concatenate([self.pair, pair]),
            np.concatenate([self.slope, slope]),
            np.concatenate([self.level, level]),
        )


def first_cuts(k: Kept) -> Cuts:
    """Tangents where nothing has arrived, and along the mean need."""
    every = np.arange(len(k))
    T = k.need.shape[2]
    cuts = Cuts(every[:0], np.zeros((0, T)), np.zeros(0))
    for share in (0.0, 0.25, 0.5, 1.0, 1.5):
        cuts = cuts.plus(every, *k.cuts(every, share * k.need.mean(1)))
    return cuts
