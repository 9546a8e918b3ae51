"""How much must home keep, so that in nearly every future home never runs short?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from sampan.core.errors import InputError
from sampan.engines.allocate.problem import Floats


def home_reserve(
    own_need: Floats,
    *,
    share: float = 0.95,
    method: Literal["quantile", "cvar"] = "quantile",
    cover_weeks: int = 4,
    assured_inbound: Floats | None = None,
    from_start: bool = False,
) -> Floats:
    """(T, I) units to be left at the end of each week: home's own need of the weeks that follow, less inbound.

    own_need: (S, T, I) units home needs each week; beyond the horizon the last week goes on.
    share: share of home's futures to be covered.  cover_weeks: weeks looked ahead from the end of each week.
    assured_inbound: (T, I) units certain to arrive and not counted in the supply to be shared.
    from_start: count the need from week 0 on as well, for a reserve within which home's own use still counts
    (``Problem.own_depot``).
    "quantile" is the share-quantile of the need ahead, "cvar" the mean of the futures beyond it (safer). Both
    are then raised by the smallest common factor with which ``share`` of the futures are covered in all
    weeks at once; only home's need is random and home is served first, so the reserve is data, not a
    constraint by scenario (method note, section 3.2).
    """
    own_need = np.asarray(own_need, float)
    if own_need.ndim != 3 or not np.all(np.isfinite(own_need)) or np.any(own_need < 0):
        raise InputError(
            "Home's own need must be (samples, weeks, items), finite and not negative.", field="own_need"
        )
    if not 0 < share < 1 or cover_weeks < 1:
        raise InputError(f"share {share} and cover_weeks {cover_weeks} make no sense.", field="share")
    ahead = _ahead(own_need, cover_weeks, from_start=from_start)
    if assured_inbound is not None:
        inbound = _ahead(np.asarray(assured_inbound, float)[None], cover_weeks, from_start=from_start)
        ahead = np.maximum(ahead - inbound, 0.0)
    level = np.quantile(ahead, share, axis=0, method="inverted_cdf")
    if method == "cvar":
        level = _beyond(ahead, share)
    return level * _uplift(ahead, level, share)


def _ahead(need: Floats, weeks: int, *, from_start: bool = False) -> Floats:
    """(S, T, I) sum over the ``weeks`` weeks after each, or up to then; the last known week stands for later ones."""
    T = need.shape[1]
    after = np.minimum(np.arange(T)[:, None] + np.arange(1, weeks + 1), T - 1)
    ahead = np.asarray(need[:, after].sum(2))
    return ahead + need.cumsum(1) if from_start else ahead


def _beyond(ahead: Floats, share: float) -> Floats:
    """Mean of the worst 1 − share of futures, the marginal one counted in part (Rockafellar and Uryasev 2000)."""
    S = len(ahead)
    worst = -np.sort(-ahead, axis=0)
    tail = S * (1 - share)
    weight = np.clip(tail - np.arange(S), 0.0, 1.0) / tail
    return np.asarray(np.einsum("s,sti->ti", weight, worst))


def _uplift(ahead: Floats, level: Floats, share: float) -> Floats:
    """(I,) smallest factor ≥ 1 that covers ``share`` of the futures at every week at once."""
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(ahead > 0, ahead / level, 0.0).max(1)  # (S, I): what each future would take
    return np.asarray(np.maximum(np.quantile(factor, share, axis=0, method="inverted_cdf"), 1.0))
