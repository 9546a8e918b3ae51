"""How is an epidemic curve written down so that its past can be added up cheaply?

Log infections of each place are cubic B-splines on a weekly frame whose last block ends on the last day.
Adding up the past with a delay, and the derivative of that sum, become one matrix product per block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sampan.engines.disease import Disease

Array = npt.NDArray[np.float64]

KNOTS = 2  # per week
TAIL = 0.005  # share of a delay that is cut off at its long end


@dataclass(frozen=True, eq=False)
class Past:
    """The sum over the past under one delay, for windows of ``back`` + 1 weeks ending in each block.

    sums: (window days, 7); tangents: (window days, 7 × splines) the same, split by spline.
    """

    back: int
    sums: Array
    tangents: Array

    @property
    def splines(self) -> int:
        return KNOTS * (self.back + 1) + 3


@dataclass(frozen=True, eq=False)
class Frame:
    """``weeks`` blocks of seven days, the first ``lead`` of them before the first day of data.

    basis, slope: (7, KNOTS + 3), value at the end of each day, and derivative per day, of the splines alive
    in a block. delay: from infection to report. generation: from one infection to the next.
    """

    days: int
    weeks: int
    lead: int
    basis: Array
    slope: Array
    delay: Past
    generation: Past
    generation_days: float

    @property
    def coefficients(self) -> int:
        return KNOTS * self.weeks + 3


def frame(days: int, *, disease: Disease) -> Frame:
    """Frame for ``days`` days of data."""
    basis, slope = _splines()
    delay, generation = _past(disease.infection_to_report, basis), _past(disease.generation_interval, basis)
    lead = max(delay.back, generation.back)
    weeks = lead + -(-days // 7)
    return Frame(days, weeks, lead, basis, slope, delay, generation, disease.mean_generation)


def values(theta: Array, shape: Array) -> Array:
    """Splines of every block, (places, weeks, 7), from coefficients (places, coefficients)."""
    alive = np.lib.stride_tricks.sliding_window_view(theta, KNOTS + 3, axis=1)[:, ::KNOTS]
    return np.asarray(alive @ shape.T, dtype=np.float64)


def add_up(frame: Frame, past: Past, theta: Array) -> tuple[Array, Array]:
    """Infections under the delay, (places, blocks, 7), and the derivative of their log by spline."""
    infections = np.exp(np.clip(values(theta, frame.basis), -30.0, 30.0)).reshape(len(theta), -1)
    windows = np.lib.stride_tricks.sliding_window_view(infections, 7 * (past.back + 1), axis=1)[:, ::7]
    window = np.ascontiguousarray(windows[:, frame.lead - past.back :])
    sums = window @ past.sums
    tangent = (window @ past.tangents).reshape(*sums.shape, -1)
    tangent /= sums[..., None]
    return sums, tangent


def _splines() -> tuple[Array, Array]:
    basis, slope = np.zeros((7, KNOTS + 3)), np.zeros((7, KNOTS + 3))
    for day in range(7):
        place = (day + 1.0) * KNOTS / 7.0
        first = min(int(place), KNOTS - 1)
        x = place - first
        level = ((1 - x) ** 3, 3 * x**3 - 6 * x**2 + 4, -3 * x**3 + 3 * x**2 + 3 * x + 1, x**3)
        turn = (-((1 - x) ** 2), 3 * x**2 - 4 * x, -3 * x**2 + 2 * x + 1, x**2)
        basis[day, first : first + 4] = np.array(level) / 6.0
        slope[day, first : first + 4] = np.array(turn) / 2.0 * KNOTS / 7.0
    return basis, slope


def _past(pmf: Array, basis: Array) -> Past:
    kept = pmf[: int(np.searchsorted(np.cumsum(pmf), 1.0 - TAIL)) + 1]
    kept = kept / kept.sum()
    back = -(-(len(kept) - 1) // 7)
    window = 7 * (back + 1)
    lag = 7 * back + np.arange(7)[None, :] - np.arange(window)[:, None]
    sums = np.where((lag >= 0) & (lag < len(kept)), kept[np.clip(lag, 0, len(kept) - 1)], 0.0)
    splines = np.zeros((window, KNOTS * (back + 1) + 3))
    for week in range(back + 1):
        splines[7 * week : 7 * week + 7, KNOTS * week : KNOTS * week + KNOTS + 3] = basis
    return Past(back, sums, (sums[:, :, None] * splines[:, None, :]).reshape(window, -1))
