"""How far can a genome be trusted?

Six rules, each a score of which 100 is bad, with the definitions of Nextclade (documentation "Algorithm: quality
control") and their parameters as data. A rule with no parameters is not applied: its score is NaN, not zero. The
overall score is the sum of the squares over 100; below 30 is good, below 100 mediocre, the rest bad.
"""

# ruff: noqa: PLR0917 - kernels take arrays by position, and Numba compiles plain comparisons
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sampan.engines.genome.calls import Calls
from sampan.engines.genome.coding import Coding
from sampan.engines.genome.kernels import inner
from sampan.engines.genome.letters import AMINO_ACIDS
from sampan.engines.genome.place import Placement
from sampan.engines.genome.translate import Changes
from sampan.engines.genome.window import Numbers

RULES = ("missing", "mixed", "private", "clusters", "frame_shifts", "stops")
GOOD, MEDIOCRE, BAD = 0, 1, 2
STATUSES = ("good", "mediocre", "bad")
_STOP = AMINO_ACIDS.index("*")


class Rules(NamedTuple):
    """Parameters of the rules; NaN in a rule's first number turns it off."""

    missing_threshold: float = np.nan
    """Missing letters, above the bias, that make a score of 100."""
    missing_bias: float = 0.0
    mixed_threshold: float = np.nan
    """Ambiguous letters that make a score of 100."""
    private_cutoff: float = np.nan
    """Weighted private mutations, above the typical number, that make a score of 100."""
    private_typical: float = 0.0
    weight_reversion: float = 1.0
    weight_labelled: float = 1.0
    weight_unlabelled: float = 1.0
    cluster_weight: float = np.nan
    """Score of each cluster."""
    cluster_window: float = 100.0
    cluster_cutoff: float = 6.0
    """A cluster has more private substitutions than this within the window."""
    frame_shift_weight: float = np.nan
    stop_weight: float = np.nan


class Known(NamedTuple):
    """What the rules do not count against a genome, and the mutations that carry a label."""

    frame_shifts: Numbers
    """(known, 3): CDS; first codon, one past the last."""
    stops: npt.NDArray[np.bool_]
    """(codons): whether a stop there is known."""
    labelled: npt.NDArray[np.bool_]
    """(5 × letters of the reference): by 5 × position + base."""


@inner
def _clusters(positions: Numbers, window: float, cutoff: float) -> int:
    """Runs of positions of which more than ``cutoff`` lie within ``window`` before each end."""
    count = first = 0
    grows = False
    for index in range(positions.size):
        while positions[first] < positions[index] - window:
            first += 1
        dense = index - first + 1 > cutoff
        count += dense and not grows
        grows = dense
    return count


@inner
def _known_shift(known: Known, shift: Numbers) -> bool:
    for row in range(known.frame_shifts.shape[0]):
        if (
            known.frame_shifts[row, 0] == shift[0]
            and known.frame_shifts[row, 1] == shift[1]
            and known.frame_shifts[row, 2] == shift[2]
        ):
            return True
    return False


@inner
def _stops(changes: Changes, coding: Coding, known: Known) -> int:
    """New stop codons before the last codon of their CDS."""
    count = 0
    for row in range(changes.substitutions.shape[0]):
        if changes.substitutions[row, 1] == _STOP:
            codon = changes.substitutions[row, 0]
            last = False
            for cds in range(1, coding.begins.size):
                last |= coding.begins[cds] == 3 * (codon + 1)
            count += not last and not known.stops[codon]
    return count


@inner
def _private(placement: Placement, rules: Rules, known: Known) -> float:
    """Private mutations by their weights; a run of private deletions counts once."""
    total = np.float64(placement.deletions.shape[0])
    for row in range(placement.substitutions.shape[0]):
        state = 5 * placement.substitutions[row, 0] + placement.substitutions[row, 2]
        if placement.reverted[row]:
            total += rules.weight_reversion
        elif known.labelled[state]:
            total += rules.weight_labelled
        else:
            total += rules.weight_unlabelled
    return total


@inner
def judge(
    scores: npt.NDArray[np.float64],
    calls: Calls,
    changes: Changes,
    placement: Placement,
    placed: bool,
    coding: Coding,
    rules: Rules,
    known: Known,
) -> None:
    """Writes the ``scores`` of the six rules in the order of RULES, then the overall score; they are NaN before.

    ``placed``: whether there was any node to place the genome at; if not, the two rules that need one give NaN.
    """
    missing = 0
    for row in range(calls.missing.shape[0]):
        missing += calls.missing[row, 1] - calls.missing[row, 0]
    scores[0] = max(0.0, missing - rules.missing_bias) * 100 / rules.missing_threshold
    scores[1] = 100 * calls.ambiguous.shape[0] / rules.mixed_threshold
    if placed:
        excess = _private(placement, rules, known) - rules.private_typical
        scores[2] = max(0.0, excess) * 100 / rules.private_cutoff
        positions = placement.substitutions[:, 0].copy()
        scores[3] = rules.cluster_weight * _clusters(positions, rules.cluster_window, rules.cluster_cutoff)
    shifts = 0
    for row in range(changes.frame_shifts.shape[0]):
        shifts += not _known_shift(known, changes.frame_shifts[row])
    scores[4] = rules.frame_shift_weight * shifts
    scores[5] = rules.stop_weight * _stops(changes, coding, known)
    overall = 0.0
    for rule in range(6):
        if not np.isnan(scores[rule]):
            overall += scores[rule] ** 2 / 100
    scores[6] = overall
