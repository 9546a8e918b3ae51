"""Who lies in a bed, who is admitted and who leaves, when beds are few?

Arrays have shape (places, weeks, samples). A patient needs a bed for ``stay`` weeks from the week of the
case, so that demand(t) = Σ new of the last ``stay`` weeks, and occupied(t) = min(demand(t), beds) (ESFT).
A fraction of a week counts in part: 1.5 weeks are this week's cases and half of last week's.

While demand exceeds beds, everyone who needs a bed is equally likely to lie in one. So of the occupied
beds the share ``leaving(t) / demand(t-1)`` falls free, and those who still need one are admitted to it:

    occupied(t) = occupied(t-1) - left(t) + admitted(t)

never negative, and steady under steady demand. (The R port fills all beds with one week's cases, then
admits nobody until they all leave together, so that its admissions flip between 0 and full.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from sampan.engines.needs.parameters import FloatArray, Value


@dataclass(frozen=True)
class Ward:
    """Persons, shape (places, weeks, samples): in beds, admitted in the week, left in the week."""

    occupied: FloatArray
    admitted: FloatArray
    left: FloatArray


def weeks_of_history(stay: Value) -> int:
    """How many weeks before the first still matter to beds."""
    return ceil(float(np.max(stay)))


def ward(new: FloatArray, past: FloatArray, *, stay: Value, beds: FloatArray | None) -> Ward:
    """The ward of one severity.

    new: (places, weeks, samples), new patients. past: (places, past weeks), new patients before that, latest
    last, at least :func:`weeks_of_history`. stay: weeks, at least 1, a number or (places, 1, 1).
    beds: (places,), infinite where unknown; None: nobody is turned away.
    """
    back, weeks = past.shape[1], new.shape[1]
    line = np.concatenate([np.repeat(past[:, :, None], new.shape[2], axis=2), new], axis=1)
    lags = [np.clip(np.asarray(stay) - lag, 0.0, 1.0) for lag in range(weeks_of_history(stay) + 1)]

    def lagged(lag: int, first: int) -> FloatArray:
        return line[:, first - lag : back + weeks - lag]

    demand = np.array(lagged(0, back - 1))  # from the week before the first
    leaving = np.zeros_like(new)
    for lag in range(1, len(lags)):
        if lags[lag].any():
            demand += lags[lag] * lagged(lag, back - 1)
        leaving += (lags[lag - 1] - lags[lag]) * lagged(lag, back)
    if beds is None:
        return Ward(demand[:, 1:], new, leaving)
    return _crowded(new, demand, leaving, beds[:, None, None])


def _crowded(new: FloatArray, demand: FloatArray, leaving: FloatArray, beds: FloatArray) -> Ward:
    # share is exactly 1 where beds suffice, so that the formulas fall back to new and leaving without rounding
    short = demand > beds
    share = np.divide(np.broadcast_to(beds, demand.shape), demand, out=np.ones_like(demand), where=short)
    before, now = share[:, :-1], share[:, 1:]
    occupied = np.minimum(demand[:, 1:], beds)
    staying = np.maximum(demand[:, 1:] - new, 0.0)
    admitted = np.maximum(now * new + (now - before) * staying, 0.0)
    return Ward(occupied, admitted, before * leaving)
