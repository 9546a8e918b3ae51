"""How fast does the share of something grow, and could that be chance?

The odds of a share that grows by selection change at a constant rate: logit p(t) = a + b t (Davies et al., Science
2021;372:eabg3055, methods). The counts of a period vary more than coin tosses do, because samples come in clusters:
the variance is that of a binomial times a dispersion, which is estimated and never less than 1 (McCullagh and Nelder,
Generalized Linear Models, 1989, section 4.5). Among many candidates some grow by chance; Benjamini and Hochberg's
procedure (J R Stat Soc B 1995;57:289) holds the expected share of false ones among those that are reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 60
RIDGE = 1e-3
"""Weight of a pseudo-observation that keeps the slope finite where the share was 0 in all periods but one."""


@dataclass(frozen=True, eq=False)
class Growth:
    """Of each candidate, ``(candidates,)``; NaN where nothing can be estimated."""

    rate: Floats
    """Change of the log odds in one unit of time."""
    low: Floats
    high: Floats
    """The interval of ``rate`` with the level that was asked for."""
    p: Floats
    """How likely a rate this high or higher is if the share does not grow: one-sided."""
    share: Floats
    """The fitted share at the last time."""
    dispersion: Floats
    count: NDArray[np.int64]
    covered: NDArray[np.int64]


def growth(
    counts: NDArray[np.int64], covered: NDArray[np.int64], times: Floats, *, level: float = 0.95
) -> Growth:
    """Fits the growth of each candidate's share.

    counts, covered: genomes that have it, and those that were read there, ``(candidates, times)``; a time without
    covered genomes is left out: absent is not zero. times: ``(times,)``, any unit.

    Raises ValueError if the shapes do not fit, or a count exceeds what was covered.
    """
    k, n = np.asarray(counts, np.float64), np.asarray(covered, np.float64)
    if k.shape != n.shape or k.ndim != 2 or times.shape != k.shape[1:]:
        raise ValueError("counts and covered are (candidates, times), and times is (times,)")
    if (k > n).any() or (k < 0).any():
        raise ValueError("a count lies between 0 and what was covered")
    middle = float(times.mean()) if len(times) else 0.0
    scale = float(np.ptp(times)) or 1.0
    t = (times - middle) / scale
    a, b, information = _fit(k, n, t)
    p = _logistic(a[:, None] + b[:, None] * t)
    used = (n > 0).sum(1)
    free = used - 2
    dispersion = _dispersion(k, n, p, free)
    spread = np.sqrt(np.linalg.inv(information)[:, 1, 1] * dispersion)
    moves = (k.sum(1) > 0) & (k.sum(1) < n.sum(1)) & (free >= 1)
    rate, spread = np.where(moves, b / scale, np.nan), np.where(moves, spread / scale, np.nan)
    reach = _quantile(0.5 + level / 2, free) * spread
    return Growth(
        rate,
        rate - reach,
        rate + reach,
        _tail(rate / spread, free),
        np.where(n.sum(1) > 0, p[:, -1] if len(times) else np.nan, np.nan),
        dispersion,
        k.sum(1).astype(np.int64),
        n.sum(1).astype(np.int64),
    )


def _logistic(x: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(x), np.float64)


def _fit(k: Floats, n: Floats, t: Floats) -> tuple[Floats, Floats, Floats]:
    """Intercept, slope and information of each candidate: Newton's method on the penalised likelihood, damped."""
    total = np.maximum(n.sum(1), 1.0)
    a = np.log((k.sum(1) + 0.5) / (total - k.sum(1) + 0.5))
    b = np.zeros_like(a)
    information = np.zeros((len(a), 2, 2))
    for _ in range(STEPS):
        p = _logistic(a[:, None] + b[:, None] * t)
        w, r = n * p * (1 - p), k - n * p
        information[:, 0, 0] = w.sum(1) + RIDGE
        information[:, 0, 1] = information[:, 1, 0] = (w * t).sum(1)
        information[:, 1, 1] = (w * t * t).sum(1) + RIDGE
        slope = np.stack([r.sum(1), (r * t).sum(1) - RIDGE * b], 1)
        step = np.clip(np.linalg.solve(information, slope[:, :, None])[:, :, 0], -2.0, 2.0)
        a, b = a + step[:, 0], b + step[:, 1]
        if np.abs(step).max(initial=0.0) < 1e-10:
            break
    return a, b, information


def _dispersion(k: Floats, n: Floats, p: Floats, free: NDArray[np.int64]) -> Floats:
    """Pearson's, never less than 1."""
    expected = n * p * (1 - p)
    square = np.divide((k - n * p) ** 2, expected, out=np.zeros_like(k), where=expected > 1e-12).sum(1)
    return np.asarray(np.maximum(square / np.maximum(free, 1), 1.0), np.float64)


def _quantile(q: float, free: NDArray[np.int64]) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(free, 1), q), np.float64)


def _tail(z: Floats, free: NDArray[np.int64]) -> Floats:
    from scipy.special import stdtr

    return np.asarray(stdtr(np.maximum(free, 1), -z), np.float64)


def discoveries(p: Floats, *, false_share: float = 0.05) -> NDArray[np.bool_]:
    """Which of many to report so that, in expectation, no more than ``false_share`` of them are chance.

    p: ``(candidates,)``; NaN was not tested and is never reported. Benjamini and Hochberg (1995).
    """
    found = np.zeros(len(p), np.bool_)
    tested = np.flatnonzero(~np.isnan(p))
    if not len(tested):
        return found
    order = tested[np.argsort(p[tested], kind="stable")]
    fits = p[order] <= false_share * np.arange(1, len(order) + 1) / len(order)
    if fits.any():
        found[order[: np.flatnonzero(fits)[-1] + 1]] = True
    return found
