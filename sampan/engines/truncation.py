"""How much of the last days has been reported yet?

Learned from what earlier snapshots of the same figures lacked, so that a fall which is only lateness is not
read as one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sampan.core.errors import InputError

Array = npt.NDArray[np.float64]

PRIOR_PEOPLE = 200.0  # complete reports that an age counts with before any snapshot speaks


def reported_share(snapshots: Sequence[Array], *, longest: int = 21) -> Array:
    """Share of each day's people that is reported by the last day of the newest snapshot, (days,).

    snapshots: running totals as published, oldest first, each (days so far, places) with the same first day
    and places; NaN where unpublished. For each age of a day, up to ``longest`` days, the people known at
    that age in earlier snapshots are held against those known of the same days now, over days older than
    ``longest``; never above 1 and never falling with age. 1 everywhere if there is one snapshot.
    Give it to ``assess`` as ``reported_share``. Raises InputError for snapshots that do not match.
    """
    if not snapshots or any(s.ndim != 2 or s.shape[1] != snapshots[0].shape[1] for s in snapshots):
        raise InputError(
            "The snapshots hold different places, or there is none.",
            way_out="Give tables of days by places, with the same places in the same order.",
        )
    newest = _new_people(snapshots[-1])
    days = len(newest)
    then, now = np.full(longest, PRIOR_PEOPLE), np.full(longest, PRIOR_PEOPLE)
    for snapshot in snapshots[:-1]:
        known = _new_people(snapshot)
        for age in range(min(longest, len(known))):
            day = len(known) - 1 - age
            if day < days - longest:
                then[age] += known[day].sum()
                now[age] += newest[day].sum()
    share = np.maximum.accumulate(np.clip(then / np.maximum(now, 1.0), 0.01, 1.0))
    out = np.ones(days)
    seen = min(longest, days)
    out[days - seen :] = share[:seen][::-1]
    return out


def _new_people(totals: Array) -> Array:
    """People per day, 0 where unpublished or corrected, (days, places)."""
    carried = np.maximum.accumulate(np.where(np.isnan(totals), 0.0, totals), axis=0)
    return np.diff(carried, axis=0, prepend=0.0)
