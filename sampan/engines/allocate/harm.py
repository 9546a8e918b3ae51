"""How much harm does a plan in whole packs leave, and what would one pack more avoid?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampan.engines.allocate.curves import Curves
from sampan.engines.allocate.kept import Kept
from sampan.engines.allocate.packed import Packed
from sampan.engines.allocate.problem import Floats, Ints


@dataclass(frozen=True)
class Harm:
    """The objective, exactly, for arrivals in packs."""

    q: Packed
    curves: Curves
    kept: Kept

    def of(self, given: Floats | Ints) -> float:
        """Expected harm when ``given`` (T, R, I) packs arrive."""
        weekly = np.array([k == "W" for k in self.q.kind])
        amount = np.where(weekly, given - self.q.floor, given.cumsum(0)).reshape(-1)
        by_week = self.curves.harm(np.arange(len(amount)), amount).sum() + self.curves.beyond.sum()
        return float(by_week) + self.kept.total(np.asarray(given, float))

    def next_pack(self, t: int, r: Ints, i: int, held: Floats) -> Floats:
        """Harm avoided by one pack more of item i arriving in week t for recipients r (n,).

        held: (T, n) packs without it: arriving in each week (W), or arrived by each week (D, B, K).
        """
        _, R, I = self.q.floor.shape
        if self.q.kind[i] == "W":
            return self.curves.next_pack((t * R + r) * I + i, held[t] - self.q.floor[t, r, i])
        if self.q.kind[i] == "K":
            pair = np.searchsorted(self.kept.recipient * I + self.kept.item, r * I + i)
            more = held + (np.arange(len(held)) >= t)[:, None]
            return self.kept.harm(pair, held.T) - self.kept.harm(pair, more.T)
        u = np.arange(t, len(held))[:, None]
        return np.asarray(self.curves.next_pack((u * R + r) * I + i, held[t:]).sum(0))
