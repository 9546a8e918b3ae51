"""How many requests may one caller send? A bucket of tokens for each, in this process."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

CALLERS = 10_000
"""Whose buckets are kept; beyond, those who asked longest ago are forgotten, and start with a full one."""


@dataclass(frozen=True)
class Rate:
    """A bucket that holds ``burst`` requests and gains ``per_second``."""

    burst: int
    per_second: float

    def of_one(self, workers: int) -> Rate:
        """What one of several workers grants, so that all of them together grant no more than this."""
        return Rate(math.ceil(self.burst / workers), self.per_second / workers)


STRANGER = Rate(120, 10)
CALLER = Rate(600, 50)


class Buckets:
    """The buckets of everybody who asked lately. Several workers each keep their own, of what one of them grants."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._turn = Lock()

    def take(self, who: str, rate: Rate) -> tuple[bool, Mapping[str, str]]:
        """Whether ``who`` may ask now, and the headers that say how they stand (RateLimit, IETF httpapi)."""
        now = self._clock()
        with self._turn:
            left, since = self._buckets.pop(who, (float(rate.burst), now))
            left = min(rate.burst, left + (now - since) * rate.per_second)
            may = left >= 1
            left -= may
            self._buckets[who] = (left, now)
            while len(self._buckets) > CALLERS:
                self._buckets.popitem(last=False)
        window = math.ceil(rate.burst / rate.per_second)
        headers = {
            "RateLimit-Policy": f'"default";q={rate.burst};w={window}',
            "RateLimit": f'"default";r={int(left)};t={math.ceil((rate.burst - left) / rate.per_second)}',
        }
        if not may:
            headers["Retry-After"] = str(math.ceil((1 - left) / rate.per_second))
        return may, headers
